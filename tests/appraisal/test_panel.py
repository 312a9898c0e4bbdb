"""Readers that an installation adds: found, asked, held against the text, named where they fail."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field

import pytest

from evidence.appraisal.panel import NO_READERS, Panel, PluggedReader, Tally, load_readers
from evidence.appraisal.plug import Proposal
from evidence.appraisal.reader import read_many
from evidence.cli.app import run
from evidence.settings import CHECKOUT

TITLE = "Warm packs for the backs of bakers"
ABSTRACT = (
    "We randomly assigned people to warm or sham packs. There were 80 bakers in all. "
    "At six weeks pain fell by 12 points (8 to 16)."
)
ITEM = {"pmid": "1", "title": TITLE, "abstract": ABSTRACT, "outcome": "pain"}


@dataclass
class Invented:
    """A reader that says what it is told to, or fails."""

    said: list[Proposal] = field(default_factory=list)
    error: Exception | None = None
    name: str = "invented"

    def read(self, *_):
        if self.error is not None:
            raise self.error
        return self.said


def panel_of(*readers):
    return Panel(tuple(PluggedReader(f"r{k}", "1", r) for k, r in enumerate(readers)))


def read(*readers, items=(ITEM,)):
    return list(read_many(items, panel=panel_of(*readers)))


FALL = "At six weeks pain fell by 12 points (8 to 16)."


def test_a_surer_value_takes_the_place_and_says_who_read_it():
    (alone,) = read_many([ITEM])
    (found,) = read(Invented([Proposal("direction", "decreased", 0.999, FALL)]))
    assert found.direction.to_dict() == {
        "value": "decreased",
        "confidence": 0.999,
        "abstained": False,
        "sentence": FALL,
        "reader": "r0 1",
    }
    assert found.favours.value == "intervention"  # less pain is better
    assert found.favours.reader == "r0 1"
    assert found.design == alone.design


def test_a_less_sure_value_leaves_the_built_in_one():
    (alone,) = read_many([ITEM])
    assert not alone.is_rct.abstained
    (found,) = read(Invented([Proposal("is_rct", False, 0.01, TITLE)]))
    assert found.is_rct == alone.is_rct
    assert found.plugged[0].kept == 1


def test_a_value_under_the_threshold_is_held_back():
    items = [{"title": "A letter", "abstract": "We met some 80 bakers there."}]
    proposal = Proposal("direction", "increased", 0.05, "We met some 80 bakers there.")
    (alone,) = read_many(items)
    assert alone.direction.abstained
    (found,) = read(Invented([proposal]), items=items)
    assert found.direction.abstained


def test_what_the_text_does_not_bear_out_is_counted_and_said():
    tally = Tally(panel_of(Invented([Proposal("n_participants", 81, 0.99, FALL)])))
    (alone,) = read_many([ITEM])
    (found,) = tally.each(read_many([ITEM], panel=tally.panel))
    assert found.n_participants == alone.n_participants
    assert found.to_dict()["readers"] == [
        {
            "reader": "r0 1",
            "kept": 0,
            "refused": ["n_participants: the number 81 does not stand in the sentence"],
            "failure": None,
        }
    ]
    assert tally.warnings() == [
        "reader r0 1: 1 of 1 values refused, since the text does not bear them out; "
        "1 times n_participants: the number 81 does not stand in the sentence"
    ]


@pytest.mark.parametrize(
    ("reader", "error"),
    [
        (Invented(error=ConnectionError("no answer")), "ConnectionError: no answer"),
        (Invented(said=None), "TypeError: 'NoneType' object is not iterable"),
        (Invented(said=["text"]), "AttributeError: 'str' object has no attribute 'confidence'"),
    ],
)
def test_a_reader_that_fails_is_named_and_the_built_in_reading_stands(reader, error):
    tally = Tally(panel_of(reader, Invented([Proposal("direction", "decreased", 0.999, FALL)])))
    (found,) = tally.each(read_many([ITEM], panel=tally.panel))
    assert found.direction.reader == "r1 1"
    assert tally.rows()[0] | {"name": None} == {
        "name": None,
        "version": "1",
        "asked": 1,
        "kept": 0,
        "refused": 0,
        "failed": 1,
    }
    assert tally.warnings() == [
        f"reader r0 1 failed on 1 of 1 abstracts, which the built-in reader read alone: {error}"
    ]


def test_readings_keep_their_order_when_many_are_asked_at_once():
    items = [{**ITEM, "pmid": str(number)} for number in range(60)]
    reader = Invented([Proposal("direction", "decreased", 0.999, FALL)])
    reader.at_once = 8
    found = read(reader, items=items)
    assert [reading.id for reading in found] == [item["pmid"] for item in items]
    assert len({repr(reading.direction) for reading in found}) == 1


def test_without_readers_a_reading_has_no_word_of_them():
    (found,) = read_many([ITEM], panel=NO_READERS)
    assert "readers" not in found.to_dict()
    assert "reader" not in found.direction.to_dict()


# --- the example of docs/extending.md, installed ----------------------------------------------


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install the example as a package brings it, beside a reader that cannot be loaded."""
    page = (CHECKOUT / "docs" / "extending.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    declared = re.search(r"```toml\n(.*?)```", page, re.DOTALL)[1].splitlines()
    group, line = declared[0].split('"')[1], declared[1].replace('"', "")
    (tmp_path / "baker_reader.py").write_text(code, encoding="utf-8")
    about = tmp_path / "baker_reader-3.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: baker-reader\nVersion: 3.0\n")
    (about / "entry_points.txt").write_text(
        f"[{group}]\n{line}\nbroken = no_such_module:Reader\nodd = baker_reader:re\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("baker_reader", None)


@pytest.mark.usefixtures("installed")
def test_installed_readers_are_found_and_one_that_does_not_load_is_named():
    found = load_readers()
    assert found.labels == ("bakers 1.2",)
    assert [fault.split(" is not used: ")[0] for fault in found.faults] == [
        "reader broken (no_such_module:Reader)",
        "reader odd (baker_reader:re)",
    ]
    assert "ModuleNotFoundError" in found.faults[0]


@pytest.mark.usefixtures("installed")
def test_the_command_asks_the_example_of_the_docs(tmp_path, capsys):
    lines, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines.write_text(json.dumps(ITEM) + "\n", encoding="utf-8")
    assert run(["read", str(lines), "--out", str(out), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["readers"] == [
        {"name": "bakers", "version": "1.2", "asked": 1, "kept": 2, "refused": 0, "failed": 0}
    ]
    assert "reader broken" in said.err
    reading = json.loads(out.read_text(encoding="utf-8"))
    assert reading["n_participants"]["value"] == 80
    assert reading["effects"][-1]["reader"] == "bakers 1.2"
    assert (reading["effects"][-1]["estimate"], reading["effects"][-1]["ci_high"]) == (12, 16)
