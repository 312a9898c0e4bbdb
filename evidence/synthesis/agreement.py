"""How far two people agree beyond chance, with the number of things that both judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two judges; a figure is None where it cannot be computed."""

    n: int
    observed: float | None
    """Share of the things on which both said the same."""
    kappa: float | None
    ac1: float | None


def agreement(
    pairs: Sequence[tuple[str, str]], categories: Sequence[str] | None = None
) -> Agreement:
    """Return Cohen's κ and Gwet's AC1 over things that two people judged.

    Parameters
    ----------
    pairs
        What the first and the second said of each thing.
    categories
        Everything that could be said; what was said, where not given. AC1 depends on how many.

    Notes
    -----
    Both are (p_o − p_e)/(1 − p_e). κ takes p_e = Σ p₁(q)·p₂(q) (Cohen 1960,
    doi:10.1177/001316446002000104), AC1 takes p_e = Σ π(q)(1 − π(q))/(Q − 1) with
    π(q) = (p₁(q) + p₂(q))/2 (Gwet 2008, doi:10.1348/000711006X126600). κ falls where nearly
    everything is of one kind, though people agree; so AC1 stands beside it.

    >>> agreement([("yes", "yes"), ("no", "no"), ("yes", "no"), ("no", "no")]).kappa
    0.5
    """
    n = len(pairs)
    if n == 0:
        return Agreement(0, None, None, None)
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    words = set(first) | set(second) | set(categories or ())
    observed = sum(one == other for one, other in pairs) / n
    by_chance = sum(first[word] * second[word] for word in words) / n**2
    shares = [(first[word] + second[word]) / (2 * n) for word in words]
    spread = sum(share * (1 - share) for share in shares)
    gwet = _beyond(observed, spread / (len(words) - 1)) if len(words) > 1 else None
    return Agreement(n, observed, _beyond(observed, by_chance), gwet)


def _beyond(observed: float, by_chance: float) -> float | None:
    """Return the share of what chance leaves that was agreed on, None where it leaves nothing."""
    return None if by_chance >= 1 else (observed - by_chance) / (1 - by_chance)
