"""Reading and appending to the registry on disk, hostile files included."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from evidence.errors import RegistryError, UsageError, WorkspaceNotWritableError
from evidence.store import registry as store
from evidence.store.registry import append_document, read_registry_files, store_document

SOUND = """\
# the comment at the top stays
documents:
  - id: moss   # and this one
    file: moss.txt
    title: Moss

# claims follow
claims:
  - id: green
    quote: Moss is green.
"""
STANZA = '  - id: "fern"\n    file: "fern.txt"\n    title: "Fern: a \\"guide\\""\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "moss.txt").write_bytes("Moss is green.\r\nÜber.".encode())
    (tmp_path / "claims.yaml").write_text(SOUND, encoding="utf-8")
    return tmp_path


def read(folder):
    return read_registry_files(folder / "claims.yaml", folder / "documents")


def write(folder, text):
    (folder / "claims.yaml").write_text(text, encoding="utf-8")


def test_values_texts_and_lines_are_read(folder):
    files = read(folder)
    assert files.source["claims"] == [{"id": "green", "quote": "Moss is green."}]
    assert files.texts == {"moss.txt": "Moss is green.\r\nÜber."}
    assert files.unreadable == {}
    assert files.lines == {("documents", 0): 3, ("claims", 0): 9}


def test_words_stay_words(folder):
    write(
        folder,
        "claims:\n  - {a: no, b: 2026-11-24, c: yes, d: true, e: 'true', f: 3, g: 1.5, h: null}",
    )
    assert read(folder).source["claims"][0] == {
        "a": "no",
        "b": "2026-11-24",
        "c": "yes",
        "d": True,
        "e": "true",
        "f": 3,
        "g": 1.5,
        "h": None,
    }


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("claims:\n  - id: [a", "line 2, column 11", "is not YAML"),
        ("claims:\n\t- id: a", "line 2, column 1", "is not YAML"),
        ("claims: a: b", "line 1, column 10", "is not YAML"),
        ("a: 1\nb: 2\na: 3", "line 3, column 1", "the key 'a' stands twice"),
        ("a: &x [1]\nb: *x", "line 1, column 4", "anchors and aliases are not read"),
        ("a: !!python/object/apply:os.system ['true']", "line 1, column 4", "is not read"),
        ("? [a, b]\n: c", "line 1, column 3", "a key that is not text"),
        ("a: " + "[" * 60 + "]" * 60, "line 1, column 24", "is nested too deep"),
        ("a: b\nc: \x07", "line 2, column 4", "does not allow"),
    ],
)
def test_each_fault_of_form_says_line_and_column(folder, text, field, said):
    write(folder, text)
    with pytest.raises(RegistryError) as caught:
        read(folder)
    fault = caught.value.faults[0]
    assert fault.field == field
    assert said in fault.problem
    assert caught.value.exit_code == 11
    assert "Traceback" not in str(caught.value)


def test_several_keys_that_stand_twice_are_said_in_one_run(folder):
    write(folder, "a: 1\na: 2\nb: {c: 1, c: 2}")
    with pytest.raises(RegistryError) as caught:
        read(folder)
    assert len(caught.value.faults) == 2


def test_the_billion_laughs_end_at_the_first(folder):
    rows = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    write(folder, "\n".join(rows))
    with pytest.raises(RegistryError, match="anchors and aliases"):
        read(folder)


@pytest.mark.parametrize("text", ["", "# nothing", "3", "- a", "text"])
def test_a_file_of_another_shape_is_handed_on_for_the_check(folder, text):
    write(folder, text)
    assert read(folder).texts == {}


def test_a_registry_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match=r"no registry at .*lost\.yaml"):
        read_registry_files(tmp_path / "lost.yaml", tmp_path)
    with pytest.raises(UsageError, match="no registry at"):
        read_registry_files(tmp_path, tmp_path)


def test_a_registry_that_is_not_utf8_is_faulty(folder):
    (folder / "claims.yaml").write_bytes(b"claims: \xff")
    with pytest.raises(RegistryError, match="is not UTF-8 text"):
        read(folder)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("lost.txt", "is not in documents/"),
        ("../claims.yaml", "is not the plain name of a file"),
        ("/etc/hostname", "is not the plain name of a file"),
        ("..", "is not the plain name of a file"),
        ("bad.txt", "is not UTF-8 text (byte 4)"),
        ("link.txt", "lies outside the documents folder"),
    ],
)
def test_a_text_that_cannot_be_had_says_why(folder, file, said):
    (folder / "documents" / "bad.txt").write_bytes(b"bad\xff")
    (folder / "secret.txt").write_text("secret")
    (folder / "documents" / "link.txt").symlink_to(folder / "secret.txt")
    write(folder, yaml.safe_dump({"documents": [{"id": "a", "file": file}]}))
    files = read(folder)
    assert files.texts == {}
    assert files.unreadable[file] == said


def test_a_text_that_is_too_large_says_so(folder, monkeypatch):
    monkeypatch.setattr(store, "MAX_BYTES", 200)
    (folder / "documents" / "moss.txt").write_bytes(b"x" * 201)
    assert "at most 200" in read(folder).unreadable["moss.txt"]


def test_appending_keeps_every_other_byte(folder):
    append_document(folder / "claims.yaml", STANZA)
    text = (folder / "claims.yaml").read_text(encoding="utf-8")
    assert text == SOUND.replace("    title: Moss\n", "    title: Moss\n" + STANZA)
    assert read(folder).source["documents"][1] == {
        "id": "fern",
        "file": "fern.txt",
        "title": 'Fern: a "guide"',
    }


@pytest.mark.parametrize(
    "text",
    [
        "document: moss.txt\ntitle: Moss\nclaims: []\n",
        "document: moss.txt\ntitle: Moss",
        "documents:\n- id: moss\n  file: moss.txt\nclaims: []\n",
        "claims: []\ndocuments:\n    - id: moss\n      title: >-\n        Moss\n        and more\n\n# end",
        "documents:\n  - {id: moss, file: moss.txt}",
        "",
    ],
)
def test_a_document_is_appended_to_any_sound_layout(folder, text):
    write(folder, text)
    before = yaml.safe_load(text) or {}
    append_document(folder / "claims.yaml", STANZA)
    after = read(folder).source
    assert after["documents"][:-1] == before.get("documents", [])
    assert after["documents"][-1]["id"] == "fern"
    assert {k: v for k, v in after.items() if k != "documents"} == {
        k: v for k, v in before.items() if k != "documents"
    }


def test_line_ends_of_the_file_are_kept(folder):
    (folder / "claims.yaml").write_bytes(SOUND.replace("\n", "\r\n").encode())
    append_document(folder / "claims.yaml", STANZA)
    data = (folder / "claims.yaml").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")


def test_a_list_in_one_line_is_refused_and_nothing_is_written(folder):
    text = "documents: [{id: moss}]\n"
    write(folder, text)
    with pytest.raises(RegistryError, match="one entry a line"):
        append_document(folder / "claims.yaml", STANZA)
    assert (folder / "claims.yaml").read_text() == text


def test_a_broken_stanza_is_refused_and_nothing_is_written(folder):
    with pytest.raises(RegistryError):
        append_document(folder / "claims.yaml", "  - id: [\n")
    with pytest.raises(RegistryError, match="could not be added"):
        append_document(folder / "claims.yaml", "  - id: a\n  - id: b\n")
    assert (folder / "claims.yaml").read_text() == SOUND
    assert sorted(path.name for path in folder.iterdir()) == ["claims.yaml", "documents"]


def test_a_folder_that_cannot_be_written_is_said_and_leaves_no_half(folder, monkeypatch):
    def refuse(*_args, **_more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store.tempfile, "mkstemp", refuse)
    with pytest.raises(WorkspaceNotWritableError, match="cannot be written: Permission denied"):
        append_document(folder / "claims.yaml", STANZA)
    assert (folder / "claims.yaml").read_text() == SOUND


def test_a_text_is_stored_once_and_never_replaced_by_another(folder):
    path = store_document(folder / "documents", "fern.txt", b"Fern.")
    assert path.read_bytes() == b"Fern."
    assert store_document(folder / "documents", "fern.txt", b"Fern.") == path
    with pytest.raises(UsageError, match="with another text"):
        store_document(folder / "documents", "fern.txt", b"Moss.")
    with pytest.raises(UsageError, match="plain name"):
        store_document(folder / "documents", "../fern.txt", b"Fern.")
    assert Path(folder / "fern.txt").exists() is False
