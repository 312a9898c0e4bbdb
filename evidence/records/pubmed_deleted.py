"""Lists of deleted records, which a yearly file ends with, read without a tree of elements.

They are so plain that the libraries of the exact engine would cost a short command more time than
two thousand records do. What is not plain is left to that engine. This module gets bytes and
gives tables; it opens nothing.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from evidence.records.pubmed_columns import integers, texts
from evidence.records.pubmed_tables import PUBMED_TABLES, SMALL, ParsedRecords, empty_table
from evidence.records.pubmed_values import read_small

_PMID = re.compile(rb"<PMID(?: Version=\"([0-9]{1,9})\")?>([0-9]{1,19})</PMID>")
_LISTS = re.compile(
    rb"(?:[ \t\n]*<(DeleteCitation|DeleteDocument)>"
    rb"(?:[ \t\n]*<PMID(?: Version=\"[0-9]{1,9}\")?>[0-9]{1,19}</PMID>)*"
    rb"[ \t\n]*</\1>)+[ \t\n]*"
)


def parse_deleted(body: bytes) -> ParsedRecords | None:
    """Return the tables of a body that only lists deleted records, or None if it is another.

    >>> body = b'<DeleteCitation><PMID Version="2">11</PMID></DeleteCitation>'
    >>> parse_deleted(body).tables["deleted"].column("version")[0].as_py()
    2
    """
    if _LISTS.fullmatch(body) is None:
        return None
    found = _PMID.findall(body)
    versions = np.array([read_small(version.decode()) or 1 for version, _ in found], np.int64)
    columns = [texts([pmid.decode() for _, pmid in found]), integers(versions, SMALL)]
    tables = {name: empty_table(name) for name in PUBMED_TABLES}
    tables["deleted"] = pa.Table.from_arrays(columns, schema=PUBMED_TABLES["deleted"].schema)
    return ParsedRecords(tables)
