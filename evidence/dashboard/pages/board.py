"""Claim board: what the document says, and how far the evidence carries each claim."""

from html import escape

import streamlit as st

from evidence.charts import figures
from evidence.dashboard import board, components, reading, state, strips, views
from evidence.dashboard.navigation import page_file
from evidence.vocabulary import ClaimKind, VerdictWord

PAGE = 60
snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
if "claim" in st.query_params:  # ?claim=… leads to the claim from the front page too
    st.switch_page(page_file("claim"), query_params={"claim": st.query_params["claim"]})
everything = reading.claims(snapshot)
documents = state.rows(snapshot, "documents", "document_id", "title")
titles = dict(zip(documents["document_id"], documents["title"], strict=True))

# Filters that stand above the list are read first, so that the counts are of what they leave.
picked_document = str(st.session_state.get("pick_document", st.query_params.get("document", "all")))
in_document = [row for row in everything if picked_document in {"all", str(row["document_id"])}]
counts = {word: sum(row.verdict is word for row in in_document) for word in VerdictWord}
title = titles.get(picked_document) or (
    next(iter(titles.values())) if len(titles) == 1 else f"{len(titles)} documents"
)
components.page_title(str(title), board.summary(in_document, counts))
components.show(strips.verdict_strip([(word, counts[word]) for word in VerdictWord]))

dark = components.is_dark()
picked = board.pick_verdicts(counts, is_dark=dark)
with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="filters"):
    find = st.text_input(
        "Find in claims and quotes",
        key="find",
        placeholder="Find in claims and quotes",
        label_visibility="collapsed",
        width=250,
        bind="query-params",
    )
    with st.popover("Filters"):
        if len(titles) > 1:
            components.linked_select(
                "Document",
                ["all", *titles],
                "document",
                words=lambda key: str(titles.get(key, "All documents")),
            )
        kinds = components.linked_choices(
            "Kind of claim", [str(kind) for kind in ClaimKind], "kind"
        )
        conditions = components.linked_choices(
            "Condition", board.conditions(in_document), "condition"
        )
        strengths = components.linked_choices(
            "Asserted strength", list(board.STRENGTH.values()), "strength", word="strength"
        )
        flags = components.linked_choices("Flag", board.flags(in_document), "flag", word="flag")
    review_state = components.pick_state()
    order = st.segmented_control(
        "Order",
        ["by text", "by verdict"],
        default="by text",
        key="order",
        label_visibility="collapsed",
        required=True,
        bind="query-params",
    )
    with st.popover("Key"):
        components.show(board.key())
    views.saved_views()

shown = board.select(
    reading.in_state(in_document, review_state),
    verdicts=picked,
    find=find or "",
    kinds=kinds,
    conditions=conditions,
    strengths=strengths,
    flags=flags,
)
if order == "by verdict":
    shown = sorted(shown, key=lambda row: list(VerdictWord).index(row.verdict))

views.tour(
    "A row is one claim of the document. Left: how far the evidence carries it. Middle: "
    "against which comparator, on one axis. Right: how sure, from how many. A click opens the "
    "studies and every step between."
)
if not shown:
    components.empty("No claim matches.", "Take a filter away to see the others.")
limit = int(st.session_state.get("board_limit", PAGE))
last = None
box = st.container(key="list", gap=None)
for position, row in enumerate(shown[:limit]):
    head = str(row.verdict) if order == "by verdict" else str(row.get("section") or title)
    if head != last:
        same = sum(
            (str(x.verdict) if order == "by verdict" else str(x.get("section") or title)) == head
            for x in shown
        )
        first = " first" if position == 0 else ""
        box.html(
            f'<div class="h sec{first}"><h2 class="name">{escape(head)} '
            f"<small>{same} claim{'s' if same != 1 else ''}</small></h2>{board.head()}</div>"
        )
        last = head
    with box.container(key=f"row_{row.claim_id}", gap=None):
        st.html(board.row_html(snapshot, row))
        st.page_link(
            page_file("claim"),
            label=board.plain_label(str(row["statement"])),
            query_params={"claim": row.claim_id},
        )
if len(shown) > limit and st.button(f"Show {min(PAGE, len(shown) - limit)} more of {len(shown)}"):
    st.session_state["board_limit"] = limit + PAGE
    st.rerun()

filters = [str(word) for word in picked] + [*kinds, *conditions, *strengths, *flags]
filters += [find] if find else []
filters += [] if review_state == "all" else [review_state]
with st.container(horizontal=True, key="claimfoot", vertical_alignment="center"):
    components.download_table(
        snapshot,
        "claim_verdicts",
        {"claim_id": [row.claim_id for row in shown]},
        filters,
        len(shown),
        label="Download these claims",
    )
    components.show(
        f'<span class="q">{figures.count(len(shown))} of {figures.count(len(everything))} claims '
        "shown. Each row leads to its studies and reasons.</span>"
    )
