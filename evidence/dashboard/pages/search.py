"""Search and refresh: what was asked, what came back, and what the flow was."""

from html import escape

import streamlit as st

from evidence.charts import figures, prisma
from evidence.dashboard import components, marks, reading, state
from evidence.dashboard.components import Head

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
manifest = snapshot.manifest
components.page_title(
    "Can the search be trusted?",
    "Every query as it was sent, PubMed's own translation, how many records it reports and how many "
    "arrived. A search that cannot be proved complete changes nothing.",
)
review_state = components.pick_state()
searches = state.rows(snapshot, "searches")
claims = reading.in_state(reading.claims(snapshot), review_state)
wanted = {row.claim_id for row in claims}

components.question("When was it searched last?")
if searches.empty:
    words = manifest.get("search_words") or "no systematic search yet"
    components.empty(
        f"{str(words)[:1].upper()}{str(words)[1:]}.",
        "<code>python -m evidence refresh</code> asks PubMed every query below and writes the next "
        "data set; the one you see stays until the new one is complete.",
    )
else:
    body = []
    for r in figures.records(searches[searches["claim_id"].isin(wanted)]):
        lost = 0 if figures.is_missing(r["n_missing"]) else int(r["n_missing"])
        warnings = "; ".join(r["warnings"] or []) or "none"
        body.append(
            [
                marks.text(r["query_id"]),
                f"<details><summary>query and translation</summary><code>{marks.text(r['query_text'])}</code><br><small>{marks.text(r['query_translation'])}</small></details>",
                figures.count(r["count_reported"], ""),
                figures.count(r["n_fetched"], ""),
                "✓ all arrived" if not lost else f"✗ {lost} missing",
                escape(warnings),
                marks.text(r["status"]),
                marks.day(r["run_at"], ""),
            ]
        )  # fmt: skip
    heads = [Head("Query"), Head("Words", label=""), Head("Reported", "n"), Head("Fetched", "n"),
             Head("Certificate"), Head("Warnings"), Head("State"), Head("Run")]  # fmt: skip
    components.show(components.table(heads, body, "Searches"))

components.question("What flowed from records to studies?")
counts = state.rows(snapshot, "prisma_counts")
if counts.empty:
    components.empty("No flow has been counted yet.", "It is written with the first refresh.")
else:
    runs = list(dict.fromkeys(counts["run_id"]))
    by_claim = {str(row.get("question_id")): f"{row.label} {row['statement']}" for row in claims}
    left, right = st.columns(2)
    with left:
        run = components.linked_select("Run", runs, "run", default="cumulative")  # fmt: skip
    mine = counts[counts["run_id"] == run]
    questions = list(dict.fromkeys(mine["question_id"]))
    with right:
        question = components.linked_select("Question", questions, "question", words=lambda q: by_claim.get(q, q))  # fmt: skip
    flow = prisma.flow_table(mine[mine["question_id"] == question])
    components.picture(
        prisma.draw_flow(flow, components.ink()), flow[["box", "n", "reason", "stage"]],
        f"prisma-{run}-{question}", f"PRISMA 2020 flow, run {run}", key="prisma",
    )  # fmt: skip

components.question(
    "What is asked for each claim?", "One query a claim; {concepts} are written out."
)
body = [
    [f"<b>{escape(row.label)}</b> {escape(str(row['statement']))}", f"<code>{marks.text(row.get('query'), 'no query: not testable')}</code>"]
    for row in claims
]  # fmt: skip
components.show(
    components.table([Head("Claim", width=330), Head("Query", label="")], body, "Queries")
)

components.question("Which runs have there been?")
runs_done = list(manifest.get("runs") or [])
if runs_done:
    items = "".join(f"<li><code>{escape(str(run))}</code></li>" for run in runs_done)
    components.show(f'<ul class="change">{items}</ul>')
else:
    components.empty("No run has asked a database yet.")
missing = manifest.get("databases_not_searched") or []
if missing:
    components.show(f"<p>Never searched: <b>{escape(', '.join(map(str, missing)))}</b>.</p>")
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(snapshot, "searches", None, [], len(searches), label="Download the searches")  # fmt: skip
