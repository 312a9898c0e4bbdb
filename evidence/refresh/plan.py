"""What a run will ask: which queries, all of each or only what is new, and under which number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from evidence.claims.registry import Claim, Registry
from evidence.refresh.holdings import Holdings

__all__ = ["QueryPlan", "RegisterPlan", "RunPlan", "plan_run"]


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """One query of a run."""

    query_id: str
    text: str
    sha256: str
    claim_ids: tuple[str, ...]
    question_ids: tuple[str, ...]
    since: date | None
    """None: all is asked for; else what was added or changed since that day."""
    is_gapless: bool
    """Whether the search, with those before it, leaves out no day."""

    @property
    def name(self) -> str:
        """Return the query as messages call it."""
        return f"query of claim {self.claim_ids[0]}"


@dataclass(frozen=True, slots=True)
class RegisterPlan:
    """Conditions and interventions to look for in a register of trials."""

    question_ids: tuple[str, ...]
    conditions: tuple[str, ...]
    interventions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One run."""

    run_id: str
    parents: tuple[str, ...]
    queries: tuple[QueryPlan, ...]
    active: Mapping[str, tuple[str, ...]]
    """Every query of the registry with its claims."""
    registers: tuple[RegisterPlan, ...]

    def document(self) -> dict[str, Any]:
        """Return the plan as JSON; equal documents are the same run, to be resumed."""
        return {
            "run_id": self.run_id,
            "parents": list(self.parents),
            "active": {query_id: list(claims) for query_id, claims in self.active.items()},
            "queries": [
                {
                    "query_id": q.query_id,
                    "sha256": q.sha256,
                    "claim_ids": list(q.claim_ids),
                    "since": q.since.isoformat() if q.since else None,
                }
                for q in self.queries
            ],
            "registers": hashlib.sha256(
                json.dumps(
                    [[r.question_ids, r.conditions, r.interventions] for r in self.registers]
                ).encode()
            ).hexdigest(),
        }


def plan_run(
    registry: Registry,
    holdings: Holdings,
    run_id: str,
    *,
    claim_ids: Sequence[str] | None = None,
    is_full: bool = False,
    since: date | None = None,
    overlap_days: int = 7,
) -> RunPlan:
    """Return what to ask.

    Parameters
    ----------
    registry
        Every claim with its query.
    holdings
        What earlier runs hold.
    run_id
        Number of the run.
    claim_ids
        Claims to ask for; None asks for all.
    is_full
        Whether to ask for everything again.
    since
        Ask for what was added or changed since that day, whatever was asked before.
    overlap_days
        Days before the last complete search that are asked for again.

    Raises
    ------
    UsageError
        A claim is unknown.
    """
    by_query = _claims_by_query(registry)
    wanted = set(by_query)
    if claim_ids is not None:
        wanted &= {registry.claim(claim_id).query_id or "" for claim_id in claim_ids}
    queries = [
        _plan_query(query_id, claims, holdings, is_full, since, overlap_days)
        for query_id, claims in by_query.items()
        if query_id in wanted
    ]
    active = {q: tuple(c.claim_id for c in claims) for q, claims in by_query.items()}
    registers = tuple(_plan_registers(registry))
    return RunPlan(run_id, tuple(holdings.run_ids), tuple(queries), active, registers)


def _claims_by_query(registry: Registry) -> dict[str, list[Claim]]:
    """Return the claims of each query; equal queries are asked once."""
    by_query: dict[str, list[Claim]] = {}
    for claim in registry.claims:
        if claim.query_id is not None:
            by_query.setdefault(claim.query_id, []).append(claim)
    return by_query


def _plan_query(
    query_id: str,
    claims: Sequence[Claim],
    holdings: Holdings,
    is_full: bool,
    since: date | None,
    overlap_days: int,
) -> QueryPlan:
    """Return how one query is asked; an edited query has a new id and is asked in full."""
    query = claims[0].query
    assert query is not None
    last = holdings.last_complete.get(query_id)
    start = since
    if start is None and last is not None:
        start = last - timedelta(days=overlap_days)
    if is_full:
        start = None
    return QueryPlan(
        query_id,
        query.text,
        query.sha256,
        tuple(claim.claim_id for claim in claims),
        tuple(dict.fromkeys(c.question_id for c in claims if c.question_id)),
        start,
        start is None or (last is not None and start <= last),
    )


def _plan_registers(registry: Registry) -> list[RegisterPlan]:
    """Return what to look for in registers of trials, once for questions that ask the same."""
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for claim in registry.claims:
        if claim.question_id is None or not claim.comparators:
            continue
        conditions = _words(registry.codes.get("conditions", {}), claim.match.populations.direct)
        interventions = _words(
            registry.codes.get("interventions", {}), claim.match.interventions.direct
        )
        if conditions and interventions:
            questions = found.setdefault((conditions, interventions), [])
            if claim.question_id not in questions:
                questions.append(claim.question_id)
    return [RegisterPlan(tuple(q), c, i) for (c, i), q in found.items()]


def _words(codes: Mapping[str, Any], chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the words by which codes are known, each once."""
    return tuple(
        dict.fromkeys(word for code in chosen if code in codes for word in codes[code].words)
    )
