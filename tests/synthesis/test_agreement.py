"""Agreement of two people, against printed examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.synthesis.agreement import agreement


def pairs(table, words):
    return [
        (one, other)
        for one, row in zip(words, table, strict=True)
        for other, count in zip(words, row, strict=True)
        for _ in range(count)
    ]


def test_kappa_of_two_raters_of_a_hundred_subjects():
    # Fleiss, Levin, Paik: Statistical Methods for Rates and Proportions, 3rd ed., table 18.1: 0.68
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    found = agreement(pairs(table, ["psychosis", "neurosis", "organic"]))
    assert (found.n, found.observed) == (100, pytest.approx(0.89))
    assert found.kappa == pytest.approx(0.68, abs=0.005)


def test_where_nearly_all_is_of_one_kind_kappa_falls_and_ac1_does_not():
    # By hand from the formulas in Gwet 2008: p_o = 118/125; kappa: p_e = .984 * .96 + .016 * .04;
    # AC1: pi = .972, p_e = 2 * .972 * .028.
    found = agreement(pairs([[118, 5], [2, 0]], ["yes", "no"]))
    assert found.observed == pytest.approx(0.944)
    assert found.kappa == pytest.approx((0.944 - 0.94528) / (1 - 0.94528))
    assert found.ac1 == pytest.approx((0.944 - 0.054432) / (1 - 0.054432))
    assert found.kappa < 0 < 0.9 < found.ac1


def test_without_pairs_there_is_no_figure():
    found = agreement([])
    assert (found.n, found.observed, found.kappa, found.ac1) == (0, None, None, None)


def test_where_one_word_was_said_throughout_kappa_has_no_value():
    found = agreement([("yes", "yes")] * 3, ["yes", "no"])
    assert (found.kappa, found.ac1) == (None, 1)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_who_is_first_does_not_matter_and_nothing_exceeds_one(said):
    one, other = agreement(said), agreement([(b, a) for a, b in said])
    assert one.kappa == pytest.approx(other.kappa)
    assert one.ac1 == pytest.approx(other.ac1)
    for value in (one.kappa, one.ac1):
        assert value is None or -1 <= value <= 1 + 1e-12
    if all(a == b for a, b in said):
        assert one.observed == 1
        assert one.ac1 in {None, 1}
