"""Evidence that is no stratum of effects: numbers, rates, shares, associations, experiments.

Turns eligible rows of one question into the frozen objects that its kind of claim is judged on
(docs/method.md, sections 2, 9 and 10). Single proportions get Wilson's interval, no event in n
the rule of three. Judges nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from evidence.judgements import (
    AssociationEvidence,
    ExperimentEvidence,
    NumberEvidence,
    RateEvidence,
    UsageEvidence,
)
from evidence.synthesis.directions import wilson_interval
from evidence.synthesis.eligible import REVIEWS
from evidence.vocabulary import (
    AgeBand,
    Ascertainment,
    DenominatorUnit,
    Design,
    EffectMeasure,
    Match,
    OutcomeDomain,
    ReportedTest,
    RiskOfBias,
    SampleKind,
    Species,
)

__all__ = [
    "association_evidence",
    "experiment_evidence",
    "number_evidence",
    "rate_evidence",
    "usage_evidence",
]

RATIOS = frozenset({EffectMeasure.RR, EffectMeasure.OR, EffectMeasure.HR})
Bias = Mapping[str, RiskOfBias]


def _rows(rows: pd.DataFrame) -> Iterator[Any]:
    """Yield rows in the order of their ids."""
    return rows.sort_values("result_id").itertuples(index=False)


def _cell(row: Any, name: str) -> float | None:  # noqa: ANN401 - a table's row
    """Return a number of a row, None where it is missing."""
    value = getattr(row, name, None)
    return None if value is None or pd.isna(value) else float(value)


def _whole(row: Any, name: str) -> int | None:  # noqa: ANN401
    """Return a whole number of a row, None where it is missing."""
    value = _cell(row, name)
    return None if value is None else int(value)


def _word(row: Any, name: str) -> str | None:  # noqa: ANN401
    """Return a text of a row, None where it is missing."""
    value = getattr(row, name, None)
    return value if isinstance(value, str) else None


def _sample(row: Any) -> SampleKind:  # noqa: ANN401
    """Return where the people come from: a review's row is a review, else as coded."""
    word = _word(row, "sample_kind")
    if word is not None:
        return SampleKind(word)
    return SampleKind.REVIEW if row.design in REVIEWS else SampleKind.SINGLE_SITE


def _common(row: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what every kind of evidence is named by."""
    return {"result_id": row.result_id, "study_id": row.study_id, "label": row.label}


def _percent(row: Any) -> tuple[float | None, float | None, float | None]:  # noqa: ANN401
    """Return a share in per cent with its interval; from counts by Wilson where none is printed."""
    estimate, low, high = (_cell(row, name) for name in ("estimate", "ci_low", "ci_high"))
    numerator, denominator = _cell(row, "numerator"), _cell(row, "denominator")
    if numerator is None:
        numerator, denominator = _cell(row, "events_intervention"), _cell(row, "n_intervention")
    if estimate is None and numerator is not None and denominator:
        estimate = 100.0 * numerator / denominator
    people = denominator or _cell(row, "n_intervention")
    if low is None and estimate is not None and people and 0 <= estimate <= 100:
        bounds = wilson_interval(people * estimate / 100.0, people)
        low, high = 100.0 * bounds[0], 100.0 * bounds[1]
    return estimate, low, high


PER_CENT = "per cent"
EFFECT_CELLS = ("effect", "effect_ci_low", "effect_ci_high")
PRINTED_CELLS = ("estimate", "ci_low", "ci_high")
CONTRASTS = frozenset({*RATIOS, EffectMeasure.MD, EffectMeasure.SMD, EffectMeasure.RD})
"""Measures that compare; an interval of a lone rate or count says nothing of an association."""
SHARES = frozenset({OutcomeDomain.PREVALENCE, OutcomeDomain.UTILIZATION})


def add_shares(results: pd.DataFrame) -> pd.DataFrame:
    """Return ``study_results`` with shares and associations in the effect columns.

    A share is in per cent, with Wilson's interval where none is printed; an association is that of
    the exposed against the unexposed. So every figure that a sentence prints has a cell.
    """
    out = results.copy()
    columns: dict[str, list[Any]] = {
        name: out[name].tolist() for name in (*EFFECT_CELLS, "effect_unit")
    }
    for i, row in enumerate(out.itertuples(index=False)):
        figures, unit = _shown_figures(row)
        if unit is not None:
            for name, value in zip((*EFFECT_CELLS, "effect_unit"), (*figures, unit), strict=True):
                columns[name][i] = value
    return out.assign(**columns)


def _shown_figures(
    row: Any,  # noqa: ANN401
) -> tuple[tuple[float | None, float | None, float | None], str | None]:
    """Return the figures of a share or an association, and their unit; None for other rows."""
    if row.outcome_domain in SHARES and _is_share(row):
        return _percent(row), PER_CENT
    if row.outcome_domain == OutcomeDomain.RISK_ASSOCIATION:
        figures = _oriented(row, EffectMeasure(row.measure))
        return figures, str(row.measure) if figures[1] is not None else None
    return (None, None, None), None


def number_evidence(rows: pd.DataFrame, bias: Bias) -> list[NumberEvidence]:
    """Return prevalences and shares in per cent, one a row; other figures are passed over."""
    found = []
    for row in _rows(rows):
        if not _is_share(row):
            continue
        estimate, low, high = _percent(row)
        ends = _cell(row, "range_low"), _cell(row, "range_high")
        is_range = estimate is None and None not in ends
        is_review = row.design in REVIEWS
        band = _word(row, "age_band")
        found.append(
            NumberEvidence(
                **_common(row),
                estimate=estimate,
                ci_low=low,
                ci_high=high,
                sample_kind=_sample(row),
                region=_word(row, "region"),
                period=_word(row, "period"),
                age_band=None if band is None else AgeBand(band),
                n_participants=_whole(row, "n_participants"),
                k=_whole(row, "row_k") if is_review else 1,
                range_low=ends[0],
                range_high=ends[1],
                is_range_only=is_range,
                is_pooled=is_review and estimate is not None,
                cell_columns=EFFECT_CELLS,
                risk_of_bias=bias.get(row.study_id, RiskOfBias.NOT_ASSESSED),
            )
        )
    return found


def _is_share(row: Any) -> bool:  # noqa: ANN401
    """Return whether a row gives a share: per cent, counts, or a range of per cents."""
    has_counts = _cell(row, "numerator") is not None and bool(_cell(row, "denominator"))
    has_range = _cell(row, "range_low") is not None
    if _word(row, "measure") == EffectMeasure.PROP:
        return True
    return _cell(row, "estimate") is None and (has_counts or has_range)


def usage_evidence(rows: pd.DataFrame, bias: Bias) -> list[UsageEvidence]:
    """Return ranks and shares of reasons for use, one a row."""
    found = []
    for row in _rows(rows):
        estimate, low, _ = _percent(row)
        is_share = _is_share(row)
        found.append(
            UsageEvidence(
                **_common(row),
                rank=_whole(row, "rank"),
                share_percent=estimate if is_share else None,
                ci_low=low if is_share else None,
                sample_kind=_sample(row),
                n_participants=_whole(row, "n_participants"),
                region=_word(row, "region"),
                share_cell=("study_results", EFFECT_CELLS[0]),
                risk_of_bias=bias.get(row.study_id, RiskOfBias.NOT_ASSESSED),
            )
        )
    return found


def rate_evidence(events: pd.DataFrame, studies: pd.DataFrame, bias: Bias) -> list[RateEvidence]:
    """Return rates of harm as proportions of their unit, one a row of ``adverse_events``.

    Parameters
    ----------
    events
        Rows of ``adverse_events`` of eligible results.
    studies
        The table ``studies``.
    """
    about = studies.set_index("study_id")
    found = []
    for row in _rows(events):
        study = about.loc[row.study_id]
        unit = _word(row, "denominator_unit")
        if unit is None:
            continue
        related = _word(row, "is_related")
        is_review = study["design"] in REVIEWS
        found.append(
            RateEvidence(
                result_id=row.result_id,
                study_id=row.study_id,
                label=str(study["label"]),
                event=row.event,
                is_serious=_word(row, "seriousness") == "serious",
                is_related={"yes": True, "no": False}.get(related or ""),
                unit=DenominatorUnit(unit),
                rate=_cell(row, "rate"),
                ci_low=_cell(row, "ci_low"),
                ci_high=_upper(row),
                numerator=_whole(row, "numerator"),
                denominator=_whole(row, "denominator"),
                n_patients=_whole(row, "n_patients"),
                ascertainment=Ascertainment(_word(row, "ascertainment") or Ascertainment.UNKNOWN),
                is_prospective_cohort=_word(row, "is_prospective") == "yes" and not is_review,
                is_index_review=False,
                is_case_report=study["design"] in (Design.CASE_REPORT, Design.CASE_SERIES),
                k=_included(study) if is_review else 1,
                is_pooled_cohorts=is_review,
                risk_of_bias=bias.get(row.study_id, RiskOfBias.NOT_ASSESSED),
            )
        )
    return found


def _included(study: pd.Series[Any]) -> int | None:
    """Return how many studies a review includes."""
    value = study["n_included_studies"]
    return None if pd.isna(value) else int(value)


def _upper(row: Any) -> float | None:  # noqa: ANN401
    """Return the upper limit of a rate: as printed, 3/n where nothing was seen."""
    high = _cell(row, "ci_high")
    return high if high is not None else _cell(row, "zero_event_upper")


def complete_rates(events: pd.DataFrame) -> pd.DataFrame:
    """Return ``adverse_events`` with rate and interval filled from counts.

    Wilson's interval for some events [doi:10.1080/01621459.1927.10502953]; for none the rule of
    three, 3/n [Hanley 1983, doi:10.1001/jama.1983.03330370053031].
    """
    out = events.copy()
    for i in out.index:
        counts = out.loc[i, ["numerator", "denominator"]]
        if counts.isna().any() or not counts["denominator"]:
            continue
        numerator, denominator = float(counts["numerator"]), float(counts["denominator"])
        if pd.isna(out.loc[i, "rate"]):
            out.loc[i, "rate"] = numerator / denominator
        if numerator == 0:
            out.loc[i, "zero_event_upper"] = 3.0 / denominator
        elif pd.isna(out.loc[i, "ci_low"]):
            low, high = wilson_interval(numerator, denominator)
            out.loc[i, "ci_low"], out.loc[i, "ci_high"] = low, high
    return out


def association_evidence(
    rows: pd.DataFrame, exposures: Mapping[str, str], bias: Bias
) -> list[AssociationEvidence]:
    """Return associations of exposures with the outcome, one a row.

    Parameters
    ----------
    exposures
        Result id → the part of a compound exposure that it is about.
    """
    found = []
    for row in _rows(rows):
        measure = EffectMeasure(row.measure)
        is_review = row.design in REVIEWS
        is_risk = row.outcome_domain == OutcomeDomain.RISK_ASSOCIATION
        estimate, low, high = _oriented(row, measure)
        is_contrast = is_risk or measure in CONTRASTS
        has_interval = is_contrast and low is not None and high is not None
        found.append(
            AssociationEvidence(
                **_common(row),
                exposure=exposures.get(row.result_id) or str(row.intervention),
                is_longitudinal=bool(_is_true(row, "is_longitudinal")),
                measure=measure if has_interval else None,
                estimate=estimate if has_interval else None,
                ci_low=low if has_interval else None,
                ci_high=high if has_interval else None,
                found=_test(row),
                is_exposed_against_unexposed=not _is_true(row, "is_per_unit"),
                is_pooled=is_review and has_interval,
                k=_whole(row, "row_k") if is_review else 1,
                n_participants=_whole(row, "n_participants"),
                population_match=Match(row.population_match),
                sample_kind=_sample(row),
                cell_columns=EFFECT_CELLS if is_risk else PRINTED_CELLS,
                risk_of_bias=bias.get(row.study_id, RiskOfBias.NOT_ASSESSED),
            )
        )
    return found


def _is_true(row: Any, name: str) -> bool:  # noqa: ANN401
    """Return whether a flag of a row is set."""
    value = getattr(row, name, None)
    return bool(value) if value is not None and not pd.isna(value) else False


def _oriented(
    row: Any,  # noqa: ANN401
    measure: EffectMeasure,
) -> tuple[float | None, float | None, float | None]:
    """Return estimate and limits of the exposed against the unexposed."""
    estimate, low, high = (_cell(row, name) for name in ("estimate", "ci_low", "ci_high"))
    if low is None or high is None:
        return estimate, None, None
    if not _is_true(row, "is_inverted"):
        return estimate, low, high
    if measure in RATIOS and min(low, high) > 0:
        return (1 / estimate if estimate else None), 1 / high, 1 / low
    return (None if estimate is None else -estimate), -high, -low


def _test(row: Any) -> ReportedTest | None:  # noqa: ANN401
    """Return the source's own test of the association: as coded, else as reported.

    The coding comes first because it is turned to the exposure asked about where the source's
    ratio is inverted.
    """
    coded, word = _word(row, "found"), _word(row, "reported_test")
    if coded == "yes":
        return ReportedTest.HIGHER_RISK
    if coded == "no":
        is_reverse = word == ReportedTest.LOWER_RISK
        return ReportedTest.LOWER_RISK if is_reverse else ReportedTest.NO_ASSOCIATION
    return None if word is None else ReportedTest(word)


def experiment_evidence(rows: pd.DataFrame) -> list[ExperimentEvidence]:
    """Return experiments, one vote a study: its first outcome, blocking experiments beside."""
    found = []
    is_review = rows["design"].isin([str(design) for design in REVIEWS])
    for _, group in rows.loc[~is_review, EXPERIMENT].groupby("study_id", sort=True):
        blocking = group["blocks"].fillna(value=False).astype(bool)
        for part in (group[~blocking], group[blocking]):
            if not part.empty:
                found.append(_experiment(part))
    return found


EXPERIMENT = [
    "result_id",
    "study_id",
    "label",
    "species",
    "is_controlled",
    "is_first_outcome",
    "found",
    "blocks",
    "outcome_code",
    "outcome_rank",
    "n_participants",
]


def _experiment(rows: pd.DataFrame) -> ExperimentEvidence:
    """Return the first outcome of one study as an experiment."""
    first = rows["is_first_outcome"].fillna(value=False).astype(bool)
    rank = rows["outcome_rank"].astype(float).fillna(math.inf)
    row = next(
        rows.assign(_first=~first, _rank=rank)
        .sort_values(["_first", "_rank", "result_id"])
        .drop(columns=["_first", "_rank"])
        .itertuples(index=False)
    )
    coded = {"yes": True, "no": False}.get(_word(row, "found") or "")
    return ExperimentEvidence(
        **_common(row),
        species=Species(_word(row, "species") or Species.HUMAN),
        is_controlled=_is_true(row, "is_controlled"),
        found=coded,
        tests_blocking=_is_true(row, "blocks"),
        is_own_prediction=_word(row, "outcome_code") in OWN_PREDICTIONS,
        n_participants=_whole(row, "n_participants"),
    )


OWN_PREDICTIONS = frozenset({"point-specificity"})
"""Outcomes that a doctrine itself predicts, rather than a correlate of it."""
