"""Reviews as containers of trials: index review, trials since, overlap (method.md, section 8).

Takes rows of results that a question finds eligible; gives the index review with what stands
beside it. A review's estimate is never pooled with its trials.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from evidence.judgements import ReusedReview
from evidence.protocol import Protocol
from evidence.synthesis.eligible import EligibleResult
from evidence.vocabulary import Direction, TimeWindow

__all__ = [
    "IndexReview",
    "choose_index_review",
    "overlap_rows",
    "reused_review",
    "search_year",
    "trials_since",
]

MIN_TRIALS = 2
WINDOW_ORDER = (TimeWindow.SHORT, TimeWindow.IMMEDIATE, TimeWindow.UNKNOWN)
"""Of a review its short row decides, else its immediate row (docs/method.md, section 3)."""


@dataclass(frozen=True, slots=True)
class IndexReview:
    """The row that stands for a stratum, and the rows of the other reviews of the same PICO."""

    row: EligibleResult
    others: tuple[EligibleResult, ...]


def search_year(
    search_date: str | None, published: int | None, protocol: Protocol
) -> tuple[int | None, bool]:
    """Return the year of a review's last search, and whether it is approximate.

    Unknown: the year of publication less the protocol's lag, approximate.
    """
    if search_date is not None and search_date[:4].isdigit():
        return int(search_date[:4]), False
    if published is None:
        return None, True
    return published - protocol.whole("reviews.search_lag_years"), True


def _searched(row: EligibleResult, protocol: Protocol) -> tuple[int | None, bool]:
    """Return the year of the last search behind a row."""
    return search_year(row.search_date, row.year, protocol)


def choose_index_review(
    results: Iterable[EligibleResult], protocol: Protocol
) -> IndexReview | None:
    """Return the review that stands for a stratum, None where none can.

    A candidate has a pooled row with an estimate, an interval and its number of trials, more than
    one: a row whose trials are not numbered is not shown to be pooled, and is listed. Direct ones
    come before indirect ones; among them the latest search decides, then the larger row.
    """
    by_review: dict[str, list[EligibleResult]] = {}
    for r in results:
        is_sized = r.effect is not None and r.effect_ci_low is not None
        if is_sized and r.effect_ci_high is not None and (r.row_k or 0) >= MIN_TRIALS:
            by_review.setdefault(r.study_id, []).append(r)
    best = [min(rows, key=_row_order) for rows in by_review.values()]
    ranked = sorted(best, key=lambda row: _order(row, protocol))
    return IndexReview(ranked[0], tuple(ranked[1:])) if ranked else None


def _row_order(r: EligibleResult) -> tuple[object, ...]:
    """Return the sort key of the rows of one review: the one that answers best first."""
    is_known = r.time_window in WINDOW_ORDER
    window = WINDOW_ORDER.index(r.time_window) if is_known else len(WINDOW_ORDER)
    return (r.is_indirect, r.outcome_rank, window, r.is_about, -(r.row_k or 0), r.result_id)


def _order(r: EligibleResult, protocol: Protocol) -> tuple[object, ...]:
    """Return the sort key of a candidate: direct first, latest search, larger row."""
    year, is_approximate = _searched(r, protocol)
    return (r.is_indirect, -(year or 0), is_approximate, -(r.row_n or 0), r.result_id)


def reused_review(
    found: IndexReview,
    trials: Sequence[EligibleResult],
    included: frozenset[str],
    as_of_year: int,
    protocol: Protocol,
) -> ReusedReview:
    """Return the index review with the trials since and the reviews that disagree.

    Parameters
    ----------
    found
        The chosen row and the others.
    trials
        One row a trial of the same stratum.
    included
        Ids of the trials that the review is known to include.
    as_of_year
        Year to which ages are counted.
    """
    row = found.row
    year, is_approximate = _searched(row, protocol)
    since = trials_since(found, trials, included, protocol)
    since_n = sum(r.n_participants or 0 for r in since)
    is_favourable = row.effect is not None and row.effect >= 0
    against = Direction.FAVOURS_COMPARATOR if is_favourable else Direction.FAVOURS_INTERVENTION
    disagreeing = [other for other in found.others if _disagree(row, other, protocol)]
    is_old = year is not None and as_of_year - year > protocol.whole("reviews.old_search_years")
    share = protocol.number("reviews.outdated_share")
    known = [r.row_certainty for r in disagreeing if r.row_certainty is not None]
    return ReusedReview(
        review_id=row.study_id,
        result_id=row.result_id,
        label=row.label,
        k=row.row_k,
        n_participants=row.row_n,
        i2=row.row_i2,
        certainty=row.row_certainty,
        search_year=year,
        is_search_approximate=is_approximate,
        since_k=len(since),
        since_n=since_n,
        since_against=sum(r.direction is against for r in since),
        is_old_search=is_old,
        is_outdated=bool(row.row_n) and since_n >= share * (row.row_n or 0),
        disagrees_with=tuple(other.study_id for other in disagreeing),
        lowest_certainty_of_disagreeing=min(known, key=lambda word: word.level, default=None),
        disagreement=_disagreement(row, disagreeing, protocol),
    )


def _disagreement(
    row: EligibleResult, others: Sequence[EligibleResult], protocol: Protocol
) -> str | None:
    """Return what reviews of one PICO say differently, None where they agree."""
    if not others:
        return None
    said = [_said(r, protocol) for r in (row, *others)]
    return f"Reviews searched within a few years of each other disagree: {'; '.join(said)}."


def _said(row: EligibleResult, protocol: Protocol) -> str:
    """Return one review's row in words: who, searched when, which side of no effect."""
    sides = {1: "wholly in favour", -1: "wholly against", 0: "reaching no difference"}
    year, is_approximate = _searched(row, protocol)
    about = "about " if is_approximate else ""
    low, high = (
        f"{x or 0.0:.1f}".replace("-", "−") for x in (row.effect_ci_low, row.effect_ci_high)
    )
    return f"{row.label} (searched {about}{year}) {low} to {high}, {sides[_side(row)]}"


def trials_since(
    found: IndexReview,
    trials: Iterable[EligibleResult],
    included: frozenset[str],
    protocol: Protocol,
) -> list[EligibleResult]:
    """Return trials that are not in the index review and were published after its search."""
    year, _ = _searched(found.row, protocol)
    if year is None:
        return []
    return [r for r in trials if r.study_id not in included and (r.year or 0) > year]


def _disagree(first: EligibleResult, second: EligibleResult, protocol: Protocol) -> bool:
    """Return whether two reviews of one PICO, searched close in time, say different things.

    One interval lies on one side of no effect, and the other does not lie on the same side.
    """
    a, b = _searched(first, protocol)[0], _searched(second, protocol)[0]
    if a is None or b is None or abs(a - b) > protocol.whole("reviews.disagree_years"):
        return False
    is_same = (first.time_window, first.outcome_code) == (second.time_window, second.outcome_code)
    return is_same and _side(first) != _side(second)


def _side(row: EligibleResult) -> int:
    """Return 1 or -1 where the interval lies on one side of no effect, else 0."""
    if row.effect_ci_low is None or row.effect_ci_high is None:
        return 0
    return int(row.effect_ci_low > 0) - int(row.effect_ci_high < 0)


def overlap_rows(inclusions: Mapping[str, frozenset[str]]) -> list[dict[str, object]]:
    """Return the corrected covered area of every pair of reviews, and of all.

    CCA = (N − r) / (r·c − r) with N inclusions, r distinct studies, c reviews
    [Pieper 2014, doi:10.1016/j.jclinepi.2013.11.007].
    """
    overall = _cca(list(inclusions.values()))
    rows = []
    for a, b in combinations(sorted(inclusions), 2):
        shared = len(inclusions[a] & inclusions[b])
        rows.append(
            {
                "review_a": a,
                "review_b": b,
                "shared": shared,
                "union": len(inclusions[a] | inclusions[b]),
                "cca_pairwise": _cca([inclusions[a], inclusions[b]]),
                "cca_overall": overall,
            }
        )
    return rows


def _cca(lists: Sequence[frozenset[str]]) -> float | None:
    """Return the corrected covered area of some reviews, None for fewer than two."""
    distinct = len(frozenset[str]().union(*lists)) if lists else 0
    if len(lists) < 2 or distinct == 0:
        return None
    return (sum(len(one) for one in lists) - distinct) / (distinct * len(lists) - distinct)
