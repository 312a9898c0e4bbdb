"""Review queue: what needs a person, one item at a time, and what people have decided."""

from html import escape

import streamlit as st

from evidence.charts import figures
from evidence.dashboard import (
    building,
    components,
    decided,
    deciding,
    reading,
    review,
    review_forms,
    review_queue,
    state,
)

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
claims = reading.claims(snapshot)
events = deciding.events_now()
needed = state.protocol().whole("certainty.signatures_needed")
queue = review_queue.read_queue(snapshot, claims, events, needed)
asked = review_queue.asked_key(claims)
item = review.find_item(queue.items, asked) if asked else None
n_newer = decided.newer_than(events, snapshot.manifest.get("decisions_up_to"))

if asked:
    picked = review_queue.picked_filters()
    review_queue.crumbs(queue.items, asked, picked)
    components.page_title(item.title if item else "There is no such item")
    review_forms.who_am_i()
    review_forms.outcome_line()
    building.build_panel(snapshot, n_newer)
    if item is None:
        components.empty(
            f"Nothing in this data set is called {asked!r}.",
            "It may be gone since a newer build; the queue lists what there is.",
        )
    else:
        review_queue.open_item(snapshot, item, queue, events)
        mine = review_queue.events_of(item, events)
        if mine:
            components.question("What has happened to it so far?", "Every step, newest first.")
            components.show(decided.log_table(mine, queue.names, "Decisions on this item"))
    st.stop()

components.page_title(
    "What needs a person?",
    "A verdict counts as reviewed when two people have signed it; until then its certainty is "
    "never shown above Low. Overriding a rule needs a reason, and both stay on record.",
)
review_forms.who_am_i()
review_forms.outcome_line()
building.build_panel(snapshot, n_newer)
reviewed, testable = reading.signed(claims)
n_waiting = review.counts(queue.items)
components.figures_row(
    [
        (f"{reviewed} of {testable}", "verdicts signed by two people in this data set"),
        (figures.count(n_waiting["second"]), "lack only a second person"),
        (figures.count(len(review.select(queue.items, ()))), "items wait in all"),
    ]
)
picked = review_queue.pick_filters(n_waiting)
shown = review.select(queue.items, picked.reasons, picked.find, picked.review_state)
components.question(f"What waits? ({figures.count(len(shown))})")
if not shown:
    components.empty(
        "Nothing waits." if not picked.is_any else "Nothing waits for these reasons.",
        "" if not picked.is_any else "Take a filter away to see the others.",
    )
review_queue.draw_list(shown, picked)
absent = [words for reason, words in review.REASONS.items() if not n_waiting[reason] and reason != review.DONE]  # fmt: skip
if absent:
    components.show(f'<div class="note">Nothing waits as: {escape(", ".join(absent))}.</div>')

components.question(
    "How well do two people agree?",
    "Where two people confirmed the same value or answered for the same pair of reports. κ takes "
    "chance away; where nearly everything is of one kind it falls though people agree, so AC1 "
    "stands beside it.",
)
agreed = decided.agreement_table(events)
if agreed:
    components.show(agreed)
else:
    components.empty(
        "No pair of answers yet (n = 0).",
        "Agreement is shown from the first value that two people have confirmed apart.",
    )

components.question("What has been decided?", "Who, when, what, from what to what, and why; nothing is ever erased.")  # fmt: skip
if not events:
    components.empty("Nothing yet.", "The first signature or confirmation stands here.")
else:
    review_queue.draw_log(events, queue.names)
with st.container(horizontal=True, key="claimfoot"):
    ids = [i.item_id for i in shown if i.kind is review.ItemKind.VERDICT]
    components.download_table(snapshot, "claim_verdicts", {"claim_id": ids}, ["queue", *picked.reasons], len(ids), label="Download the verdicts in the queue")  # fmt: skip
    components.download_table(snapshot, "decisions_log", None, [], len(events), label="Download the log of decisions")  # fmt: skip
