"""Effects as abstracts print them: measure, estimate, interval, p-value, in many typographies.

It starts from the intervals that a sentence prints, and looks for the estimate of each and for
what it is called; then from the names of measures that stand with a p-value alone. Nothing is
computed here: what is not printed is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evidence.appraisal.effect_names import HINTS, NUMBER, MeasureName, find_names, parse_number
from evidence.appraisal.marks import any_of, token_mark
from evidence.appraisal.patterns import holds_any
from evidence.appraisal.sentences import Passage, Sentence
from evidence.vocabulary import EffectMeasure

MAX_EFFECTS = 24
_BEFORE = 150
"""So far before its interval, at most, an estimate stands."""
_AFTER = 160
_RATIO_AFTER = 240
"""As far as that after its name, at most, an estimate stands; a list of ratios may be long."""
_NEAR = 24
"""So near to its interval, with no more than a unit between, a number is its estimate."""
_LABELS = token_mark(("ci", "cis", "cri", "confidence", "credible", "c"))
"""The bit of words of which one stands in every label of an interval."""
_P_WORDS = any_of("p<", "p <", "p=", "p =", "p >", "p>", "p-value", "p value")
_DIFFERENCES = (EffectMeasure.MD, EffectMeasure.SMD, EffectMeasure.RD)
_RATIOS = (EffectMeasure.RR, EffectMeasure.OR, EffectMeasure.HR, EffectMeasure.ROM)
_CONTRASTS = (*_DIFFERENCES, *_RATIOS)

_LEVEL = r"(?:\b[89]\d(?:[.\u00b7]\d)? ?(?:%|per ?cent) ?[- ]?(?:two-sided |one-sided |bayesian )?)"
_LABEL = rf"(?:{_LEVEL}(?:confidence intervals?|credible intervals?|confidence limits?|cis?|c\.i\.|cris?|cl)|\b(?:confidence intervals?|c\.?i\.?)(?! \w))"
_UNIT = (
    r"(?:\s?%|\s?(?!to\b|and\b)[a-z\u00b5\u03bc]{1,6}(?:/[a-z]+)?(?: (?!to\b|and\b)[a-z]{1,3})?)?"
)
_JOIN = r"\s?(?:to|and|through|\u2013|\u2014|-|\u2010|\u2011|\u2212|,|;|/)\s?"
_INTERVAL = re.compile(
    rf"{_LABEL}[\])]?\s?(?:[\[(] ?(?:95 ?% ?)?ci ?[\])])?(?P<of> ?(?:for|of) (?:the )?(?:mean |risk |absolute )?(?:difference|change|effect|ratio)s?)?"
    rf"[\s:=,;(\[]*(?:from |of |was |were |between |ranging from |range )?[\[(]?(?P<low>{NUMBER})(?![\d.])"
    rf"{_UNIT}{_JOIN}[(\[]?\+?(?P<high>{NUMBER})(?!\d)",
)
_BARE = re.compile(
    rf"[(\[]\s?(?:(?:95 ?% ?)?ci:? ?)?(?P<low>{NUMBER}){_UNIT}\s?(?:to|,|;|\u2013|\u2014|-|\u2212)\s?\+?(?P<high>{NUMBER}){_UNIT}\s?(?=[)\];,])"
)
_LISTED = re.compile(
    rf"(?<![\w.\u00b7])(?P<e>{NUMBER}) ?%?[;,] ?(?P<low>{NUMBER}) ?%?(?: to |\u2013|\u2014|-)(?P<high>{NUMBER}) ?%?(?=[)\];,])"
)
"""An estimate and its limits, once a label was printed: "(HR 0.88, 0.75-1.03)"."""
_OWN = re.compile(
    rf"^[\])\[( =:,]*(?:[a-z]{{2,5}}[\])]*[ =:,]*)?(?:was |of |were |is )?(?P<e>{NUMBER})(?![\d\u00b7])(?! ?(?:%|per ?cent)? ?-?(?:ci\b|c\.i|confidence|credible))"
)
_SPREADS = ("iqr", "interquartile", "quartile", "range", "min-max")
_ESTIMATE = re.compile(
    rf"(?<![\w.\u00b7/])(?<!\w[-\u2013])(?<!\bn = )(?<!\bn=)(?P<e>{NUMBER})(?![\d\u00b7])(?!\.\d)(?!,\d{{3}})(?P<pct> ?%| per ?cent(?!age))?"
    r"(?! ?(?:%|per ?cent)? ?-?(?:two-sided )?(?:ci\b|c\.i|cri\b|confidence|credible))"
)
_TIME = re.compile(r"[ -](?:years?|yrs?|months?|weeks?|wk|days?|hours?|hrs?|h|minutes?|min)\b")
_P = re.compile(
    r"\bp(?:[- ]?values?)?(?: for [a-z-]+(?: [a-z-]+)?)?\s?(?P<sign>[=<>\u2264\u2265]|of|was|is)\s?(?P<p>0?[.\u00b7]\s?\d+|\d(?:[.\u00b7]\d+)?)(?P<power>\s?(?:\u00d7|x|\*)\s?10(?P<exponent>\s?[-\u2212\u2013]\s?\d+)?)?",
)
_NEXT = re.compile(rf"^[\])]?[,;:]? ?\(?(?P<e>{NUMBER})(?!\d)")
_LATER = re.compile(rf"^[ =:,]*(?:was |of |is )?(?P<e>{NUMBER})(?!\d)")
_AFTER_NAME = re.compile(
    rf"^(?:[^\d;.]|\.(?!\d)){{0,60}}?(?<![\w.\u00b7])(?P<e>{NUMBER})(?! ?(?:%|per ?cent)? ?(?:ci\b|confidence))(?![\d\u00b7])"
)
_COMPARED = re.compile(
    r"\b(?:differ\w*|higher|lower|greater|less|fewer|more|better|worse|larger|smaller|longer|shorter)\b"
)
_CHANGED = re.compile(r"\b(?:reduc\w+|increas\w+|decreas\w+|improv\w+|relative)\b")
_MORE = re.compile(r"[^;.]{0,140}?(?:,|\band|\bor|\bvs|\bversus)[^;.,]{0,24}")
_SHARE = re.compile(
    r"\b(?:rates?|incidence|prevalence|proportions?|survival|probability|percentage|percent|risk|specificity|frequency)\b"
)


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect as printed."""

    measure: EffectMeasure
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    p_sign: str | None
    sentence: int
    start: int
    """Where its name or, without one, its estimate begins."""
    end: int
    """Where its last number ends."""
    confidence: float


@dataclass(frozen=True, slots=True)
class _Interval:
    """A printed interval and where it stands; ``is_bare`` without a label of its own."""

    low: float
    high: float
    start: int
    end: int
    is_bare: bool
    is_of_difference: bool
    """Whether it is said to be an interval for the difference."""


@dataclass(frozen=True, slots=True)
class _Estimate:
    value: float
    start: int
    end: int
    is_percent: bool


def find_effects(passage: Passage) -> list[Effect]:
    """Return the effects of a passage that print an interval or a p-value, in order."""
    effects: list[Effect] = []
    for sentence in passage.sentences:
        has_label = sentence.marks & _LABELS != 0
        if has_label or (_P_WORDS.stand_in(sentence) and HINTS.stand_in(sentence)):
            effects.extend(_effects_of(sentence, has_label))
        if len(effects) >= MAX_EFFECTS:
            break
    return effects[:MAX_EFFECTS]


def _effects_of(sentence: Sentence, has_label: bool) -> list[Effect]:
    """Return the effects of one sentence, in order."""
    names = find_names(sentence)
    found = _with_intervals(sentence, names) if has_label else []
    if _P_WORDS.stand_in(sentence):
        found = [*_with_p_values(sentence.lower, found)]
        found.extend(_without_intervals(sentence, names, found))
    return sorted(found, key=lambda effect: effect.end)


def _intervals(text: str) -> list[_Interval]:
    """Return the intervals of a sentence: with a label, or in brackets once one was labelled."""
    found: list[_Interval] = []
    label = re.search(_LABEL, text)
    if label is None:
        return found
    for match in _INTERVAL.finditer(text):
        _add(found, match, is_bare=False)
    if not holds_any(text, _SPREADS):
        taken = [(i.start, i.end) for i in found]
        for match in _BARE.finditer(text, label.start()):
            if all(match.end() <= start or match.start() >= end for start, end in taken):
                _add(found, match, is_bare=True)
        for match in _LISTED.finditer(text, label.start()):
            is_free = all(match.end() <= i.start or match.start() >= i.end for i in found)
            low, high = parse_number(match["low"]), parse_number(match["high"])
            if is_free and low <= parse_number(match["e"]) <= high:
                _add(found, match, is_bare=True)
    return sorted(found, key=lambda interval: interval.start)


def _add(found: list[_Interval], match: re.Match[str], *, is_bare: bool) -> None:
    """Add an interval whose limits are in order, or are printed the other way round."""
    low, high = parse_number(match["low"]), parse_number(match["high"])
    if low > high and low < 0 <= high:
        low, high = high, low
    if low > high and high < 0 < low:  # "3.2--1.1": the sign of the first was a dash
        low = -low
    if low < 0 and high < low and match["high"][0] in "\u2013\u2010\u2011-\u2212":
        low, high = high, low  # "-2.1 to -5.3", larger first
    if low <= high:
        of_what = None if is_bare else match["of"]
        is_difference = of_what is not None and "difference" in of_what
        start = match.start("low") if "e" in match.re.groupindex else match.start()
        found.append(_Interval(low, high, start, match.end("high"), is_bare, is_difference))


def _with_intervals(sentence: Sentence, names: Sequence[MeasureName]) -> list[Effect]:
    """Return an effect for each interval whose estimate stands beside it."""
    text = sentence.lower
    effects: list[Effect] = []
    reached = 0
    last: MeasureName | None = None
    for interval in _intervals(text):
        estimate = _estimate_of(text, interval, reached, names)
        name = _name_of(text, interval, estimate, reached, names)
        at = estimate.start if estimate is not None else interval.start
        if name is None and last is not None and _goes_on(text[reached:at]):
            name = last
        if interval.is_of_difference and (name is None or name.measure not in _DIFFERENCES):
            name, estimate = None, None  # the numbers before it are of the arms
        if estimate is not None or not interval.is_bare:
            effects.append(_effect(sentence, interval, estimate, name, reached))
            last = name
        reached = max(interval.end, estimate.end if estimate else 0)
    return [e for e in effects if e.estimate is not None or e.measure in _CONTRASTS]


def _estimate_of(
    text: str, interval: _Interval, reached: int, names: Sequence[MeasureName]
) -> _Estimate | None:
    """Return the number that an interval is around: the nearest before it that lies in it."""
    begin = max(reached, interval.start - _BEFORE)
    segment = text[begin : interval.start]
    numbers = [
        _Estimate(parse_number(m["e"]), begin + m.start("e"), begin + m.end(), bool(m["pct"]))
        for m in _ESTIMATE.finditer(segment)
        if not _is_p(segment, m.start())
    ]
    inside = [n for n in numbers if interval.low <= n.value <= interval.high]
    plain = [n for n in inside if not _TIME.match(text, n.end)]
    best = inside[-1] if inside else None
    if plain and best is not None and interval.start - best.end > _NEAR:
        best = plain[-1]  # "0.77 after 1 year (95% CI ...)"
    if interval.is_bare:
        is_near = best is not None and interval.start - best.end <= _NEAR
        return best if is_near else None
    if best is not None:
        return best
    if (after := _estimate_after(text, interval, names)) is not None:
        return after
    if numbers and interval.low <= -numbers[-1].value <= interval.high:
        return numbers[-1]  # "fell by 3.2 (95% CI -4.1 to -2.3)"
    return numbers[-1] if numbers and names and interval.start - numbers[-1].end <= 12 else None


def _is_p(segment: str, start: int) -> bool:
    """Return whether the number that starts here is a p-value."""
    return re.search(r"\bp(?:[- ]values?)? ?[=<>\u2264\u2265]? ?$", segment[:start]) is not None


def _estimate_after(
    text: str, interval: _Interval, names: Sequence[MeasureName]
) -> _Estimate | None:
    """Return an estimate that is printed after its interval: "(95% CI 0.4 to 1.5, OR = 0.8)"."""
    name = next((n for n in names if 0 <= n.start - interval.end <= 8), None)
    tail = interval.end if name is None else name.end
    match = (_NEXT if name is None else _LATER).match(text[tail : tail + 30])
    if match is None:
        return None
    value = parse_number(match["e"])
    if name is None or not interval.low <= value <= interval.high:
        return None
    return _Estimate(value, tail + match.start("e"), tail + match.end("e"), False)


def _name_of(
    text: str,
    interval: _Interval,
    estimate: _Estimate | None,
    reached: int,
    names: Sequence[MeasureName],
) -> MeasureName | None:
    """Return the name of what an interval is of: the last before its estimate, else beside it."""
    at = estimate.start if estimate is not None else interval.start
    before = [
        n
        for n in names
        if reached <= n.end <= at
        and at - n.start <= (_RATIO_AFTER if n.measure in _RATIOS else _AFTER)
        and not _is_spent(text, n, at)
    ]
    if before and before[-1].is_plain and len(before) > 1:
        stronger = [n for n in before if not n.is_plain and at - n.end <= 60]
        before = stronger or before
    if before and not (before[-1].is_plain and _is_denied(text, before[-1])):
        return before[-1]
    stop = interval.start if at < interval.start else interval.end + 8
    beside = [n for n in names if at <= n.start <= stop and not n.is_plain]
    return beside[0] if beside else None


def _is_spent(text: str, name: MeasureName, at: int) -> bool:
    """Return whether a name has a number of its own before another estimate."""
    own = _OWN.match(text[name.end : at])
    return own is not None and not _TIME.match(text, name.end + own.end())


def _is_denied(text: str, name: MeasureName) -> bool:
    """Return whether a difference is only said not to be there: "no significant difference"."""
    return re.search(r"\b(?:no|not|without)\b[^.;]{0,24}$", text[: name.start]) is not None


def _goes_on(between: str) -> bool:
    """Return whether a list of effects goes on: "0.79 (…) for one, and 0.78 (…) for another".

    >>> _goes_on(") for one versus another, and "), _goes_on("). It was ")
    (True, False)
    """
    bare = _P.sub("", between).replace("; ", "")
    return _MORE.fullmatch(bare) is not None


def _effect(
    sentence: Sentence,
    interval: _Interval,
    estimate: _Estimate | None,
    name: MeasureName | None,
    reached: int,
) -> Effect:
    """Return the effect of an interval; what it goes on from ended at ``reached``."""
    measure = _measure(sentence.lower, interval, estimate, name)
    value = estimate.value if estimate is not None else None
    starts = [
        n.start for n in (name, estimate) if n is not None and reached <= n.start <= interval.start
    ]
    return Effect(
        measure,
        value,
        interval.low,
        interval.high,
        None,
        None,
        sentence.index,
        min(starts, default=interval.start),
        interval.end,
        _confidence(measure, value, interval, is_named=name is not None and not name.is_plain),
    )


def _measure(
    text: str, interval: _Interval, estimate: _Estimate | None, name: MeasureName | None
) -> EffectMeasure:
    """Return the measure by its name; without one, by its unit and the words before it."""
    is_percent = (estimate is not None and estimate.is_percent) or "%" in text[
        interval.end : interval.end + 2
    ]
    if name is not None:
        is_points = estimate is not None and text[estimate.end :].startswith(" percentage p")
        if name.is_plain and (is_percent or is_points):
            return EffectMeasure.RD
        return name.measure
    if interval.is_of_difference:
        return EffectMeasure.RD if is_percent else EffectMeasure.MD
    at, end = (estimate.start, estimate.end) if estimate else (interval.start, interval.start)
    before, between = text[max(0, at - 70) : at], text[end : interval.start]
    if is_percent and (_COMPARED.search(between) or _CHANGED.search(between)):
        return EffectMeasure.OTHER  # "57% greater": of what, the words do not say
    if "median" in before or "relative" in before or (is_percent and interval.low < 0):
        return EffectMeasure.OTHER
    if " per 1" in text[at : interval.start]:
        return EffectMeasure.RATE
    is_within = interval.low >= 0 and interval.high <= 1
    if is_percent or (is_within and _SHARE.search(before)):
        return EffectMeasure.PROP
    after = text[interval.end : interval.end + 30]
    if _COMPARED.search(re.split(r"[;:]", before)[-1]) or _COMPARED.search(after.split(",")[0]):
        return EffectMeasure.MD
    return EffectMeasure.MEAN


def _confidence(
    measure: EffectMeasure, estimate: float | None, interval: _Interval, *, is_named: bool
) -> float:
    """Return how sure a printed effect was read right: an estimate inside its interval is surest."""
    if estimate is None:
        return 0.4
    if not interval.low <= estimate <= interval.high:
        return 0.3
    if measure in _RATIOS and interval.low < 0:
        return 0.3
    return 0.95 if is_named else 0.7


def _p_value(window: str) -> tuple[float | None, str | None]:
    found = _P.search(window)
    if found is None:
        return None, None
    value = parse_number(found["p"])
    if found["exponent"] is not None:
        value *= 10 ** parse_number(found["exponent"])
    elif found["power"] is not None:
        return None, None
    sign = found["sign"] if found["sign"] in "=<>\u2264\u2265" else "="
    return (value, sign) if value <= 1 else (None, None)


def p_value_after(lower: str, start: int, end: int) -> float | None:
    """Return the p-value that stands in a part of a sentence in lower case, or soon after it."""
    return _p_value(lower[start:end] + lower[end : end + 80].split(". ")[0])[0]


def _with_p_values(text: str, effects: Sequence[Effect]) -> Iterator[Effect]:
    """Yield effects with the p-value that stands in them, else after them, before the next one."""
    for place, effect in enumerate(effects):
        stop = effects[place + 1].start if place + 1 < len(effects) else len(text)
        value, sign = _p_value(text[effect.start : effect.end])
        if value is None:
            tail = re.split(
                r"\. |; (?!(?:\S+ )?\*?p\b)", text[effect.end : min(stop, effect.end + 60)]
            )[0]
            value, sign = _p_value(tail)
        if value is None and place == 0:
            head = re.search(r"\(p ?[=<>][^()]{1,30};[^()]*$", text[: effect.start])
            value, sign = _p_value(head[0]) if head else (None, None)
        yield replace(effect, p_value=value, p_sign=sign)


def _without_intervals(
    sentence: Sentence, names: Sequence[MeasureName], effects: Sequence[Effect]
) -> Iterator[Effect]:
    """Yield the effects that a name, an estimate and a p-value alone make."""
    text = sentence.lower
    for place, name in enumerate(names):
        following = names[place + 1].start if place + 1 < len(names) else len(text)
        later = [e.start for e in effects if e.end > name.start]
        stop = min(following, name.end + _AFTER, *later)
        window = text[name.end : max(stop, name.end)]
        match = _AFTER_NAME.match(window)
        if match is None or any(e.start <= name.start < e.end for e in effects):
            continue
        value, sign = _p_value(window[match.end() :])
        if value is None or _is_p(window, match.start("e")):
            continue
        yield Effect(
            name.measure,
            parse_number(match["e"]),
            None,
            None,
            value,
            sign,
            sentence.index,
            name.start,
            name.end + match.end("e"),
            0.4 if name.is_plain else 0.6,
        )
