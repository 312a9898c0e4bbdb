"""Which rows a question is answered from."""

from __future__ import annotations

import pandas as pd
import pytest

from evidence.pipeline.judging import _answering
from evidence.vocabulary import ExclusionReason, RetractionStatus


def answered(**cells: object) -> list[str]:
    eligibility = pd.DataFrame(
        {
            "result_id": ["a", "b"],
            "study_id": ["s1", "s2"],
            "question_id": "q",
            "note": None,
            "reason": [None, str(ExclusionReason.NO_RESULT)],
            "is_eligible": [True, False],
        }
    )
    results = pd.DataFrame({"result_id": ["a", "b"], "retraction_status": [None, None],
                            "second_report_of": [None, None], "duplicate_of": [None, None]},
                           dtype="object")  # fmt: skip
    for name, cell in cells.items():
        results.at[1, name] = cell
    return list(_answering(eligibility, results)["result_id"])


def test_a_trial_without_a_direction_is_kept_as_silent():
    assert answered() == ["a", "b"]


@pytest.mark.parametrize(
    "cells",
    [
        {"retraction_status": [RetractionStatus.RETRACTED]},
        {"second_report_of": "s1"},
        {"duplicate_of": "a"},
    ],
)
def test_a_retracted_trial_or_second_report_is_no_silent_trial(cells):
    # docs/method.md, section 7, R5: participants of all *eligible* trials.
    assert answered(**cells) == ["a"]
