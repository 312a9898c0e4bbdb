"""Gap map: where is nothing? Claims by outcome and comparator, empty cells drawn."""

import streamlit as st

from evidence.charts import gap_map
from evidence.dashboard import components, gap_grid, state

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
outcomes = st.multiselect(
    "Outcomes", ["pain", "disability", "response", "recovery", "quality of life"],
    default=["pain", "disability"], key="outcomes", bind="query-params",
)  # fmt: skip
found = gap_grid.view(snapshot, review_state, outcomes) if outcomes else None
if found is None or not found.n_claims:
    components.empty("Nothing to map.", "Choose an outcome, or another review state.")
else:
    table = found.table
    n_empty = int((table["studies"] == 0).sum())
    components.figures_row(
        [
            (str(n_empty), f"of {len(table)} cells are empty"),
            (str(found.n_questions), f"questions, from {found.n_claims} claims"),
        ]
    )
    components.show(found.html)
    with st.expander("The numbers of this picture, and the picture as a file", key="twin_gaps"):
        components.show(found.twin)
        components.image_buttons(
            lambda: gap_map.draw_gaps(table, components.ink()), "gap-map", "gaps"
        )
    with st.container(horizontal=True, key="claimfoot"):
        components.download_table(
            snapshot, "syntheses", {"stratum_id": found.strata}, list(outcomes), len(found.strata),
            label="Download these strata",
        )  # fmt: skip
