"""Invented documents and claims for the synthetic workspace, every kind and verdict among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence.tables import conform
from evidence.vocabulary import ClaimKind, VerdictWord

__all__ = ["Plan", "claim_rows", "document_rows", "number_of_questions", "plan_claims", "question_rows",
           "reason_tables", "sentence_rows", "verdict_rows"]  # fmt: skip

KINDS = (
    ClaimKind.EFFICACY, ClaimKind.EFFICACY, ClaimKind.SAFETY, ClaimKind.EFFICACY, ClaimKind.PREVALENCE,
    ClaimKind.EFFICACY, ClaimKind.MECHANISM, ClaimKind.UTILIZATION, ClaimKind.RISK_FACTOR,
    ClaimKind.EFFICACY, ClaimKind.DOCTRINE, ClaimKind.UNTESTABLE,
)  # fmt: skip
PER_DOCUMENT = 100
PER_SECTION = 10
TESTED = [word for word in VerdictWord if word is not VerdictWord.NOT_TESTABLE]
CERTAINTIES = ("Moderate", "Low", "Very low")


@dataclass(frozen=True, slots=True)
class Plan:
    """Which claims there are, of which kind, and which question each asks."""

    claim_ids: list[str]
    claim_kind: list[ClaimKind]
    claim_question: list[int | None]
    question_kind: list[ClaimKind]
    question_ids: list[str]


def plan_claims(n_claims: int) -> Plan:
    """Return the claims; one in five asks what the one before it asks."""
    kinds: list[ClaimKind] = []
    asked: list[int | None] = []
    questions: list[ClaimKind] = []
    for i in range(n_claims):
        if i % 5 == 4 and asked[-1] is not None:
            kinds.append(kinds[-1])
            asked.append(asked[-1])
            continue
        kinds.append(KINDS[i % len(KINDS)])
        if kinds[-1] is ClaimKind.UNTESTABLE:
            asked.append(None)
            continue
        questions.append(kinds[-1])
        asked.append(len(questions) - 1)
    ids = [f"invented-claim-{i:04d}" for i in range(n_claims)]
    return Plan(ids, kinds, asked, questions, [f"q-{i:04d}" for i in range(len(questions))])


def number_of_questions(plan: Plan) -> int:
    """Return how many questions are asked."""
    return len(plan.question_ids)


def _quote(i: int) -> str:
    return f"Invented wraps number {i} ease sore knees in most people who try them."


def _document(i: int) -> str:
    return f"invented-{i // PER_DOCUMENT:02d}"


def _sentences(plan: Plan) -> list[dict[str, Any]]:
    """Return each document: headings, a claim a sentence, and a sentence that holds none."""
    rows: list[dict[str, Any]] = []
    at: dict[str, int] = {}
    for i in range(len(plan.claim_ids)):
        document = _document(i)
        heading = i % PER_SECTION == 0
        texts = ([(f"Invented section {i // PER_SECTION}", "non_claim", "heading")] if heading else []) + [
            (_quote(i), "claim", None), (f"Ask us about number {i}.", "non_claim", "advertisement"),
        ]  # fmt: skip
        for text, status, reason in texts:
            start = at.get(document, 0)
            rows.append({"sentence_id": f"{document}-s{len(rows):05d}", "document_id": document, "char_start": start,
                         "char_end": start + len(text), "text": text, "status": status, "nonclaim_reason": reason,
                         "paragraph": len(rows) // 3, "block": "heading" if reason == "heading" else "paragraph"})  # fmt: skip
            at[document] = start + len(text) + 2
    return rows


def sentence_rows(plan: Plan) -> pd.DataFrame:
    """Return ``sentences``."""
    return conform("sentences", _sentences(plan))


def document_rows(plan: Plan) -> pd.DataFrame:
    """Return ``documents``."""
    sentences = pd.DataFrame(_sentences(plan))
    rows = []
    for document, part in sentences.groupby("document_id"):
        n = part["status"].value_counts()
        rows.append({"document_id": document, "title": f"Invented wraps, part {document}", "publisher": "An invented spa",
                     "doc_type": "web page", "language": "en", "retrieved_at": "2026-01-02", "snapshot_sha256": "f" * 64,
                     "n_sentences": len(part), "n_claims": int(n["claim"]), "n_nonclaim": int(n["non_claim"]), "n_unread": 0})  # fmt: skip
    return conform("documents", rows)


def claim_rows(plan: Plan) -> pd.DataFrame:
    """Return ``claims``."""
    placed = [row for row in _sentences(plan) if row["status"] == "claim"]
    rows = []
    for i, (claim, kind, question) in enumerate(zip(plan.claim_ids, plan.claim_kind, plan.claim_question, strict=True)):  # fmt: skip
        is_efficacy, is_share = kind is ClaimKind.EFFICACY, kind is ClaimKind.PREVALENCE
        rows.append(
            {
                "claim_id": claim, "document_id": _document(i), "sentence_id": placed[i]["sentence_id"],
                "quote": _quote(i), "char_start": placed[i]["char_start"], "char_end": placed[i]["char_end"],
                "statement": f"Invented statement {i} about wraps and sore knees.", "kind": str(kind),
                "strength": 1 + i % 4 if is_efficacy else None, "words": "ease" if is_efficacy else None,
                "why_untestable": None if question is not None else "Praise: it names no outcome.",
                "population": "adults with sore knees", "intervention": "wraps" if is_efficacy else None,
                "comparators": ["sham", "usual care", "no treatment"] if is_efficacy else None,
                "outcomes": ["pain", "disability"] if is_efficacy else None,
                "claimed_value": 30.0 if is_share else None, "claimed_unit": "per cent" if is_share else None,
                "claimed_denominator": "of adults" if is_share else None,
                "question_id": None if question is None else plan.question_ids[question],
                "label": f"C{i + 1:03d}", "section": f"Invented section {i // PER_SECTION}",
                "query": f"invented[tiab] AND wraps{i}[tiab]", "condition_codes": [f"knee-{i % 9}"],
            }
        )  # fmt: skip
    return conform("claims", rows)


def question_rows(plan: Plan) -> pd.DataFrame:
    """Return ``questions``."""
    asking: dict[int, list[str]] = {}
    for claim, question in zip(plan.claim_ids, plan.claim_question, strict=True):
        if question is not None:
            asking.setdefault(question, []).append(claim)
    rows = [
        {"question_id": plan.question_ids[q], "kind": str(plan.question_kind[q]), "population": "adults with sore knees",
         "intervention": "wraps", "comparators": [], "outcomes": ["pain"], "claim_ids": claims}
        for q, claims in asking.items()
    ]  # fmt: skip
    return conform("questions", rows)


def _verdict(i: int, run: int, kind: ClaimKind) -> VerdictWord:
    """Return the verdict of a claim in a run; a few change at each."""
    if kind is ClaimKind.UNTESTABLE:
        return VerdictWord.NOT_TESTABLE
    changed = sum((i + 53 * past) % 97 == 0 for past in range(run + 1))
    return TESTED[(i + changed) % len(TESTED)]


def verdict_rows(plan: Plan, main: Mapping[str, str], run: int) -> pd.DataFrame:
    """Return ``claim_verdicts`` of a run."""
    rows = []
    for i, (claim, kind, question) in enumerate(zip(plan.claim_ids, plan.claim_kind, plan.claim_question, strict=True)):  # fmt: skip
        stratum = None if question is None else main.get(plan.question_ids[question])
        certainty = None if question is None else CERTAINTIES[i % len(CERTAINTIES)]
        rows.append(
            {
                "claim_id": claim, "quote": _quote(i), "document_title": f"Invented wraps, part {_document(i)}",
                "kind": str(kind), "verdict": str(_verdict(i, run, kind)),
                "verdict_sentence": f"An invented sentence says what was found about number {i}.",
                "certainty": certainty, "certainty_rated": certainty, "main_finding": "small" if stratum else None,
                "effect_unit": "points of 100" if stratum else None, "mid_used": 10.0 if stratum else None,
                "k_studies": None if question is None else 3 + i % 40,
                "n_participants": None if question is None else 200 + 13 * i,
                "review_state": "reviewed" if i % 11 == 0 else "provisional",
                "last_complete_search": "2026-10-01", "last_complete_search_status": "reported",
                "protocol_version": "0", "protocol_sha256": "0" * 64, "verdict_version": 1,
                "flags": ["old search"] if i % 6 == 0 else [],
                "stratum_ids": [stratum] if stratum else [], "main_stratum_id": stratum,
            }
        )  # fmt: skip
    return conform("claim_verdicts", rows)


def reason_tables(plan: Plan, main: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return what stands behind each verdict: reasons, comparison, cells, summary."""
    tested = [(i, claim, main[plan.question_ids[q]]) for i, (claim, q) in enumerate(zip(plan.claim_ids, plan.claim_question, strict=True)) if q is not None and plan.question_ids[q] in main]  # fmt: skip
    reasons = [
        {"claim_id": claim, "part": part, "position": at, "text": f"An invented {part} for number {i}."}
        for i, claim in enumerate(plan.claim_ids)
        for at, part in enumerate(("rule", "rule", "change", "change", "note"))
    ]  # fmt: skip
    asserted = [
        {"claim_id": claim, "position": at, "element": element, "asserted": "as worded", "found": "as found", "match": "matches", "reason": "invented"}
        for _, claim, _ in tested
        for at, element in enumerate(("strength", "population", "comparator", "outcome", "duration"))
    ]  # fmt: skip
    cells = [
        {"claim_id": claim, "placeholder": column, "table": "syntheses", "row_id": stratum, "column": column, "value": 1.0, "printed": "1"}
        for _, claim, stratum in tested
        for column in ("estimate", "ci_low", "ci_high", "k", "n")
    ]  # fmt: skip
    strata = sorted({stratum for *_, stratum in tested})
    summary = [
        {"stratum_id": stratum, "outcome": "pain", "comparison": "wraps against sham", "k": 3, "n": 300, "effect": "1 (0 to 2)", "certainty": "Low", "plain_sentence": "An invented sentence."}
        for stratum in strata
    ]  # fmt: skip
    return {
        "verdict_reasons": conform("verdict_reasons", reasons),
        "asserted_found": conform("asserted_found", asserted),
        "verdict_cells": conform("verdict_cells", cells),
        "summary_of_findings": conform("summary_of_findings", summary),
    }
