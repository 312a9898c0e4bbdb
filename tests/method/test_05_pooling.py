"""Sections 4, 5 and 8: one result a study, what is pooled, and reviews beside their trials."""

from __future__ import annotations

import pytest

from evidence.synthesis.reviews import choose_index_review, overlap_rows
from evidence.synthesis.selection import one_result_a_study
from evidence.synthesis.strata import BuiltStratum, Context, QuestionRule, build_strata
from evidence.verdict.sentences import window_words
from evidence.vocabulary import (
    ClaimKind,
    ComparatorClass,
    Design,
    Direction,
    IntervalMethod,
    MemberRole,
    ScoreKind,
    SynthesisMethod,
    TimeWindow,
)
from tests.method.builders import the_protocol
from tests.method.rows import eligible

P = the_protocol()


def trial(n: int, **more: object):
    return eligible(result_id=f"t{n}-01", study_id=f"t{n}", label=f"Trial {n}", **more)


def review(n: int = 1, **more: object):
    given = {"row_k": 5, "row_n": 500, "year": 2015, "search_date": "2014-06"}
    return eligible(
        result_id=f"r{n}-01", study_id=f"r{n}", design=Design.META_ANALYSIS, **(given | more)
    )


def decision(
    *results, rule: QuestionRule | None = None, inclusions=None, holding_retracted=()
) -> BuiltStratum:
    asked = rule or QuestionRule("socks", ClaimKind.EFFICACY)
    context = Context(
        P, {}, inclusions or {}, as_of_year=2026, holding_retracted=frozenset(holding_retracted)
    )
    strata = build_strata(asked, results, context)
    return next(s for s in strata if s.evidence.key.time_window == "decision")


def roles(stratum: BuiltStratum) -> dict[str, MemberRole]:
    return {member.result.result_id: member.role for member in stratum.members}


def test_two_trials_on_one_scale_are_pooled():
    found = decision(trial(1), trial(2, effect=8.0))
    assert found.evidence.method is SynthesisMethod.POOLED
    assert found.evidence.pooled is not None
    assert found.evidence.pooled.k == 2
    assert found.evidence.pooled.n_participants == 100


def test_two_smds_are_too_few_to_pool_and_three_are_not():
    few = decision(*(trial(n, is_about=True) for n in (1, 2)))
    assert few.evidence.method is SynthesisMethod.DIRECTION_COUNT
    enough = decision(*(trial(n, is_about=True) for n in (1, 2, 3)))
    assert enough.evidence.method is SynthesisMethod.POOLED
    assert enough.is_about


def test_smds_of_change_and_of_end_scores_are_not_pooled_together():
    kinds = (ScoreKind.END, ScoreKind.END, ScoreKind.CHANGE)
    found = decision(
        *(trial(n, is_about=True, score_kind=kind) for n, kind in enumerate(kinds, start=1))
    )
    assert found.evidence.pooled is None


def test_a_single_trial_keeps_its_own_interval():
    found = decision(trial(1))
    assert found.evidence.method is SynthesisMethod.SINGLE_STUDY
    assert found.evidence.pooled is not None
    assert found.evidence.pooled.ci_method is IntervalMethod.SINGLE_STUDY
    assert found.evidence.pooled.ci_low == pytest.approx(6.12)


def test_trials_without_a_size_are_counted_and_never_dropped():
    sized = trial(1)
    words = trial(2, effect=None, effect_se=None, usable_for_pooling=False)
    silent = trial(
        3, effect=None, effect_se=None, usable_for_pooling=False, direction=Direction.NOT_REPORTED
    )
    found = decision(sized, words, silent)
    assert found.evidence.counted is not None
    assert found.evidence.counted.n_favours_intervention == 2
    assert found.evidence.counted.n_not_reported == 1
    assert roles(found) == {
        "t1-01": MemberRole.POOLED,
        "t2-01": MemberRole.COUNTED,
        "t3-01": MemberRole.NOT_REPORTED,
    }


def test_a_study_counts_once_however_many_rows_it_has():
    rows = [eligible(result_id=f"t-{i}", weeks_after_end=float(i)) for i in range(4)]
    chosen = one_result_a_study(rows, P)
    assert [row.result_id for row in chosen] == ["t-0"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"is_primary": True, "weeks_after_end": 8.0}, {"weeks_after_end": 0.0}),
        ({"scale": "VAS (0-100 mm)"}, {"scale": "worst pain"}),
        ({"score_kind": ScoreKind.ADJUSTED}, {"score_kind": ScoreKind.END}),
        ({"score_kind": ScoreKind.END}, {"score_kind": ScoreKind.CHANGE}),
        ({"weeks_after_end": 0.0}, {"weeks_after_end": 8.0}),
        ({"outcome_rank": 0}, {"outcome_rank": 1, "is_primary": True}),
        ({}, {"direction": Direction.NOT_REPORTED, "is_primary": True}),
    ],
)
def test_the_order_in_which_a_study_is_read(better, worse):
    rows = [eligible(result_id="a-worse", **worse), eligible(result_id="b-better", **better)]
    assert one_result_a_study(rows, P)[0].result_id == "b-better"


def test_several_arms_against_one_comparator_are_one():
    # Cochrane Handbook, table 6.5.a: arms of 20 at mean 40 and 50, SD 10.
    arm = {"n_intervention": 20, "sd_intervention": 10.0, "n_comparator": 20, "sd_comparator": 10.0}
    rows = [
        eligible(
            result_id="a", intervention="red socks", mean_intervention=40.0, effect=20.0, **arm
        ),
        eligible(
            result_id="b", intervention="blue socks", mean_intervention=50.0, effect=10.0, **arm
        ),
    ]
    (merged,) = one_result_a_study(rows, P)
    assert merged.n_intervention == 40
    assert merged.effect == pytest.approx(15.0)
    assert merged.n_participants == 60


def test_the_decision_window_ends_three_months_after_the_last_session():
    late = decision(trial(1, time_window=TimeWindow.INTERMEDIATE), trial(2))
    assert set(roles(late)) == {"t2-01"}


def test_where_only_another_window_has_results_they_are_marked_so():
    found = decision(trial(1, time_window=TimeWindow.LONG))
    assert found.evidence.is_other_window_only
    assert found.evidence.actual_window == TimeWindow.LONG


def test_a_claim_with_windows_of_its_own_names_the_window_of_its_trials():
    lasting = (TimeWindow.LONG, TimeWindow.INTERMEDIATE)
    rule = QuestionRule("socks", ClaimKind.EFFICACY, windows=lasting)
    half_a_year = trial(1, time_window=TimeWindow.INTERMEDIATE)
    found = decision(half_a_year, rule=rule)
    assert found.evidence.actual_window == TimeWindow.INTERMEDIATE
    both = decision(half_a_year, trial(2, time_window=TimeWindow.LONG), rule=rule)
    assert window_words(both.evidence) == "three months or more after treatment"


def test_comparators_are_never_pooled_together():
    usual = {"comparator_class": ComparatorClass.USUAL_CARE}
    strata = build_strata(
        QuestionRule("socks", ClaimKind.EFFICACY),
        [trial(1), trial(2, **usual)],
        Context(P, {}, {}, 2026),
    )
    classes = {s.evidence.key.comparator_class: len(s.members) for s in strata}
    assert classes == {ComparatorClass.SHAM: 1, ComparatorClass.USUAL_CARE: 1}


def test_the_index_review_is_the_one_with_the_latest_search():
    old, new = review(1, search_date="2010"), review(2, search_date="2019-03")
    found = choose_index_review([old, new], P)
    assert found is not None
    assert found.row.study_id == "r2"
    assert [row.study_id for row in found.others] == ["r1"]


def test_an_unknown_search_is_the_year_before_publication():
    unknown, known = review(1, search_date=None, year=2021), review(2, search_date="2019")
    found = choose_index_review([unknown, known], P)
    assert found is not None
    assert found.row.study_id == "r1"


@pytest.mark.parametrize("row", [{"row_k": 1}, {"row_k": None}, {"effect_ci_low": None}])
def test_a_row_that_is_not_shown_to_be_pooled_never_stands_for_a_stratum(row):
    assert choose_index_review([review(1, **row)], P) is None


def test_a_review_that_holds_a_retracted_trial_stands_for_no_stratum():
    found = decision(
        review(1, search_date="2019"), review(2, search_date="2010"), holding_retracted=["r1"]
    )
    assert [member.result_id for member in found.evidence.members] == ["r2-01"]
    assert roles(found)["r1-01"] is MemberRole.OTHER_REVIEW
    notes = {member.result.study_id: member.note for member in found.members}
    assert "holds a retracted trial" in str(notes["r1"])


def test_without_another_review_the_trials_decide_again():
    found = decision(review(1), trial(1), trial(2, effect=8.0), holding_retracted=["r1"])
    assert found.evidence.method is SynthesisMethod.POOLED
    assert found.evidence.review is None


def test_a_review_and_its_trials_are_never_counted_twice():
    inside, since = trial(1, year=2010), trial(2, year=2020)
    found = decision(review(1), inside, since, inclusions={"r1": frozenset({"t1"})})
    assert found.evidence.method is SynthesisMethod.REUSED_REVIEW
    assert [member.result_id for member in found.evidence.members] == ["r1-01"]
    assert roles(found) == {
        "r1-01": MemberRole.INDEX_REVIEW,
        "t1-01": MemberRole.IN_REVIEW,
        "t2-01": MemberRole.SINCE_REVIEW,
    }


def test_later_trials_never_change_the_reviews_estimate():
    found = decision(review(1), trial(2, year=2020, effect=-40.0))
    assert found.evidence.pooled is not None
    assert found.evidence.pooled.estimate == 12.0
    assert found.evidence.review is not None
    assert found.evidence.review.since_k == 1


def test_an_outdated_review_gives_way_to_five_trials():
    trials = [trial(n, year=2020, n_participants=100) for n in range(1, 6)]
    found = decision(review(1), *trials)
    assert found.evidence.review is not None
    assert found.evidence.review.is_outdated
    assert found.evidence.method is SynthesisMethod.POOLED
    assert roles(found)["r1-01"] is MemberRole.OTHER_REVIEW


def test_an_outdated_review_stays_while_trials_are_fewer_than_five():
    trials = [trial(n, year=2020, n_participants=100) for n in range(1, 4)]
    found = decision(review(1), *trials)
    assert found.evidence.review is not None
    assert found.evidence.review.is_outdated
    assert found.evidence.method is SynthesisMethod.REUSED_REVIEW


def test_reviews_that_say_different_things_are_both_shown():
    first = review(1, search_date="2019")
    second = review(2, search_date="2018", effect=1.0, effect_ci_low=-4.0, effect_ci_high=6.0)
    found = decision(first, second)
    assert found.evidence.review is not None
    assert found.evidence.review.disagrees_with == ("r2",)
    said = str(found.evidence.review.disagreement)
    assert "searched 2019) 6.1 to 17.9, wholly in favour" in said
    assert "searched 2018) −4.0 to 6.0, reaching no difference" in said


def test_overlap_of_reviews_is_the_corrected_covered_area():
    # Pieper 2014: N = 6 inclusions of r = 4 studies in c = 2 reviews: (6 - 4) / (4*2 - 4) = 0.5.
    lists = {"a": frozenset("123"), "b": frozenset("234")}
    (row,) = overlap_rows(lists)
    assert row["shared"] == 2
    assert row["cca_pairwise"] == pytest.approx(0.5)


def test_trials_without_number_or_direction_count_as_silent_whatever_the_window():
    silent = trial(
        1,
        direction=Direction.NOT_REPORTED,
        effect=None,
        effect_se=None,
        usable_for_pooling=False,
        time_window=TimeWindow.LONG,
    )
    found = decision(silent, trial(2))
    assert found.evidence.silent_participants == 50
    assert found.evidence.all_participants == 100
