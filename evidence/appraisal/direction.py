"""Which way an asked outcome moved under an intervention, and the sentence that says so.

Two small linear models: one ranks the sentences that may carry the answer, one reads the best of
them. Words for arms and outcome come in as arguments.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.appraisal.comparison import (
    CUES,
    PRINTED,
    Arms,
    ClauseFeatures,
    comparison_features,
    significance_features,
    value_of,
)
from evidence.appraisal.lexicon import words_in
from evidence.appraisal.linear import UNIT, LinearModel
from evidence.appraisal.marks import each_stem_mark
from evidence.appraisal.sentences import Passage, Sentence, stem, stems_of, tokens_of
from evidence.appraisal.terms import Asked, arms_apart, ask, find_abbreviations
from evidence.vocabulary import ReadDirection

_TURNS = re.compile(
    r"; |, (?:but|whereas|while|although|though|however|with no|and (?:there (?:was|were)|no|did not|not))\b"
    r"| (?:but|whereas|while|although|however)\b|[\)\]], (?!respectively|compared|versus|vs|resulting|in the|for the|with)"
)
_RESULT_STEMS = frozenset(CUES) | frozenset(
    stem(word)
    for word in words_in(
        "significant difference differ differed similar comparable effect associated compared "
        "versus vs ratio ci interval p no not trend change"
    )
)
_RESULT_MARKS = each_stem_mark(_RESULT_STEMS)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a passage, as stems."""

    outcome: Asked
    intervention: Asked
    comparator: Asked
    arms: Arms


def make_question(
    passage: Passage, intervention: str | None, comparator: str | None, outcome: str | None
) -> Question:
    """Return the stems to look for, with the passage's own abbreviations."""
    short = find_abbreviations(passage)
    asked_outcome = ask(outcome, short)
    asked_intervention = ask(intervention, short)
    asked_comparator = ask(comparator, short)
    ours, theirs = arms_apart(asked_intervention, asked_comparator)
    ours, theirs = ours - asked_outcome.all, theirs - asked_outcome.all
    our_groups, their_groups = _groups(passage, ours, theirs, intervention, comparator)
    return Question(
        asked_outcome,
        asked_intervention,
        asked_comparator,
        Arms(ours, theirs, our_groups, their_groups, _is_turned(intervention, comparator)),
    )


_CONTROLS = re.compile(
    r"\b(?:controls?|placebo|untreated|usual|conventional|sham|standard|waitlist|no)\b"
)


def _is_turned(intervention: str | None, comparator: str | None) -> bool:
    """Return whether the intervention asked for is what others compare with."""
    return bool(
        intervention
        and comparator
        and _CONTROLS.search(intervention.lower()[:60])
        and not _CONTROLS.search(comparator.lower())
    )


_GROUP = re.compile(r"(?:g(?<!\wg)roups?|a(?<!\wa)rm) ([a-z]{1,3}|\d|i{1,3}|iv)\b")
"""Begins with its letters, not with ``\\b``: so it is looked for many times faster."""


_NO_LETTERS = frozenset(
    words_in(
        "was and as had for the in of to but did who at is are by on or all not has n p vs did mg "
        "can may be we it no so if an"
    )
)
"""Short words that follow "group" and are no name of one."""


def _groups(
    passage: Passage,
    ours: frozenset[str],
    theirs: frozenset[str],
    intervention: str | None,
    comparator: str | None,
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the letters of the groups of each arm: named in the question, else in the passage."""
    our_letters = frozenset(_GROUP.findall((intervention or "").lower())) - _NO_LETTERS
    their_letters = frozenset(_GROUP.findall((comparator or "").lower())) - _NO_LETTERS
    if our_letters or their_letters or "group" not in passage.lower:
        return our_letters - their_letters, their_letters - our_letters
    mine: dict[str, int] = {}
    for sentence in passage.body:
        if "group" not in sentence.lower and "arm " not in sentence.lower:
            continue
        for found in _GROUP.finditer(sentence.lower):
            letter = found[1]
            if letter in _NO_LETTERS:
                continue
            around = sentence.lower[found.end() : found.end() + 60]
            words = {stem(token) for token in tokens_of(around)}
            before = {
                stem(t)
                for t in tokens_of(sentence.lower[max(0, found.start() - 40) : found.start()])
            }
            score = len(words & ours) - len(words & theirs) or len(before & ours) - len(
                before & theirs
            )
            if score and letter not in mine:
                mine[letter] = score
    return (
        frozenset(letter for letter, score in mine.items() if score > 0),
        frozenset(letter for letter, score in mine.items() if score < 0),
    )


_FIGURE = re.compile(r"[0-9]")


def _holds_digit(lower: str) -> bool:
    """Return whether a text holds a digit of any script, or one that is raised."""
    if _FIGURE.search(lower) is not None:
        return True
    return not lower.isascii() and any(map(str.isdigit, lower))


def sentence_features(
    sentence: Sentence,
    stems: frozenset[str],
    question: Question,
    spread: dict[str, int],
    count: int,
) -> list[str]:
    """Return what makes a sentence likely to carry the answer."""
    outcome = question.outcome
    hits = stems & outcome.own
    full = sum(1.0 / spread[word] for word in outcome.own if spread.get(word)) or 1.0
    share = sum(1.0 / spread[word] for word in hits) / full
    if not hits and stems & outcome.added:
        share = 0.5
    elif outcome.added and outcome.added <= stems:
        share = max(share, 0.8)
    present = [word for word in outcome.own if spread.get(word)]
    plain = len(hits) / len(present) if present else 0.0
    features = [
        f"share:{min(4, int(share * 4.999))}",
        f"plain:{min(4, int(plain * 4.999))}",
        "sec:" + sentence.section,
        f"place:{int(5 * sentence.index / max(1, count))}",
    ]
    if stems & outcome.general:
        features.append("general")
    results = stems & _RESULT_STEMS
    features.append(f"results:{min(4, len(results))}")
    features += [
        "rank " + f for f in significance_features(sentence.lower) if f.startswith(("p:", "ci:"))
    ]
    if _holds_digit(sentence.lower):
        features.append("number")
    has_i = bool(stems & question.arms.intervention)
    has_c = bool(stems & question.arms.comparator)
    features.append(f"arms:{int(has_i)}{int(has_c)}")
    features.append(f"{features[0]}&results:{min(2, len(results))}")
    features.append(f"{features[0]}&{features[2]}")
    return features


def clauses(lower: str) -> list[str]:
    """Cut a sentence where its meaning turns: "but", "whereas", "; ", outside brackets."""
    pieces: list[str] = []
    start = 0
    for turn in _TURNS.finditer(lower):
        head = lower[start : turn.start()]
        if head.count("(") + head.count("[") > head.count(")") + head.count("]"):
            continue
        pieces.append(head)
        start = turn.start() + 1
    pieces.append(lower[start:])
    return [piece for piece in pieces if piece.strip()]


def clause_of(sentence: Sentence, outcome: Asked) -> tuple[str, str]:
    """Return the part of a sentence that holds most of the outcome's words, and the part after it."""
    pieces = clauses(sentence.lower)
    if len(pieces) == 1:
        return sentence.lower, ""
    wanted = outcome.all | outcome.general
    best, best_hits = -1, 0
    for position, piece in enumerate(pieces):
        hits = len({stem(token) for token in tokens_of(piece)} & wanted)
        if hits > best_hits:
            best, best_hits = position, hits
    if best < 0:
        return sentence.lower, ""
    return pieces[best], pieces[best + 1] if best + 1 < len(pieces) else ""


_DENIAL = frozenset(["no", "not", "non", "without", "neither", "insignificant", "ns", "similar"])
_MASKED = frozenset(
    words_in(
        "the a an of in to and for on at by with from as is was were are be been that this "
        "these those which had has have it its their there group groups patients"
    )
)


def reading_features(sentence: Sentence, question: Question) -> ClauseFeatures:
    """Return what a sentence says of the outcome, clause first."""
    clause, after = clause_of(sentence, question.outcome)
    is_whole = clause == sentence.lower
    tokens = sentence.tokens if is_whole else tokens_of(clause)
    stems = sentence.stems if is_whole else stems_of(tokens)
    outcome = question.outcome.all
    found = comparison_features(clause, tokens, stems, question.arms, outcome)
    found.signed["expected " + value_of(outcome)] = 1
    if after:
        following = tokens_of(after)
        if stems and not frozenset(stem(t) for t in following) & outcome:
            found.plain += ["next " + f for f in significance_features(after)]
            if "differ" in after or "significan" in after:
                denied = bool(_DENIAL & frozenset(following))
                found.plain.append("next " + ("denies" if denied else "affirms"))
    found.plain.append("section " + sentence.section)
    for token, word in zip(tokens, stems, strict=True):
        if token[0].isalpha() and token not in _MASKED and word not in outcome and len(token) > 1:
            found.plain.append("w:" + token)
    return found


@dataclass(frozen=True, slots=True)
class DirectionModels:
    """The models behind a direction: which sentence, whether it differs, which way."""

    sentence: LinearModel
    difference: LinearModel
    sign: Mapping[str, int]
    confidence: LinearModel


@dataclass(frozen=True, slots=True)
class DirectionReading:
    """A direction, how sure, and the sentence that says so."""

    value: ReadDirection
    confidence: float
    sentence: int | None


MAX_READ = 2
"""How many sentences are read after ranking."""

MIN_SHARE = 0.1

MAX_RANKED = 6
"""How many sentences with the most words of the outcome and of results are ranked."""

_HOPELESS = -20.0


def rank_sentences(
    passage: Passage, question: Question, model: LinearModel
) -> list[tuple[int, float]]:
    """Return the sentences that may carry the answer, likeliest first, with their shares."""
    wanted = question.outcome.all
    found = [sentence.stems_among(wanted) for sentence in passage.sentences]
    spread = {word: sum(word in held for held in found) for word in question.outcome.own}
    count = len(passage.sentences)
    hopes = [
        3 * len(held) + min(3, (sentence.marks & _RESULT_MARKS).bit_count())
        for sentence, held in zip(passage.sentences, found, strict=True)
    ]
    least = sorted(hopes, reverse=True)[min(MAX_RANKED, count) - 1]
    scores = [
        model.score(sentence_features(sentence, frozenset(sentence.stems), question, spread, count))
        / UNIT
        if hope >= max(1, least)
        else _HOPELESS
        for sentence, hope in zip(passage.sentences, hopes, strict=True)
    ]
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights)
    order = sorted(range(count), key=lambda k: (-scores[k], k))[:MAX_READ]
    return [
        (k, weights[k] / total) for k in order if k == order[0] or weights[k] / total > MIN_SHARE
    ]


def read_clause(found: ClauseFeatures, models: DirectionModels) -> tuple[float, float]:
    """Return the chance of a difference and, given one, of an increase."""
    differs = models.difference.score(set(found.plain)) / UNIT
    rises = sum(models.sign.get(name, 0) * value for name, value in found.signed.items()) / UNIT
    return _chance(differs), _chance(rises)


def _chance(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


def read_direction(
    passage: Passage, question: Question, models: DirectionModels
) -> DirectionReading:
    """Return which way the asked outcome moved under the intervention."""
    if len(passage.sentences) == 1 and not passage.title_lower:
        return DirectionReading(ReadDirection.NOT_REPORTED, 0.0, None)
    ranked = rank_sentences(passage, question, models.sentence)
    kept = sum(share for _, share in ranked)
    chances = [0.0, 0.0, 0.0]
    printed: int | None = None
    for index, share in ranked:
        found = reading_features(passage.sentences[index], question)
        printed = found.signed.get(PRINTED, 0) if printed is None else printed
        differs, rises = read_clause(found, models)
        chances[0] += share / kept * differs * rises
        chances[1] += share / kept * differs * (1.0 - rises)
        chances[2] += share / kept * (1.0 - differs)
    best = max(range(3), key=lambda k: (round(chances[k], 9), -k))
    value = (ReadDirection.INCREASED, ReadDirection.DECREASED, ReadDirection.NO_DIFFERENCE)[best]
    confidence = trust(confidence_signals(chances, printed or 0), models.confidence)
    return DirectionReading(value, confidence, ranked[0][0])


def trust(signals: Mapping[str, float], model: LinearModel) -> float:
    """Return how likely a direction is right, from its signals."""
    total = model.bias + sum(model.weights.get(name, 0) * size for name, size in signals.items())
    return model.calibration.probability(total / UNIT)


_LEAST_DOUBT = 0.001
_NO_DIFFERENCE = 2


def confidence_signals(chances: Sequence[float], printed: int = 0) -> dict[str, float]:
    """Return what tells how far a direction may be trusted: the odds of the best answer, and numbers.

    ``printed`` is the sign of the difference that the numbers of the best sentence show, 0 where
    they show none. By cross-validation no further sign ordered the answers better, since its
    weight rests on some hundred of them.
    """
    top = min(max(*chances, _LEAST_DOUBT), 1.0 - _LEAST_DOUBT)
    best = max(range(3), key=lambda k: (round(chances[k], 9), -k))
    agreement = 0 if best == _NO_DIFFERENCE else printed if best == 0 else -printed
    return {
        "log-odds of the best": round(math.log(top / (1.0 - top)), 2),
        "printed numbers agree": float(agreement),
    }
