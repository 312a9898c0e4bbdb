"""The verdict table and its after-rules: one pure, total function (docs/method.md, section 10).

``decide_word`` takes facts and gives a word with the rules that fired. It knows no numbers: those
became findings in ``evidence.verdict.gates``. Total: every combination of facts has one word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evidence.vocabulary import Certainty, ComparatorClass, Finding, VerdictWord

__all__ = ["Decision", "EfficacyFacts", "Row", "better_or_equal", "decide_word", "rank", "row_of"]

W = VerdictWord
AFFIRMATIVE = frozenset({W.SUPPORTED, W.SUPPORTED_WITH_LIMITS})
RANKS = {
    W.SUPPORTED: 5,
    W.SUPPORTED_WITH_LIMITS: 4,
    W.OVERSTATED: 3,
    W.UNDERSTATED: 3,
    W.CONFLICTING: 2,
    W.INSUFFICIENT: 2,
    W.NO_ELIGIBLE: 2,
    W.NOT_TESTABLE: 2,
    W.CONTRADICTED: 1,
}


class Row(StrEnum):
    """Rows of the verdict table."""

    LARGE = "large"
    IMPORTANT = "important, Moderate or higher"
    IMPORTANT_LOW = "important, Low"
    SMALL = "small"
    TRIVIAL = "trivial"
    DIRECTION_ONLY = "direction only"
    NONE = "none, Moderate or higher"
    NONE_LOW = "none, Low"
    HARM = "harm"
    MIXED = "mixed"
    UNKNOWN = "unknown"
    ABSENT = "all strata absent"


TABLE: dict[Row, tuple[VerdictWord, VerdictWord, VerdictWord, VerdictWord]] = {
    Row.LARGE: (W.SUPPORTED, W.SUPPORTED, W.SUPPORTED, W.OVERSTATED),
    Row.IMPORTANT: (W.SUPPORTED, W.SUPPORTED, W.OVERSTATED, W.OVERSTATED),
    Row.IMPORTANT_LOW: (W.SUPPORTED, W.SUPPORTED_WITH_LIMITS, W.OVERSTATED, W.OVERSTATED),
    Row.SMALL: (W.SUPPORTED, W.OVERSTATED, W.OVERSTATED, W.OVERSTATED),
    Row.TRIVIAL: (W.SUPPORTED_WITH_LIMITS, W.OVERSTATED, W.OVERSTATED, W.OVERSTATED),
    Row.DIRECTION_ONLY: (W.SUPPORTED_WITH_LIMITS, W.OVERSTATED, W.OVERSTATED, W.OVERSTATED),
    Row.NONE: (W.OVERSTATED, W.CONTRADICTED, W.CONTRADICTED, W.CONTRADICTED),
    Row.NONE_LOW: (W.OVERSTATED, W.OVERSTATED, W.OVERSTATED, W.OVERSTATED),
    Row.HARM: (W.CONTRADICTED, W.CONTRADICTED, W.CONTRADICTED, W.CONTRADICTED),
    Row.MIXED: (W.CONFLICTING, W.CONFLICTING, W.CONFLICTING, W.CONFLICTING),
    Row.UNKNOWN: (W.INSUFFICIENT, W.INSUFFICIENT, W.INSUFFICIENT, W.INSUFFICIENT),
    Row.ABSENT: (W.NO_ELIGIBLE, W.NO_ELIGIBLE, W.NO_ELIGIBLE, W.NO_ELIGIBLE),
}


@dataclass(frozen=True, slots=True)
class EfficacyFacts:
    """All that the verdict on an efficacy claim depends on."""

    strength: int
    main: Finding
    rated: Certainty | None
    """Certainty of the main stratum by the rules; None where it is absent."""
    shown: Certainty | None
    main_comparator: ComparatorClass | None
    pragmatic: Finding = Finding.ABSENT
    is_sham_mixed: bool = False
    is_sham_unfavourable: bool = False
    """Whether sham's whole interval lies against the intervention, whatever its certainty."""
    is_indirect: bool = False
    is_other_window: bool = False
    is_other_outcome_unfavourable: bool = False
    """Whether another outcome of the claim lies wholly against it, whatever its certainty."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A word, and the rules that led to it in the order in which they applied."""

    word: VerdictWord
    rules: tuple[str, ...]


def rank(word: VerdictWord) -> int:
    """Return how good an answer is for the claim; equal ranks are neither better nor worse."""
    return RANKS[word]


def better_or_equal(one: VerdictWord, other: VerdictWord) -> bool:
    """Return whether one word is at least as good for the claim as another."""
    return rank(one) >= rank(other)


def row_of(finding: Finding, certainty: Certainty | None) -> Row:
    """Return the row of the table for a finding read at one certainty."""
    if finding is Finding.ABSENT:
        return Row.ABSENT
    if finding is Finding.MIXED:
        return Row.MIXED
    if finding is Finding.UNKNOWN or certainty is None or certainty is Certainty.VERY_LOW:
        return Row.UNKNOWN
    is_moderate = certainty.level >= Certainty.MODERATE.level
    if finding is Finding.LARGE and is_moderate:
        return Row.LARGE
    if finding in {Finding.LARGE, Finding.IMPORTANT}:
        return Row.IMPORTANT if is_moderate else Row.IMPORTANT_LOW
    if finding is Finding.NONE:
        return Row.NONE if is_moderate else Row.NONE_LOW
    return Row(finding.value)


def decide_word(facts: EfficacyFacts) -> Decision:
    """Return the verdict on an efficacy claim: the table, then the after-rules in their order."""
    word, rules = _without_rule_five(facts, facts.strength)
    word = _apply(word, _strong_words(word, facts), rules)
    return Decision(word, tuple(rules))


def _without_rule_five(facts: EfficacyFacts, strength: int) -> tuple[VerdictWord, list[str]]:
    """Return word and rules at one strength, before it is compared with weaker wordings."""
    row = row_of(facts.main, facts.rated)
    word = TABLE[row][strength - 1]
    rules = [f"The main finding is {row}; at strength {strength} that is {word}."]
    word = _apply(word, _cap_not_sham(word, facts), rules)
    word = _apply(word, _floor_pragmatic(word, facts, strength), rules)
    word = _apply(word, _cap_indirect(word, facts), rules)
    word = _apply(word, _cap_shown(word, facts, strength), rules)
    word = _apply(word, _other_outcome(word, facts), rules)
    return word, rules


def _apply(word: VerdictWord, change: tuple[VerdictWord, str] | None, rules: list[str]) -> W:
    """Return the word after one rule, and note the rule where it changed something."""
    if change is None or change[0] is word:
        return word
    rules.append(change[1])
    return change[0]


def _cap_not_sham(word: W, facts: EfficacyFacts) -> tuple[W, str] | None:
    """Rule 1: without a sham comparison nothing is better than with limits."""
    if word is not W.SUPPORTED or facts.main_comparator is ComparatorClass.SHAM:
        return None
    return W.SUPPORTED_WITH_LIMITS, "Never tested against sham: at most Supported with limits."


def _floor_pragmatic(word: W, facts: EfficacyFacts, strength: int) -> tuple[W, str] | None:
    """Rule 2: an important effect against usual care holds up a modest claim."""
    is_important = facts.pragmatic in {Finding.IMPORTANT, Finding.LARGE}
    if strength > 2 or not is_important or word in AFFIRMATIVE:
        return None
    if facts.is_sham_mixed or facts.is_sham_unfavourable:
        return None
    if facts.main_comparator is ComparatorClass.SHAM:
        reason = "Seen against usual care or no treatment, not shown against sham"
    else:
        reason = "Seen against usual care or no treatment, never tested against sham"
    return W.SUPPORTED_WITH_LIMITS, f"{reason}: at least Supported with limits."


def _cap_indirect(word: W, facts: EfficacyFacts) -> tuple[W, str] | None:
    """Rule 3: indirect evidence, or another window, is at most with limits."""
    if word is not W.SUPPORTED or not (facts.is_indirect or facts.is_other_window):
        return None
    what = "Only in another time window" if facts.is_other_window else "The evidence is indirect"
    return W.SUPPORTED_WITH_LIMITS, f"{what}: at most Supported with limits."


def _cap_shown(word: W, facts: EfficacyFacts, strength: int) -> tuple[W, str] | None:
    """Rule 4: where the certainty shown would give another word, Supported keeps a limit.

    "Another row" is read as a row with another word: were two rows with one word to count, a body
    of evidence that lost certainty by the rules could move into Supported.
    """
    if word is not W.SUPPORTED:
        return None
    column = strength - 1
    shown = TABLE[row_of(facts.main, facts.shown)][column]
    if shown is TABLE[row_of(facts.main, facts.rated)][column]:
        return None
    return W.SUPPORTED_WITH_LIMITS, "Not yet reviewed by two people: at most Supported with limits."


def _other_outcome(word: W, facts: EfficacyFacts) -> tuple[W, str] | None:
    """Keep a claim from standing on one outcome while another of its outcomes gets worse."""
    if not facts.is_other_outcome_unfavourable or rank(word) <= rank(W.CONFLICTING):
        return None
    return W.CONFLICTING, "Another outcome of the claim points against it: Conflicting."


def _strong_words(word: W, facts: EfficacyFacts) -> tuple[W, str] | None:
    """Rule 5: where a weaker wording would stand, a stronger one overstates."""
    if facts.strength < 3 or (word in AFFIRMATIVE and facts.strength == 3):
        return None
    weaker = range(1, facts.strength)
    if any(_without_rule_five(facts, s)[0] in AFFIRMATIVE for s in weaker):
        return W.OVERSTATED, "A weaker wording of the same claim would stand: Overstated."
    return None
