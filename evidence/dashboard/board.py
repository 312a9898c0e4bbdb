"""What the claim board shows: its summary, its filters, and a row a claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st
from rapidfuzz import fuzz

from evidence.charts import figures, harvest
from evidence.dashboard import components, glossary, marks, reading, state, strips, symbols
from evidence.dashboard.reading import ClaimRow
from evidence.pipeline.result_index import folded
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import ClaimKind, Direction, VerdictWord

__all__ = [
    "STRENGTH",
    "beside_html",
    "conditions",
    "flags",
    "head",
    "key",
    "pick_verdicts",
    "plain_label",
    "row_html",
    "select",
    "small_picture",
    "summary",
]

STRENGTH = {
    1: "a possible effect",
    2: "an effect",
    3: "a large effect",
    4: "a cure",
}
POINTS = strips.Axis(10.0, "points of 100")
MOST_LETTERS = 22
SIMILAR = 82
"""Likeness from which a mistyped word still finds a claim, of 100."""

ASSERTED = {
    ClaimKind.SAFETY: "safety",
    ClaimKind.MECHANISM: "a mechanism",
    ClaimKind.DOCTRINE: "a doctrine",
    ClaimKind.UNTESTABLE: "praise",
    ClaimKind.RISK_FACTOR: "an association",
    ClaimKind.UTILIZATION: "a fact about use",
    ClaimKind.PREVALENCE: "a fact about frequency",
    ClaimKind.EFFICACY: "an effect",
}
LACKING = (VerdictWord.INSUFFICIENT, VerdictWord.NO_ELIGIBLE)


def plain_label(words: str) -> str:
    r"""Return words that Streamlit will not read as Markdown.

    >>> plain_label("a *b* [c]")
    'a \\*b\\* \\[c\\]'
    """
    out = words
    for sign in "\\`*_{}[]<>()#+!|~$:":
        out = out.replace(sign, "\\" + sign)
    return out


def summary(rows: Sequence[ClaimRow], counts: Mapping[VerdictWord, int]) -> str:
    """Return in one breath how many claims there are and how far they hold."""
    untestable = counts[VerdictWord.NOT_TESTABLE]
    parts = [
        (counts[VerdictWord.SUPPORTED], "is supported as worded", "are supported as worded"),
        (counts[VerdictWord.SUPPORTED_WITH_LIMITS], "holds with limits", "hold with limits"),
        (counts[VerdictWord.OVERSTATED], "says more than was found", "say more than was found"),
        (counts[VerdictWord.UNDERSTATED], "says less than was found", "say less than was found"),
        (counts[VerdictWord.CONTRADICTED], "is contradicted", "are contradicted"),
        (counts[VerdictWord.CONFLICTING], "conflicts", "conflict"),
        (sum(counts[word] for word in LACKING), "lacks evidence", "lack evidence"),
    ]
    said = ", ".join(f"<b>{n}</b> {one if n == 1 else many}" for n, one, many in parts if n)
    if not counts[VerdictWord.SUPPORTED]:
        said = f"<b>None</b> is supported as worded, {said}"
    waiting = sum(
        row.get("review_state") != "reviewed"
        for row in rows
        if row.kind is not ClaimKind.UNTESTABLE
    )
    left = f" {untestable} cannot be tested, in no other count." if untestable else ""
    return (
        f"<b>{len(rows)} claims</b>, {len(rows) - untestable} of them testable. {said}. "
        f"{waiting} not yet reviewed by two people.{left}"
    )


def pick_verdicts(counts: Mapping[VerdictWord, int], *, is_dark: bool) -> list[VerdictWord]:
    """Let the reader pick verdicts; legend, count and filter in one."""
    present = [word for word in VerdictWord if counts[word]]
    slugs = {symbols.slug_of(word): word for word in present}
    named = st.query_params.get("verdict", "").split(",")
    asked = [slugs[s] for s in named if s in slugs]
    components.say_unknown("Verdict", named, list(slugs))
    picked = st.pills(
        "Show only these verdicts",
        present,
        selection_mode="multi",
        default=asked or None,
        format_func=lambda word: (
            f"![]({symbols.symbol_data_url(word, is_dark=is_dark)}) {word} **{counts[word]}**"
        ),
        key="verdicts",
        label_visibility="collapsed",
        persist_state="session",
    )
    chosen = [VerdictWord(word) for word in picked or []]
    # By hand: a bound widget would write its whole label, picture and all, into the address.
    if chosen:
        st.query_params["verdict"] = ",".join(symbols.slug_of(word) for word in chosen)
    else:
        st.query_params.pop("verdict", None)
    return chosen


def conditions(rows: Sequence[ClaimRow]) -> list[str]:
    """Return the conditions that claims are about."""
    return sorted({str(code) for row in rows for code in row.get("condition_codes") or []})


def flags(rows: Sequence[ClaimRow]) -> list[str]:
    """Return the flags that stand beside verdicts."""
    return sorted({flag for row in rows for flag in row.flags})


def key() -> str:
    """Return what each verdict, the circles and the picture mean."""
    words = "".join(
        f"<div>{marks.verdict(word)}<small>{escape(marks.MEANS[word])}</small></div>"
        for word in VerdictWord
    )
    return (
        f'<div class="key">{words}<div>{marks.certainty("Low")}<small style="padding:0">'
        f"{escape(glossary.meaning('certainty'))}</small></div><div><b>Small picture</b><small "
        'style="padding:0">Each comparator on one axis: dot and 95 % interval. Dashed lines: the '
        "least difference that matters; the shaded band is less than that.</small></div></div>"
    )


def is_found(words: str, wanted: str) -> bool:
    """Return whether every word asked for stands in a text, spelled alike or nearly so.

    >>> is_found("Acupuncture helps sciatica", "siatica")
    True
    """
    text = folded(words)
    for part in folded(wanted).split():
        if part in text:
            continue
        if len(part) < 4 or fuzz.partial_ratio(part, text) < SIMILAR:
            return False
    return True


def select(
    rows: Sequence[ClaimRow],
    *,
    verdicts: Collection[VerdictWord],
    find: str,
    kinds: Collection[str],
    conditions: Collection[str],
    strengths: Collection[str],
    flags: Collection[str],
) -> list[ClaimRow]:
    """Return the claims that every filter leaves."""
    out = []
    for row in rows:
        codes = {str(code) for code in row.get("condition_codes") or []}
        strength = STRENGTH.get(int(row.get("strength") or 0))
        searched = f"{row['statement']} {row['quote']} {row.label}"
        if (
            (not verdicts or row.verdict in verdicts)
            and (not kinds or str(row.kind) in kinds)
            and (not conditions or codes & set(conditions))
            and (not strengths or strength in strengths)
            and (not flags or set(row.flags) & set(flags))
            and (not find or is_found(searched, find))
        ):
            out.append(row)
    return out


def asserted(row: ClaimRow) -> str:
    """Return what a claim asserts, in a few words."""
    if row.get("claimed_value") is not None and row.kind is not ClaimKind.EFFICACY:
        unit = (
            "%"
            if reading.is_percent(row.get("claimed_unit") or "per cent")
            else row["claimed_unit"]
        )
        return f"a number: {row['claimed_value']:g} {unit}"
    strength = row.get("strength")
    return STRENGTH[int(strength)] if strength else ASSERTED[row.kind]


def head() -> str:
    """Return the axis and the words above the columns of a section."""
    ticks = strips.tick_lane(POINTS, "", "studies")
    return (
        f'<span class="hd" aria-hidden="true"><span class="cap" style="display:block">Points of 100 in favour</span>'
        f'<span class="strip">{ticks}</span></span><span class="hd">Certainty</span>'
    )


@st.cache_resource(max_entries=4096, show_spinner=False)
def _picture(folder: str, snapshot_id: str, claim_id: str) -> str:
    """Return the small picture of a claim; it is the same for every reader of a snapshot."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    row = next(row for row in reading.claims(snapshot) if row.claim_id == claim_id)
    return _drawn(snapshot, row)


def small_picture(snapshot: Snapshot, row: ClaimRow) -> str:
    """Return the small picture of a claim: lanes, shares, squares, or why there is none."""
    return _picture(str(snapshot.folder), snapshot.snapshot_id, row.claim_id)


def _drawn(snapshot: Snapshot, row: ClaimRow) -> str:
    """Return the small picture, drawn anew."""
    if row.kind is ClaimKind.UNTESTABLE:
        return f'<div class="meta">{marks.text(row.get("why_untestable"))}</div>'
    frame = reading.strata(snapshot, row)
    if row.kind is ClaimKind.EFFICACY:
        part = reading.decision_strata(row, frame)
        axis = reading.axis_of(row, part)
        lanes = reading.lanes(row, part)
        return strips.comparator_strip(lanes, axis, own_axis=axis != POINTS)
    shares = reading.board_shares(snapshot, row)
    if shares:
        value = row.get("claimed_value")
        label = {ClaimKind.SAFETY: "any event"}.get(row.kind, "found")
        return strips.percent_strip(
            shares, float(value) if value is not None else None, label, shares_of(row)
        )
    if row.kind in TESTED_KINDS:
        return tests(snapshot, row)
    return directions(row, frame)


TESTED_KINDS = (ClaimKind.MECHANISM, ClaimKind.DOCTRINE, ClaimKind.RISK_FACTOR)
"""Kinds where the source's own test decides, since sizes are seldom printed."""
TEST_KINDS = {Direction.NULL: "null", Direction.NOT_REPORTED: "nr"}


def tests(snapshot: Snapshot, row: ClaimRow) -> str:
    """Return results by the source's own test as squares, one a result."""
    table = reading.counted_tests(snapshot, row)
    if table.empty:
        return '<div class="meta">no study found</div>'
    n = table["direction"].value_counts()
    short = {Direction.NULL: "no difference", Direction.NOT_REPORTED: "no test"}
    counts = [
        (short.get(side, words), int(n.get(str(side), 0)), TEST_KINDS.get(side, "full"))
        for side, words in harvest.TESTED.items()
    ]
    return strips.tally(counts, "results, by their own test")


def shares_of(row: ClaimRow) -> str:
    """Return of what the shares are, as short as the picture needs."""
    if row.kind is ClaimKind.SAFETY:
        return "of patients"
    words = str(row.get("claimed_denominator") or "")
    if words.startswith("of ") and len(words) < MOST_LETTERS:
        return words
    return "of people" if row.kind is ClaimKind.PREVALENCE else ""


def directions(row: ClaimRow, frame: pd.DataFrame) -> str:
    """Return the directions counted in a claim's stratum as squares."""
    main = frame[frame["stratum_id"] == row.get("main_stratum_id")]
    chosen = main if len(main) else frame
    filled = [s for s in figures.records(chosen) if _total(s)]
    if not filled:
        return '<div class="meta">no study found</div>'
    stratum = max(filled, key=_total)
    return strips.tally(
        [
            ("against", _n(stratum, "n_favours_c"), "full"),
            ("exactly none", _n(stratum, "n_null"), "null"),
            ("in favour", _n(stratum, "n_favours_i"), "full"),
            ("not reported", _n(stratum, "n_not_reported"), "nr"),
        ]
    )


DIRECTION_COUNTS = ("n_favours_i", "n_favours_c", "n_null", "n_not_reported")


def _n(stratum: Mapping[str, object], name: str) -> int:
    value = stratum[name]
    return 0 if figures.is_missing(value) else int(str(value))


def _total(stratum: Mapping[str, object]) -> int:
    return sum(_n(stratum, name) for name in DIRECTION_COUNTS)


def beside_html(snapshot: Snapshot, rows: Sequence[ClaimRow]) -> str:
    """Return claims side by side: words, answer, certainty, picture."""
    parts = []
    for row in rows:
        parts.append(
            f'<div><div class="lab">{escape(row.label)}, asserts {escape(asserted(row))}</div>'
            f'<div class="src">“{escape(str(row["quote"]))}”</div>'
            f'<div class="found">{marks.verdict(row.verdict, 22)}'
            f'<div class="note">{marks.text(row.get("verdict_sentence"), str(row.get("why_untestable") or ""))}</div></div>'
            f'<div class="facts">{marks.certainty(row.get("certainty"))}<span>{evidence_words(row)}</span></div>'
            f"{small_picture(snapshot, row)}</div>"
        )
    return f'<div class="two even">{"".join(parts)}</div>'


def evidence_words(row: ClaimRow) -> str:
    """Return how many studies and people a verdict rests on."""
    k = row.get("k_studies")
    if k is None:
        return "no study"
    people = row.get("n_participants")
    n = f" · N <b>{figures.count(people)}</b>" if people else ""
    return f"<b>{int(k)}</b> stud{'y' if int(k) == 1 else 'ies'}{n}"


def row_html(snapshot: Snapshot, row: ClaimRow) -> str:
    """Return one claim as a row: verdict, words, small picture, certainty."""
    words = f" (“{marks.text(row.get('words'))}”)" if row.get("words") else ""
    state = marks.text(row.get("review_state"))
    if row.kind is ClaimKind.UNTESTABLE:
        right, state = '<div class="under">nothing to search for</div>', ""
    else:
        right = (
            f"{marks.certainty(row.get('certainty'))}"
            f'<div class="under"><span>{evidence_words(row)}</span></div>'
            f'<div class="under">{marks.age(row.get("last_complete_search"), brief=True)}</div>'
        )
    shown_flags = "".join(f'<span class="flag">⚑ {escape(flag)}</span> ' for flag in row.flags)
    flag_line = f'<div class="meta">{shown_flags}</div>' if shown_flags else ""
    return (
        f'<div class="h c-v">{marks.verdict(row.verdict)}<div class="under">{state}</div></div>'
        f'<div class="h c-d"><div class="quote">“{escape(str(row["quote"]))}”</div>'
        f'<div class="meta"><span class="cno">{escape(row.label)}</span> Asserts '
        f"<b>{escape(asserted(row))}</b>{words}</div>{flag_line}</div>"
        f'<div class="h c-s">{small_picture(snapshot, row)}</div><div class="h c-c">{right}</div>'
    )
