"""The review queue on the page: filters in the address, the list, one opened item, the log.

Puts together what ``review`` finds, ``review_item`` draws and ``review_forms`` asks. Filters and
the opened item stand in the address, so that a colleague's link shows the same; a name never does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from evidence.charts import figures
from evidence.dashboard import claim as claim_parts
from evidence.dashboard import (
    components,
    decided,
    deciding,
    reading,
    review,
    review_forms,
    review_item,
    state,
)
from evidence.dashboard.board import plain_label
from evidence.dashboard.decided import Standing, on_field
from evidence.dashboard.navigation import page_file
from evidence.dashboard.reading import ClaimRow
from evidence.dashboard.review import Item, ItemKind
from evidence.pipeline.confirmed import STUDY_PAIR
from evidence.pipeline.signatures import CLAIM
from evidence.store.decisions import Event
from evidence.store.snapshots import Snapshot

__all__ = [
    "Filters",
    "Queue",
    "asked_key",
    "crumbs",
    "draw_list",
    "draw_log",
    "events_of",
    "open_item",
    "pick_filters",
    "picked_filters",
    "read_queue",
]

PAGE = 30
LOG_PAGE = 50
OPENED = "review_opened"


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything that may need a person in one data set."""

    items: Sequence[Item]
    signed: Mapping[str, Standing]
    reopened: Mapping[str, str]
    rows: Mapping[str, ClaimRow]
    names: Mapping[str, str]
    """Id of a claim, study or result → how a person calls it."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader picked."""

    reasons: tuple[str, ...] = ()
    find: str = ""
    review_state: str = "all"

    @property
    def is_any(self) -> bool:
        """Return whether anything is filtered."""
        return self != Filters()

    @property
    def query(self) -> dict[str, str]:
        """Return the filters as they stand in an address."""
        pairs = {"why": ",".join(self.reasons), "look": self.find}
        pairs["state"] = "" if self.review_state == "all" else self.review_state
        return {name: value for name, value in pairs.items() if value}


def read_queue(
    snapshot: Snapshot, claims: Sequence[ClaimRow], events: Sequence[Event], needed: int
) -> Queue:
    """Return the queue of a data set with what people have decided by now."""
    frame = state.rows(snapshot, "claim_verdicts", "claim_id", "verdict_fingerprint")
    seen = {
        str(row["claim_id"]): None if figures.is_missing(row["verdict_fingerprint"]) else str(row["verdict_fingerprint"])
        for row in figures.records(frame)
    }  # fmt: skip
    signed = decided.standings(events, seen, needed)
    reopened = review.reopened_claims(state.verdict_versions())
    items = review.verdict_items(claims, signed, reopened)
    return Queue(
        [*items, *review.other_items(snapshot, events)],
        signed,
        reopened,
        {row.claim_id: row for row in claims},
        _names(snapshot, claims, events),
    )


def _names(
    snapshot: Snapshot, claims: Sequence[ClaimRow], events: Sequence[Event]
) -> dict[str, str]:
    """Return how people call what they have decided on."""
    names = {row.claim_id: row.label for row in claims}
    if any(event.object_type != CLAIM for event in events):
        studies = reading.studies_of(snapshot)["label"].to_dict()
        names |= {str(study): str(label) for study, label in studies.items()}
        results = reading.results_of(snapshot)
        for event in events:
            if event.object_id in results.index:
                study = results.at[event.object_id, "study_id"]
                names[event.object_id] = f"{names.get(str(study), str(study))} ({event.object_id})"
    return names


# --- address and filters -------------------------------------------------------------------------


def asked_key(claims: Sequence[ClaimRow]) -> str:
    """Return the item that the address asks for, "" for the list; ``?claim=`` leads to a verdict."""
    asked = st.query_params.get("item", "")
    if not asked and st.query_params.get("claim"):
        wanted = st.query_params["claim"]
        found = next((r.claim_id for r in claims if wanted in {r.claim_id, r.label}), wanted)
        asked = f"{ItemKind.VERDICT}:{found}"
    if asked != st.session_state.get(OPENED):  # another item: its forms show what stands now
        st.session_state[OPENED] = asked
        deciding.forget_seen()
    if asked:
        # Always set: a link from a page to itself leaves the address as it was.
        st.query_params["item"] = asked
        st.query_params.pop("claim", None)
    return asked


def picked_filters() -> Filters:
    """Return the filters of the address."""
    why = st.query_params.get("why", "").split(",")
    state_asked = st.query_params.get("state", "all")
    return Filters(
        tuple(reason for reason in review.REASONS if reason in why),
        st.query_params.get("look", ""),
        state_asked if state_asked in components.STATES else "all",
    )


def pick_filters(n_waiting: Mapping[str, int]) -> Filters:
    """Let the reader pick reasons, words and a review state; all of them stand in the address."""
    asked = picked_filters()
    present = [r for r in review.REASONS if n_waiting[r] or r in asked.reasons]
    picked = st.pills(
        "Why it waits",
        present,
        default=list(asked.reasons) or None,
        key="reason",
        format_func=lambda reason: f"{review.REASONS[reason]} **{n_waiting[reason]:,}**",
        selection_mode="multi",
        label_visibility="collapsed",
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="filters"):
        find = st.text_input(
            "Find in the queue",
            key="look",
            placeholder="Find a claim or a study",
            label_visibility="collapsed",
            width=250,
            bind="query-params",
        )
        review_state = components.pick_state()
    chosen = tuple(reason for reason in review.REASONS if reason in (picked or []))
    # By hand: a bound widget would write its whole label into the address.
    if chosen:
        st.query_params["why"] = ",".join(chosen)
    else:
        st.query_params.pop("why", None)
    return Filters(chosen, find or "", review_state)


# --- the list ------------------------------------------------------------------------------------


def draw_list(items: Sequence[Item], picked: Filters) -> None:
    """Show the items, the whole row of each a link that opens it."""
    limit = int(st.session_state.get("queue_limit", PAGE))
    if items:
        components.show(
            '<div class="sec first" aria-hidden="true"><span class="hd">Verdict, or what it is</span>'
            '<span class="hd">Item</span><span class="hd">Why it waits</span>'
            '<span class="hd">Decided so far by</span></div>'
        )
    box = st.container(key="list", gap=None)
    for position, item in enumerate(items[:limit]):
        with box.container(key=f"row_q{position}", gap=None):
            st.html(review_item.row_html(item, review.REASONS))
            st.page_link(
                page_file("review"),
                label=plain_label(item.title),
                query_params={"item": item.key, **picked.query},
            )
    if len(items) > limit and st.button(f"Show {min(PAGE, len(items) - limit)} more of {len(items):,}"):  # fmt: skip
        st.session_state["queue_limit"] = limit + PAGE
        st.rerun()


def crumbs(items: Sequence[Item], asked: str, picked: Filters) -> None:
    """Show the way back to the list, and to the items before and after, as filtered."""
    shown = review.select(items, picked.reasons, picked.find, picked.review_state)
    keys = [item.key for item in shown]
    at = keys.index(asked) if asked in keys else None
    before = shown[at - 1] if at else None
    after = shown[0 if at is None else at + 1] if len(shown) > (0 if at is None else at + 1) else None  # fmt: skip
    with st.container(horizontal=True, key="crumbs", vertical_alignment="center", gap="medium"):
        st.page_link(page_file("review"), label=f"← The queue ({len(shown):,})", query_params=picked.query)  # fmt: skip
        for words, item in (("Previous", before), ("Next", after)):
            if item is not None:
                st.page_link(
                    page_file("review"),
                    label=plain_label(f"{words}: {item.title[:40]}"),
                    query_params={"item": item.key, **picked.query},
                )
        if at is not None:
            components.show(f'<span class="q">{at + 1:,} of {len(shown):,}</span>')


# --- one item ------------------------------------------------------------------------------------


def open_item(snapshot: Snapshot, item: Item, queue: Queue, events: Sequence[Event]) -> None:
    """Show one item whole: what stands there, what is asked, what can be done."""
    if item.kind is ItemKind.VERDICT:
        _open_verdict(snapshot, item, queue, events)
    elif item.kind is ItemKind.RESULT:
        _open_result(snapshot, item, events)
    elif item.kind is ItemKind.PAIR:
        one, _, other = item.item_id.partition(" | ")
        _ask(item, {"same": f"{item.about}."})
        components.show(review_item.pair_html(snapshot, one, other))
        components.question("One study or two?", "Of two reports of one study, one is counted.")
        review_forms.pair_actions(snapshot, one, other, item.item_id, events)
    else:
        record_id, _, status = item.item_id.rpartition("|")
        _ask(item, {})
        components.show(review_item.retraction_html(snapshot, record_id, status))
        components.question("Have you looked at it?")
        review_forms.retraction_actions(snapshot, record_id, status, events)


def _ask(item: Item, more: Mapping[str, str]) -> None:
    components.question("What are you asked?")
    components.show(review_item.asked_html(item, more))


def _open_verdict(snapshot: Snapshot, item: Item, queue: Queue, events: Sequence[Event]) -> None:
    row, standing = queue.rows[item.item_id], queue.signed[item.item_id]
    components.show(review_item.verdict_html(snapshot, row))
    with st.container(horizontal=True, key="goto_claim", gap="medium"):
        st.page_link(page_file("claim"), label="Every study and every step of this claim", query_params={"claim": row.claim_id})  # fmt: skip
    _ask(item, _known_of(queue, row, standing))
    review_forms.verdict_actions(snapshot, row, standing, events)
    grid = claim_parts.asserted_found(snapshot, row)
    if grid:
        components.question("Does what was found match what is asserted?")
        components.show(grid)
    rules = claim_parts.reasons(snapshot, row, "rule")
    if rules:
        components.question("How did the rules get to this verdict?")
        components.show('<ol class="change">' + "".join(f"<li>{escape(t)}</li>" for t in rules) + "</ol>")  # fmt: skip


def _known_of(queue: Queue, row: ClaimRow, standing: Standing) -> dict[str, str]:
    """Return what is known of some reasons, in words."""
    people = ", ".join(event.who for event in (*standing.by_rules, *standing.by_hand))
    lapsed = ", ".join(f"{e.who} ({decided.said_short(e.after)})" for e in standing.lapsed)
    known = {"second": people and f"Signed by {people}.", "lapsed": lapsed and f"{lapsed}."}
    if row.claim_id in queue.reopened:
        known["reopened"] = f"{queue.reopened[row.claim_id]}."
    if standing.override is not None:
        known["override"] = f"{standing.override.who} proposes {standing.word_by_hand}."
    return {reason: words for reason, words in known.items() if words}


def _open_result(snapshot: Snapshot, item: Item, events: Sequence[Event]) -> None:
    asked_by = review_item.claims_on(snapshot, item.item_id)
    _ask(item, {})
    if asked_by:
        names = "; ".join(f"{row.label} {row['statement']}" for row in asked_by[:5])
        more = f" and {len(asked_by) - 5} more" if len(asked_by) > 5 else ""
        components.show(f'<div class="note">It stands under: {escape(names)}{more}</div>')
    components.show(review_item.result_html(snapshot, item.item_id))
    with st.container(horizontal=True, key="goto_result"):
        st.page_link(page_file("evidence"), label="Open it in the evidence table", query_params={"result": item.item_id})  # fmt: skip
    review_forms.result_actions(snapshot, item.item_id, "direction", events)


def events_of(item: Item, events: Sequence[Event]) -> list[Event]:
    """Return every decision on an item."""
    if item.kind is ItemKind.VERDICT:
        return on_field(events, CLAIM, item.item_id)
    if item.kind is ItemKind.PAIR:
        return on_field(events, STUDY_PAIR, item.item_id)
    if item.kind is ItemKind.RESULT:
        return on_field(events, "study_results", item.item_id)
    record_id, _, status = item.item_id.rpartition("|")
    return on_field(events, "retractions", record_id, status)


def draw_log(events: Sequence[Event], names: Mapping[str, str]) -> None:
    """Show the newest decisions, and older ones on demand."""
    newest = sorted(events, key=lambda event: -event.event_id)
    limit = int(st.session_state.get("log_limit", LOG_PAGE))
    components.show(decided.log_table(newest[:limit], names, "Log of decisions"))
    if len(newest) > limit and st.button(f"Show {min(LOG_PAGE, len(newest) - limit)} older decisions"):  # fmt: skip
        st.session_state["log_limit"] = limit + LOG_PAGE
        st.rerun()
