"""An export: which files, their bytes, and a folder or a zip that holds all of them or none.

Files are written beside the folder's own, checked for space by the disk, and renamed when all are
there; the manifest comes last. A folder that no export has written is not written over.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import pandas as pd

from evidence.errors import UsageError, WorkspaceFullError, WorkspaceNotWritableError
from evidence.export.contents import Contents
from evidence.export.csv import Dialect, table_csv
from evidence.export.files import FILES, MANIFEST, TEAM
from evidence.store.snapshots import Snapshot

__all__ = ["ExportedFile", "FileSet", "Format", "export_files", "summary_pack_zip"]

W = TypeVar("W", bound=StrEnum)
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
ALWAYS = ("data_dictionary",)
WORKBOOK_NAME = "evidence.xlsx"
OPENING = len(b"\xef\xbb\xbf") + 80


class Format(StrEnum):
    """What an export may hold."""

    CSV = "csv"
    XLSX = "xlsx"
    RIS = "ris"
    BIB = "bib"
    HTML = "html"
    PDF = "pdf"
    FHIR = "fhir"


class FileSet(StrEnum):
    """All files, or those of the team pack."""

    ALL = "all"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file as it was written."""

    file: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file before it is written."""

    file: str
    rows: int
    data: bytes

    @property
    def as_exported(self) -> ExportedFile:
        """Return name, rows and hash."""
        return ExportedFile(self.file, self.rows, hashlib.sha256(self.data).hexdigest())


def export_files(
    snapshot: Snapshot,
    out_dir: Path | str,
    formats: Sequence[Format | str] = (Format.CSV,),
    files: FileSet | str = FileSet.ALL,
    dialect: Dialect | str = Dialect.DATA,
    claims: Sequence[str] | None = None,
    *,
    history: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    gold: pd.DataFrame | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[ExportedFile]:
    """Write an export into a folder and return its files, the manifest last.

    Parameters
    ----------
    snapshot
        What is exported.
    out_dir
        Folder; made if it is missing.
    formats
        Words of :class:`Format`, or ``all``.
    files
        ``all``, or ``team`` for the team pack.
    dialect
        Of the CSV files.
    claims
        Ids of claims to which all files are limited.
    history, decisions, gold
        Rows of ``verdict_history``, ``decisions_log`` and ``gold_eval`` where there are any.
    progress
        Called with the name of each file that is there.

    Raises
    ------
    UsageError
        Unknown format, set, dialect or claim; or the folder holds files of the same names that no
        export has written.
    WorkspaceNotWritableError, WorkspaceFullError
        The folder cannot be written; it is as it was.
    """
    wanted = _formats(formats)
    chosen, spelling = _word(FileSet, files, "files"), _word(Dialect, dialect, "dialect")
    contents = Contents(snapshot, claims, history=history, decisions=decisions, gold=gold)
    folder = Path(out_dir)
    writing = folder / f".writing-{os.getpid()}"
    exported = []
    try:
        is_new = not folder.exists()
        writing.mkdir(parents=True)
        try:
            for made in _made_files(contents, wanted, chosen, spelling):
                _write(writing / made.file, made.data)
                exported.append(made.as_exported)
                if progress is not None:
                    progress(made.file)
            _settle(folder, writing, [file.file for file in exported])
        finally:
            shutil.rmtree(writing, ignore_errors=True)
            if is_new and not any(folder.iterdir()):
                folder.rmdir()
    except OSError as error:
        raise _folder_error(folder, error) from error
    return exported


def summary_pack_zip(
    snapshot: Snapshot,
    *,
    formats: Sequence[Format | str] = (Format.CSV,),
    files: FileSet | str = FileSet.TEAM,
    dialect: Dialect | str = Dialect.SPREADSHEET,
    claims: Sequence[str] | None = None,
    history: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    gold: pd.DataFrame | None = None,
) -> bytes:
    """Return an export as a zip, the same bytes for the same snapshot and choices."""
    contents = Contents(snapshot, claims, history=history, decisions=decisions, gold=gold)
    chosen, spelling = _word(FileSet, files, "files"), _word(Dialect, dialect, "dialect")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for made in _made_files(contents, _formats(formats), chosen, spelling):
            entry = zipfile.ZipInfo(made.file, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, made.data)
    return buffer.getvalue()


def _formats(formats: Sequence[Format | str]) -> list[Format]:
    """Return the formats asked for, each once, in a fixed order."""
    if "all" in formats:
        return list(Format)
    asked = {_word(Format, word, "format", also="all") for word in formats}
    return [word for word in Format if word in asked]


def _word(words: type[W], word: str, what: str, also: str | None = None) -> W:
    """Return a word of a closed list."""
    try:
        return words(word)
    except ValueError as error:
        allowed = ", ".join([*words, *([also] if also else [])])
        raise UsageError(f"unknown {what} {word!r} (allowed: {allowed})") from error


def _made_files(
    contents: Contents, formats: Sequence[Format], chosen: FileSet, dialect: Dialect
) -> Iterator[MadeFile]:
    """Yield every file of an export, and at last the manifest that lists them."""
    names = [name for name in (FILES if chosen is FileSet.ALL else TEAM) if name != MANIFEST.name]
    exported = []
    for made in _listed_files(contents, formats, names, dialect):
        exported.append(made.as_exported)
        yield made
    rows = manifest_rows(exported, contents)
    data = table_csv(MANIFEST.name, rows, dialect, contents.version)
    yield MadeFile(f"{MANIFEST.name}.csv", len(rows), data)


def _listed_files(
    contents: Contents, formats: Sequence[Format], names: Sequence[str], dialect: Dialect
) -> Iterator[MadeFile]:
    """Yield every file that the manifest lists."""
    for name in names if Format.CSV in formats else ALWAYS:
        rows = contents.rows(name)
        yield MadeFile(f"{name}.csv", len(rows), table_csv(name, rows, dialect, contents.version))
    if Format.XLSX in formats:
        yield _workbook(contents, names)
    if Format.RIS in formats or Format.BIB in formats:
        yield from _references(contents, formats)
    if Format.HTML in formats or Format.PDF in formats:
        yield from _reports(contents, formats)
    if Format.FHIR in formats:
        yield _fhir(contents)


def manifest_rows(exported: Sequence[ExportedFile], contents: Contents) -> pd.DataFrame:
    """Return the rows of ``manifest``: every file but itself."""
    about = contents.about
    return pd.DataFrame(
        {
            "file": [file.file for file in exported],
            "rows": [file.rows for file in exported],
            "sha256": [file.sha256 for file in exported],
            "built_at": str(about["written_at"]),
            "code_commit": about.get("code_commit") or about.get("program_version"),
            "protocol_sha256": about.get("protocol_sha256"),
        }
    )


def _workbook(contents: Contents, names: Sequence[str]) -> MadeFile:
    """Return the workbook of some files."""
    from evidence.export.workbook import Introduction, workbook_bytes

    frames = {name: contents.rows(name) for name in names}
    about = contents.about
    lines = [
        f"Snapshot {contents.version}, evidence as of {about['as_of']}.",
        str(about.get("search_words") or ""),
        "A missing value is an empty cell; why it is missing stands in the column ending in _status.",
        "Pooled effects are turned so that positive is favourable; estimates of results stand as printed.",
        "A verdict is an answer to the words of a claim. It is not medical advice.",
    ]
    introduction = Introduction("Evidence tracker: claims beside the evidence", lines)
    data = workbook_bytes(frames, introduction, contents.version)
    return MadeFile(WORKBOOK_NAME, sum(map(len, frames.values())), data)


def _references(contents: Contents, formats: Sequence[Format]) -> Iterator[MadeFile]:
    """Yield the studies as references."""
    from evidence.export.references import bibtex_text, references_of, ris_text

    tables = [contents.rows(name) for name in ("studies", "stratum_members", "records")]
    references = references_of(*tables)
    if Format.RIS in formats:
        yield MadeFile("references.ris", len(references), ris_text(references).encode())
    if Format.BIB in formats:
        yield MadeFile("references.bib", len(references), bibtex_text(references).encode())


def _reports(contents: Contents, formats: Sequence[Format]) -> Iterator[MadeFile]:
    """Yield the printable report."""
    from evidence.export.report import read_report, report_html

    report = read_report(contents)
    if Format.HTML in formats:
        yield MadeFile("report.html", len(report.claims), report_html(report).encode())
    if Format.PDF in formats:
        from evidence.export.report_pdf import report_pdf

        yield MadeFile("report.pdf", len(report.claims), report_pdf(report))


def _fhir(contents: Contents) -> MadeFile:
    """Return certainty and verdicts for FHIR."""
    from evidence.export.fhir import fhir_text

    verdicts, certainty = contents.rows("claim_verdicts"), contents.rows("certainty")
    text = fhir_text(verdicts, contents.rows("syntheses"), certainty, contents.about)
    entries = certainty["stratum_id"].nunique() + len(verdicts)
    return MadeFile("evidence.fhir.json", entries, text.encode())


def _write(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on disk."""
    with path.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def _settle(folder: Path, writing: Path, names: Sequence[str]) -> None:
    """Rename what was written into place, the manifest last."""
    standing = [name for name in names if (folder / name).exists()]
    if standing and not _is_ours(folder / f"{MANIFEST.name}.csv"):
        shown = ", ".join(standing[:5])
        raise UsageError(
            f"{folder} holds {shown}, which no export has written; choose another folder with --out"
        )
    for name in names:
        (writing / name).replace(folder / name)


def _is_ours(manifest: Path) -> bool:
    """Return whether a folder's manifest is one that an export wrote."""
    if not manifest.is_file():
        return False
    with manifest.open("rb") as handle:
        start = handle.read(OPENING).removeprefix(b"\xef\xbb\xbf")
    return start.startswith(b'"file","rows","sha256","built_at","code_commit"')


def _folder_error(folder: Path, error: OSError) -> Exception:
    """Return the typed error behind a failed write."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return WorkspaceFullError(f"{folder}: no space left; free some and export again")
    reason = error.strerror or str(error)
    return WorkspaceNotWritableError(
        f"{folder}: cannot be written ({reason}); choose another folder with --out"
    )
