"""The printable report as PDF: the same words and numbers as the HTML, the same bytes each time.

ReportLab brings the one font that it embeds (Bitstream Vera). What that font cannot show is put
into letters that it has, else a question mark: never an empty box, and never a crash.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from typing import Any

from evidence.charts.palette import LIGHT, VERDICT_LOOK
from evidence.export.drawing import axis_of, place, shortened
from evidence.export.report_model import NOT_ADVICE, ClaimPage, Report
from evidence.export.report_pictures import Lane, Picture
from evidence.vocabulary import VerdictWord

__all__ = ["report_pdf"]

OVERVIEW = ("Claim", "Words", "In our words", "Verdict", "Certainty")
FONT, BOLD = "Vera", "VeraBd"
MARGIN = 48.0
FRAME_PADDING = 6.0
WIDTH = 595.28 - 2 * MARGIN - 2 * FRAME_PADDING
LEFT, RIGHT, LANE, AXIS = 150.0, 110.0, 22.0, 30.0
TITLE_HEIGHT = 30.0
TITLED = 80.0
IN_LETTERS = {
    "τ": "tau",
    "→": "->",
    "←": "<-",
    "χ": "chi",
    "β": "beta",
    "α": "alpha",
    "\u2028": " ",
}


def report_pdf(report: Report) -> bytes:
    """Return all claims of a report as PDF."""
    from reportlab.platypus import SimpleDocTemplate

    styles = _styles()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=(595.28, 841.89),
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=shown(report.title),
        author="Evidence tracker",
        subject=shown(report.citation),
        lang="en",
        invariant=1,
    )
    story = _front(report, styles)
    for page in report.claims:
        story += _claim(page, styles)
    story += [_text(f"Cite as: {report.citation}", styles["quiet"])]
    footer = _footer(report)
    document.build(story, onFirstPage=footer, onLaterPages=footer)
    return buffer.getvalue()


@cache
def _glyphs() -> frozenset[int]:
    """Return what the font can show, and make it known to ReportLab."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    regular = TTFont(FONT, "Vera.ttf")
    pdfmetrics.registerFont(regular)
    pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))
    return frozenset(regular.face.charToGlyph)


def shown(text: str) -> str:
    """Return a text in characters that the font has.

    >>> shown("τ² of Erdős → 中")
    'tau² of Erdos -> ?'
    """
    return "".join(_letter(character) for character in " ".join(text.split()))


def _letter(character: str) -> str:
    """Return one character as the font can show it."""
    known = _glyphs()
    if ord(character) in known and character.isprintable():
        return character
    if character in IN_LETTERS:
        return IN_LETTERS[character]
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if ord(c) in known)
    return plain or ("?" if character.isprintable() else "")


def _styles() -> dict[str, Any]:
    """Return the styles of the page's texts."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    _glyphs()

    def style(name: str, size: float, **more: Any) -> Any:  # noqa: ANN401 - ReportLab's own
        settings = {
            "fontName": FONT,
            "fontSize": size,
            "leading": size * 1.35,
            "textColor": HexColor(LIGHT.ink),
            "splitLongWords": 1,
            **more,
        }
        return ParagraphStyle(name, **settings)

    return {
        "title": style("title", 18, fontName=BOLD, spaceAfter=6),
        "h2": style("h2", 13, fontName=BOLD, spaceAfter=3),
        "h3": style("h3", 9.5, fontName=BOLD, spaceBefore=9, spaceAfter=3),
        "quote": style("quote", 11, leftIndent=10, spaceBefore=2, spaceAfter=4),
        "text": style("text", 9.5, spaceAfter=4),
        "quiet": style("quiet", 8, textColor=HexColor(LIGHT.second), spaceAfter=4),
        "cell": style("cell", 7.5),
        "head": style("head", 7.5, fontName=BOLD),
        "advice": style("advice", 9, spaceBefore=10, spaceAfter=10, borderPadding=6,
                        backColor=HexColor(LIGHT.surface)),
    }  # fmt: skip


def _text(text: str, style: Any) -> Any:  # noqa: ANN401 - ReportLab's own
    """Return a paragraph of a text that may be anything."""
    from reportlab.platypus import Paragraph

    return Paragraph(escape(shown(text), quote=False), style)


def _linked(text: str, address: str | None, style: Any) -> Any:  # noqa: ANN401
    """Return a paragraph that is a link where it has an address."""
    from reportlab.platypus import Paragraph

    if address is None:
        return _text(text, style)
    target = escape(address, quote=True)
    words = escape(shown(text), quote=False)
    return Paragraph(f'<a href="{target}" color="{LIGHT.accent}">{words}</a>', style)


def _front(report: Report, styles: dict[str, Any]) -> list[Any]:
    """Return the first page: what this is, its limits, all verdicts."""
    rows = [
        (page.label, page.quote, page.statement, page.verdict, page.certainty or "")
        for page in report.claims
    ]
    return [
        _text(report.title, styles["title"]),
        _text(
            f"Evidence as of {report.as_of}. {len(report.claims)} claims. Snapshot {report.version}.",
            styles["quiet"],
        ),
        _text(NOT_ADVICE, styles["advice"]),
        *_list(report.limits, styles),
        *_table("All claims", OVERVIEW, rows, (1, 5, 5, 3, 1.8), styles),
    ]


def _claim(page: ClaimPage, styles: dict[str, Any]) -> list[Any]:
    """Return one claim, on a page of its own."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import CondPageBreak, PageBreak, Paragraph

    ink = HexColor(VERDICT_LOOK[VerdictWord(page.verdict)].light)
    verdict = ParagraphStyle("verdict", parent=styles["h2"], textColor=ink, spaceBefore=4)
    certainty = f" · Certainty: {page.certainty}" if page.certainty else ""
    story = [
        PageBreak(),
        Paragraph(escape(shown(f"{page.label} · {page.kind}"), quote=False), styles["h2"]),
        _text(page.quote, styles["quote"]),
        *([_text(page.statement, styles["text"])] if page.statement != page.quote else []),
        _linked(page.document_title, page.document_link, styles["quiet"]),
        _text(page.verdict + certainty, verdict),
        _text(page.sentence, styles["text"]),
        *_picture(page.strip, styles),
        *_table("Asserted and found", ("Element", "Asserted", "Found", "Match"), page.asserted,
                (2, 5, 5, 2), styles),
        *_picture(page.forest, styles),
        *_table(f"Certainty: {page.certainty_of or ''}".rstrip(": "), ("Domain", "Rating", "Reason"),
                page.certainty_rows, (2, 2, 7), styles),
        *_studies(page, styles),
    ]  # fmt: skip
    for title, lines in (
        ("Why this verdict", page.why),
        ("What would change it", page.would_change),
        ("Limits", page.limits),
    ):
        if lines:
            story += [CondPageBreak(TITLED), _text(title, styles["h3"]), *_list(lines, styles)]
    return story


def _list(lines: Iterable[str], styles: dict[str, Any]) -> list[Any]:
    """Return lines as a list."""
    return [_text(f"· {line}", styles["text"]) for line in lines]


def _studies(page: ClaimPage, styles: dict[str, Any]) -> list[Any]:
    """Return the table of studies."""
    rows = [
        (
            study.label,
            study.design,
            study.people,
            study.compared_with,
            study.result,
            study.risk_of_bias,
            _linked(study.source, study.link, styles["cell"]),
        )
        for study in page.studies
    ]
    names = ("Study", "Design", "People", "Compared with", "Result", "Risk of bias", "Source")
    title = f"Studies ({len(rows)} rows)"
    return _table(title, names, rows, (3, 2.4, 1.5, 2, 4, 2, 3.5), styles)


def _table(
    title: str,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    shares: Sequence[float],
    styles: dict[str, Any],
) -> list[Any]:
    """Return a titled table whose header comes again on each page; nothing where it has no rows."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import CondPageBreak, LongTable, TableStyle

    if not rows:
        return []
    cells = [[_text(name, styles["head"]) for name in names]]
    for row in rows:
        printed = [_text(c, styles["cell"]) if isinstance(c, str) else c for c in row]
        cells.append([cell for cell, _, _ in zip(printed, names, shares, strict=True)])
    total = sum(shares)
    table = LongTable(
        cells, colWidths=[WIDTH * share / total for share in shares], repeatRows=1, splitInRow=1
    )
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 5),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(LIGHT.rule_strong)),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, HexColor(LIGHT.second)),
            ]
        )
    )
    return [CondPageBreak(TITLED), _text(title, styles["h3"]), table]


def _picture(picture: Picture | None, styles: dict[str, Any]) -> list[Any]:
    """Return a picture with its title, cut into several where a page cannot hold it."""
    if picture is None:
        return []
    from reportlab.platypus import CondPageBreak

    story: list[Any] = []
    per_page = 26
    for start in range(0, len(picture.lanes), per_page):
        title = picture.title if start == 0 else f"{picture.title} (continued)"
        lanes = picture.lanes[start : start + per_page]
        story += [
            CondPageBreak(TITLE_HEIGHT + AXIS + LANE * len(lanes)),
            _text(title, styles["h3"]),
            _drawing(picture, lanes),
        ]
    return story


def _drawing(picture: Picture, lanes: Sequence[Lane]) -> Any:  # noqa: ANN401 - ReportLab's own
    """Return lanes on the picture's axis."""
    from reportlab.graphics.shapes import Drawing, Line, Rect, String
    from reportlab.lib.colors import HexColor

    low, high, ticks = axis_of(picture)
    start, end = LEFT, WIDTH - RIGHT
    drawing = Drawing(WIDTH, LANE * len(lanes) + AXIS)
    ink, second = HexColor(LIGHT.ink), HexColor(LIGHT.second)
    top = AXIS + LANE * len(lanes)

    def x(value: float) -> float:
        return place(value, low, high, start, end)

    if picture.mid is not None:
        left = x(-picture.mid)
        band = Rect(left, AXIS, x(picture.mid) - left, top - AXIS)
        band.fillColor, band.strokeColor = HexColor(LIGHT.zone), None
        drawing.add(band)
    drawing.add(Line(x(0), AXIS, x(0), top, strokeColor=second, strokeWidth=0.6))
    for position, lane in enumerate(lanes):
        for shape in _lane(lane, top - LANE * (position + 0.5), x, end):
            drawing.add(shape)
        for shape in _arrows(lane, top - LANE * (position + 0.5), x, (low, high)):
            drawing.add(shape)
    drawing.add(Line(start, AXIS, end, AXIS, strokeColor=second, strokeWidth=0.6))
    for tick in ticks:
        words = f"{tick:g}".replace("-", "−")
        drawing.add(String(x(tick), AXIS - 10, words, fontName=FONT, fontSize=7, fillColor=ink, textAnchor="middle"))  # fmt: skip
    title = shown(f"{picture.unit} in favour; band: too small to matter")
    drawing.add(String((start + end) / 2, AXIS - 22, title, fontName=FONT, fontSize=7, fillColor=ink, textAnchor="middle"))  # fmt: skip
    return drawing


def _lane(lane: Lane, y: float, x: Callable[[float], float], end: float) -> Iterable[Any]:
    """Yield the shapes of one line."""
    from reportlab.graphics.shapes import Circle, Line, Polygon, String
    from reportlab.lib.colors import HexColor

    ink, accent = HexColor(LIGHT.ink), HexColor(LIGHT.accent)
    for words, font, size, dx, dy in (
        (shortened(shown(lane.label), 28), BOLD, 7.5, 0.0, 1.5),
        (shortened(shown(lane.below), 34), FONT, 6.5, 0.0, -6.5),
        (shown(lane.text), FONT, 7.5, end + 8, -2.5),
    ):
        yield String(dx, y + dy, words, fontName=font, fontSize=size, fillColor=ink)
    if lane.ci_low is None or lane.ci_high is None:
        return
    left, right = x(lane.ci_low), x(lane.ci_high)
    if lane.kind == "estimate" and lane.effect is not None:
        middle = x(lane.effect)
        corners = [left, y, middle, y + 5, right, y, middle, y - 5]
        yield Polygon(corners, fillColor=accent, strokeColor=None)
        return
    is_prediction = lane.kind == "prediction"
    colour = accent if is_prediction else ink
    yield Line(left, y, right, y, strokeColor=colour, strokeWidth=3 if is_prediction else 1.2)
    if lane.effect is not None:
        yield Circle(x(lane.effect), y, 3, fillColor=ink, strokeColor=None)


def _arrows(
    lane: Lane, y: float, x: Callable[[float], float], ends: tuple[float, float]
) -> Iterable[Any]:
    """Yield arrows where an interval leaves the axis; its numbers stand beside."""
    from reportlab.graphics.shapes import Polygon
    from reportlab.lib.colors import HexColor

    low, high = ends
    for limit, turn in ((lane.ci_low, -1), (lane.ci_high, 1)):
        if limit is not None and not low <= limit <= high:
            edge = x(limit)
            tip = [edge + 4 * turn, y, edge - turn, y + 2.6, edge - turn, y - 2.6]
            yield Polygon(tip, fillColor=HexColor(LIGHT.ink), strokeColor=None)


def _footer(report: Report) -> Callable[[Any, Any], None]:
    """Return what draws the line at the foot of each page."""

    def draw(canvas: Any, document: Any) -> None:  # noqa: ANN401 - ReportLab's own
        canvas.saveState()
        canvas.setFont(FONT, 7)
        canvas.drawString(MARGIN, 26, shown(f"Not medical advice. Evidence as of {report.as_of}, {report.version}"))  # fmt: skip
        canvas.drawRightString(MARGIN + WIDTH, 26, str(document.page))
        canvas.restoreState()

    return draw
