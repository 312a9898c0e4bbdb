"""What the words of two arms have in common, and how they differ: in substance or in manner.

"10 mg daily" against "20 mg daily" differs in amount, "at home" against "in hospital" in place;
"tea with honey" holds all of "tea". Knows nothing of classes of comparators.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal.arm_manner import DIMENSION_OF
from evidence.appraisal.lexicon import words_in
from evidence.appraisal.sentences import stem, tokens_of
from evidence.appraisal.terms import content_stems

Synonyms = Mapping[str, tuple[str, ...]]
Manner = tuple[tuple[str, str], ...]

PLAIN_MANNER = frozenset(
    words_in(
        "dose doses dosage dosages dosing regimen regimens schedule schedules scheduled course courses session sessions "
        "interval intervals rate volume frequency duration level levels site route timing concentration strength intensity size "
        "iu mcg \u00b5g \u03bcg mg ml kg g mm cm gy percent per body weight target targets total two one three four five six eight ten "
        "first second third initial repeat version format mode quality amount amounts number same similar different needle syringe "
        "set sets rep reps repetitions times fold layer layers dl l mmol mmhg cmh o hz khz nm j ma mci gbq kcal kj ppm bpm rpm watts threshold thresholds given administered at of in on for with the a an and or to by as every other arm arms group groups received receiving "
        "treatment therapy plus approx min h hr d day cycle cycles fraction fractions type size"
    )
)
_NOT_SAID = frozenset(
    stem(w)
    for w in words_in(
        "control controls group groups arm arms above received receive receiving same given mg ug ml alone only monotherapy "
        "without either single-agent agent undergoing underwent treated administered using based followed with or and versus "
        "study intervention experimental led delivered initiated performed comparison condition additional mcg iu randomized assigned \u00b5g \u03bcg"
    )
)
_MANNER_STEMS = frozenset(stem(w) for w in (*DIMENSION_OF, *PLAIN_MANNER) if len(w) > 1)
_SAYS_AMOUNT = frozenset(
    words_in(
        "iu mcg \u00b5g \u03bcg mg ml g gy dose doses dosage dosing regimen regimens schedule level cycles fractions sessions min %"
    )
)
_AGENT = re.compile(r"\b([a-z]{3,})[ -](?:led|delivered|administered|initiated|performed)\b")
_FRACTION = re.compile(r"^(?:hypo|hyper|ultra)\w{4,}")


@dataclass(frozen=True, slots=True)
class ArmWords:
    """The words of one arm: what it is, how it is given."""

    stems: frozenset[str]
    """Stems of what was given, abbreviations in full."""
    last: str
    """The stem of the last word that says what was given, usually its noun; else empty."""
    manner: Manner
    """Words of amount, time, route or manner, each with its dimension."""
    numbers: frozenset[str]
    is_only_manner: bool
    """Whether every word says how, and none what: "50 mg weekly"."""


def arm_words(text: str, synonyms: Synonyms | None = None) -> ArmWords:
    """Return the words of one arm in lower case.

    >>> found = arm_words("a low dose twice daily")
    >>> found.is_only_manner, dict(found.manner)["amount"]
    (True, 'low')
    """
    if not synonyms:
        return _plain_words(text)
    plain = _plain_words(text)
    own = set(plain.stems)
    for short, long_form in synonyms.items():
        if short in own or stem(short) in own:
            own.difference_update((short, stem(short)))
            own.update(word for word in long_form if word not in _NOT_SAID)
    return ArmWords(frozenset(own), plain.last, plain.manner, plain.numbers, plain.is_only_manner)


@lru_cache(maxsize=8_192)
def _plain_words(text: str) -> ArmWords:
    tokens = tokens_of(text)
    words = [token for token in tokens if token[0].isalpha()]
    numbers = frozenset(token for token in tokens if token[0].isdigit())
    agents = _AGENT.findall(text)
    manner = tuple(
        (DIMENSION_OF[word], word) if word in DIMENSION_OF else ("amount", word)
        for word in words
        if word in DIMENSION_OF or _FRACTION.match(word)
    ) + tuple(("agent", word) for word in agents)
    left_out = _NOT_SAID.union(map(stem, agents))
    stems = [word for word in content_stems(text) if word not in left_out]
    said = [word for word in stems if word not in _MANNER_STEMS]
    only = bool(manner or not _SAYS_AMOUNT.isdisjoint(tokens)) and all(
        word in DIMENSION_OF or word in PLAIN_MANNER or len(word) == 1 for word in words
    )
    return ArmWords(frozenset(stems), said[-1] if said else "", manner, numbers, only)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two arms are alike."""

    shared: frozenset[str]
    only_ours: frozenset[str]
    """What only the intervention says, words of manner left out."""
    only_theirs: frozenset[str]
    is_opposed: bool
    """Whether both say how, and differ in it: low and high, oral and intravenous."""
    is_other_number: bool
    has_same_last: bool

    @property
    def share(self) -> float:
        """Return the share of all words that both have."""
        return len(self.shared) / (
            len(self.shared) + len(self.only_ours) + len(self.only_theirs) or 1
        )


def _matched(theirs: frozenset[str], ours: frozenset[str]) -> frozenset[str]:
    """Return their stems, each changed to one of ours that it begins or that begins with it."""
    loose = theirs - ours
    if not loose:
        return theirs
    found = set(theirs & ours)
    for word in loose:
        for other in ours:
            if (
                len(word) > 4
                and len(other) > 4
                and (word.startswith(other) or other.startswith(word))
            ):
                found.add(other)
                break
        else:
            found.add(word)
    return frozenset(found)


def _are_opposed(ours: Manner, theirs: Manner) -> bool:
    """Return whether two arms say different things of one dimension."""
    for name in {name for name, _ in ours} & {name for name, _ in theirs}:
        first = {word for dimension, word in ours if dimension == name}
        second = {word for dimension, word in theirs if dimension == name}
        if first - second and second - first:
            return True
    return False


def compare_arms(ours: ArmWords, theirs: ArmWords) -> Likeness:
    """Return what two arms share and how they differ.

    >>> alike = compare_arms(arm_words("oral nettle"), arm_words("intravenous nettle"))
    >>> alike.is_opposed, sorted(alike.shared), alike.only_theirs
    (True, ['nettl'], frozenset())
    """
    second = _matched(theirs.stems, ours.stems)
    said, answered = ours.stems - _MANNER_STEMS, second - _MANNER_STEMS
    return Likeness(
        shared=(ours.stems & second) - (_MANNER_STEMS if said & answered else frozenset()),
        only_ours=said - answered,
        only_theirs=answered - said,
        is_opposed=_are_opposed(ours.manner, theirs.manner),
        is_other_number=bool(ours.numbers and theirs.numbers and ours.numbers != theirs.numbers),
        has_same_last=bool(ours.last) and ours.last == theirs.last,
    )
