"""The automation register: what is automated, and its accuracy as it was measured.

``benchmarks/reading.py`` writes ``accuracy.json`` beside the models' weights, and ``gold_eval.csv``,
each label beside its reading; pages and exports show them. Figures, words and ids only.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd

from evidence.errors import Fault, SettingError
from evidence.tables import check_table, conform

__all__ = ["read_automation_register", "read_gold_eval"]

GOLD_EVAL = "gold_eval.csv"
_GOLD_COLUMNS = ("item_id", "gold_source", "field", "gold", "predicted", "match")


def read_automation_register(models: Path) -> pd.DataFrame:
    """Return the table ``automation_register``; empty where nothing was measured yet.

    Raises
    ------
    SettingError
        The file is no list of measurements.
    TableError
        A measurement breaks the declared table.
    """
    path = models / "accuracy.json"
    if not path.is_file():
        return conform("automation_register", pd.DataFrame())
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fault = Fault(str(path), "file", f"cannot be read: {error}", "a JSON list of measurements")
        raise SettingError("automation register", [fault]) from error
    if not isinstance(rows, list):
        fault = Fault(str(path), "file", "is no list", "a JSON list of measurements")
        raise SettingError("automation register", [fault])
    return check_table("automation_register", conform("automation_register", rows), path.name)


def read_gold_eval(models: Path, workspace: Path) -> pd.DataFrame:
    """Return the rows of ``gold_eval``: each label beside what was read in its place.

    Those of a file ``gold_eval.csv`` in the workspace, which a team measured on labels of its own,
    else the ones that this version was measured on and labelled itself.

    Raises
    ------
    SettingError
        The file is no table of labels and readings.
    """
    path = workspace / GOLD_EVAL
    if not path.is_file():
        path = models / GOLD_EVAL
    if not path.is_file():
        return pd.DataFrame(columns=list(_GOLD_COLUMNS))
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        if tuple(rows.fieldnames or ()) != _GOLD_COLUMNS:
            expected = ", ".join(_GOLD_COLUMNS)
            fault = Fault(str(path), "line 1", "names other columns", expected)
            raise SettingError("labels and readings", [fault])
        cells = [{name: cell or None for name, cell in row.items()} for row in rows]
    frame = pd.DataFrame(cells, columns=list(_GOLD_COLUMNS), dtype="object")
    return frame.assign(match=(frame["match"] == "true").astype("boolean"))
