"""Arms before they are compared: merging, sharing a comparator, clusters, crossovers, changes.

Each function takes what reports print and returns figures for ``effect_sizes``. It knows arms of
one study; it must not know strata. Sources: Cochrane Handbook chapters 6 and 23.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.errors import StatisticsError
from evidence.vocabulary import ScoreKind


@dataclass(frozen=True, slots=True)
class ContinuousArm:
    """People, mean and SD of one arm, in the scale's unit, and what kind of score it is."""

    n: float
    mean: float
    sd: float
    kind: ScoreKind = ScoreKind.END

    def __post_init__(self) -> None:
        """Refuse an arm without people or with a negative SD."""
        if not (self.n > 0 and self.sd >= 0 and math.isfinite(self.mean)):
            raise StatisticsError(
                f"arm of n {self.n:g}, mean {self.mean:g}, SD {self.sd:g} "
                "(allowed: n above 0, SD 0 or more, a finite mean)"
            )


@dataclass(frozen=True, slots=True)
class CountArm:
    """Events and people of one arm; may be fractions after a correction."""

    events: float
    n: float

    def __post_init__(self) -> None:
        """Refuse more events than people."""
        if not (self.n > 0 and 0 <= self.events <= self.n):
            raise StatisticsError(f"{self.events:g} events of {self.n:g} (allowed: 0 to n)")


def merge_arms(arms: Sequence[ContinuousArm]) -> ContinuousArm:
    """Return several arms as one (Handbook, table 6.5.a), all of one kind of score.

    >>> merge_arms([ContinuousArm(10, 2, 1), ContinuousArm(10, 4, 1)]).mean
    3.0
    """
    if not arms:
        raise StatisticsError("no arm to merge")
    kinds = {arm.kind for arm in arms}
    if len(kinds) > 1:
        raise StatisticsError(
            f"arms of {' and '.join(sorted(kinds))} cannot be merged (allowed: one kind)"
        )
    merged = arms[0]
    for arm in arms[1:]:
        n = merged.n + arm.n
        mean = (merged.n * merged.mean + arm.n * arm.mean) / n
        squares = (
            (merged.n - 1) * merged.sd**2
            + (arm.n - 1) * arm.sd**2
            + merged.n * arm.n / n * (merged.mean - arm.mean) ** 2
        )
        merged = ContinuousArm(n, mean, math.sqrt(squares / (n - 1)), merged.kind)
    return merged


def merge_counts(arms: Sequence[CountArm]) -> CountArm:
    """Return several arms of events as one (Handbook, section 23.3.4)."""
    if not arms:
        raise StatisticsError("no arm to merge")
    return CountArm(sum(arm.events for arm in arms), sum(arm.n for arm in arms))


def share_comparator(arm: ContinuousArm, comparisons: int) -> ContinuousArm:
    """Return the share of a comparator for each of several comparisons: n divided, rest kept.

    Handbook, section 23.3.4: so that no one is counted twice; second best to merging.
    """
    return ContinuousArm(arm.n / _ways(comparisons), arm.mean, arm.sd, arm.kind)


def share_comparator_counts(arm: CountArm, comparisons: int) -> CountArm:
    """Return the share of a comparator's events and people (Handbook, section 23.3.4)."""
    ways = _ways(comparisons)
    return CountArm(arm.events / ways, arm.n / ways)


def _ways(comparisons: int) -> int:
    if comparisons < 1:
        raise StatisticsError(f"{comparisons} comparisons (allowed: 1 or more)")
    return comparisons


def design_effect(cluster_size: float, icc: float) -> float:
    """Return 1 + (M - 1) ICC for clusters of average size M (Handbook, section 23.1.4)."""
    if not (cluster_size >= 1 and 0 <= icc <= 1):
        raise StatisticsError(
            f"cluster size {cluster_size:g}, ICC {icc:g} (allowed: 1 or more; 0 to 1)"
        )
    return 1 + (cluster_size - 1) * icc


def effective_arm(arm: ContinuousArm, cluster_size: float, icc: float) -> ContinuousArm:
    """Return a cluster trial's arm at its effective size; mean and SD stay."""
    return ContinuousArm(arm.n / design_effect(cluster_size, icc), arm.mean, arm.sd, arm.kind)


def effective_counts(arm: CountArm, cluster_size: float, icc: float) -> CountArm:
    """Return a cluster trial's events and people, both at the effective size."""
    effect = design_effect(cluster_size, icc)
    return CountArm(arm.events / effect, arm.n / effect)


def inflate_se(se: float, cluster_size: float, icc: float) -> float:
    """Return a standard error that ignored clusters, times √design effect (section 23.1.5)."""
    return se * math.sqrt(design_effect(cluster_size, icc))


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """A crossover's difference of means with the error that pairing gives it."""

    difference: float
    se: float
    smd: float
    smd_se: float


def crossover_difference(
    n: float, mean1: float, sd1: float, mean2: float, sd2: float, correlation: float
) -> PairedDifference:
    """Return the paired analysis of a crossover from both conditions and their correlation.

    Parameters
    ----------
    n : float
        People who took both.
    mean1, sd1, mean2, sd2 : float
        Under intervention and comparator, in the scale's unit.
    correlation : float
        Between a person's two values; from a like study, or 0 to be careful.

    Notes
    -----
    Handbook, section 23.2.7 (SD of differences, SE of the MD; SMD over the SD of both conditions,
    Elbourne et al. 2002, doi:10.1093/ije/31.1.140).
    """
    if not (n > 1 and -1 <= correlation < 1 and sd1 >= 0 and sd2 >= 0):
        raise StatisticsError(
            f"crossover of n {n:g}, SDs {sd1:g} and {sd2:g}, correlation {correlation:g} "
            "(allowed: n above 1, SDs 0 or more, correlation from -1 to below 1)"
        )
    variance = sd1**2 + sd2**2 - 2 * correlation * sd1 * sd2
    pooled = math.sqrt((sd1**2 + sd2**2) / 2)
    if pooled == 0:
        raise StatisticsError("crossover: both SDs are 0")
    difference = mean1 - mean2
    smd = difference / pooled
    smd_se = math.sqrt((1 / n + smd**2 / (2 * n)) * 2 * (1 - correlation))
    return PairedDifference(difference, math.sqrt(max(variance, 0.0) / n), smd, smd_se)


def change_sd(sd_before: float, sd_after: float, correlation: float) -> float:
    """Return the SD of changes from both SDs and their correlation (Handbook, 6.5.2.8)."""
    return math.sqrt(max(0.0, sd_before**2 + sd_after**2 - 2 * correlation * sd_before * sd_after))


def change_correlation(sd_before: float, sd_after: float, sd_change: float) -> float:
    """Return the correlation of before and after from three SDs (Handbook, 6.5.2.8)."""
    return (sd_before**2 + sd_after**2 - sd_change**2) / (2 * sd_before * sd_after)


@dataclass(frozen=True, slots=True)
class KindCheck:
    """Whether scores of these kinds may be pooled together, and why not."""

    may_pool: bool
    reason: str | None


def may_pool_together(kinds: Sequence[ScoreKind], *, is_standardized: bool) -> KindCheck:
    """Return whether differences of these kinds of score may be pooled (Handbook, 10.5.2).

    MDs of end scores, changes and adjusted differences may; SMDs of one kind only, for the SD of
    end scores and of changes measure different things.
    """
    distinct = sorted(set(kinds))
    if is_standardized and len(distinct) > 1:
        return KindCheck(False, f"SMDs of {' and '.join(distinct)} differ in their SD")
    return KindCheck(True, None)
