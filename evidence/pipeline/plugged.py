"""Readers that an installation adds, in the automation register of what they read.

A snapshot that they had a part in says so: each stands in its register, with how many of its values
the abstracts bore out. That is no measure of accuracy, and the row says that too.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from evidence.appraisal.panel import Tally
from evidence.synthesis.directions import wilson_interval
from evidence.tables import conform, row_dicts

__all__ = ["with_readers"]


def with_readers(register: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Return the table ``automation_register`` with a row for each reader that was asked."""
    rows = [_row(reader) for reader in tally.rows() if reader["asked"]]
    if not rows:
        return register
    return conform("automation_register", [*row_dicts(register), *rows])


def _row(reader: dict[str, Any]) -> dict[str, Any]:
    """Return what the register says of one reader."""
    kept, n = reader["kept"], reader["kept"] + reader["refused"]
    low, high = wilson_interval(kept, n) if n else (None, None)
    return {
        "component": f"plugged reader: {reader['name']}",
        "version": reader["version"],
        "purpose": "read abstracts beside the built-in reader, behind the same checks",
        "trained_on": "not stated by the reader",
        "metric": "values that the abstract bears out (not a measure of accuracy)",
        "value": kept / n if n else None,
        "ci_low": low,
        "ci_high": high,
        "n_gold": n,
        "gold_set": f"the abstracts of this data set: {reader['asked']} asked, {reader['failed']} failed",
        "measured_at": None,
        "human_check": "machine-read values are marked, and confirmed by a person before they are pooled",
    }
