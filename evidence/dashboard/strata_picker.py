"""Choosing a claim and one of its strata, alike on the pages for researchers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from evidence.dashboard import claim as claim_parts
from evidence.dashboard import components, reading
from evidence.dashboard.reading import ClaimRow
from evidence.store.snapshots import Snapshot

__all__ = ["Picked", "pick_stratum"]


@dataclass(frozen=True, slots=True)
class Picked:
    """What the reader chose."""

    claim: ClaimRow
    stratum_id: str
    stratum: Mapping[str, Any]
    members: pd.DataFrame


def pick_stratum(snapshot: Snapshot) -> Picked | None:
    """Let the reader choose a claim that has studies, and one of its strata."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        state = components.pick_state()
    counts = reading.member_counts(snapshot)
    wanted = reading.in_state(reading.claims(snapshot), state)
    rows = [row for row in wanted if counts.get(str(row.get("question_id")))]
    if not rows:
        components.empty("No claim with studies.", "Choose another review state, or build first.")
        return None
    by_id = {row.claim_id: row for row in rows}
    left, right = st.columns(2)
    with left:
        claim_id = components.linked_select(
            "Claim",
            list(by_id),
            "claim",
            words=lambda key: f"{by_id[key].label} {by_id[key]['statement']}",
            # The claim whose strata hold most results: the most telling first view.
            default=max(rows, key=lambda row: counts[str(row["question_id"])]).claim_id,
        )
    row = by_id[claim_id]
    members = reading.members(snapshot, row)
    strata = {
        str(s["stratum_id"]): s
        for s in claim_parts.strata_with_members(reading.strata(snapshot, row), members)
    }
    if not strata:
        components.empty("This claim has no stratum with results.")
        return None
    main = row.get("main_stratum_id")
    keys = sorted(strata, key=lambda key: key != main)
    with right:
        chosen = components.linked_select(
            "Comparator, outcome and window",
            keys,
            "stratum",
            words=lambda key: (
                claim_parts.stratum_words(strata[key]) + (" · decides" if key == main else "")
            ),
            word="stratum",
        )
    return Picked(row, chosen, strata[chosen], members[members["stratum_id"] == chosen])
