"""The printable report as HTML that stands alone: no script, no request, no unescaped text.

A content security policy forbids everything but the page's own style, by its hash, so that even a
text that slipped through could do nothing.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from evidence.charts.palette import LIGHT, VERDICT_LOOK
from evidence.export.contents import Contents
from evidence.export.drawing import picture_svg
from evidence.export.report_model import (
    NOT_ADVICE,
    ClaimPage,
    Report,
    StudyLine,
    read_report,
)
from evidence.export.report_pictures import Picture
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import VerdictWord

__all__ = ["claim_summary_html", "read_report", "report_html"]

STYLE = (
    """
*{box-sizing:border-box}
body{margin:0 auto;max-width:46rem;padding:1.5em;background:#fff;color:INK;
font:15px/1.5 "Source Sans 3","Source Sans Pro",system-ui,-apple-system,"Segoe UI",sans-serif}
h1 .quiet{font-weight:400;font-size:.6em}
h1{font-size:1.7em;line-height:1.2;margin:0 0 .3em}
h2{font-size:1.25em;line-height:1.3;margin:0 0 .5em}
h3{font-size:1em;margin:1.3em 0 .3em}
p{margin:.4em 0}
a{color:ACCENT}
blockquote{margin:.2em 0 .6em;padding-left:.9em;border-left:3px solid RULE;font-size:1.15em}
.quiet{color:SECOND;font-size:.9em}
.verdict{display:inline-block;padding:.15em .7em;border:2px solid;border-radius:3px;
font-weight:700;font-size:1.1em}
.sentence{font-size:1.05em}
article{break-before:page;border-top:1px solid RULE;padding-top:1.5em;margin-top:2.5em}
article.only{border:0;padding:0;margin:0;break-before:auto}
figure{margin:.6em 0;break-inside:avoid}
figcaption{font-weight:600;margin-bottom:.3em}
svg{width:100%;height:auto;display:block;font-family:inherit}
table{border-collapse:collapse;width:100%;font-size:.85em;margin:.4em 0}
caption{text-align:left;font-weight:600;padding:.3em 0}
th,td{text-align:left;vertical-align:top;padding:.3em .6em .3em 0;border-bottom:1px solid RULE;
overflow-wrap:break-word}
th{border-bottom-color:SECOND}
td:first-child{min-width:5.5em}
.source{overflow-wrap:anywhere;min-width:7em}
tr{break-inside:avoid}
thead{display:table-header-group}
ul{margin:.3em 0;padding-left:1.2em}
.advice{border:1px solid RULE;padding:.6em .9em;margin:1em 0;background:SURFACE}
footer{margin-top:1.5em;border-top:1px solid RULE;padding-top:.6em}
.wide{overflow-x:auto}
VERDICTS
@page{size:A4;margin:16mm}
@media print{body{max-width:none;padding:0;font-size:10.5pt}a{color:inherit}
@page short{margin:9mm}.short{page:short;font-size:8.5pt;line-height:1.3}.short ul{columns:2}.short td:nth-child(2){white-space:nowrap}.short svg{max-width:112mm;max-height:82mm}
.short p{margin:.25em 0}.short h2{margin:.35em 0 .2em}.short figure{margin:.3em 0}.short .advice{margin:.4em 0;padding:.25em .7em}.short footer{margin-top:.4em;padding-top:.3em}
.short td,.short th{padding:.1em .5em .1em 0}.short blockquote{font-size:1.1em}.verdict,.advice{print-color-adjust:exact}}
""".replace("INK", LIGHT.ink)
    .replace("SECOND", LIGHT.second)
    .replace("RULE", LIGHT.rule_strong)
    .replace("ACCENT", LIGHT.accent)
    .replace("SURFACE", LIGHT.surface)
    .replace(
        "VERDICTS",
        "\n".join(
            f".v-{look.slug}{{color:{look.light};border-color:{look.light};border-style:{look.line}}}"
            for look in VERDICT_LOOK.values()
        ),
    )
)
SHORT = 10
SOURCE = ' class="source"'
STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def report_html(report: Report) -> str:
    """Return all claims as one page for print."""
    body = [
        f"<h1>{escape(report.title)}</h1>",
        f'<p class="quiet">Evidence as of {escape(report.as_of)}. '
        f"{len(report.claims)} claims. Snapshot {escape(report.version)}.</p>",
        f'<p class="advice">{escape(NOT_ADVICE)}</p>',
        _list(report.limits),
        _overview(report.claims),
        *(_article(page, level=2) for page in report.claims),
        _footer(report),
    ]
    return _document(report.title, body)


def claim_summary_html(snapshot: Snapshot, claim_id: str) -> str:
    """Return one claim as a page for print: verdict, strip, studies, certainty, limits, citation.

    Raises
    ------
    UsageError
        There is no such claim.
    """
    report = read_report(Contents(snapshot, [claim_id]))
    body = [
        f'<p class="quiet">Evidence as of {escape(report.as_of)}.</p>',
        *(_article(page, level=1, is_short=True) for page in report.claims),
        f'<p class="advice">{escape(NOT_ADVICE)}</p>',
        _list(report.limits),
        _footer(report),
    ]
    title = report.claims[0].quote if report.claims else claim_id
    return _document(title, body, is_short=True)


def _document(title: str, body: Iterable[str], *, is_short: bool = False) -> str:
    """Return a whole page."""
    parts = "\n".join(part for part in body if part)
    short = ' class="short"' if is_short else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=False)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main{short}>\n{parts}\n</main>\n</body>\n</html>\n"
    )


def _overview(pages: Sequence[ClaimPage]) -> str:
    """Return all verdicts in one table."""
    names = ("Claim", "Words", "In our words", "Verdict", "Certainty")
    lines = []
    for page in pages:
        target = _quoted(f"#{_anchor(page)}")
        cells = (page.quote, page.statement, page.verdict, page.certainty or "")
        lines.append(
            f"<tr><td><a href={target}>{escape(page.label or page.claim_id)}</a></td>"
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
        )
    return _framed("All claims", names, lines) if lines else ""


def _anchor(page: ClaimPage) -> str:
    """Return the id of a claim's part of the page."""
    return f"claim-{page.claim_id}"


def _article(page: ClaimPage, level: int, *, is_short: bool = False) -> str:
    """Return one claim; a short one has no reasons, and lists studies only where none is drawn."""
    below = level + 1
    only = ' class="only"' if level == 1 else ""
    parts = [
        f"<article{only} id={_quoted(_anchor(page))}>",
        f'<h{level}>{escape(page.label)} <span class="quiet">{escape(page.kind)}</span></h{level}>',
        f"<blockquote>{escape(page.quote)}</blockquote>",
        f"<p>{escape(page.statement)}</p>" if page.statement != page.quote else "",
        f'<p class="quiet">{_linked(page.document_title, page.document_link)}</p>',
        f'<p><span class="verdict v-{_slug(page.verdict)}">{escape(page.verdict)}</span>'
        + (f" &nbsp;Certainty: <strong>{escape(page.certainty)}</strong>" if page.certainty else "")
        + "</p>",
        f'<p class="sentence">{escape(page.sentence)}</p>',
        _picture(page.strip),
        "" if is_short else _asserted(page),
        _picture(page.forest),
        _certainty(page),
        _shortened(page) if is_short else _studies(page.studies),
        "" if is_short else _section("Why this verdict", page.why, below),
        "" if is_short else _section("What would change it", page.would_change, below),
        _section("Limits", page.limits, below),
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _slug(verdict: str) -> str:
    """Return the style of a verdict."""
    return VERDICT_LOOK[VerdictWord(verdict)].slug


def _quoted(text: str) -> str:
    """Return a text as the value of an attribute."""
    return f'"{escape(text, quote=True)}"'


def _linked(text: str, address: str | None) -> str:
    """Return a text with its link, where it has one that may be followed."""
    if address is None:
        return escape(text)
    return f'<a href={_quoted(address)} rel="noreferrer">{escape(text)}</a>'


def _picture(picture: Picture | None) -> str:
    """Return a picture with its title."""
    if picture is None:
        return ""
    title = escape(picture.title)
    return f"<figure><figcaption>{title}</figcaption>{picture_svg(picture)}</figure>"


def _asserted(page: ClaimPage) -> str:
    """Return the claim's elements beside what was found."""
    return _table("Asserted and found", ("Element", "Asserted", "Found", "Match"), page.asserted)


def _certainty(page: ClaimPage) -> str:
    """Return the certainty by domain."""
    if not page.certainty_rows:
        return ""
    caption = f"Certainty: {page.certainty_of}" if page.certainty_of else "Certainty"
    return _table(caption, ("Domain", "Rating", "Reason"), page.certainty_rows)


def _studies(studies: Sequence[StudyLine]) -> str:
    """Return the table of studies, without a column that none fills."""
    if not studies:
        return ""
    names = ["Study", "Design", "People", "Compared with", "Result", "Risk of bias", "Source"]
    cells = [
        [
            escape(study.label),
            escape(study.design),
            escape(study.people),
            escape(study.compared_with),
            escape(study.result),
            escape(study.risk_of_bias),
            _linked(study.source, study.link),
        ]
        for study in studies
    ]
    filled = [at for at in range(len(names)) if any(row[at] for row in cells)]
    rows = [
        "<tr>"
        + "".join(f"<td{SOURCE if at == len(names) - 1 else ''}>{row[at]}</td>" for at in filled)
        + "</tr>"
        for row in cells
    ]
    return _framed(f"Studies ({len(studies)} rows)", [names[at] for at in filled], rows)


def _shortened(page: ClaimPage) -> str:
    """Return the first studies, none where the forest plot shows them, and where the others are."""
    shown = () if page.forest is not None else page.studies[:SHORT]
    left = len(page.studies) - len(shown)
    more = f"{left} more rows of studies stand in the full report." if left and shown else ""
    return _studies(shown) + (f'<p class="quiet">{more}</p>' if more else "")


def _table(caption: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of texts, "" where it has no rows."""
    if not rows:
        return ""
    lines = ["<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows]
    return _framed(caption, names, lines)


def _framed(caption: str, names: Sequence[str], lines: Iterable[str]) -> str:
    """Return a table around rows that are escaped already."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _section(title: str, lines: Sequence[str], level: int) -> str:
    """Return a heading with a list, "" where there is nothing to list."""
    return f"<h{level}>{escape(title)}</h{level}>{_list(lines)}" if lines else ""


def _list(lines: Sequence[str]) -> str:
    """Return a list of texts."""
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>" if lines else ""


def _footer(report: Report) -> str:
    """Return how to cite, and when it was built."""
    return (
        f'<footer class="quiet"><p>Cite as: {escape(report.citation)}</p>'
        f"<p>Built {escape(report.built_at)}.</p></footer>"
    )
