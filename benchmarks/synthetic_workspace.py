"""An invented workspace of any size, to see how the dashboard stands when there is much.

    python -m benchmarks.synthetic_workspace --out DIR [--studies 100000] [--claims 500] [--snapshots 20]

Writes its snapshots with the program's own writer and table schemas, oldest first; each holds
more studies than the one before and some other verdicts. Every name, title, abstract and figure
is made of invented words by a seeded generator: the same call writes the same tables. No number
in it means anything.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.synthetic_claims import (
    Plan,
    claim_rows,
    document_rows,
    number_of_questions,
    plan_claims,
    question_rows,
    reason_tables,
    sentence_rows,
    verdict_rows,
)
from benchmarks.synthetic_words import Words
from evidence.pipeline.claim_index import claim_index
from evidence.pipeline.result_index import result_index
from evidence.store.snapshots import from_arrow, write_snapshot
from evidence.tables import conform
from evidence.vocabulary import (
    ClaimKind,
    ComparatorClass,
    Design,
    Direction,
    OutcomeDomain,
    RiskOfBias,
    TimeWindow,
)

__all__ = ["main", "write_workspace"]

Codes = np.ndarray[Any, Any]
BEGUN = datetime(2025, 4, 1, 6, tzinfo=UTC)
COMPARATORS = [str(c) for c in (ComparatorClass.SHAM, ComparatorClass.USUAL_CARE, ComparatorClass.NO_TREATMENT, ComparatorClass.ADD_ON, ComparatorClass.ACTIVE)]  # fmt: skip
BENEFITS = [str(o) for o in (OutcomeDomain.PAIN, OutcomeDomain.DISABILITY, OutcomeDomain.RESPONSE, OutcomeDomain.QUALITY_OF_LIFE, OutcomeDomain.RECOVERY)]  # fmt: skip
WINDOWS = [str(w) for w in TimeWindow]
DIRECTIONS = [str(d) for d in Direction]
BIAS = [str(r) for r in RiskOfBias]
DESIGNS = [str(d) for d in (Design.RANDOMIZED_TRIAL, Design.COHORT, Design.CROSS_SECTIONAL, Design.SYSTEMATIC_REVIEW, Design.META_ANALYSIS, Design.CASE_SERIES, Design.NONRANDOMIZED_TRIAL)]  # fmt: skip
DOMAINS = ("randomisation", "deviations", "missing data", "measurement", "selection of the report")
OTHER_OUTCOME = {
    ClaimKind.SAFETY: OutcomeDomain.ADVERSE_EVENT,
    ClaimKind.MECHANISM: OutcomeDomain.MECHANISM,
    ClaimKind.PREVALENCE: OutcomeDomain.PREVALENCE,
    ClaimKind.UTILIZATION: OutcomeDomain.UTILIZATION,
    ClaimKind.RISK_FACTOR: OutcomeDomain.RISK_ASSOCIATION,
    ClaimKind.DOCTRINE: OutcomeDomain.MECHANISM,
}


@dataclass(frozen=True, slots=True)
class Studies:
    """What is drawn of every study and result, as numbers; words are made when tables are."""

    author: Codes
    year: Codes
    design: Codes
    bias: Codes
    people: Codes
    study_of: Codes
    """The study of each result."""
    question: Codes
    comparator: Codes
    outcome: Codes
    window: Codes
    direction: Codes
    effect: Codes
    error: Codes


def draw(plan: Plan, n_studies: int, words: Words, seed: int) -> Studies:
    """Draw studies and their results; few questions hold many of them, as in life."""
    rng = np.random.default_rng(seed)
    per_study = rng.choice([1, 2, 3], n_studies, p=[0.85, 0.1, 0.05])
    study_of = np.repeat(np.arange(n_studies), per_study)
    n = len(study_of)
    weight = 1.0 / (np.arange(number_of_questions(plan)) + 10.0)
    question = rng.choice(len(weight), n_studies, p=weight / weight.sum())[study_of]
    is_benefit = np.array([kind is ClaimKind.EFFICACY for kind in plan.question_kind])[question]
    other = np.array([len(BENEFITS) + list(OTHER_OUTCOME).index(kind) if kind in OTHER_OUTCOME else 0 for kind in plan.question_kind])[question]  # fmt: skip
    return Studies(
        author=rng.integers(0, len(words.authors), n_studies),
        year=rng.integers(1980, 2027, n_studies),
        design=rng.choice(len(DESIGNS), n_studies, p=[0.45, 0.2, 0.13, 0.08, 0.04, 0.06, 0.04]),
        bias=rng.choice(len(BIAS), n_studies, p=[0.15, 0.2, 0.15, 0.5]),
        people=np.exp(rng.normal(4.3, 1.1, n_studies)).astype("int64") + 8,
        study_of=study_of,
        question=question,
        comparator=np.where(is_benefit, rng.integers(0, len(COMPARATORS), n), len(COMPARATORS)),
        outcome=np.where(is_benefit, rng.choice(len(BENEFITS), n, p=[0.5, 0.25, 0.1, 0.1, 0.05]), other),
        window=rng.choice(len(WINDOWS), n, p=[0.3, 0.4, 0.15, 0.05, 0.1]),
        direction=rng.choice(len(DIRECTIONS), n, p=[0.45, 0.2, 0.05, 0.3]),
        effect=np.round(rng.normal(5.0, 8.0, n), 1),
        error=np.round(np.abs(rng.normal(3.0, 1.5, n)) + 0.3, 2),
    )  # fmt: skip


def taken(words: Sequence[str | None], codes: Codes) -> pa.Array:
    """Return a word for each code."""
    return pa.array(list(words), pa.string()).take(pa.array(codes))


def joined(*parts: Any, by: str = "") -> pa.Array:
    """Return texts put together element by element."""
    return pc.binary_join_element_wise(*parts, by)


def numbers(values: Codes) -> pa.Array:
    """Return whole numbers as texts."""
    return pc.cast(pa.array(values), pa.string())


def only_where(keep: Codes, array: pa.Array) -> pa.Array:
    """Return values where they are wanted, missing elsewhere."""
    return pc.if_else(pa.array(keep), array, pa.scalar(None, array.type))


def lists_of(array: pa.Array) -> pa.Array:
    """Return lists of one part each."""
    return pa.ListArray.from_arrays(pa.array(np.arange(len(array) + 1, dtype="int32")), array)


def frame_of(name: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return columns as a declared table."""
    return conform(name, from_arrow(pa.table(dict(columns))))


@dataclass(frozen=True, slots=True)
class Ids:
    """Names that several tables share."""

    study: pa.Array
    label: pa.Array
    result: pa.Array
    question: pa.Array


def ids_of(drawn: Studies, plan: Plan, words: Words) -> Ids:
    """Return ids and labels of studies and results."""
    n = len(drawn.author)
    author, year = taken(words.authors, drawn.author), numbers(drawn.year)
    plain = taken(words.plain_authors, drawn.author)
    study = joined(plain, year, numbers(np.arange(n)), by="-")
    label = joined(author, year, by=" ")
    first = np.searchsorted(drawn.study_of, np.arange(n))
    position = np.arange(len(drawn.study_of)) - first[drawn.study_of]
    result = joined(study.take(pa.array(drawn.study_of)), numbers(position), by="-r")
    return Ids(study, label, result, taken(plan.question_ids, drawn.question))


def study_table(drawn: Studies, ids: Ids, words: Words) -> pd.DataFrame:
    """Return ``studies``."""
    n, rows = len(drawn.author), np.arange(len(drawn.author))
    has_pmid = rows % 10 != 0
    return frame_of(
        "studies",
        {
            "study_id": ids.study,
            "record_ids": lists_of(joined("pmid", numbers(40_000_000 + rows), by=":")),
            "design": taken(DESIGNS, drawn.design),
            "design_source": taken(["machine-read"], np.zeros(n, dtype="int64")),
            "country": taken(words.countries, rows % len(words.countries)),
            "n_randomized": only_where(rows % 12 != 0, pa.array(drawn.people)),
            "population": taken(words.populations, rows % len(words.populations)),
            "retraction_status": lists_of(taken(["none", "retracted"], (rows % 997 == 0).astype("int64"))),
            "pmid": only_where(has_pmid, numbers(40_000_000 + rows)),
            "doi": joined("10.9999", "invented", numbers(rows), by="/"),
            "url": only_where(~has_pmid, joined("https://example.org/study", numbers(rows), by="/")),
            "title": words.titles(n),
            "first_author": taken(words.authors, drawn.author),
            "year": pa.array(drawn.year),
            "journal": taken(words.journals, (rows * 7) % len(words.journals)),
            "label": ids.label,
            "risk_of_bias": taken(BIAS, drawn.bias),
        },
    )  # fmt: skip


def outcome_words() -> list[str]:
    """Return the outcomes by their code."""
    return BENEFITS + [str(o) for o in OTHER_OUTCOME.values()]


def result_table(drawn: Studies, ids: Ids, words: Words) -> pd.DataFrame:
    """Return ``study_results``."""
    n, at = len(drawn.study_of), np.arange(len(drawn.study_of))
    study = pa.array(drawn.study_of)
    has_size = drawn.direction != DIRECTIONS.index(Direction.NOT_REPORTED)
    low, high = (np.round(drawn.effect + side * 1.96 * drawn.error, 1) for side in (-1, 1))
    sized = {
        name: only_where(has_size, pa.array(values))
        for name, values in (
            ("estimate", drawn.effect), ("ci_low", low), ("ci_high", high), ("effect", drawn.effect),
            ("effect_ci_low", low), ("effect_ci_high", high), ("effect_se", drawn.error),
        )
    }  # fmt: skip
    return frame_of(
        "study_results",
        {
            "result_id": ids.result,
            "study_id": ids.study.take(study),
            "question_id": lists_of(ids.question),
            "stratum_id": lists_of(stratum_ids(drawn, ids, drawn.window)),
            "outcome_domain": taken(outcome_words(), drawn.outcome),
            "outcome": taken(words.outcomes, at % len(words.outcomes)),
            "comparator_class": taken([*COMPARATORS, "none"], drawn.comparator),
            "comparator": taken(words.comparators, at % len(words.comparators)),
            "intervention": taken(words.interventions, drawn.question % len(words.interventions)),
            "intervention_is_sham": pa.array(np.zeros(n, dtype=bool)),
            "scale": only_where(at % 3 != 0, taken(words.scales, at % len(words.scales))),
            "time_window": taken(WINDOWS, drawn.window),
            "weeks": pa.array((at % 52).astype("float64")),
            "measure": taken(["PROP", "MD"], (drawn.comparator < len(COMPARATORS)).astype("int64")),
            **sized,
            "effect_unit": only_where(has_size, taken(["points of 100"], np.zeros(n, dtype="int64"))),
            "direction": taken(DIRECTIONS, drawn.direction),
            "direction_status": taken(["reported", "not reported"], (~has_size).astype("int64")),
            "direction_source": taken(["effect", "none"], (~has_size).astype("int64")),
            "reported_test": only_where(has_size, taken(["favours intervention", "no clear difference", "favours comparator"], at % 3)),
            "n_participants": pa.array(drawn.people[drawn.study_of]),
            "origin": taken(["machine-read"], np.zeros(n, dtype="int64")),
            "usable_for_pooling": pa.array(has_size),
            "source_note": joined("Invented note of result", numbers(at), by=" "),
            "exact_sentence": taken(words.sentences, at % len(words.sentences)),
        },
    )  # fmt: skip


def stratum_ids(drawn: Studies, ids: Ids, window: Codes, names: Sequence[str] = WINDOWS) -> pa.Array:  # fmt: skip
    """Return the stratum of each result in a window."""
    dashed = [words.replace(" ", "-") for words in outcome_words()]
    against = [words.replace(" ", "-") for words in [*COMPARATORS, "none"]]
    return joined(
        ids.question, taken(against, drawn.comparator), taken(dashed, drawn.outcome), taken(names, window), by=".",
    )  # fmt: skip


def member_table(drawn: Studies, ids: Ids) -> pd.DataFrame:
    """Return ``stratum_members``: each result in its own window and, if near, in the deciding one."""
    deciding = stratum_ids(drawn, ids, np.zeros(len(drawn.study_of), dtype="int64"), ["decision"])
    own = stratum_ids(drawn, ids, drawn.window)
    near = np.flatnonzero(drawn.window < 2)
    rows = pa.array(np.concatenate([np.arange(len(drawn.study_of)), near]))
    at = rows.to_numpy()
    study = pa.array(drawn.study_of[at])
    has_size = drawn.direction[at] != DIRECTIONS.index(Direction.NOT_REPORTED)
    effect, error = drawn.effect[at], drawn.error[at]
    return frame_of(
        "stratum_members",
        {
            "stratum_id": pa.concat_arrays([own, deciding.take(pa.array(near))]),
            "question_id": ids.question.take(rows),
            "result_id": ids.result.take(rows),
            "study_id": ids.study.take(study),
            "label": ids.label.take(study),
            "role": taken(["pooled", "direction not reported"], (~has_size).astype("int64")),
            "effect": only_where(has_size, pa.array(effect)),
            "se": only_where(has_size, pa.array(error)),
            "ci_low": only_where(has_size, pa.array(np.round(effect - 1.96 * error, 1))),
            "ci_high": only_where(has_size, pa.array(np.round(effect + 1.96 * error, 1))),
            "unit": only_where(has_size, taken(["points of 100"], np.zeros(len(at), dtype="int64"))),
            "direction": taken(DIRECTIONS, drawn.direction[at]),
            "direction_source": taken(["effect", "none"], (~has_size).astype("int64")),
            "n_participants": pa.array(drawn.people[drawn.study_of[at]]),
            "risk_of_bias": taken(BIAS, drawn.bias[drawn.study_of[at]]),
            "population_match": taken(["direct"], np.zeros(len(at), dtype="int64")),
            "intervention_match": taken(["direct"], np.zeros(len(at), dtype="int64")),
            "time_window": taken(WINDOWS, drawn.window[at]),
        },
    )  # fmt: skip


def synthesis_table(members: pd.DataFrame) -> pd.DataFrame:
    """Return ``syntheses``: counts of the members, and invented estimates."""
    groups = members.groupby("stratum_id", sort=True)
    out = groups.agg(question_id=("question_id", "first"), k=("study_id", "nunique"), n=("n_participants", "sum"), estimate=("effect", "mean"))  # fmt: skip
    sides = members.groupby(["stratum_id", "direction"]).size().unstack(fill_value=0)
    for name, direction in (("n_favours_i", DIRECTIONS[0]), ("n_favours_c", DIRECTIONS[1]), ("n_null", DIRECTIONS[2]), ("n_not_reported", DIRECTIONS[3])):  # fmt: skip
        out[name] = sides[direction].reindex(out.index) if direction in sides else 0
    out = out.reset_index()
    parts = out["stratum_id"].str.split(".", expand=True)
    out["comparator_class"] = parts[1].str.replace("-", " ").replace("add on", "add-on")
    out["outcome_domain"] = parts[2].str.replace("-", " ")
    out["time_window"] = parts[3]
    out["estimate"] = out["estimate"].round(2)
    out["ci_low"], out["ci_high"] = out["estimate"] - 2.4, out["estimate"] + 2.4
    has_size = out["estimate"].notna()
    out["method"] = np.where(has_size, "pooled", "none")
    out["unit"], out["mid"] = "points of 100", 10.0
    out["finding"], out["certainty"], out["certainty_rated"] = "small", "Low", "Moderate"
    out["i2"], out["tau"], out["q"] = 40.0, 1.5, 12.0
    out["prediction_low"], out["prediction_high"] = out["ci_low"] - 3, out["ci_high"] + 3
    out["decides"] = out["comparator_class"].isin(COMPARATORS[:3])
    return conform("syntheses", out)


def certainty_table(syntheses: pd.DataFrame) -> pd.DataFrame:
    """Return ``certainty``: six rows a stratum that decides."""
    ids = syntheses.loc[syntheses["time_window"] == "decision", "stratum_id"]
    domains = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias", "overall")  # fmt: skip
    parts = [
        pd.DataFrame({"stratum_id": ids, "domain": domain, "rating": "Low" if domain == "overall" else None,
                      "downgrade": 1, "rule_id": f"R{at}", "input_values": f"share = {at * 7} %",
                      "reason": "an invented reason in a sentence", "source": "automatic", "author": "rules"})
        for at, domain in enumerate(domains, 1)
    ]  # fmt: skip
    return conform("certainty", pd.concat(parts, ignore_index=True))


def bias_table(drawn: Studies, ids: Ids) -> pd.DataFrame:
    """Return ``risk_of_bias``: five judgements of each study that was assessed."""
    assessed = np.repeat(np.flatnonzero(drawn.bias < 3), len(DOMAINS))
    domain = np.tile(np.arange(len(DOMAINS)), len(assessed) // len(DOMAINS))
    judged = taken(BIAS, (drawn.bias[assessed] + domain) % 3)
    zero = np.zeros(len(assessed), dtype="int64")
    return frame_of(
        "risk_of_bias",
        {
            "study_id": ids.study.take(pa.array(assessed)),
            "tool": taken(["RoB 2"], zero),
            "domain": taken(DOMAINS, domain),
            "judgement": judged,
            "judgement_status": taken(["reported"], zero),
            "overall": taken(BIAS, drawn.bias[assessed]),
            "assessed_by": taken(["an invented review"], zero),
            "method": taken(["person"], zero),
            "source_url": taken(["https://example.org/rob"], zero),
        },
    )


def record_table(drawn: Studies, words: Words, titles: pa.Array) -> pd.DataFrame:
    """Return ``records``: one a study, with an invented abstract."""
    n, rows = len(drawn.author), np.arange(len(drawn.author))
    return frame_of(
        "records",
        {
            "record_id": joined("pmid", numbers(40_000_000 + rows), by=":"),
            "pmid": numbers(40_000_000 + rows),
            "title": titles,
            "abstract": words.abstracts(n),
            "authors": lists_of(taken(words.authors, drawn.author)),
            "journal": taken(words.journals, (rows * 7) % len(words.journals)),
            "mdat": taken([f"2026-{month:02d}-01" for month in range(1, 11)], rows % 10),
            "retraction_status": lists_of(taken(["none", "retracted"], (rows % 997 == 0).astype("int64"))),
            "language": taken(["eng"], np.zeros(n, dtype="int64")),
            "raw_sha256": taken(["0" * 64], np.zeros(n, dtype="int64")),
        },
    )  # fmt: skip


def eligibility_tables(drawn: Studies, ids: Ids) -> dict[str, pd.DataFrame]:
    """Return ``eligibility`` of the results, and ``screening`` of the records that were read."""
    n, rows = len(drawn.study_of), np.arange(len(drawn.author))
    is_in = drawn.direction != DIRECTIONS.index(Direction.NOT_REPORTED)
    first = np.searchsorted(drawn.study_of, rows)
    zero = np.zeros(len(rows), dtype="int64")
    return {
        "eligibility": frame_of(
            "eligibility",
            {
                "question_id": ids.question,
                "result_id": ids.result,
                "study_id": ids.study.take(pa.array(drawn.study_of)),
                "is_eligible": pa.array(is_in),
                "reason": only_where(~is_in, taken(["direction not reported"], np.zeros(n, dtype="int64"))),
                "population_match": taken(["direct"], np.zeros(n, dtype="int64")),
                "intervention_match": taken(["direct"], np.zeros(n, dtype="int64")),
            },
        ),
        "screening": frame_of(
            "screening",
            {
                "record_id": joined("pmid", numbers(40_000_000 + rows), by=":"),
                "question_id": ids.question.take(pa.array(first)),
                "stage": taken(["title and abstract"], zero),
                "decision": taken(["included", "excluded"], (rows % 3 == 0).astype("int64")),
                "reason_code": only_where(rows % 3 == 0, taken(["other population"], zero)),
                "decided_by": taken(["rules"], zero),
                "score": pa.array(((rows % 50) + 50) / 100.0),
                "operating_point": taken(["balanced"], zero),
            },
        ),
    }  # fmt: skip


def review_tables(drawn: Studies, ids: Ids) -> dict[str, pd.DataFrame]:
    """Return the tables of reviews, what they include and how they overlap."""
    reviews = np.flatnonzero((drawn.design == 3) | (drawn.design == 4))
    held = np.repeat(reviews, 8)
    inside = (held * 31 + np.tile(np.arange(8), len(reviews)) * 17) % len(drawn.author)
    pairs = np.arange(max(0, len(reviews) - 1))
    zero = np.zeros(len(pairs), dtype="int64")
    matrix = pd.DataFrame({"review_id": ids.study.take(pa.array(held)).to_pandas(), "study_id": ids.study.take(pa.array(inside)).to_pandas(), "included": True, "source": "invented list"})  # fmt: skip
    return {
        "reviews": frame_of(
            "reviews",
            {
                "review_id": ids.study.take(pa.array(reviews)),
                "search_date": taken(["2020-06-01"], np.zeros(len(reviews), dtype="int64")),
                "k_included": pa.array(np.full(len(reviews), 8)),
                "included_list_available": pa.array(np.ones(len(reviews), dtype=bool)),
                "grade_used": pa.array(reviews % 2 == 0),
            },
        ),
        "review_study_matrix": conform("review_study_matrix", matrix.drop_duplicates(["review_id", "study_id"])),
        "review_overlap": frame_of(
            "review_overlap",
            {
                "review_a": ids.study.take(pa.array(reviews[:-1])),
                "review_b": ids.study.take(pa.array(reviews[1:])),
                "shared": pa.array(zero + 2),
                "union": pa.array(zero + 14),
                "cca_pairwise": pa.array(zero + 0.14),
                "cca_overall": pa.array(zero + 0.14),
            },
        ),
    }  # fmt: skip


def event_tables(drawn: Studies, ids: Ids) -> dict[str, pd.DataFrame]:
    """Return harms and retractions."""
    harmed = np.flatnonzero(drawn.outcome == len(BENEFITS))
    people = drawn.people[drawn.study_of[harmed]]
    events = np.minimum(people, people // 20)
    zero = np.zeros(len(harmed), dtype="int64")
    bad = np.flatnonzero(np.arange(len(drawn.author)) % 997 == 0)
    return {
        "adverse_events": frame_of(
            "adverse_events",
            {
                "result_id": ids.result.take(pa.array(harmed)),
                "study_id": ids.study.take(pa.array(drawn.study_of[harmed])),
                "event": taken(["any event", "serious event", "bruise"], harmed % 3),
                "seriousness": taken(["any", "serious", "not serious"], harmed % 3),
                "numerator": pa.array(events),
                "denominator": pa.array(people),
                "denominator_unit": taken(["patients"], zero),
                "ascertainment": taken(["active", "passive"], harmed % 2),
                "rate": pa.array(events / people),
                "ci_low": pa.array(events / people * 0.8),
                "ci_high": pa.array(events / people * 1.2),
                "n_patients": pa.array(people),
            },
        ),
        "retractions": frame_of(
            "retractions",
            {
                "record_id": joined("pmid", numbers(40_000_000 + bad), by=":"),
                "status": taken(["retracted"], np.zeros(len(bad), dtype="int64")),
                "affected_studies": lists_of(ids.study.take(pa.array(bad))),
            },
        ),
    }


def search_tables(plan: Plan, n_runs: int) -> dict[str, pd.DataFrame]:
    """Return searches of every run and the counts of the flow figure."""
    asked = [i for i, q in enumerate(plan.claim_question) if q is not None]
    searches = [
        {"run_id": f"{run:04d}", "claim_id": plan.claim_ids[i], "query_id": f"{plan.claim_ids[i]}-pubmed",
         "database": "PubMed", "query_text": f"invented[tiab] AND {plan.claim_ids[i]}", "query_translation": "invented",
         "count_reported": 200 + i, "n_fetched": 200 + i, "n_missing": 0, "status": "complete"}
        for run in range(1, n_runs + 1) for i in asked
    ]  # fmt: skip
    boxes = (("identification", "records identified"), ("screening", "studies screened"), ("screening", "studies excluded"), ("included", "studies included"))  # fmt: skip
    counts = [
        {"run_id": run, "question_id": question, "stage": stage, "box": box, "n": 900 - 200 * at, "reason": "none"}
        for run in ["cumulative", *(f"{r:04d}" for r in range(1, n_runs + 1))]
        for question in ["all", *plan.question_ids]
        for at, (stage, box) in enumerate(boxes)
    ]  # fmt: skip
    return {"searches": conform("searches", searches), "prisma_counts": conform("prisma_counts", counts)}  # fmt: skip


def part_of(drawn: Studies, n_studies: int) -> Studies:
    """Return the first studies and their results."""
    n = int(np.searchsorted(drawn.study_of, n_studies))
    of_study = {name: getattr(drawn, name)[:n_studies] for name in ("author", "year", "design", "bias", "people")}  # fmt: skip
    rest = ("study_of", "question", "comparator", "outcome", "window", "direction", "effect", "error")  # fmt: skip
    return Studies(**of_study, **{name: getattr(drawn, name)[:n] for name in rest})


def make_tables(plan: Plan, drawn: Studies, words: Words, run: int) -> dict[str, pd.DataFrame]:
    """Return every table of one snapshot."""
    ids = ids_of(drawn, plan, words)
    studies, members = study_table(drawn, ids, words), member_table(drawn, ids)
    syntheses = synthesis_table(members)
    main = {
        str(row.question_id): str(row.stratum_id)
        for row in syntheses.sort_values("k").itertuples(index=False)
        if row.time_window == "decision"
    }
    return {
        "documents": document_rows(plan),
        "sentences": sentence_rows(plan),
        "claims": claim_rows(plan),
        "claim_verdicts": verdict_rows(plan, main, run),
        "questions": question_rows(plan),
        "studies": studies,
        "study_results": result_table(drawn, ids, words),
        "stratum_members": members,
        "syntheses": syntheses,
        "certainty": certainty_table(syntheses),
        "risk_of_bias": bias_table(drawn, ids),
        "records": record_table(drawn, words, words.titles(len(drawn.author))),
        **reason_tables(plan, main),
        **eligibility_tables(drawn, ids),
        **review_tables(drawn, ids),
        **event_tables(drawn, ids),
        **search_tables(plan, run),
    }


def write_workspace(folder: Path, n_studies: int, n_claims: int, n_snapshots: int, *, seed: int = 1, say: bool = False) -> None:  # fmt: skip
    """Write an invented workspace: its snapshots, oldest first, the last one current."""
    plan, words = plan_claims(n_claims), Words(seed)
    drawn = draw(plan, n_studies, words, seed)
    for run in range(1, n_snapshots + 1):
        begun = time.monotonic()
        share = 1.0 if n_snapshots == 1 else 0.6 + 0.4 * (run - 1) / (n_snapshots - 1)
        n = max(1, round(n_studies * share))
        tables = make_tables(plan, part_of(drawn, n), words, run)
        now = BEGUN + timedelta(days=28 * run)
        about = {
            "as_of": now.date().isoformat(), "last_complete_search": now.date().isoformat(),
            "search_words": None, "databases_not_searched": ["Embase"], "protocol_version": "0",
            "protocol_sha256": "0" * 64, "program_version": "0", "runs": {},
        }  # fmt: skip
        indexes = {**result_index(tables), **claim_index(tables)}
        snapshot, _ = write_snapshot(folder, tables, about, indexes=indexes, now=now)
        if say:
            print(f"{snapshot.snapshot_id}: {n:,} studies, {time.monotonic() - begun:.1f} s", flush=True)  # fmt: skip


def main() -> int:
    """Write a workspace as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--claims", type=int, default=500)
    parser.add_argument("--snapshots", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_workspace(options.out, options.studies, options.claims, options.snapshots, seed=options.seed, say=True)  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
