"""When a verdict is opened again for people (docs/method.md, section 13).

Pure: two states of one claim in, the triggers out, a sentence each. This module must not know
snapshots; the history asks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from evidence.protocol import Protocol
from evidence.vocabulary import Certainty, VerdictWord

__all__ = ["AgeColour", "ClaimState", "Trigger", "TriggerKind", "age_colour", "triggers"]


class TriggerKind(StrEnum):
    """Why a verdict is opened again."""

    BAND_CHANGED = "band changed"
    STUDY_RETRACTED = "study retracted"
    NEWER_REVIEW = "newer review"
    MANY_SINCE_REVIEW = "many participants since the review"
    TEXT_CHANGED = "text changed"


class AgeColour(StrEnum):
    """How old the last complete search is."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class ClaimState:
    """What a trigger looks at: one claim in one snapshot."""

    claim_id: str
    word: VerdictWord
    certainty: Certainty | None
    retracted_study_ids: tuple[str, ...] = ()
    """Studies of its strata that are retracted, eligible before or now."""
    index_review_id: str | None = None
    index_review_year: int | None = None
    review_participants: int | None = None
    since_review_participants: int = 0
    text_sha256: str | None = None
    """Hash of the claim's quote and the paragraph around it."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One reason to look again, and a sentence that says it."""

    kind: TriggerKind
    reason: str


def triggers(before: ClaimState, after: ClaimState, protocol: Protocol) -> tuple[Trigger, ...]:
    """Return why a claim's verdict is opened again between two states, in the method's order."""
    found: Sequence[Trigger | None] = (
        _band(before, after),
        _retraction(before, after),
        _review(before, after),
        _since(before, after, protocol),
        _text(before, after),
    )
    return tuple(trigger for trigger in found if trigger is not None)


def _band(before: ClaimState, after: ClaimState) -> Trigger | None:
    """Return a change of the verdict's word or of its certainty."""
    if before.word is not after.word:
        return Trigger(TriggerKind.BAND_CHANGED, f"{before.word} became {after.word}")
    if before.certainty is not after.certainty:
        old, new = (c or "no certainty" for c in (before.certainty, after.certainty))
        return Trigger(TriggerKind.BAND_CHANGED, f"certainty {old} became {new}")
    return None


def _retraction(before: ClaimState, after: ClaimState) -> Trigger | None:
    """Return a study of the claim that is retracted now and was not before."""
    new = sorted(set(after.retracted_study_ids) - set(before.retracted_study_ids))
    if not new:
        return None
    return Trigger(TriggerKind.STUDY_RETRACTED, f"retracted: {', '.join(new)}")


def _review(before: ClaimState, after: ClaimState) -> Trigger | None:
    """Return another index review than before."""
    if after.index_review_id is None or after.index_review_id == before.index_review_id:
        return None
    years = before.index_review_year, after.index_review_year
    if years[0] is not None and years[1] is not None and years[1] < years[0]:
        return None
    return Trigger(TriggerKind.NEWER_REVIEW, f"index review {after.index_review_id}")


def _since(before: ClaimState, after: ClaimState, protocol: Protocol) -> Trigger | None:
    """Return that trials since the review have reached a quarter of its participants."""
    limit = protocol.number("living.since_review_share")
    if _share(after) < limit or (
        _share(before) >= limit and before.index_review_id == after.index_review_id
    ):
        return None
    n, of = after.since_review_participants, after.review_participants
    return Trigger(TriggerKind.MANY_SINCE_REVIEW, f"{n} people since, {of} in the review")


def _share(state: ClaimState) -> float:
    """Return participants since the review as a share of the review's."""
    if not state.review_participants:
        return 0.0
    return state.since_review_participants / state.review_participants


def _text(before: ClaimState, after: ClaimState) -> Trigger | None:
    """Return that the words of the document changed."""
    if before.text_sha256 == after.text_sha256:
        return None
    return Trigger(TriggerKind.TEXT_CHANGED, "the document's text changed")


def age_colour(days: int, protocol: Protocol) -> AgeColour:
    """Return the colour of a search of that age: yellow at 90 days, red at 180."""
    if days >= protocol.whole("living.red_days"):
        return AgeColour.RED
    return AgeColour.YELLOW if days >= protocol.whole("living.yellow_days") else AgeColour.GREEN
