"""Pictures of a printed page as inline SVG, drawn from plain lanes without a chart library.

A printed page needs no interaction and must carry its pictures itself. Colours are those of
``charts.palette``; the table beside each picture holds the same numbers for those who cannot see
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from evidence.charts.palette import LIGHT
from evidence.export.report_pictures import Lane, Picture

__all__ = ["axis_of", "picture_svg", "place"]

WIDTH = 720.0
LEFT = 210.0
RIGHT = 190.0
LANE = 31.0
TOP = 8.0
AXIS = 40.0
TICK_STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
MAX_TICKS = 7
MINUS = "−"


def axis_of(picture: Picture) -> tuple[float, float, list[float]]:
    """Return both ends of an axis and its ticks.

    The ends hold every interval but those that reach more than four times the least difference
    that matters beyond it: these are cut, and their numbers stand beside.
    """
    span = picture.mid or 1.0
    ends = [
        end
        for lane in picture.lanes
        for end in (lane.effect, lane.ci_low, lane.ci_high)
        if end is not None
    ]
    low = max(min([-1.5 * span, *ends]), -5 * span)
    high = min(max([2.5 * span, *ends]), 7 * span)
    step = next(
        (step for step in TICK_STEPS if (high - low) / step <= MAX_TICKS), (high - low) / MAX_TICKS
    )
    first = int(low // step)
    ticks = [i * step for i in range(first, int(high // step) + 1) if low <= i * step <= high]
    return low, high, ticks


def place(value: float, low: float, high: float, start: float, end: float) -> float:
    """Return where a value stands between two places, held to them.

    >>> place(5, 0, 10, 100, 200)
    150.0
    """
    share = (value - low) / (high - low)
    return start + min(1.0, max(0.0, share)) * (end - start)


def picture_svg(picture: Picture) -> str:
    """Return a picture as an SVG element that asks for nothing from outside."""
    low, high, ticks = axis_of(picture)
    start, end = LEFT, WIDTH - RIGHT
    height = TOP + LANE * len(picture.lanes) + AXIS
    bottom = TOP + LANE * len(picture.lanes)

    def x(value: float) -> float:
        return place(value, low, high, start, end)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" role="img" '
        f'aria-label="{escape(picture.title, quote=True)}">'
    ]
    if picture.mid is not None:
        left, right = x(-picture.mid), x(picture.mid)
        parts.append(
            f'<rect x="{left:.1f}" y="{TOP:g}" width="{right - left:.1f}" '
            f'height="{bottom - TOP:g}" fill="{LIGHT.zone}"/>'
        )
    parts.append(_line(x(0), TOP, x(0), bottom, LIGHT.second, 1))
    for position, lane in enumerate(picture.lanes):
        parts += _lane(lane, TOP + LANE * (position + 0.5), low, high, start, end)
    parts += _axis(picture, ticks, bottom, start, end, [x(tick) for tick in ticks])
    parts.append("</svg>")
    return "".join(parts)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float) -> str:
    """Return a line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width:g}"/>'
    )


def _words(x: float, y: float, text: str, *, size: int = 12, more: str = "") -> str:
    """Return a text at a place; the text may be anything."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{LIGHT.ink}"{more}>'
        f"{escape(text)}</text>"
    )


def _lane(lane: Lane, y: float, low: float, high: float, start: float, end: float) -> Sequence[str]:
    """Return one line of a picture."""
    parts = [
        _words(0, y - 2, shortened(lane.label, 34), more=' font-weight="600"'),
        _words(0, y + 11, shortened(lane.below, 40), size=11),
        _words(end + 14, y + 4, lane.text),
    ]
    if lane.ci_low is None or lane.ci_high is None:
        return parts
    left, right = (place(v, low, high, start, end) for v in (lane.ci_low, lane.ci_high))
    if lane.kind == "estimate" and lane.effect is not None:
        middle = place(lane.effect, low, high, start, end)
        corners = f"{left:.1f},{y:.1f} {middle:.1f},{y - 8:.1f} {right:.1f},{y:.1f} {middle:.1f},{y + 8:.1f}"
        return [*parts, f'<polygon points="{corners}" fill="{LIGHT.accent}"/>']
    is_prediction = lane.kind == "prediction"
    colour = LIGHT.accent if is_prediction else LIGHT.ink
    parts.append(_line(left, y, right, y, colour, 4 if is_prediction else 2))
    for value, edge, turn in ((lane.ci_low, left, -1), (lane.ci_high, right, 1)):
        if value < low or value > high:
            parts.append(
                f'<path d="M{edge + 6 * turn:.1f} {y:.1f}l{-7 * turn} -4v8z" fill="{colour}"/>'
            )
    if lane.effect is not None:
        middle = place(lane.effect, low, high, start, end)
        parts.append(f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="5" fill="{LIGHT.ink}"/>')
    return parts


def _axis(
    picture: Picture,
    ticks: Sequence[float],
    bottom: float,
    start: float,
    end: float,
    places: Sequence[float],
) -> Sequence[str]:
    """Return the axis with its numbers and what it counts."""
    parts = [_line(start, bottom, end, bottom, LIGHT.second, 1)]
    crowded = any(b - a < 30 for a, b in pairwise(places))
    for position, (tick, at) in enumerate(zip(ticks, places, strict=True)):
        parts.append(_line(at, bottom, at, bottom + 4, LIGHT.second, 1))
        if not crowded or position % 2 == 0:
            text = f"{tick:g}".replace("-", MINUS)
            parts.append(_words(at, bottom + 16, text, size=11, more=' text-anchor="middle"'))
    title = f"{picture.unit} in favour; band: too small to matter"
    middle = (start + end) / 2
    parts.append(_words(middle, bottom + 32, title, size=11, more=' text-anchor="middle"'))
    return parts


def shortened(text: str, length: int) -> str:
    """Return a text that fits, with an ellipsis where it was cut."""
    return text if len(text) <= length else text[: length - 1] + "…"
