"""Symbols as CSS masks: sharp, tiny, and in the colour of the theme.

``st.html`` removes inline SVG, so a symbol is an empty ``<i>`` with two layers, fill and ink, each
an SVG in a data URL used as a mask. Nine silhouettes differ, so that print in grey is read.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote

from evidence.charts.palette import VERDICT_LOOK
from evidence.vocabulary import VerdictWord

__all__ = ["slug_of", "symbol_css", "symbol_data_url"]

_LINE = 'fill="none" stroke="{k}" stroke-linecap="round" stroke-linejoin="round"'
_RISE = "M10 2 16.6 9.4H13V14H7V9.4H3.4z"
_FALL = "M10 18 3.4 10.6H7V6H13V10.6H16.6z"
_APART = "M8.1 3.2V16.8L1.8 10zM11.9 3.2V16.8L18.2 10z"

# (fill layer, layer cut out of the fill, ink layer); {k} is the colour of the layer
_SHAPES: Mapping[VerdictWord, tuple[str, str, str]] = {
    VerdictWord.SUPPORTED: (
        '<circle cx="10" cy="10" r="8.3" fill="{k}"/>',
        "M6.1 10.3 9 13.2 14 7.5",
        f'<circle cx="10" cy="10" r="8.3" {_LINE} stroke-width="1.3"/>',
    ),
    VerdictWord.SUPPORTED_WITH_LIMITS: (
        '<path d="M10 2.2a7.8 7.8 0 0 0 0 15.6z" fill="{k}"/>',
        "",
        f'<circle cx="10" cy="10" r="7.9" {_LINE} stroke-width="1.7"/>'
        f'<path d="M10 2.4V17.6" {_LINE} stroke-width="1.3"/>',
    ),
    VerdictWord.OVERSTATED: (
        f'<path d="{_RISE}" fill="{{k}}"/>',
        "",
        f'<path d="{_RISE}" {_LINE} stroke-width="1.3"/><path d="M3.6 17.7H16.4" {_LINE} stroke-width="2"/>',
    ),
    VerdictWord.UNDERSTATED: (
        f'<path d="{_FALL}" fill="{{k}}"/>',
        "",
        f'<path d="{_FALL}" {_LINE} stroke-width="1.3"/><path d="M3.6 2.3H16.4" {_LINE} stroke-width="2"/>',
    ),
    VerdictWord.CONTRADICTED: (
        '<rect x="2.2" y="2.2" width="15.6" height="15.6" rx="1.6" fill="{k}"/>',
        "M6.7 6.7 13.3 13.3M13.3 6.7 6.7 13.3",
        f'<rect x="2.2" y="2.2" width="15.6" height="15.6" rx="1.6" {_LINE} stroke-width="1.3"/>',
    ),
    VerdictWord.CONFLICTING: (
        f'<path d="{_APART}" fill="{{k}}"/>',
        "",
        f'<path d="{_APART}" {_LINE} stroke-width="1.3"/>',
    ),
    VerdictWord.INSUFFICIENT: (
        "",
        "",
        f'<circle cx="10" cy="10" r="7.9" {_LINE} stroke-width="1.7" stroke-dasharray="2.2 2.7"/>'
        f'<path d="M7.8 8.2a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.9-1.1 1.7" {_LINE} stroke-width="1.9"/>'
        '<circle cx="10" cy="14.4" r="1.2" fill="{k}"/>',
    ),
    VerdictWord.NO_ELIGIBLE: (
        "",
        "",
        f'<circle cx="10" cy="10" r="7.9" {_LINE} stroke-width="1.7"/>',
    ),
    VerdictWord.NOT_TESTABLE: (
        "",
        "",
        f'<rect x="2.4" y="2.4" width="15.2" height="15.2" rx="3.6" {_LINE} stroke-width="1.7"/>'
        f'<path d="M6.5 10H13.5" {_LINE} stroke-width="2"/>',
    ),
}


def _svg(body: str, width: int = 20, height: int = 20) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{body}</svg>'
    )


def _mask(body: str, width: int = 20, height: int = 20) -> str:
    return f'url("data:image/svg+xml,{quote(_svg(body, width, height))}")'


def _fill_layer(word: VerdictWord, colour: str) -> str:
    """Return the fill of a symbol with its mark cut out."""
    fill, cut, _ = _SHAPES[word]
    if not fill:
        return ""
    body = fill.format(k=colour)
    if not cut:
        return body
    return (
        '<mask id="m"><rect width="20" height="20" fill="#fff"/>'
        f'<path d="{cut}" {_LINE.format(k="#000")} stroke-width="2.3"/></mask>'
        f'<g mask="url(#m)">{body}</g>'
    )


def slug_of(word: VerdictWord) -> str:
    """Return the short name of a verdict, as it stands in an address."""
    return VERDICT_LOOK[word].slug


def symbol_data_url(word: VerdictWord, *, is_dark: bool) -> str:
    """Return a symbol as a picture for a Streamlit label, where CSS cannot go."""
    look = VERDICT_LOOK[word]
    ink = look.dark if is_dark else look.light
    body = _fill_layer(word, look.fill) + _SHAPES[word][2].format(k=ink)
    return "data:image/svg+xml;base64," + b64encode(_svg(body).encode()).decode()


def _certainty_mask(level: int) -> str:
    """Return four circles, a plus cut out of each that is earned."""
    body = ""
    for position in range(4):
        x = 10 + position * 22
        if position < level:
            body += (
                f'<mask id="m{position}"><rect width="90" height="20" fill="#fff"/>'
                f'<path d="M{x - 5} 10h10M{x} 5v10" stroke="#000" stroke-width="2.2"/></mask>'
                f'<circle cx="{x}" cy="10" r="9" mask="url(#m{position})"/>'
            )
        else:
            body += (
                f'<circle cx="{x}" cy="10" r="8.2" fill="none" stroke="#000" stroke-width="1.5"/>'
            )
    return _mask(body, 86, 20)


def symbol_css() -> str:
    """Return the style rules of all symbols."""
    out = [
        ".vs,.ct{display:inline-block;position:relative;flex:none;vertical-align:-3px}",
        '.vs::before,.vs::after,.ct::after{content:"";position:absolute;inset:0;'
        "mask-size:100% 100%;mask-repeat:no-repeat;forced-color-adjust:none}",
    ]
    for word, look in VERDICT_LOOK.items():
        name = f".vs-{look.slug}"
        fill = _fill_layer(word, "#000")
        if fill:
            out.append(f"{name}::before{{background:{look.fill};mask-image:{_mask(fill)}}}")
        else:
            out.append(f"{name}::before{{display:none}}")
        ink = _mask(_SHAPES[word][2].format(k="#000"))
        out.append(
            f"{name}::after{{background:light-dark({look.light},{look.dark});mask-image:{ink}}}"
        )
    out += [
        f".ct{level}::after{{background:var(--ink);mask-image:{_certainty_mask(level)}}}"
        for level in range(1, 5)
    ]
    return "\n".join(out)
