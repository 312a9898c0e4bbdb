"""All rows that an export may hold, read once and when asked for.

One object stands for a snapshot, the claims that are wanted, and what the caller knows beside the
snapshot (history, decisions, gold labels); it gives the rows of any file by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evidence.export.derived import (
    forest_input,
    join_times,
    join_versions,
    prisma_layout,
    robvis_rows,
)
from evidence.export.dictionary import dictionary_rows
from evidence.export.files import FILES
from evidence.export.selection import Scope, find_scope, keep_scope
from evidence.store.snapshots import Snapshot

__all__ = ["Contents"]


class Contents:
    """The rows of an export.

    Parameters
    ----------
    snapshot
        Where the tables are.
    claims
        Ids of claims to which the export is limited; None for all.
    history, decisions, gold
        Rows of ``verdict_history``, ``decisions_log`` and ``gold_eval``; None where there are
        none yet.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        claims: Sequence[str] | None = None,
        *,
        history: pd.DataFrame | None = None,
        decisions: pd.DataFrame | None = None,
        gold: pd.DataFrame | None = None,
    ) -> None:
        self.snapshot = snapshot
        self._given = {"verdict_history": history, "decisions_log": decisions, "gold_eval": gold}
        self._tables: dict[str, pd.DataFrame] = {}
        self.scope: Scope | None = find_scope(claims, self._read) if claims else None

    @property
    def version(self) -> str:
        """Return the id of the snapshot."""
        return self.snapshot.snapshot_id

    @property
    def about(self) -> Mapping[str, Any]:
        """Return the snapshot's manifest."""
        return self.snapshot.manifest

    def rows(self, name: str) -> pd.DataFrame:
        """Return the rows of a file, or of a table that is not exported."""
        if name == "forest_input":
            return forest_input(self.rows("stratum_members"))
        if name == "risk_of_bias_robvis":
            return robvis_rows(self.rows("risk_of_bias"), self.rows("studies"))
        if name == "prisma2020":
            return prisma_layout(self.rows("prisma_counts"))
        if name == "data_dictionary":
            return dictionary_rows()
        if name == "claim_verdicts":
            versions = self._from_caller("verdict_history")
            table = join_versions(self._read(name), versions, str(self.about["written_at"]))
            return self._kept(name, table)
        if name in self._given:
            return self._kept(name, self._from_caller(name))
        return self._kept(name, self._read(name))

    def _from_caller(self, name: str) -> pd.DataFrame:
        """Return the rows that the caller gave, or none."""
        given = self._given[name]
        if given is None:
            return pd.DataFrame(columns=[column.name for column in FILES[name].columns])
        return given

    def _kept(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows that belong to the wanted claims."""
        return frame if self.scope is None else keep_scope(name, frame, self.scope)

    def _read(self, name: str) -> pd.DataFrame:
        """Return a table with its times, from disk the first time."""
        if name not in self._tables:
            table = self.snapshot.read(name)
            self._tables[name] = join_times(name, table, self.snapshot.manifest)
        return self._tables[name]
