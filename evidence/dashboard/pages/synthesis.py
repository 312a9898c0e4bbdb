"""Synthesis lab: look at one stratum from every side; nothing here is written."""

from html import escape

import streamlit as st

from evidence.charts import figures, forest, funnel, overlap
from evidence.dashboard import claim, components, glossary, paging, reading, state, synthesis
from evidence.dashboard.strata_picker import pick_stratum

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
components.page_title(
    "What if it is pooled another way?",
    "One stratum at a time, as it was computed, beside what other methods and other sets of studies "
    "give. Nothing you move here is written or changes a verdict.",
)
picked = pick_stratum(snapshot)
if picked is None:
    st.stop()
stratum, ink, dark = picked.stratum, components.ink(), components.is_dark()
components.show(claim.stratum_line(stratum))
if not figures.is_missing(stratum["finding_reason"]):
    components.show(f'<div class="note">Finding: {escape(str(stratum["finding_reason"]))}</div>')

components.question("How do other ways of looking at it compare?")
components.show(synthesis.ways_table(stratum))

drawn = paging.most_weighed(picked.members)
sized = forest.forest_table(stratum, drawn) if not figures.is_missing(stratum["unit"]) else None  # fmt: skip
if sized is not None and len(sized):
    components.question("Where would the least difference that matters have to lie?")
    declared = None if figures.is_missing(stratum["mid"]) else float(stratum["mid"])
    shown = dict(stratum)
    if declared:
        moved = st.slider(
            f"Least difference that matters, {stratum['unit']} (the protocol says {figures.plain(declared)})",
            min_value=0.2 * declared, max_value=3.0 * declared, value=declared, step=0.1 * declared,
            key=f"mid_{picked.stratum_id}", help=glossary.help_on("MID"),
        )  # fmt: skip
        shown["mid"] = moved
        components.show(f'<div class="note">{synthesis.against_line(stratum, moved)} Only the picture follows; the verdict keeps the protocol.</div>')  # fmt: skip
    components.picture(
        forest.draw_forest(
            sized, shown, ink, is_dark=dark, sources=claim.sources_of(snapshot, drawn)
        ),
        sized.drop(columns=["result_id"]),
        f"forest-{picked.stratum_id}",
        f"Forest plot {claim.stratum_words(stratum)}",
        key="lab_forest",
    )
    paging.say_left_out(len(drawn), len(picked.members))

components.question("Are small negative trials missing?")
points = funnel.funnel_table(picked.members)
if len(points) >= funnel.LEAST:
    said = figures.p_value(stratum["egger_p"])
    if said:
        components.show(f'<div class="note">Egger\'s test: p {said}. Dashed: where p would be 0.10, 0.05 and 0.01.</div>')  # fmt: skip
    components.picture(
        funnel.draw_funnel(points, stratum, ink), points.drop(columns=["result_id"]),
        f"funnel-{picked.stratum_id}", "Funnel plot", key="funnel",
    )  # fmt: skip
else:
    components.empty(
        f"{len(points)} pooled studies: too few to tell.",
        f"Below {funnel.LEAST} a funnel plot or a test misleads; none is drawn.",
    )

components.question(
    "Do reviews count the same trials twice?",
    "Of the reviews in this stratum; where none of their lists is known, of all reviews with a known list.",
)
pairs, n_pairs = synthesis.pairs_of(snapshot, picked.members)
if len(pairs):
    reviews = {*pairs["review_a"], *pairs["review_b"]}
    studies = reading.rows_at(snapshot, "studies", reviews, "label")
    labels = {i: str(row["label"]) for i, row in studies.items()}
    table = overlap.overlap_table(pairs, labels)
    whole = pairs["cca_overall"].dropna()
    if len(whole):
        components.show(f'<div class="note">Corrected covered area of all: {figures.figure(float(whole.iloc[0]) * 100, 0)} %. In the cells: of each pair, in per cent.</div>')  # fmt: skip
    if len(pairs) < n_pairs:
        components.show(f'<div class="note">Shown are the {figures.count(len(pairs))} of {figures.count(n_pairs)} pairs that share most trials.</div>')  # fmt: skip
    components.picture(overlap.draw_overlap(table, ink), table, "review-overlap", "Overlap of reviews", key="overlap")  # fmt: skip
else:
    components.empty("The lists of trials of no two reviews are known.")

components.question("Which review stands for the trials, and what has come since?")
panel = synthesis.index_review(snapshot, stratum)
if panel:
    components.show(panel)
else:
    components.empty("No index review: the trials themselves are pooled or counted.")
certainty = claim.certainty_table(snapshot, picked.stratum_id)
if certainty:
    components.question("Why this certainty?")
    components.show(certainty)
components.question(f"Which studies? ({picked.members['study_id'].nunique()})")
components.show(claim.member_table(snapshot, picked.members, "Studies of the stratum"))
ids = list(picked.members["result_id"])
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(
        snapshot, "syntheses", {"stratum_id": [picked.stratum_id]}, [picked.stratum_id], 1,
        label="Download this stratum",
    )  # fmt: skip
    components.download_table(
        snapshot, "study_results", {"result_id": ids}, [picked.stratum_id], len(ids),
        label="Download its results",
    )  # fmt: skip
