"""Colours of pages and pictures, once, for light and dark ground.

Fills are Okabe and Ito's (Color Universal Design, 2008); words stand in a darker or lighter ink
of the same hue, at 4.5 to 1 or better. Data marks are ink, never a verdict's colour: a coloured
dot would pass judgement. Knows no page and no table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from evidence.vocabulary import RiskOfBias, VerdictWord

__all__ = [
    "DARK",
    "FONT",
    "LIGHT",
    "RISK_FILL",
    "RISK_LETTER",
    "VERDICT_LOOK",
    "Ground",
    "VerdictLook",
    "configured",
    "ground",
    "stacked",
]

FONT = "Source Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Ground:
    """The inks of one theme."""

    page: str
    ink: str
    second: str
    third: str
    rule: str
    rule_strong: str
    surface: str
    zone: str
    accent: str


LIGHT = Ground(
    page="#FCFCFA",
    ink="#1B1F24",
    second="#4A525C",
    third="#626B76",
    rule="#E3E2DC",
    rule_strong="#C9C8C1",
    surface="#F3F2EE",
    zone="#EFEEE8",
    accent="#00588A",
)
DARK = Ground(
    page="#14171B",
    ink="#ECEEF0",
    second="#B4BBC4",
    third="#98A1AB",
    rule="#2E343B",
    rule_strong="#48505A",
    surface="#1E2227",
    zone="#23282E",
    accent="#7CC4EE",
)


def ground(*, is_dark: bool) -> Ground:
    """Return the inks of a theme."""
    return DARK if is_dark else LIGHT


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """How one verdict looks beside its word."""

    slug: str
    fill: str
    light: str
    """Ink of the word on light ground."""
    dark: str
    """Ink of the word on dark ground."""
    line: str
    """Style of the line under a sentence in the reader."""


VERDICT_LOOK: Mapping[VerdictWord, VerdictLook] = {
    VerdictWord.SUPPORTED: VerdictLook("supported", "#009E73", "#00644A", "#4FD0AC", "solid"),
    VerdictWord.SUPPORTED_WITH_LIMITS: VerdictLook(
        "limits", "#56B4E9", "#00588A", "#7CC4EE", "solid"
    ),
    VerdictWord.OVERSTATED: VerdictLook("overstated", "#E69F00", "#7A5200", "#F2B84B", "solid"),
    VerdictWord.UNDERSTATED: VerdictLook("understated", "#F0E442", "#5F5A00", "#EDE36A", "solid"),
    VerdictWord.CONTRADICTED: VerdictLook("contradicted", "#D55E00", "#A34700", "#FF9A5C", "solid"),
    VerdictWord.CONFLICTING: VerdictLook("conflicting", "#CC79A7", "#8C3A68", "#E5A3C6", "double"),
    VerdictWord.INSUFFICIENT: VerdictLook("insufficient", "none", "#4A525C", "#B4BBC4", "dashed"),
    VerdictWord.NO_ELIGIBLE: VerdictLook("none", "none", "#4A525C", "#B4BBC4", "dotted"),
    VerdictWord.NOT_TESTABLE: VerdictLook("untestable", "none", "#4A525C", "#B4BBC4", "dotted"),
}

RISK_LETTER: Mapping[RiskOfBias, str] = {
    RiskOfBias.LOW: "+",
    RiskOfBias.SOME_CONCERNS: "!",
    RiskOfBias.HIGH: "−",
    RiskOfBias.NOT_ASSESSED: "?",
}
"""Letters that stand in a risk-of-bias mark, so that it is read without colour."""

RISK_FILL: Mapping[RiskOfBias, tuple[str, str]] = {
    RiskOfBias.LOW: ("#56B4E9", "#56B4E9"),
    RiskOfBias.SOME_CONCERNS: ("#F0E442", "#F0E442"),
    RiskOfBias.HIGH: ("#D55E00", "#D55E00"),
    RiskOfBias.NOT_ASSESSED: ("#FCFCFA", "#14171B"),
}
"""Fill of a risk-of-bias mark on light and on dark ground: blue, yellow, vermilion, none."""


class Picture(alt.LayerChart):
    """A picture of layers, whose whole is not checked against the schema at every view.

    Notes
    -----
    Its parts are checked when they are made, and tests check the whole; to check it again for
    every reader took a third of a page's time.
    """

    def to_dict(self, validate: bool = False, **options: Any) -> dict[str, Any]:
        """Return the specification, unchecked unless asked for."""
        found: dict[str, Any] = super().to_dict(validate=validate, **options)
        return found


def stacked(layers: Sequence[alt.Chart]) -> alt.LayerChart:
    """Return layers on top of each other, without those that hold no row.

    An empty layer would leave a graphic without a name for screen readers.
    """
    filled = [c for c in layers if not (isinstance(c.data, pd.DataFrame) and c.data.empty)]
    return Picture(layer=filled)


def configured(chart: alt.LayerChart, background: str = "transparent") -> alt.LayerChart:
    """Return a finished picture: its ground, its font, no box around it."""
    # The width gives way to the page; the height is the plot's own, labels come on top of it.
    fitted: alt.LayerChart = chart.properties(
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    )
    finished: alt.LayerChart = fitted.configure(
        background=background, font=FONT, view=alt.ViewConfig(stroke=None, clip=False)
    )
    return finished
