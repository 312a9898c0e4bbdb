"""What the page of one claim shows: quote, answer, and every step between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.dashboard import causes, glossary, marks, reading, state
from evidence.dashboard.components import Head, table
from evidence.dashboard.reading import ClaimRow
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import (
    CertaintyDomain,
    ClaimKind,
    Direction,
    EffectMeasure,
    MemberRole,
    SynthesisMethod,
)

__all__ = [
    "asserted_found",
    "certainty_table",
    "facts",
    "guideline_table",
    "input_words",
    "member_table",
    "number_table",
    "paragraph",
    "reasons",
    "sources_of",
    "stratum_words",
]

COMPARATOR_WORDS = {"none": "no comparator", "active": "another treatment"}
PLAIN_MEASURES = {str(EffectMeasure.OTHER), str(EffectMeasure.GEN)}
MOST_MEMBERS = 100
"""Rows of a table of studies; the evidence page holds them all."""
WINDOW_WORDS = {
    "decision": "end of treatment to 3 months after",
    "immediate": "up to a week after the last session",
    "short": "a week to 3 months after",
    "intermediate": "3 to 12 months after",
    "long": "12 months or more after",
    "unknown": "time not known",
}
DOMAIN_WORDS = {
    CertaintyDomain.RISK_OF_BIAS: "Risk of bias",
    CertaintyDomain.INCONSISTENCY: "Inconsistency",
    CertaintyDomain.INDIRECTNESS: "Indirectness",
    CertaintyDomain.IMPRECISION: "Imprecision",
    CertaintyDomain.PUBLICATION_BIAS: "Reporting bias",
    CertaintyDomain.OVERALL: "Result",
}
ROLE_ORDER = [
    MemberRole.POOLED, MemberRole.INDEX_REVIEW, MemberRole.COUNTED, MemberRole.IN_REVIEW,
    MemberRole.SINCE_REVIEW, MemberRole.OTHER_REVIEW, MemberRole.NOT_REPORTED, MemberRole.SHOWN,
]  # fmt: skip


def against(comparator: str) -> str:
    """Return a comparator as it stands after "against"."""
    return COMPARATOR_WORDS.get(comparator, comparator)


def stratum_words(stratum: Mapping[str, Any]) -> str:
    """Return a stratum in words: comparator, outcome, window."""
    comparator = str(stratum["comparator_class"])
    head = "" if comparator == "none" else f"against {against(comparator)}, "
    window = "" if stratum["time_window"] == "decision" else f", {stratum['time_window']} window"
    return f"{head}{stratum['outcome_domain']}{window}"


def paragraph(snapshot: Snapshot, row: ClaimRow) -> str:
    """Return the sentences around a claim, its own words marked."""
    sentences = state.rows(snapshot, "sentences")
    mine = sentences[sentences["document_id"] == row["document_id"]]
    mine = mine.sort_values("char_start", ignore_index=True)
    start, end = row.get("char_start"), row.get("char_end")
    hit = mine.index[(mine["char_start"] < end) & (mine["char_end"] > start)] if start is not None and end is not None else []  # fmt: skip
    if not len(hit):
        return f"<mark>{escape(str(row['quote']))}</mark>"
    block = mine["paragraph"]
    if block.notna().all():
        near = mine[(block >= block.iloc[hit[0]]) & (block <= block.iloc[hit[-1]])]
        if str(mine["block"].iloc[hit[0]]) == "list item":
            near = _list_around(mine, int(hit[0]))
    else:
        near = mine.iloc[max(0, hit[0] - 1) : hit[-1] + 2]
    return _marked(near, int(start), int(end))


def _list_around(mine: pd.DataFrame, at: int) -> pd.DataFrame:
    """Return a list with the sentence that opens it."""
    first, last = at, at
    while first > 0 and str(mine["block"].iloc[first]) == "list item":
        first -= 1
    while last + 1 < len(mine) and str(mine["block"].iloc[last + 1]) == "list item":
        last += 1
    return mine.iloc[first : last + 1]


def _marked(near: pd.DataFrame, start: int, end: int) -> str:
    """Return sentences as HTML with the characters of a span marked."""
    out = []
    for sentence in figures.records(near):
        text, offset = str(sentence["text"]), int(sentence["char_start"])
        a, b = max(0, start - offset), min(len(text), end - offset)
        if b > a:
            html = f"{escape(text[:a])}<mark>{escape(text[a:b])}</mark>{escape(text[b:])}"
        else:
            html = escape(text)
        is_item = sentence.get("block") == "list item"
        out.append(f"\n• {html}" if is_item else html)
    return " ".join(out).replace(" \n", "\n")


def facts(row: ClaimRow) -> str:
    """Return the line under the answer: certainty, studies, age, state, flags."""
    if row.kind is ClaimKind.UNTESTABLE:
        return ""
    parts = [marks.certainty(row.get("certainty"), 16)]
    k = row.get("k_studies")
    if k is not None:
        people = row.get("n_participants")
        n = f", <b>{figures.count(people)}</b> people" if people else ""
        parts.append(f"<span><b>{int(k)}</b> stud{'y' if int(k) == 1 else 'ies'}{n}</span>")
    parts.append(marks.age(row.get("last_complete_search")))
    parts.append(f"<span>{glossary.explained(marks.text(row.get('review_state')))}</span>")
    parts += [
        f'<span class="flag">⚑ {glossary.explained(escape(flag))}</span>' for flag in row.flags
    ]
    rated = row.get("certainty_rated")
    if rated and rated != row.get("certainty"):
        parts.append(
            f"<span>{glossary.term('rated')} {escape(str(rated))} by the rules, shown lower: "
            f"{marks.text(row.get('certainty_cap_reason'))}</span>"
        )
    return f'<div class="facts">{"".join(parts)}</div>'


MATCH_CLASS = {"matches": "m-yes", "falls short": "m-no"}


def asserted_found(snapshot: Snapshot, row: ClaimRow) -> str:
    """Return what is asserted beside what was found, a row an element."""
    frame = state.rows(snapshot, "asserted_found")
    mine = frame[frame["claim_id"] == row.claim_id].sort_values("position")
    body = [
        [
            escape(str(r["element"]).capitalize()),
            marks.text(r["asserted"], "none named"),
            marks.text(r["found"], "nothing found"),
            f'<span class="{MATCH_CLASS.get(str(r["match"]), "m-na")}">{marks.text(r["match"])}</span>',
            f'<span class="q">{marks.text(r["reason"])}</span>',
        ]
        for r in figures.records(mine)
    ]
    heads = [Head("Element", width=110), Head("Asserted"), Head("Found"), Head("Match", width=130),
             Head("Why", label="")]  # fmt: skip
    return table(heads, body, "Asserted beside found") if body else ""


def _downgrade(value: Cell) -> str:
    if figures.is_missing(value):
        return ""
    return "no change" if int(value) == 0 else f"−{int(value)}"


def certainty_table(snapshot: Snapshot, stratum_id: str) -> str:
    """Return the certainty of a stratum: what went in, which rule, what came off, why, who."""
    frame = state.rows(snapshot, "certainty")
    mine = figures.records(frame[frame["stratum_id"] == stratum_id])
    order = [str(domain) for domain in CertaintyDomain if domain is not CertaintyDomain.OVERALL]
    mine.sort(key=lambda r: order.index(r["domain"]) if r["domain"] in order else len(order))
    body = []
    for r in mine:
        is_overall = r["domain"] == str(CertaintyDomain.OVERALL)
        change = marks.certainty(r["rating"], 13) if is_overall and _is_level(r["rating"]) else _downgrade(r["downgrade"])  # fmt: skip
        who = " · ".join(marks.text(r[c]) for c in ("source", "author", "date") if not figures.is_missing(r[c]))  # fmt: skip
        body.append(
            [
                glossary.explained(escape(DOMAIN_WORDS[CertaintyDomain(r["domain"])])),
                glossary.explained(input_words(r["input_values"])),
                marks.text(r["rule_id"]),
                change,
                marks.text(r["reason"]),
                f'<span class="q">{who}</span>',
            ]
        )
    heads = [Head("Domain", width=124), Head("What went in"), Head("Rule", width=60),
             Head("Change", width=120), Head("Reason", label=""), Head("Who", width=100)]  # fmt: skip
    return table(heads, body, "Certainty, domain by domain", total=1) if body else ""


INPUT_WORDS = {
    "n": "people",
    "needed": "needed people",
    "counted_in": "counted in",
    "mid": "MID",
    "ci_low": "lower limit",
    "ci_high": "upper limit",
    "i2": "I²",
    "n_opposite": "studies the other way",
    "indirect_population_percent": "indirect in people",
    "indirect_intervention_percent": "indirect in treatment",
    "indirect_window_percent": "indirect in time",
    "indirect_outcome_percent": "indirect in outcome",
    "start": "starts at",
    "egger_p": "Egger p",
    "silent_share": "share of people in silent trials",
    "registered": "registered trials",
    "low_risk_percent": "weight at low risk",
    "high_risk_percent": "weight at high risk",
    "not_assessed_percent": "weight not assessed",
    "without_high_risk_effect": "estimate without studies at high risk",
    "share": "share in favour",
    "published": "the review's own rating",
}
"""What goes into a rule of certainty, in words; a name that is not here loses its underscores."""


def input_words(text: Cell) -> str:
    r"""Return what went into a rule, in words, as HTML.

    >>> input_words("i2 = 39.01; prediction_low = -2.7; low_risk_percent = 0")
    'I² 39.01\xa0%; prediction low −2.7; weight at low risk 0\xa0%'
    """
    if figures.is_missing(text) or not str(text):
        return ""
    parts = []
    for part in str(text).split("; "):
        name, is_named, value = part.partition(" = ")
        is_percent = bool(is_named) and (name.endswith("_percent") or name == "i2")
        words = INPUT_WORDS.get(name, name.replace("_", " "))
        parts.append(escape(f"{words} {_input_value(value, is_percent=is_percent)}".strip()))
    return "; ".join(parts)


def _input_value(text: str, *, is_percent: bool) -> str:
    """Return a value as it is printed everywhere: true minus, thousands, its per cent sign."""
    try:
        shown = figures.plain(float(text))
    except ValueError:
        return text
    return f"{shown}\N{NO-BREAK SPACE}%" if is_percent else shown


def _is_level(value: Cell) -> bool:
    return str(value) in {"High", "Moderate", "Low", "Very low"}


def result_words(member: Mapping[str, Any], result: Cell) -> str:
    """Return a member's result: its effect on the stratum's unit, its printed figure, or its side."""
    if not figures.is_missing(member["effect"]):
        unit = member["unit"]
        shown = figures.effect(member["effect"], member["ci_low"], member["ci_high"], figures.decimals(unit))  # fmt: skip
        about = "about " if figures.is_true(member.get("is_about")) else ""
        sign = " %" if reading.is_percent(unit) else ""
        return f"{about}{shown}{sign}"
    printed = printed_words(result)
    if printed:
        return printed
    test = result.get("reported_test")
    if not figures.is_missing(test):
        return f"{test} (its own test)"
    direction = str(member["direction"])
    if direction == str(Direction.NULL):
        return "exactly no difference"
    words = " (in words)" if member["direction_source"] == "in words" else ""
    return f"{direction}{words}"


def printed_words(result: Cell) -> str:
    """Return the figure of a result as the source prints it; empty where there is none."""
    estimate = result.get("estimate")
    if figures.is_missing(estimate):
        return ""
    measure = str(result["measure"])
    shown = figures.plain(estimate)
    low, high = result["ci_low"], result["ci_high"]
    if not figures.is_missing(low) and not figures.is_missing(high):
        shown += f" ({figures.plain(low)} to {figures.plain(high)})"
    if measure == str(EffectMeasure.PROP):
        return f"{shown} %"
    if measure == str(EffectMeasure.RATE):
        return f"{shown}, {result['scale']}"
    return shown if measure in PLAIN_MEASURES else f"{measure} {shown}"


STUDY_CELLS = ("title", "design", "country", "pmid", "doi", "url")
RESULT_CELLS = ("outcome", "source_note", "source_url", "estimate", "ci_low", "ci_high", "measure",
                "scale", "reported_test")  # fmt: skip


def member_table(snapshot: Snapshot, rows: pd.DataFrame, caption: str) -> str:
    """Return the studies of a stratum: result, what it does, source note and link of each."""
    rank = {str(role): i for i, role in enumerate(ROLE_ORDER)}
    ordered = sorted(figures.records(rows), key=lambda m: (rank.get(str(m["role"]), 9), str(m["label"])))  # fmt: skip
    shown_ones = ordered[:MOST_MEMBERS]
    studies = reading.rows_at(
        snapshot, "studies", {m["study_id"] for m in shown_ones}, *STUDY_CELLS
    )
    results = reading.rows_at(snapshot, "study_results", {m["result_id"] for m in shown_ones}, *RESULT_CELLS)  # fmt: skip
    body = [
        _member_cells(m, studies.get(m["study_id"], {}), results.get(m["result_id"], {}))
        for m in shown_ones
    ]
    heads = [
        Head("Study", cls="w"), Head("Title, design"), Head("People", "n", 70), Head("Result", cls="w"),
        Head("Risk of bias", width=130), Head("Source", cls="link", width=170),
    ]  # fmt: skip
    shown = table(heads, body, caption)
    if len(ordered) > MOST_MEMBERS:
        shown += (
            f'<div class="note">{MOST_MEMBERS} of {len(ordered)} results are shown; '
            '<a href="evidence" target="_self">the evidence table</a> holds them all.</div>'
        )
    return shown


def _member_cells(member: Mapping[str, Any], study: Cell, result: Cell) -> list[str]:
    """Return the cells of one study in a table of members."""
    design = " · ".join(marks.text(study.get(c)) for c in ("design", "country") if not figures.is_missing(study.get(c)))  # fmt: skip
    role = str(member["role"])
    extra = f"<br><small>{marks.text(member['note'])}</small>" if not figures.is_missing(member["note"]) else ""  # fmt: skip
    note = marks.text(result.get("source_note"), "no source note")
    where = marks.link(result.get("source_url"), "where the figure stands")
    anchor = f"evidence?result={escape(str(member['result_id']))}"
    weight = member["weight_percent"]
    measured = result.get("outcome")
    outcome = "" if figures.is_missing(measured) else f"<br><small>{escape(str(measured))}</small>"
    share = f", {figures.figure(weight, 0)} % weight" if not figures.is_missing(weight) else ""
    return [
        f'<a href="{anchor}" target="_self">{marks.text(member["label"], "study")}</a>',
        f"{marks.text(study.get('title'), 'title not recorded')}<br><small>{design}</small>",
        figures.count(member["n_participants"], "not known"),
        f"{escape(result_words(member, result))}{outcome}<br><small>{escape(role)}{share}</small>{extra}",
        marks.risk(member["risk_of_bias"]),
        f"{marks.record_link(study.get('pmid'), study.get('doi'), study.get('url'))}"
        f"<details><summary>source note</summary><small>{note}<br>{where}</small></details>",
    ]


def sources_of(snapshot: Snapshot, rows: pd.DataFrame) -> dict[str, str]:
    """Return, by result id, where the study of a result is recorded, for a pointer on a picture."""
    studies = reading.rows_at(snapshot, "studies", set(rows["study_id"]), "pmid", "doi", "url")
    found = {}
    for result_id, study_id in zip(rows["result_id"], rows["study_id"], strict=True):
        study = studies.get(str(study_id), {})
        pmid, doi, url = (study.get(name) for name in ("pmid", "doi", "url"))
        if not figures.is_missing(pmid):
            words = f"PubMed {pmid}"
        elif not figures.is_missing(doi):
            words = f"doi {doi}"
        else:
            words = "no link known" if figures.is_missing(url) else str(url)
        found[str(result_id)] = words
    return found


def number_table(snapshot: Snapshot, row: ClaimRow) -> str:
    """Return where each number of the verdict's sentence stands: table, row, column."""
    frame = state.rows(snapshot, "verdict_cells")
    mine = frame[frame["claim_id"] == row.claim_id]
    body = [
        [
            marks.text(r["printed"]),
            f"<code>{marks.text(r['table'])}</code>",
            f"<code>{marks.text(r['row_id'])}</code>",
            f"<code>{marks.text(r['column'])}</code>",
        ]
        for r in figures.records(mine)
    ]
    heads = [Head("Number", width=100), Head("Table"), Head("Row"), Head("Column")]
    return table(heads, body, "Where each number stands") if body else ""


def reasons(snapshot: Snapshot, row: ClaimRow, part: str) -> list[str]:
    """Return the sentences of one part: rule, change or note."""
    frame = state.rows(snapshot, "verdict_reasons")
    mine = frame[(frame["claim_id"] == row.claim_id) & (frame["part"] == part)]
    return [str(text) for text in mine.sort_values("position")["text"]]


def guidelines_for(snapshot: Snapshot, row: ClaimRow) -> pd.DataFrame:
    """Return the guidelines whose conditions are among those of the claim; all where none is coded."""
    frame = state.rows(snapshot, "guidelines")
    codes = {str(code) for code in row.get("condition_codes") or []}
    if not codes:
        return frame
    keep = [bool(codes & {str(c) for c in (value or [])}) for value in frame["population_codes"]]
    return frame[pd.Series(keep, index=frame.index, dtype=bool)]


SIGN = {"for": "▲ for", "against": "▼ against", "neither": "■ neither"}


def guideline_table(frame: pd.DataFrame) -> str:
    """Return what guidelines say: body, year, direction, strength. Context, never evidence."""
    ordered = frame.sort_values(["year", "body"], ascending=[False, True], na_position="last")
    body = [
        [
            marks.text(r["body"], "body not recorded"),
            figures.plain(r["year"]).replace(",", ""),
            marks.text(r["statement"]),
            escape(SIGN.get(str(r["direction"]), str(marks.text(r["direction"], "not covered")))),
            marks.text(r["strength"], "not stated"),
            marks.text(r["certainty_stated"], "not stated"),
            f"{marks.link(r['url'], 'source') or 'no link known'}<br><small>seen in {marks.text(r['source_seen'], 'not recorded')}</small>",
        ]
        for r in figures.records(ordered)
    ]
    heads = [Head("Body", width=170), Head("Year", width=60), Head("What it says"),
             Head("Direction", width=110), Head("Strength", width=100),
             Head("Certainty it states", width=120), Head("Source", width=120)]  # fmt: skip
    return table(heads, body, "Guidelines")


def history_html(versions: pd.DataFrame, row: ClaimRow, people: causes.Deciders, touched: frozenset[str]) -> str:  # fmt: skip
    """Return every version of a claim's verdict, newest first, each with its causes.

    Parameters
    ----------
    versions
        Rows of ``verdict_history``.
    people, touched
        Who decided what between data sets, and the ids that the claim rests on.
    """
    mine = versions[versions["claim_id"] == row.claim_id]
    lines = []
    for step in reversed(figures.records(mine.sort_values("verdict_version"))):
        cert = marks.text(step["certainty"], "not rated")
        said = people.behind(row.claim_id, str(step["changed_at"]), touched)
        lines.append(
            f'<div class="hist"><b>{marks.day(step["changed_at"])}</b>, version '
            f"{int(step['verdict_version'])}: {marks.verdict(step['verdict'], 15)}, certainty "
            f"{cert}<br><small>{causes.cause_html(step, said)}</small></div>"
        )
    return "".join(lines)


def strata_with_members(frame: pd.DataFrame, rows: pd.DataFrame) -> Sequence[Mapping[str, Any]]:
    """Return the strata that hold at least one result, decision window first."""
    held = set(rows["stratum_id"])
    return sorted(
        figures.records(frame[frame["stratum_id"].isin(held)]),
        key=lambda s: (s["time_window"] != "decision", str(s["outcome_domain"]), str(s["comparator_class"])),
    )  # fmt: skip


def stratum_line(stratum: Mapping[str, Any]) -> str:
    """Return a stratum's numbers in one line: estimate, studies, spread, method."""
    unit = stratum["unit"]
    places = figures.decimals(unit)
    parts = []
    said = figures.effect(stratum["estimate"], stratum["ci_low"], stratum["ci_high"], places)
    if said:
        parts.append(
            f"<span><b>{said}</b> {marks.text(unit)}, {glossary.term('95% interval')}</span>"
        )
    k, n = stratum["k"], stratum["n"]
    if not figures.is_missing(k):
        people = f", <b>{figures.count(n)}</b> people" if not figures.is_missing(n) else ""
        parts.append(
            f"<span><b>{int(k)}</b> {glossary.term('k', 'study' if int(k) == 1 else 'studies')}{people}</span>"
        )
    if stratum["method"] != str(SynthesisMethod.NONE):
        parts.append(f"<span>{marks.text(stratum['method'])}</span>")
    if not figures.is_missing(stratum["i2"]):
        parts.append(
            f"<span>{glossary.term('I²')} <b>{figures.figure(stratum['i2'], 0)} %</b></span>"
        )
    if not figures.is_missing(stratum["tau"]):
        parts.append(
            f"<span>{glossary.term('τ')} <b>{figures.figure(stratum['tau'], places)}</b></span>"
        )
    if not figures.is_missing(stratum["prediction_low"]):
        said = figures.interval(stratum["prediction_low"], stratum["prediction_high"], places)
        parts.append(f"<span>{glossary.term('prediction interval')} <b>{said}</b></span>")
    if not figures.is_missing(stratum["finding"]):
        parts.append(f"<span>finding <b>{marks.text(stratum['finding'])}</b></span>")
    if not figures.is_missing(stratum["certainty"]):
        parts.append(marks.certainty(stratum["certainty"]))
    return f'<div class="facts">{"".join(parts)}</div>'
