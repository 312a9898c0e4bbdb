"""A batch of records, asked for until it is whole, or its missing ids can be named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evidence.sources.entrez import MAX_BATCH, EntrezClient, FetchReply

__all__ = ["Batch", "cut_batches", "fetch_batch"]

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that were asked for together."""

    body: bytes = field(repr=False)
    """The set as PubMed sent it; records that came in another order, or later, stand where they
    were asked for."""
    records: Mapping[str, bytes] = field(repr=False)
    missing: tuple[str, ...]


def cut_batches(pmids: Sequence[str], size: int = MAX_BATCH) -> list[tuple[str, ...]]:
    """Return ids in batches; the same ids give the same batches."""
    return [tuple(pmids[start : start + size]) for start in range(0, len(pmids), size)]


def fetch_batch(client: EntrezClient, pmids: Sequence[str]) -> Batch:
    """Return the records of a batch; those that do not come are asked for again, then named."""
    whole: FetchReply | None = None
    records: dict[str, bytes] = {}
    missing = list(pmids)
    for _ in range(_ROUNDS):
        reply = client.fetch(missing)
        records |= reply.records
        if reply.records and (whole is None or len(reply.records) > len(whole.records)):
            whole = reply
        missing = [pmid for pmid in pmids if pmid not in records]
        if not missing:
            break
    if whole is None:
        return Batch(b"", {}, tuple(missing))
    ordered = {pmid: records[pmid] for pmid in pmids if pmid in records}
    body = whole.head + whole.separator.join(ordered.values()) + whole.tail
    return Batch(body, ordered, tuple(missing))
