"""Certainty and verdicts in the shape of FHIR R5's ArtifactAssessment."""

import json
import re

import pytest

from evidence.export.contents import Contents
from evidence.export.fhir import fhir_text
from evidence.vocabulary import CertaintyDomain

# FHIR R5, https://hl7.org/fhir/R5/artifactassessment.html and its certainty code systems.
ELEMENTS = {"resourceType", "id", "identifier", "title", "date", "artifactUri", "content",
            "workflowStatus"}  # fmt: skip
CONTENT = {"informationType", "summary", "type", "classifier", "author", "path", "freeToShare",
           "component"}  # fmt: skip
INFORMATION = {"comment", "classifier", "rating", "container", "response", "change-request"}
WORKFLOW = {"submitted", "triaged", "waiting-for-input", "resolved-no-change",
            "resolved-change-required", "deferred", "duplicate", "applied", "published",
            "entered-in-error"}  # fmt: skip
RATINGS = {"high", "moderate", "low", "very-low", "no-concern", "serious-concern",
           "very-serious-concern", "extremely-serious-concern"}  # fmt: skip
TYPES = {"Overall", "RiskOfBias", "Inconsistency", "Indirectness", "Imprecision", "PublicationBias"}


def text_of(snapshot) -> str:
    c = Contents(snapshot)
    return fhir_text(c.rows("claim_verdicts"), c.rows("syntheses"), c.rows("certainty"), c.about)


@pytest.fixture
def bundle(snapshot):
    return json.loads(text_of(snapshot))


def contents_of(resource):
    for content in resource["content"]:
        yield content
        yield from content.get("component", [])


def test_the_bundle_holds_an_assessment_a_stratum_and_a_claim(bundle):
    assert bundle["resourceType"] == "Bundle"
    assert bundle["type"] == "collection"
    kinds = [e["resource"]["identifier"][0]["system"].rsplit(":", 1)[1] for e in bundle["entry"]]
    assert kinds == ["stratum"] * 2 + ["claim"] * 3
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    assert all(url.startswith("urn:uuid:") for url in urls)


def test_every_resource_has_only_elements_and_codes_of_the_standard(bundle):
    for entry in bundle["entry"]:
        resource = entry["resource"]
        assert set(resource) <= ELEMENTS
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", resource["id"])
        assert resource["workflowStatus"] in WORKFLOW
        for content in contents_of(resource):
            assert set(content) <= CONTENT
            assert content["informationType"] in INFORMATION
            for concept in content.get("classifier", []):
                coding = concept["coding"][0]
                if coding["system"] == "http://hl7.org/fhir/certainty-rating":
                    assert coding["code"] in RATINGS
            for coding in content.get("type", {}).get("coding", []):
                assert coding["code"] in TYPES


def test_no_element_is_empty(bundle):
    def check(value):
        assert value not in (None, "", [], {})
        if isinstance(value, dict):
            for part in value.values():
                check(part)
        if isinstance(value, list):
            for part in value:
                check(part)

    check(bundle)


def test_domains_are_components_of_the_overall_certainty(bundle):
    (content,) = bundle["entry"][0]["resource"]["content"]
    assert content["type"]["coding"][0]["code"] == "Overall"
    assert content["classifier"][0]["coding"][0]["code"] == "low"
    codes = [part["type"]["coding"][0]["code"] for part in content["component"]]
    assert codes == [
        "RiskOfBias",
        "Inconsistency",
        "Indirectness",
        "Imprecision",
        "PublicationBias",
    ]
    ratings = [part["classifier"][0]["coding"][0]["code"] for part in content["component"]]
    assert ratings == ["serious-concern", *["no-concern"] * 4]


def test_a_claim_has_its_verdict_its_certainty_and_no_advice(bundle):
    claim = next(
        e["resource"] for e in bundle["entry"] if e["resource"]["id"] == "claim-helps-back"
    )
    (content,) = claim["content"]
    assert content["classifier"][0]["text"] == "Overstated"
    assert content["component"][0]["classifier"][0]["coding"][0]["code"] == "low"
    assert content["component"][-1]["summary"] == "Not medical advice."
    assert claim["workflowStatus"] == "submitted"


def test_the_same_tables_give_the_same_text(snapshot):
    assert text_of(snapshot) == text_of(snapshot)


def test_no_domain_of_ours_is_forgotten():
    from evidence.export.fhir import DOMAINS

    assert set(DOMAINS) == {str(domain) for domain in CertaintyDomain}
