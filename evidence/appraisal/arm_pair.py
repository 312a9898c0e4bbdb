"""The two arms that an abstract compares, in its own words: who got what, and who got what instead.

Titles and the sentences that tell how people were allocated say it in a few fixed ways
("randomly assigned to A or B", "the control group received B", "A versus B for ..."). Knows
nothing of classes of comparators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.appraisal.marks import any_of
from evidence.appraisal.patterns import holds_any
from evidence.appraisal.sentences import CONCLUSIONS, Passage, Sentence

MAX_ARM = 160
_PARENTHESIS = re.compile(r" ?[(\[][^()\[\]]{0,120}[)\]]")
_SPACES = re.compile(r"\s+")
_END = re.compile(
    r" (?:for (?!\d)|in (?!addition|combination|water|hospital|the form)|as (?:first|second|adjuvant|initial|maintenance)|among |on (?!day)|after |during |before |was |were |at baseline)"
    r"|[.:;?]|, (?:with|and the|stratified|in a)"
)
_VERSUS = re.compile(r" (?:versus|vs\.?|v|compared with|compared to|against) ")
_WITH_WITHOUT = re.compile(
    r",? (?:(?:given )?with (?:or|versus|vs\.?|and) without|plus or minus|\+/-|\u00b1) (?:the addition of |concurrent |concomitant |additional )?"
)
_ALONE_AND_WITH = re.compile(
    r" (?:alone|only|monotherapy) (?:and|or|versus|vs\.?|compared (?:to|with)) (?:when )?(?:in )?(?:combination with|combined with|with|plus|associated with) "
)
_COMPARING = re.compile(
    r"\b(?:comparison|comparing|comparative \w+|between|effects?|efficacy) (?:of |between )?"
)
_AND = re.compile(r" (?:and|or|with) ")
_NAMED_GROUPS = re.compile(
    r"\b(?:into|to|in|between) (?:an? |the |either |one of |two |groups?[:,]? )*(?P<a>[^.;:]{3,80}?) (?:groups?|arms?) ?(?:and|or|versus|vs\.?|,) (?:an? |the )*(?P<b>[^.;:]{3,80}?) (?:group|arm)\b"
)
_LEADING = re.compile(
    r"^(?:(?:a |an |the )?(?:[\w-]+ ){0,5}?(?:trial|study|comparison|evaluation|effects?|efficacy|safety|results|analysis) (?:of|comparing|with|between|on) )+(?:the )?"
)
_LOT = any_of(
    "random", "assign", "allocat", "divided", "compar", "received", "treated with", "versus",
)  # fmt: skip
_GROUP_WORD = (
    r"(?:groups?|arms?|patients|participants|subjects|women|men|children|controls?|condition)"
)
_CONTROL_GOT = re.compile(
    r"\b(?:the |a )?(?:controls?|comparison|comparator|reference|other|conventional|routine|second) ?(?:treatment |intervention )?(?:groups?|arms?|patients|participants|subjects|women|men|children|condition)?s?(?: \(?(?:group )?[a-z0-9]{1,3}\)?)?,? "
    r"(?:(?:only |instead |who |which |will |was |were |to |be )*)(?P<not>(?:did not|not|never) )?(?:receiv\w*|given|treated (?:only )?(?:with|by)|got|underwent|undergo\w*|administered|assigned to|continued|used|took|offered|provided|had|kept|wore) "
    r"(?P<b>[^.;:]{2,160}?)(?= (?:while|whereas|and the|but|for \d|twice|once|every)\b|, (?:while|whereas|and|but)|[.;:]|$)"
)
_OURS_GOT = re.compile(
    r"\b(?:the |an? )?(?:interventions?|experimental|treatment|study|treated|observation|active|test|case|exercise|first|training) ?(?:groups?|arms?|patients|participants|subjects)(?: \(?(?:group )?[a-z0-9]{1,3}\)?)?,? "
    r"(?:(?:only |also |who |which |will |was |were |to |be )*)(?:receiv\w*|given|treated (?:with|by)|got|underwent|undergo\w*|administered|assigned to|used|took|participated in|performed|had|wore) "
    r"(?P<a>[^.;:]{2,160}?)(?= (?:while|whereas|and the|but|for \d|twice|once|every)\b|, (?:while|whereas|and|but)|[.;:]|$)"
)
_NUMBERED = re.compile(
    r"\b(?:groups?|arms?) ?(?:1|i|a|one)\b[^a-z]{0,12}(?:\(?n ?= ?\d+\)?[,:;]? ?)?(?:(?:was|were|who|patients|which|subjects|to) )*(?:receiv\w+|given|treated (?:with|by)|underwent|got|had|administered|consisted of|[:=(]|,)? ?(?P<a>[^;:]{3,140}?)"
    r"(?:[,;.]| and| while| whereas| or| versus| vs\.?)+ ?(?:the )?(?:patients in )?(?:groups?|arms?) ?(?:2|ii|b|two)\b[^a-z]{0,12}(?:\(?n ?= ?\d+\)?[,:;]? ?)?(?:(?:was|were|who|patients|which|subjects|to) )*(?:receiv\w+|given|treated (?:with|by)|underwent|got|had|administered|consisted of|[:=(]|,)? ?(?P<b>[^;:]{3,140}?)(?=[.;]|, (?:for|in|at|once)|\)|$)"
)
_ASSIGNED = re.compile(
    r"\b(?:random\w*|assigned|allocated|divided|received?|comparing|compared|comparison of|efficacy of|effects? of)\b[^.;:]{0,90}?\b(?:to|into|receive|received|receiving|between|comparing|comparison of|compared|with|of) (?:(?:undergo|receive|receiving|either|treatment with|a|an|the|two groups|one of two groups|groups)\b ?:? ?)*"
    r"(?P<a>[^;:]{3,150}?),? (?:or(?! no \w+ (?:improv|differ))(?: to)?|versus|vs\.?|v|compared (?:with|to)|and(?= (?:the )?(?:control|placebo|sham|group|usual|standard|\w+ (?:group|alone|only)))|with(?= (?:that of )?\w+ alone)) (?:to |with |the |a |an |either |receive |receiving )*"
    r"(?P<b>[^;:]{2,150}?)(?=,? (?:for \d|for the|for up|once|twice|every|daily|until|with (?:a |strat)|in a|in combination|at a|during|before|after|by|stratified|who|to (?!receive)|was|were|on|as|while|whereas|followed|among|within|using|over)\b|[;:]|\.(?!\d)|, |$)"
)
_GROUP = any_of("group", " arm")
_NO_CONTENT = re.compile(
    r"^(?:\d+|one|two|three|four|group|groups|the|other|[a-z]|control|controls|women|men|boys|girls|patients|more|less|older|younger)?(?: (?:group|groups|arms?|patients|controls?))?$"
)


@dataclass(frozen=True, slots=True)
class ArmPair:
    """What two arms got, in lower case; the first is the one that the abstract puts first."""

    first: str
    second: str
    form: str
    """How it was said: in the title, of the control group, by numbered groups, by allocation."""
    sentence: int


def plain_arm(text: str) -> str:
    """Return the words of an arm without brackets and what stands around them.

    >>> plain_arm("needles (n = 20) alone, ")
    'needles alone'
    """
    bare = _bare(text)
    return _SPACES.sub(" ", bare).strip(" ,.;:()[]")[:MAX_ARM]


def _pair(first: str, second: str, form: str, sentence: int) -> ArmPair | None:
    first, second = plain_arm(first), plain_arm(second)
    if len(first) < 3 or len(second) < 3 or first == second:
        return None
    if _NO_CONTENT.search(first) or _NO_CONTENT.search(second):
        return None
    return ArmPair(first, second, form, sentence)


def _bare(text: str) -> str:
    return _PARENTHESIS.sub("", text) if "(" in text or "[" in text else text


def _in_sentence(sentence: Sentence) -> ArmPair | None:
    """Return the pair that one sentence tells."""
    text = _bare(sentence.lower)
    if "group" in text or "arm" in text or "control" in text:
        theirs, ours = _CONTROL_GOT.search(text), _OURS_GOT.search(text)
        if theirs is not None and ours is not None and theirs["not"] is None:
            return _pair(ours["a"], theirs["b"], "groups", sentence.index)
        found = _NUMBERED.search(text)
        if found is not None:
            pair = _pair(found["a"], found["b"], "numbered", sentence.index)
            if pair is not None:
                return pair
    if holds_any(text, ("random", "assign", "allocat", "divided", "compar")):
        found = _ASSIGNED.search(text)
        if found is not None:
            return _pair(found["a"], found["b"], "allocation", sentence.index)
    return None


def _before(title: str, end: int) -> str:
    """Return what stands before a place, from the last stop on."""
    start = max(title.rfind(stop, 0, end) for stop in (".", ":", ";", "?"))
    return _LEADING.sub("", title[start + 1 : end].strip())


def _after(title: str, start: int) -> str:
    """Return what stands after a place, to where another thing is told."""
    found = _END.search(title, start)
    return title[start : found.start() if found is not None else len(title)]


def _in_title(title: str) -> ArmPair | None:
    """Return the pair that a title without its brackets tells."""
    if holds_any(title, ("with", "alone", "plus or minus", "+/-", "\u00b1", "monotherapy")):
        found = _ALONE_AND_WITH.search(title) or _WITH_WITHOUT.search(title)
        if found is not None:
            base, more = _before(title, found.start()), _after(title, found.end())
            return _pair(f"{base} plus {more}", f"{base} alone", "with or without", 0)
    if holds_any(title, (" v", " compared ", " against ")):
        found = _VERSUS.search(title)
        if found is not None:
            return _pair(_before(title, found.start()), _after(title, found.end()), "title", 0)
    found = _COMPARING.search(title)
    if found is not None:
        told = _after(title, found.end())
        between = _AND.search(told)
        if between is not None:
            return _pair(told[: between.start()], told[between.end() :], "title and", 0)
    return None


def _named_groups(sentence: Sentence) -> ArmPair | None:
    """Return the pair of "an A group and a B group"."""
    if not _GROUP.stand_in(sentence):
        return None
    found = _NAMED_GROUPS.search(_bare(sentence.lower))
    return None if found is None else _pair(found["a"], found["b"], "named groups", sentence.index)


def find_pairs(passage: Passage) -> list[ArmPair]:
    """Return the two arms as the title names them, as groups, and as people were allocated to them.

    >>> from evidence.appraisal.sentences import split_passage
    >>> pair = find_pairs(split_passage("Tea with or without milk for thirst", ""))[0]
    >>> pair.first, pair.second
    ('tea plus milk', 'tea alone')
    """
    found = [pair for pair in (_in_title(_bare(passage.title_lower)),) if pair is not None]
    allocated: ArmPair | None = None
    named: ArmPair | None = None
    for sentence in passage.body:
        if sentence.section == CONCLUSIONS or not _LOT.stand_in(sentence):
            continue
        if named is None:
            named = _named_groups(sentence)
        allocated = allocated or _in_sentence(sentence)
        if allocated is not None:
            break
    return [*found, *(pair for pair in (named, allocated) if pair is not None)]


def find_pair(passage: Passage) -> ArmPair | None:
    """Return the two arms that a passage names first, by its title, else by its sentences.

    >>> from evidence.appraisal.sentences import split_passage
    >>> pair = find_pair(split_passage("Tea versus coffee for thirst", ""))
    >>> pair.first, pair.second
    ('tea', 'coffee')
    """
    pairs = find_pairs(passage)
    return pairs[0] if pairs else None
