"""Files of PubMed XML to a folder of Parquet files: what ``evidence parse`` does.

It joins the reading of files (store) with the parser (records) and decides what happens to an
input that is damaged: it is skipped and named, and the others are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import InputsSkippedError, SourceError
from evidence.records.pubmed_tables import PUBMED_TABLES, ParsedRecords
from evidence.records.pubmed_xml import parse_chunks
from evidence.store.pubmed_files import TableFolder, check_files, read_blocks

__all__ = ["ParseSummary", "Skipped", "parse_file", "parse_files"]

Progress = Callable[[Path, int], None]


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that could not be read."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class ParseSummary:
    """What became of the inputs.

    Attributes
    ----------
    parsed
        Inputs whose records were written, in order.
    skipped
        Inputs of which nothing was written.
    rows
        Rows of each table.
    unknown
        Path of each unknown element, with how often it stood there.
    """

    parsed: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    rows: Mapping[str, int]
    unknown: Mapping[str, int]

    def raise_if_skipped(self) -> None:
        """Raise if an input was skipped, naming each.

        Raises
        ------
        InputsSkippedError
            With exit code 19; what could be parsed is written all the same.
        """
        if self.skipped:
            lines = [f"{skip.path}: skipped: {skip.reason}" for skip in self.skipped]
            count = f"{len(self.skipped)} of {len(self.skipped) + len(self.parsed)} inputs skipped"
            raise InputsSkippedError("\n".join([*lines, count]))


def parse_file(path: Path, *, exact: bool = False, threads: int = 2) -> Iterable[ParsedRecords]:
    """Return the tables of one file, plain or gzipped, chunk by chunk."""
    return parse_chunks(read_blocks(path), exact=exact, threads=threads)


def parse_files(
    paths: Iterable[Path],
    out_dir: Path,
    progress: Progress | None = None,
    *,
    threads: int = 2,
) -> ParseSummary:
    """Parse PubMed XML files into one Parquet file a table.

    Parameters
    ----------
    paths
        EFetch replies or baseline files, plain or gzipped.
    out_dir
        Folder of the Parquet files. They appear when all inputs are done, or not at all.
    progress
        Called after each chunk with the input and its number of records so far.
    threads
        How many chunks of a file are parsed at the same time.

    Raises
    ------
    UsageError
        If an input is not there.
    WorkspaceError
        If the folder cannot be written.

    Notes
    -----
    An input that ends in the middle or is not PubMed XML is skipped as a whole:
    `ParseSummary.raise_if_skipped` says so. If every input is skipped, nothing is written.
    """
    inputs = list(paths)
    check_files(inputs)
    parsed: list[Path] = []
    skipped: list[Skipped] = []
    unknown: dict[str, int] = {}
    schemas = {name: spec.schema for name, spec in PUBMED_TABLES.items()}
    with TableFolder(out_dir, schemas) as folder:
        for path in inputs:
            try:
                found = _parse_into(folder, path, progress, threads)
            except (SourceError, OSError) as error:
                skipped.append(Skipped(path, str(error)))
                continue
            parsed.append(path)
            for element, count in found.items():
                unknown[element] = unknown.get(element, 0) + count
        if parsed:
            folder.finish()
        rows = folder.rows
    return ParseSummary(tuple(parsed), tuple(skipped), rows, dict(sorted(unknown.items())))


def _parse_into(
    folder: TableFolder, path: Path, progress: Progress | None, threads: int
) -> dict[str, int]:
    """Spool one input and return its unknown elements."""
    unknown: dict[str, int] = {}
    n_records = 0
    with folder.input() as add:
        for chunk in parse_file(path, threads=threads):
            add(chunk.tables)
            n_records += chunk.tables["records"].num_rows
            for element, count in chunk.unknown.items():
                unknown[element] = unknown.get(element, 0) + count
            if progress is not None:
                progress(path, n_records)
    return unknown
