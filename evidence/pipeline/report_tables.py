"""Reports of one study, and pairs that wait for a person, as rows of the snapshot's tables."""

from __future__ import annotations

import pandas as pd

from evidence.pipeline.reports import StudyReports
from evidence.tables import conform
from evidence.vocabulary import PairAnswer, ReportRole

__all__ = ["pairs_table", "reports_table"]


def reports_table(studies: pd.DataFrame, reports: StudyReports) -> pd.DataFrame:
    """Return the table ``study_reports``: each report of a study that has several."""
    pmids = dict(zip(studies["study_id"], studies["pmid"], strict=True))
    rows = []
    for group in reports.groups:
        first = reports.first_of.get(group.report_ids[0], group.report_ids[0])
        why: dict[str, list[str]] = {}
        for one, other, reason in group.reasons:
            for name in (one, other):
                why.setdefault(name, []).append(reason)
        roles = [(name, _role(name, first)) for name in group.report_ids]
        roles += [(name, ReportRole.SHARED) for name in group.shared_report_ids]
        for name, role in roles:
            pmid = pmids.get(name)
            rows.append(
                {
                    "study_id": first,
                    "report_id": name,
                    "role": str(role),
                    "record_id": f"pmid:{pmid}" if isinstance(pmid, str) else None,
                    "reason": "; ".join(dict.fromkeys(why.get(name, ()))) or None,
                }
            )
    return conform("study_reports", rows)


def _role(name: str, first: str) -> ReportRole:
    return ReportRole.FIRST if name == first else ReportRole.FURTHER


def pairs_table(members: pd.DataFrame, reports: StudyReports) -> pd.DataFrame:
    """Return the table ``report_pairs``: what a person is asked, and what people answered.

    Only pairs of which both stand in strata of one question are asked about: elsewhere nothing
    would be counted twice.
    """
    questions: dict[str, set[str]] = {}
    asked = members[["study_id", "question_id"]].drop_duplicates()
    for study, question in zip(asked["study_id"], asked["question_id"], strict=True):
        questions.setdefault(study, set()).add(question)
    rows: list[dict[str, str | None]] = [
        {
            "report_a": pair.report_a,
            "report_b": pair.report_b,
            "reason": pair.reason,
            "answer": str(PairAnswer.OPEN),
        }
        for pair in reports.grouping.candidates
        if questions.get(pair.report_a, set()) & questions.get(pair.report_b, set())
    ]
    for (one, other), event in reports.answers.items():
        answer = PairAnswer.ONE if event.after == "yes" else PairAnswer.TWO
        rows.append(
            {
                "report_a": one,
                "report_b": other,
                "reason": event.reason,
                "answer": str(answer),
                "answered_by": event.who,
            }
        )
    return conform("report_pairs", rows)
