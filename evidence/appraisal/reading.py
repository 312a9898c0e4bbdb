"""What a reading of one abstract is: values with sentence, confidence and the right to abstain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evidence.appraisal.arms import Arm
from evidence.appraisal.bias import BiasSignal
from evidence.appraisal.dose import Dose
from evidence.appraisal.outcomes import OutcomeMention
from evidence.vocabulary import EffectMeasure, ShamKind


@dataclass(frozen=True, slots=True)
class ReadValue:
    """The best reading of one thing; ``abstained`` where it is not to be used."""

    value: str | int | bool | None
    confidence: float
    abstained: bool
    sentence: str | None
    reader: str | None = None
    """Name and version of the plugged reader whose value it is; None is the built-in one."""

    def to_dict(self) -> dict[str, Any]:
        """Return the value as ``evidence read`` writes it."""
        return {
            "value": self.value,
            "confidence": self.confidence,
            "abstained": self.abstained,
            "sentence": self.sentence,
            **_said_by(self.reader),
        }


@dataclass(frozen=True, slots=True)
class ReadArm:
    """What one arm came to, as printed; what is not printed is None."""

    name: str | None
    n: int | None
    mean: float | None
    sd: float | None
    events: int | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class ReadEffect:
    """One effect as printed, with the words of its outcome and its sentence."""

    measure: EffectMeasure
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    outcome: str | None
    sentence: str
    confidence: float
    weeks: float | None = None
    reader: str | None = None
    """Name and version of the plugged reader that found it; None is the built-in one."""
    intervention: str | None = None
    comparator: str | None = None
    """The arms that it compares, in the words beside it."""
    arms: tuple[ReadArm, ...] = ()
    """What each arm came to, where the abstract prints that instead of an effect."""

    def to_dict(self) -> dict[str, Any]:
        """Return the effect as ``evidence read`` writes it."""
        return {
            "measure": self.measure.value,
            "estimate": self.estimate,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "p_value": self.p_value,
            "outcome": self.outcome,
            "sentence": self.sentence,
            "confidence": self.confidence,
            "weeks": self.weeks,
            "intervention": self.intervention,
            "comparator": self.comparator,
            "arms": [{name: getattr(arm, name) for name in _ARM_KEYS} for arm in self.arms],
            **_said_by(self.reader),
        }


_ARM_KEYS = ("name", "n", "mean", "sd", "events", "percent")


@dataclass(frozen=True, slots=True)
class PluggedAnswer:
    """What became of one plugged reader's answer on one abstract."""

    reader: str
    """Name and version."""
    kept: int
    """Values that the text bears out."""
    refused: tuple[str, ...]
    """Why each of the others does not count, after the field it was for."""
    failure: str | None
    """What the reader failed with, None where it answered."""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as ``evidence read`` writes it."""
        return {
            "reader": self.reader,
            "kept": self.kept,
            "refused": list(self.refused),
            "failure": self.failure,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read of one abstract."""

    id: str | None
    design: ReadValue
    is_rct: ReadValue
    n_participants: ReadValue
    comparator_class: ReadValue
    population: ReadValue
    direction: ReadValue
    favours: ReadValue
    primary_endpoint: ReadValue
    arms: tuple[Arm, ...]
    effects: tuple[ReadEffect, ...]
    flags: tuple[str, ...]
    sham_kind: ShamKind | None
    condition: str | None
    """The registry's code whose words stand in the abstract, where a registry was passed in."""
    stage: str | None
    dose: Dose
    outcomes: tuple[OutcomeMention, ...]
    bias_signals: tuple[BiasSignal, ...]
    plugged: tuple[PluggedAnswer, ...] = ()
    """One for each reader that the installation adds; none where it adds none."""

    def to_dict(self) -> dict[str, Any]:
        """Return the reading with exactly the keys of ``evidence read`` (docs: commands, read)."""
        more = {"readers": [answer.to_dict() for answer in self.plugged]} if self.plugged else {}
        return {
            "id": self.id,
            "design": self.design.to_dict(),
            "is_rct": self.is_rct.to_dict(),
            "n_participants": self.n_participants.to_dict(),
            "comparator_class": self.comparator_class.to_dict(),
            "population": self.population.to_dict(),
            "direction": self.direction.to_dict(),
            "favours": self.favours.to_dict(),
            "primary_endpoint": self.primary_endpoint.to_dict(),
            "arms": [{"name": arm.name, "n": arm.n} for arm in self.arms],
            "effects": [effect.to_dict() for effect in self.effects],
            "flags": list(self.flags),
            **more,
        }


def _said_by(reader: str | None) -> dict[str, str]:
    """Return the key that only a plugged reader's value has."""
    return {} if reader is None else {"reader": reader}
