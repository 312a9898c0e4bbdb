"""An invented snapshot: two documents' claims, a pooled stratum, a count, texts that bite."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from evidence.store.snapshots import Snapshot, write_snapshot

HOSTILE = '=HYPERLINK("http://x.invalid","<script>alert(1)</script>")'
ABOUT = {
    "as_of": "2026-11-01",
    "last_complete_search": None,
    "search_words": "curated list of November 2026, no systematic search yet",
    "databases_not_searched": ["Embase", "CENTRAL"],
    "protocol_version": "1.0",
    "protocol_sha256": "p" * 64,
    "program_version": "0.1.0",
    "runs": {"run-1": {"started_at": "2026-10-02T03:04:05+00:00"}},
}
POOLED = "q-back.sham.pain.decision"
COUNTED = "q-back.usual-care.pain.decision"


def claim(claim_id: str, quote: str, start: int, **cells: object) -> dict[str, object]:
    return {
        "claim_id": claim_id, "document_id": "doc-1", "sentence_id": f"doc-1.{start}",
        "quote": quote, "char_start": start, "char_end": start + 20, "statement": quote,
        "kind": "efficacy", "strength": 3, "population": "adults with a sore back",
        "intervention": "needling", "comparators": ["sham", "usual care"], "outcomes": ["pain"],
        "question_id": "q-back", "label": "C01", "condition_codes": ["low-back-pain"], **cells,
    }  # fmt: skip


def verdict(claim_id: str, quote: str, word: str, **cells: object) -> dict[str, object]:
    return {
        "claim_id": claim_id, "quote": quote, "document_title": "Needles & backs",
        "url": "https://example.org/backs", "kind": "efficacy", "strength": 3, "verdict": word,
        "verdict_sentence": "Needling may reduce pain compared with sham (6.3 points of 100, interval 3.2 to 9.5).",
        "certainty": "Low", "certainty_rated": "Moderate", "review_state": "provisional",
        "certainty_cap_reason": "an automated estimate until two people have signed",
        "sham_effect": 6.3, "sham_ci_low": 3.2, "sham_ci_high": 9.5, "effect_unit": "points of 100",
        "mid_used": 10.0, "k_studies": 2, "n_participants": 180, "main_stratum_id": POOLED,
        "stratum_ids": [POOLED, COUNTED], "last_complete_search_status": "not found",
        "flags": ["few studies"], **cells,
    }  # fmt: skip


def member(stratum_id: str, study_id: str, **cells: object) -> dict[str, object]:
    return {
        "stratum_id": stratum_id, "question_id": "q-back", "result_id": f"{study_id}-01",
        "study_id": study_id, "label": study_id.capitalize(), "unit": "points of 100",
        "role": "pooled", "risk_of_bias": "low", "n_participants": 90, **cells,
    }  # fmt: skip


def certainty_rows(stratum_id: str, overall: str) -> list[dict[str, object]]:
    domains = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
    rows: list[dict[str, object]] = [
        {"stratum_id": stratum_id, "domain": d, "rating": "no downgrade", "downgrade": 0,
         "rule_id": d, "reason": f"nothing against it in {d}", "source": "automatic"}
        for d in domains
    ]  # fmt: skip
    rows[0] |= {"rating": "−1", "downgrade": 1, "reason": "half of the weight is at high risk"}
    return [
        *rows,
        {"stratum_id": stratum_id, "domain": "overall", "rating": overall, "downgrade": 2,
         "rule_id": "caps", "reason": "not above Low", "source": "automatic"},
    ]  # fmt: skip


def stratum(stratum_id: str, comparator: str, method: str, **cells: object) -> dict[str, object]:
    return {
        "stratum_id": stratum_id, "question_id": "q-back", "comparator_class": comparator,
        "outcome_domain": "pain", "time_window": "decision", "method": method, "k": 2, "n": 180,
        "unit": "points of 100", "mid": 10.0, "decides": True, "certainty": "Low", **cells,
    }  # fmt: skip


def sample_tables() -> dict[str, pd.DataFrame]:
    rows: dict[str, list[dict[str, object]]] = {
        "documents": [
            {"document_id": "doc-1", "title": "Needles & backs", "url": "https://example.org/backs",
             "publisher": "Example Spa", "snapshot_sha256": "d" * 64, "n_sentences": 3},
            {"document_id": "doc-2", "title": "Another", "snapshot_sha256": "e" * 64},
        ],
        "sentences": [
            {"sentence_id": "doc-1.0", "document_id": "doc-1", "char_start": 0, "char_end": 30,
             "text": "Needles help the sore back.", "status": "claim"},
            {"sentence_id": "doc-1.100", "document_id": "doc-1", "char_start": 100, "char_end": 130,
             "text": "Needles are safe.", "status": "claim"},
        ],
        "claims": [
            claim("helps-back", "Needles help the sore back", 0),
            claim("bites-back", HOSTILE, 100, question_id="q-safe", kind="safety", strength=None,
                  condition_codes=["neck-pain"]),
            claim("beyond-test", "Needles balance the humours", 200, kind="untestable",
                  question_id=None, why_untestable="no observable consequence", comparators=None,
                  condition_codes=None),
        ],
        "claim_verdicts": [
            verdict("helps-back", "Needles help the sore back", "Overstated"),
            verdict("bites-back", HOSTILE, "Insufficient evidence", verdict_sentence=HOSTILE,
                    kind="safety", sham_effect=None, sham_ci_low=None, sham_ci_high=None,
                    certainty=None, certainty_rated=None, main_stratum_id=None, stratum_ids=None,
                    certainty_cap_reason=None, url="javascript:alert(1)"),
            verdict("beyond-test", "Needles balance the humours", "Not testable", kind="untestable",
                    verdict_sentence="No study could answer it.", certainty=None, k_studies=None,
                    certainty_rated=None, main_stratum_id=None, stratum_ids=None, sham_effect=None,
                    sham_ci_low=None, sham_ci_high=None, certainty_cap_reason=None),
        ],
        "studies": [
            {"study_id": "alba", "record_ids": ["pmid-1"], "design": "randomized trial",
             "title": "Needles\r\nER  - in {braces} & 50 % of backs", "first_author": "Alba",
             "year": 2011, "journal": "J Inv", "pmid": "1", "doi": "10.1000/a_b", "label": "Alba 2011",
             "n_randomized": 90, "country": "Norway"},
            {"study_id": "bona", "design": "randomized trial", "title": "<b>More</b> needles",
             "first_author": "Bona", "year": 2014, "label": "Bona 2014", "url": "javascript:alert(2)"},
            {"study_id": "cara", "design": "cohort", "title": "Not used", "label": "Cara 2015"},
        ],
        "study_results": [
            {"result_id": "alba-01", "study_id": "alba", "stratum_id": [POOLED], "outcome_domain": "pain"},
            {"result_id": "bona-01", "study_id": "bona", "stratum_id": [POOLED], "outcome_domain": "pain"},
            {"result_id": "cara-01", "study_id": "cara"},
        ],
        "syntheses": [
            stratum(POOLED, "sham", "pooled", estimate=6.3, ci_low=3.2, ci_high=9.5,
                    prediction_low=-2.0, prediction_high=14.0, n_favours_i=2, n_favours_c=0, n_null=0),
            stratum(COUNTED, "usual care", "direction count", n_favours_i=1, n_favours_c=0, n_null=0,
                    n_not_reported=1),
        ],
        "stratum_members": [
            member(POOLED, "alba", effect=7.0, se=2.0, ci_low=3.1, ci_high=10.9, weight_percent=60.0),
            member(POOLED, "bona", effect=5.0, se=2.5, ci_low=0.1, ci_high=9.9, weight_percent=40.0,
                   risk_of_bias="high"),
            member(COUNTED, "bona", role="counted", direction="favours intervention"),
            member(COUNTED, "alba", role="direction not reported", direction="not reported"),
        ],
        "certainty": [*certainty_rows(POOLED, "Low"), *certainty_rows(COUNTED, "Very low")],
        "summary_of_findings": [{"stratum_id": POOLED, "outcome": "pain", "comparison": "needling against sham"}],
        "risk_of_bias": [
            {"study_id": "alba", "tool": "Cochrane RoB 1", "domain": domain, "judgement": judgement,
             "overall": "high", "assessed_by": "Review 2015"}
            for domain, judgement in (("Adequate sequence generation", "low"),
                                      ("Allocation concealment", "unclear"),
                                      ("Blinding: outcome assessor", "high"))
        ],
        "asserted_found": [
            {"claim_id": "helps-back", "position": 0, "element": "strength", "asserted": "help",
             "found": "small", "match": "falls short"}
        ],
        "verdict_reasons": [
            {"claim_id": "helps-back", "part": "change", "position": 0, "text": "a larger trial against sham"}
        ],
        "guidelines": [
            {"guideline_id": "g1", "body": "Inland", "title": "Backs", "year": 2020,
             "statement": "may be offered", "direction": "for", "population_codes": ["low-back-pain"]}
        ],
        "searches": [
            {"run_id": "run-1", "query_id": "q1", "claim_id": "helps-back", "question_id": "q-back"}
        ],
        "records": [
            {"record_id": "pmid-1", "pmid": "1", "authors": ["Alba AB", "van Oe C"],
             "last_seen_run": "run-1", "title": "Needles"}
        ],
        "prisma_counts": [
            {"run_id": "cumulative", "question_id": "q-back", "stage": "screening",
             "box": "records_screened", "n": 12, "reason": "none"},
            {"run_id": "cumulative", "question_id": "q-back", "stage": "screening",
             "box": "dbr_excluded", "n": 3, "reason": "other population"},
            {"run_id": "cumulative", "question_id": "q-back", "stage": "screening",
             "box": "dbr_excluded", "n": 2, "reason": "other outcome"},
        ],
    }  # fmt: skip
    return {name: pd.DataFrame(part) for name, part in rows.items()}


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory) -> Snapshot:
    now = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    workspace = tmp_path_factory.mktemp("workspace")
    written, _ = write_snapshot(workspace, sample_tables(), ABOUT, now=now)
    return written


@pytest.fixture
def history() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"claim_id": "helps-back", "verdict_version": 1, "verdict": "Overstated",
             "certainty": "Low", "changed_at": "2026-11-24", "trigger": "first verdict",
             "studies_added": ["alba", "bona"]},
            {"claim_id": "bites-back", "verdict_version": 1, "verdict": "Insufficient evidence"},
        ]
    )  # fmt: skip
