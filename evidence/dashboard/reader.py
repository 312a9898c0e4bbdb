"""What the source reader shows: the document as it reads, each claim marked where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import VERDICT_LOOK
from evidence.dashboard import board, marks, reading
from evidence.dashboard.navigation import address
from evidence.dashboard.reading import ClaimRow
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import ClaimKind, NonClaimReason

__all__ = ["Span", "coverage", "document_html", "spans_of"]

REASON_WORDS = {
    NonClaimReason.HEADING: ("heading", "headings"),
    NonClaimReason.LEAD_IN: ("lead-in", "lead-ins"),
    NonClaimReason.ADVERTISEMENT: ("advertisement", "advertisements"),
    NonClaimReason.DEFINITION: ("definition", "definitions"),
    NonClaimReason.ADVICE: ("advice to the reader", "pieces of advice"),
    NonClaimReason.HEDGE: ("hedge without content", "hedges without content"),
}

Span = tuple[int, int, list[ClaimRow]]
"""First character, one past the last, and the claims whose quote stands there."""


def spans_of(rows: Sequence[ClaimRow]) -> list[Span]:
    """Return the marked spans of a document, claims of the same quote together, none overlapping.

    Where quotes overlap, the later one begins where the earlier one ends.
    """
    groups: dict[tuple[int, int], list[ClaimRow]] = {}
    for row in rows:
        start, end = row.get("char_start"), row.get("char_end")
        if start is not None and end is not None:
            groups.setdefault((int(start), int(end)), []).append(row)
    out: list[Span] = []
    for (start, end), claims in sorted(groups.items(), key=lambda g: g[0]):
        begin = max(start, out[-1][1]) if out else start
        if begin < end:
            out.append((begin, end, claims))
        else:
            out[-1][2].extend(claims)
    return out


def coverage(sentences: pd.DataFrame) -> str:
    """Return how much of a document was read: claims, no claims, unread; 100 % together."""
    status = sentences["status"].value_counts()
    n = {name: int(status.get(name, 0)) for name in ("claim", "non_claim", "unread")}
    total = len(sentences)
    counted = sentences["nonclaim_reason"].dropna().value_counts()
    why = ", ".join(
        f"{counted[str(reason)]} {words[0] if counted[str(reason)] == 1 else words[1]}"
        for reason, words in REASON_WORDS.items()
        if str(reason) in counted
    )
    read = total - n["unread"]
    share = f"{read} of {total} read" if n["unread"] else "all read, 100 %"
    bars = "".join(
        f'<i class="c-{cls}" style="flex:{n[name]} 1 0"></i>'
        for name, cls in (("claim", "claim"), ("non_claim", "non"), ("unread", "unread"))
        if n[name]
    )
    why_words = f" ({escape(why)})" if why else ""
    return (
        f'<div class="cov" role="img" aria-label="{total} sentences: {n["claim"]} hold a claim, '
        f'{n["non_claim"]} hold none, {n["unread"]} unread">{bars}</div><div class="covl">'
        f'<span><i style="background:var(--ink)"></i><b>{n["claim"]}</b> of {total} sentences hold a claim</span>'
        f'<span><i style="box-shadow:inset 0 0 0 1px var(--ink3)"></i><b>{n["non_claim"]}</b> hold none{why_words}</span>'
        f'<span><i style="background:#D55E00"></i><b>{n["unread"]}</b> unread: {share}</span></div>'
    )


def _card(snapshot: Snapshot, claims: Sequence[ClaimRow]) -> str:
    """Return the card that opens on hover, focus or tap: answer, picture, link."""
    parts = []
    for row in claims:
        facts = ""
        if row.kind is not ClaimKind.UNTESTABLE:
            facts = (
                f'<span class="cr">{marks.certainty(row.get("certainty"))}'
                f"<span>{board.evidence_words(row)}</span></span>"
            )
        picture = _inline(board.small_picture(snapshot, row))
        parts.append(
            f"{marks.verdict(row.verdict, 20)}"
            f'<span class="cs">{escape(row.label)} {escape(str(row["statement"]))}</span>{picture}{facts}'
            f'<span class="cr"><a href="{address("claim", claim=row.claim_id)}" target="_self">'
            f"Open {escape(row.label)}: studies and reasons</a></span>"
        )
    return f'<span class="card">{"<span class=sep></span>".join(parts)}</span>'


def _inline(html: str) -> str:
    """Return a picture as spans, so that it may stand inside a sentence."""
    return html.replace("<div", '<span data-b=""').replace("</div>", "</span>")


def _mark(snapshot: Snapshot, text: str, claims: Sequence[ClaimRow], *, with_card: bool) -> str:
    """Return marked words: symbol, line under them, and the card."""
    look = VERDICT_LOOK[claims[0].verdict]
    symbols = "".join(
        marks.symbol(word, 16) for word in dict.fromkeys(row.verdict for row in claims)
    )
    said = "; ".join(f"{row.label} {row.verdict}" for row in claims)
    first, gap, rest = text.partition(" ")
    card = _card(snapshot, claims) if with_card else ""
    return (
        f'<span class="cm w-{look.slug}" tabindex="0"><span class="nb">{symbols}'
        f'<span class="vw">{escape(said)}: </span>{escape(first, quote=False)}</span>'
        f"{gap}{escape(rest, quote=False)}{card}</span>"
    )


def _sentence(snapshot: Snapshot, sentence: Mapping[str, Any], spans: Sequence[Span]) -> tuple[str, list[ClaimRow]]:  # fmt: skip
    """Return a sentence as HTML, and the claims that begin in it."""
    text, offset = str(sentence["text"]), int(sentence["char_start"])
    out, at, begun = "", 0, []
    for start, end, claims in spans:
        a, b = max(0, start - offset), min(len(text), end - offset)
        if b <= a or a < at:
            continue
        begins_here = start >= offset
        out += escape(text[at:a], quote=False)
        out += _mark(snapshot, text[a:b], claims, with_card=begins_here)
        begun += claims if begins_here else []
        at = b
    rest = escape(text[at:], quote=False)
    if sentence["status"] == "unread":
        rest = f'<span class="un" title="not read yet">{rest}</span>'
    elif not at:
        rest = f'<span class="nc">{rest}</span>'
    return out + rest, begun


def _margin(claims: Sequence[ClaimRow]) -> str:
    """Return the verdicts of a block beside it."""
    return "".join(
        f'<div>{marks.symbol(row.verdict, 15)}<a href="{address("claim", claim=row.claim_id)}" '
        f'target="_self">{escape(row.label)}</a><span class="vwrd">{escape(str(row.verdict))}</span>'
        f"<span>{marks.certainty(row.get('certainty'), 11) if row.get('certainty') else ''}</span></div>"
        for row in claims
    )


def _blocks(sentences: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """Return the sentences block by block: paragraphs, headings, list items."""
    records = figures.records(sentences.sort_values("char_start"))
    out: list[list[dict[str, Any]]] = []
    last: Any = None
    for record in records:
        block = record["paragraph"]
        is_known = not figures.is_missing(block)
        gap = int(record["char_start"]) - int(out[-1][-1]["char_end"]) if out else 9
        is_new = block != last if is_known else gap > 1
        if not is_known:
            is_heading = record["nonclaim_reason"] == str(NonClaimReason.HEADING)
            record["block"] = "heading" if is_heading else "list item" if 2 < gap < 9 else "paragraph"  # fmt: skip
        if is_new or not out:
            out.append([record])
        else:
            out[-1].append(record)
        last = block
    return out


def document_html(snapshot: Snapshot, sentences: pd.DataFrame, spans: Sequence[Span], title: str) -> str:  # fmt: skip
    """Return the document as it reads, with its claims marked and listed beside it."""
    out = []
    for position, block in enumerate(_blocks(sentences)):
        kind = str(block[0]["block"])
        if position == 0 and str(block[0]["text"]).strip() == title.strip():
            continue  # the page's title already says it
        parts, begun = [], []
        for sentence in block:
            html, claims = _sentence(snapshot, sentence, spans)
            parts.append(html)
            begun += claims
        text = " ".join(parts)
        cls = {"heading": "heading", "list item": "list"}.get(kind, "para")
        if cls == "heading":
            text = f"<h2>{text}</h2>"
        out.append(
            f'<div class="blk {cls}"><div class="tx">{text}</div>'
            f'<div class="mn">{_margin(begun)}</div></div>'
        )
    return f'<div class="doc">{"".join(out)}</div>'


def in_view(rows: Sequence[ClaimRow], document: str, picked: str) -> list[ClaimRow]:
    """Return the claims of a document in a review state."""
    return [row for row in reading.in_state(rows, picked) if row["document_id"] == document]
