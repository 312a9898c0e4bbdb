"""Certainty and verdicts as FHIR R5 ``ArtifactAssessment`` resources (EBM-on-FHIR).

FHIR's own names of domains and ratings stand here and nowhere else in the program. The code
systems are those of FHIR R5 (http://hl7.org/fhir/certainty-type and …/certainty-rating); verdicts
have no standard code and are classified in words, with a code system of this project's own.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

import pandas as pd

from evidence.vocabulary import Certainty, CertaintyDomain, ReviewState

__all__ = ["certainty_bundle", "fhir_text"]

CERTAINTY_TYPE = "http://hl7.org/fhir/certainty-type"
CERTAINTY_RATING = "http://hl7.org/fhir/certainty-rating"
OURS = "urn:evidence-tracker"
DOMAINS: Mapping[str, tuple[str, str]] = {
    str(CertaintyDomain.OVERALL): ("Overall", "Overall certainty"),
    str(CertaintyDomain.RISK_OF_BIAS): ("RiskOfBias", "Risk of bias"),
    str(CertaintyDomain.INCONSISTENCY): ("Inconsistency", "Inconsistency"),
    str(CertaintyDomain.INDIRECTNESS): ("Indirectness", "Indirectness"),
    str(CertaintyDomain.IMPRECISION): ("Imprecision", "Imprecision"),
    str(CertaintyDomain.PUBLICATION_BIAS): ("PublicationBias", "Publication bias"),
}
OVERALL: Mapping[str, tuple[str, str]] = {
    str(Certainty.HIGH): ("high", "High quality"),
    str(Certainty.MODERATE): ("moderate", "Moderate quality"),
    str(Certainty.LOW): ("low", "Low quality"),
    str(Certainty.VERY_LOW): ("very-low", "Very low quality"),
}
CONCERN = (
    ("no-concern", "no serious concern"),
    ("serious-concern", "serious concern"),
    ("very-serious-concern", "very serious concern"),
    ("extremely-serious-concern", "extremely serious concern"),
)
DISCLAIMER = "Not medical advice."
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, OURS)


def fhir_text(
    verdicts: pd.DataFrame,
    syntheses: pd.DataFrame,
    certainty: pd.DataFrame,
    about: Mapping[str, Any],
) -> str:
    """Return the bundle of :func:`certainty_bundle` as JSON, the same text for the same rows."""
    bundle = certainty_bundle(verdicts, syntheses, certainty, about)
    return json.dumps(bundle, ensure_ascii=False, indent=1) + "\n"


def certainty_bundle(
    verdicts: pd.DataFrame,
    syntheses: pd.DataFrame,
    certainty: pd.DataFrame,
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a FHIR Bundle: an assessment a stratum that is rated, and one a claim.

    Parameters
    ----------
    verdicts, syntheses, certainty
        Tables of the snapshot.
    about
        The snapshot's manifest: id, as_of, time of writing.
    """
    strata = {row["stratum_id"]: row for row in syntheses.to_dict("records")}
    resources = [
        _stratum_assessment(str(stratum_id), part, strata.get(stratum_id, {}), about)
        for stratum_id, part in certainty.groupby("stratum_id", sort=True)
    ]
    rows = verdicts.sort_values("claim_id").to_dict("records")
    resources += [_claim_assessment(row, about) for row in rows]
    return {
        "resourceType": "Bundle",
        "id": _id("bundle", str(about["snapshot_id"])),
        "identifier": {"system": f"{OURS}:snapshot", "value": str(about["snapshot_id"])},
        "type": "collection",
        "timestamp": str(about["written_at"]),
        "entry": [
            {"fullUrl": f"urn:uuid:{uuid.uuid5(NAMESPACE, r['id'])}", "resource": r}
            for r in resources
        ],
    }


def _id(kind: str, name: str) -> str:
    """Return an id that FHIR allows: at most 64 letters, digits, dots and hyphens.

    >>> _id("claim", "generally-safe")
    'claim-generally-safe'
    >>> len(_id("stratum", "a_" * 60))
    64
    """
    plain = f"{kind}-{re.sub(r'[^A-Za-z0-9.-]', '-', name)}"
    if len(plain) <= 64 and plain == f"{kind}-{name}":
        return plain
    tail = uuid.uuid5(NAMESPACE, name).hex[:12]
    return f"{plain[:51]}-{tail}"


def _coded(system: str, code: str, display: str) -> dict[str, Any]:
    """Return a CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def _present(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource without what is missing: FHIR has no empty element."""
    return {
        name: value
        for name, value in resource.items()
        if value is not None and value not in ([], "")
    }


def _cell(value: object) -> str | None:
    """Return a text cell, None where it holds nothing."""
    return value if isinstance(value, str) and value.strip() else None


def _assessment(kind: str, name: str, title: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every assessment has."""
    return {
        "resourceType": "ArtifactAssessment",
        "id": _id(kind, name),
        "identifier": [{"system": f"{OURS}:{kind}", "value": name}],
        "title": title,
        "date": str(about["as_of"]),
        "artifactUri": f"{OURS}:{kind}:{name}",
    }


def _stratum_assessment(
    stratum_id: str, part: pd.DataFrame, stratum: Mapping[Any, Any], about: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the certainty of one stratum, overall with the domains as its components."""
    rows = {str(row["domain"]): row for row in part.to_dict("records")}
    overall = rows.pop(str(CertaintyDomain.OVERALL), None)
    order = [str(domain) for domain in CertaintyDomain if str(domain) in rows]
    components = [_rating(rows[domain]) for domain in order]
    content = _rating(overall) if overall is not None else {"informationType": "container"}
    names = ("outcome_domain", "comparator_class", "time_window")
    words = [word for name in names if (word := _cell(stratum.get(name)))]
    title = "Certainty of evidence: " + (", ".join(words) or stratum_id)
    return {
        **_assessment("stratum", stratum_id, title, about),
        "content": [_present({**content, "component": components})],
        "workflowStatus": "published" if _is_by_person(part) else "submitted",
    }


def _is_by_person(part: pd.DataFrame) -> bool:
    """Return whether a person has judged any of the rows."""
    return bool((part["source"] == "person").any())


def _rating(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return one row of ``certainty`` as content."""
    domain = str(row["domain"])
    if domain == str(CertaintyDomain.OVERALL):
        rating = OVERALL.get(str(row["rating"]))
    else:
        down = 0 if pd.isna(row["downgrade"]) else int(row["downgrade"])
        rating = CONCERN[min(down, len(CONCERN) - 1)]
    author = _cell(row["author"])
    return _present(
        {
            "informationType": "rating",
            "summary": _cell(row["reason"]),
            "type": _coded(CERTAINTY_TYPE, *DOMAINS[domain]),
            "classifier": [_coded(CERTAINTY_RATING, *rating)] if rating else None,
            "author": {"display": author} if author else None,
            "freeToShare": True,
        }
    )


def _claim_assessment(row: Mapping[Any, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict on one claim, with its certainty and the note that it is no advice."""
    certainty = OVERALL.get(str(row["certainty"]))
    word = str(row["verdict"])
    components: list[dict[str, Any]] = [
        {"informationType": "comment", "summary": DISCLAIMER, "freeToShare": True}
    ]
    if certainty is not None:
        components.insert(
            0,
            _present(
                {
                    "informationType": "rating",
                    "summary": _cell(row["certainty_cap_reason"]),
                    "type": _coded(CERTAINTY_TYPE, *DOMAINS[str(CertaintyDomain.OVERALL)]),
                    "classifier": [_coded(CERTAINTY_RATING, *certainty)],
                    "freeToShare": True,
                }
            ),
        )
    code = word.lower().replace(" ", "-")
    is_reviewed = row["review_state"] == str(ReviewState.REVIEWED)
    return {
        **_assessment("claim", str(row["claim_id"]), f"Verdict on: “{row['quote']}”", about),
        "content": [
            _present(
                {
                    "informationType": "classifier",
                    "summary": _cell(row["verdict_sentence"]),
                    "type": {"text": "Verdict on a claim"},
                    "classifier": [_coded(f"{OURS}:verdict", code, word)],
                    "path": [row["url"]] if _cell(row["url"]) else None,
                    "freeToShare": True,
                    "component": components,
                }
            )
        ],
        "workflowStatus": "published" if is_reviewed else "submitted",
    }
