"""What people's decisions mean (signatures, overrides, confirmed values), and how they are taken."""

from __future__ import annotations

import pandas as pd

from evidence.settings import Settings
from evidence.store.decisions import read_events

__all__ = ["decisions_log"]

LOG_COLUMNS = (
    "event_id",
    "at",
    "who",
    "object_type",
    "object_id",
    "field",
    "before",
    "after",
    "reason",
)


def decisions_log(settings: Settings) -> pd.DataFrame:
    """Return ``decisions_log``: every event, oldest first; no rows where nobody has decided."""
    events = read_events(settings.database_url)
    frame = pd.DataFrame(
        [[getattr(event, name) for name in LOG_COLUMNS] for event in events],
        columns=list(LOG_COLUMNS),
    )
    return frame.astype({name: "Int64" if name == "event_id" else "string" for name in LOG_COLUMNS})
