"""Reports to studies: what merges, what waits for a person, and that order never matters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.records.deduplicate import Report, group_reports, same_study_links
from evidence.vocabulary import Design


def studies(*reports, **decisions):
    return [group.report_ids for group in group_reports(reports, **decisions).studies]


def candidates(*reports, **decisions):
    found = group_reports(reports, **decisions).candidates
    return [(pair.report_a, pair.report_b) for pair in found]


def test_reports_with_one_registration_number_are_one_study_named_by_the_smallest_id():
    found = group_reports(
        [
            Report("main2020", registry_ids=("NCT00000001",), n=66, design=Design.RANDOMIZED_TRIAL),
            Report("a-protocol2015", registry_ids=("NCT00000001",), design=Design.PROTOCOL),
        ]
    )
    (study,) = found.studies
    assert study.study_id == "a-protocol2015"
    assert study.report_ids == ("a-protocol2015", "main2020")
    assert study.reasons == (("a-protocol2015", "main2020", "same registration NCT00000001"),)


def test_dois_are_compared_without_case_and_resolver():
    one, other = Report("a", doi="10.1/ABC"), Report("b", doi="https://doi.org/10.1/abc")
    assert studies(one, other) == [("a",), ("b",)]  # 10.1 is no DOI prefix
    one, other = Report("a", doi="10.1000/ABC"), Report("b", doi="https://doi.org/10.1000/abc")
    assert studies(one, other) == [("a", "b")]


def test_a_second_report_joins_the_report_it_names_by_id_or_pmid():
    main = Report("main", pmid="11")
    assert studies(main, Report("second", second_report_of=("main",))) == [("main", "second")]
    assert studies(main, Report("second", second_report_of=("11",))) == [("main", "second")]


def test_a_report_of_two_trials_belongs_to_both_and_does_not_join_them():
    found = group_reports(
        [
            Report("knee", n=1007),
            Report("back", n=1162),
            Report("both", second_report_of=("back", "knee"), n=2169),
        ]
    )
    assert [(s.study_id, s.report_ids, s.shared_report_ids) for s in found.studies] == [
        ("back", ("back",), ("both",)),
        ("knee", ("knee",), ("both",)),
    ]


def test_a_report_with_two_numbers_of_one_register_does_not_join_their_trials():
    found = group_reports(
        [
            Report("one", registry_ids=("NCT00000001",)),
            Report("two", registry_ids=("NCT00000002",)),
            Report("both", registry_ids=("NCT00000001", "NCT00000002")),
        ]
    )
    assert [(s.report_ids, s.shared_report_ids) for s in found.studies] == [
        (("one",), ("both",)),
        (("two",), ("both",)),
    ]
    assert ("both", "one") in [(c.report_a, c.report_b) for c in found.candidates]


def test_one_trial_in_two_registers_is_one_study():
    one = Report("a", registry_ids=("NCT00000001", "ISRCTN00000001"))
    assert studies(one, Report("b", registry_ids=("ISRCTN00000001",))) == [("a", "b")]


def test_two_trials_under_one_number_with_other_people_wait_for_a_person():
    trials = [
        Report("one", registry_ids=("NCT00000001",), n=100, design=Design.RANDOMIZED_TRIAL),
        Report("two", registry_ids=("NCT00000001",), n=400, design=Design.RANDOMIZED_TRIAL),
    ]
    assert studies(*trials) == [("one",), ("two",)]
    assert candidates(*trials) == [("one", "two")]


def test_a_secondary_analysis_of_fewer_people_is_of_the_same_study():
    reports = [
        Report("main", registry_ids=("NCT00000001",), n=400, design=Design.RANDOMIZED_TRIAL),
        Report("part", registry_ids=("NCT00000001",), n=90, design=Design.SECONDARY_ANALYSIS),
    ]
    assert studies(*reports) == [("main", "part")]


@pytest.mark.parametrize("number", ["NCT00000001", "CRD42020000001"])
def test_reviews_are_not_merged_by_numbers_that_they_cite(number):
    reports = [
        Report("review1", registry_ids=(number,), design=Design.META_ANALYSIS),
        Report("review2", registry_ids=(number,), design=Design.SYSTEMATIC_REVIEW),
    ]
    assert studies(*reports) == [("review1",), ("review2",)]


def test_first_author_year_and_about_as_many_people_are_a_candidate_never_a_merge():
    reports = [
        Report("a", first_author="Müller", year=2010, n=80),
        Report("b", first_author="Muller", year=2010, n=82),
        Report("c", first_author="Muller", year=2010, n=85),
        Report("d", first_author="Muller", year=2011, n=80),
    ]
    assert studies(*reports) == [("a",), ("b",), ("c",), ("d",)]
    assert candidates(*reports) == [("a", "b")]


def test_what_a_person_confirmed_is_merged_and_no_longer_asked():
    reports = [
        Report("a", first_author="Ng", year=2010, n=80),
        Report("b", first_author="Ng", year=2010, n=80),
    ]
    assert studies(*reports, same=[("b", "a")]) == [("a", "b")]
    assert candidates(*reports, same=[("b", "a")]) == []
    assert candidates(*reports, different=[("b", "a")]) == []


def test_what_a_person_refused_stays_apart_even_through_a_third_report():
    reports = [
        Report("a", registry_ids=("NCT00000001",)),
        Report("b", registry_ids=("NCT00000001",), doi="10.1000/x"),
        Report("c", doi="10.1000/x"),
    ]
    found = studies(*reports, different=[("a", "c")])
    assert ("a", "b", "c") not in found
    assert not any({"a", "c"} <= set(group) for group in found)


def test_links_that_say_same_study_are_told_from_those_that_do_not():
    links = [
        ("1", "UpdateOf", "2"),
        ("1", "ErratumIn", "3"),
        ("1", "CommentIn", "4"),
        ("1", "ErratumIn", None),
        ("5", "RetractionOf", "1"),
    ]
    assert same_study_links(links) == {"1": ("2", "3")}


ids = st.sampled_from("abcdefgh")
report_lists = st.dictionaries(
    ids,
    st.tuples(
        st.sampled_from([None, "10.1000/x", "10.1000/y"]),
        st.lists(st.sampled_from(["NCT00000001", "NCT00000002", "ISRCTN00000001"]), max_size=2),
        st.lists(ids, max_size=2),
        st.sampled_from([None, 50, 51, 400]),
        st.sampled_from([None, Design.PROTOCOL, Design.RANDOMIZED_TRIAL, Design.META_ANALYSIS]),
    ),
).map(
    lambda chosen: [
        Report(
            name,
            doi=doi,
            registry_ids=tuple(numbers),
            second_report_of=tuple(targets),
            first_author="Ng",
            year=2010,
            n=n,
            design=design,
        )
        for name, (doi, numbers, targets, n, design) in chosen.items()
    ]
)
pairs = st.lists(st.tuples(ids, ids), max_size=2)


@given(report_lists, pairs, pairs, st.randoms(use_true_random=False))
def test_the_order_of_reports_and_decisions_never_matters(reports, same, different, random):
    expected = group_reports(reports, same=same, different=different)
    shuffled, same, different = list(reports), list(same), list(different)
    for values in (shuffled, same, different):
        random.shuffle(values)
    turned = [pair[::-1] for pair in same]
    assert group_reports(shuffled, same=turned, different=different) == expected


@given(report_lists)
def test_every_report_is_in_one_study_or_shared_by_some(reports):
    found = group_reports(reports).studies
    own = [name for study in found for name in study.report_ids]
    shared = {name for study in found for name in study.shared_report_ids}
    assert len(own) == len(set(own))
    assert set(own) | shared == {report.report_id for report in reports}
    assert all(study.study_id == min(study.report_ids) for study in found)


@given(report_lists, pairs)
def test_a_refused_pair_is_never_in_one_study(reports, different):
    apart = [{one, other} for one, other in different if one != other]
    for study in group_reports(reports, different=different).studies:
        assert not any(pair <= set(study.report_ids) for pair in apart)
