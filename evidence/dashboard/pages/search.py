"""Search and refresh: what was asked, what came back, what a refresh brought, and the next one."""

from functools import partial
from html import escape

import streamlit as st

from evidence.charts import prisma
from evidence.dashboard import components, paging, reading, refresh_panel, refreshed, search, state
from evidence.dashboard.components import Head
from evidence.dashboard.navigation import address

MOST_QUERIES = 100

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
every = reading.claims(snapshot)
claims = reading.in_state(every, review_state)
labels = {row.claim_id: f"{row.label} {row['statement']}" for row in every}
queries = search.queries_in_state(snapshot, review_state)

components.question("When was it searched last?")
if searches.empty:
    words = str(manifest.get("search_words") or "no systematic search yet")
    components.empty(
        f"{words[:1].upper()}{words[1:]}.",
        "A refresh asks PubMed every query below and writes the next data set; the one you see "
        "stays until the new one is complete. Run it here, or with <code>python -m evidence "
        "refresh</code>.",
    )
else:
    components.show(search.last_search_html(snapshot, every))

components.question("Search again", "A refresh is a process of its own, on this computer.")
refresh_panel.draw(every)

components.question("What did the last refresh bring?")
found = refreshed.last_refreshed(snapshot, state.protocol())
if found is None:
    components.empty("Nothing yet.", "No refresh has brought a data set.")
else:
    components.figures_row(refreshed.counts_row(found))
    runs = ", ".join(f"<code>{escape(run)}</code>" for run in found.run_ids)
    began = [manifest["runs"].get(run, {}).get("started_at") for run in found.run_ids]
    components.show(
        f'<div class="note">{runs or "An earlier run"}, {search.moment(began[-1] if began else None)}. '
        + ("It was the first data set." if found.before_id is None else f'Beside the data set before: <a href="{address("changes", before=found.before_id, after=found.after_id)}" target="_self">compare the two</a>.')
        + "</div>"
    )  # fmt: skip
    if found.verdicts:
        components.show(refreshed.moved_table(found.verdicts, labels))
    else:
        components.empty("No verdict moved.")
    kinds = [kind for kind in refreshed.KINDS if found.records[kind]]
    if not kinds:
        components.empty(
            "No record came, changed, was retracted or dropped.",
            "PubMed held nothing new for the queries; what was held before stands.",
        )
    else:
        names = {"all": "All records that it touched", **refreshed.KINDS}
        picked = components.linked_select("Records of the last refresh", ["all", *kinds], "brought", words=lambda kind: names[kind])  # fmt: skip
        kind = None if picked == "all" else picked
        touched = refreshed.brought(found, kind)
        shown = paging.page_of(touched, "records", f"brought_{picked}")
        components.show(refreshed.record_table(refreshed.named(found, shown)))
        st.download_button(
            f"Download these records ({len(touched):,}, CSV)",
            data=partial(refreshed.records_csv, found, kind),
            file_name=components.file_name("record_changes", [picked], len(touched)),
            mime="text/csv", key="download_record_changes", on_click="ignore",
        )  # fmt: skip

components.question(
    "Is each query complete?",
    "Reported, fetched and missing are of the newest search of each; a query changed since is asked "
    "in full the next time.",
)
if queries:
    components.show(search.query_table(queries[:MOST_QUERIES]))
    if len(queries) > MOST_QUERIES:
        components.show(f'<div class="note">{MOST_QUERIES} of {len(queries)} queries; the download holds all.</div>')  # fmt: skip
else:
    components.empty("No query has been sent yet.")
asked = {row.claim_id for query in queries for row in query.claims}
waiting = [row for row in claims if row.claim_id not in asked]
if waiting:
    heads = [Head("Claim", width=330), Head("Query", label="")]
    with st.expander(
        f"Claims whose query has not been sent ({len(waiting)})", expanded=not queries
    ):
        body = [[f"{escape(row.label)} {escape(str(row['statement']))}", search.unsent_query(row)] for row in waiting[:MOST_QUERIES]]  # fmt: skip
        components.show(components.table(heads, body, "Queries that have not been sent"))

components.question("What flowed from records to studies?")
counts = state.rows(snapshot, "prisma_counts")
if counts.empty:
    components.empty("No flow has been counted yet.", "It is written with the first refresh.")
else:
    flows = list(dict.fromkeys(counts["run_id"]))
    by_claim = search.question_words(every)
    left, right = st.columns(2)
    with left:
        run = components.linked_select("Run", flows, "run", default="cumulative", words=lambda r: "all runs together" if r == "cumulative" else r)  # fmt: skip
    mine = counts[counts["run_id"] == run]
    questions = list(dict.fromkeys(mine["question_id"]))
    with right:
        question = components.linked_select("Question", questions, "question", words=lambda q: by_claim.get(q, q))  # fmt: skip
    flow = prisma.flow_table(mine[mine["question_id"] == question])
    components.picture(
        prisma.draw_flow(flow, components.ink()), flow[["box", "n", "reason", "stage"]],
        f"prisma-{run}-{question}", f"PRISMA 2020 flow, {run}", key="prisma",
    )  # fmt: skip

components.question("Which runs have there been?")
runs_done = search.run_table(manifest, searches)
if runs_done:
    components.show(runs_done)
else:
    components.empty("No run has asked a database yet.")
missing = manifest.get("databases_not_searched") or []
if missing:
    components.show(f"<p>Never searched: <b>{escape(', '.join(map(str, missing)))}</b>.</p>")
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(snapshot, "searches", None, [], len(searches), label="Download the searches")  # fmt: skip
    components.download_table(snapshot, "prisma_counts", None, [], len(counts), label="Download the flow")  # fmt: skip
