"""Safety: how often does harm occur, per patient and per treatment? Apart from benefit."""

from html import escape

import streamlit as st

from evidence.dashboard import components, harms, marks, paging, reading, state
from evidence.dashboard.board import plain_label
from evidence.dashboard.navigation import page_file
from evidence.vocabulary import ClaimKind

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
components.page_title(
    "How often does harm occur?",
    "Rates with their denominators, apart from benefit. No serious event among n people is not "
    "proof: the upper bound stands beside it. Case reports show that a harm exists, never how often.",
)
review_state = components.pick_state()
for row in reading.in_state(reading.claims(snapshot), review_state):
    if row.kind is ClaimKind.SAFETY:
        components.show(
            f'<div class="found">{marks.verdict(row.verdict, 24)}<div class="say">'
            f"{escape(str(row.get('verdict_sentence') or ''))}</div></div>"
        )
        with st.container(key=f"goto_{row.claim_id}"):
            st.page_link(
                page_file("claim"),
                label=plain_label(f"{row.label} “{row['quote']}”: the whole reasoning"),
                query_params={"claim": row.claim_id},
            )

frame = state.rows(snapshot, "adverse_events")
picked = st.segmented_control(
    "Which events",
    ["serious", "any", "not serious"],
    default="serious",
    key="seriousness",
    bind="query-params",
    required=True,
    format_func=lambda word: {"any": "any event", "serious": "serious", "not serious": "minor"}[
        word
    ],
)
part = frame[frame["seriousness"] == picked]
if frame.empty:
    components.empty("No harm has been recorded.", "That is a gap of the data, not a finding.")
elif part.empty:
    components.empty("No source reports these events.", "That is a gap of the data, not a finding.")
for unit, words in harms.UNITS.items():
    mine = part[part["denominator_unit"] == unit]
    if len(mine):
        components.question(f"How often, of all {words}?")
        shown = paging.page_of(harms.ordered(snapshot, mine), "events", unit)
        components.show(harms.event_table(snapshot, shown, f"Events per {words}"))
rest = part[~part["denominator_unit"].isin(list(harms.UNITS))]
if len(rest):
    components.question("What else was reported, without a denominator?")
    shown = paging.page_of(harms.ordered(snapshot, rest), "events", "rest")
    components.show(harms.event_table(snapshot, shown, "Events without a denominator"))

cases = harms.cases_of(snapshot)
components.question(
    "Which single cases have been reported?", "A signal that something can happen; no rate can be made of it."
)  # fmt: skip
if len(cases):
    components.show(harms.case_table(paging.page_of(cases, "reports", "cases")))
else:
    components.empty("No case report is among the studies.", "They are collected by a refresh.")

components.question("What do the words mean?")
terms = "".join(
    f"<dt>{escape(word)}</dt><dd>{escape(says)}</dd>" for word, says in harms.DEFINITIONS
)
components.show(f'<dl class="pairs">{terms}</dl>')
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(
        snapshot, "adverse_events", {"seriousness": [str(picked)]}, [str(picked)], len(part),
        label="Download these harms",
    )  # fmt: skip
