"""Which arm has the larger printed number: "12.6% compared with 29.9% in the placebo arm".

Only numbers that may be results count: no p-values, intervals, spreads, times, doses, names ("IL-2")
or group sizes. It knows arms as ``i`` and ``c`` beside tokens, and nothing of what is measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidence.appraisal.sentences import DIGITS

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:[.·]\d+)?")
_TIME = r"(?:weeks?|months?|years?|days?|wks?|yrs?)"
_TIME_AFTER = re.compile(rf"(?:(?: ?(?:,|,? and|,? or|to|-|–) ?\d+)*)[ -]?{_TIME}\b")
_CLOCK_AFTER = re.compile(
    r"(?:(?: ?(?:,|,? and|,? or|to|-|–) ?\d+)*)[ -]?(?:hours?|hrs?|h|minutes?|mins?|min)\b"
)
_CLOCK_BEFORE = re.compile(
    r"\b(?:at|for|within|after|every|over|during|first|the|and|or|to|than)[ ,]*$"
)
_TOLD_BEFORE = re.compile(r"(?:\b(?:vs\.?|versus|v|was|were|mean|median|average|mean of)|[:(]) *$")
"""What stands before a time that is a result, not a time at which something was measured."""

_LABEL_BEFORE = re.compile(
    r"(?:\b(?:groups?|days?|weeks?|months?|years?|phase|grade|type|stage|level|class|visit|cycle|least|most|"
    r"number|no|age|aged|dose|version|item|ratio|or|rr|hr|irr|md|smd|difference|difference of|beta|"
    r"by|p|of all|out of|of)|[<>≤≥≈~/±]|\+ ?/ ?-)[ :]*[−–-]?$"
)
_EQUALS_BEFORE = re.compile(r"(?P<name>[\w²]*)[)\]]? ?= ?[−–-]?$")
_NAMED_RESULT = frozenset(("mean", "median", "average", "score", "scores", "m"))
_DOSE_AFTER = re.compile(r" ?(?:mg|mcg|µg|μg|iu|miu|ml)\b(?!/)")
_SPREAD = re.compile(
    r"\b(?:cis?|confidence intervals?|credible interval|iqr|interquartile|range|sds?|se|sem)\b"
)
_SPREAD_BEFORE = re.compile(
    r"\b(?:cis?|confidence intervals?|credible interval|iqr|interquartile|range|sds?|se|sem)\b[^)\];]*$"
)
_AFTER_NUMBER = re.compile(
    r"\d[\d.·,]* ?(?:%|(?!weeks?\b|months?\b|years?\b|days?\b|h\b|hours?\b|min\b)[a-zµμ/]{1,7}(?:/[a-z]+)?)?"
    r" ?[(\[]\W?$"
)
_SHARE_AFTER = re.compile(
    r"^(?: ?(?:/|of|out of) ?\d+)?(?: (?!weeks?|months?|years?|days?|h\b|hours?|min)[a-z]+)? ?(?:[(\[]|,) ?"
    r"(?P<share>\d+(?:[.·]\d+)?) ?%"
)
_VERSUS = re.compile(
    r"\b(?:vs|versus|v|compared|against|than|over|relative|comparison)\b(?!\.? ?[−–-]?\d)"
)
_LINK = re.compile(r"\b(?:vs|versus|v|compared|against|than)\b")
_AND = re.compile(
    r"^ ?(?:%|[a-zµμ/°]{1,8}(?:/[a-z]+)?)?(?: ?(?:±|\+/-) ?[\d.·]+ ?(?:%|[a-z]{1,6}(?:/[a-z]+)?)?)? ?"
    r"(?:[(\[][^)\]]{0,40}[)\]])? ?,? ?(?:and|vs\.?|versus|or|,) ?[+−–-]?$"
)
_FALLS = re.compile(
    r"\b(?:reductions?|decreases?|declines?|falls?|drops?|loss|losses|suppression|inhibition)\b|"
    r"\b(?:reduced|decreased|declined|fell|dropped|lowered|lost)(?= (?:by|more|less|a |an |\d))"
)
_MAX_LINK, _NEAR = 90, 48


@dataclass(frozen=True, slots=True)
class _Value:
    """One printed result and where it stands."""

    start: int
    end: int
    value: float


def _results(lower: str) -> list[_Value]:
    """Return the numbers of a clause that may be results, in order."""
    found: list[_Value] = []
    skip_to = 0
    for match in _NUMBER.finditer(lower):
        start, end = match.span()
        if start < skip_to:
            continue
        share = _SHARE_AFTER.match(lower[end : end + 40])
        if share is not None:
            skip_to = end + share.end()
            if _may_count(lower, start, end, is_counted=True):
                found.append(_Value(start, skip_to, _as_float(share["share"])))
            continue
        if _may_count(lower, start, end):
            minus = lower[start - 1 : start] in ("-", "−", "–")
            size = _as_float(match[0])
            found.append(_Value(start, end, -size if minus else size))
    return found


def _as_float(printed: str) -> float:
    return float(printed.replace(",", "").replace("·", "."))


def _may_count(lower: str, start: int, end: int, is_counted: bool = False) -> bool:
    """Return whether a number may be a result, by what stands around it."""
    before, after = lower[max(0, start - 40) : start], lower[end : end + 24]
    last = before[-1:]
    if (
        last.isalpha()
        or (last in "-−–" and before[-2:-1].isalnum())
        or (last in "-−–" and before[-2:-1] == "%")
    ):
        return False
    if after[:1].isalpha() or (after[:1] == "-" and after[1:2].isalpha()):
        return False
    if after[:1] in ("–", "-", "/", "‐") and after[1:2] in DIGITS:
        return is_counted
    if _AFTER_NUMBER.search(before) or (not is_counted and _LABEL_BEFORE.search(before)):
        return False
    equals = _EQUALS_BEFORE.search(before)
    if equals is not None and equals["name"] not in _NAMED_RESULT:
        return False
    if _TIME_AFTER.match(after) and not _TOLD_BEFORE.search(before):
        return False
    if _DOSE_AFTER.match(after) or after.lstrip(" ").startswith(("% ci", "%ci", "% conf")):
        return False
    if _CLOCK_AFTER.match(after) and _CLOCK_BEFORE.search(before):
        return False
    if before.rstrip("−–- ").endswith("from") and re.match(r"[^.;]{0,30}? to ", after):
        return False
    return _SPREAD.search(before) is None or _SPREAD_BEFORE.search(before) is None


def _places(
    lower: str, tokens: Sequence[str], sides: Sequence[str | None]
) -> list[tuple[int, str]]:
    """Return where each word that names an arm begins."""
    places: list[tuple[int, str]] = []
    cursor = 0
    for token, side in zip(tokens, sides, strict=True):
        at = lower.find(token, cursor)
        if at < 0:
            continue
        cursor = at + len(token)
        if side is not None:
            places.append((at, side))
    return places


def _within(places: Sequence[tuple[int, str]], low: int, high: int) -> str | None:
    return next((side for at, side in places if low <= at < high), None)


def _other(side: str) -> str:
    return "c" if side == "i" else "i"


def _first_arm(
    lower: str, places: Sequence[tuple[int, str]], left: _Value, right: _Value, until: int
) -> str | None:
    """Return the arm of the first of two linked numbers."""
    link = _LINK.search(lower, left.end, right.start)
    middle = link.start() if link else right.start
    held = _within(places, left.end, middle)
    if held is not None:
        return held
    held = _within(places, middle, right.start)
    if held is not None:
        return _other(held)
    tail = lower[right.end : min(until, right.end + _NEAR)]
    close = re.search(r"[)\];]", tail)
    if "(" in tail[: close.start()] if close else False:
        close = None
    reach = right.end + (close.start() if close else len(tail))
    held = _within(places, right.end, reach)
    return None if held is None else _other(held)


def _by_reference(
    lower: str, places: Sequence[tuple[int, str]], left: _Value, right: _Value
) -> str | None:
    """Return the arm that is compared with the other: its number is printed first."""
    links = [m for m in _VERSUS.finditer(lower) if not left.start <= m.start() < right.end]
    for link in sorted(links, key=lambda m: abs(m.start() - left.start)):
        held = _within(places, link.end(), link.end() + 60)
        if held is not None:
            return _other(held)
    before = [side for at, side in places if at < left.start]
    return before[0] if before else _within(places, right.end, len(lower))


def _respectively(
    places: Sequence[tuple[int, str]], left: _Value, right: _Value, end: int
) -> str | None:
    """Return the arm of the first of two numbers that are told "respectively"."""
    after = [side for at, side in places if right.end <= at < end]
    if len(set(after)) == 2:
        return after[0]
    before = [side for at, side in places if at < left.start]
    return before[0] if len(set(before)) == 2 else None


def _linked(lower: str, values: Sequence[_Value]) -> Iterator[tuple[_Value, _Value, bool]]:
    """Yield two neighbouring results that are set against each other, and whether "respectively"."""
    for left, right in pairwise(values):
        between = lower[left.end : right.start]
        if len(between) > _MAX_LINK or ";" in between:
            continue
        if _AND.match(between) and "respectively" in lower[right.end : right.end + 160]:
            yield left, right, True
        elif _LINK.search(between):
            yield left, right, False


def _beside(places: Sequence[tuple[int, str]], values: Sequence[_Value], anchor: int) -> int:
    """Return the sign by the number close to each arm, 0 where one has none.

    The first arm tells on which side: "tea 5 and coffee 4", or "5 with tea and 4 with coffee".
    """
    near = [place for place in places if place[0] >= anchor]
    told = [value for value in values if value.start >= anchor]
    if not near or not told:
        return 0
    is_leading = near[0][0] < told[0].start
    held: dict[str, float] = {}
    for position, (at, side) in enumerate(near):
        if is_leading:
            limit = next((a for a, s in near[position + 1 :] if s != side), at + _NEAR)
            value = next((v for v in told if at < v.start < min(limit, at + _NEAR)), None)
        else:
            limit = max((a for a, s in near[:position] if s != side), default=0)
            value = next((v for v in told[::-1] if max(limit, at - _NEAR) < v.start < at), None)
        if value is not None:
            held.setdefault(side, value.value)
    if len(held) < len("ic") or held["i"] == held["c"]:
        return 0
    return 1 if held["i"] > held["c"] else -1


def _turned(
    lower: str, values: tuple[float, float], start: int, is_change: bool
) -> tuple[int, str]:
    """Return whether a larger number means less of the outcome, and how it is told."""
    falls = _FALLS.search(lower[max(0, start - 110) : start])
    if min(values) >= 0 and falls is not None:
        return (1 if is_change else -1), " fall"
    if max(values) <= 0 and is_change:
        return -1, " fall"
    return 1, " change" if min(values) < 0 else ""


def compare_values(
    lower: str,
    tokens: Sequence[str],
    sides: Sequence[str | None],
    spots: Sequence[int],
    is_change: bool,
) -> tuple[int, str] | None:
    """Return the sign of intervention minus comparator by printed numbers, and on what ground.

    ``spots`` are the places of the outcome's words among the tokens; numbers after them come first.
    ``is_change`` tells that the asked outcome is itself a fall ("reduction of pain").
    """
    values = _results(lower)
    if len(values) < 2:
        return None
    places = _places(lower, tokens, sides)
    anchor = _anchor(lower, tokens, spots)
    pairs = sorted(
        _linked(lower, values),
        key=lambda pair: (pair[0].start < anchor, abs(pair[0].start - anchor)),
    )
    for left, right, in_turn in pairs:
        if left.value == right.value:
            continue
        following = next((v.start for v in values if v.start > right.end), len(lower))
        if in_turn:
            end = lower.find("respectively", right.end)
            arm, ground = _respectively(places, left, right, end), "values respectively"
            if arm is None:
                continue
        else:
            arm, ground = _first_arm(lower, places, left, right, following), "pair"
            if arm is None:
                arm, ground = _by_reference(lower, places, left, right), "pair by order"
        turn, told = _turned(lower, (left.value, right.value), left.start, is_change)
        sign = (1 if left.value > right.value else -1) * turn
        if arm is None:
            return sign, "pair bare" + told
        return (sign if arm == "i" else -sign), ground + told
    sign = _beside(places, values, anchor) or _beside(places, values, 0)
    if not sign:
        return None
    turn, told = _turned(lower, (values[0].value, values[-1].value), values[0].start, is_change)
    return sign * turn, "values beside" + told


def _anchor(lower: str, tokens: Sequence[str], spots: Sequence[int]) -> int:
    """Return where the outcome is named most fully: the end of the densest run of its words."""
    if not spots:
        return 0
    best = max(spots, key=lambda s: (len({tokens[k] for k in spots if s - 5 <= k <= s}), -s))
    cursor = 0
    for token in tokens[: best + 1]:
        cursor = lower.find(token, cursor) + len(token)
    return cursor
