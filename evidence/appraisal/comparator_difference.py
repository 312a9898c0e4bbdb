"""What two arms differ in, word by word: the kinds of the differing words and where they stand.

The rules say what a pair *is*; this says what it *shows*, so that learned weights can tell another
substance from the same one given in another way. Knows nothing of classes of comparators.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal.arm_manner import DIMENSION_OF
from evidence.appraisal.arm_pair_words import PLAIN_MANNER
from evidence.appraisal.lexicon import words_in
from evidence.appraisal.sentences import stem, tokens_of

_UNITS = frozenset(
    words_in(
        "mg ml mcg ug g kg gy iu mmol mm cm hz ma min minutes hours hour h day days week weeks "
        "month months year years % percent sessions cycles fractions doses dose"
    )
)
_NUMBERS = frozenset(
    words_in(
        "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty "
        "sixty zero half dozen single double triple first second third"
    )
)
_GENERAL = frozenset(
    words_in(
        "therapy treatment training program programme programmes programs intervention exercise "
        "exercises education care group regimen technique method procedure strategy approach "
        "surgery device system diet counseling counselling management support session injection "
        "block stent test testing"
    )
)
_FILLING = frozenset(
    words_in(
        "the a an of in for on to at by or were was received receive group arm given as from who "
        "patients using"
    )
)
_JOINING = frozenset(words_in("with plus and + followed then combined"))
_NO_INITIAL = frozenset(words_in("and of the with for in"))
_DRUG = re.compile(
    r"(?:mab|nib|pril|sartan|statin|olol|azole|cillin|mycin|micin|oxacin|caine|dipine|zepam|[zp]olam|tidine|setron|triptan|gli(?:ptin|flozin|tazone)|parin"
    r"|xaban|gatran|platin|taxel|bicin|poside|fovir|vir|buvir|onium|curium|flurane|fentan[iy]l|idol|apine|idone|urea|stim|poetin|kinra|cept|ase|kinase"
    r"|toxin|vaccine|insulin|formin|glutide|profen|fenac|coxib|oxicam|ter?ol|triol|tropium|lukast|cycline|bactam|penem|acid|ate|ium|ide|ine|cin|prost(?:ol|one)?"
    r"|tocin|stone|estrol|ifene|oxifen|rozole|utamide|reli[nx]|uracil|tecan|one|lol|quin|lam|pam)$"
)
"""Endings of the common names of drugs (stems of the WHO's list of international names) and salts."""
_PROCEDURE = re.compile(
    r"(?:ectomy|plasty|scop(?:y|ic)|s?tomy|desis|pexy|rrhaphy|graphy|lysis|therapy|ation|otripsy)$"
)
_ADJECTIVE = re.compile(r"(?:al|ic|ed|ive|ar|ous|ary|able|ible|ant|ent|oid|ly|less|ful|ory)$")
_NAMING = ("drug", "procedure", "noun")
_TELLING = (*_NAMING, "adjective", "general")


@lru_cache(maxsize=8_192)
def _kind_of(word: str) -> str:
    """Return what kind of word this is: a number, a dimension of manner, a name."""
    if word[0].isdigit() or word in _NUMBERS:
        return "number"
    if word in _UNITS:
        return "unit"
    if word in _GENERAL:
        return "general"
    if word in DIMENSION_OF:
        return DIMENSION_OF[word]
    if word in PLAIN_MANNER:
        return "plain"
    if len(word) == 1:
        return "letter"
    if len(word) > 5 and _PROCEDURE.search(word):
        return "procedure"
    if len(word) > 4 and _ADJECTIVE.search(word):
        return "adjective"
    return "drug" if len(word) > 5 and _DRUG.search(word) else "noun"


def _in_full(own: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return words, each short form replaced by the run of the other arm's words that it begins.

    >>> _in_full(["rbt"], ["red", "berry", "tea"])
    ['red', 'berry', 'tea']
    """
    words = [word for word in others if word.isalpha() and word not in _NO_INITIAL]
    initials = "".join(word[0] for word in words)
    found: list[str] = []
    for word in own:
        start = initials.find(word) if 2 <= len(word) <= 6 and word not in others else -1
        found += [word] if start < 0 else words[start : start + len(word)]
    return found


def _differing(own: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the words that the other arm has not, nor begins, nor begins with."""
    stems = {stem(word) for word in others}
    long = [word for word in others if len(word) > 4]
    return [
        word
        for word in own
        if stem(word) not in stems
        and word not in _FILLING
        and not (len(word) > 4 and any(o.startswith(word) or word.startswith(o) for o in long))
    ]


@dataclass(frozen=True, slots=True)
class _Side:
    """One arm: its words, those that only it has, and their kinds."""

    words: list[str]
    own: list[str]
    kinds: frozenset[str]

    @property
    def most(self) -> str:
        """Return the kind that tells most."""
        if not self.kinds:
            return "nothing"
        return next((kind for kind in _TELLING if kind in self.kinds), "manner")

    @property
    def names(self) -> int:
        """Return how many own words name something."""
        return sum(_kind_of(word) in _NAMING for word in self.own)

    def told(self, *, telling: bool) -> str:
        """Return the kinds of names and adjectives, or else those of manner, as one word."""
        kept = [k for k in self.kinds if (k in _TELLING) == telling and k not in _EMPTY]
        return "+".join(sorted(kept)) or "-"


_EMPTY = ("letter", "plain")


def difference_cues(first: str, second: str) -> list[str]:
    """Return cues of what differs between the words of two arms, the same in either order.

    >>> "d: noun/noun, shared" in difference_cues("jam on toast", "jam on bread")
    True
    """
    ours, theirs = list(tokens_of(first)), list(tokens_of(second))
    ours, theirs = _in_full(ours, theirs), _in_full(theirs, ours)
    sides = [_side(ours, theirs), _side(theirs, ours)]
    common = {stem(w) for w in ours if w not in _FILLING} & {stem(w) for w in theirs}
    shared = "shared" if common else "apart"
    return [*_kind_cues(sides, shared), *_place_cues(sides, shared), *_word_cues(sides)]


def _side(words: list[str], others: list[str]) -> _Side:
    own = _differing(words, others)
    return _Side(words, own, frozenset(map(_kind_of, own)))


def _kind_cues(sides: list[_Side], shared: str) -> list[str]:
    """Return cues of the kinds of words in which two arms differ."""
    ours, theirs = sides
    pair = "/".join(sorted(side.most for side in sides))
    ends = [side.words[-1] for side in sides if side.words]
    is_same_end = len(ends) == 2 and stem(ends[0]) == stem(ends[1])
    both = ours.kinds | theirs.kinds
    cues = [
        f"d: {pair}, {shared}",
        f"d: {pair}, {'one end' if is_same_end else 'two ends'}",
        "d: kinds " + "/".join(sorted(side.told(telling=True) for side in sides)) + f", {shared}",
        *(f"d: has {kind}" for kind in sorted(both)),
        *(f"d: both {kind}" for kind in sorted(ours.kinds & theirs.kinds)),
    ]
    if both.isdisjoint(_NAMING):
        cues.append("d: manner " + "/".join(sorted(side.told(telling=False) for side in sides)))
    return cues


def _place_cues(sides: list[_Side], shared: str) -> list[str]:
    """Return cues of how many words differ, and where they stand."""
    ours, theirs = sides
    names, words = sorted(side.names for side in sides), sorted(len(side.own) for side in sides)
    most = min(len(ours.words), len(theirs.words))
    pairs = list(zip(ours.words, theirs.words, strict=False))
    begin = next((n for n in range(most) if pairs[n][0] != pairs[n][1]), most)
    back = list(zip(reversed(ours.words), reversed(theirs.words), strict=False))
    end = next((n for n in range(most - begin) if back[n][0] != back[n][1]), most - begin)
    cues = [
        f"d: {shared}",
        f"d: names {min(names[0], 2)}, {min(names[1], 3)}",
        f"d: words {min(words[0], 3)}, {min(words[1], 4)}",
        f"d: begin {min(begin, 2)}, end {min(end, 2)}",
    ]
    if words[0] and words[0] == words[1]:
        cues.append("d: parallel")
    for side, other in (sides, sides[::-1]):
        if not other.own:
            cues.append("d: all of one in the other")
            if not _JOINING.isdisjoint(side.words):
                cues.append("d: all of one in the other, joined")
    return cues + _amount_cues(sides, shared)


def _amount_cues(sides: list[_Side], shared: str) -> list[str]:
    """Return cues of an arm that begins with an amount, and of units that both name."""
    units = [_UNITS.intersection(side.words) for side in sides]
    same = units[0] & units[1]
    cues = [f"d: same unit, {shared}"] if same else []
    for side in sides:
        if side.words and _kind_of(side.words[0]) == "number":
            is_bare = not any(_kind_of(word) in _NAMING for word in side.words)
            cues.append(f"d: amount first, {'bare' if is_bare else 'named'}")
            if same:
                cues.append("d: amount first, same unit" + (", bare" if is_bare else ""))
    return cues


def _word_cues(sides: list[_Side]) -> list[str]:
    """Return the differing words themselves, and whether two names differ in their last sign."""
    words = [[w for w in side.own if len(w) > 2 and w[0].isalpha()] for side in sides]
    cues = [f"w:{stem(word)}" for own in words for word in own if word.isalpha()]
    if any(a[:-1] == b[:-1] for a in words[0] for b in words[1]):
        cues.append("d: names but for one sign")
    return cues
