"""Counting directions where nothing can be pooled (SWiM), and intervals of a proportion.

One vote a study, by the side of its number or its words, never by significance: Cochrane Handbook
section 12.2.2.3, Campbell et al. 2020 (SWiM, doi:10.1136/bmj.l6890). A count says nothing of size.
It must not know what a count means for a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from evidence.errors import StatisticsError
from evidence.judgements import Counted
from evidence.synthesis.batches import checked_effects
from evidence.vocabulary import Direction, DirectionSource, RiskOfBias

FEWEST_FOR_SIGN_TEST = 6  # five of five still gives p = 0.0625


@dataclass(frozen=True, slots=True)
class Vote:
    """The side on which one study lies."""

    direction: Direction
    source: DirectionSource = DirectionSource.EFFECT
    risk_of_bias: RiskOfBias = RiskOfBias.NOT_ASSESSED
    n_participants: int | None = None


def wilson_interval(
    successes: float, n: float, *, level: float = 0.95, is_continuity_corrected: bool = False
) -> tuple[float, float]:
    """Return Wilson's interval of a proportion (1927; with correction: Newcombe 1998).

    >>> [round(limit, 3) for limit in wilson_interval(7, 20)]
    [0.181, 0.567]
    """
    x, size = _checked_count(successes, n)
    z = float(special.ndtri(0.5 + level / 2))
    p = x / size
    if not is_continuity_corrected:
        centre = (p + z * z / (2 * size)) / (1 + z * z / size)
        half = z / (1 + z * z / size) * float(np.sqrt(p * (1 - p) / size + z * z / (4 * size**2)))
        low, high = centre - half, centre + half
    else:
        below = z * z - 1 / size + 4 * size * p * (1 - p)
        scale = 2 * (size + z * z)
        low = (2 * size * p + z * z - 1 - z * float(np.sqrt(max(0.0, below + 4 * p - 2)))) / scale
        high = (2 * size * p + z * z + 1 + z * float(np.sqrt(max(0.0, below - 4 * p + 2)))) / scale
    return (0.0 if x == 0 else max(0.0, low)), (1.0 if x == size else min(1.0, high))


def clopper_pearson_interval(
    successes: float, n: float, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson 1934) interval of a proportion."""
    x, size = _checked_count(successes, n)
    tail = (1 - level) / 2
    low = 0.0 if x == 0 else float(special.betaincinv(x, size - x + 1, tail))
    high = 1.0 if x == size else float(special.betaincinv(x + 1, size - x, 1 - tail))
    return low, high


def _checked_count(successes: float, n: float) -> tuple[float, float]:
    if not (n > 0 and 0 <= successes <= n):
        raise StatisticsError(
            f"{successes:g} of {n:g} is no proportion (allowed: 0 to n, n above 0)"
        )
    return float(successes), float(n)


def sign_test_p(favourable: int, n: int) -> float:
    """Return the exact two-sided binomial p against one half.

    >>> sign_test_p(5, 5)
    0.0625
    """
    _checked_count(favourable, n)
    fewer = min(favourable, n - favourable)
    return min(1.0, 2.0 * float(special.bdtr(fewer, n, 0.5)))


def count_directions(votes: Iterable[Vote]) -> Counted:
    """Return the count of one stratum.

    Parameters
    ----------
    votes : iterable of Vote
        One a study. Null and "favours comparator" are known and not favourable; "not reported" is
        never dropped from view: it enters the worst case.

    Returns
    -------
    Counted
        u/n with Wilson's 95 % interval; the exact sign test from n of 6 (nulls favour neither side
        and leave it); and the worst case u/(n + m), where all m not reported are against.
    """
    given = list(votes)
    u = sum(vote.direction is Direction.FAVOURS_INTERVENTION for vote in given)
    against = sum(vote.direction is Direction.FAVOURS_COMPARATOR for vote in given)
    null = sum(vote.direction is Direction.NULL for vote in given)
    silent = sum(vote.direction is Direction.NOT_REPORTED for vote in given)
    n = u + against + null
    words = sum(
        vote.source is DirectionSource.WORDS and vote.direction is not Direction.NOT_REPORTED
        for vote in given
    )
    low, high = wilson_interval(u, n) if n else (None, None)
    has_all = n + silent > 0
    return Counted(
        n_favours_intervention=u,
        n_favours_comparator=against,
        n_null=null,
        n_not_reported=silent,
        n_in_words=words,
        share=u / n if n else None,
        wilson_low=low,
        wilson_high=high,
        sign_p=sign_test_p(u, u + against) if n >= FEWEST_FOR_SIGN_TEST and u + against else None,
        worst_share=u / (n + silent) if has_all else None,
        worst_wilson_low=wilson_interval(u, n + silent)[0] if has_all else None,
    )


def count_by_risk_of_bias(votes: Sequence[Vote]) -> Mapping[RiskOfBias, Counted]:
    """Return a count for each judgement of risk of bias that occurs, low first."""
    return {
        judgement: count_directions(vote for vote in votes if vote.risk_of_bias is judgement)
        for judgement in RiskOfBias
        if any(vote.risk_of_bias is judgement for vote in votes)
    }


@dataclass(frozen=True, slots=True)
class SizedCount:
    """The count of the studies with at least so many people."""

    n_at_least: int
    counted: Counted


def count_by_size(votes: Sequence[Vote]) -> tuple[SizedCount, ...]:
    """Return counts of all studies, of the larger half and of the largest quarter, by people.

    Studies whose size is not known are only in the first, which begins at 0.
    """
    sizes = sorted(vote.n_participants for vote in votes if vote.n_participants is not None)
    found = [SizedCount(0, count_directions(votes))]
    for share in (0.5, 0.75):
        if len(sizes) >= 2:
            least = sizes[min(len(sizes) - 1, int(np.ceil(share * len(sizes))))]
            larger = [
                v for v in votes if v.n_participants is not None and v.n_participants >= least
            ]
            found.append(SizedCount(least, count_directions(larger)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class EffectVotes:
    """Signs of effects, and the methods that combine their one-sided p."""

    positive: int
    negative: int
    zero: int
    sign_p: float | None
    clopper_pearson: tuple[float, float] | None
    wilson: tuple[float, float] | None
    wilson_continuity: tuple[float, float] | None
    fisher_chi2: float
    """Fisher's -2 sum of log p, one-sided towards positive effects."""
    fisher_p: float
    stouffer_z: float
    stouffer_p: float
    """One-sided towards positive effects."""


def votes_of_effects(yi: ArrayLike, vi: ArrayLike) -> EffectVotes:
    """Return the signs of effects, and their one-sided p combined (Handbook, section 12.2.1.2).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects, 0 being no effect, and sampling variances. Zeros are in no sign test.
    """
    y, v = checked_effects(yi, vi)
    positive, negative = int((y > 0).sum()), int((y < 0).sum())
    n = positive + negative
    z = y / np.sqrt(v)
    chi2 = float(-2.0 * special.log_ndtr(-z).sum())
    total = float(z.sum() / np.sqrt(y.size))
    return EffectVotes(
        positive=positive,
        negative=negative,
        zero=int(y.size) - n,
        sign_p=sign_test_p(positive, n) if n else None,
        clopper_pearson=clopper_pearson_interval(positive, n) if n else None,
        wilson=wilson_interval(positive, n) if n else None,
        wilson_continuity=(
            wilson_interval(positive, n, is_continuity_corrected=True) if n else None
        ),
        fisher_chi2=chi2,
        fisher_p=float(special.chdtrc(2 * y.size, chi2)),
        stouffer_z=total,
        stouffer_p=float(special.ndtr(-total)),
    )
