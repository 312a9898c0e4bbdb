"""Reads typed fields out of a mapping that anybody may have written, and notes every fault.

Nothing here knows a field by name; it knows text, numbers, lists and closed lists.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from evidence.errors import Fault

E = TypeVar("E", bound=StrEnum)

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
SLUG_RULE = "lower-case letters and digits, joined by single hyphens"
MAX_TEXT = 20_000
MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ClaimFault(Fault):
    """A fault of the registry, with the claim in which it is."""

    claim_id: str | None = None


class Faults:
    """Collects the faults of one run."""

    def __init__(self) -> None:
        self.found: list[ClaimFault] = []

    def add(
        self,
        where: str,
        field: str,
        problem: str,
        allowed: str | None = None,
        claim_id: str | None = None,
    ) -> None:
        """Note one fault, once."""
        fault = ClaimFault(where, field, problem, allowed, claim_id)
        if fault not in self.found:
            self.found.append(fault)


class Fields:
    """The fields of one mapping; whatever is wrong with them goes to the faults."""

    def __init__(
        self,
        mapping: Mapping[str, object],
        where: str,
        faults: Faults,
        *,
        claim_id: str | None = None,
        prefix: str = "",
    ) -> None:
        self.mapping = mapping
        self.where = where
        self.faults = faults
        self.claim_id = claim_id
        self.prefix = prefix

    def fault(self, field: str, problem: str, allowed: str | None = None) -> None:
        """Note a fault of one field."""
        self.faults.add(self.where, self.prefix + field, problem, allowed, self.claim_id)

    def allow(self, names: Iterable[str]) -> None:
        """Note every field that is not one of these."""
        known = tuple(names)
        for name in self.mapping:
            if name not in known:
                self.fault(shown(name), "is not a field of this place", ", ".join(known))

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not empty."""
        return self.mapping.get(name) is not None

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Return a text without the white space around it; None where there is none."""
        value = self.mapping.get(name)
        if value is None:
            if required:
                self.fault(name, "is missing")
            return None
        return self._text(name, value)

    def _text(self, name: str, value: object) -> str | None:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.fault(name, f"is {kind_of(value)}: {shown(value)}", "text")
            return None
        words = str(value).strip()
        if not words:
            self.fault(name, "is empty", "text, or leave the field out")
            return None
        if len(words) > MAX_TEXT:
            self.fault(name, f"has {len(words)} characters", f"at most {MAX_TEXT}")
            return None
        return words

    def exact_text(self, name: str) -> str | None:
        """Return a text as it stands, white space and all."""
        value = self.mapping.get(name)
        if isinstance(value, str) and value.strip():
            return value
        return self.text(name, required=True)

    def slug(self, name: str, *, required: bool = False) -> str | None:
        """Return an identifier."""
        value = self.text(name, required=required)
        if value is not None and not SLUG.match(value):
            self.fault(name, f"{shown(value)} is not an identifier", SLUG_RULE)
            return None
        return value

    def items(self, name: str) -> tuple[object, ...]:
        """Return the entries of a list; one value alone counts as a list of one."""
        value = self.mapping.get(name)
        if value is None:
            return ()
        if isinstance(value, Mapping):
            self.fault(name, f"is a mapping: {shown(value)}", "a list")
            return ()
        return tuple(value) if isinstance(value, list | tuple) else (value,)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, each once."""
        found = [self._text(name, item) for item in self.items(name)]
        words = [word for word in found if word is not None]
        for word in {word for word in words if words.count(word) > 1}:
            self.fault(name, f"{shown(word)} stands twice", "each value once")
        return tuple(dict.fromkeys(words))

    def number(self, name: str, *, low: float, high: float) -> float | None:
        """Return a number between two bounds."""
        value = self.mapping.get(name)
        if value is None:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not low <= value <= high:  # type: ignore[arg-type,operator]
            self.fault(name, f"is {shown(value)}", f"a number from {low:g} to {high:g}")
            return None
        return float(value)  # type: ignore[arg-type]

    def integer(self, name: str, *, low: int, high: int) -> int | None:
        """Return a whole number between two bounds."""
        value = self.mapping.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.fault(name, f"is {shown(value)}", f"a whole number from {low} to {high}")
            return None
        return value

    def flag(self, name: str) -> bool:
        """Return yes or no; no where it is missing."""
        value = self.mapping.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            self.fault(name, f"is {shown(value)}", "true or false")
            return False
        return value

    def choice(self, name: str, choices: type[E], *, required: bool = False) -> E | None:
        """Return one word of a closed list."""
        value = self.mapping.get(name)
        if value is None:
            if required:
                self.fault(name, "is missing", ", ".join(choices))
            return None
        return self._choice(name, value, choices)

    def _choice(self, name: str, value: object, choices: type[E]) -> E | None:
        # `none` without quotes is a word here, as in every list of comparators.
        if isinstance(value, str) and value in list(choices):
            return choices(value)
        self.fault(name, f"{shown(value)} is not known", ", ".join(choices))
        return None

    def choices(self, name: str, choices: type[E]) -> tuple[E, ...]:
        """Return words of a closed list, each once."""
        found = [self._choice(name, item, choices) for item in self.items(name)]
        return tuple(dict.fromkeys(word for word in found if word is not None))

    def inner(self, name: str) -> Fields | None:
        """Return the fields of a mapping inside this one."""
        value = self.mapping.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(name, f"is {kind_of(value)}: {shown(value)}", "a mapping")
            return None
        return self.within(value, f"{name}.")

    def within(self, mapping: Mapping[str, object], prefix: str) -> Fields:
        """Return the fields of a mapping that stands inside this one."""
        return Fields(
            mapping, self.where, self.faults, claim_id=self.claim_id, prefix=self.prefix + prefix
        )


def kind_of(value: object) -> str:
    """Name the kind of a value as a person would."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a mapping" if isinstance(value, Mapping) else "a list"


def shown(value: object) -> str:
    """Return a value for a message: short, on one line, without control characters."""
    words = value if isinstance(value, str) else repr(value)
    clean = "".join(c if c.isprintable() else "�" for c in " ".join(words[:500].split()))
    short = clean if len(clean) <= MAX_SHOWN else clean[: MAX_SHOWN - 1] + "…"
    return f"'{short}'" if isinstance(value, str) else short


def slug_of(words: str) -> str:
    """Return an identifier made of a file's name or a title.

    >>> slug_of("What Helps: a Guide.txt")
    'what-helps-a-guide'
    """
    stem = re.sub(r"\.[A-Za-z]{1,4}\Z", "", words)
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    return slug or "document-" + hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:8]
