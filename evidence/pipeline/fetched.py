"""What a refresh brought, as tables of the snapshot, and what it says of the curated studies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from evidence.pipeline.flow import BY_FACTS, BY_MACHINE
from evidence.records.attach import Attachments, CuratedReport, attach_records, record_names
from evidence.records.retractions import states_of
from evidence.refresh.fetched import Fetched
from evidence.tables import conform, row_dicts
from evidence.vocabulary import RecordChange, RetractionStatus

__all__ = [
    "NOTHING_FETCHED",
    "Records",
    "attach_studies",
    "citations_table",
    "read_records",
    "reader_rows",
    "record_changes",
    "screening_table",
    "studies_found",
]

SHOWN_IN = ("pmid", "title", "journal", "issn", "pub_date", "pub_date_precision", "epub_date",
            "crdt", "edat", "mdat", "country", "record_kind", "languages")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Records:
    """The fetched records as the pipeline needs them."""

    table: pd.DataFrame
    """The table ``records``."""
    attachments: Attachments
    states: Mapping[str, list[RetractionStatus]]
    """PMID → states, of every record held."""
    claim_pmids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def pmid_of(self) -> dict[str, str]:
        """Return the record of each curated study that has one here."""
        return {item.study_id: item.pmid for item in self.attachments.attached}


NOTHING_FETCHED = Records(conform("records", pd.DataFrame()), Attachments((), ()), {})


def read_records(fetched: Fetched | None, curated: pd.DataFrame) -> Records:
    """Return the records of a refresh, with the curated studies that they report.

    Parameters
    ----------
    curated
        ``studies`` of the curated facts.
    """
    if fetched is None:
        return NOTHING_FETCHED
    rows = [
        CuratedReport(
            study_id=row["study_id"],
            pmid=row["pmid"],
            doi=row["doi"],
            title=row["title"],
            year=row["year"],
            first_author=row["first_author"],
        )
        for row in row_dicts(curated)
    ]
    states = states_of(fetched.seen["pmid"], fetched.retraction_states)
    return Records(
        table=_records_table(fetched, states),
        attachments=attach_records(rows, record_names(fetched.tables)),
        states=states,
        claim_pmids=fetched.claim_records,
    )


def _records_table(fetched: Fetched, states: Mapping[str, list[RetractionStatus]]) -> pd.DataFrame:
    """Return the table ``records``, one row a PMID."""
    tables = fetched.tables
    frame = pd.DataFrame(tables["records"].select(list(SHOWN_IN)).to_pydict(), dtype="object")
    pmids = frame["pmid"]
    languages = [", ".join(cell) if cell else None for cell in frame["languages"]]
    dois, pmcids = _ids(tables["ids"])
    notices = {row["record_id"]: row.get("notice_id") for row in fetched.retractions}
    seen = fetched.seen.set_index("pmid")
    people = _people(tables["authors"])
    more: dict[str, Iterable[object]] = {
        "record_id": [f"pmid:{pmid}" for pmid in pmids],
        "language": languages,
        "doi": pmids.map(dois),
        "pmcid": pmids.map(pmcids),
        "registry_ids": _listed(pmids, _lists(tables["databanks"], "accession")),
        "abstract": pmids.map(_abstracts(tables["abstract_sections"])),
        "authors": _listed(pmids, people[0]),
        "collective_authors": _listed(pmids, people[1]),
        "publication_types": _listed(
            pmids, _lists(tables["publication_types"], "publication_type")
        ),
        "mesh_terms": _listed(pmids, _lists(tables["mesh"], "descriptor")),
        "keywords": _listed(pmids, _lists(tables["keywords"], "keyword")),
        "retraction_status": [[str(word) for word in states[pmid]] for pmid in pmids],
        "retraction_source": "PubMed",
        "retraction_notice_pmid": pmids.map(notices),
        "retraction_checked_at": pmids.map(seen["checked_on"]),
        "free_full_text": [True if pmid in pmcids else None for pmid in pmids],
        "first_seen_run": pmids.map(seen["first_seen_run"]),
        "last_seen_run": pmids.map(seen["last_seen_run"]),
        "raw_sha256": pmids.map(seen["raw_sha256"]),
    }
    return conform("records", frame.drop(columns=["languages"]).assign(**_objects(more)))


def reader_rows(tables: Mapping[str, pa.Table]) -> Iterator[dict[str, Any]]:
    """Yield what the reader of abstracts takes of each record, as the table ``records`` has it."""
    abstracts = _abstracts(tables["abstract_sections"])
    types = _lists(tables["publication_types"], "publication_type")
    mesh = _lists(tables["mesh"], "descriptor")
    for pmid, title in _rows(tables["records"], "pmid", "title"):
        if pmid in abstracts:
            yield {
                "pmid": pmid,
                "title": title,
                "abstract": abstracts[pmid],
                "publication_types": types.get(pmid),
                "mesh_terms": mesh.get(pmid),
            }


def _objects(columns: Mapping[str, Iterable[object]]) -> dict[str, Any]:
    """Return columns whose cells may be lists."""
    return {
        name: cells if isinstance(cells, str) else pd.Series(list(cells), dtype="object")
        for name, cells in columns.items()
    }


def _rows(table: pa.Table, *names: str) -> Iterable[tuple[Any, ...]]:
    """Yield some columns of a table, row by row."""
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _lists(table: pa.Table, name: str) -> dict[str, list[str]]:
    """Return the distinct values of a column of each record, in their order."""
    found: dict[str, dict[str, None]] = {}
    for pmid, value in _rows(table, "pmid", name):
        if value:
            found.setdefault(pmid, {})[value] = None
    return {pmid: list(values) for pmid, values in found.items()}


def _listed(pmids: Iterable[str], lists: Mapping[str, list[str]]) -> list[list[str] | None]:
    """Return the list of each record, None where it has none."""
    return [lists.get(pmid) for pmid in pmids]


def _ids(table: pa.Table) -> tuple[dict[str, str], dict[str, str]]:
    """Return DOI and PMC id of each record; an invalid DOI is passed over, the first one kept."""
    dois: dict[str, str] = {}
    pmcids: dict[str, str] = {}
    for pmid, kind, value, is_valid in _rows(table, "pmid", "type", "value", "is_valid"):
        if kind == "doi" and is_valid is not False and value:
            dois.setdefault(pmid, value)
        elif kind == "pmc" and value:
            pmcids.setdefault(pmid, value)
    return dois, pmcids


def _people(table: pa.Table) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return authors as "Last FM", and groups among the authors, of each record."""
    authors: dict[str, list[str]] = {}
    groups: dict[str, list[str]] = {}
    names = ("pmid", "role", "last_name", "initials", "collective_name")
    for pmid, role, last, initials, group in _rows(table, *names):
        if role != "author":
            continue
        if group:
            groups.setdefault(pmid, []).append(group)
        elif last:
            authors.setdefault(pmid, []).append(f"{last} {initials}" if initials else last)
    return authors, groups


def _abstracts(table: pa.Table) -> dict[str, str]:
    """Return the abstract of each record, section by section under its label."""
    found: dict[str, list[str]] = {}
    for pmid, kind, label, text in _rows(table, "pmid", "kind", "label", "text"):
        if kind == "abstract" and text:
            found.setdefault(pmid, []).append(f"{label}: {text}" if label else text)
    return {pmid: "\n".join(parts) for pmid, parts in found.items()}


def record_changes(fetched: Fetched) -> pd.DataFrame:
    """Return the table ``record_changes``: which records the last complete run touched, and how."""
    lists = {
        RecordChange.NEW: fetched.new,
        RecordChange.CHANGED: fetched.changed,
        RecordChange.RETRACTED: fetched.retracted,
        RecordChange.DROPPED: fetched.dropped,
    }
    return conform(
        "record_changes",
        [
            {"run_id": fetched.run_id, "record_id": f"pmid:{pmid}", "change": str(change)}
            for change, pmids in lists.items()
            for pmid in pmids
        ],
    )


def citations_table(fetched: Fetched) -> pd.DataFrame:
    """Return the table ``citations``: what iCite said of records; shown, and read by no rule."""
    return conform(
        "citations",
        [
            {
                "record_id": f"pmid:{row['pmid']}",
                "citation_count": row["citation_count"],
                "citations_per_year": row["citations_per_year"],
                "relative_citation_ratio": row["relative_citation_ratio"],
                "nih_percentile": row["nih_percentile"],
                "source": "iCite",
                "asked_on": row["asked_on"],
            }
            for row in fetched.icite
        ],
    )


def attach_studies(studies: pd.DataFrame, records: Records) -> pd.DataFrame:
    """Return curated studies with the PMID, record and retraction states that were found.

    A study whose record was not fetched stays *not checked*.
    """
    pmid_of = records.pmid_of
    out = studies.copy()
    found = [pmid_of.get(study_id) for study_id in studies["study_id"]]
    out["pmid"] = [
        own if isinstance(own, str) else pmid for own, pmid in zip(out["pmid"], found, strict=True)
    ]
    ids = [[f"pmid:{pmid}"] if isinstance(pmid, str) else None for pmid in out["pmid"]]
    states = [
        old if pmid is None else [str(word) for word in records.states[pmid]]
        for old, pmid in zip(studies["retraction_status"], found, strict=True)
    ]
    return conform(
        "studies", out.assign(**_objects({"record_ids": ids, "retraction_status": states}))
    )


def studies_found(records: Records, read: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the studies behind the records that each claim's search found.

    Parameters
    ----------
    read
        Ids of the studies that were read by machine.
    """
    known = {pmid: study for study, pmid in records.pmid_of.items()}
    machine = {study.removeprefix("pmid-"): study for study in read}
    study_of = {pmid: study for pmid, study in machine.items() if pmid not in known} | known
    done: dict[tuple[str, ...], frozenset[str]] = {}  # claims that ask for the same words share it
    for pmids in records.claim_pmids.values():
        if pmids not in done:
            studies = map(study_of.get, pmids)
            done[pmids] = frozenset(study for study in studies if study is not None)
    return {claim_id: done[pmids] for claim_id, pmids in records.claim_pmids.items()}


def screening_table(
    eligibility: pd.DataFrame,
    studies: pd.DataFrame,
    records: Records,
    moved: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return the table ``screening``: each record found for a question, in or out, and why.

    A report is in where any of its results is; else the first reason of its results stands.

    Parameters
    ----------
    moved
        Result to its report, of results that stand under another report's study.
    """
    report = eligibility["study_id"]
    if moved:
        other = eligibility["result_id"].map(moved)
        report = other.where(other.notna(), report)
    codes, reports = pd.factorize(report)
    record_of = _held_records(studies, records)
    held = [record_of.get(study) for study in reports]
    questions, question_ids = pd.factorize(eligibility["question_id"])
    is_in = eligibility["is_eligible"].to_numpy(dtype=bool)
    is_held = np.array([record is not None for record in held], dtype=bool)[codes]
    numbers, _ = pd.factorize(np.array(held, dtype="object"))
    place = questions * len(held) + numbers[codes]  # one number for a question and record
    order = np.flatnonzero(is_held)
    order = order[np.argsort(2 * place[order] + ~is_in[order], kind="stable")]
    is_first = np.diff(place[order], prepend=-1) != 0
    chosen = order[is_first]
    is_machine = np.array([str(study).startswith("pmid-") for study in reports])[codes[chosen]]
    return conform(
        "screening",
        pd.DataFrame(
            {
                "record_id": np.array(held, dtype="object")[codes[chosen]],
                "question_id": question_ids[questions[chosen]],
                "stage": np.where(is_machine, "abstract", "curated"),
                "decision": np.where(is_in[chosen], "included", "excluded"),
                "reason_code": eligibility["reason"].iloc[chosen].where(~is_in[chosen]).to_numpy(),
                "decided_by": np.where(is_machine, BY_MACHINE, BY_FACTS),
            }
        ),
    )


def _held_records(studies: pd.DataFrame, records: Records) -> dict[str, str]:
    """Return the record of each study that has one here."""
    return {
        study: f"pmid:{pmid}"
        for study, pmid in zip(studies["study_id"], studies["pmid"], strict=True)
        if pmid in records.states
    }
