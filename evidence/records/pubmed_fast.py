"""The fast engine: PubMed XML to Arrow columns with xml2arrow, checked against a count of tags.

It reads PubmedArticle records as PubMed writes them. Whatever it cannot prove to have read in
full it refuses, and the exact engine walks that part instead; what it returns equals what the
exact engine returns. It gets bytes and opens nothing but a configuration of its own.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from evidence.records import pubmed_fields
from evidence.records.pubmed_columns import is_valid, none_if_empty, numbers_in
from evidence.records.pubmed_index import Index, index_piece
from evidence.records.pubmed_model import CHILDREN
from evidence.records.pubmed_tables import PUBMED_TABLES, ParsedRecords, empty_table
from evidence.records.pubmed_tags import LEFT_TO_WALKER, RefusedError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from xml2arrow import XmlToArrowParser

#: Known elements that no table keeps; see `pubmed_model.LEFT_OUT`.
_NOT_KEPT = frozenset({"Param", "Second"})

#: Containers of which the exact engine reads the first only.
_ONLY_ONE = (
    "MedlineCitation",
    "Article",
    "Journal",
    "JournalIssue",
    "PubDate",
    "MedlineJournalInfo",
    "PubmedData",
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table of xml2arrow.

    Attributes
    ----------
    batch
        Fields and index columns.
    """

    batch: pa.RecordBatch

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
        return numbers_in(self.batch.column(f"<{name}>"), np.uint32).astype(np.int64)

    def has(self, field: str) -> NDArray[np.bool_]:
        """Return where a field holds something."""
        return is_valid(self.batch.column(field))

    def n_filled(self, field: str) -> int:
        """Return how many rows hold something in a field."""
        column = self.batch.column(field)
        return len(column) - int(column.null_count)


def parse_fast(piece: bytes) -> ParsedRecords | None:
    """Return the tables of whole records, or None if they are for the exact engine."""
    try:
        index = index_piece(piece)
        sources = _read_sources(index)
        _check_nothing_lost(index, sources)
        return _assemble(index, sources)
    except RefusedError:
        return None


def _read_sources(index: Index) -> dict[str, Columns]:
    from xml2arrow import exceptions

    document = index.cut(b"<PubmedArticleSet>", b"</PubmedArticleSet>")
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


def _check_nothing_lost(index: Index, sources: dict[str, Columns]) -> None:
    """Refuse the piece unless each element that holds a value was found at a declared path."""
    for container in _ONLY_ONE:
        if index.has_two(container):
            raise RefusedError(f"two of {container} in a record")
    for elements, (tables, places) in _counted_rows().items():
        n_found = sum(len(sources[table]) for table in tables)
        n_found += sum(sources[table].n_filled(field) for table, field in places)
        if sum(map(index.count, elements)) != n_found:
            raise RefusedError(f"{' or '.join(elements)} elsewhere")
    for element, places in _counted_values().items():
        n_found = sum(sources[table].n_filled(field) for table, field in places)
        n_missed = index.count(element) - n_found
        if n_missed and n_missed != index.n_empty(element):
            raise RefusedError(f"{element} elsewhere")


@cache
def _counted_rows() -> dict[tuple[str, ...], tuple[list[str], list[tuple[str, str]]]]:
    """Return the tables whose rows are certain elements, and fields that hold one of them."""
    fields = pubmed_fields.counted_fields()
    return {
        elements: (tables, [place for element in elements for place in fields.get(element, [])])
        for elements, tables in pubmed_fields.counted_rows().items()
    }


@cache
def _counted_values() -> dict[str, list[tuple[str, str]]]:
    """Return where each element that holds a text, and is not a row or lifted, must be found."""
    places = pubmed_fields.counted_fields()
    rows = frozenset().union(*pubmed_fields.counted_rows())
    texts = frozenset().union(*CHILDREN.values()) - frozenset(CHILDREN) - LEFT_TO_WALKER
    counted = texts - rows - frozenset(pubmed_fields.LIFTED) - _NOT_KEPT
    return {name: places.get(name, []) for name in sorted(counted)}


def _assemble(index: Index, sources: dict[str, Columns]) -> ParsedRecords:
    from evidence.records.pubmed_assemble import assemble_tables

    columns = assemble_tables(index, sources)
    tables = {
        name: pa.Table.from_arrays(columns[name], schema=spec.schema)
        if name in columns
        else empty_table(name)
        for name, spec in PUBMED_TABLES.items()
    }
    return ParsedRecords(tables)
