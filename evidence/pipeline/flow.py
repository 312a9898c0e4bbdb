"""The flow of records through screening, per run and together (PRISMA 2020).

Identified records and duplicates are counted by the refresh; the boxes below come from the table
``screening``, so that the figure and the decisions cannot differ. Boxes have the names of the
PRISMA2020 package (Haddaway 2022, doi:10.1002/cl2.1230). What was left out on a machine's reading
of an abstract (``excluded_automatic``) stands apart from what was left out on curated facts. Of an
earlier run too, decisions are those of today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["BY_FACTS", "BY_MACHINE", "screening_boxes"]

BY_MACHINE = "rules on a machine reading"
BY_FACTS = "rules on curated facts"
_Decided = tuple[bool, str | None]
"""Whether a machine's reading decided, and why a record is out; None where it is in."""
UNREAD = "no abstract to read"
_IN = "in"


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
    runs: dict[str, list[str]] = {}
    for run_id, question_id in sorted(found):
        runs.setdefault(question_id, []).append(run_id)
    kinds, kind_of = _kinds(screening)
    places, records = pd.factorize(screening["record_id"])
    # Each id once: what is looked up again and again then has its hash already.
    pmids = [str(record).removeprefix("pmid:") for record in records]
    decided = {str(q): at for q, at in screening.groupby("question_id").indices.items()}
    boxes = []
    for question_id, run_ids in runs.items():
        rows = decided.get(question_id, np.array([], dtype=np.intp))
        names = map(pmids.__getitem__, places[rows].tolist())
        of_record = dict(zip(names, kind_of[rows].tolist(), strict=True))
        boxes += [
            {"run_id": run_id, "question_id": question_id, **box}
            for run_id in run_ids
            for box in _boxes(found[(run_id, question_id)], of_record, kinds)
        ]
    return boxes


def _kinds(screening: pd.DataFrame) -> tuple[list[_Decided], np.ndarray]:
    """Return the distinct kinds of decisions, and the place of each row's among them."""
    is_out = screening["decision"] != "included"
    by_machine = (screening["decided_by"] == BY_MACHINE).to_numpy(dtype=bool)
    reason = screening["reason_code"].astype("object").where(is_out, _IN)
    codes, reasons = pd.factorize(reason, use_na_sentinel=False)
    kinds: list[_Decided] = [
        (is_machine, None if reason == _IN else str(reason))
        for reason in reasons
        for is_machine in (False, True)
    ]
    return kinds, 2 * codes + by_machine


def _boxes(
    pmids: Collection[str], decided: Mapping[str, int], kinds: Sequence[_Decided]
) -> Iterable[dict[str, Any]]:
    """Yield the boxes of one run and question.

    Parameters
    ----------
    decided
        PMID to the place of what was decided of it among ``kinds``.
    """
    by_machine: Counter[str] = Counter()
    by_facts: Counter[str] = Counter()
    n_included = 0
    for place, n in Counter(map(decided.get, pmids)).items():
        one = None if place is None else kinds[place]
        if one is None:
            by_machine[UNREAD] += n
        elif one[1] is None:
            n_included += n
        else:
            (by_machine if one[0] else by_facts)[one[1]] += n
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
