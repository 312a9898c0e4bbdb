"""The readers that an installation adds, asked beside the built-in one.

It loads them, asks each about each abstract, holds their answers against the text, and puts what
stands beside the built-in reading. A reader that fails is named and left out of that reading, and
nothing else; a reader's threads hand what they caught to who waits for it. Which packages are
installed is all that it knows of them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from evidence.appraisal.plug import (
    AbstractReader,
    Proposal,
    ProposedEffect,
    check_proposals,
)
from evidence.appraisal.reading import PluggedAnswer, ReadEffect, Reading, ReadValue
from evidence.vocabulary import EffectMeasure, Favours, ReadDirection

__all__ = ["ENTRY_POINT_GROUP", "NO_READERS", "Panel", "PluggedReader", "Tally", "load_readers"]

ENTRY_POINT_GROUP = "evidence.readers"
MOST_AT_ONCE = 16
_AHEAD = 4
Item = Mapping[str, Any]
Accepted = list[Proposal | ProposedEffect]


@dataclass(frozen=True, slots=True)
class PluggedReader:
    """One reader of the installation."""

    name: str
    """Of its entry point."""
    version: str
    reader: AbstractReader

    @property
    def label(self) -> str:
        """Return name and version, as they stand beside what it read."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Panel:
    """The readers that are asked, and what is wrong with those that are not."""

    readers: tuple[PluggedReader, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return name and version of each reader."""
        return tuple(reader.label for reader in self.readers)


NO_READERS = Panel()


def load_readers() -> Panel:
    """Return the readers that installed packages offer; one that does not load is a fault by name."""
    readers: list[PluggedReader] = []
    faults: list[str] = []
    points = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda p: (p.name, p.value))
    if not points:
        return NO_READERS
    with ThreadPoolExecutor(1) as pool:
        for point in points:
            made = pool.submit(_load, point)
            error = made.exception()
            if error is None:
                readers.append(made.result())
            else:
                faults.append(f"reader {point.name} ({point.value}) is not used: {_told(error)}")
    return Panel(tuple(readers), tuple(faults))


def _load(point: EntryPoint) -> PluggedReader:
    """Return the reader of an entry point."""
    found = point.load()
    reader = found() if isinstance(found, type) else found
    if not isinstance(reader, AbstractReader):
        raise TypeError("it has no name, or no read(title, abstract, question)")
    brought = point.dist.version if point.dist is not None else "unknown version"
    return PluggedReader(point.name, str(getattr(reader, "version", brought)), reader)


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one reader said of one abstract: what stands, and the account of it."""

    label: str
    accepted: Accepted
    answer: PluggedAnswer


def _ask(plugged: PluggedReader, item: Item) -> _Asked:
    """Return what a reader says of an abstract, held against the text."""
    title, abstract = item.get("title") or "", item.get("abstract") or ""
    question = {name: item.get(name) for name in ("intervention", "comparator", "outcome")}
    proposals = list(plugged.reader.read(title, abstract, question))
    accepted, refused = check_proposals(title, abstract, proposals)
    n = sum(1 for p in accepted if isinstance(p, ProposedEffect) or p.value is not None)
    reasons = tuple(f"{_field(r.proposal)}: {r.reason}" for r in refused)
    return _Asked(plugged.label, accepted, PluggedAnswer(plugged.label, n, reasons, None))


def _field(proposal: Proposal | ProposedEffect) -> str:
    return "effects" if isinstance(proposal, ProposedEffect) else proposal.field


Merge = Callable[[Reading, Item, Accepted, str], Reading]


def ask_along(
    panel: Panel, pairs: Iterable[tuple[Item, Reading]], merge: Merge
) -> Iterator[Reading]:
    """Yield each reading with what the readers of a panel add to it, in the order given.

    Parameters
    ----------
    merge
        Puts what one reader said, and stands, into a reading; given its label.
    """
    most = max(int(getattr(r.reader, "at_once", 1)) for r in panel.readers)
    workers = min(MOST_AT_ONCE, max(1, most))
    pools = [
        ThreadPoolExecutor(min(workers, max(1, int(getattr(r.reader, "at_once", 1)))))
        for r in panel.readers
    ]
    waiting: deque[tuple[Item, Reading, list[Future[_Asked]]]] = deque()

    def finished() -> Reading:
        item, reading, asked = waiting.popleft()
        for plugged, future in zip(panel.readers, asked, strict=True):
            reading = _with_answer(reading, item, plugged, future, merge)
        return reading

    try:
        for item, reading in pairs:
            asked = [
                pool.submit(_ask, plugged, item)
                for pool, plugged in zip(pools, panel.readers, strict=True)
            ]
            waiting.append((item, reading, asked))
            if len(waiting) > _AHEAD * workers:
                yield finished()
        while waiting:
            yield finished()
    finally:
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)


def _with_answer(
    reading: Reading, item: Item, plugged: PluggedReader, future: Future[_Asked], merge: Merge
) -> Reading:
    """Return a reading with one reader's answer, or with its failure."""
    error = future.exception()
    if error is not None:
        failed = PluggedAnswer(plugged.label, 0, (), _told(error))
        return replace(reading, plugged=(*reading.plugged, failed))
    asked = future.result()
    merged = merge(reading, item, asked.accepted, asked.label)
    return replace(merged, plugged=(*merged.plugged, asked.answer))


def put_beside(
    reading: Reading,
    accepted: Accepted,
    label: str,
    cut: Callable[[str], float],
    side: Callable[[ReadDirection], Favours],
) -> Reading:
    """Return a reading with a reader's values where they are the surer ones.

    A value takes the place of the built-in one where that is held back, or less sure. Whom a
    direction favours follows the direction, unless the reader says so itself.

    Parameters
    ----------
    cut
        The confidence of a field under which a value is held back.
    side
        Whom a direction of the asked outcome favours.
    """
    values: dict[str, ReadValue] = {}
    effects = list(reading.effects)
    for proposal in accepted:
        if isinstance(proposal, ProposedEffect):
            _add_effect(effects, proposal, label)
        elif proposal.value is not None:
            name, sure = proposal.field, proposal.confidence
            old: ReadValue = values.get(name) or getattr(reading, name)
            if old.abstained or sure > old.confidence:
                value = proposal.value
                kept = value if not isinstance(value, float) else int(value)
                values[name] = ReadValue(kept, sure, sure < cut(name), proposal.sentence, label)
    if "direction" in values and "favours" not in values:
        found = values["direction"]
        favoured = side(ReadDirection(str(found.value))).value
        sure = found.confidence if favoured == Favours.NEITHER else round(0.9 * found.confidence, 3)
        values["favours"] = ReadValue(favoured, sure, sure < cut("favours"), found.sentence, label)
    changed: dict[str, Any] = {**values, "effects": tuple(effects)}
    return replace(reading, **changed)


def _add_effect(effects: list[ReadEffect], proposed: ProposedEffect, label: str) -> None:
    """Add an effect that no other reader found."""
    found = (proposed.measure, proposed.estimate, proposed.ci_low, proposed.ci_high)
    if any((e.measure.value, e.estimate, e.ci_low, e.ci_high) == found for e in effects):
        return
    effects.append(
        ReadEffect(
            EffectMeasure(proposed.measure),
            proposed.estimate,
            proposed.ci_low,
            proposed.ci_high,
            proposed.p_value,
            proposed.outcome,
            str(proposed.sentence),
            proposed.confidence,
            reader=label,
        )
    )


@dataclass(slots=True)
class Tally:
    """How often the readers of a panel were asked, borne out, refused, and failed."""

    panel: Panel = NO_READERS
    asked: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)

    def add(self, reading: Reading) -> Reading:
        """Count what stands in a reading, and hand it on."""
        for answer in reading.plugged:
            self.asked[answer.reader] += 1
            self.kept[answer.reader] += answer.kept
            self.refused[answer.reader] += len(answer.refused)
            self.reasons.setdefault(answer.reader, Counter()).update(answer.refused)
            if answer.failure is not None:
                self.failed[answer.reader] += 1
                self._first.setdefault(answer.reader, answer.failure)
        return reading

    def each(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        """Yield readings, each counted."""
        for reading in readings:
            yield self.add(reading)

    def rows(self) -> list[dict[str, str | int]]:
        """Return a row a reader."""
        return [
            {
                "name": reader.name,
                "version": reader.version,
                "asked": self.asked[reader.label],
                "kept": self.kept[reader.label],
                "refused": self.refused[reader.label],
                "failed": self.failed[reader.label],
            }
            for reader in self.panel.readers
        ]

    def warnings(self) -> list[str]:
        """Return a line for each reader that was not used, failed, or was refused a value."""
        lines = list(self.panel.faults)
        for label in self.panel.labels:
            if self.failed[label]:
                lines.append(
                    f"reader {label} failed on {self.failed[label]} of {self.asked[label]} "
                    f"abstracts, which the built-in reader read alone: {self._first[label]}"
                )
            if self.refused[label]:
                n = self.refused[label] + self.kept[label]
                most, times = self.reasons[label].most_common(1)[0]
                lines.append(
                    f"reader {label}: {self.refused[label]} of {n} values refused, since the text "
                    f"does not bear them out; {times} times {most}"
                )
        return lines
