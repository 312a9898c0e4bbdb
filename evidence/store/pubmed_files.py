"""PubMed files on disk: opened block by block, and written as one Parquet file a table.

Tables are spooled beside their folder first, input by input, so that an input that turns out to
be damaged leaves nothing behind, and are renamed into place when all of them are whole. This
module knows files and Arrow schemas; it does not know what a record is.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from evidence.errors import UsageError, WorkspaceFullError, WorkspaceNotWritableError

__all__ = ["TableFolder", "check_files", "read_blocks", "read_pubmed_bytes"]

_BLOCK_BYTES = 1 << 20
_ROW_GROUP_BYTES = 32 << 20


def check_files(paths: list[Path]) -> None:
    """Refuse inputs that are not there, all of them in one message.

    Raises
    ------
    UsageError
        If a path is missing or is no file.
    """
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise UsageError(f"no such file: {', '.join(missing)}; give PubMed XML, plain or .gz")


def read_blocks(path: Path, block_bytes: int = _BLOCK_BYTES) -> Iterator[bytes]:
    """Return a file block by block, as it is: gzip is left to whoever reads it."""
    with path.open("rb") as file:
        while block := file.read(block_bytes):
            yield block


def read_pubmed_bytes(path: Path) -> bytes:
    """Return a whole file as it is.

    Raises
    ------
    UsageError
        If it is not there.
    """
    check_files([path])
    return path.read_bytes()


class TableFolder:
    """A folder that gets one Parquet file a table, all of them or none.

    Parameters
    ----------
    folder
        Where the files go; it is made if it is not there. Files of other names are left alone.
    schemas
        The columns of each table, by its name.

    Examples
    --------
    ::

        with TableFolder(Path("out"), {"records": schema}) as tables:
            with tables.input() as add:
                add({"records": table})
            tables.finish()
    """

    def __init__(self, folder: Path, schemas: Mapping[str, pa.Schema]) -> None:
        self._folder = folder
        self._schemas = dict(schemas)
        self._beside: Path | None = None
        self._n_inputs = 0
        self._rows = dict.fromkeys(schemas, 0)

    def __enter__(self) -> TableFolder:
        with self._disk():
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            beside = tempfile.mkdtemp(prefix=f".{self._folder.name}-", dir=self._folder.parent)
        self._beside = Path(beside)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._spool_folder, ignore_errors=True)

    @property
    def rows(self) -> dict[str, int]:
        """Return how many rows each table has so far."""
        return dict(self._rows)

    @property
    def _spool_folder(self) -> Path:
        if self._beside is None:
            raise ValueError("a TableFolder is used inside its with statement")
        return self._beside

    @contextmanager
    def input(self) -> Iterator[_Spool]:
        """Take the tables of one input; an error inside leaves none of them behind."""
        place = self._spool_folder / f"{self._n_inputs:06d}"
        try:
            with self._disk():
                place.mkdir()
            with _Spool(place, self._schemas, self) as spool:
                yield spool
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        self._n_inputs += 1
        for name, count in spool.rows.items():
            self._rows[name] += count

    def finish(self) -> None:
        """Write the Parquet files of all inputs and put them into the folder."""
        beside = self._spool_folder
        with self._disk():
            for name, schema in self._schemas.items():
                self._write(name, schema, beside / f"{name}.parquet")
            self._folder.mkdir(parents=True, exist_ok=True)
            for name in self._schemas:
                (beside / f"{name}.parquet").replace(self._folder / f"{name}.parquet")

    def _write(self, name: str, schema: pa.Schema, path: Path) -> None:
        """Write one table from its spools, in row groups that are worth reading."""
        import pyarrow.parquet as pq  # only what writes Parquet needs to load it

        waiting: list[pa.RecordBatch] = []
        size = 0
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for number in range(self._n_inputs):
                for batch in _spooled(self._spool_folder / f"{number:06d}" / f"{name}.arrow"):
                    waiting.append(batch)
                    size += batch.nbytes
                    if size >= _ROW_GROUP_BYTES:
                        writer.write_table(pa.Table.from_batches(waiting, schema))
                        waiting, size = [], 0
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting, schema))

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """Say what is wrong with the folder in words of its own."""
        try:
            yield
        except OSError as error:
            raise _workspace_error(self._folder, error) from error


class _Spool:
    """Takes the tables of one input, chunk by chunk, in Arrow's own format."""

    def __init__(self, place: Path, schemas: Mapping[str, pa.Schema], owner: TableFolder) -> None:
        self._place = place
        self._schemas = schemas
        self._owner = owner
        self._stack = ExitStack()
        self._writers: dict[str, pa.RecordBatchStreamWriter] = {}
        self.rows = dict.fromkeys(schemas, 0)

    def __enter__(self) -> _Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def __call__(self, tables: Mapping[str, pa.Table]) -> None:
        """Add one chunk; every table has the columns that were declared."""
        for name, table in tables.items():
            if table.num_rows:
                with self._owner._disk():
                    self._writer(name).write_table(table)
                self.rows[name] += table.num_rows

    def _writer(self, name: str) -> pa.RecordBatchStreamWriter:
        if name not in self._writers:
            file = self._stack.enter_context(pa.OSFile(str(self._place / f"{name}.arrow"), "wb"))
            writer = pa.ipc.new_stream(file, self._schemas[name])
            self._writers[name] = self._stack.enter_context(writer)
        return self._writers[name]


def _spooled(path: Path) -> Iterator[pa.RecordBatch]:
    if path.exists():
        with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as stream:
            yield from stream


def _workspace_error(folder: Path, error: OSError) -> Exception:
    if error.errno == errno.ENOSPC:
        return WorkspaceFullError(f"{folder}: no space left; free some and run again")
    reason = error.strerror or str(error)
    return WorkspaceNotWritableError(
        f"{folder}: cannot be written ({reason}); choose another --out"
    )
