"""Everything known of one result and its study: figures, source note, links, judgements."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.charts.traffic_lights import level_of
from evidence.dashboard import marks, reading, state
from evidence.dashboard.components import Head, table
from evidence.dashboard.navigation import address
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import JudgedBy, ValueStatus

__all__ = ["abstract_html", "by_pubmed", "drawer_html", "judged_and_signals", "light", "signal_table",
           "standing_table"]  # fmt: skip


def light(judgement: Cell) -> str:
    """Return a judgement in the tool's own words with a mark."""
    if figures.is_missing(judgement):
        return marks.risk(None)
    word = str(judgement)
    level = level_of(word)
    if level is None:
        return escape(word)
    return marks.risk(level).replace(escape(str(level)), escape(word))


def _pairs(pairs: list[tuple[str, str]]) -> str:
    shown = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in pairs if value)
    return f'<dl class="pairs">{shown}</dl>'


def _arm(result: Mapping[str, Any], arm: str) -> str:
    """Return what is printed of one arm."""
    parts = []
    if not figures.is_missing(result[f"n_{arm}"]):
        parts.append(f"n {figures.count(result[f'n_{arm}'])}")
    if not figures.is_missing(result[f"mean_{arm}"]):
        sd = result[f"sd_{arm}"]
        spread = f" (SD {figures.plain(sd)})" if not figures.is_missing(sd) else ", SD not known"
        parts.append(f"mean {figures.plain(result[f'mean_{arm}'])}{spread}")
    if not figures.is_missing(result[f"events_{arm}"]):
        parts.append(f"{figures.count(result[f'events_{arm}'])} events")
    if not figures.is_missing(result[f"percent_{arm}"]):
        parts.append(f"{figures.plain(result[f'percent_{arm}'])} %")
    return ", ".join(parts)


def _as_printed(result: Mapping[str, Any], printed: str) -> str:
    """Return the figure of a source with its measure and p-value; nothing where it prints neither."""
    p_value = result["p_value"]
    parts = [f"{marks.text(result['measure'])} {printed}" if printed else ""]
    parts.append("" if figures.is_missing(p_value) else f"p {marks.text(p_value)}")
    return ", ".join(part for part in parts if part)


def _compares(result: Mapping[str, Any]) -> bool:
    """Return whether a row compares an intervention, so that it has a direction."""
    return str(result["direction_status"]) != str(ValueStatus.NOT_APPLICABLE)


def _direction(result: Mapping[str, Any]) -> str:
    """Return a row's direction and where it is from, or that it can have none."""
    if not _compares(result):
        return "not applicable: no comparison of an intervention"
    source = marks.text(result["direction_source"], "nothing")
    return f"{marks.text(result['direction'], 'not reported')} <span class=q>(from {source})</span>"


def _scale(result: Mapping[str, Any]) -> str:
    ends = ""
    if not figures.is_missing(result["scale_max"]):
        ends = f", {figures.plain(result['scale_min'])} to {figures.plain(result['scale_max'])}"
    way = result["higher_is"]
    runs = f", higher is {way}" if way in {"better", "worse"} else ""
    return f"{marks.text(result['scale'], 'scale not named')}{ends}{runs}"


def drawer_html(snapshot: Snapshot, result_id: str) -> str:
    """Return the drawer of one result; its study's judgements stand in it."""
    result = reading.result_row(snapshot, result_id)
    study = reading.study_row(snapshot, str(result["study_id"]))
    unit = result["effect_unit"]
    effect = figures.effect(result["effect"], result["effect_ci_low"], result["effect_ci_high"], figures.decimals(unit))  # fmt: skip
    printed = figures.effect(result["estimate"], result["ci_low"], result["ci_high"], 2)
    approximate = " (approximate)" if figures.is_true(result["is_window_approximate"]) else ""
    left = _pairs(
        [
            ("Comparison", f"{marks.text(result['intervention'], 'intervention not named')} against {marks.text(result['comparator'], 'no comparator')} <span class=q>({marks.text(result['comparator_class'])})</span>"),
            ("Outcome", f"{marks.text(result['outcome'] if not figures.is_missing(result['outcome']) else result['outcome_domain'])} <span class=q>({marks.text(result['outcome_domain'])})</span>"),
            ("Scale", _scale(result)),
            ("When", f"{marks.text(result['time_window'], 'time not known')}{approximate}" + (f", week {figures.plain(result['weeks'])}" if not figures.is_missing(result["weeks"]) else "")),
            ("Effect, positive favourable" if _compares(result) else "Figure", f"<b>{effect}</b> {marks.text(unit)}" if effect else '<span class="q">no size reported</span>'),
            ("As printed", _as_printed(result, printed)),
            ("Intervention arm", _arm(result, "intervention")),
            ("Comparator arm", _arm(result, "comparator")),
            ("Direction", _direction(result)),
            ("Its own test", marks.text(result["reported_test"])),
            ("May be pooled", "yes" if figures.is_true(result["usable_for_pooling"]) else f"no: {marks.text(result['why_unusable'], 'no estimate with a standard error')}"),
            ("Value from", f"{marks.text(result['origin'], 'curated')}{_verified(result)}"),
            ("Source note", marks.text(result["source_note"], "no source note")),
            ("Where it stands", marks.link(result["source_url"], "open the place of the figure") or "no link known"),
        ]
    )  # fmt: skip
    return (
        f'<div class="two"><div><h3 class="h3">The result</h3>{left}</div>'
        f'<div><h3 class="h3">The study</h3>{_study(snapshot, study)}{_lights(snapshot, study)}</div></div>'
    )


def _verified(result: Mapping[str, Any]) -> str:
    who = result["verified_by"]
    if figures.is_missing(who):
        return ""
    return f", checked by {marks.text(who)} on {marks.day(result['verified_at'])}"


def _reports(snapshot: Snapshot, study: Mapping[str, Any]) -> str:
    """Return the other reports of a study, each with what it is; "" where none is known."""
    if "study_reports" not in snapshot.manifest["tables"]:  # of a program before that table
        return ""
    frame = state.rows(snapshot, "study_reports", "study_id", "report_id", "role", "reason")
    mine = set(frame.loc[frame["report_id"] == study["study_id"], "study_id"])
    others = frame[frame["study_id"].isin(mine) & (frame["report_id"] != study["study_id"])]
    ids = set(others["report_id"])
    reports = reading.rows_at(snapshot, "studies", ids, "label", "pmid", "doi", "url")
    lines = []
    for row in figures.records(others):
        report = reports.get(str(row["report_id"]), {})
        link = marks.record_link(report.get("pmid"), report.get("doi"), report.get("url"))
        why = "" if figures.is_missing(row["reason"]) else f", {escape(str(row['reason']))}"
        lines.append(
            f'{marks.text(report.get("label"), str(row["report_id"]))} <span class="q">({escape(str(row["role"]))}{why})</span> '
            f"{link}"
        )
    return "<br>".join(dict.fromkeys(lines))


def _study(snapshot: Snapshot, study: Mapping[str, Any]) -> str:
    """Return what is known of a study."""
    registry = study["registry_id"]
    registered = ""
    if not figures.is_missing(registry):
        is_nct = str(registry).upper().startswith("NCT")
        url = f"https://clinicaltrials.gov/study/{registry}" if is_nct else None
        registered = marks.link(url, str(registry)) if url else marks.text(registry)
    states = study["retraction_status"] or ["not checked"]
    people = figures.count(study["n_randomized"], "not known")
    return _pairs(
        [
            ("Title", marks.text(study["title"], "title not recorded")),
            ("Authors", f"{marks.text(study['first_author'], 'not recorded')} {figures.plain(study['year']).replace(',', '')}"),
            ("Journal", marks.text(study["journal"], "not recorded")),
            ("Design", marks.text(study["design"])),
            ("Population", marks.text(study["population"], "not recorded")),
            ("People", people),
            ("Record", marks.record_link(study["pmid"], study["doi"], study["url"])),
            ("Other reports", _reports(snapshot, study)),
            ("Registry", registered or '<span class="q">no entry known</span>'),
            ("Retraction", escape(", ".join(map(str, states)))),
            ("Funding", by_pubmed(study, "funding")),
            ("Interests declared", by_pubmed(study, "coi")),
            ("Citations", _citations(snapshot, study["pmid"])),
        ]
    )  # fmt: skip


def by_pubmed(study: Mapping[str, Any], name: str) -> str:
    """Return what PubMed's record says of funding or interests; else why nothing is known."""
    # Data sets of version 0.1.0 say nothing of where a missing value is missing from.
    is_silent = study.get(f"{name}_status") == ValueStatus.NOT_REPORTED
    why = "not reported in PubMed's record" if is_silent else "not found: no PubMed record is held"
    return marks.text(study.get(name), why)


def _citations(snapshot: Snapshot, pmid: Cell) -> str:
    """Return how often a report is cited, by whom that was counted and when."""
    unused = '<span class="q">citation counts never enter a verdict</span>'
    has_any = "citations" in snapshot.manifest["tables"] and not figures.is_missing(pmid)
    mine = snapshot.read("citations", where={"record_id": [f"pmid:{pmid}"]}) if has_any else None
    if mine is None or mine.empty:
        return f"not known; {unused}"
    row = figures.records(mine)[0]
    parts = [f"{figures.count(row['citation_count'], 'number not known')} citations"]
    if not figures.is_missing(row["citations_per_year"]):
        parts.append(f"{figures.figure(row['citations_per_year'], 1)} a year")
    if not figures.is_missing(row["relative_citation_ratio"]):
        parts.append(f"relative citation ratio {figures.figure(row['relative_citation_ratio'], 2)}")
    told = f"{marks.text(row['source'])}, {marks.day(row['asked_on'])}"
    return f"{', '.join(parts)} ({told}); {unused}"


def _lights(snapshot: Snapshot, study: Mapping[str, Any]) -> str:
    """Return the risk-of-bias judgements of a study, a row a domain, then what its abstract says."""
    every = snapshot.read("risk_of_bias", where={"study_id": [str(study["study_id"])]})
    mine, signals = judged_and_signals(every)
    head = f'<h3 class="h3">Risk of bias</h3><div>{marks.risk(study["risk_of_bias"])} overall</div>'
    told = signal_table(signals)
    if told:
        told = '<h3 class="h3">Said in the abstract: no judgement</h3>' + told
    if mine.empty:
        return head + '<div class="note">No judgement domain by domain is known.</div>' + told
    body = [
        [
            marks.text(r["domain"]),
            light(r["judgement"]),
            f"{marks.text(r['tool'])}, {marks.text(r['assessed_by'])}<br>{marks.link(r['source_url'], 'source')}",
        ]
        for r in figures.records(mine)
    ]
    return (
        head + table([Head("Domain"), Head("Judgement"), Head("Who")], body, "Risk of bias") + told
    )


def judged_and_signals(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return judgements that people made, and signals that were read, of ``risk_of_bias``."""
    is_signal = (frame["method"] == str(JudgedBy.AUTOMATIC)).fillna(False).astype(bool)
    return frame[~is_signal], frame[is_signal]


def signal_table(signals: pd.DataFrame) -> str:
    """Return what an abstract says of how its trial was run, each with its sentence."""
    body = [
        [
            marks.text(r["domain"]).capitalize(),
            marks.text(r["judgement"]),
            marks.text(r["source_note"], "no sentence"),
        ]
        for r in figures.records(signals)
    ]
    heads = [Head("Signal"), Head("Read by machine"), Head("Sentence")]
    return table(heads, body, "Signals in the abstract") if body else ""


def standing_table(snapshot: Snapshot, result_id: str) -> str:
    """Return in which strata a result stands, what it does there, and for which claims."""
    columns = ["stratum_id", "question_id", "role", "effect", "ci_low", "ci_high", "unit", "weight_percent"]  # fmt: skip
    mine = snapshot.read("stratum_members", columns, {"result_id": [result_id]})
    asking: dict[str, list[reading.ClaimRow]] = {}
    for row in reading.claims(snapshot):
        asking.setdefault(str(row.get("question_id")), []).append(row)
    body = []
    for member in figures.records(mine):
        links = ", ".join(
            f'<a href="{address("claim", claim=row.claim_id, stratum=member["stratum_id"])}" target="_self">{escape(row.label)}</a> {escape(str(row.verdict))}'
            for row in asking.get(str(member["question_id"]), [])
        )
        weight = member["weight_percent"]
        body.append(
            [
                f"<code>{marks.text(member['stratum_id'])}</code>",
                marks.text(member["role"]),
                figures.effect(member["effect"], member["ci_low"], member["ci_high"], figures.decimals(member["unit"])),
                f"{figures.figure(weight, 1)} %" if not figures.is_missing(weight) else "",
                links,
            ]
        )  # fmt: skip
    heads = [Head("Stratum"), Head("What it does there"), Head("Effect there"), Head("Weight", "n"), Head("Claims")]  # fmt: skip
    return table(heads, body, "Where the result stands") if body else ""


def exclusion_table(snapshot: Snapshot, result_id: str) -> str:
    """Return for which questions a result was left out, and by which rule."""
    columns = ["question_id", "is_eligible", "reason", "note"]
    frame = snapshot.read("eligibility", columns, {"result_id": [result_id]})
    mine = frame[~frame["is_eligible"].fillna(False)]
    body = [
        [
            f"<code>{marks.text(r['question_id'])}</code>",
            marks.text(r["reason"]),
            marks.text(r["note"]),
        ]
        for r in figures.records(mine)
    ]
    return table([Head("Question"), Head("First rule that fails"), Head("Detail", label="")], body, "Left out") if body else ""  # fmt: skip


def abstract_html(records: pd.DataFrame, result: Mapping[str, Any]) -> str:
    """Return the abstract of the reader's own refresh, the sentence that was read marked."""
    if records.empty or figures.is_missing(records.iloc[0]["abstract"]):
        return ""
    abstract = str(records.iloc[0]["abstract"])
    sentence = result["exact_sentence"]
    at = -1 if figures.is_missing(sentence) else abstract.find(str(sentence))
    if at < 0:
        return f'<p class="src">{escape(abstract)}</p>'
    end = at + len(str(sentence))
    return f'<p class="src">{escape(abstract[:at])}<mark>{escape(abstract[at:end])}</mark>{escape(abstract[end:])}</p>'
