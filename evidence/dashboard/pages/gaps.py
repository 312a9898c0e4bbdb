"""Gap map: where is nothing? Claims by outcome and comparator, empty cells drawn."""

import streamlit as st

from evidence.charts import gap_map
from evidence.dashboard import components, gap_grid, reading, state
from evidence.vocabulary import ClaimKind

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
components.page_title(
    "Where is there no evidence?",
    "Each row is a claim that a treatment helps, each column an outcome against one comparator. "
    "A large disc is not an important one. Dashed squares are empty: nothing was found. A disc "
    "leads to exactly its studies.",
)
review_state = components.pick_state()
rows = [
    row
    for row in reading.in_state(reading.claims(snapshot), review_state)
    if row.kind is ClaimKind.EFFICACY
]
strata = state.rows(snapshot, "syntheses", "time_window", *gap_map.READ)
decision = strata[strata["time_window"] == reading.DECISION]
labels: dict[str, list[str]] = {}
first: dict[str, reading.ClaimRow] = {}
for row in rows:
    question = str(row.get("question_id"))
    labels.setdefault(question, []).append(row.label)
    first.setdefault(question, row)
asked = {
    question: (f"{', '.join(codes)} {first[question]['statement']}", first[question].claim_id)
    for question, codes in labels.items()
}
outcomes = st.multiselect(
    "Outcomes", ["pain", "disability", "response", "recovery", "quality of life"],
    default=["pain", "disability"], key="outcomes", bind="query-params",
)  # fmt: skip
if not rows or not outcomes:
    components.empty("Nothing to map.", "Choose an outcome, or another review state.")
else:
    table = gap_map.gap_table(decision, asked, list(outcomes))
    n_empty = int((table["studies"] == 0).sum())
    components.figures_row(
        [
            (str(n_empty), f"of {len(table)} cells are empty"),
            (str(len(asked)), "questions, from " + str(len(rows)) + " claims"),
        ]
    )
    components.show(gap_grid.legend(table) + gap_grid.grid_html(table, list(outcomes)))
    with st.expander("The numbers of this picture, and the picture as a file", key="twin_gaps"):
        components.show(components.twin_table(table.drop(columns=["claim_id"]), "Gap map"))
        components.image_buttons(
            lambda: gap_map.draw_gaps(table, components.ink()), "gap-map", "gaps"
        )
    ids = [str(s) for s in decision["stratum_id"] if str(s).split(".", maxsplit=1)[0] in asked]
    with st.container(horizontal=True, key="claimfoot"):
        components.download_table(
            snapshot, "syntheses", {"stratum_id": ids}, list(outcomes), len(ids),
            label="Download these strata",
        )  # fmt: skip
