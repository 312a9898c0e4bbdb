"""Reviews as tables: which of them hold a retracted trial."""

from __future__ import annotations

import pandas as pd

from evidence.pipeline.reviews import reviews_holding_retracted
from evidence.vocabulary import RetractionStatus

LISTS = {"r1": frozenset({"t1", "pmid:11"}), "r2": frozenset({"t2"}), "r3": frozenset({"pmid:12"})}
STUDIES = pd.DataFrame(
    {
        "study_id": ["t1", "t2", "t3"],
        "retraction_status": [
            None,
            [str(RetractionStatus.RETRACTED), str(RetractionStatus.CORRECTED)],
            [str(RetractionStatus.RETRACTED)],
        ],
    }
)


def test_a_review_holds_a_retracted_trial_by_its_study():
    assert reviews_holding_retracted(LISTS, STUDIES, ()) == {"r2"}


def test_a_review_holds_a_retracted_trial_that_it_lists_by_pmid_only():
    assert reviews_holding_retracted(LISTS, STUDIES, ["12"]) == {"r2", "r3"}


def test_a_correction_or_a_concern_is_no_retraction():
    concern = STUDIES.assign(
        retraction_status=[[str(RetractionStatus.EXPRESSION_OF_CONCERN)], None, None]
    )
    assert reviews_holding_retracted(LISTS, concern, ()) == frozenset()
