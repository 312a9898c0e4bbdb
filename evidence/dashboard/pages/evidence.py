"""Evidence table: one row a result of a study; choose a row for everything known of it."""

from html import escape

import streamlit as st

from evidence.charts import figures
from evidence.dashboard import (
    claim,
    components,
    drawer,
    reading,
    results,
    state,
    study_table,
    views,
)

SIZE = 100
snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
everything = results.results_with_studies(snapshot)
claims = {row.claim_id: row for row in reading.claims(snapshot)}
components.page_title(
    "What did each study find?",
    f"<b>{everything.n_results:,}</b> results of <b>{everything.n_studies:,}</b> studies, one "
    "row a result. Choose a row for its source note, its record and where it counts.",
)

with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="filters"):
    find = st.text_input(
        "Find a study", key="text", placeholder="Author, title, journal, outcome",
        label_visibility="collapsed", width=260, bind="query-params",
    )  # fmt: skip
    with st.popover("Filters"):
        claim_id = components.linked_select(
            "Claim",
            ["", *claims],
            "for_claim",
            words=lambda key: (
                f"{claims[key].label} {claims[key]['statement']}" if key else "any claim"
            ),
        )
        strata = reading.strata(snapshot, claims[claim_id]) if claim_id else None
        by_id = {} if strata is None else {str(r["stratum_id"]): r for r in figures.records(strata)}
        stratum_id = (
            components.linked_select(
                "Stratum of the claim",
                ["", *by_id],
                "stratum",
                words=lambda key: claim.stratum_words(by_id[key]) if key else "all of them",
                word="stratum",
            )
            if by_id
            else ""
        )
        wanted = {
            column: components.linked_choices(
                title, list(everything.choices[column]), key, word=word
            )
            for column, title, key, word in (
                ("comparator_class", "Compared with", "comparator", None),
                ("outcome_domain", "Outcome", "outcome", None),
                ("time_window", "Window", "window", "time window"),
                ("design", "Design", "design", None),
                ("risk_of_bias", "Risk of bias", "risk", "risk of bias"),
                ("direction", "Direction", "direction", "direction"),
            )
        }
    with st.popover("Columns"):
        shown_columns = components.linked_list(
            "Columns", list(study_table.COLUMNS), "columns", default=study_table.DEFAULT,
            words=lambda c: study_table.COLUMNS[c],
        )  # fmt: skip
    review_state = components.pick_state()
    views.saved_views()

only = study_table.ids_in_state(snapshot, review_state)
if claim_id:
    mine = study_table.result_ids_of(snapshot, claims[claim_id], stratum_id)
    only = mine if only is None else only & mine
kept = results.select(everything, wanted, find or "", only)
n_pages = max(1, -(-len(kept) // SIZE))
# A link to a result shows it at once; chosen in the table, it opens below, where the eye is.
linked_place = st.container(key="linked")
page = 1
with st.container(horizontal=True, vertical_alignment="bottom", key="paging"):
    shown_words = (
        f"{figures.count(len(kept))} results of {results.n_studies_at(everything, kept):,} studies"
    )
    if n_pages > 1:
        page = int(
            st.number_input(
                f"{shown_words}, page of {n_pages}",
                1,
                n_pages,
                key="page_number",
                width=260,
                bind="query-params",
            )
        )
    elif len(kept):
        components.show(f'<span class="q">{shown_words}.</span>')
rows = study_table.page_of(everything, kept, min(page, n_pages), SIZE)
columns = [c for c in study_table.COLUMNS if c in shown_columns]

asked = st.query_params.get("result", "")
if not len(kept):
    components.empty("No result matches.", "Take a filter away to see the others.")
else:
    picked = st.dataframe(
        rows[columns],
        hide_index=True,
        key="results",
        on_select="rerun",
        selection_mode="single-row",
        height=min(460, 36 * (len(rows) + 1) + 3),
        placeholder="–",
        alt="Results of studies, one row a result",
        column_config={
            **{c: st.column_config.TextColumn(study_table.COLUMNS[c]) for c in columns},
            "label": st.column_config.TextColumn("Study", width=170),
            "direction": st.column_config.TextColumn("Direction", width=130),
            "year": st.column_config.NumberColumn("Year", format="%d"),
            "weeks": st.column_config.NumberColumn("Weeks", format="%g"),
            "people": st.column_config.NumberColumn("People", format="accounting", step=1),
            "link": st.column_config.LinkColumn("Record", display_text=r"https?://(?:www\.)?(pubmed|doi|[^/]+)"),
        },
    )  # fmt: skip
    chosen = [int(i) for i in picked["selection"]["rows"] if int(i) < len(rows)]
    if chosen:
        asked = str(rows["result_id"].iloc[chosen[0]])
        st.query_params["result"] = st.session_state["chosen_result"] = asked

result = reading.result_row(snapshot, asked) if asked else {}
is_linked = bool(asked) and asked != st.session_state.get("chosen_result")
with linked_place if is_linked else st.container():
    if result:
        study = reading.study_row(snapshot, result["study_id"])
        components.question(escape(str(study["label"])), f"Result <code>{escape(asked)}</code>", anchor="row")  # fmt: skip
        components.show(drawer.drawer_html(snapshot, asked))
        standing = drawer.standing_table(snapshot, asked)
        components.question("Where does this result count?")
        if standing:
            components.show(standing)
        else:
            components.empty("In no stratum.", "The table below says why, where it was considered.")
        left_out = drawer.exclusion_table(snapshot, asked)
        if left_out:
            with st.expander("Questions for which it was left out, and why"):
                components.show(left_out)
        if not figures.is_missing(study["pmid"]):
            records = snapshot.read("records", ["abstract"], {"pmid": [study["pmid"]]})
            abstract = drawer.abstract_html(records, result)
            if abstract:
                components.question("What does the abstract say?", "From your own refresh; the sentence that was read is marked.")  # fmt: skip
                components.show(abstract)
    elif asked:
        components.empty(f"There is no result {asked!r} in this data set.")
    else:
        components.show('<div class="note">Choose a row: everything known of it opens here.</div>')

filters = [find] if find else []
filters += [part for part in (claim_id, stratum_id) if part]
filters += [value for values in wanted.values() for value in values]
filters += [] if review_state == "all" else [review_state]
is_all = len(kept) == everything.n_results
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(
        snapshot, "study_results", None if is_all else lambda: {"result_id": everything.ids(kept)},
        filters, len(kept), label="Download these results",
    )  # fmt: skip
