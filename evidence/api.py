"""The public functions, for notebooks and scripts: load, pool, read an abstract, parse PubMed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from evidence.appraisal.reader import read_abstract
from evidence.settings import read_settings
from evidence.store.snapshots import Snapshot, open_snapshot
from evidence.synthesis.pooling import pool

if TYPE_CHECKING:
    import pyarrow

__all__ = ["Data", "load", "parse_pubmed", "pool", "read_abstract"]


@dataclass(frozen=True, slots=True)
class Data:
    """The current snapshot; each table is read when it is asked for."""

    snapshot: Snapshot

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return any table of the snapshot, or only some columns of it."""
        return self.snapshot.read(name, columns)

    @property
    def claims(self) -> pd.DataFrame:
        """Return one row a claim."""
        return self.table("claims")

    @property
    def studies(self) -> pd.DataFrame:
        """Return one row a study."""
        return self.table("studies")

    @property
    def results(self) -> pd.DataFrame:
        """Return one row a result of a study."""
        return self.table("study_results")

    @property
    def syntheses(self) -> pd.DataFrame:
        """Return one row a stratum."""
        return self.table("syntheses")

    @property
    def certainty(self) -> pd.DataFrame:
        """Return one row a stratum and domain."""
        return self.table("certainty")

    @property
    def verdicts(self) -> pd.DataFrame:
        """Return one row a claim: its verdict."""
        return self.table("claim_verdicts")

    @property
    def searches(self) -> pd.DataFrame:
        """Return one row a query and run; empty before a first refresh."""
        return self.table("searches")


def load(workspace: str | Path | None = None) -> Data:
    """Return the current snapshot of a workspace, by default the checkout's ``data/``.

    Raises
    ------
    SnapshotMissingError
        There is none yet: run ``python -m evidence build``.
    """
    return Data(open_snapshot(read_settings(workspace=workspace).workspace))


def parse_pubmed(path_or_bytes: str | Path | bytes) -> dict[str, pyarrow.Table]:
    """Return the tables of PubMed XML, EFetch's or a baseline file's, gzipped or not."""
    from evidence.records.pubmed_xml import parse_pubmed as parse
    from evidence.store.pubmed_files import check_files, read_blocks

    if isinstance(path_or_bytes, bytes):
        return dict(parse(path_or_bytes).tables)
    check_files([Path(path_or_bytes)])
    return dict(parse(b"".join(read_blocks(Path(path_or_bytes)))).tables)
