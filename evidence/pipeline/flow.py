"""The flow of records through screening, per run and together (PRISMA 2020).

Identified records and duplicates are counted by the refresh; the boxes below come from the table
``screening``, so that the figure and the decisions cannot differ. Boxes have the names of the
PRISMA2020 package (Haddaway 2022, doi:10.1002/cl2.1230). What was left out on a machine's reading
of an abstract (``excluded_automatic``) stands apart from what was left out on curated facts. Of an
earlier run too, decisions are those of today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from evidence.tables import row_dicts

__all__ = ["BY_MACHINE", "screening_boxes"]

BY_MACHINE = "rules on a machine reading"
UNREAD = "no abstract to read"


def screening_boxes(
    screening: pd.DataFrame, found: Mapping[tuple[str, str], Collection[str]]
) -> list[dict[str, Any]]:
    """Return the boxes below identification; together they are the distinct records found.

    Parameters
    ----------
    screening
        The table of this name.
    found
        Run (or cumulative) and question to the PMIDs that its searches listed.
    """
    decided: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in row_dicts(screening):
        decided.setdefault(row["question_id"], {})[row["record_id"]] = row
    return [
        {"run_id": run_id, "question_id": question_id, **box}
        for (run_id, question_id), pmids in sorted(found.items())
        for box in _boxes(pmids, decided.get(question_id, {}))
    ]


def _boxes(
    pmids: Collection[str], decided: Mapping[str, Mapping[str, Any]]
) -> Iterable[dict[str, Any]]:
    """Yield the boxes of one run and question."""
    by_machine: Counter[str] = Counter()
    by_facts: Counter[str] = Counter()
    n_included = 0
    for pmid in pmids:
        row = decided.get(f"pmid:{pmid}")
        if row is None:
            by_machine[UNREAD] += 1
        elif row["decision"] == "included":
            n_included += 1
        else:
            counts = by_machine if row["decided_by"] == BY_MACHINE else by_facts
            counts[str(row["reason_code"])] += 1
    n_screened = len(pmids) - by_machine.total()
    yield from _left_out("screening", "excluded_automatic", by_machine)
    yield {"stage": "screening", "box": "records_screened", "n": n_screened, "reason": None}
    yield {"stage": "eligibility", "box": "dbr_assessed", "n": n_screened, "reason": None}
    yield from _left_out("eligibility", "dbr_excluded", by_facts)
    yield {"stage": "included", "box": "new_reports", "n": n_included, "reason": None}


def _left_out(stage: str, box: str, counts: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    """Yield a row a reason; one with 0 where nothing was left out."""
    if not counts:
        yield {"stage": stage, "box": box, "n": 0, "reason": None}
    for reason, n in sorted(counts.items()):
        yield {"stage": stage, "box": box, "n": n, "reason": reason}
