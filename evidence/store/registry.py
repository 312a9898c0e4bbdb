"""The registry on disk: reads ``claims.yaml`` and the documents, and appends a document to them.

YAML and texts are taken as hostile: only plain values, no aliases, bounded size and depth, no key
twice, no file outside the documents' folder. What the values mean is not known here.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evidence.errors import (
    Fault,
    RegistryError,
    UsageError,
    WorkspaceFullError,
    WorkspaceNotWritableError,
)

MAX_BYTES = 5_000_000
MAX_DEPTH = 20
MAX_KEY_SHOWN = 60

_TRUE_FALSE = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class RegistryFiles:
    """What stands on disk, unchecked."""

    name: str
    source: object
    """The values of the YAML file."""
    texts: Mapping[str, str]
    """Text of each registered document, by file name."""
    unreadable: Mapping[str, str]
    """Why a document's text could not be had, by file name."""
    lines: Mapping[tuple[str, int], int]
    """Line of each entry of a list at the top: ``("claims", 0) -> 57``."""


class _Loader(yaml.SafeLoader):
    """YAML with text, numbers, true and false only: no dates, no ``no`` for false, no aliases."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose one node; refuse what could grow without bound."""
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(event, "anchors and aliases are not read", "the value in full")
        if tag := getattr(event, "tag", None):
            raise _Refused(event, f"the tag {tag} is not read", "plain values")
        if self.depth > MAX_DEPTH:
            raise _Refused(event, "is nested too deep", f"at most {MAX_DEPTH} levels")
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Refused(Exception):
    """YAML that is well-formed and not read."""

    def __init__(self, event: yaml.Event, problem: str, allowed: str) -> None:
        super().__init__(problem)
        mark = event.start_mark
        self.place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        self.allowed = allowed


def _plain_resolvers() -> dict[str, list[tuple[str, Any]]]:
    """Keep those implicit types that nobody is surprised by."""
    kept = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "null")}
    return {
        first: [(tag, pattern) for tag, pattern in pairs if tag in kept]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.yaml_implicit_resolvers = _plain_resolvers()


def read_registry_files(claims: Path, documents: Path) -> RegistryFiles:
    """Read the registry and the text of every document that it names.

    Raises
    ------
    UsageError
        There is no file at ``claims``.
    RegistryError
        The file is not YAML that can be read; with line and column.
    """
    node = _compose(claims.name, _read_text(claims))
    loader = _Loader("")
    source = _values(node, loader) if node is not None else None
    texts: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    for file in _document_files(source):
        try:
            texts[file] = read_document_text(documents, file)
        except UsageError as error:
            unreadable[file] = str(error)
    return RegistryFiles(claims.name, source, texts, unreadable, _lines(node))


def read_document_text(folder: Path, file: str) -> str:
    """Return a document's text, character for character as it is stored.

    Raises
    ------
    UsageError
        The file is not there, not in the folder, too large or not UTF-8.
    """
    if "\x00" in file or Path(file).name != file or file in {"", ".", ".."}:
        raise UsageError("is not the plain name of a file")
    path = folder / file
    try:
        if path.resolve().parent != folder.resolve():
            raise UsageError("lies outside the documents folder")
        return read_text_file(path)
    except FileNotFoundError:
        raise UsageError(f"is not in {folder.name}/") from None


def read_text_file(path: Path) -> str:
    """Return the text of any UTF-8 file of bounded size, line ends kept."""
    try:
        if not path.is_file():
            raise FileNotFoundError(path)
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UsageError(f"has {size} bytes (allowed: at most {MAX_BYTES})")
        data = path.read_bytes()
    except PermissionError:
        raise UsageError("cannot be read: permission denied") from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"is not UTF-8 text (byte {error.start + 1})") from error


def _read_text(claims: Path) -> str:
    try:
        return read_text_file(claims)
    except FileNotFoundError:
        raise UsageError(
            f"no registry at {claims}: give the file with --claims or EVIDENCE_CLAIMS"
        ) from None
    except UsageError as error:
        raise RegistryError(claims.name, [Fault(claims.name, "file", str(error))]) from error


def _compose(name: str, text: str) -> yaml.Node | None:
    """Read YAML into nodes; every fault of its form says line and column."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except _Refused as error:
        raise _fault(name, error.place, str(error), error.allowed) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        raise _fault(name, place, f"is not YAML: {error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"
        raise _fault(
            name, place, f"a character that YAML does not allow: {error.reason}"
        ) from error
    faults: list[Fault] = []
    if node is not None:
        _check_keys(name, node, faults)
    if faults:
        raise RegistryError(name, faults)
    return node


def _fault(name: str, place: str, problem: str, allowed: str | None = None) -> RegistryError:
    return RegistryError(name, [Fault(name, place, problem, allowed)])


def _check_keys(name: str, node: yaml.Node, faults: list[Fault]) -> None:
    """Note every key that is not text or stands twice in one mapping."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_keys(name, item, faults)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[Hashable] = set()
    for key, value in node.value:
        place = f"line {key.start_mark.line + 1}, column {key.start_mark.column + 1}"
        if not isinstance(key, yaml.ScalarNode):
            faults.append(Fault(name, place, "a key that is not text", "a name"))
            continue
        if key.value in seen:
            faults.append(
                Fault(name, place, f"the key '{key.value[:MAX_KEY_SHOWN]}' stands twice", "once")
            )
        seen.add(key.value)
        _check_keys(name, value, faults)


def _values(node: yaml.Node, loader: _Loader) -> object:
    """Return the plain values of a node."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _values(value, loader) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_values(item, loader) for item in node.value]
    if node.tag == "tag:yaml.org,2002:str":
        is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return _TRUE_FALSE.get(node.value, node.value) if is_plain else node.value
    try:
        value: object = loader.construct_object(node, deep=True)
    except (ValueError, OverflowError):
        return str(node.value)
    return value


def _document_files(source: object) -> list[str]:
    """Return the file names that a registry gives, whatever else is wrong with it."""
    if not isinstance(source, Mapping):
        return []
    listed = source.get("documents")
    entries = listed if isinstance(listed, list) else []
    names = [source.get("document")]
    names += [entry.get("file") for entry in entries if isinstance(entry, Mapping)]
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def _lines(node: yaml.Node | None) -> dict[tuple[str, int], int]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {
        (key.value, number): item.start_mark.line + 1
        for key, value in node.value
        if isinstance(value, yaml.SequenceNode)
        for number, item in enumerate(value.value)
    }


def append_document(claims: Path, stanza: str) -> None:
    """Put a document's stanza at the end of the ``documents`` list; all else stays as it is.

    The new text is read back before it replaces the old: it must hold what the old one held and
    one document more. It is written beside and renamed, so that a reader never sees a half.

    Parameters
    ----------
    claims
        The registry.
    stanza
        One entry of the list, indented by two spaces, with its final line break.
    """
    text = _read_text(claims)
    node = _compose(claims.name, text)
    new = _with_stanza(claims.name, text, node, stanza)
    old_source = _values(node, _Loader("")) if node is not None else {}
    new_node = _compose(claims.name, new)
    new_source = _values(new_node, _Loader("")) if new_node is not None else {}
    if not _is_one_more(old_source, new_source):
        raise _fault(claims.name, "documents", "the entry could not be added", "add it by hand")
    _replace(claims, new)


def _with_stanza(name: str, text: str, node: yaml.Node | None, stanza: str) -> str:
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise _fault(name, "file", "is not a mapping", "a mapping with documents and claims")
    ends = "\r\n" if "\r\n" in text else "\n"
    body = stanza.replace("\n", ends)
    for key, value in node.value if node is not None else ():
        if key.value != "documents":
            continue
        if not isinstance(value, yaml.SequenceNode) or value.flow_style:
            raise _fault(name, "documents", "is not a list with one entry a line", "- id: …")
        lines = text.splitlines(keepends=True)
        at = _last_line(value) + 1
        before = "".join(lines[:at])
        if before and not before.endswith(("\n", "\r")):
            before += ends
        indent = value.value[0].start_mark.column - 2 if value.value else 2
        return before + _indented(body, max(indent, 0)) + "".join(lines[at:])
    start = text if not text or text.endswith(("\n", "\r")) else text + ends
    return f"{start}{ends}documents:{ends}{body}"


def _indented(stanza: str, indent: int) -> str:
    lines = stanza.splitlines(keepends=True)
    return "".join(" " * indent + line.removeprefix("  ") for line in lines)


def _last_line(node: yaml.Node) -> int:
    """Return the last line of a block; its end mark stands after the comments that follow."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return max(_last_line(value) for _, value in node.value)
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return max(_last_line(item) for item in node.value)
    is_block_text = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    return int(node.end_mark.line) - (1 if is_block_text else 0)


def _is_one_more(old: object, new: object) -> bool:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return False
    before, after = old.get("documents") or [], new.get("documents")
    same = {k: v for k, v in old.items() if k != "documents"} == {
        k: v for k, v in new.items() if k != "documents"
    }
    return same and isinstance(after, list) and after[:-1] == before


def _replace(path: Path, text: str) -> None:
    """Write a file beside the old one and rename it over."""
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777)
        Path(temporary).replace(path)
        temporary = None
    except PermissionError as error:
        raise WorkspaceNotWritableError(f"{path} cannot be written: {error.strerror}") from error
    except OSError as error:
        kind = WorkspaceFullError if error.errno == 28 else WorkspaceNotWritableError
        raise kind(f"{path} cannot be written: {error.strerror}") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def store_document(documents: Path, file: str, data: bytes) -> Path:
    """Keep a document's bytes under a name of its own; an other text of that name is refused."""
    if Path(file).name != file or file in {"", ".", ".."}:
        raise UsageError(f"'{file}' is not the plain name of a file")
    path = documents / file
    if path.exists():
        if path.read_bytes() != data:
            raise UsageError(f"{file} is already in {documents.name}/ with another text")
        return path
    try:
        documents.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise WorkspaceNotWritableError(f"{path} cannot be written: {error.strerror}") from error
    _replace(path, data.decode("utf-8"))
    return path
