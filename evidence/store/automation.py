"""The automation register: what is automated, and its accuracy as it was measured.

``benchmarks/reading.py`` writes ``accuracy.json`` beside the models' weights; pages and exports
show it. Figures only.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from evidence.errors import Fault, SettingError
from evidence.tables import check_table, conform

__all__ = ["read_automation_register"]


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
