"""Reports of one study: found by what names it, or confirmed by a person, and then counted once.

The study speaks by its first report; what only another report of it tells stands under the same
study, everything else of that report is left out as a second report. Grouping is done anew in every
build, so that an answer which is taken back is undone by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from evidence.pipeline.confirmed import pair_answers
from evidence.records.deduplicate import (
    REVIEWS,
    Grouping,
    Report,
    StudyGroup,
    group_reports,
    same_study_links,
)
from evidence.store.decisions import Event
from evidence.synthesis.study_effects import is_comparison
from evidence.tables import conform, row_dicts
from evidence.vocabulary import (
    Design,
    Direction,
    RetractionStatus,
    TimeWindow,
    ValueOrigin,
)

__all__ = [
    "MergedReports",
    "StudyReports",
    "find_reports",
    "merge_reports",
    "one_study_each",
    "with_first_reports",
]

_CONTEXT = frozenset(map(str, (Design.PROTOCOL, Design.EDITORIAL, Design.RETRACTION_NOTICE)))
_FACTS = (
    "study_id",
    "pmid",
    "doi",
    "registry_id",
    "second_report_of",
    "first_author",
    "year",
    "n_randomized",
    "design",
    "design_source",
    "retraction_status",
)


_OF_THE_STUDY = ("label", "year", "risk_of_bias")
"""What a result takes over from the study under which it comes to stand."""


@dataclass(frozen=True, slots=True)
class StudyReports:
    """Which rows of ``studies`` are reports of one study.

    Attributes
    ----------
    groups
        Studies with more than one report, or with one that they share.
    first_of
        Further report to the first report of its study.
    noted
        Further reports that the curated facts name as such: nothing of them is counted.
    grouping
        Where they are from, with the pairs that wait for a person.
    answers
        What people said of pairs, by the ids that the reports have today.
    """

    groups: tuple[StudyGroup, ...] = ()
    first_of: Mapping[str, str] = field(default_factory=dict)
    noted: frozenset[str] = frozenset()
    grouping: Grouping = field(default_factory=lambda: Grouping((), ()))
    answers: Mapping[tuple[str, str], Event] = field(default_factory=dict)

    def with_first(self, lists: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """Return lists of studies in which, of further reports, the first ones stand as well."""
        return {
            name: found | {self.first_of[study] for study in found & self.first_of.keys()}
            for name, found in lists.items()
        }

    def only_first(self, lists: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """Return lists of studies in which first reports stand instead of further ones."""
        return {
            name: frozenset(self.first_of.get(study, study) for study in found)
            for name, found in lists.items()
        }


@dataclass(frozen=True, slots=True)
class MergedReports:
    """Studies and results, each study once, and how that came about."""

    studies: pd.DataFrame
    working: pd.DataFrame
    moved: Mapping[str, str]
    """Result to its report, of each result that stands under another report's study."""
    reports: StudyReports


def merge_reports(
    studies: pd.DataFrame,
    working: pd.DataFrame,
    records: pd.DataFrame,
    corrections: pa.Table | None,
    events: Sequence[Event],
) -> MergedReports:
    """Return studies and the working table of results with the reports of a study put together.

    Parameters
    ----------
    studies, working, records, corrections, events
        As in :func:`find_reports` and :func:`one_study_each`.
    """
    reports = find_reports(studies, records, corrections, events)
    named = with_first_reports(studies, reports)
    results, moved = one_study_each(working, named, reports)
    return MergedReports(named, results, moved, reports)


def find_reports(
    studies: pd.DataFrame,
    records: pd.DataFrame,
    corrections: pa.Table | None,
    events: Sequence[Event],
) -> StudyReports:
    """Return which rows of ``studies`` report one study (docs/method.md, section 8).

    Parameters
    ----------
    studies, records
        The tables of these names; reviews are studies of their own and never merged.
    corrections
        The parser's table of links between records; None before a refresh.
    events
        People's decisions, oldest first.
    """
    rows = {
        row["study_id"]: row
        for row in row_dicts(studies[list(_FACTS)])
        if row["design"] not in REVIEWS
    }
    reports = _reports(rows.values(), records, corrections)
    answers = _answers_today(events, studies)
    said = {pair: event.after == "yes" for pair, event in answers.items()}
    grouping = group_reports(
        reports,
        same=[pair for pair, is_same in said.items() if is_same],
        different=[pair for pair, is_same in said.items() if not is_same],
    )
    groups = tuple(g for g in grouping.studies if len(g.report_ids) > 1 or g.shared_report_ids)
    first_of = {}
    for group in groups:
        first = min((rows[name] for name in group.report_ids), key=_standing(group))["study_id"]
        first_of.update({name: first for name in group.report_ids if name != first})
    noted = frozenset(name for name in first_of if rows[name]["second_report_of"] is not None)
    return StudyReports(groups, first_of, noted, grouping, answers)


def _standing(group: StudyGroup) -> Any:  # noqa: ANN401 - a sort key
    """Return the order of a study's reports; the first one names the study.

    One that the curated facts name as a second report of another here never is, nor a protocol
    where there is more; one in force goes before a retracted one, curated before machine-read.
    """
    inside = set(group.report_ids)

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return (
            bool(inside & set(_named(row["second_report_of"] or ""))),
            row["design"] in _CONTEXT,
            RetractionStatus.RETRACTED in (row["retraction_status"] or ()),
            row["design_source"] == ValueOrigin.MACHINE_READ,
            row["design"] == Design.SECONDARY_ANALYSIS,
            row["year"] or 9999,
            row["study_id"],
        )

    return key


def _reports(
    rows: Iterable[Mapping[str, Any]], records: pd.DataFrame, corrections: pa.Table | None
) -> list[Report]:
    """Return studies as reports, with the numbers and links of their records."""
    numbers = dict(zip(records["pmid"], records["registry_ids"], strict=True))
    links: dict[str, tuple[str, ...]] = {}
    if corrections is not None:
        names = ("pmid", "ref_type", "ref_pmid")
        columns = (corrections[name].to_pylist() for name in names)
        links = same_study_links(zip(*columns, strict=True))
    found = []
    for row in rows:
        own = [] if row["registry_id"] is None else [row["registry_id"]]
        named = row["second_report_of"]
        found.append(
            Report(
                report_id=row["study_id"],
                pmid=row["pmid"],
                doi=row["doi"],
                registry_ids=tuple(dict.fromkeys([*own, *(numbers.get(row["pmid"]) or ())])),
                second_report_of=links.get(row["pmid"], ()) if named is None else _named(named),
                first_author=row["first_author"],
                year=row["year"],
                n=row["n_randomized"],
                design=None if row["design"] is None else Design(row["design"]),
            )
        )
    return found


def _named(cell: str) -> tuple[str, ...]:
    """Return the studies of which a curated row says that it is a second report.

    >>> _named("knee | back")
    ('knee', 'back')
    """
    return tuple(part.strip() for part in cell.split("|"))


def _answers_today(events: Sequence[Event], studies: pd.DataFrame) -> dict[tuple[str, str], Event]:
    """Return answers by the ids of today: a record that was curated since goes by its study."""
    answers = pair_answers(events)
    if not answers:
        return {}
    known = set(studies["study_id"])
    held = studies.dropna(subset=["pmid"])
    by_pmid = dict(zip(held["pmid"], held["study_id"], strict=True))

    def today(name: str) -> str | None:
        if name in known:
            return name
        return by_pmid.get(name.removeprefix("pmid").lstrip(":-"))

    found = {}
    for (one, other), event in answers.items():
        a, b = today(one), today(other)
        if a is not None and b is not None and a != b:
            found[(a, b) if a < b else (b, a)] = event
    return found


def with_first_reports(studies: pd.DataFrame, reports: StudyReports) -> pd.DataFrame:
    """Return ``studies`` in which a first report has all records of its study, and others name it."""
    if not reports.first_of:
        return studies
    records: dict[str, list[str]] = {}
    for study, ids in zip(studies["study_id"], studies["record_ids"], strict=True):
        first = reports.first_of.get(study)
        if first is not None and isinstance(ids, list):
            records.setdefault(first, []).extend(ids)
    named = [
        own if isinstance(own, str) else reports.first_of.get(study)
        for study, own in zip(studies["study_id"], studies["second_report_of"], strict=True)
    ]
    together = [
        list(dict.fromkeys([*(own if isinstance(own, list) else ()), *records[study]]))
        if study in records
        else own
        for study, own in zip(studies["study_id"], studies["record_ids"], strict=True)
    ]
    out = studies.assign(
        second_report_of=pd.Series(named, index=studies.index, dtype="object"),
        record_ids=pd.Series(together, index=studies.index, dtype="object"),
    )
    return conform("studies", out)


def one_study_each(
    working: pd.DataFrame, studies: pd.DataFrame, reports: StudyReports
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return results with those of further reports under their study, or named as second reports.

    Parameters
    ----------
    working
        The working table of results, with directions.
    studies
        Of :func:`with_first_reports`.

    Returns
    -------
    tuple
        The results, and by result id the report of each that now stands under another study.
    """
    merged = {name: first for name, first in reports.first_of.items() if name not in reports.noted}
    if not merged:
        return working, {}
    inside = working["study_id"].isin({*merged, *merged.values()})
    rows: list[Any] = list(working[inside].itertuples())
    about: Any = studies.set_index("study_id")[list(_OF_THE_STUDY)]
    told: dict[str, list[Any]] = {}
    out: Any = working.copy()
    moved: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (row.study_id in merged, row.study_id, row.result_id)):
        first = merged.get(row.study_id)
        before = told.setdefault(first or row.study_id, [])
        if first is not None and any(_tells_as_much(other, row) for other in before):
            out.at[row.Index, "second_report_of"] = first
            continue
        before.append(row)
        if first is not None:
            moved[row.result_id] = row.study_id
            out.at[row.Index, "study_id"] = first
            for name in _OF_THE_STUDY:
                out.at[row.Index, name] = about.at[first, name]
    return out, moved


def _tells_as_much(one: Any, other: Any) -> bool:  # noqa: ANN401 - rows of a table
    """Return whether a result says what another would say of the same study."""
    if _is_silent(one) and not _is_silent(other):
        return False
    unknown = {None, str(TimeWindow.UNKNOWN)}
    windows = {_word(one.time_window), _word(other.time_window)}
    codes = {_word(one.intervention_code), _word(other.intervention_code)}
    return (
        _word(one.comparator_class) == _word(other.comparator_class)
        and _word(one.outcome_domain) == _word(other.outcome_domain)
        and (len(windows) == 1 or bool(windows & unknown))
        and (len(codes) == 1 or None in codes)
    )


def _is_silent(row: Any) -> bool:  # noqa: ANN401 - a row of a table
    return is_comparison(row) and row.direction == Direction.NOT_REPORTED


def _word(cell: object) -> str | None:
    """Return a cell's word, None where it is missing."""
    return None if cell is None or cell != cell else str(cell)
