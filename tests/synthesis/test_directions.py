"""Counting directions: one vote a study, the worst case beside it (docs/method.md, section 6)."""

import pytest

from evidence.errors import StatisticsError
from evidence.synthesis.directions import (
    Vote,
    clopper_pearson_interval,
    count_by_risk_of_bias,
    count_by_size,
    count_directions,
    sign_test_p,
    votes_of_effects,
    wilson_interval,
)
from evidence.vocabulary import Direction, DirectionSource, RiskOfBias

FOR = Direction.FAVOURS_INTERVENTION
AGAINST = Direction.FAVOURS_COMPARATOR
NULL = Direction.NULL
SILENT = Direction.NOT_REPORTED


def votes(*directions):
    return [Vote(direction) for direction in directions]


def test_the_share_is_of_the_known_and_the_worst_case_of_all():
    counted = count_directions(votes(*[FOR] * 7, AGAINST, NULL, SILENT, SILENT))
    assert (counted.n_favours_intervention, counted.n_favours_comparator) == (7, 1)
    assert (counted.n_null, counted.n_not_reported, counted.n_known) == (1, 2, 9)
    assert counted.share == pytest.approx(7 / 9)
    assert counted.worst_share == pytest.approx(7 / 11)
    assert counted.wilson_low == wilson_interval(7, 9)[0]
    assert counted.worst_wilson_low == wilson_interval(7, 11)[0]


def test_the_sign_test_begins_with_six_studies():
    assert count_directions(votes(*[FOR] * 5)).sign_p is None
    assert count_directions(votes(*[FOR] * 6)).sign_p == pytest.approx(2 / 2**6)


def test_nulls_favour_neither_side_in_the_sign_test():
    counted = count_directions(votes(*[FOR] * 6, NULL, NULL))
    assert counted.sign_p == pytest.approx(2 / 2**6)
    assert counted.share == pytest.approx(6 / 8)


def test_only_nulls_have_no_sign_test():
    assert count_directions(votes(*[NULL] * 6)).sign_p is None


def test_five_of_five_give_one_sixteenth():
    assert sign_test_p(5, 5) == 0.0625  # the reason for the limit of six


def test_how_many_are_in_words_is_counted():
    given = [
        Vote(FOR, DirectionSource.WORDS),
        Vote(FOR, DirectionSource.EFFECT),
        Vote(SILENT, DirectionSource.WORDS),
    ]
    assert count_directions(given).n_in_words == 1


def test_nothing_known_has_no_share_but_a_worst_case():
    counted = count_directions(votes(SILENT, SILENT))
    assert (counted.share, counted.wilson_low, counted.sign_p) == (None, None, None)
    assert counted.worst_share == 0.0


def test_nothing_at_all_is_counted_as_nothing():
    counted = count_directions([])
    assert (counted.share, counted.worst_share, counted.n_known) == (None, None, 0)


def test_counts_by_risk_of_bias_add_up():
    given = [
        Vote(FOR, risk_of_bias=RiskOfBias.LOW),
        Vote(AGAINST, risk_of_bias=RiskOfBias.HIGH),
        Vote(FOR, risk_of_bias=RiskOfBias.HIGH),
        Vote(SILENT, risk_of_bias=RiskOfBias.NOT_ASSESSED),
    ]
    found = count_by_risk_of_bias(given)
    assert list(found) == [RiskOfBias.LOW, RiskOfBias.HIGH, RiskOfBias.NOT_ASSESSED]
    assert sum(counted.n_known for counted in found.values()) == count_directions(given).n_known
    assert found[RiskOfBias.HIGH].share == 0.5


def test_counts_by_size_begin_with_all_and_end_with_the_largest():
    given = [
        Vote(FOR, n_participants=20),
        Vote(AGAINST, n_participants=400),
        Vote(FOR, n_participants=60),
        Vote(FOR, n_participants=100),
        Vote(FOR),
    ]
    found = count_by_size(given)
    assert [each.n_at_least for each in found] == [0, 100, 400]
    assert [each.counted.n_known for each in found] == [5, 2, 1]
    assert count_by_size([Vote(FOR)])[0].counted.n_known == 1


@pytest.mark.parametrize(("x", "n"), [(3, 0), (-1, 5), (6, 5)])
def test_what_is_no_proportion_is_refused(x, n):
    for function in (wilson_interval, clopper_pearson_interval, sign_test_p):
        with pytest.raises(StatisticsError, match="no proportion"):
            function(x, n)


def test_wilsons_limits_stay_between_0_and_1():
    for n in (1, 3, 50):
        assert wilson_interval(0, n)[0] == 0.0
        assert wilson_interval(n, n)[1] == 1.0
        assert wilson_interval(0, n, is_continuity_corrected=True)[0] == 0.0


def test_zero_effects_alone_have_no_interval():
    found = votes_of_effects([0.0, 0.0], [1.0, 1.0])
    assert (found.sign_p, found.wilson, found.clopper_pearson) == (None, None, None)
    assert found.zero == 2
