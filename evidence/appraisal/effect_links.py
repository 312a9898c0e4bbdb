"""What a printed effect is of: its outcome, its time point, and the two arms that it compares.

The words beside an effect say it, in few ways: "hazard ratio for death", "pain at 6 weeks (mean
difference", "in the warm group than in the sham group", "for warm versus sham packs". What they do
not say is None: nothing is guessed from elsewhere but the arms of a trial that has two.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.appraisal.arm_figures import ArmFigure
from evidence.appraisal.arms import Arm
from evidence.appraisal.outcomes import find_weeks
from evidence.appraisal.patterns import holds_any
from evidence.appraisal.terms import content_stems

_LEAD = re.compile(r"^.*(?:[;:]|, (?:and|but|while|whereas)\b|\. |\))", re.DOTALL)
_NAMED = re.compile(
    r"^[a-z' -]{2,40}?(?:\s?[\[(][a-z0-9 %,]{1,20}[\])])* (?:for|of|in) (?:the )?(?P<what>(?!differences?|means?\b|\d)[a-z][^,;:=()\d]{2,70}?)(?= was | were | is | at | with | between | among |[,;:=(]| \d| of \d|$)"
)
_AFTER_NUMBER = re.compile(
    r"^ ?(?:%|points?|[a-z]{1,5})? ?for (?:the )?(?P<what>[a-z][^,;:()\d]{1,60}?) ?[(\[,;]"
)
_ARM_WORD = r"[a-z0-9][^,;:()=]{1,50}?"
_SET_AGAINST = (" than ", " compared ", " versus ", " vs", " v ", " relative to ", " or ")
"""Words of which one stands in every comparison."""
_COMPARISONS = (
    re.compile(
        rf"\b(?:in|with|for|by|among) (?:the )?(?P<a>{_ARM_WORD})(?: (?:groups?|arms?|patients|participants))? (?:than|compared (?:with|to)|versus|vs\.?|v|as compared with|relative to|or) (?:in |with |for |did |that of |those (?:in|on|with|receiving) )?(?:the )?(?P<b>{_ARM_WORD})(?= groups?\b| arms?\b| patients\b| participants\b| at | after | \d|[,;:()]|\.$|\. |$)"
    ),
    re.compile(
        rf"(?:^|[,;:(] ?|\bthat |\band )(?P<a>{_ARM_WORD}) (?:versus|vs\.?|compared (?:with|to)) (?:the )?(?P<b>{_ARM_WORD})(?= groups?\b| arms?\b| at | after | =|[,;:()=]|\.$|\. |$)"
    ),
)
_NO_ARM = re.compile(
    r"\d|\b(?:no|not|was|were|did|had|showed|achieved|occurred|than|more|less|compared|who|significant\w*|difference|baseline|week|month|year|increase|reduction|change|rate|score|mean|median)\b"
)
_GROUP_AFTER = re.compile(
    rf"^[^,;.()\d]{{0,30}}?\b(?:in|for|with|on|among|of) (?:the )?(?P<name>{_ARM_WORD})(?: (?:groups?|arms?|patients|participants|recipients|receivers|controls))?(?= as compared| compared| and \d| and for| vs| versus| than|[,;:()]|\. |\.$| respectively|$| were | was | had )"
)
_GROUP_BEFORE = re.compile(
    rf"(?:^|[,;:] |\b(?:and|in|for|with|versus|vs\.?|than|the) )(?:the )?(?P<name>{_ARM_WORD})(?: (?:groups?|arms?))?,? ?(?:was |were |had |: ?|= ?)?[(\[]?$"
)
_RESPECTIVELY = re.compile(
    rf"\b(?:in|for|with|among|of) (?:the )?(?P<a>{_ARM_WORD})(?: (?:groups?|arms?))?(?:,| and| or| vs\.?| versus) (?:the )?(?P<b>{_ARM_WORD})(?: (?:groups?|arms?|patients))?,? ?respectively"
)


_LOOSE_END = re.compile(r"(?:[ (]+(?:was|were|is|vs\.?|versus|v|and|of|to))+$")
_GROUP_WORDS = re.compile(
    r"\b(?:in|for|with|of|by) (?:the |either |both |each )?(?:[\w+-]+ ){0,3}?(?:groups?|arms?)\b"
)
_SAYS_NOTHING = re.compile(
    r"\b(?:and|or|in|for|with|the|was|were|vs|versus|compared|to|of|than|respectively|by|at|ratio|hazard|odds|risk|relative|months?|weeks?|years?|days?|patients|participants|did|persist)\b|[^a-z ]"
)
_TOPIC = re.compile(
    r"^(?:[A-Z][A-Za-z ]{2,24}:+ ?)?(?:However, |Moreover, |Overall, )?(?P<what>[A-Za-z][^\d:;]{5,120}?)(?= (?:was|were|is|did|had|occurred|showed|decreased|increased|improved|fell|rose) | \d| \(\d)"
)
_UNITS_OF_TIME = ("week", "wk", "month", "day", "year")


@dataclass(frozen=True, slots=True)
class NamedFigure:
    """What one arm came to, with its name where the words beside it say one."""

    arm: str | None
    figure: ArmFigure


def outcome_of(text: str, start: int, end: int) -> str | None:
    """Return what an effect that spans a part of a sentence is an effect on.

    >>> text = "Fewer died (hazard ratio for death, 0.63; 95% CI, 0.45 to 0.88)."
    >>> outcome_of(text, text.index("hazard"), len(text) - 2)
    'death'
    """
    own = text[start:end].lower()
    named = _NAMED.match(own)
    if named is not None and not re.search(r" (?:versus|vs\.?|compared|than) ", named["what"]):
        return named["what"].strip()
    number = re.match(r"^[^\d]*\d+(?:[.\u00b7]\d+)?", own)
    after = _AFTER_NUMBER.match(own[number.end() :]) if number is not None else None
    if after is not None:
        return after["what"].strip()
    head = text[max(0, start - 200) : start].rstrip(" ([,")
    clause = _LEAD.sub("", head).strip(" ,()[]")
    bare = _SAYS_NOTHING.sub(" ", _GROUP_WORDS.sub(" ", clause.lower()))
    if not re.search(r"[a-z]{3}", bare):
        return None
    kept = _LOOSE_END.sub("", re.sub(r"^(?:and|but|while|whereas) ", "", clause))
    return kept[-120:].strip() or None


def topic_of(text: str) -> str | None:
    """Return what a sentence begins with, up to its first verb or number.

    >>> topic_of("RESULTS: Median survival was 9 months with tea and 8 with ale.")
    'Median survival'
    """
    found = _TOPIC.match(text)
    return None if found is None else found["what"].strip(" ,(")


def weeks_of(text: str, start: int, end: int) -> float | None:
    """Return the time point of an effect: the last one before it, else the first after it.

    >>> text = "At 6 weeks (MD 1.0; 95% CI 0 to 2) and at 12 weeks (MD 3.0; 95% CI 1 to 5)."
    >>> weeks_of(text, text.index("MD 3"), len(text)), weeks_of(text, text.index("MD 1"), 34)
    (12.0, 6.0)
    """
    if not holds_any(text.lower(), _UNITS_OF_TIME):
        return None
    before = find_weeks(text[max(0, start - 200) : start])
    if before:
        return before[-1]
    own = find_weeks(text[start:end])
    if own:
        return own[0]
    after = find_weeks(text[end : end + 80])
    if after:
        return after[0]
    whole = find_weeks(text)
    return whole[0] if len(whole) == 1 else None


def arms_of(text: str, start: int, end: int, arms: Sequence[Arm]) -> tuple[str | None, str | None]:
    """Return the two arms of a comparison as the words beside it call them, the first first.

    >>> text = "Pain was lower in the warm group than in the sham group (MD -3)."
    >>> arms_of(text, text.index("MD"), len(text) - 2, ())
    ('warm', 'sham')
    """
    lower = text.lower()
    for part in (lower[end : end + 90], lower[max(0, start - 200) : start], lower[start:end]):
        for pattern in _COMPARISONS if holds_any(part, _SET_AGAINST) else ():
            for found in reversed(list(pattern.finditer(part))):
                pair = (_plain(found["a"]), _plain(found["b"]))
                if all(pair) and not any(_NO_ARM.search(str(name)) for name in pair):
                    return pair
    if len(arms) == 2:
        return arms[0].name, arms[1].name
    return None, None


_BEFORE_NAME = re.compile(
    r"^(?:.*\b(?:in|with|among|receiv(?:ed|ing|e)) )?(?:the |an? |those |patients |participants |treated with )*"
)
_AFTER_NAME = re.compile(
    r"(?: (?:groups?|arms?|patients|participants|receivers|recipients|and|or|vs|versus|for))+$"
)


def _plain(name: str) -> str | None:
    """Return the name of an arm without the words around it."""
    bare = _AFTER_NAME.sub("", _BEFORE_NAME.sub("", name.strip(), count=1))
    return bare.strip(" .") or None


def group_figures(text: str, figures: Sequence[ArmFigure]) -> list[tuple[NamedFigure, ...]]:
    """Return figures of one kind that stand together, with the names of their arms.

    Two figures make a comparison where no sentence part ends between them; more than two are
    taken two by two where their names repeat, else all together.
    """
    groups: list[list[ArmFigure]] = []
    for figure in figures:
        last = groups[-1][-1] if groups else None
        if last is not None and _belongs(text, last, figure):
            groups[-1].append(figure)
        else:
            groups.append([figure])
    return [
        _named(text, part)
        for group in groups
        if len(group) > 1 and _compares(text, group)
        for part in _split(text, group)
    ]


def _compares(text: str, group: Sequence[ArmFigure]) -> bool:
    """Return whether words between or after figures set arms against each other."""
    near = text[group[0].start : group[-1].end + 70].lower()
    return _JOINED.search(near) is not None or _ARMS.search(near) is not None


_ARMS = re.compile(r"\b(?:groups?|arms?|placebo|controls?|sham|respectively)\b")
_JOINED = re.compile(
    r"^[^\d]{0,8}(?:vs|versus|v |compared|against)|\b(?:vs\.?|versus|compared (?:with|to)|than)\b"
)


def _belongs(text: str, last: ArmFigure, figure: ArmFigure) -> bool:
    """Return whether two figures are of one comparison."""
    between = text[last.end : figure.start]
    is_alike = (last.mean is None, last.events is None) == (
        figure.mean is None,
        figure.events is None,
    )
    is_one_part = ";" not in between and re.search(r"(?<!vs)(?<!\bv)\. ", between) is None
    if not (is_alike and is_one_part and len(between) < 110):
        return False
    if last.events is not None or last.mean is not None:
        return True
    return _JOINED.search(between) is not None or "group" in between or "arm" in between


def _split(text: str, group: Sequence[ArmFigure]) -> list[Sequence[ArmFigure]]:
    """Return a run of figures as comparisons."""
    if len(group) in (4, 6):
        pairs = [group[k : k + 2] for k in range(0, len(group), 2)]
        joints = [text[a.end : b.start] for a, b in pairs]
        seams = [text[a[-1].end : b[0].start] for a, b in itertools.pairwise(pairs)]
        if all(len(j) < min(len(s) for s in seams) for j in joints):
            return list(pairs)
    return [group]


def _named(text: str, group: Sequence[ArmFigure]) -> tuple[NamedFigure, ...]:
    """Return figures with the names of their arms."""
    lower = text.lower()
    listed = None
    if "respectively" in lower:
        tail = lower[group[-1].end : group[-1].end + 120]
        listed = _RESPECTIVELY.search(tail) or _RESPECTIVELY.search(
            lower[max(0, group[0].start - 160) : group[0].start]
        )
    if len(group) == 2 and listed is not None:
        names: list[str | None] = [_plain(listed["a"]), _plain(listed["b"])]
    else:
        names = [_name_beside(lower, group, k) for k in range(len(group))]
    return tuple(NamedFigure(name, figure) for name, figure in zip(names, group, strict=True))


def _name_beside(lower: str, group: Sequence[ArmFigure], k: int) -> str | None:
    """Return the name that stands after a figure, else before it."""
    figure = group[k]
    stop = group[k + 1].start if k + 1 < len(group) else len(lower)
    after = _GROUP_AFTER.match(lower[figure.end : min(stop, figure.end + 100)].lstrip(" )%]"))
    if after is not None and not _NO_ARM.search(after["name"]):
        return _plain(after["name"])
    begin = group[k - 1].end if k else max(0, figure.start - 80)
    before = _GROUP_BEFORE.search(lower[begin : figure.start].rstrip())
    if before is not None and not _NO_ARM.search(before["name"]):
        return _plain(before["name"])
    return None


def is_same_arm(name: str | None, asked: str | None) -> bool:
    """Return whether two names of an arm share a word that says something.

    >>> is_same_arm("tranexamic acid", "Tranexamic acid group"), is_same_arm("sham", "usual care")
    (True, False)
    """
    if not name or not asked:
        return False
    return not set(content_stems(name)).isdisjoint(content_stems(asked))
