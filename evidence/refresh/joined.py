"""Parsed raw files joined to one set of tables: every PMID once, in its newest version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from evidence.records.pubmed_tables import PUBMED_TABLES, ParsedRecords
from evidence.refresh.holdings import Holdings

__all__ = ["ParsedFile", "join_files"]

ParsedFile = tuple[str, str, ParsedRecords]
"""Run, SHA-256 of the raw file, and what it holds."""


def join_files(files: Sequence[ParsedFile], holdings: Holdings) -> ParsedRecords:
    """Return the tables of all files, rows in the order of their PMIDs.

    A record stands as the last run that fetched it left it; of two versions in one file, the
    higher one.
    """
    parts: dict[str, list[pa.Table]] = {name: [] for name in PUBMED_TABLES}
    unknown: dict[str, int] = {}
    wanted: dict[tuple[str, str], list[str]] = {}
    for pmid, held in holdings.records.items():
        wanted.setdefault((held.run_id, held.raw_sha256), []).append(pmid)
    for run_id, digest, parsed in files:
        kept = pa.array(wanted.get((run_id, digest), []), type=pa.string())
        for name, table in parsed.tables.items():
            parts[name].append(_only(table, kept))
        for path, count in parsed.unknown.items():
            unknown[path] = unknown.get(path, 0) + count
    tables = {
        name: _sorted(
            pa.concat_tables(found) if found else PUBMED_TABLES[name].schema.empty_table()
        )
        for name, found in parts.items()
    }
    return ParsedRecords(_newest_versions(tables), dict(sorted(unknown.items())))


def _only(table: pa.Table, pmids: pa.Array) -> pa.Table:
    if not table.num_rows:
        return table
    mask = pc.is_in(table["pmid"], value_set=pmids)
    return table if pc.all(mask).as_py() else table.filter(mask)


def _sorted(table: pa.Table) -> pa.Table:
    """Return rows by the number of their record; those of one record keep their order."""
    if table.num_rows < 2:
        return table.combine_chunks()
    order = pc.sort_indices(pc.cast(table["pmid"], pa.int64()))
    return table.take(order).combine_chunks()


def _newest_versions(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    records = tables["records"]
    if pc.count_distinct(records["pmid"]).as_py() == records.num_rows:
        return dict(tables)
    newest = records.group_by("pmid").aggregate([("version", "max")])
    versions = dict(zip(newest["pmid"].to_pylist(), newest["version_max"].to_pylist(), strict=True))
    out = {}
    for name, table in tables.items():
        rows = zip(table["pmid"].to_pylist(), table["version"].to_pylist(), strict=True)
        out[name] = table.filter(pa.array([versions.get(p, v) == v for p, v in rows], pa.bool_()))
    return out
