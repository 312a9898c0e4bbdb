"""Review queue: what needs a person, and why."""

from html import escape

import streamlit as st

from evidence.dashboard import components, reading, review, state
from evidence.dashboard.board import plain_label
from evidence.dashboard.navigation import page_file

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
claims = reading.claims(snapshot)
reviewed, testable = reading.signed(claims)
components.page_title(
    "What needs a person?",
    "A verdict counts as reviewed when two people have signed it; until then its certainty is "
    "never shown above Low. Overriding a rule needs a reason, and both stay on record.",
)
components.figures_row(
    [
        (f"{reviewed} of {testable}", "verdicts signed by two people"),
        (str(len(review.disagreements(snapshot))), "results whose sign and own test disagree"),
        (
            str(len(review.silent_trials(snapshot))),
            "results that may hide a number in the full text",
        ),
    ]
)
review_state = components.pick_state()
reasons = review.REASONS
picked = st.pills("Reason", list(reasons), key="reason", format_func=lambda r: reasons[r], selection_mode="multi", label_visibility="collapsed", persist_state="session")  # fmt: skip
wanted = list(picked or reasons)

queue = review.queue(reading.in_state(claims, review_state), wanted)
components.question(f"Which verdicts? ({len(queue)})")
if not queue:
    components.empty("Nothing waits.", "Choose other reasons, or all states.")
else:
    components.show(review.queue_table(queue))
    row = queue[0][0]
    with st.container(key="goto_first"):
        st.page_link(page_file("claim"), label=plain_label(f"Begin with {row.label}: {row['statement']}"), query_params={"claim": row.claim_id})  # fmt: skip

components.question(
    "Which results disagree with their own test?",
    "The sign of the number and the source's significance test point to different sides; the row "
    "waits for a person.",
)
odd = review.disagreements(snapshot)
if len(odd):
    components.show(review.result_table(snapshot, odd))
else:
    components.empty("None.", "Every number lies on the side that its source's test names.")
components.question("Which results may hide a number in the full text?")
silent = review.silent_trials(snapshot)
if len(silent):
    with st.expander(f"{len(silent)} results whose direction is not reported"):
        components.show(review.result_table(snapshot, silent.head(200)))
else:
    components.empty("None.")

components.question("How well do two people agree?")
components.empty(
    "No pair of decisions has been recorded yet.",
    escape(
        "Agreement (κ, AC1, with n) is shown from the first pair on; it is not computed from nothing."
    ),
)
with st.container(horizontal=True, key="claimfoot"):
    ids = [row.claim_id for row, _ in queue]
    components.download_table(snapshot, "claim_verdicts", {"claim_id": ids}, ["queue", *(picked or [])], len(ids), label="Download the queue")  # fmt: skip
