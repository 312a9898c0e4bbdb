"""The records of a run: fetched in batches, read while others are under way, kept before counted."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from evidence.errors import ReplyRefusedError, ReplyTruncatedError, SnapshotDamagedError
from evidence.records.pubmed_tables import ParsedRecords
from evidence.records.pubmed_xml import parse_pubmed
from evidence.refresh.progress import Report, Stage
from evidence.sources.entrez import EntrezClient, cut_records
from evidence.sources.pubmed_fetch import cut_batches, fetch_batch
from evidence.sources.workers import Job, run_jobs
from evidence.store.raw import RunFolder

__all__ = ["FetchedBatch", "FetchedRecords", "fetch_records"]

_READ_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class FetchedBatch:
    """One raw file and what stands in it."""

    sha256: str
    digests: Mapping[str, str]
    """PMID to the hash of the record's bytes."""
    parsed: ParsedRecords = field(repr=False)
    missing: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """Return the lowest PMID, by which batches are ordered."""
        return min(int(pmid) for pmid in self.digests)

    def document(self) -> dict[str, Any]:
        """Return the batch as a run's record has it."""
        records = self.parsed.tables["records"]
        pmids, mdats = records["pmid"].to_pylist(), records["mdat"].to_pylist()
        changed = dict(zip(pmids, mdats, strict=True))
        return {
            "sha256": self.sha256,
            "records": {p: [digest, changed.get(p)] for p, digest in self.digests.items()},
        }


@dataclass(frozen=True, slots=True)
class FetchedRecords:
    """All batches of a run, in the order of their lowest PMIDs."""

    batches: tuple[FetchedBatch, ...]
    missing: tuple[str, ...]
    """Asked for, again and again, and not returned."""


def fetch_records(
    client: EntrezClient,
    pmids: Sequence[str],
    folder: RunFolder,
    report: Report,
    *,
    n_threads: int,
    stop: threading.Event,
    on_batch: Callable[[ParsedRecords], None] = lambda _: None,
) -> FetchedRecords:
    """Return the records of ids; what an interrupted run has kept is not fetched again.

    Parameters
    ----------
    on_batch
        Called with what each batch holds, as soon as it is kept.
    """
    batches = _kept_batches(folder, set(pmids))
    for batch in batches:
        on_batch(batch.parsed)
    held = {pmid for batch in batches for pmid in batch.digests}
    missing: list[str] = []
    report.tell(Stage.FETCHING, len(held), len(pmids))

    def take(batch: FetchedBatch | None) -> Iterable[Job[FetchedBatch | None]]:
        if batch is not None and batch.digests:
            folder.append_journal({"sha256": batch.sha256})
            batches.append(batch)
            held.update(batch.digests)
            on_batch(batch.parsed)
        missing.extend(batch.missing if batch else ())
        report.tell(Stage.FETCHING, len(held), len(pmids))
        return ()

    rest = [pmid for pmid in pmids if pmid not in held]
    run_jobs(
        [Job(partial(_fetch, client, ids, folder), take) for ids in cut_batches(rest)],
        n_threads,
        stop,
    )
    return FetchedRecords(
        tuple(sorted(batches, key=lambda batch: batch.first)), tuple(sorted(missing, key=int))
    )


def _kept_batches(folder: RunFolder, wanted: set[str]) -> list[FetchedBatch]:
    """Return what the journal of an interrupted run says is on disk, as far as it is sound."""
    batches, seen = [], set()
    for entry in folder.journal():
        digest = str(entry.get("sha256"))
        if digest in seen:
            continue
        seen.add(digest)
        try:
            body = folder.read_xml(digest)
        except SnapshotDamagedError:
            continue
        batch = _batch(digest, body, cut_records(body).records, wanted)
        wanted = wanted - set(batch.digests)
        if batch.digests:
            batches.append(batch)
    return batches


def _batch(
    digest: str, body: bytes, records: Mapping[str, bytes], wanted: set[str]
) -> FetchedBatch:
    digests = {p: hashlib.sha256(xml).hexdigest()[:16] for p, xml in records.items() if p in wanted}
    return FetchedBatch(digest, digests, parse_pubmed(body))


def _fetch(client: EntrezClient, pmids: Sequence[str], folder: RunFolder) -> FetchedBatch:
    """Fetch, read and keep one batch; a reply that cannot be read is fetched again."""
    for attempt in range(1, _READ_ATTEMPTS + 1):
        batch = fetch_batch(client, pmids)
        if not batch.records:
            return FetchedBatch("", {}, ParsedRecords({}), batch.missing)
        digest = hashlib.sha256(batch.body).hexdigest()
        try:
            found = _batch(digest, batch.body, batch.records, set(pmids))
        except (ReplyRefusedError, ReplyTruncatedError):
            if attempt == _READ_ATTEMPTS:
                raise
            continue
        folder.store_xml(batch.body)
        return FetchedBatch(digest, found.digests, found.parsed, batch.missing)
    raise AssertionError  # the last attempt returns or raises
