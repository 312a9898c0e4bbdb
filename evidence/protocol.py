"""The method's numbers as one frozen object, parsed from ``data/protocol.yaml``.

The numbers live in the file; this module only gives them names, types and a hash. It opens no
file: ``evidence.store.registry`` hands the text on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import yaml

from evidence.errors import Fault, SettingError

__all__ = ["Band", "Protocol", "parse_protocol"]

SECTIONS = (
    "windows",
    "effect",
    "bands",
    "mid",
    "mic_within_patient",
    "pooling",
    "counting",
    "certainty",
    "risk_of_bias",
    "reviews",
    "findings",
    "numbers",
    "safety",
    "utilization",
    "risk_factor",
    "mechanism",
    "living",
)


@dataclass(frozen=True, slots=True)
class Band:
    """Lower bounds of the size bands on one unit, and the least difference that matters there."""

    unit: str
    small: float
    moderate: float
    large: float
    mid: float
    mid_source: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """Every number of the method; sections are read by name: ``protocol.number("pooling.min_k")``."""

    version: str
    sha256: str
    starter_as_of: str
    starter_search_words: str
    databases_not_searched: tuple[str, ...]
    sections: Mapping[str, Any]

    def value(self, path: str) -> Any:  # noqa: ANN401 - the file's own types
        """Return the value under a dotted path; an unknown path is a programming error."""
        node: Any = self.sections
        for part in path.split("."):
            node = node[part]
        return node

    def number(self, path: str) -> float:
        """Return the number under a dotted path."""
        return float(self.value(path))

    def whole(self, path: str) -> int:
        """Return the whole number under a dotted path."""
        return int(self.value(path))

    def pair(self, path: str) -> tuple[float, float]:
        """Return a lower and an upper bound under a dotted path."""
        low, high = self.value(path)
        return float(low), float(high)

    def words(self, path: str) -> tuple[str, ...]:
        """Return a list of words under a dotted path, in its order."""
        return tuple(str(item) for item in self.value(path))

    def band(self, unit: str) -> Band:
        """Return the size bands and MID of one unit: points_0_100, RMDQ, SMD, percentage_points."""
        bands, mid = self.value(f"bands.{unit}"), self.value(f"mid.{unit}")
        return Band(
            unit=unit,
            small=float(bands["small"]),
            moderate=float(bands["moderate"]),
            large=float(bands["large"]),
            mid=float(mid["value"]),
            mid_source=str(mid["source"]),
        )


def parse_protocol(text: str) -> Protocol:
    """Return the protocol of a YAML text.

    Raises
    ------
    SettingError
        The text is no YAML mapping, or a section is missing; all that is missing is named.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        fault = Fault("protocol.yaml", "text", f"not valid YAML: {error}".replace("\n", " "))
        raise SettingError("protocol", [fault]) from error
    if not isinstance(raw, dict):
        raise SettingError("protocol", [Fault("protocol.yaml", "text", "is not a mapping")])
    required = ("version", "starter_as_of", "starter_search_words", "databases_not_searched")
    missing = [name for name in (*required, *SECTIONS) if name not in raw]
    if missing:
        faults = [Fault("protocol.yaml", name, "is missing") for name in missing]
        raise SettingError("protocol", faults)
    return Protocol(
        version=str(raw["version"]),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        starter_as_of=str(raw["starter_as_of"]),
        starter_search_words=str(raw["starter_search_words"]),
        databases_not_searched=tuple(str(name) for name in raw["databases_not_searched"]),
        sections=MappingProxyType({name: raw[name] for name in SECTIONS}),
    )
