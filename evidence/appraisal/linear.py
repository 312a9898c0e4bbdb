"""Small linear models whose weights are whole numbers, so that sums agree on any machine.

Inference only: training stands in ``benchmarks/train_reading.py``, files are read by
``evidence.store.models``. A model is a mapping of feature to weight; it knows nothing of what a
feature means.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

UNIT = 1_000
"""One unit of log-odds in stored weights."""

CONFIDENCE_DIGITS = 3


def logistic(log_odds: float) -> float:
    """Return a probability, rounded so that the last bits of ``exp`` never show."""
    bounded = max(-12.0, min(12.0, log_odds))
    return round(1.0 / (1.0 + math.exp(-bounded)), CONFIDENCE_DIGITS)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A straight line from a score to log-odds (Platt 1999, Advances in Large Margin Classifiers)."""

    slope: float
    intercept: float

    def probability(self, score: float) -> float:
        """Return the calibrated probability of a score in units of log-odds."""
        return logistic(self.slope * score + self.intercept)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights for one yes-or-no question, or for ranking candidates."""

    weights: Mapping[str, int]
    bias: int
    calibration: Calibration

    @classmethod
    def from_figures(cls, figures: Mapping[str, Any]) -> LinearModel:
        """Return the model that a file of figures describes."""
        return cls(figures["weights"], int(figures["bias"]), _calibration(figures))

    def score(self, features: Iterable[str]) -> int:
        """Return the sum of the weights of the features that are present."""
        get = self.weights.get
        total = self.bias
        for feature in features:
            total += get(feature, 0)
        return total

    def probability(self, features: Iterable[str]) -> float:
        """Return the calibrated probability that the answer is yes."""
        return self.calibration.probability(self.score(features) / UNIT)


@dataclass(frozen=True, slots=True)
class ClassModel:
    """Weights for one choice among several labels."""

    labels: tuple[str, ...]
    weights: Mapping[str, list[int]]
    biases: tuple[int, ...]
    calibration: Calibration

    @classmethod
    def from_figures(cls, figures: Mapping[str, Any]) -> ClassModel:
        """Return the model that a file of figures describes."""
        return cls(
            tuple(figures["labels"]),
            figures["weights"],
            tuple(figures["biases"]),
            _calibration(figures),
        )

    def scores(self, features: Iterable[str]) -> list[int]:
        """Return one sum a label."""
        totals = list(self.biases)
        get = self.weights.get
        for feature in features:
            row = get(feature)
            if row is not None:
                for position, weight in enumerate(row):
                    totals[position] += weight
        return totals

    def choose(self, features: Iterable[str]) -> tuple[str, float]:
        """Return the best label and the calibrated probability that it is right."""
        totals = self.scores(features)
        best = max(range(len(totals)), key=lambda position: (totals[position], -position))
        return self.labels[best], self.calibration.probability(_log_odds(totals, best))


def _log_odds(totals: list[int], best: int) -> float:
    """Return the log-odds of one label against all the others together."""
    others = [total / UNIT for position, total in enumerate(totals) if position != best]
    top = max(others)
    return totals[best] / UNIT - top - math.log(sum(math.exp(other - top) for other in others))


def _calibration(figures: Mapping[str, Any]) -> Calibration:
    return Calibration(
        float(figures["calibration"]["slope"]), float(figures["calibration"]["intercept"])
    )
