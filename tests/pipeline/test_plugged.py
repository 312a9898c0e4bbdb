"""Plugged readers in a build: whose values stand where, what is kept, what the register says."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from evidence.appraisal.panel import Panel, PluggedReader, Tally
from evidence.appraisal.plug import Proposal
from evidence.pipeline.fetched import NOTHING_FETCHED
from evidence.pipeline.machine_read import READER_VERSION, read_studies
from evidence.pipeline.plugged import with_readers
from evidence.store.readings import KeptReadings
from evidence.tables import check_table, conform

FALL = "At six weeks back pain fell more with warm packs."
ABSTRACT = f"We randomly assigned 80 bakers to warm or sham packs. {FALL}"


class Invented:
    name = "invented"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.n_asked = 0

    def read(self, *_: object) -> list[Proposal]:
        self.n_asked += 1
        if self.error is not None:
            raise self.error
        return [
            Proposal("direction", "decreased", 0.999, FALL),
            Proposal("n_participants", 81, 0.99, FALL),
        ]


@pytest.fixture
def records():
    row = {"record_id": "pmid:1", "pmid": "1", "title": "Warm packs", "abstract": ABSTRACT}
    return replace(NOTHING_FETCHED, table=conform("records", [row]))


def tally_of(reader: Invented) -> Tally:
    return Tally(Panel((PluggedReader("invented", "7", reader),)))


def test_a_result_says_which_reader_it_is_of_and_the_register_how_it_was_borne_out(inputs, records):
    tally = tally_of(Invented())
    (study,), (result,), _ = read_studies(records, inputs.registry, None, tally)
    assert result["extractor_version"] == f"{READER_VERSION} + invented 7"
    assert result["exact_sentence"] == FALL
    assert result["origin"] == "machine-read"
    assert study["n_randomized"] == 80
    register = with_readers(conform("automation_register", pd.DataFrame()), tally)
    check_table("automation_register", register, "register")
    (row,) = register.to_dict("records")
    assert (row["component"], row["version"]) == ("plugged reader: invented", "7")
    assert (row["value"], row["n_gold"]) == (0.5, 2)  # one of two values stood in the abstract


def test_an_abstract_is_asked_once_and_again_where_the_reader_failed(inputs, records, tmp_path):
    reader = Invented(ConnectionError("no answer"))
    kept = KeptReadings(tmp_path, "v")
    tally = tally_of(reader)
    (_,), (result,), _ = read_studies(records, inputs.registry, kept, tally)
    assert result["extractor_version"] == READER_VERSION
    assert "failed on 1 of 1 abstracts" in tally.warnings()[0]
    reader.error = None
    for _ in range(2):
        tally = tally_of(reader)
        read_studies(records, inputs.registry, kept, tally)
        assert tally.rows()[0]["kept"] == 1  # counted alike, read anew or kept
    assert reader.n_asked == 2


def test_without_readers_the_register_is_what_was_measured(inputs):
    assert with_readers(inputs.automation, Tally(inputs.readers)) is inputs.automation
