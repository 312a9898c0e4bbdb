"""Judgements as rows of the snapshot's tables; nothing is decided here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from evidence.claims.registry import Claim
from evidence.judgements import (
    CertaintyRating,
    Counted,
    Pooled,
    StratumEvidence,
    Verdict,
    size_band,
)
from evidence.pipeline.judging import JudgedQuestion, JudgedStratum
from evidence.synthesis.eligible import EligibleResult, eligible_results
from evidence.synthesis.strata import DECISION
from evidence.tables import conform
from evidence.verdict.domains import people_of
from evidence.verdict.sentences import trials_of
from evidence.vocabulary import (
    Certainty,
    CertaintyDomain,
    ComparatorClass,
    Direction,
    Finding,
    Flag,
    MemberRole,
    ReviewState,
    SynthesisMethod,
)

__all__ = [
    "asserted_rows",
    "certainty_rows",
    "eligibility_rows",
    "member_rows",
    "reason_rows",
    "synthesis_rows",
    "verdict_rows",
]

ARMS = {
    "sham": ComparatorClass.SHAM,
    "usual_care": ComparatorClass.USUAL_CARE,
    "no_treatment": ComparatorClass.NO_TREATMENT,
    "add_on": ComparatorClass.ADD_ON,
}
Row = dict[str, Any]


def shown_stratum_id(question_id: str, domain: str) -> str:
    """Return the id under which rows that form no stratum of effects are listed."""
    return ".".join([question_id, "none", domain.replace(" ", "-"), DECISION])


def synthesis_rows(questions: Iterable[JudgedQuestion]) -> pd.DataFrame:
    """Return the table ``syntheses``."""
    rows: list[Row] = []
    for question in questions:
        deciding = {str(word) for word in question.claims[0].comparators}
        rows += [_synthesis(s, deciding) for s in question.strata]
        rows += _listed(question)
    return conform("syntheses", rows)


def _synthesis(stratum: JudgedStratum, deciding: set[str]) -> Row:
    """Return one stratum of effects as a row."""
    evidence = stratum.built.evidence
    key, review = evidence.key, evidence.review
    pooled = evidence.pooled
    return {
        "stratum_id": key.stratum_id,
        "question_id": key.question_id,
        "comparator_class": str(key.comparator_class),
        "outcome_domain": str(key.outcome_domain),
        "time_window": key.time_window,
        "method": str(evidence.method),
        "k": trials_of(evidence),
        "n": people_of(evidence),
        **_pooled_cells(pooled),
        **_counted_cells(evidence.counted),
        "inputs_sha256": _inputs_hash(evidence),
        "unit": evidence.unit,
        "mid": evidence.band.mid,
        "finding": str(stratum.finding.finding),
        "finding_reason": stratum.finding.reason,
        "size_band": None if pooled is None else str(size_band(pooled.estimate, evidence.band)),
        **_certainty_cells(stratum),
        "is_few_studies": None if pooled is None else pooled.is_few_studies,
        "is_about": None if pooled is None else stratum.built.is_about,
        "is_other_window": evidence.is_other_window_only,
        "index_review_id": None if review is None else review.review_id,
        "since_review_k": None if review is None else review.since_k,
        "since_review_n": None if review is None else review.since_n,
        "decides": str(key.comparator_class) in deciding and key.time_window == DECISION,
        "silent_participants": evidence.silent_participants,
    }


def _certainty_cells(stratum: JudgedStratum) -> Row:
    """Return certainty as rated and shown; nothing is rated where there is no evidence."""
    if stratum.finding.finding is Finding.ABSENT:
        return {}
    return {
        "certainty_rated": str(stratum.rating.rated),
        "certainty": str(stratum.rating.shown),
        "cap_reason": stratum.rating.cap_reason,
    }


def _pooled_cells(pooled: Pooled | None) -> Row:
    """Return the cells of an estimate."""
    if pooled is None:
        return {}
    return {
        "estimate": pooled.estimate,
        "ci_low": pooled.ci_low,
        "ci_high": pooled.ci_high,
        "ci_method": str(pooled.ci_method),
        "wald_low": pooled.wald_low,
        "wald_high": pooled.wald_high,
        "prediction_low": pooled.prediction_low,
        "prediction_high": pooled.prediction_high,
        "tau": pooled.tau,
        "i2": pooled.i2,
        "i2_low": pooled.i2_low,
        "i2_high": pooled.i2_high,
        "q": pooled.q,
        "loo_min": pooled.loo_min,
        "loo_max": pooled.loo_max,
        "low_rob_effect": pooled.low_risk_effect,
        "egger_p": pooled.egger_p,
    }


def _counted_cells(counted: Counted | None) -> Row:
    """Return the cells of a count."""
    if counted is None:
        return {}
    return {
        "n_favours_i": counted.n_favours_intervention,
        "n_favours_c": counted.n_favours_comparator,
        "n_null": counted.n_null,
        "n_not_reported": counted.n_not_reported,
        "prop_favours": counted.share,
        "wilson_low": counted.wilson_low,
        "wilson_high": counted.wilson_high,
        "sign_p": counted.sign_p,
        "n_in_words": counted.n_in_words,
        "worst_share": counted.worst_share,
    }


def _inputs_hash(evidence: StratumEvidence) -> str:
    """Return a hash over the figures that went into a stratum."""
    lines = "\n".join(
        f"{m.result_id} {m.effect!r} {m.se!r} {m.direction} {m.risk_of_bias}"
        for m in evidence.members
    )
    return hashlib.sha256(lines.encode()).hexdigest()


def _listed(question: JudgedQuestion) -> list[Row]:
    """Return a row for each outcome of a question without strata: how many studies, how many people."""
    rows = []
    for domain, part in question.used.groupby("outcome_domain", sort=True):
        people = part.groupby("study_id")["n_participants"].max()
        rating = next((v.certainty for v in question.verdicts if v.certainty is not None), None)
        rows.append(
            {
                "stratum_id": shown_stratum_id(question.question_id, str(domain)),
                "question_id": question.question_id,
                "comparator_class": str(ComparatorClass.NONE),
                "outcome_domain": str(domain),
                "time_window": DECISION,
                "method": str(SynthesisMethod.NONE),
                "k": part["study_id"].nunique(),
                "n": int(people.sum()) if people.notna().any() else None,
                "certainty": None if rating is None else str(rating.shown),
                "certainty_rated": None if rating is None else str(rating.rated),
                "cap_reason": None if rating is None else rating.cap_reason,
                "decides": True,
            }
        )
    return rows


def certainty_rows(questions: Iterable[JudgedQuestion]) -> pd.DataFrame:
    """Return the table ``certainty``: a row a stratum and domain, and the overall one."""
    rows: list[Row] = []
    for question in questions:
        for stratum in question.strata:
            if stratum.finding.finding is Finding.ABSENT:
                continue
            rows += _certainty(stratum.built.evidence.key.stratum_id, stratum.rating)
        rating = next((v.certainty for v in question.verdicts if v.certainty is not None), None)
        if rating is not None and not question.strata:
            for domain in sorted(set(question.used["outcome_domain"])):
                rows += _certainty(shown_stratum_id(question.question_id, str(domain)), rating)
    return conform("certainty", rows)


def _certainty(stratum_id: str, rating: CertaintyRating) -> list[Row]:
    """Return the rows of one rating."""
    rows: list[Row] = [
        {
            "stratum_id": stratum_id,
            "domain": str(item.domain),
            "rating": "no downgrade" if item.downgrade == 0 else f"−{item.downgrade}",
            "downgrade": item.downgrade,
            "rule_id": item.rule_id,
            "input_values": "; ".join(f"{name} = {_printed(value)}" for name, value in item.inputs),
            "reason": item.reason,
            "source": "automatic",
        }
        for item in rating.domains
    ]
    caps = "; ".join(f"{cap.rule_id}: {cap.reason}" for cap in rating.caps)
    rows.append(
        {
            "stratum_id": stratum_id,
            "domain": str(CertaintyDomain.OVERALL),
            "rating": str(rating.shown),
            "downgrade": max(0, rating.start.level - rating.shown.level),
            "rule_id": "caps" if caps else "sum",
            "input_values": f"start = {rating.start}; rated = {rating.rated}",
            "reason": caps or "start less what each domain takes off",
            "source": "automatic",
        }
    )
    return rows


def _printed(value: float | int | str | None) -> str:
    """Return an input as it is printed: missing in words, numbers without noise."""
    if value is None:
        return "not known"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def member_rows(questions: Iterable[JudgedQuestion]) -> pd.DataFrame:
    """Return the table ``stratum_members``."""
    rows: list[Row] = []
    for question in questions:
        for stratum in question.strata:
            stratum_id = stratum.built.evidence.key.stratum_id
            rows += [
                _member(m.result, stratum_id, question.question_id)
                | {"role": str(m.role), "weight_percent": m.weight_percent, "note": m.note}
                for m in stratum.built.members
            ]
        for result in eligible_results(question.used):
            stratum_id = shown_stratum_id(question.question_id, str(result.outcome_domain))
            role = MemberRole.OTHER_REVIEW if result.is_review else MemberRole.COUNTED
            rows.append(_member(result, stratum_id, question.question_id) | {"role": str(role)})
    return conform("stratum_members", rows)


def _member(r: EligibleResult, stratum_id: str, question_id: str) -> Row:
    """Return one result of a stratum as a row."""
    return {
        "stratum_id": stratum_id,
        "question_id": question_id,
        "result_id": r.result_id,
        "study_id": r.study_id,
        "label": r.label,
        "effect": r.effect,
        "se": r.effect_se,
        "ci_low": r.effect_ci_low,
        "ci_high": r.effect_ci_high,
        "unit": r.effect_unit,
        "is_about": r.is_about,
        "direction": str(r.direction),
        "direction_source": str(r.direction_source),
        "n_participants": r.n_participants,
        "risk_of_bias": str(r.risk_of_bias),
        "population_match": str(r.population_match),
        "intervention_match": str(r.intervention_match),
        "is_window_approximate": r.is_window_approximate,
        "time_window": str(r.time_window),
    }


def eligibility_rows(questions: Iterable[JudgedQuestion]) -> pd.DataFrame:
    """Return the table ``eligibility``."""
    frames = [q.eligibility.drop(columns=["outcome_rank", "exposure"]) for q in questions]
    return conform("eligibility", pd.concat(frames) if frames else pd.DataFrame())


def verdict_rows(
    questions: Sequence[JudgedQuestion],
    untestable: Sequence[tuple[Claim, Verdict]],
    about: dict[str, Row],
    pmids: dict[str, str],
) -> pd.DataFrame:
    """Return the table ``claim_verdicts``.

    Parameters
    ----------
    pmids
        Study id → PMID, for the index review's.
    about
        Claim id → cells that are the same for every verdict of a run: document, signatures,
        protocol, last complete search.
    """
    rows = [
        _verdict(claim, verdict, question) | about[claim.claim_id]
        for question in questions
        for claim, verdict in zip(question.claims, question.verdicts, strict=True)
    ]
    rows += [
        _verdict(claim, verdict, None) | about[claim.claim_id] for claim, verdict in untestable
    ]
    for row in rows:
        row["index_review_pmid"] = pmids.get(str(row.get("index_review_id")))
    return conform("claim_verdicts", rows)


def _verdict(claim: Claim, verdict: Verdict, question: JudgedQuestion | None) -> Row:
    """Return one verdict as a row."""
    rating = verdict.certainty
    main = None if verdict.main is None else verdict.main.key
    return {
        "claim_id": claim.claim_id,
        "quote": claim.quote,
        "kind": str(claim.kind),
        "strength": claim.strength,
        "verdict": str(verdict.word),
        "verdict_sentence": verdict.sentence.text,
        "certainty": _word(verdict.certainty_shown),
        "certainty_cap_reason": None if rating is None else rating.cap_reason,
        "main_finding": None if verdict.main is None else str(verdict.main.finding),
        "pragmatic_finding": None if verdict.pragmatic is None else str(verdict.pragmatic.finding),
        "failed_element": verdict.failed_element,
        "certainty_rated": _word(verdict.certainty_rated),
        "threshold_sensitive": verdict.is_threshold_sensitive,
        "single_study": Flag.SINGLE_STUDY in verdict.flags,
        "reviews_disagree": Flag.REVIEWS_DISAGREE in verdict.flags,
        "retraction_touch": Flag.RETRACTION_TOUCHED in verdict.flags,
        "flags": [str(flag) for flag in verdict.flags],
        "stratum_ids": list(verdict.stratum_ids),
        "main_stratum_id": None if main is None else main.stratum_id,
        "pragmatic_stratum_id": None
        if verdict.pragmatic is None
        else verdict.pragmatic.key.stratum_id,
        **({} if question is None else _evidence_cells(verdict, question)),
    }


def _word(certainty: Certainty | None) -> str | None:
    """Return a certainty's word, None where there is none."""
    return None if certainty is None else str(certainty)


def _evidence_cells(verdict: Verdict, question: JudgedQuestion) -> Row:
    """Return effects by comparator, and how much a verdict rests on."""
    by_id = {s.built.evidence.key.stratum_id: s.built.evidence for s in question.strata}
    main = by_id.get(verdict.main.key.stratum_id) if verdict.main is not None else None
    if main is None:
        used = question.used
        ids = set(verdict.result_ids)
        rows = used[used["result_id"].isin(ids)] if ids else used
        people = rows.groupby("study_id")["n_participants"].max()
        silent = used[used["direction"] == Direction.NOT_REPORTED]
        is_effect = bool(question.strata)
        return {
            "k_studies": 0 if is_effect else rows["study_id"].nunique(),
            "n_participants": int(people.sum()) if people.notna().any() else None,
            "n_direction_not_reported": None if not is_effect else silent["study_id"].nunique(),
        }
    cells: Row = {"effect_unit": main.unit, "mid_used": main.band.mid}
    for name, group in ARMS.items():
        arm = _arm(by_id.values(), group, main)
        if arm is not None and arm.pooled is not None:
            cells[f"{name}_effect"] = arm.pooled.estimate
            cells[f"{name}_ci_low"] = arm.pooled.ci_low
            cells[f"{name}_ci_high"] = arm.pooled.ci_high
    cells["k_studies"], cells["n_participants"] = trials_of(main), people_of(main)
    counted = main.counted
    cells["n_direction_not_reported"] = None if counted is None else counted.n_not_reported
    if main.review is not None:
        cells["since_review_k"] = main.review.since_k
        cells["index_review_id"] = main.review.review_id
    return cells


def _arm(
    strata: Iterable[StratumEvidence], group: ComparatorClass, main: StratumEvidence
) -> StratumEvidence | None:
    """Return the decision stratum of one comparator for the outcome that decides."""
    for evidence in strata:
        key = evidence.key
        if (
            key.comparator_class is group
            and key.outcome_domain is main.key.outcome_domain
            and key.time_window == DECISION
        ):
            return evidence
    return None


def about_claims(
    claims: Iterable[Claim],
    documents: pd.DataFrame,
    signatures: dict[str, tuple[str, ...]],
    reviewed_at: dict[str, str | None],
    run: Row,
) -> dict[str, Row]:
    """Return the cells of ``claim_verdicts`` that no stage judges, by claim."""
    by_document = documents.set_index("document_id")
    found = {}
    for claim in claims:
        signed = signatures.get(claim.claim_id, ())
        is_reviewed = len(signed) >= 2
        document = by_document.loc[claim.document_id]
        found[claim.claim_id] = {
            "document_title": document["title"],
            "url": document["url"],
            "review_state": str(ReviewState.REVIEWED if is_reviewed else ReviewState.PROVISIONAL),
            "reviewer_1": signed[0] if signed else None,
            "reviewer_2": signed[1] if is_reviewed else None,
            "reviewed_at": reviewed_at.get(claim.claim_id),
            **run,
        }
    return found


def asserted_rows(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Return the table ``asserted_found``."""
    return conform(
        "asserted_found",
        [
            {
                "claim_id": verdict.claim_id,
                "position": position,
                "element": item.element,
                "asserted": item.asserted,
                "found": item.found,
                "match": item.match,
                "reason": item.reason,
            }
            for verdict in verdicts
            for position, item in enumerate(verdict.asserted_found)
        ],
    )


def reason_rows(
    verdicts: Iterable[Verdict], questions: Iterable[JudgedQuestion] = ()
) -> pd.DataFrame:
    """Return the table ``verdict_reasons``: rules that fired, what would change a verdict, notes."""
    rows: list[Row] = [row for question in questions for row in _notes(question)]
    for verdict in verdicts:
        for part, texts in (("rule", verdict.rules_fired), ("change", verdict.what_would_change)):
            rows += [
                {"claim_id": verdict.claim_id, "part": part, "position": position, "text": text}
                for position, text in enumerate(texts)
            ]
    return conform("verdict_reasons", rows)


def _notes(question: JudgedQuestion) -> list[Row]:
    """Return what reviews say differently about a question, for each of its claims."""
    evidence = [s.built.evidence for s in question.strata]
    texts = [
        f"Against {e.key.comparator_class}, {e.key.outcome_domain}: {e.review.disagreement}"
        for e in evidence
        if e.key.time_window == DECISION and e.review is not None and e.review.disagreement
    ]
    return [
        {"claim_id": claim.claim_id, "part": "note", "position": position, "text": text}
        for claim in question.claims
        for position, text in enumerate(texts)
    ]


def cell_rows(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Return the table ``verdict_cells``."""
    return conform(
        "verdict_cells",
        [
            {
                "claim_id": verdict.claim_id,
                "placeholder": cell.placeholder,
                "table": cell.table,
                "row_id": cell.row_id,
                "column": cell.column,
                "value": cell.value,
                "printed": cell.printed,
            }
            for verdict in verdicts
            for cell in verdict.sentence.cells
        ],
    )
