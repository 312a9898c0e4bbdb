"""References read back in reference managers, whatever a title holds."""

import pandas as pd
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.export.contents import Contents
from evidence.export.references import Reference, bibtex_text, references_of, ris_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def sample(snapshot) -> list[Reference]:
    contents = Contents(snapshot)
    tables = (contents.rows(name) for name in ("studies", "stratum_members", "records"))
    return references_of(*tables)


def reference(title: str, study_id: str = "s1") -> Reference:
    return Reference(
        study_id, ("Alba, AB",), False, title, "J {Inv}", 2011, "10.1/a_b", "1", None, None
    )


def test_only_studies_that_are_used_are_listed(snapshot):
    assert [r.study_id for r in sample(snapshot)] == ["alba", "bona"]


def test_authors_come_from_the_record_and_else_from_the_study(snapshot):
    alba, bona = sample(snapshot)
    assert alba.authors == ("Alba, AB", "van Oe, C")
    assert not alba.is_first_author_only
    assert bona.authors == ("Bona",)
    assert bona.is_first_author_only


def test_ris_reads_back(snapshot):
    alba, bona = rispy.loads(ris_text(sample(snapshot)))
    assert alba["title"] == "Needles ER - in {braces} & 50 % of backs"
    assert alba["authors"] == ["Alba, AB", "van Oe, C"]
    assert alba["accession_number"] == "1"
    assert alba["doi"] == "10.1000/a_b"
    assert alba["year"] == "2011"
    assert bona["id"] == "bona"


def test_ris_begins_with_an_entry_and_has_no_numbers(snapshot):
    text = ris_text(sample(snapshot))
    assert text.startswith("TY  - JOUR\n")
    assert "1.\n" not in text
    assert text.count("\nER  - ") == 2


def test_no_references_are_an_empty_file():
    assert ris_text([]) == ""
    assert bibtex_text([]) == ""


@settings(max_examples=50, deadline=None)
@given(TEXT)
def test_no_title_ends_an_entry_of_ris(title):
    studies = pd.DataFrame(
        [{"study_id": "s1", "title": title, "first_author": None, "journal": None, "year": None,
          "doi": None, "pmid": None, "pmcid": None, "url": None}]
    )  # fmt: skip
    records = pd.DataFrame(columns=["pmid", "authors", "collective_authors"])
    made = references_of(studies, pd.DataFrame({"study_id": ["s1"]}), records)
    (entry,) = rispy.loads(ris_text(made))
    assert entry["id"] == "s1"
    assert entry.get("title", "") == (made[0].title or "")


@settings(max_examples=50, deadline=None)
@given(TEXT)
def test_braces_of_bibtex_always_balance(title):
    text = bibtex_text([reference(title)])
    depth = 0
    for before, character in zip(" " + text, text, strict=False):
        if before != "\\":
            depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0


def test_bibtex_escapes_what_latex_would_read(snapshot):
    text = bibtex_text(sample(snapshot))
    assert r"{Needles ER - in \{braces\} \& 50 \% of backs}" in text
    assert r"doi = {10.1000/a\_b}" in text
    assert "author = {Alba, AB and van Oe, C}" in text
    assert "author = {{Bona} and others}" in text


def test_bibtex_keys_are_unique():
    text = bibtex_text([reference("a", "x y"), reference("b", "xy")])
    assert "@article{xy," in text
    assert "@article{xy-2," in text
