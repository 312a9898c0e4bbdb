"""The studies that the verdicts rest on, as RIS and BibTeX for reference managers.

Authors, titles and journals come from others and may hold anything: a line break would end a field
of RIS, a brace an entry of BibTeX. Both are made harmless here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = ["Reference", "bibtex_text", "references_of", "ris_text"]

PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"
SURNAME_AND_INITIALS = re.compile(r"^(?P<surname>.+) (?P<initials>[A-Z]{1,4})$")
LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """One study as a reference; None where the record says nothing."""

    study_id: str
    authors: tuple[str, ...]
    is_first_author_only: bool
    title: str | None
    journal: str | None
    year: int | None
    doi: str | None
    pmid: str | None
    pmcid: str | None
    url: str | None


def references_of(
    studies: pd.DataFrame, members: pd.DataFrame, records: pd.DataFrame
) -> list[Reference]:
    """Return the studies that stand in a stratum, by id, with their records' authors if fetched."""
    used = set(members["study_id"])
    chosen = studies[studies["study_id"].isin(used)].sort_values("study_id")
    by_pmid = records.dropna(subset=["pmid"]).drop_duplicates("pmid").set_index("pmid")
    return [_reference(row, by_pmid) for row in chosen.to_dict("records")]


def _reference(row: Mapping[Any, Any], records: pd.DataFrame) -> Reference:
    """Return one study as a reference."""
    pmid = _text(row["pmid"])
    listed: Sequence[str] = ()
    if pmid is not None and pmid in records.index:
        record = records.loc[pmid]
        listed = [*(record["authors"] or ()), *(record["collective_authors"] or ())]
    first = _text(row["first_author"])
    authors = [_one_line(str(name)) for name in listed] or ([first] if first else [])
    doi = _text(row["doi"])
    url = _text(row["url"]) or (f"{PUBMED}{pmid}/" if pmid else None)
    return Reference(
        study_id=str(row["study_id"]),
        authors=tuple(_inverted(name) for name in authors),
        is_first_author_only=not listed,
        title=_text(row["title"]),
        journal=_text(row["journal"]),
        year=None if pd.isna(row["year"]) else int(row["year"]),
        doi=doi,
        pmid=pmid,
        pmcid=_text(row["pmcid"]),
        url=url,
    )


def _text(value: object) -> str | None:
    """Return a cell as one line of text, None where it holds nothing."""
    return _one_line(value) or None if isinstance(value, str) else None


def _one_line(text: str) -> str:
    r"""Return a text without control characters and line breaks.

    >>> _one_line("a\r\nER  - b")
    'a ER - b'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _inverted(name: str) -> str:
    """Return a name as reference managers sort it.

    >>> _inverted("van der Berg AB")
    'van der Berg, AB'
    >>> _inverted("Group of Trialists")
    'Group of Trialists'
    """
    match = SURNAME_AND_INITIALS.match(name)
    return f"{match['surname']}, {match['initials']}" if match else name


def ris_text(references: Sequence[Reference]) -> str:
    """Return references as RIS."""
    import rispy

    class Unnumbered(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
        """RIS without the line "1." that rispy puts before each entry."""

        def set_header(self, count: int) -> str:  # noqa: ARG002 - rispy's signature
            return ""

    entries = [_ris_entry(reference) for reference in references]
    if not entries:
        return ""
    written: str = rispy.dumps(entries, implementation=Unnumbered)
    return written.lstrip("\n")


def _ris_entry(reference: Reference) -> dict[str, Any]:
    """Return one entry under rispy's names."""
    note = "first author only" if reference.is_first_author_only and reference.authors else None
    entry = {
        "type_of_reference": "JOUR",
        "id": reference.study_id,
        "title": reference.title,
        "authors": list(reference.authors) or None,
        "year": None if reference.year is None else str(reference.year),
        "journal_name": reference.journal,
        "doi": reference.doi,
        "accession_number": reference.pmid,
        "name_of_database": "PubMed" if reference.pmid else None,
        "urls": [reference.url] if reference.url else None,
        "notes": [note] if note else None,
    }
    return {name: value for name, value in entry.items() if value is not None}


def bibtex_text(references: Sequence[Reference]) -> str:
    """Return references as BibTeX, in UTF-8, with unique keys."""
    keys: set[str] = set()
    entries = []
    for reference in references:
        key = _key(reference.study_id, keys)
        keys.add(key)
        entries.append(_bibtex_entry(key, reference))
    return "\n".join(entries)


def _key(study_id: str, taken: set[str]) -> str:
    """Return a key that BibTeX can read and that is not taken.

    >>> _key("O'Neil {2020}", {"ONeil2020"})
    'ONeil2020-2'
    """
    base = re.sub(r"[^A-Za-z0-9:._-]", "", study_id) or "study"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key


def _bibtex_entry(key: str, reference: Reference) -> str:
    """Return one entry."""
    names = [f"{{{escape(n)}}}" if ", " not in n else escape(n) for n in reference.authors]
    if reference.is_first_author_only and names:
        names.append("others")
    fields = {
        "author": " and ".join(names) or None,
        "title": f"{{{escape(reference.title)}}}" if reference.title else None,
        "journal": escape(reference.journal) if reference.journal else None,
        "year": None if reference.year is None else str(reference.year),
        "doi": escape(reference.doi) if reference.doi else None,
        "pmid": escape(reference.pmid) if reference.pmid else None,
        "pmcid": escape(reference.pmcid) if reference.pmcid else None,
        "url": escape(reference.url) if reference.url else None,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@article{{{key},", *lines, "}", ""])


def escape(text: str) -> str:
    r"""Return a text in which BibTeX and LaTeX see no commands.

    >>> escape("5 % of {all} & more")
    '5 \\% of \\{all\\} \\& more'
    """
    return "".join(LATEX.get(character, character) for character in text)
