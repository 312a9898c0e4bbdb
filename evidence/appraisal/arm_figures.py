"""What each arm came to, as abstracts print it: means with spreads, events of people, percentages.

"576 \u00b1 53 mL in the study group as compared to 823 \u00b1 74 mL in the control group", "17 of 78 (21.8%)".
Figures of one kind that stand together are one comparison, and the words beside them name its arms.
Nothing is computed here: what is not printed is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evidence.appraisal.effect_names import NUMBER, parse_number
from evidence.appraisal.sentences import Sentence

_SPREAD = r"\d+(?:[.\u00b7]\d+)?|[.\u00b7]\d+"
_MEAN_SD = re.compile(
    rf"(?P<mean>{NUMBER})\s?(?:%|[a-z/\u00b5\u03bc]{{1,8}})?\s?(?:(?:\u00b1|\+/-|\+-)\s?(?P<sd>{_SPREAD})|[(\[]\s?(?:sd|s\.d\.|standard deviation)\s?[=:,]?\s?(?P<sd2>{_SPREAD})|[(\[]\s?\u00b1\s?(?P<sd3>{_SPREAD}))"
)
_BRACKET_SD = re.compile(rf"(?P<mean>{NUMBER})\s?[(\[](?P<sd>{_SPREAD})[)\]]")
_COUNTS = re.compile(
    r"(?<![\d.\u00b7/])(?P<events>\d+)(?:\s?/\s?| of (?:the )?| out of )(?P<n>\d+)(?![\d/]|[.\u00b7]\d)(?: [a-z]+)?(?:\s?[(\[,;]?\s?(?P<pct>\d+(?:[.\u00b7]\d+)?)\s?%)?"
    r"|(?P<pct2>\d+(?:[.\u00b7]\d+)?)\s?%\s?[(\[]\s?(?:n\s?=\s?)?(?P<events2>\d+)(?:(?:\s?/\s?|\sof\s)(?P<n2>\d+))?(?: [a-z]+)?\s?[)\]]"
    r"|(?<![\d.\u00b7])(?P<events3>\d+)(?: [a-z]+)?\s?[(\[]\s?(?P<pct3>\d+(?:[.\u00b7]\d+)?)\s?%\s?[)\]]"
)
_SHARE = re.compile(
    r"(?<![\w.\u00b7\u00b1\u2013\u2212-])(?P<pct>\d+(?:[.\u00b7]\d+)?)\s?%(?!\s?(?:ci\b|confidence|credible|to |-|\u2013|\u00b1|\+/-))"
)


@dataclass(frozen=True, slots=True)
class ArmFigure:
    """Mean and spread, or events and people, of one arm, in the order printed."""

    mean: float | None
    sd: float | None
    """As printed after \u00b1 or SD; what follows \u00b1 may be a standard error where the text says no more."""
    events: int | None
    n: int | None
    percent: float | None
    sentence: int
    start: int
    end: int


def find_arm_figures(sentence: Sentence) -> list[ArmFigure]:
    r"""Return means with spreads and proportions with counts in the order of the sentence.

    >>> from evidence.appraisal.sentences import split_passage
    >>> found = find_arm_figures(
    ...     split_passage("", "Pain was 3.1 \u00b1 1.2 and 12/40 (30%).").sentences[1]
    ... )
    >>> [(f.mean, f.sd, f.events, f.n) for f in found]
    [(3.1, 1.2, None, None), (None, None, 12, 40)]
    """
    found = [*_means(sentence), *_counts(sentence)]
    if sentence.text.count("%") >= 2:
        found.extend(_shares(sentence, found))
    return sorted(found, key=lambda figure: figure.start)


def _means(sentence: Sentence) -> list[ArmFigure]:
    """Return the means with their spreads."""
    text = sentence.lower
    found = [
        _mean(sentence, m, m["sd"] or m["sd2"] or m["sd3"])
        for m in (_MEAN_SD.finditer(text) if "\u00b1" in text or "+" in text or "sd" in text or "s.d." in text or "standard dev" in text else ())
    ]  # fmt: skip
    if not found and re.search(r"[(\[](?:sd|standard deviation)s?[)\]]|mean \+/- sd", text):
        found = [_mean(sentence, m, m["sd"]) for m in _BRACKET_SD.finditer(text)]
    return found


def _mean(sentence: Sentence, match: re.Match[str], spread: str) -> ArmFigure:
    sd = parse_number(spread)
    return ArmFigure(
        parse_number(match["mean"]), sd, None, None, None,
        sentence.index, match.start(), match.end(),
    )  # fmt: skip


_DIGIT = re.compile(r"\d")


def matches_at_digits(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield what ``finditer`` yields of a pattern that begins with a digit, without trying elsewhere."""
    reached = 0
    for digit in _DIGIT.finditer(text):
        match = pattern.match(text, digit.start()) if digit.start() >= reached else None
        if match is not None:
            reached = match.end()
            yield match


_PART = re.compile(r"/\s?\d| of (?:the )?\d| out of \d")


def _may_count(text: str) -> bool:
    """Return whether a part of a whole is printed, or a percentage and a bracket."""
    if "%" in text and ("(" in text or "[" in text):
        return True
    return ("/" in text or " of " in text) and _PART.search(text) is not None


def _counts(sentence: Sentence) -> list[ArmFigure]:
    """Return the events, of how many people where that is printed."""
    text = sentence.lower
    if not _may_count(text):
        return []
    found = []
    for m in matches_at_digits(_COUNTS, text):
        events = int(m["events"] or m["events2"] or m["events3"])
        printed = m["n"] or m["n2"]
        n = int(printed) if printed else None
        share = m["pct"] or m["pct2"] or m["pct3"]
        percent = parse_number(share) if share else None
        if (n is not None and events > n) or (n is None and percent is None):
            continue
        if n is not None and percent is not None and abs(100 * events / max(n, 1) - percent) > 1.5:
            continue  # a share of something else
        found.append(ArmFigure(None, None, events, n, percent, sentence.index, m.start(), m.end()))
    return found


def _shares(sentence: Sentence, taken: list[ArmFigure]) -> list[ArmFigure]:
    """Return the percentages that are no part of another figure, of an interval or of a level."""
    return [
        ArmFigure(
            None, None, None, None, parse_number(m["pct"]), sentence.index, m.start(), m.end()
        )
        for m in matches_at_digits(_SHARE, sentence.lower)
        if all(m.end() <= f.start or m.start() >= f.end for f in taken)
    ]
