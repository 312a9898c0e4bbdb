"""Effects as abstracts print them: measure, estimate, interval, p-value, in many typographies.

One pattern finds the name of a measure, others read the numbers after it. Means with spreads and
proportions with counts are read for each arm. Nothing is computed here: what is not printed is
None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evidence.appraisal.patterns import holds_any
from evidence.appraisal.sentences import Passage, Sentence
from evidence.vocabulary import EffectMeasure

MAX_EFFECTS = 24
_WINDOW = 150

_MINUS = r"[-\u2212\u2013\u2010\u2011]"
_NUMBER = rf"{_MINUS}?\d*[.\u00b7]?\d+"
_JOIN = r"\s?(?:to|,|;|\u2013|-|\u2212|\u2014|and|/)\s?"
_NAMES: tuple[tuple[str, EffectMeasure], ...] = (
    (
        r"standardi[sz]ed mean differences?|\bsmds?\b|cohen'?s d|hedges'? g|effect sizes?",
        EffectMeasure.SMD,
    ),
    (
        r"(?:weighted |adjusted |absolute )?(?:mean|between-group|group|treatment|least[- ]squares mean|ls mean|intergroup) (?:group )?differences?|\bw?mds?\b",
        EffectMeasure.MD,
    ),
    (
        r"risk differences?|absolute risk reductions?|absolute differences?|\barrs?\b|\brds?\b",
        EffectMeasure.RD,
    ),
    (
        r"(?:adjusted |sub-?distribution |cause-specific )?hazards? ratios?|\ba?hrs?\b",
        EffectMeasure.HR,
    ),
    (r"(?:adjusted |crude |pooled )?odds ratios?|\ba?ors?\b", EffectMeasure.OR),
    (
        r"(?:adjusted )?(?:relative risks?|risk ratios?|rate ratios?|incidence rate ratios?|prevalence ratios?)|\ba?rrs?\b|\birrs?\b",
        EffectMeasure.RR,
    ),
    (r"ratios? of (?:geometric )?means?|geometric mean ratios?|\bgmrs?\b", EffectMeasure.ROM),
)
_NAME = re.compile("|".join(f"(?P<m{k}>{pattern})" for k, (pattern, _) in enumerate(_NAMES)))
_HINTS = (
    "ratio", "difference", "smd", " md", "(md", " hr", "(hr", " rr", "(rr", "relative risk", "effect size", "cohen", "arr", " rd", "hedges", "wmd", "risk reduction", "irr", "gmr",
)  # fmt: skip
_PRECISION = (
    "ci",
    "confidence interval",
    "p<",
    "p <",
    "p=",
    "p =",
    "p >",
    "p>",
    "p-value",
    "p value",
    "interval",
    "limits",
)


def _may_hold(sentence: Sentence) -> bool:
    """Return whether a sentence can hold an effect with an interval or a p-value."""
    lower = sentence.lower
    if not holds_any(lower, _PRECISION):
        return False
    return "OR" in sentence.text or holds_any(lower, _HINTS)


_ESTIMATE = re.compile(
    rf"^(?:[^\d;.]|\.(?!\d)){{0,70}}?(?P<estimate>(?<![\d.])(?:{_NUMBER}))(?! ?(?:%|per ?cent)? ?(?:ci\b|confidence))(?!\d)",
)
_INTERVAL = re.compile(
    rf"(?:\(|\[|\b)?(?:9[05](?:\.\d+)?|99) ?%?[- ]?(?:ci|confidence intervals?|cri|credible intervals?|confidence limits)s?\]?\)?\s?(?:\[ci\])?[\s:=,;of(\[]*(?P<low>{_NUMBER})\s?%?{_JOIN}(?:\+)?(?P<high>{_NUMBER})",
)
_BARE_INTERVAL = re.compile(
    rf"^\s?[(\[]\s?(?:ci:? ?)?(?P<low>{_NUMBER})\s?%?(?:\s?(?:to|,|;|\u2013|\u2014|-)\s?)(?P<high>{_NUMBER})\s?%?\s?[)\];,]",
)
_P = re.compile(
    r"\bp(?:[- ]?values?)?\s?(?:for \w+ )?(?P<sign>[=<>\u2264\u2265]|of|was|is)\s?(?P<p>0?[.\u00b7]\s?\d+|\d(?:[.\u00b7]\d+)?(?:\s?(?:\u00d7|x)\s?10)?)",
)
_MEAN_SD = re.compile(
    rf"(?P<mean>{_NUMBER})\s?(?:\u00b1|\+/-|\(\s?(?:sd|s\.d\.)\s?=?:?)\s?(?P<sd>\d*[.\u00b7]?\d+)",
)
_COUNTS = re.compile(
    r"(?P<events>\d+)(?:\s?/\s?| of (?:the )?| out of )(?P<n>\d+)(?: \w+)?\s?[(\[,]?\s?(?P<pct>\d+(?:[.\u00b7]\d+)?)\s?%|(?P<pct2>\d+(?:[.\u00b7]\d+)?)\s?%\s?\(\s?(?P<events2>\d+)(?:\s?/\s?|\sof\s)(?P<n2>\d+)\s?\)"
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
    confidence: float


@dataclass(frozen=True, slots=True)
class ArmFigure:
    """Mean and spread, or events and people, of one arm, in the order printed."""

    mean: float | None
    sd: float | None
    events: int | None
    n: int | None
    percent: float | None
    sentence: int
    start: int


def parse_number(printed: str) -> float:
    r"""Return a printed number, whatever minus and dot it uses.

    >>> parse_number("\u22120\u00b75"), parse_number(".05")
    (-0.5, 0.05)
    """
    text = printed.replace("\u00b7", ".").replace(" ", "")
    return float(re.sub(_MINUS, "-", text))


def _p_value(window: str) -> tuple[float | None, str | None]:
    found = _P.search(window)
    if found is None:
        return None, None
    value = parse_number(re.sub(r"\s?(?:\u00d7|x)\s?10$", "", found["p"]))
    sign = found["sign"] if found["sign"] in "=<>\u2264\u2265" else "="
    return (value, sign) if value <= 1 else (None, None)


def _interval(window: str, after: int) -> tuple[float, float] | None:
    found = _INTERVAL.search(window) or _BARE_INTERVAL.search(window[after:])
    if found is None:
        return None
    low, high = parse_number(found["low"]), parse_number(found["high"])
    if low > high and found["high"][0].isdigit() and low < 0 <= high:
        low, high = high, low
    return (low, high) if low <= high else None


def _confidence(
    measure: EffectMeasure, estimate: float | None, interval: tuple[float, float] | None
) -> float:
    """Return how sure a printed effect was read right: an estimate inside its interval is surest."""
    if estimate is None:
        return 0.4
    if interval is None:
        return 0.6
    inside = interval[0] <= estimate <= interval[1]
    if not inside:
        return 0.2
    ratio = measure in (EffectMeasure.RR, EffectMeasure.OR, EffectMeasure.HR, EffectMeasure.ROM)
    return 0.95 if not ratio or interval[0] > 0 else 0.3


def _is_word(sentence: Sentence, name: re.Match[str]) -> bool:
    """Return whether a short name is an ordinary word: "or" that is not printed as OR."""
    if name[0] not in ("or", "ors", "md", "aor"):
        return False
    printed = sentence.text[name.start() : name.end()]
    return "OR" not in printed and "MD" not in printed


def _effects_of(sentence: Sentence) -> Iterator[Effect]:
    text = sentence.lower
    spans = [m for m in _NAME.finditer(text) if not _is_word(sentence, m)]
    for position, name in enumerate(spans):
        measure = next(m for k, (_, m) in enumerate(_NAMES) if name[f"m{k}"] is not None)
        stop = spans[position + 1].start() if position + 1 < len(spans) else len(text)
        if stop - name.end() < 12 and position + 1 < len(spans):
            continue
        window = text[name.end() : min(stop, name.end() + _WINDOW)]
        found = _ESTIMATE.match(window)
        interval = _interval(window, found.end() if found else 0)
        estimate = parse_number(found["estimate"]) if found else None
        if found and interval and _INTERVAL.search(window[: found.end() + 2]):
            later = re.search(rf"[\])=:,]\s?(?P<e>{_NUMBER})\s?[(\[]", window)
            estimate = parse_number(later["e"]) if later else None
        if (
            estimate is not None
            and estimate in (90.0, 95.0, 99.0)
            and interval
            and not interval[0] <= estimate <= interval[1]
        ):
            estimate = None
        p_value, sign = _p_value(window)
        if interval is None and p_value is None:
            continue
        low, high = interval if interval else (None, None)
        yield Effect(
            measure,
            estimate,
            low,
            high,
            p_value,
            sign,
            sentence.index,
            name.start(),
            _confidence(measure, estimate, interval),
        )


def find_effects(passage: Passage) -> list[Effect]:
    """Return the effects of a passage that print an interval or a p-value, in order."""
    effects: list[Effect] = []
    for sentence in passage.sentences:
        if not _may_hold(sentence):
            continue
        effects.extend(_effects_of(sentence))
        if len(effects) >= MAX_EFFECTS:
            break
    return effects[:MAX_EFFECTS]


def find_arm_figures(sentence: Sentence) -> list[ArmFigure]:
    r"""Return means with spreads and proportions with counts in the order of the sentence.

    >>> from evidence.appraisal.sentences import split_passage
    >>> found = find_arm_figures(
    ...     split_passage("", "Pain was 3.1 \u00b1 1.2 and 12/40 (30%).").sentences[1]
    ... )
    >>> [(f.mean, f.sd, f.events, f.n) for f in found]
    [(3.1, 1.2, None, None), (None, None, 12, 40)]
    """
    figures = [
        ArmFigure(
            parse_number(m["mean"]),
            parse_number(m["sd"]),
            None,
            None,
            None,
            sentence.index,
            m.start(),
        )
        for m in _MEAN_SD.finditer(sentence.lower)
    ]
    for m in _COUNTS.finditer(sentence.text):
        events, n = int(m["events"] or m["events2"]), int(m["n"] or m["n2"])
        if events <= n:
            percent = parse_number(m["pct"] or m["pct2"])
            figures.append(ArmFigure(None, None, events, n, percent, sentence.index, m.start()))
    return sorted(figures, key=lambda figure: figure.start)
