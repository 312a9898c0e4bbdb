"""DOIs, titles, family names and registration numbers in one spelling."""

from __future__ import annotations

import pytest

from evidence.records.names import clean_doi, find_registry_ids, name_key, registry_of, title_key


@pytest.mark.parametrize(
    "text", ["10.1000/ABC", "doi:10.1000/abc.", "https://dx.doi.org/10.1000/Abc", " 10.1000/abc; "]
)
def test_a_doi_has_one_spelling(text):
    assert clean_doi(text) == "10.1000/abc"


@pytest.mark.parametrize("text", [None, "", "S0001-2345", "10.1000"])
def test_what_is_no_doi_is_none(text):
    assert clean_doi(text) is None


def test_a_title_of_punctuation_is_none():
    assert title_key("...") is None
    assert name_key("") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(ClinicalTrials.gov NCT01234567)", ["NCT01234567"]),
        ("ISRCTN 12345678", ["ISRCTN12345678"]),
        ("chictr-ipr-15006370", ["ChiCTR-IPR-15006370"]),
        ("ChiCTR1800019051.", ["ChiCTR1800019051"]),
        ("KCT0006036; RBR-3X7X9X", ["KCT0006036", "RBR-3x7x9x"]),
        ("EudraCT 2010-123456-12", ["EUCTR2010-123456-12"]),
        ("PROSPERO CRD42020149647", ["CRD42020149647"]),
        ("XNCT012345678 and NCT0123", []),
        (None, []),
    ],
)
def test_registration_numbers_are_found_in_texts(text, found):
    assert find_registry_ids(text) == found


def test_the_register_of_a_number_is_told():
    assert registry_of("NCT01234567") == "ClinicalTrials.gov"
    assert registry_of("CRD42020149647") == "PROSPERO"
    assert registry_of("K00885") is None
