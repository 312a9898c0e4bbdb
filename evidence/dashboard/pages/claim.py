"""One claim: what is asserted, what was found, and every step between."""

from html import escape

import streamlit as st

from evidence.charts import claim_card, comparator_strip, figures, forest, harvest, share_strip
from evidence.charts.palette import VERDICT_LOOK
from evidence.dashboard import (
    board,
    causes,
    claim,
    claim_reviews,
    components,
    glossary,
    marks,
    packs,
    paging,
    reading,
    state,
    strips,
)
from evidence.dashboard.navigation import page_file
from evidence.vocabulary import ClaimKind, MemberRole

BIAS_KEY = (
    "Letter and colour: risk of bias, + low, ! some concerns, − high, ? not assessed. Dashed: "
    "number of people not known."
)
MOST_GUIDELINES = 6
snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
rows = reading.claims(snapshot)
asked = st.query_params.get("claim", "")
at = next((i for i, r in enumerate(rows) if asked in {r.claim_id, r.label}), None)
if not rows:
    components.empty("No claim is registered.", "Add a document and its claims, then build again.")
    st.stop()
if asked and at is None:
    components.page_title("There is no such claim")
    components.empty(f"No claim has the id {asked!r}.", "The board lists all of them.")
    st.page_link(page_file("board"), label="All claims")
    st.stop()
row = rows[at or 0]
at = at or 0
# "C03" and no claim at all lead here too, and a link from this page to itself brings the next claim
# but leaves the address of the last one in the browser. Only then: said after a link from another
# page, the browser may keep the address twice, and its step back leads nowhere.
is_next = state.page_before() == "claim" and st.session_state.get("claim_shown") != row.claim_id
if asked != row.claim_id or is_next:
    st.query_params["claim"] = row.claim_id
st.session_state["claim_shown"] = row.claim_id

with st.container(horizontal=True, key="crumbs", vertical_alignment="center", gap="medium"):
    st.page_link(page_file("board"), label="← All claims")
    before, after = reading.neighbours(rows, at, str(st.session_state.get("state", "all")))
    if before is not None:
        st.page_link(
            page_file("claim"),
            label=f"Previous, {before.label}",
            query_params={"claim": before.claim_id},
        )
    if after is not None:
        st.page_link(
            page_file("claim"), label=f"Next, {after.label}", query_params={"claim": after.claim_id}
        )
    st.page_link(page_file("reader"), label="In the text", query_params={"document": str(row["document_id"])})  # fmt: skip
    components.pick_state()
components.page_title(str(row["statement"]))

look = VERDICT_LOOK[row.verdict]
answer = row.get("verdict_sentence") or row.get("why_untestable") or ""
numbers = claim.number_table(snapshot, row)
where = f'<details class="noprint"><summary>Where each number stands</summary>{numbers}</details>' if numbers else ""  # fmt: skip
components.show(
    f'<div class="two"><div><div class="lab">What the document says, and where</div>'
    f'<div class="src w-{look.slug}">{claim.paragraph(snapshot, row)}</div></div>'
    f'<div class="found"><div class="lab">What was found</div>{marks.verdict(row.verdict, 30)}'
    f'<div class="say">{marks.prose(answer)}</div>{claim.facts(row)}{where}</div></div>'
)

if row.kind is ClaimKind.UNTESTABLE:
    components.question(
        "Why can this not be tested?",
        escape(str(row.get("why_untestable") or "")) + " It is left out of every count.",
    )
grid = claim.asserted_found(snapshot, row)
if grid:
    components.question("Does what was found match what is asserted?")
    components.show(grid)

frame = reading.strata(snapshot, row)
members = reading.members(snapshot, row)
outcome = reading.shown_outcome(row, frame)
decision = reading.decision_strata(row, frame, outcome)
ink, dark = components.ink(), components.is_dark()

if row.kind is ClaimKind.EFFICACY and len(decision):
    axis = reading.axis_of(row, decision)
    mid = figures.plain(axis.mid)
    components.question(
        "Compared with what?",
        f"{glossary.term('sham', 'Sham')} answers for the treatment itself; "
        f"{glossary.term('usual care')} and no treatment answer for the whole encounter. They are never "
        f"averaged. Dashed lines: {mid} {escape(axis.unit)}, the least difference that matters "
        f"({glossary.term('MID')}); the shaded band is less than that. Outcome: {escape(str(outcome))}.",
    )
    components.show(strips.comparator_strip(reading.lanes(row, decision), axis, is_big=True))
    strip = comparator_strip.strip_table(decision, [str(lane) for lane in strips.LANES])
    with st.expander("The numbers of this picture, and the picture as a file", key="twin_strip"):
        components.show(components.twin_table(strip, "Comparators"))
        components.image_buttons(
            lambda: comparator_strip.draw_strip(strip, axis.unit, axis.mid, ink), f"{row.claim_id}-comparators", "strip"
        )  # fmt: skip

shares = reading.board_shares(snapshot, row)
if shares and row.kind is not ClaimKind.EFFICACY:
    value = row.get("claimed_value")
    components.question(
        "Where does the claimed number lie?" if value is not None else "What numbers were found?",
        "Each circle is one source; the filled ones decide. Periods and places may differ: the "
        "table below says which.",
    )
    claimed, of = None if value is None else float(value), board.shares_of(row)
    drawn = strips.percent_strip(shares, claimed, "found", of)
    components.show(f'<div style="max-width:760px">{drawn}</div>')
    twin = share_strip.shares_table([(s.label, s.percent, s.is_main) for s in shares])
    with st.expander("The numbers of this picture, and the picture as a file", key="twin_shares"):
        components.show(components.twin_table(twin, "Numbers found, in per cent"))
        components.image_buttons(
            lambda: share_strip.draw_shares(twin, claimed, of, ink), f"{row.claim_id}-numbers", "shares"
        )  # fmt: skip

filled = claim.strata_with_members(frame, members)
by_id = {str(s["stratum_id"]): s for s in filled}
has_unit = set(frame[frame["unit"].notna()]["stratum_id"])
is_sized = members["effect"].notna() & members["ci_low"].notna()
with_size = has_unit & set(members[is_sized]["stratum_id"])
chosen = None
if by_id:
    main = row.get("main_stratum_id")
    first = main if main in by_id else next(iter(by_id))
    components.question(
        "How large, and how much do the studies differ?" if with_size else "Which results are there?",
        "Choose what to look at. One comparator, one outcome, one time window at a time; the one "
        "that decides is marked.",
    )  # fmt: skip
    chosen = components.linked_select(
        "Comparator, outcome and window",
        sorted(by_id, key=lambda key: key != first),
        "stratum",
        words=lambda key: claim.stratum_words(by_id[key]) + (" · decides" if key == main else ""),
        word="stratum",
    )

if chosen is not None:
    stratum = by_id[chosen]
    mine = members[members["stratum_id"] == chosen]
    weighed = paging.most_weighed(mine)
    sized = (
        forest.forest_table(stratum, weighed)
        if not figures.is_missing(stratum["unit"])
        else mine[:0]
    )
    silent = mine[mine["effect"].isna()]
    words = claim.stratum_words(stratum)
    sources = claim.sources_of(snapshot, weighed)
    if len(sized):
        components.show(claim.stratum_line(stratum))
        components.picture(
            forest.draw_forest(sized, stratum, ink, is_dark=dark, sources=sources),
            sized.drop(columns=["result_id"]),
            f"{row.claim_id}-forest-{chosen}",
            f"Forest plot {words}: {len(sized)} lines; the table below holds the same numbers.",
            key="forest",
        )
        paging.say_left_out(len(weighed), len(mine))
    counted = mine[mine["role"].isin([str(MemberRole.COUNTED), str(MemberRole.NOT_REPORTED)])]
    is_tested = row.kind in board.TESTED_KINDS
    if is_tested:
        directions = reading.tested(snapshot, counted if len(counted) else mine)
        components.question(
            "Which way did each test come out?",
            "One bar a result, by the source's own test, since sizes are seldom printed. Height: "
            f"people. {BIAS_KEY}",
        )
        components.picture(
            harvest.draw_harvest(directions, ink, is_dark=dark, names=harvest.TESTED, noun=("result", "results"), sources=sources),
            directions.drop(columns=["result_id"]),
            f"{row.claim_id}-harvest-{chosen}",
            f"Harvest plot {words}: {len(directions)} results by their own test.",
            key="harvest",
        )  # fmt: skip
    elif row.kind is ClaimKind.EFFICACY and (len(silent) or not len(sized)):
        part = silent[silent["role"].isin(set(counted["role"]))] if len(sized) else counted
        directions = harvest.harvest_table(part if len(part) else silent)
        components.question(
            "Which way do studies point that give no size?" if len(sized) else "Which way, study by study?",
            f"Height: people. {BIAS_KEY} The last column is never hidden.",
        )  # fmt: skip
        components.picture(
            harvest.draw_harvest(directions, ink, is_dark=dark, sources=sources),
            directions.drop(columns=["result_id"]),
            f"{row.claim_id}-harvest-{chosen}",
            f"Harvest plot {words}: {len(directions)} studies by direction.",
            key="harvest",
        )
    certainty = claim.certainty_table(snapshot, chosen)
    if certainty:
        components.question(
            "Why this certainty?",
            f"Each step names what went in, the rule and the reason. {glossary.term('certainty', 'Certainty')} "
            "is an automated estimate until two people have signed.",
        )  # fmt: skip
        components.show(certainty)
    is_review = claim_reviews.is_review(mine)
    reviews, listed = mine[is_review], mine[~is_review]
    if len(reviews):
        components.question(
            f"What did reviews of the same question count? ({reviews['study_id'].nunique()})",
            "Beside our own count, in their own words. A review is a container of trials: it is never "
            "counted as a study, and only the index review's number may be used.",
        )
        components.show(claim_reviews.review_table(snapshot, reviews, f"Reviews {words}"))
    components.question(
        f"Which studies? ({listed['study_id'].nunique()})", escape(words.capitalize())
    )
    if len(listed):
        components.show(claim.member_table(snapshot, listed, f"Studies {words}"))
    else:
        components.empty("Only reviews answer here.", "Their trials are not known one by one.")
elif row.kind is not ClaimKind.UNTESTABLE:
    components.empty(
        "No study result met the rules for this claim.",
        "That is a gap of what was searched, not a finding about the treatment.",
    )

rules = claim.reasons(snapshot, row, "rule")
if rules:
    components.question("How did the rules get to this verdict?")
    components.show(
        '<ol class="change">' + "".join(f"<li>{escape(t)}</li>" for t in rules) + "</ol>"
    )
changes = claim.reasons(snapshot, row, "change")
if changes:
    components.question("What would change this verdict?")
    components.show(
        '<ul class="change">' + "".join(f"<li>{escape(t)}</li>" for t in changes) + "</ul>"
    )
notes = claim.reasons(snapshot, row, "note")
if notes:
    components.question("What else should be known?")
    components.show(
        '<ul class="change">' + "".join(f"<li>{escape(t)}</li>" for t in notes) + "</ul>"
    )

guidelines = claim.guidelines_for(snapshot, row)
if len(guidelines) and row.kind in {ClaimKind.EFFICACY, ClaimKind.SAFETY}:
    components.question("What do guidelines say?", "Context, never evidence: a guideline does not count as a study.")  # fmt: skip
    ordered = guidelines.sort_values(["year", "body"], ascending=[False, True], na_position="last")
    components.show(claim.guideline_table(ordered.head(MOST_GUIDELINES)))
    if len(ordered) > MOST_GUIDELINES:
        with st.expander(f"{len(ordered) - MOST_GUIDELINES} older ones"):
            components.show(claim.guideline_table(ordered.iloc[MOST_GUIDELINES:]))

components.question("What has changed so far?")
people = causes.deciders()
components.show(
    claim.history_html(
        state.verdict_versions(),
        row,
        people,
        causes.touched_ids(snapshot, [row], people.ids)[row.claim_id],
    )
)
others = {r.claim_id: r for r in rows if r.claim_id != row.claim_id}
with st.expander("Compare with another claim", expanded="beside" in st.query_params):
    beside = components.linked_select(
        "Another claim",
        ["", *others],
        "beside",
        words=lambda key: (
            f"{others[key].label} {others[key]['statement']}" if key else "choose one"
        ),
    )
    if beside:
        components.show(board.beside_html(snapshot, [row, others[beside]]))

components.question("What can I hand on?", "One page for print or for a file, with its date and its limits.")  # fmt: skip
card = claim_card.card_table(row.cells, components.search_said(snapshot), snapshot.snapshot_id)
with st.container(horizontal=True, key="claimfoot", vertical_alignment="center"):
    st.download_button(
        "Summary for print (HTML)",
        data=packs.summary_bytes(snapshot, row.claim_id),
        file_name=f"{row.claim_id}_summary.html",
        mime="text/html",
        key="summary",
        on_click="ignore",
    )
    ids = sorted(set(members["result_id"]))
    components.download_table(
        snapshot, "study_results", {"result_id": ids}, [row.claim_id], len(ids),
        label="Download these results",
    )  # fmt: skip
with st.expander("The claim as a card", key="twin_card"):
    components.show(components.twin_table(card, "The claim as a card"))
    components.image_buttons(
        lambda: claim_card.draw_card(card, ink, is_dark=dark), f"{row.claim_id}-card", "card"
    )
