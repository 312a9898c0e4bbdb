"""Changes: which verdicts moved, when, and what a retraction touches."""

from html import escape

import streamlit as st

from evidence.charts import figures, timeline
from evidence.dashboard import causes, changes, components, marks, paging, reading, refreshed, state
from evidence.dashboard.components import Head

MOST_DRAWN = 12
MOST_MOVES = 200

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
ids = state.versions(state.workspace())
components.page_title(
    "What has changed, and why?",
    f"<b>{len(ids)}</b> data set{'s' if len(ids) != 1 else ''} in this workspace. History comes from "
    "comparing them: nothing is kept that cannot be read again.",
)
review_state = components.pick_state()
rows = reading.in_state(reading.claims(snapshot), review_state)
by_id = {row.claim_id: row for row in rows}
labels = {row.claim_id: f"{row.label} {str(row['statement'])[:44]}" for row in rows}
versions = state.verdict_versions()
versions = versions[versions["claim_id"].isin(list(labels))]
deciders = causes.deciders()

components.question(
    "Which verdicts moved?",
    "A version is what the rules say of a data set; where people had decided before it, they are "
    "named beside.",
)
moves = changes.moves(versions)
if moves.empty:
    components.empty(
        "No verdict has moved.",
        "This is the first data set." if len(ids) < 2 else "All data sets give the same answers.",
    )
else:
    recent = moves.head(MOST_MOVES)
    rows_moved = [by_id[i] for i in dict.fromkeys(recent["claim_id"])]
    touched = causes.touched_ids(snapshot, rows_moved, deciders.ids)
    components.show(changes.move_table(recent, labels, deciders, touched))
    if len(moves) > MOST_MOVES:
        components.show(f'<div class="note">{MOST_MOVES} of {len(moves)}, the newest.</div>')
moved = [claim for claim in dict.fromkeys(moves["claim_id"]) if claim in labels]
drawn = {claim: labels[claim] for claim in (moved or list(labels))[:MOST_DRAWN]}
until = str(state.snapshot_of(ids[-1]).manifest.get("written_at", "")) if ids else None
table = timeline.timeline_table(versions, drawn, until)
if len(ids) > 1 and len(table):
    components.picture(
        timeline.draw_timeline(table, components.ink(), is_dark=components.is_dark()), table,
        "timeline", f"Verdicts of {len(drawn)} claims over {len(ids)} data sets", key="timeline",
    )  # fmt: skip

components.question("How do two data sets differ?")
if len(ids) < 2:
    components.empty("There is only one data set.", "After the next build or refresh two can be compared.")  # fmt: skip
else:
    left, right = st.columns(2)
    with left:
        before = components.linked_select("Before", ids, "before", default=ids[-2])
    with right:
        after = components.linked_select("After", ids, "after", default=ids[-1])
    found = changes.compare(state.snapshot_of(before), state.snapshot_of(after), state.protocol())
    components.figures_row(
        [
            (f"{len(found.verdicts):,}", "verdicts differ"),
            (f"{len(found.strata):,}", "strata differ"),
            (f"{len(found.studies_added):,}", "studies new"),
            (f"{len(found.studies_removed):,}", "studies gone"),
            *((f"{len(found.records[kind]):,}", f"records {kind}") for kind in refreshed.KINDS),
        ]
    )
    if len(found.verdicts):
        components.show(changes.pair_table(found.verdicts, labels))
    if len(found.strata):
        with st.expander(f"Strata that differ ({len(found.strata):,})"):
            components.show(changes.strata_table(found.strata))
    studies = (("New studies", found.studies_added), ("Studies no longer there", found.studies_removed))  # fmt: skip
    for words, listed in studies:
        if listed:
            with st.expander(f"{words} ({len(listed):,})"):
                components.show("<p>" + ", ".join(f"<code>{escape(i)}</code>" for i in listed[:500]) + "</p>")  # fmt: skip
    for kind, words in refreshed.KINDS.items():
        pmids = found.records[kind]
        if pmids:
            with st.expander(f"{words} ({len(pmids):,})"):
                links = ", ".join(marks.record_link(pmid, None, None) for pmid in pmids[:500])
                components.show(f"<p>{links}</p>")

components.question(
    "What does each retraction touch?",
    "For each report with a notice: the studies, reviews, strata, claims and documents that rest on "
    "it.",
)
blast = changes.retraction_table(snapshot, labels)
if blast:
    components.show(blast)
else:
    components.empty(
        "No retraction or notice is known among the studies.",
        "Before a refresh it says “not checked”, which is not “none”.",
    )
components.question(
    "And if another study were retracted?",
    "Write a name, a title's word, a PMID or a DOI. Only what rests on it is shown; nothing is "
    "changed.",
)
words = st.text_input("Study", key="study", bind="query-params", placeholder="name, title, PMID or DOI")  # fmt: skip
if words and words.strip():
    hits = changes.found_studies(snapshot, words)
    if hits.empty:
        components.empty("No study of any stratum or review is called so.")
    else:
        named = {str(i): f"{hit['label']}: {str(hit['title'])[:80]}" for i, hit in hits.iterrows()}
        picked = components.linked_select(f"Which of {len(named)}", list(named), "rests", words=lambda i: named[i])  # fmt: skip
        components.show(changes.radius_html(changes.radius(snapshot, [picked]), labels))

components.question("Where does each claim stand in each data set?")
history = state.history()
history = history[history["claim_id"].isin(list(labels))]
with st.expander(f"All {len(history):,} verdicts"):
    body = [
        [escape(labels[r["claim_id"]]), escape(str(r["snapshot_id"])), escape(str(r["verdict"])), marks.text(r["certainty"], "not rated")]
        for r in figures.records(paging.page_of(history, "verdicts", "history"))
    ]  # fmt: skip
    heads = [Head("Claim"), Head("Data set"), Head("Verdict"), Head("Certainty")]
    components.show(components.table(heads, body, "History"))
frame = state.rows(snapshot, "retractions", "record_id")
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(snapshot, "verdict_history", {"claim_id": list(labels)}, [] if review_state == "all" else [review_state], len(versions), label="Download the history")  # fmt: skip
    components.download_table(snapshot, "retractions", None, [], len(frame), label="Download the retractions")  # fmt: skip
