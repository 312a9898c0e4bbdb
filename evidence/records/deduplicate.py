"""Reports to studies: which reports are of one study, and which only a person can say.

Reports are merged by what names a study or a report: a PMID, a DOI, a link between records, a
registration number. The same first author, number of people and year is never enough: such pairs
are candidates for a person. The result does not depend on the order of the reports.

Notes
-----
One registration can stand for several trials and one report for several studies, so a shared
number does not always mean one study:

* a report that names several studies (several numbers of one register, or several PMIDs it is a
  second report of) belongs to each of them and joins none of them;
* trials under one number whose numbers of people differ by more than two are not merged;
* reviews are not merged by numbers of trials, which they only cite.

Merging is docs/method.md, section 8; ± 2 people is this project's rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from evidence.records.names import clean_doi, name_key, registry_of
from evidence.vocabulary import Design

__all__ = [
    "REVIEWS",
    "Candidate",
    "Grouping",
    "Report",
    "StudyGroup",
    "group_reports",
    "same_study_links",
]

N_TOLERANCE = 2

REVIEWS = frozenset(
    {
        Design.SYSTEMATIC_REVIEW,
        Design.META_ANALYSIS,
        Design.NETWORK_META_ANALYSIS,
        Design.UMBRELLA_REVIEW,
        Design.NARRATIVE_REVIEW,
        Design.GUIDELINE,
    }
)
"""Never reports of one study: an update of a review is another review, and may stand for a stratum."""
_SECOND_REPORTS = frozenset({Design.PROTOCOL, Design.SECONDARY_ANALYSIS})

#: Links of PubMed (CommentsCorrections) between reports of one study.
SAME_STUDY_LINKS = frozenset(
    {
        "UpdateOf",
        "UpdateIn",
        "ErratumFor",
        "ErratumIn",
        "CorrectedandRepublishedFrom",
        "CorrectedandRepublishedIn",
        "RetractedandRepublishedFrom",
        "RetractedandRepublishedIn",
        "RepublishedFrom",
        "RepublishedIn",
        "ReprintOf",
        "ReprintIn",
        "OriginalReportIn",
        "SummaryForPatientsIn",
        "AssociatedPublication",
    }
)


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a study: a record, a curated row, a registry entry.

    Attributes
    ----------
    report_id
        Stable id.
    pmid, doi
        Numbers of the report itself.
    registry_ids
        Registration numbers it gives.
    second_report_of
        Report ids or PMIDs of which it says that it reports the same study.
    first_author, year, n
        Family name, year of publication, people randomized.
    design
        Kind of study.
    """

    report_id: str
    pmid: str | None = None
    doi: str | None = None
    registry_ids: tuple[str, ...] = ()
    second_report_of: tuple[str, ...] = ()
    first_author: str | None = None
    year: int | None = None
    n: int | None = None
    design: Design | None = None


@dataclass(frozen=True, slots=True)
class StudyGroup:
    """One study with its reports.

    Attributes
    ----------
    study_id
        The smallest id of its reports.
    report_ids
        Reports of this study, sorted.
    shared_report_ids
        Reports of this and of other studies, sorted.
    reasons
        Why the reports are one study: pairs of report ids with what they share.
    """

    study_id: str
    report_ids: tuple[str, ...]
    shared_report_ids: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two reports that may be of one study; a person decides."""

    report_a: str
    report_b: str
    reason: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """All studies, sorted by id, and the pairs that wait for a person."""

    studies: tuple[StudyGroup, ...]
    candidates: tuple[Candidate, ...]


def group_reports(
    reports: Iterable[Report],
    *,
    same: Iterable[tuple[str, str]] = (),
    different: Iterable[tuple[str, str]] = (),
) -> Grouping:
    """Return the studies behind reports.

    Parameters
    ----------
    reports
        Reports with ids of their own.
    same, different
        Pairs of report ids that a person has confirmed or refused. A refused pair never comes to
        stand in one study, whatever else its reports share.
    """
    known = {report.report_id: report for report in sorted(reports, key=_by_id)}
    refused = {frozenset(pair) for pair in different}
    shared = _shared_reports(known)
    confirmed = [(*sorted(pair), "confirmed by a person") for pair in same]
    edges = [*sorted(confirmed), *sorted(_edges(known, shared))]
    union = _Union(known, refused)
    for one, other, reason in edges:
        union.join(one, other, reason)
    candidates = _candidates(known, union, refused)
    return Grouping(_studies(union, shared), candidates)


def same_study_links(
    links: Iterable[tuple[str, str | None, str | None]],
) -> dict[str, tuple[str, ...]]:
    """Return for each PMID the PMIDs that a link of PubMed says report the same study.

    Parameters
    ----------
    links
        PMID, RefType and PMID of the other record, as in the parser's table ``corrections``.

    >>> same_study_links([("1", "UpdateOf", "2"), ("1", "CommentOn", "3")])
    {'1': ('2',)}
    """
    found: dict[str, set[str]] = {}
    for pmid, kind, other in links:
        if kind in SAME_STUDY_LINKS and other and other != pmid:
            found.setdefault(pmid, set()).add(other)
    return {pmid: tuple(sorted(others)) for pmid, others in sorted(found.items())}


# --- what ties reports together ------------------------------------------------------------------

Edge = tuple[str, str, str]


def _by_id(report: Report) -> str:
    return report.report_id


def _edges(known: Mapping[str, Report], shared: Mapping[str, frozenset[str]]) -> set[Edge]:
    reports = list(known.values())
    edges = _equal(reports, lambda report: report.pmid, "same PMID")
    edges |= _equal(reports, lambda report: clean_doi(report.doi), "same DOI")
    by_pmid = _by_pmid(reports)
    for report in reports:
        if report.report_id not in shared:
            for target in _targets(report, known, by_pmid):
                edges.add((*_sorted(report.report_id, target), "second report"))
    for number, members in _by_number(reports, shared).items():
        if not _differ(members):
            first, *others = sorted(member.report_id for member in members)
            edges |= {(first, other, f"same registration {number}") for other in others}
    return edges


def _equal(
    reports: Sequence[Report], key: Callable[[Report], str | None], reason: str
) -> set[Edge]:
    first: dict[str, str] = {}
    edges: set[Edge] = set()
    for report in reports:
        value = key(report)
        if value:
            start = first.setdefault(value, report.report_id)
            if start != report.report_id:
                edges.add((start, report.report_id, f"{reason} {value}"))
    return edges


def _by_pmid(reports: Iterable[Report]) -> dict[str, str]:
    return {report.pmid: report.report_id for report in reports if report.pmid}


def _targets(report: Report, known: Mapping[str, Report], by_pmid: Mapping[str, str]) -> set[str]:
    """Return the ids of the reports that a report says it belongs to."""
    named = {by_pmid.get(name, name) for name in report.second_report_of}
    return {name for name in named if name in known and name != report.report_id}


def _by_number(
    reports: Sequence[Report], shared: Mapping[str, frozenset[str]]
) -> dict[str, list[Report]]:
    """Return the reports under each registration number of a trial that could merge them."""
    found: dict[str, list[Report]] = {}
    for report in reports:
        if report.report_id in shared or report.design in REVIEWS:
            continue
        for number in sorted(set(report.registry_ids)):
            if registry_of(number) not in (None, "PROSPERO"):
                found.setdefault(number, []).append(report)
    return {number: members for number, members in sorted(found.items()) if len(members) > 1}


def _differ(members: Sequence[Report]) -> bool:
    """Return whether trials under one number are of different people."""
    sizes = [report.n for report in members if report.n and report.design not in _SECOND_REPORTS]
    return bool(sizes) and max(sizes) - min(sizes) > N_TOLERANCE


def _shared_reports(known: Mapping[str, Report]) -> dict[str, frozenset[str]]:
    """Return the reports that name several studies, with the reports of these studies."""
    shared: dict[str, frozenset[str]] = {}
    by_pmid, by_number = _by_pmid(known.values()), _reports_of_numbers(known.values())
    for report in known.values():
        targets = _targets(report, known, by_pmid)
        several = _numbers_of_one_register(report)
        for number in several:
            targets |= by_number.get(number, set()) - {report.report_id}
        if len(targets) > 1 and (several or len(report.second_report_of) > 1):
            shared[report.report_id] = frozenset(targets)
    # Two shared reports do not stand for a study of their own.
    return {name: targets - shared.keys() for name, targets in shared.items()}


def _reports_of_numbers(reports: Iterable[Report]) -> dict[str, set[str]]:
    """Return the reports that give each registration number, reviews left out."""
    found: dict[str, set[str]] = {}
    for report in reports:
        if report.design not in REVIEWS:
            for number in report.registry_ids:
                found.setdefault(number, set()).add(report.report_id)
    return found


def _numbers_of_one_register(report: Report) -> set[str]:
    """Return the numbers of a register of which a report gives more than one."""
    by_register: dict[str | None, set[str]] = {}
    for number in report.registry_ids:
        by_register.setdefault(registry_of(number), set()).add(number)
    return {
        number
        for register, numbers in by_register.items()
        if register not in (None, "PROSPERO") and len(numbers) > 1
        for number in numbers
    }


# --- grouping ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Union:
    """Sets of reports that are joined one edge at a time."""

    known: Mapping[str, Report]
    refused: set[frozenset[str]]
    members: dict[str, set[str]] = field(init=False)
    reasons: list[Edge] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.members = {name: {name} for name in self.known}

    def join(self, one: str, other: str, reason: str) -> None:
        """Join the sets of two reports, unless a person has refused a pair across them."""
        if one not in self.members or other not in self.members:
            return
        left, right = self.members[one], self.members[other]
        if left is not right:
            if any(frozenset((a, b)) in self.refused for a in left for b in right):
                return
            left |= right
            for name in right:
                self.members[name] = left
        self.reasons.append((one, other, reason))

    def together(self, one: str, other: str) -> bool:
        return self.members[one] is self.members[other]


def _studies(union: _Union, shared: Mapping[str, frozenset[str]]) -> tuple[StudyGroup, ...]:
    groups = {min(members): members for members in union.members.values()}
    guests: dict[str, set[str]] = {}
    for name, targets in shared.items():
        homes = {min(union.members[target]) for target in targets}
        for home in homes - {min(union.members[name])}:
            guests.setdefault(home, set()).add(name)
        if homes and union.members[name] == {name}:
            groups.pop(name, None)
    reasons: dict[str, list[Edge]] = {}
    for edge in union.reasons:
        reasons.setdefault(min(union.members[edge[0]]), []).append(edge)
    return tuple(
        StudyGroup(
            study_id,
            tuple(sorted(members)),
            tuple(sorted(guests.get(study_id, ()))),
            tuple(sorted(reasons.get(study_id, ()))),
        )
        for study_id, members in sorted(groups.items())
    )


def _candidates(
    known: Mapping[str, Report], union: _Union, refused: set[frozenset[str]]
) -> tuple[Candidate, ...]:
    """Return the pairs that look like one study and were not merged."""
    found: dict[tuple[str, str], str] = {}
    reports = list(known.values())
    for members in _by_number(reports, {}).values():
        for one, other in combinations(sorted(m.report_id for m in members), 2):
            found.setdefault((one, other), "same registration, which several studies may share")
    for likely in _by_author_and_year(reports).values():
        for pair in _about_as_many(likely):
            found.setdefault(pair, "same first author and year, about as many people")
    return tuple(
        Candidate(one, other, reason)
        for (one, other), reason in sorted(found.items())
        if not union.together(one, other) and frozenset((one, other)) not in refused
    )


def _about_as_many(reports: Sequence[Report]) -> Iterator[tuple[str, str]]:
    """Yield the pairs whose numbers of people lie within the tolerance."""
    ordered = sorted(reports, key=lambda report: (report.n or 0, report.report_id))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if (other.n or 0) - (one.n or 0) > N_TOLERANCE:
                break
            yield _sorted(one.report_id, other.report_id)


def _by_author_and_year(reports: Sequence[Report]) -> dict[tuple[str, int], list[Report]]:
    found: dict[tuple[str, int], list[Report]] = {}
    for report in reports:
        author = name_key(report.first_author)
        if author and report.year and report.n and report.design not in REVIEWS:
            found.setdefault((author, report.year), []).append(report)
    return found


def _sorted(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)
