"""Buttons and forms of the review queue: who acts, and what can be done with an opened item.

A form remembers what stood there when it was drawn, so that a decision of somebody else in between
is refused and shown, never overwritten. The keys of its fields carry the number of the last event:
after a decision the next form is another one, and a late second click on the old one finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from evidence.columns import Kind
from evidence.dashboard import components, deciding, reading, review_item
from evidence.dashboard.decided import Standing, clock, on_field, reason_html, said_short
from evidence.dashboard.deciding import Field
from evidence.pipeline.confirmed import SAME_STUDY, STUDY_PAIR, shown_value
from evidence.pipeline.decisions import DISMISSED, last_event
from evidence.pipeline.signatures import CLAIM, OVERRIDE, person_key
from evidence.store.decisions import Event
from evidence.store.snapshots import Snapshot
from evidence.tables import table
from evidence.vocabulary import ValueOrigin, VerdictWord

__all__ = [
    "VALUE_FIELDS",
    "outcome_line",
    "pair_actions",
    "result_actions",
    "retraction_actions",
    "verdict_actions",
    "who_am_i",
]

LONGEST_REASON = 10_000
MOST_IN_SIGHT = 9
"""Words of a list that are shown side by side; more of them fold into a list that opens."""
VALUE_FIELDS = (
    "direction", "estimate", "ci_low", "ci_high", "se", "measure", "p_value", "reported_test",
    "n_intervention", "mean_intervention", "sd_intervention", "n_comparator", "mean_comparator",
    "sd_comparator", "events_intervention", "events_comparator", "comparator_class",
    "outcome_domain", "scale", "scale_min", "scale_max", "higher_is", "score_kind", "is_primary",
    "time_window", "weeks",
)  # fmt: skip
"""Columns of a result that a person reads from a source, in the order of use."""
PROPOSABLE = [word for word in VerdictWord if word is not VerdictWord.NOT_TESTABLE]
ANSWERS = ("one study", "two studies")


def who_am_i() -> None:
    """Let the reviewer say who they are, once a session."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="who"):
        st.text_input(
            "Your name",
            key=deciding.WHO,
            persist_state="session",
            max_chars=100,
            placeholder="First and last name",
            autocomplete="name",
            width=260,
        )
        components.show(
            '<span class="q">It stands beside every decision of yours, in this tab until you close '
            "it. There is no login: the name is a statement, and a second person is a second name.</span>"
        )


def outcome_line() -> None:
    """Show what became of the last action, once, with a way to look again where it was refused."""
    outcome = deciding.take_outcome()
    if outcome is None:
        return
    role = "status" if outcome.is_done else "alert"
    sign = "✓" if outcome.is_done else "✗"
    text = escape(outcome.text)
    components.show(f'<div class="empty" role="{role}"><b>{sign} {text}</b></div>')
    if not outcome.is_done:
        st.button("Look again", key="look_again", on_click=deciding.look_again)


def _moved_line(events: Sequence[Event], about: Field, seen: Event | None) -> None:
    """Say that somebody decided since the form was drawn."""
    newest = last_event(events, *about)
    if newest is None or newest == seen:
        return
    what = "took it back" if newest.after is None else f"set it to “{said_short(newest.after)}”"
    components.show(
        f'<div class="empty" role="alert"><b>{escape(newest.who)} {escape(what)}</b> at '
        f"{escape(clock(newest.at))}, after you had opened this.</div>"
    )
    st.button("Load what stands now", key=f"reload_{about[2]}", on_click=deciding.look_again)


# --- verdicts ------------------------------------------------------------------------------------


def verdict_actions(
    snapshot: Snapshot, row: reading.ClaimRow, standing: Standing, events: Sequence[Event]
) -> None:
    """Let the reviewer sign, take a signature back, and propose or sign another verdict."""
    if standing.fingerprint is None:
        components.empty(
            "This data set is older than signatures.",
            "<code>python -m evidence build</code> writes one that can be signed.",
        )
        return
    components.question("Who has signed?", _how_far(standing))
    signed = review_item.signature_table(standing)
    if signed:
        components.show(signed)
    else:
        components.empty("Nobody yet.", "The first signature makes it wait for a second one only.")
    _sign_buttons(snapshot, row, standing)
    _proposal(snapshot, row, standing)
    _propose_form(snapshot, row, standing, events)


def _how_far(standing: Standing) -> str:
    """Return how many have signed what, in words."""
    if standing.is_by_hand:
        return f"{standing.n_signed} people signed the proposal: it counts from the next build."
    if standing.is_signed:
        return f"{standing.n_signed} people signed what the rules say: reviewed from the next build at the latest."  # fmt: skip
    missing = standing.needed - standing.n_signed
    return f"{standing.n_signed} of {standing.needed}; {missing} more needed before it is reviewed."


def _sign_buttons(snapshot: Snapshot, row: reading.ClaimRow, standing: Standing) -> None:
    """Show the button that signs the rules' verdict, and the one that takes it back."""
    mine = standing.of(deciding.reviewer())
    is_signed_by_me = mine is not None and mine in standing.by_rules
    with st.container(horizontal=True, key="signing", vertical_alignment="center"):
        if not is_signed_by_me:
            seen = standing.fingerprint or ""
            st.button(
                f"Sign: {row.verdict}",
                key=f"sign_{row.claim_id}_{_number(mine)}",
                on_click=deciding.sign,
                args=(row.claim_id, seen, snapshot),
            )
        if mine is not None:
            st.button(
                "Take my signature back",
                key=f"unsign_{mine.event_id}",
                on_click=deciding.withdraw,
                args=(mine,),
            )


def _number(event: Event | None) -> int:
    return 0 if event is None else event.event_id


def _proposal(snapshot: Snapshot, row: reading.ClaimRow, standing: Standing) -> None:
    """Show a proposed verdict with its reason, and let the reviewer sign it or take it back."""
    proposal = standing.override
    if proposal is None:
        return
    mine = standing.of(deciding.reviewer())
    components.question(
        f"Is it rather “{standing.word_by_hand}”?",
        f"{escape(proposal.who)} proposed it on {escape(clock(proposal.at))}; signed by "
        f"{len(standing.by_hand)} of {standing.needed}. Proposing is not signing.",
    )
    components.show(f'<div class="hist">{reason_html(proposal.reason)}</div>')
    with st.container(horizontal=True, key="proposal"):
        if mine is None or mine not in standing.by_hand:
            st.button(
                f"Sign the proposal: {standing.word_by_hand}",
                key=f"signhand_{proposal.event_id}_{_number(mine)}",
                on_click=deciding.sign,
                args=(row.claim_id, standing.fingerprint, snapshot, proposal),
            )
        st.button(
            "Withdraw the proposal",
            key=f"unpropose_{proposal.event_id}",
            on_click=deciding.withdraw,
            args=(proposal,),
        )


def _propose_form(
    snapshot: Snapshot, row: reading.ClaimRow, standing: Standing, events: Sequence[Event]
) -> None:
    """Let the reviewer propose another verdict, with a reason."""
    about = (CLAIM, row.claim_id, OVERRIDE)
    seen = deciding.seen_event(events, about)
    _moved_line(events, about, seen)
    version = 0 if seen is None else seen.version
    word, reason = (f"{part}_{row.claim_id}_{version}" for part in ("word", "why"))
    others = [str(w) for w in PROPOSABLE if w is not row.verdict and w is not standing.word_by_hand]
    with st.expander("Propose another verdict", key="propose"), st.form(f"override_{version}", border=False):  # fmt: skip
        # All choices in sight: a list that opens over a form can be closed by the form itself.
        st.radio("The verdict that you hold true", others, index=None, key=word)
        st.text_area(
            "Your reason (required; it is printed beside the verdict)",
            key=reason,
            max_chars=LONGEST_REASON,
        )
        st.form_submit_button(
            "Propose it",
            key=f"submit_{word}",
            on_click=deciding.propose,
            args=(row.claim_id, standing.fingerprint, snapshot, seen, (word, reason)),
        )


# --- results -------------------------------------------------------------------------------------


def result_actions(snapshot: Snapshot, result_id: str, first: str, events: Sequence[Event]) -> None:
    """Let the reviewer confirm or correct values of a result; ``first`` is asked about first."""
    result = reading.result_row(snapshot, result_id)
    components.question("What does the source say?", _counts_as(str(result["origin"])))
    fields = [first, *(name for name in VALUE_FIELDS if name != first)]
    field = st.selectbox(
        "Value", fields, key=f"field_{result_id}", format_func=lambda name: name.replace("_", " ")
    )
    about = ("study_results", result_id, str(field))
    seen = deciding.seen_event(events, about)
    _moved_line(events, about, seen)
    version = 0 if seen is None else seen.version
    stands = shown_value(result[str(field)]) if seen is None else seen.after
    value, reason = (f"{part}_{result_id}_{field}_{version}" for part in ("value", "why"))
    with st.form(f"confirm_{result_id}_{field}_{version}", border=False):
        components.show(f"<div>Stands there: <b>{escape(stands or 'nothing')}</b></div>")
        _value_widget(str(field), stands, value)
        st.text_area("Where it stands in the source, or why (optional)", key=reason, max_chars=LONGEST_REASON, height=80)  # fmt: skip
        st.form_submit_button(
            "Confirm this value",
            key=f"submit_{value}",
            on_click=deciding.confirm,
            args=(result_id, str(field), snapshot, seen, (value, reason)),
        )
    _said_so_far(on_field(events, "study_results", result_id))


def _counts_as(origin: str) -> str:
    """Return what a confirmation does to a row of this origin."""
    if origin == str(ValueOrigin.CURATED):
        return (
            "This row is curated: it stays as it is. If what you enter agrees with it, the row is "
            "marked as checked by you; if not, both are on record until the curated file is corrected."
        )
    return "A value that a person confirms replaces what a machine read, from the next build on."


def _value_widget(field: str, stands: str | None, key: str) -> None:
    """Show the field for a value: a choice where words are listed, else a line."""
    column = next(c for c in table("study_results").columns if c.name == field)
    if column.allowed or column.kind is Kind.FLAG:
        allowed = [str(word) for word in column.allowed or ("true", "false")]
        at = allowed.index(stands) if stands in allowed else None
        if len(allowed) <= MOST_IN_SIGHT:
            st.radio("What the source says", allowed, index=at, key=key)
        else:
            st.selectbox("What the source says", allowed, index=at, key=key, placeholder="choose one")  # fmt: skip
    else:
        st.text_input(f"What the source says ({column.allowed_text or column.kind})", value=stands or "", key=key, max_chars=500)  # fmt: skip


def _said_so_far(events: Sequence[Event]) -> None:
    """Show what people have said of an item, and let them take their own back."""
    said = review_item.said_table(events)
    if not said:
        return
    components.question("What have people said so far?")
    components.show(said)
    newest: dict[str, Event] = {event.field: event for event in events}
    mine = person_key(deciding.reviewer())
    own = [e for e in newest.values() if e.after is not None and person_key(e.who) == mine]
    with st.container(horizontal=True, key="takeback"):
        for event in own:
            words = "my answer" if event.after == DISMISSED or len(own) == 1 else event.field.replace("_", " ")  # fmt: skip
            st.button(
                f"Take back {words}",
                key=f"takeback_{event.event_id}",
                on_click=deciding.withdraw,
                args=(event,),
            )


# --- pairs and retractions -----------------------------------------------------------------------


def pair_actions(snapshot: Snapshot, one: str, other: str, object_id: str, events: Sequence[Event]) -> None:  # fmt: skip
    """Let the reviewer say whether two reports are of one study."""
    about = (STUDY_PAIR, object_id, SAME_STUDY)
    seen = deciding.seen_event(events, about)
    _moved_line(events, about, seen)
    version = 0 if seen is None else seen.version
    answer, reason = (f"{part}_{object_id}_{version}" for part in ("answer", "why"))
    with st.form(f"pair_{object_id}_{version}", border=False):
        st.radio("They report", ANSWERS, index=None, key=answer, horizontal=True)
        st.text_area("Why (optional)", key=reason, max_chars=LONGEST_REASON, height=80)
        st.form_submit_button(
            "Keep this answer",
            key=f"submit_{answer}",
            on_click=partial(deciding.same_study, one, other, snapshot, seen, (answer, reason)),
        )
    _said_so_far(on_field(events, STUDY_PAIR, object_id))


def retraction_actions(snapshot: Snapshot, record_id: str, status: str, events: Sequence[Event]) -> None:  # fmt: skip
    """Let the reviewer dismiss a retraction state, with a reason."""
    about = ("retractions", record_id, status)
    seen = deciding.seen_event(events, about)
    _moved_line(events, about, seen)
    version = 0 if seen is None else seen.version
    reason = f"why_{record_id}_{status}_{version}"
    if seen is None or seen.after is None:
        with st.form(f"dismiss_{version}", border=False):
            st.text_area("Why it changes nothing here (required)", key=reason, max_chars=LONGEST_REASON)  # fmt: skip
            st.form_submit_button(
                "Dismiss it",
                key=f"submit_{reason}",
                on_click=deciding.dismiss,
                args=(record_id, status, snapshot, seen, reason),
            )
    _said_so_far(on_field(events, "retractions", record_id, status))
