"""The summary of findings: one row an outcome and comparator, in GRADE's order of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from evidence.judgements import StratumEvidence
from evidence.pipeline.judging import JudgedQuestion, JudgedStratum
from evidence.synthesis.strata import DECISION
from evidence.tables import conform, row_dicts
from evidence.verdict.domains import people_of
from evidence.verdict.sentences import trials_of
from evidence.vocabulary import CertaintyDomain, Finding, SynthesisMethod

__all__ = ["summary_table"]

MINUS = "−"


def summary_table(questions: Sequence[JudgedQuestion], certainty: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``summary_of_findings`` of every decision stratum."""
    cells = {
        (row["stratum_id"], row["domain"]): _cell(row["downgrade"], row["reason"])
        for row in row_dicts(certainty)
    }
    rows = [
        _row(question, stratum, cells)
        for question in questions
        for stratum in question.strata
        if stratum.built.evidence.key.time_window == DECISION
    ]
    return conform("summary_of_findings", rows)


def _row(
    question: JudgedQuestion, stratum: JudgedStratum, cells: dict[tuple[str, str], str]
) -> dict[str, Any]:
    """Return one row."""
    evidence = stratum.built.evidence
    claim, key = question.claims[0], evidence.key
    is_absent = stratum.finding.finding is Finding.ABSENT
    domains = [domain for domain in CertaintyDomain if domain is not CertaintyDomain.OVERALL]
    return {
        "stratum_id": key.stratum_id,
        "outcome": str(key.outcome_domain),
        "comparison": f"{claim.intervention or claim.exposure} against {key.comparator_class}",
        "k": trials_of(evidence),
        "n": people_of(evidence),
        "design": _design(evidence),
        **{str(domain): cells.get((key.stratum_id, str(domain))) for domain in domains},
        "effect": effect_words(evidence),
        "certainty": None if is_absent else str(stratum.rating.shown),
        "plain_sentence": stratum.finding.reason,
        "footnotes": None if is_absent else stratum.rating.cap_reason,
    }


def _cell(downgrade: int, reason: str) -> str:
    """Return a domain's cell: what came off, and why."""
    return f"{MINUS}{downgrade}: {reason}" if downgrade else f"no downgrade: {reason}"


def _design(evidence: StratumEvidence) -> str:
    """Return the design of what the row rests on."""
    if evidence.method is SynthesisMethod.REUSED_REVIEW:
        return "systematic review of trials"
    randomized = all(member.is_randomized for member in evidence.members)
    return "randomized trials" if randomized else "nonrandomized studies"


def effect_words(evidence: StratumEvidence) -> str | None:
    """Return the effect with its interval, or the count."""
    if evidence.pooled is not None:
        p = evidence.pooled
        numbers = (
            f"{value:.1f}".replace("-", MINUS) for value in (p.estimate, p.ci_low, p.ci_high)
        )
        estimate, low, high = numbers
        return f"{estimate} {evidence.unit} ({low} to {high})"
    counted = evidence.counted
    if counted is None or counted.n_known == 0:
        return None
    known, silent = counted.n_known, counted.n_not_reported
    words = f"{counted.n_favours_intervention} of {known} studies in favour"
    return f"{words}; {silent} more without a reported direction" if silent else words
