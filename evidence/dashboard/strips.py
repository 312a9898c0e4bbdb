"""The small pictures of the board, in HTML: lanes on one axis, squares by direction, shares.

Text in a lane keeps its size at any width, because only the marks are placed in per cent. Each
picture carries its numbers as words for screen readers. Lanes are never averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from evidence.charts import figures
from evidence.charts.palette import VERDICT_LOOK
from evidence.vocabulary import ComparatorClass, VerdictWord

__all__ = ["LANES", "Axis", "Lane", "Share", "comparator_strip", "percent_strip", "tally", "tick_lane",
           "verdict_strip"]  # fmt: skip

LANES = (
    ComparatorClass.SHAM,
    ComparatorClass.USUAL_CARE,
    ComparatorClass.NO_TREATMENT,
    ComparatorClass.ADD_ON,
    ComparatorClass.ACTIVE,
)
"""Comparators in the order in which they are shown; sham first."""

LANE_WORDS = {
    ComparatorClass.ADD_ON: "added to another",
    ComparatorClass.ACTIVE: "other treatment",
}
DECIDING = LANES[:3]


@dataclass(frozen=True, slots=True)
class Axis:
    """The common axis of a strip, in its unit."""

    mid: float
    unit: str

    @property
    def low(self) -> float:
        """Return the left end: one and a half least important differences below zero."""
        return -1.5 * self.mid

    @property
    def high(self) -> float:
        """Return the right end."""
        return 3.5 * self.mid

    def place(self, value: float) -> float:
        """Return where a value stands, in per cent of the width."""
        return max(0.0, min(100.0, (value - self.low) / (self.high - self.low) * 100))

    def ticks(self) -> list[float]:
        """Return the labelled places: multiples of the least important difference."""
        return [self.mid * step for step in (-1, 0, 1, 2, 3)]


@dataclass(frozen=True, slots=True)
class Lane:
    """What one comparator shows: an estimate, a count of directions, or nothing."""

    comparator: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    k: int | None = None
    n: int | None = None
    favours: int = 0
    known: int = 0
    silent: int = 0
    is_asked: bool = True
    note: str = ""

    @property
    def words(self) -> str:
        """Return the comparator as printed."""
        return LANE_WORDS.get(ComparatorClass(self.comparator), self.comparator)

    @property
    def n_studies(self) -> int:
        """Return the studies behind the estimate, or those counted and silent."""
        return int(self.k or 0) if self.estimate is not None else self.known + self.silent


def _marks(lane: Lane, axis: Axis) -> str:
    """Return the interval, its dot, and arrows where it leaves the axis."""
    if lane.estimate is None or lane.low is None or lane.high is None:
        return ""
    out = (
        f'<i class="ci" style="left:{axis.place(lane.low):.2f}%;'
        f'right:{100 - axis.place(lane.high):.2f}%"></i>'
    )
    if lane.high > axis.high:
        out += '<i class="right"></i>'
    if lane.low < axis.low:
        out += '<i class="left"></i>'
    return out + f'<i class="dot" style="left:{axis.place(lane.estimate):.2f}%"></i>'


def _ground(axis: Axis, *, is_scaled: bool) -> str:
    """Return the line of no difference and, where there is a size, the band that is too small."""
    zero = f'<i class="zero" style="left:{axis.place(0):.2f}%"></i>'
    if not is_scaled:
        return zero
    low, high = axis.place(-axis.mid), axis.place(axis.mid)
    return (
        f'<i class="zone" style="left:{low:.2f}%;right:{100 - high:.2f}%"></i>{zero}'
        f'<i class="mid" style="left:{low:.2f}%"></i><i class="mid" style="left:{high:.2f}%"></i>'
    )


def _count_words(lane: Lane) -> str:
    """Return a count of directions in words."""
    if lane.known:
        return f"{lane.favours} of {lane.known} in favour"
    return "not reported" if lane.silent else "no study found"


def _figures(lane: Lane, places: int) -> str:
    """Return the numbers at the right of a large lane."""
    k = lane.n_studies
    people = f", {figures.count(lane.n)} people" if not figures.is_missing(lane.n) else ""
    noun = "study" if k == 1 else "studies"
    studies = f"{k} {noun}{people}" if k else ""
    rest = (
        f" + {lane.silent} giving no direction" if lane.silent and lane.estimate is not None else ""
    )
    note = f"; {escape(lane.note)}" if lane.note and lane.note != noun else ""
    if lane.estimate is not None:
        main = figures.effect(lane.estimate, lane.low, lane.high, places)
        head, _, tail = main.partition(" ")
        return f"<b>{head}</b> {tail}<br><small>{studies}{note}{rest}</small>"
    if k:
        return f"no size<br><small>{studies}</small>"
    return "no study"


def _lane(lane: Lane, axis: Axis, *, is_big: bool) -> tuple[str, str]:
    """Return one lane and what it says in words."""
    places = figures.decimals(axis.unit)
    marks = _marks(lane, axis)
    said = figures.effect(lane.estimate, lane.low, lane.high, places) or _count_words(lane)
    if not marks:
        none = "" if lane.n_studies else " no"
        marks = f'<span class="dir{none}">{escape(_count_words(lane))}</span>'
    label = escape(lane.words)
    if is_big and not lane.is_asked:
        label += "<small>does not answer this claim</small>"
    numbers = _figures(lane, places) if is_big else f"<b>{lane.n_studies}</b>"
    html = (
        f'<div class="lane{"" if lane.is_asked else " off"}"><span class="ll">{label}</span>'
        f'<span class="track">{_ground(axis, is_scaled=lane.estimate is not None)}{marks}</span>'
        f'<span class="ln">{numbers}</span></div>'
    )
    return html, f"against {lane.words}: {said}, {lane.n_studies} studies"


def tick_lane(axis: Axis, cls: str = "", last: str = "") -> str:
    """Return the numbers of the axis on the same track as the lanes."""
    places = 0 if axis.mid >= 1 else 1
    labels = "".join(
        f'<span style="left:{axis.place(x):.2f}%">{figures.figure(x, places)}</span>'
        for x in axis.ticks()
    )
    return (
        f'<div class="lane ticks {cls}" aria-hidden="true"><span class="ll"></span>'
        f'<span class="track">{labels}</span><span class="ln">{escape(last)}</span></div>'
    )


def comparator_strip(lanes: Sequence[Lane], axis: Axis, *, is_big: bool = False, own_axis: bool = False) -> str:  # fmt: skip
    """Return the comparators of a claim on one axis: zero, the least difference that matters."""
    drawn = [_lane(lane, axis, is_big=is_big) for lane in lanes]
    ticks = tick_lane(axis, "" if is_big else "rowticks")
    said = "; ".join(words for _, words in drawn)
    cls = "strip big" if is_big else "strip own" if own_axis else "strip"
    unit = ""
    if own_axis and not is_big:
        unit = f'<div class="lane"><span class="ll"></span><span class="ll" style="text-align:left">{escape(axis.unit)} in favour</span></div>'
    inner = "".join(html for html, _ in drawn) + ticks + unit
    if is_big:
        return f'<div class="{cls}"><span class="vw">{escape(said)}</span>{inner}</div>'
    return f'<div class="{cls}" role="img" aria-label="{escape(said)}">{inner}</div>'


@dataclass(frozen=True, slots=True)
class Share:
    """One number found, in per cent."""

    label: str
    percent: float
    is_main: bool = False


MANY_SHARES = 100
"""Beyond this dots lie on each other, and a list of numbers is no help to anybody."""


def percent_strip(shares: Sequence[Share], claimed: float | None, label: str, of: str) -> str:
    """Return numbers found on 0 to 100 per cent, beside the claimed one."""
    dots = "".join(
        f'<i class="dot {"main" if is_main else "o"}" style="left:{place:.1f}%"></i>'
        for is_main, place in _places(shares)
    )
    mark = ""
    if claimed is not None:
        shift = (
            ""
            if 12 <= claimed <= 86
            else ";transform:translateX(-92%)"
            if claimed > 86
            else ";transform:none"
        )
        mark = (
            f'<i class="claimed" style="left:{claimed:g}%"></i>'
            f'<span class="cl" style="left:{claimed:g}%{shift}">claimed {claimed:g} %</span>'
        )
    said = _shares_said(shares)
    if claimed is not None:
        said = f"claimed {claimed:g} per cent; {said}"
    return (
        f'<div class="pct strip" role="img" aria-label="{escape(said)}"><div class="lane">'
        f'<span class="ll">{escape(label)}</span><span class="track">{mark}{dots}</span>'
        f'<span class="ln"><b>{len(shares):,}</b></span></div><div class="lane ends"><span></span>'
        f"<span><span>0</span><span>100 % {escape(of)}</span></span></div></div>"
    )


def _places(shares: Sequence[Share]) -> list[tuple[bool, float]]:
    """Return where dots stand, each place once; of very many to half a per cent."""
    step = 2 if len(shares) > MANY_SHARES else 10
    return sorted(
        {
            (share.is_main, share.percent if share.is_main else round(share.percent * step) / step)
            for share in shares
            if 0 <= share.percent <= 100
        }
    )


def _shares_said(shares: Sequence[Share]) -> str:
    """Return the numbers in words: each of them, or of very many their range and the main ones."""
    named = [share for share in shares if share.is_main or len(shares) <= MANY_SHARES]
    words = [f"{share.label} {share.percent:g} per cent" for share in named]
    if len(shares) > MANY_SHARES:
        low, high = (end(share.percent for share in shares) for end in (min, max))
        words.insert(0, f"{len(shares):,} numbers from {low:g} to {high:g} per cent")
    return "; ".join(words)


def tally(counts: Sequence[tuple[str, int, str]], caption: str = "") -> str:
    """Return directions, one square a study; "not reported" is never hidden.

    ``counts`` holds label, number and kind (``full``, ``null`` or ``nr``).
    """
    out = []
    for label, number, kind in counts:
        cls = {"null": " sq-null", "nr": " sq-nr"}.get(kind, "")
        squares = f'<i class="sq{cls}"></i>' * min(number, 40)
        out.append(
            f'<div class="trow{"" if number else " z"}"><span class="ll">{escape(label)}</span>'
            f'<span class="sqs">{squares}</span><span class="ln"><b>{number}</b></span></div>'
        )
    if caption:
        out.append(
            f'<div class="trow"><span></span><span class="ll cap0">{escape(caption)}</span></div>'
        )
    said = "; ".join(f"{number} {label}" for label, number, _ in counts)
    return f'<div class="tally strip" role="img" aria-label="{escape(said)}">{"".join(out)}</div>'


def verdict_strip(counts: Sequence[tuple[VerdictWord, int]]) -> str:
    """Return one cell a claim in the order of the verdicts; no total, no score."""
    segments = "".join(
        f'<div class="seg w-{VERDICT_LOOK[word].slug}" style="flex:{n} 1 0">{"<i></i>" * n}</div>'
        for word, n in counts
        if n
    )
    said = ", ".join(f"{n} {word}" for word, n in counts if n)
    total = sum(n for _, n in counts)
    return f'<div class="vstrip" role="img" aria-label="{total} claims: {escape(said)}">{segments}</div>'
