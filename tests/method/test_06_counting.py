"""Section 6: what may be said where directions can only be counted (SWiM, doi 10.1136/bmj.l6890)."""

from __future__ import annotations

from evidence.verdict.cases import judge_stratum
from evidence.verdict.efficacy import decide_efficacy
from evidence.verdict.gates import most_studies_point_to, read_count
from evidence.vocabulary import Certainty, Finding, VerdictWord
from tests.method.builders import a_claim, a_count, counted, pooled, the_protocol


def what_is_said(favours: int, against: int, silent: int = 0) -> str:
    return read_count(a_count(favours, against, silent), the_protocol())


def test_six_of_six_studies_are_most_studies():
    assert what_is_said(6, 0) == "most studies point to"


def test_five_of_five_studies_are_too_few_to_count():
    assert what_is_said(5, 0) == "too few to count"


def test_three_quarters_one_way_are_not_enough_when_the_interval_spans_one_half():
    # 6 of 8 is 75 %, with a Wilson interval of 0.41 to 0.93
    assert what_is_said(6, 2) == "directions are mixed"


def test_studies_that_stay_silent_can_undo_a_count():
    assert what_is_said(9, 1) == "most studies point to"
    assert what_is_said(9, 1, silent=4) == "directions are mixed"


def test_a_study_with_exactly_no_difference_does_not_favour_the_intervention():
    assert not most_studies_point_to(a_count(6, 0, null=3), the_protocol())


def test_the_certainty_of_a_count_is_never_above_low():
    judged = judge_stratum(counted(12, 0, n_each=200), the_protocol(), signatures=2)
    assert judged.rating.rated is Certainty.LOW
    assert "counted" in judged.rating.cap_reason


def test_a_count_says_nothing_of_size():
    judged = judge_stratum(counted(12, 0), the_protocol())
    assert judged.finding.finding is Finding.DIRECTION_ONLY


def test_most_studies_against_the_intervention_never_support_it():
    verdict = decide_efficacy(a_claim(1), [counted(1, 11)], the_protocol())
    assert verdict.word is VerdictWord.INSUFFICIENT


def test_a_count_against_sham_also_closes_the_way_of_usual_care():
    usual = pooled(14, 11, 17, comparator=a_claim().comparators[2])
    verdict = decide_efficacy(a_claim(1), [counted(1, 11), usual], the_protocol())
    assert verdict.word is VerdictWord.INSUFFICIENT


def test_half_of_the_studies_each_way_is_a_conflict():
    verdict = decide_efficacy(a_claim(1), [counted(5, 5)], the_protocol())
    assert verdict.word is VerdictWord.CONFLICTING
