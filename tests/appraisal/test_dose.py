"""Sessions, how often and for how long; every text is invented."""

import pytest

from evidence.appraisal.dose import find_dose
from evidence.appraisal.sentences import split_passage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They had 12 sessions, twice a week for 6 weeks.", (12, 6.0, 2)),
        (
            "Each group gets 12 treatments of tea one to three times per week for six weeks in total.",
            (12, 6.0, None),
        ),
        (
            "Three tea sessions per week in the first 4 weeks, for a total of 28 sessions over 12 weeks.",
            (28, 12.0, 3),
        ),
        ("Bakers were assigned to 8 weeks of warm packs or tea.", (None, 8.0, None)),
        (
            "The total study period is 9 weeks, 4 weeks for treatment and 4 weeks for follow-up.",
            (None, 4.0, None),
        ),
        (
            "Assessments were at baseline, 4 weeks after the treatment course, and after a follow-up period of 3 months.",
            (None, None, None),
        ),
        ("Two sessions of packs were given, with a follow-up phase of 8 weeks.", (2, None, None)),
        ("Packs were given twice weekly over six weeks.", (None, 6.0, 2)),
        (
            "After a 4-week run-in period, bakers were allocated to a 17-week regimen of tea.",
            (None, 17.0, None),
        ),
        ("Bakers with back pain for 4 to 8 weeks were randomized.", (None, None, None)),
        ("A 12-week double-blind randomized trial.", (None, 12.0, None)),
        ("Tea was given three times weekly for 2 months.", (None, 8.7, 3)),
        ("Two treatments were compared.", (None, None, None)),
        ("Patients were followed for 12 months.", (None, None, None)),
        ("They got 10 weekly sessions.", (10, None, 1)),
        ("Weekly tea for 3 weeks; change at week 24 for sleep.", (None, 3.0, None)),
        ("Six to 10 sessions were given.", (None, None, None)),
    ],
)
def test_dose_is_what_was_given_and_no_other_number_of_weeks(text, expected):
    dose = find_dose(split_passage("Packs for bakers", text))
    assert (dose.sessions, dose.weeks, dose.per_week) == expected


def test_a_dose_in_the_results_is_no_plan():
    passage = split_passage("Packs", "METHODS: We gave packs. RESULTS: They took 9 sessions.")
    assert find_dose(passage).sessions is None
