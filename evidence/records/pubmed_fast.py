"""The fast engine: PubMed XML to Arrow columns with xml2arrow, checked against a count of tags.

It reads PubmedArticle records as PubMed writes them. Whatever it cannot prove to have read in
full it refuses, and the exact engine walks that part instead; what it returns equals what the
exact engine returns. It gets bytes and opens nothing but a configuration of its own.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from evidence.records import pubmed_fields
from evidence.records.pubmed_assemble import assemble_tables
from evidence.records.pubmed_columns import any_valid, is_valid, none_if_empty, numbers_in
from evidence.records.pubmed_count import check_nothing_lost
from evidence.records.pubmed_markup import FORMULA
from evidence.records.pubmed_refused import RefusedError
from evidence.records.pubmed_scan import prepare
from evidence.records.pubmed_tables import PUBMED_TABLES, ParsedRecords, empty_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from xml2arrow import XmlToArrowParser


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table of xml2arrow.

    Attributes
    ----------
    batch
        Fields and index columns.
    levels
        Index columns that were asked for.
    """

    batch: pa.RecordBatch
    levels: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def text(self, field: str) -> pa.Array:
        """Return a field; nothing and an empty text are both null."""
        return self.batch.column(field)

    def attribute(self, field: str) -> pa.Array:
        """Return an attribute, null where it is empty."""
        return none_if_empty(self.batch.column(field))

    def level(self, name: str) -> NDArray[np.int64]:
        """Return an index column: which record, person or row of its parent a row is."""
        found = self.levels.get(name)
        if found is None:
            column = self.batch.column(f"<{name}>")
            found = self.levels[name] = numbers_in(column, np.uint32).astype(np.int64)
        return found

    def has(self, field: str) -> NDArray[np.bool_]:
        """Return where a field holds something."""
        return is_valid(self.batch.column(field))

    def filled(self, fields: Iterable[str]) -> NDArray[np.bool_]:
        """Return where any of several fields holds something."""
        return any_valid([self.batch.column(field) for field in fields])

    def n_filled(self, field: str) -> int:
        """Return how many rows hold something in a field."""
        column = self.batch.column(field)
        return len(column) - int(column.null_count)


def parse_fast(piece: bytes) -> ParsedRecords | None:
    """Return the tables of whole records, or None if they are for the exact engine."""
    try:
        return _parse(piece, with_formulas=False)
    except RefusedError:
        if FORMULA not in piece:
            return None
    try:
        return _parse(piece, with_formulas=True)
    except RefusedError:
        return None


def _parse(piece: bytes, *, with_formulas: bool) -> ParsedRecords:
    prepared = prepare(piece, with_formulas=with_formulas)
    sources = _read_sources(prepared.document)
    check_nothing_lost(prepared, sources)
    columns = assemble_tables(sources)
    tables = {
        name: pa.Table.from_arrays(columns[name], schema=spec.schema)
        if name in columns
        else empty_table(name)
        for name, spec in PUBMED_TABLES.items()
    }
    return ParsedRecords(tables)


def _read_sources(document: bytes) -> dict[str, Columns]:
    from xml2arrow import exceptions

    try:
        batches = _parser().parse(document)
    except (exceptions.Xml2ArrowError, TypeError) as error:
        # A TypeError is how xml2arrow reports bytes that are not UTF-8.
        raise RefusedError(str(error)) from error
    return {name: Columns(batch) for name, batch in batches.items()}


@cache
def _parser() -> XmlToArrowParser:
    """Return the compiled parser; it takes its configuration from a file only."""
    from xml2arrow import XmlToArrowParser

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pubmed.yaml")
        # JSON is YAML, and needs no further library.
        path.write_text(json.dumps(pubmed_fields.xml2arrow_configuration()), encoding="utf-8")
        return XmlToArrowParser(path)
