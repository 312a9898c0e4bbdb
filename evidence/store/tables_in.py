"""A user's own CSV table, read as text so that a fault names the cell as it stands."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from evidence.errors import Fault, TableError, UsageError

__all__ = ["read_csv_table"]


def read_csv_table(path: Path) -> pd.DataFrame:
    """Return a CSV file's table; numbers are turned by whoever asks for them.

    Raises
    ------
    UsageError
        There is no such file.
    TableError
        It is no CSV table in UTF-8.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not there")
    try:
        return pd.read_csv(path, dtype="str", encoding="utf-8-sig", skipinitialspace=True)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        fault = Fault(path.name, "file", f"is no CSV table: {error}", "UTF-8 text with a header")
        raise TableError(path.name, [fault]) from error
