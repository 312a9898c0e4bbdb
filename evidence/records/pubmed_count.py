"""Proves that the fast engine lost nothing: its tables account for every tag of the document.

Each value in a table is an element that is there, and so is each element around it. If twice the
number of these elements is the number of tags, then there is no other element, nothing unknown and
nothing in another place. Elements that hold nothing have no value: they are looked at one by one.

Notes
-----
Every element is counted at most once, and only where it has an end tag of its own, so the sum is
never too large: the XML reader makes sure that tags are nested, and a ``<`` that begins no tag only
adds to the other side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from evidence.records.pubmed_columns import Bools
from evidence.records.pubmed_fields import EMPTY_FIELDS, EMPTY_ROWS, ROOT, SOURCES, Source
from evidence.records.pubmed_markup import end_of_instruction
from evidence.records.pubmed_model import CHILDREN, is_known
from evidence.records.pubmed_refused import RefusedError
from evidence.records.pubmed_scan import Prepared

if TYPE_CHECKING:
    from evidence.records.pubmed_fast import Columns

Sources = Mapping[str, "Columns"]

_BLOCK = 1 << 17
#: Lists whose rows hold nothing themselves, but lists; the XML reader gives no table for them.
_LISTS = frozenset(source.path for source in SOURCES if not source.fields)


def check_nothing_lost(prepared: Prepared, sources: Sources) -> None:
    """Refuse the piece unless the tables account for each of its tags.

    Raises
    ------
    RefusedError
        If some tag is left over, or a record has two of what it has one of.
    """
    _check_only_one(sources)
    n_elements = _n_articles(sources) + sum(
        _n_elements(source, sources[source.name])
        for source in SOURCES
        if source.fields and source.path != ROOT
    )
    n_left = prepared.n_tags - 2 * n_elements
    if n_left and n_left != _n_without_content(prepared.document, n_left):
        raise RefusedError(f"{n_left} tags that no table accounts for")


def _check_only_one(sources: Sources) -> None:
    """Refuse a second one of what the exact engine reads the first of."""
    citation, article = sources["citation"], sources["article"]
    begins = citation.level("row") == 0
    if not np.array_equal(citation.level("record")[begins], np.arange(len(sources["records"]))):
        raise RefusedError("a record without a citation, or with two")
    for table, rows in (
        (citation, citation.filled(_fields_below("citation", "MedlineJournalInfo"))),
        (article, article.filled(_fields_below("article", "Journal"))),
        (article, article.level("row") == 0),
    ):
        owners = table.level("record")[rows]
        if (owners[1:] <= owners[:-1]).any():
            raise RefusedError("two of an element in a record")


def _n_articles(sources: Sources) -> int:
    """Return how many records there are, and how many of them have PubmedData."""
    records = sources["records"]
    has_data: Bools = records.filled(["publication_status"])
    for name in ("history", "article_ids", "objects", "references"):
        has_data[sources[name].level("record")] = True
    n_data = int(np.count_nonzero(has_data))
    return len(records) + n_data + records.n_filled("publication_status")


def _n_elements(source: Source, table: Columns) -> int:
    """Return how many elements one table proves to be there, up to the list around its rows."""
    if not len(table):
        return 0
    elements, around = _elements_of(source.name)
    n_found = sum(map(table.n_filled, elements))
    n_found += sum(int(np.count_nonzero(table.filled(fields))) for fields in around)
    is_first = table.level(source.levels[-1]) == 0
    n_found += int(np.count_nonzero(is_first))
    if source.path.rpartition("/")[0] in _LISTS:
        n_found += int(np.count_nonzero(is_first & (table.level(source.levels[-2]) == 0)))
    return n_found


@cache
def _elements_of(name: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the fields that are elements, and the fields below each element around them."""
    (source,) = (source for source in SOURCES if source.name == name)
    elements = {field: path for field, path in source.fields.items() if "@" not in path}
    around: dict[str, list[str]] = {}
    for field, path in elements.items():
        outer = path.rpartition("/")[0]
        while outer:
            around.setdefault(outer, []).append(field)
            outer = outer.rpartition("/")[0]
    return tuple(elements), tuple(map(tuple, around.values()))


@cache
def _fields_below(name: str, element: str) -> tuple[str, ...]:
    """Return the fields of a table that stand in an element that is a row."""
    (source,) = (source for source in SOURCES if source.name == name)
    return tuple(
        field
        for field, path in source.fields.items()
        if path.startswith(f"{element}/") and "@" not in path
    )


# --- elements that hold nothing ------------------------------------------------------------------

_ALONE = re.compile(rb"<([A-Za-z]+)(?:\s+[\w:.-]+\s*=\s*\"[^\"<>]*\")*\s*/>")
_NEXT_TAG = re.compile(rb"[^<]*<(/?)([A-Za-z]+)")


def _n_without_content(document: bytes, n_left: int) -> int:
    """Return how many instructions there are, and tags that close themselves where they may."""
    instructions = list(_starts_of_instructions(document))
    for start in instructions:
        end_of_instruction(document, start)
    if len(instructions) == n_left:
        return n_left
    ends = _ends_of_empty(document)
    for end in ends:
        _check_empty(document, end)
    return len(instructions) + len(ends)


def _starts_of_instructions(document: bytes) -> Iterator[int]:
    """Return where each ``<?`` stands; a question mark alone is found much faster."""
    mark = document.find(b"?")
    while mark >= 0:
        if document.startswith(b"<", mark - 1):
            yield mark - 1
        mark = document.find(b"?", mark + 1)


def _check_empty(document: bytes, end: int) -> None:
    """Refuse an element that holds nothing unless it may, there."""
    start = document.rfind(b"<", 0, end)
    tag = _ALONE.fullmatch(document, start, end)
    if tag is None:
        raise RefusedError("a tag out of the ordinary")
    name = tag[1].decode()
    if name not in EMPTY_FIELDS and name not in EMPTY_ROWS:
        raise RefusedError(f"an empty {name}")
    parents = _parents(document, start, end)
    if not parents or not all(is_known(parent, name) for parent in parents):
        raise RefusedError(f"{name} elsewhere")


def _ends_of_empty(document: bytes) -> list[int]:
    """Return where each ``/>`` ends."""
    octets = np.frombuffer(document, np.uint8)
    flat = np.empty((2, _BLOCK), np.bool_)
    ends: list[int] = []
    for start in range(0, octets.size - 1, _BLOCK):
        following = octets[start + 1 : start + 1 + _BLOCK]
        mark, other = flat[:, : following.size]
        np.equal(octets[start : start + following.size], np.uint8(ord("/")), out=mark)
        np.equal(following, np.uint8(ord(">")), out=other)
        np.logical_and(mark, other, out=mark)
        ends += (mark.nonzero()[0] + (start + 2)).tolist()
    return ends


def _parents(document: bytes, start: int, end: int) -> Iterable[str]:
    """Return the elements that may be around an empty one, as the tags beside it tell."""
    following = _NEXT_TAG.match(document, end)
    if following is not None and following[1]:
        return [following[2].decode()]
    previous = document.rfind(b"<", 0, start)
    beside = _NEXT_TAG.match(document, previous)
    if beside is None:
        return []
    name = beside[2].decode()
    if beside[1] or document.startswith(b"/>", document.find(b">", previous) - 1):
        return _PARENTS.get(name, [])
    return [name]


_PARENTS: dict[str, list[str]] = {}
for _parent, _children in CHILDREN.items():
    for _child in _children:
        _PARENTS.setdefault(_child, []).append(_parent)
