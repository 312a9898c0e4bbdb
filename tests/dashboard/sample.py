"""A small, complete, invented snapshot: every kind of claim and every verdict word.

Nothing here is a real study or document. ``write_sample(folder)`` makes it the current snapshot
of a workspace.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from evidence.store.snapshots import Snapshot, write_snapshot
from evidence.tables import TABLES, conform

TITLE = "Mud wraps for sore knees"
SENTENCES = (
    (TITLE, "non_claim", "heading"),
    ("About 30% of adults have sore knees at some time.", "claim", None),
    ("Mud wraps are highly effective for chronic knee pain.", "claim", None),
    ("They can help sore knees <b>of all kinds</b>, and they are safe.", "claim", None),
    ("Mud cures knee pain.", "claim", None),
    ("Wraps warm the joint & open small vessels.", "claim", None),
    ("The body has seven mud lines.", "claim", None),
    ("Sitting leads to knee pain.", "claim", None),
    ("Knee pain is a main reason for visiting a mud spa.", "claim", None),
    ("Our guests leave deeply renewed.", "claim", None),
    ("Wraps help after sprains.", "claim", None),
    ("Only one in ten people with knee pain sees a doctor.", "claim", None),
    ("Wraps are better than exercise.", "claim", None),
    ("Call us today.", "non_claim", "advertisement"),
    ("New text that nobody has read.", "unread", None),
)
# claim, sentence, quote, kind, strength, words, verdict, certainty, question
CLAIMS: tuple[tuple[Any, ...], ...] = (
    ("knee-prevalence", 1, "About 30% of adults have sore knees", "prevalence", None, "about 30%", "Supported", "Moderate", "q-prevalence"),
    ("highly-effective", 2, "Mud wraps are highly effective for chronic knee pain.", "efficacy", 3, "highly effective", "Overstated", "Low", "q-knee"),
    ("can-help", 3, "They can help sore knees <b>of all kinds</b>", "efficacy", 1, "can help", "Supported with limits", "Low", "q-knee"),
    ("is-safe", 3, "they are safe", "safety", None, None, "Supported with limits", "Low", "q-safety"),
    ("mud-cures", 4, "Mud cures knee pain.", "efficacy", 4, "cures", "Contradicted", "Moderate", "q-cure"),
    ("warms-joint", 5, "Wraps warm the joint & open small vessels.", "mechanism", None, None, "Conflicting", "Low", "q-warm"),
    ("seven-lines", 6, "The body has seven mud lines.", "doctrine", None, None, "Insufficient evidence", "Very low", "q-lines"),
    ("sitting-risk", 7, "Sitting leads to knee pain.", "risk-factor", None, "leads to", "Conflicting", "Low", "q-sitting"),
    ("main-reason", 8, "Knee pain is a main reason for visiting a mud spa.", "utilization", None, "a main reason", "Insufficient evidence", "Very low", "q-reason"),
    ("deeply-renewed", 9, "Our guests leave deeply renewed.", "untestable", None, None, "Not testable", None, None),
    ("after-sprains", 10, "Wraps help after sprains.", "efficacy", 2, "help", "No eligible evidence found", None, "q-sprain"),
    ("one-in-ten", 11, "Only one in ten people with knee pain sees a doctor.", "utilization", None, "only one in ten", "Understated", "Low", "q-doctor"),
    ("better-than-exercise", 12, "Wraps are better than exercise.", "efficacy", 2, "better", "Insufficient evidence", "Very low", "q-exercise"),
)  # fmt: skip

KNEE_TRIALS = (
    ("adler2011", 9.8, 4.9, 154, "low"),
    ("brandt2014", 12.0, 7.5, 50, "some concerns"),
    ("costa2015", -1.5, 5.1, 75, "high"),
    ("dubois2018", 6.1, 1.4, 749, "low"),
    ("egede2020", 3.0, 3.2, 210, "not assessed"),
)


def write_sample(folder: Path, *, now: datetime | None = None, **changes: Any) -> Snapshot:
    """Write the sample and return it; ``changes`` replace fields of the manifest."""
    about = {
        "as_of": "2026-11-01",
        "search_words": "curated list of November 2026, no systematic search yet",
        "databases_not_searched": ["Embase", "CENTRAL", "Chinese databases"],
        "protocol_version": "1.0",
        "protocol_sha256": "0" * 64,
        "program_version": "0.1.0",
        "runs": [],
    } | changes
    snapshot, _ = write_snapshot(folder, sample_tables(), about, now=now or datetime(2026, 11, 2, tzinfo=UTC))  # fmt: skip
    return snapshot


def sample_tables() -> dict[str, pd.DataFrame]:
    """Return every table of the sample."""
    raw: dict[str, list[dict[str, Any]]] = {
        "documents": _documents(),
        "sentences": _sentences(),
        "claims": _claims(),
        "claim_verdicts": _verdicts(),
        "studies": _studies(),
        "study_results": _results(),
        "syntheses": _syntheses(),
        "stratum_members": _members(),
        "certainty": _certainty(),
        "asserted_found": _asserted(),
        "verdict_reasons": _reasons(),
        "verdict_cells": _cells(),
        "questions": _questions(),
        "guidelines": _guidelines(),
        "adverse_events": _adverse_events(),
        "risk_of_bias": _risk_of_bias(),
        "reviews": _reviews(),
        "review_study_matrix": _matrix(),
        "review_overlap": [
            {
                "review_a": "review2019",
                "review_b": "review2021",
                "shared": 3,
                "union": 5,
                "cca_pairwise": 0.6,
                "cca_overall": 0.6,
            }
        ],
        "retractions": [
            {
                "record_id": "costa2015",
                "status": "not checked",
                "affected_studies": ["costa2015"],
                "affected_claims": ["can-help"],
            }
        ],
        "prisma_counts": _prisma(),
        "automation_register": [
            {
                "component": "design reader",
                "metric": "macro F1",
                "value": 0.91,
                "ci_low": 0.88,
                "ci_high": 0.94,
                "n_gold": 400,
                "purpose": "names the design of a record",
                "gold_set": "invented labels",
                "human_check": "every low-confidence reading",
            }
        ],
        "summary_of_findings": [
            {
                "stratum_id": "q-knee.sham.pain.decision",
                "outcome": "pain",
                "comparison": "mud wraps against sham",
                "k": 5,
                "n": 1238,
                "effect": "6.1 (3.4 to 8.8)",
                "certainty": "Low",
                "plain_sentence": "Wraps may reduce pain by a small amount compared with sham.",
            }
        ],
        "eligibility": _eligibility(),
    }
    return {name: conform(name, rows) for name, rows in raw.items() if name in TABLES}


def document_text() -> str:
    """Return the document as it reads."""
    return "\n\n".join(text for text, _, _ in SENTENCES)


def _offset(position: int) -> int:
    return len("\n\n".join(text for text, _, _ in SENTENCES[:position])) + (2 if position else 0)


def _documents() -> list[dict[str, Any]]:
    count = {s: sum(x[1] == s for x in SENTENCES) for s in ("claim", "non_claim", "unread")}
    return [
        {
            "document_id": "mud",
            "title": TITLE,
            "url": None,
            "publisher": "An invented spa",
            "doc_type": "web page",
            "language": "en",
            "retrieved_at": "2026-10-20",
            "snapshot_sha256": "f" * 64,
            "n_sentences": len(SENTENCES),
            "n_claims": len(CLAIMS),
            "n_nonclaim": count["non_claim"],
            "n_unread": count["unread"],
        }
    ]


def _sentences() -> list[dict[str, Any]]:
    return [
        {
            "sentence_id": f"mud-s{i:02d}",
            "document_id": "mud",
            "char_start": _offset(i),
            "char_end": _offset(i) + len(text),
            "text": text,
            "status": status,
            "nonclaim_reason": reason,
            "paragraph": i,
            "block": "heading"
            if reason == "heading"
            else "list item"
            if i in (10, 12)
            else "paragraph",
        }
        for i, (text, status, reason) in enumerate(SENTENCES)
    ]


def _claims() -> list[dict[str, Any]]:
    rows = []
    for number, (claim, at, quote, kind, strength, words, _, _, question) in enumerate(CLAIMS, 1):
        start = _offset(at) + SENTENCES[at][0].index(quote)
        is_efficacy = kind == "efficacy"
        rows.append(
            {
                "claim_id": claim,
                "document_id": "mud",
                "sentence_id": f"mud-s{at:02d}",
                "quote": quote,
                "char_start": start,
                "char_end": start + len(quote),
                "statement": quote.replace("<b>", "").replace("</b>", "").rstrip(".") + ".",
                "kind": kind,
                "strength": strength,
                "words": words,
                "why_untestable": "Praise: it names no outcome that could be measured."
                if kind == "untestable"
                else None,
                "population": None if kind == "untestable" else "adults with knee pain",
                "intervention": "mud wraps" if is_efficacy else None,
                "comparators": ["sham", "usual care", "no treatment"] if is_efficacy else None,
                "outcomes": ["pain intensity", "disability"] if is_efficacy else None,
                "claimed_value": {"knee-prevalence": 30.0, "one-in-ten": 10.0}.get(claim),
                "claimed_unit": "per cent" if claim in {"knee-prevalence", "one-in-ten"} else None,
                "claimed_denominator": "of adults" if claim == "knee-prevalence" else None,
                "question_id": question,
                "label": f"C{number:02d}",
                "section": "The page" if number < 9 else "Our spa",
                "query": f'"mud"[tiab] AND knee[tiab] AND {claim}',
            }
        )
    return rows


def _verdicts() -> list[dict[str, Any]]:
    rows = []
    for claim, _, quote, kind, strength, _, verdict, certainty, question in CLAIMS:
        sentence = f"An invented sentence about {claim.replace('-', ' ')}."
        if question == "q-knee":
            sentence = "Wraps may reduce pain by a small amount compared with sham (6.1, 3.4 to 8.8; 5 trials, 1,238 people; certainty Low)."
        main = {
            "q-knee": "q-knee.sham.pain.decision",
            "q-cure": "q-cure.usual-care.pain.decision",
        }.get(question or "")
        rows.append(
            {
                "claim_id": claim,
                "quote": quote,
                "document_title": TITLE,
                "kind": kind,
                "strength": strength,
                "verdict": verdict,
                "verdict_sentence": sentence,
                "certainty": certainty,
                "certainty_rated": "Moderate" if certainty == "Low" else certainty,
                "certainty_cap_reason": "not yet signed by two people" if certainty == "Low" else None,
                "main_finding": "small" if question == "q-knee" else None,
                "sham_effect": 6.1 if question == "q-knee" else None,
                "sham_ci_low": 3.4 if question == "q-knee" else None,
                "sham_ci_high": 8.8 if question == "q-knee" else None,
                "effect_unit": "points of 100" if question == "q-knee" else None,
                "mid_used": 10.0 if question == "q-knee" else None,
                "threshold_sensitive": claim == "can-help",
                "k_studies": 5 if question == "q-knee" else (None if kind == "untestable" else 2),
                "n_participants": 1238 if question == "q-knee" else None,
                "retraction_touch": False,
                "single_study": False,
                "review_state": "reviewed" if claim == "knee-prevalence" else "provisional",
                "last_complete_search": None,
                "last_complete_search_status": "not applicable",
                "protocol_version": "1.0",
                "verdict_version": 1,
                "flags": ["depends on the threshold", "old search"] if claim == "can-help" else [],
                "stratum_ids": [main] if main else [],
                "main_stratum_id": main,
                "verdict_fingerprint": f"{verdict}; certainty rated {certainty or 'not at all'}; protocol 0; inputs {len(rows)}",
            }
        )  # fmt: skip
    return rows


def _study(study_id: str, **more: Any) -> dict[str, Any]:
    name, year = study_id.rstrip("0123456789"), study_id[-4:]
    return {
        "study_id": study_id,
        "label": f"{name.title()} {year}",
        "first_author": name.title(),
        "year": int(year),
        "title": f"An invented study of mud <{name}>",
        "design": "randomized trial",
        "country": "Norway",
        "retraction_status": ["not checked"],
        "risk_of_bias": "not assessed",
        "claim_ids": ["highly-effective", "can-help"],
    } | more


def _studies() -> list[dict[str, Any]]:
    rows = [
        _study(
            study,
            n_randomized=n,
            risk_of_bias=risk,
            pmid=f"900000{i}" if i % 2 else None,
            doi=None if i % 2 else f"10.9999/invented.{i}",
        )
        for i, (study, _, _, n, risk) in enumerate(KNEE_TRIALS)
    ]
    rows += [
        _study("falk2009", n_randomized=40),
        _study("gruber2012", n_randomized=128, url="https://example.org/gruber"),
        _study("hansen2016", n_randomized=None),
        _study("review2019", design="systematic review", pmid="9100001", claim_ids=["can-help"]),
        _study("review2021", design="meta-analysis", pmid="9100002", claim_ids=["can-help"]),
        _study("survey2017", design="cross-sectional", claim_ids=["knee-prevalence"], n_randomized=None),
        _study("survey2022", design="cross-sectional", claim_ids=["knee-prevalence", "one-in-ten"]),
        _study("cohort2013", design="cohort", claim_ids=["is-safe", "sitting-risk"]),
        _study("board2020", design="guideline", claim_ids=[]),
    ]  # fmt: skip
    return rows


def _results() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for member in _members():
        if any(row["result_id"] == member["result_id"] for row in rows):
            continue
        parts = member["stratum_id"].split(".")
        rows.append(
            {
                "result_id": member["result_id"],
                "study_id": member["study_id"],
                "question_id": [member["question_id"]],
                "stratum_id": [member["stratum_id"]],
                "outcome_domain": parts[2].replace("-", " "),
                "comparator_class": parts[1].replace("-", " ") if parts[1] != "add-on" else "add-on",
                "comparator": "an invented comparator",
                "scale": "VAS pain" if parts[2] == "pain" else None,
                "measure": "MD" if member["effect"] is not None else "OTHER",
                "estimate": member["effect"],
                "ci_low": member["ci_low"],
                "ci_high": member["ci_high"],
                "direction": member["direction"],
                "direction_source": member["direction_source"],
                "effect": member["effect"],
                "effect_unit": member["unit"],
                "n_participants": member["n_participants"],
                "source_note": "table 2 of an invented report; <read> twice",
                "source_url": None if member["study_id"] == "falk2009" else "https://example.org/source",
                "origin": "curated",
                "time_window": member["time_window"],
                "weeks": 8.0,
                "usable_for_pooling": member["effect"] is not None,
            }
        )  # fmt: skip
    return rows


def _syntheses() -> list[dict[str, Any]]:
    def row(question: str, comparator: str, outcome: str, window: str, **more: Any) -> dict[str, Any]:  # fmt: skip
        return {
            "stratum_id": ".".join([question, comparator.replace(" ", "-"), outcome.replace(" ", "-"), window]),
            "question_id": question,
            "comparator_class": comparator,
            "outcome_domain": outcome,
            "time_window": window,
            "method": "none",
            "k": 0,
            "n_favours_i": 0,
            "n_favours_c": 0,
            "n_null": 0,
            "n_not_reported": 0,
            "unit": "points of 100",
            "mid": 10.0,
            "decides": comparator in {"sham", "usual care", "no treatment"},
        } | more  # fmt: skip

    pooled = {
        "method": "pooled", "k": 5, "n": 1238, "estimate": 6.1, "ci_low": 3.4, "ci_high": 8.8,
        "ci_method": "modified-hk", "wald_low": 3.7, "wald_high": 8.5, "prediction_low": 0.2,
        "prediction_high": 12.0, "tau": 1.6, "i2": 21.0, "i2_low": 0.0, "i2_high": 68.0, "q": 5.1,
        "n_favours_i": 4, "n_favours_c": 1, "n_not_reported": 2, "prop_favours": 0.8,
        "wilson_low": 0.38, "wilson_high": 0.96, "loo_min": 4.9, "loo_max": 6.7,
        "low_rob_effect": 6.4, "finding": "small", "finding_reason": "the point is at least the small band",
        "size_band": "small", "certainty_rated": "Moderate", "certainty": "Low",
        "cap_reason": "not yet signed by two people", "since_review_k": 1, "since_review_n": 210,
        "index_review_id": "review2021",
    }  # fmt: skip
    return [
        row("q-knee", "sham", "pain", "decision", **pooled),
        row("q-knee", "usual care", "pain", "decision", method="single study", k=1, n=128, estimate=14.2, ci_low=6.7, ci_high=21.7, ci_method="single study", finding="important", certainty="Low", certainty_rated="Low", n_favours_i=1),
        row("q-knee", "no treatment", "pain", "decision", method="direction count", k=2, n_favours_i=2, n_not_reported=1, finding="unknown", finding_reason="too few to count", certainty="Very low", certainty_rated="Very low"),
        row("q-knee", "active", "pain", "decision", method="single study", k=1, n=40, estimate=21.0, ci_low=8.0, ci_high=44.0),
        row("q-knee", "sham", "pain", "long", method="single study", k=1, n=749, estimate=2.0, ci_low=-1.2, ci_high=5.2),
        row("q-knee", "sham", "disability", "decision", method="single study", k=1, n=749, estimate=1.1, ci_low=0.2, ci_high=2.0, unit="RMDQ points", mid=2.0),
        row("q-cure", "usual care", "pain", "decision", method="single study", k=1, n=128, estimate=-0.4, ci_low=-2.2, ci_high=1.4, finding="none", certainty="Moderate", certainty_rated="Moderate"),
        row("q-warm", "none", "mechanism", "decision", method="direction count", k=4, n_favours_i=2, n_favours_c=1, n_null=1, n_not_reported=1, unit=None, mid=None, prop_favours=0.5, wilson_low=0.15, wilson_high=0.85),
        row("q-prevalence", "none", "prevalence", "decision", method="pooled", k=2, n=4200, estimate=29.0, ci_low=25.0, ci_high=33.0, unit="per cent", mid=None),
        row("q-doctor", "none", "utilization", "decision", method="single study", k=1, estimate=24.0, ci_low=21.0, ci_high=27.0, unit="per cent", mid=None),
        row("q-sitting", "none", "risk association", "decision", method="direction count", k=2, n_favours_i=1, n_favours_c=1, unit=None, mid=None),
        row("q-safety", "none", "adverse event", "decision", method="single study", k=1, unit="per cent", mid=None, estimate=4.1, ci_low=3.0, ci_high=5.3),
        row("q-exercise", "active", "pain", "decision", method="none", n_not_reported=1),
    ]  # fmt: skip


def _member(stratum: str, study: str, role: str, **more: Any) -> dict[str, Any]:
    base = {
        "stratum_id": stratum,
        "question_id": stratum.split(".", maxsplit=1)[0],
        "result_id": f"{study}-{stratum.split('.')[1]}-{stratum.split('.')[2]}-{stratum.split('.')[3]}",
        "study_id": study,
        "label": f"{study[:-4].title()} {study[-4:]}",
        "role": role,
        "effect": None,
        "se": None,
        "ci_low": None,
        "ci_high": None,
        "unit": None,
        "direction": "not reported",
        "direction_source": "none",
        "n_participants": None,
        "risk_of_bias": "not assessed",
        "weight_percent": None,
        "population_match": "direct",
        "intervention_match": "direct",
        "is_window_approximate": False,
        "time_window": "short",
        "note": None,
    }
    return base | more


def _members() -> list[dict[str, Any]]:
    sham = "q-knee.sham.pain.decision"
    known = {"direction": "favours intervention", "direction_source": "effect"}
    out = []
    for (study, effect, se, n, risk), weight in zip(KNEE_TRIALS, (9, 4, 8, 60, 19), strict=True):
        side = "favours intervention" if effect > 0 else "favours comparator"
        out.append(_member(sham, study, "pooled", effect=effect, se=se, ci_low=round(effect - 1.96 * se, 1), ci_high=round(effect + 1.96 * se, 1), unit="points of 100", direction=side, direction_source="effect", n_participants=n, risk_of_bias=risk, weight_percent=float(weight)))  # fmt: skip
    out += [
        _member(sham, "falk2009", "direction not reported", n_participants=40),
        _member(sham, "hansen2016", "direction not reported", note="reports means without a spread"),
        _member(sham, "review2021", "index review", effect=6.4, ci_low=3.0, ci_high=9.8, unit="points of 100", n_participants=1028, **known),
        _member(sham, "review2019", "other review", effect=7.0, ci_low=2.0, ci_high=12.0, unit="points of 100", **known),
        _member("q-knee.usual-care.pain.decision", "gruber2012", "pooled", effect=14.2, se=3.8, ci_low=6.7, ci_high=21.7, unit="points of 100", n_participants=128, weight_percent=100.0, **known),
        _member("q-knee.no-treatment.pain.decision", "falk2009", "counted", n_participants=40, direction="favours intervention", direction_source="in words"),
        _member("q-knee.no-treatment.pain.decision", "gruber2012", "counted", n_participants=128, direction="favours intervention", direction_source="means", risk_of_bias="high"),
        _member("q-knee.no-treatment.pain.decision", "hansen2016", "direction not reported"),
        _member("q-knee.active.pain.decision", "falk2009", "pooled", effect=21.0, se=6.6, ci_low=8.0, ci_high=44.0, unit="points of 100", n_participants=40, weight_percent=100.0, **known),
        _member("q-knee.sham.pain.long", "dubois2018", "pooled", effect=2.0, se=1.6, ci_low=-1.2, ci_high=5.2, unit="points of 100", n_participants=749, weight_percent=100.0, time_window="long", **known),
        _member("q-knee.sham.disability.decision", "dubois2018", "pooled", effect=1.1, se=0.5, ci_low=0.2, ci_high=2.0, unit="RMDQ points", n_participants=749, weight_percent=100.0, **known),
        _member("q-cure.usual-care.pain.decision", "gruber2012", "pooled", effect=-0.4, se=0.9, ci_low=-2.2, ci_high=1.4, unit="points of 100", n_participants=128, weight_percent=100.0, direction="favours comparator", direction_source="effect"),
        _member("q-warm.none.mechanism.decision", "adler2011", "counted", n_participants=20, **known),
        _member("q-warm.none.mechanism.decision", "brandt2014", "counted", n_participants=12, **known),
        _member("q-warm.none.mechanism.decision", "costa2015", "counted", direction="favours comparator", direction_source="means"),
        _member("q-warm.none.mechanism.decision", "egede2020", "counted", direction="null", direction_source="means", n_participants=8),
        _member("q-warm.none.mechanism.decision", "falk2009", "direction not reported"),
        _member("q-prevalence.none.prevalence.decision", "survey2017", "pooled", effect=27.0, ci_low=24.0, ci_high=30.0, unit="per cent", n_participants=2200),
        _member("q-prevalence.none.prevalence.decision", "survey2022", "pooled", effect=31.0, ci_low=28.0, ci_high=34.0, unit="per cent", n_participants=2000),
        _member("q-doctor.none.utilization.decision", "survey2022", "pooled", effect=24.0, ci_low=21.0, ci_high=27.0, unit="per cent", n_participants=2000),
        _member("q-sitting.none.risk-association.decision", "cohort2013", "counted", n_participants=900, **known),
        _member("q-sitting.none.risk-association.decision", "survey2022", "counted", direction="favours comparator", direction_source="effect"),
        _member("q-safety.none.adverse-event.decision", "cohort2013", "shown, not counted", effect=4.1, ci_low=3.0, ci_high=5.3, unit="per cent", n_participants=1300),
        _member("q-exercise.active.pain.decision", "hansen2016", "direction not reported"),
    ]  # fmt: skip
    return out


def _certainty() -> list[dict[str, Any]]:
    stratum = "q-knee.sham.pain.decision"
    domains = (
        ("risk_of_bias", 1, "R1", "low-risk weight = 69 %", "low-risk results hold less than 75 % of the weight"),
        ("inconsistency", 0, "R2", "i2 = 21", "the trials point the same way"),
        ("indirectness", 0, "R3", "indirect weight = 0 %", "people and window fit"),
        ("imprecision", 0, "R4", "ci = 3.4 to 8.8; n = 1238", "crosses neither line, enough people"),
        ("publication_bias", 0, "R5", "silent = 40 of 1278", "below 30 %"),
    )  # fmt: skip
    rows = [
        {"stratum_id": stratum, "domain": d, "rating": None, "downgrade": down, "rule_id": rule, "input_values": inputs, "reason": why, "source": "automatic", "author": "rules"}
        for d, down, rule, inputs, why in domains
    ]  # fmt: skip
    rows.append({"stratum_id": stratum, "domain": "overall", "rating": "Low", "downgrade": 2, "rule_id": "cap", "input_values": "rated = Moderate", "reason": "not yet signed by two people", "source": "automatic", "author": "rules"})  # fmt: skip
    return rows


def _asserted() -> list[dict[str, Any]]:
    elements = (
        ("strength", "a large effect (“highly effective”)", "6.1 points against sham", "falls short", "a large effect needs 20 points"),
        ("population", "adults with chronic knee pain", "adults with knee pain", "matches", "direct"),
        ("comparator", "none named", "sham, usual care, no treatment", "not applicable", "tested against each"),
        ("outcome", "pain", "pain", "matches", "the first outcome decides"),
        ("duration", "none named", "8 weeks", "not tested", "no long window"),
    )  # fmt: skip
    return [
        {"claim_id": claim, "position": i, "element": e, "asserted": a, "found": f, "match": m, "reason": r}
        for claim in ("highly-effective", "can-help")
        for i, (e, a, f, m, r) in enumerate(elements)
    ]  # fmt: skip


def _reasons() -> list[dict[str, Any]]:
    return [
        {"claim_id": claim, "part": part, "position": i, "text": text}
        for claim, *_ in CLAIMS
        for i, (part, text) in enumerate(
            (
                ("rule", f"An invented rule for {claim}."),
                ("change", "Up: an estimate of 20 points or more."),
                ("change", "Down: a retraction among the trials."),
                ("note", "Results elsewhere in the body are shown apart."),
            )
        )
    ]


def _cells() -> list[dict[str, Any]]:
    stratum = "q-knee.sham.pain.decision"
    return [
        {"claim_id": claim, "placeholder": p, "table": "syntheses", "row_id": stratum, "column": c, "value": v, "printed": printed}
        for claim in ("highly-effective", "can-help")
        for p, c, v, printed in (
            ("estimate", "estimate", 6.1, "6.1"),
            ("ci_low", "ci_low", 3.4, "3.4"),
            ("ci_high", "ci_high", 8.8, "8.8"),
            ("k", "k", 5, "5"),
            ("n", "n", 1238, "1,238"),
        )
    ]  # fmt: skip


def _questions() -> list[dict[str, Any]]:
    by_question: dict[str, dict[str, Any]] = {}
    for claim, _, _, kind, *_, question in CLAIMS:
        if question is None:
            continue
        row = by_question.setdefault(question, {"question_id": question, "kind": kind, "population": "adults with knee pain", "intervention": "mud wraps", "comparators": [], "outcomes": ["pain"], "claim_ids": []})  # fmt: skip
        row["claim_ids"].append(claim)
    return list(by_question.values())


def _guidelines() -> list[dict[str, Any]]:
    return [
        {"guideline_id": "board2020-01", "body": "Invented Board", "title": "Sore knees", "year": 2020, "url": "https://example.org/board", "statement": "Do not offer wraps.", "source_seen": "abstract", "direction": "against", "strength": "weak", "certainty_stated": "low", "status": "current", "study_id": "board2020", "population_codes": ["knee"]},
    ]  # fmt: skip


def _adverse_events() -> list[dict[str, Any]]:
    rid = "cohort2013-none-adverse-event-decision"
    return [
        {"result_id": rid, "study_id": "cohort2013", "event": "any event", "seriousness": "any", "numerator": 53, "denominator": 1300, "denominator_unit": "patients", "ascertainment": "active", "rate": 0.0408, "ci_low": 0.03, "ci_high": 0.053, "is_prospective": "yes", "n_patients": 1300},
        {"result_id": rid + "-s", "study_id": "cohort2013", "event": "serious event", "seriousness": "serious", "numerator": 0, "denominator": 1300, "denominator_unit": "patients", "ascertainment": "active", "rate": 0.0, "ci_low": 0.0, "ci_high": 0.0028, "zero_event_upper": 3 / 1300, "is_related": "yes", "is_prospective": "yes", "n_patients": 1300},
        {"result_id": rid + "-t", "study_id": "cohort2013", "event": "burn <first degree>", "seriousness": "not serious", "numerator": 4, "denominator": 9000, "denominator_unit": "treatments", "ascertainment": "passive", "rate": 4 / 9000, "ci_low": 0.0001, "ci_high": 0.0011},
    ]  # fmt: skip


def _risk_of_bias() -> list[dict[str, Any]]:
    rows = []
    for study, _, _, _, risk in KNEE_TRIALS:
        if risk == "not assessed":
            continue
        for domain, judgement in (
            ("randomisation", risk),
            ("blinding", "high"),
            ("missing data", "low"),
        ):
            rows.append({"study_id": study, "tool": "RoB 2", "domain": domain, "judgement": judgement, "judgement_status": "reported", "overall": risk, "assessed_by": "an invented review", "method": "person", "source_url": "https://example.org/rob"})  # fmt: skip
    return rows


def _reviews() -> list[dict[str, Any]]:
    return [
        {"review_id": "review2019", "pmid": "9100001", "search_date": "2018-06-01", "k_included": 4, "included_list_available": True, "grade_used": False},
        {"review_id": "review2021", "pmid": "9100002", "search_date": "2020-09-01", "k_included": 4, "included_list_available": True, "grade_used": True, "is_index_for": ["q-knee.sham.pain.decision"]},
    ]  # fmt: skip


def _matrix() -> list[dict[str, Any]]:
    held = {
        "review2019": ["adler2011", "brandt2014", "costa2015", "gruber2012"],
        "review2021": ["adler2011", "brandt2014", "costa2015", "dubois2018"],
    }
    return [
        {"review_id": review, "study_id": study, "included": True, "source": "list of the review"}
        for review, studies in held.items()
        for study in studies
    ]


def _prisma() -> list[dict[str, Any]]:
    return [
        {"run_id": "cumulative", "question_id": "all", "stage": stage, "box": box, "n": n, "reason": reason}
        for stage, box, n, reason in (
            ("identification", "records identified", 14, "curated list"),
            ("screening", "studies screened", 14, "none"),
            ("screening", "studies excluded", 2, "other population"),
            ("included", "studies included", 12, "none"),
        )
    ]  # fmt: skip


def _eligibility() -> list[dict[str, Any]]:
    seen, rows = set(), []
    for member in _members():
        key = (member["question_id"], member["result_id"])
        if key in seen:
            continue
        seen.add(key)
        rows.append({"question_id": key[0], "result_id": key[1], "study_id": member["study_id"], "is_eligible": member["role"] != "direction not reported", "reason": None if member["role"] != "direction not reported" else "direction not reported", "population_match": "direct", "intervention_match": "direct"})  # fmt: skip
    return rows
