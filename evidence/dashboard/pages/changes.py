"""Changes: which verdicts moved, when, and what a retraction touches."""

from html import escape

import streamlit as st

from evidence.charts import figures, timeline
from evidence.dashboard import changes, components, reading, state
from evidence.dashboard.components import Head

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
labels = {row.claim_id: f"{row.label} {str(row['statement'])[:44]}" for row in rows}
history = state.history()

components.question("Which verdicts moved?")
moves = changes.moves(history)
moves = moves[moves["claim_id"].isin(list(labels))]
if moves.empty:
    components.empty(
        "No verdict has moved.",
        "This is the first data set." if len(ids) < 2 else "All data sets give the same answers.",
    )
else:
    components.show(changes.move_table(moves, labels))
moved = {claim: labels[claim] for claim in dict.fromkeys(moves["claim_id"]) if claim in labels}
drawn = moved or {key: labels[key] for key in list(labels)[:12]}
table = timeline.timeline_table(history, drawn)
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
    found = changes.compare(state.snapshot_of(before), state.snapshot_of(after))
    components.figures_row([(str(len(found["verdicts"])), "verdicts moved"), (str(len(found["added"])), "studies new"), (str(len(found["removed"])), "studies gone")])  # fmt: skip
    if len(found["verdicts"]):
        components.show(changes.pair_table(found["verdicts"], labels))
    for name, words in (("added", "New studies"), ("removed", "Studies no longer there")):
        if found[name]:
            with st.expander(f"{words} ({len(found[name])})"):
                components.show("<p>" + ", ".join(f"<code>{escape(i)}</code>" for i in found[name][:500]) + "</p>")  # fmt: skip

components.question(
    "What would a retraction touch?",
    "For each report with a notice: the studies, reviews, strata and claims that rest on it.",
)
blast = changes.retraction_table(snapshot)
if blast:
    components.show(blast)
else:
    components.empty(
        "No retraction or notice is known among the studies.",
        "Before a refresh it says “not checked”, which is not “none”.",
    )
components.question("Where does each claim stand in each data set?")
body = [
    [escape(labels[r["claim_id"]]), escape(str(r["snapshot_id"])), escape(str(r["verdict"])), escape(str(r["certainty"] if r["certainty"] == r["certainty"] and r["certainty"] else "not rated"))]
    for r in figures.records(history) if r["claim_id"] in labels
]  # fmt: skip
with st.expander(f"All {len(body)} verdicts"):
    heads = [Head("Claim"), Head("Data set"), Head("Verdict"), Head("Certainty")]
    components.show(components.table(heads, body[:2000], "History"))
frame = state.rows(snapshot, "retractions", "record_id")
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(snapshot, "retractions", None, [], len(frame), label="Download the retractions")  # fmt: skip
