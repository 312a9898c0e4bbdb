"""The words of a passage as features for linear models: presence of words and pairs of words.

Numbers are one sign. It knows nothing of what is asked of them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from sys import intern

from evidence.appraisal.linear import UNIT, Calibration, LinearModel
from evidence.appraisal.marks import any_of
from evidence.appraisal.sentences import Passage

_STEERING = ("random", "placebo", "trial", "assign", "allocat", "blind", "controlled", "crossover")
"""Words whose meaning depends on where in the abstract they stand."""
_STEERS = any_of(*_STEERING)

Pair = tuple[str, str]


@dataclass(slots=True)
class PassageWords:
    """The distinct words and pairs of a title and of an abstract, and marked words."""

    title: set[str]
    title_pairs: set[Pair]
    body: set[str]
    body_pairs: set[Pair]
    marked: set[str]
    """Words whose place counts, and what other modules add."""

    def names(self) -> set[str]:
        """Return every feature by the name under which its weight is stored."""
        return (
            {"t:" + word for word in self.title}
            | {f"t:{first} {second}" for first, second in self.title_pairs}
            | self.body
            | {f"{first} {second}" for first, second in self.body_pairs}
            | self.marked
        )


def passage_words(passage: Passage) -> PassageWords:
    """Return the words and pairs of a title and an abstract."""
    found = PassageWords(set(), set(), set(), set(), set())
    for sentence in passage.sentences:
        words = sentence.words
        if sentence.index == 0:
            found.title.update(words)
            found.title_pairs.update(pairwise(words))
        else:
            found.body.update(words)
            found.body_pairs.update(pairwise(words))
            if _STEERS.stand_in(sentence):
                place = sentence.section[0]
                found.marked.update([f"{place}~{w}" for w in words if w.startswith(_STEERING)])
    if len(passage.sentences) == 1:
        found.marked.add("no abstract")
    return found


def weighed_words(passage: Passage, model: WordModel) -> PassageWords:
    """Return of the words and pairs of a passage those that a model has a weight for."""
    words = list(passage.body_words())
    title = passage.title.words
    marked = {
        f"{sentence.section[0]}~{word}"
        for sentence in passage.body
        if _STEERS.stand_in(sentence)
        for word in sentence.words
        if word.startswith(_STEERING)
    }
    if len(passage.sentences) == 1:
        marked.add("no abstract")
    return PassageWords(
        set(title),
        set(_pairs(title, model.title_pairs)),
        set(words),
        set(_pairs(words, model.body_pairs)),
        marked,
    )


def _pairs(words: Sequence[str], kept: Container[Pair]) -> Iterable[Pair]:
    """Return the pairs of neighbouring words that are to be kept: few are."""
    return filter(kept.__contains__, pairwise(words))


@dataclass(frozen=True, slots=True)
class WordModel:
    """The weights of a model over words and pairs, laid out so that no name is ever built."""

    title: Mapping[str, int]
    title_pairs: Mapping[Pair, int]
    body: Mapping[str, int]
    body_pairs: Mapping[Pair, int]
    marked: Mapping[str, int]
    bias: int
    calibration: Calibration

    @classmethod
    def from_model(cls, model: LinearModel) -> WordModel:
        """Return a linear model over names, laid out by kind of feature."""
        title: dict[str, int] = {}
        title_pairs: dict[Pair, int] = {}
        body: dict[str, int] = {}
        body_pairs: dict[Pair, int] = {}
        marked: dict[str, int] = {}
        for name, weight in model.weights.items():
            in_title = name.startswith("t:")
            words = [intern(word) for word in name.removeprefix("t:").split(" ")]
            if name.startswith("r:") or "~" in name or name == "no abstract":
                marked[name] = weight
            elif len(words) == 2:
                (title_pairs if in_title else body_pairs)[words[0], words[1]] = weight
            else:
                (title if in_title else body)[words[0]] = weight
        return cls(title, title_pairs, body, body_pairs, marked, model.bias, model.calibration)

    def probability(self, found: PassageWords) -> float:
        """Return the calibrated probability that the answer is yes."""
        total = self.bias
        total += sum(filter(None, map(self.title.get, found.title)))
        total += sum(filter(None, map(self.title_pairs.get, found.title_pairs)))
        total += sum(filter(None, map(self.body.get, found.body)))
        total += sum(filter(None, map(self.body_pairs.get, found.body_pairs)))
        total += sum(filter(None, map(self.marked.get, found.marked)))
        return self.calibration.probability(total / UNIT)
