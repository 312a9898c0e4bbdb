"""Readings as text and back, and abstracts that are read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.appraisal.reader import read_item
from evidence.pipeline import kept_readings
from evidence.pipeline.kept_readings import read_once, reading_from, reading_text
from evidence.store.readings import KeptReadings

TEXTS = (
    "BACKGROUND: Bakers with a sore back ask for warmth. METHODS: We randomly assigned 80 bakers to "
    "warm packs (n = 40) or sham packs (n = 40) for 6 weeks. RESULTS: Pain (VAS) was lower with warm "
    "packs (mean difference -12, 95% CI -18 to -6; P < 0.001). Bruising occurred in two bakers.",
    "We followed 1,200 clerks for ten years. Back ache was reported by 31%.",
    "",
)
ITEMS = [
    {"pmid": str(number), "title": f"Study {number}", "abstract": text, "mesh": ["Back"]}
    for number, text in enumerate(TEXTS)
]


def one(_: int) -> int:
    return 1


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["title"])
def test_a_reading_comes_back_from_its_text_as_it_was(item):
    reading = read_item(item, "balanced")
    again = reading_from(reading_text(reading))
    assert again == reading
    assert repr(again) == repr(reading)  # of the same types too


@pytest.mark.parametrize("text", ["", "[]", "{}", '["1"]', "null", "[1, 2"])
def test_a_text_that_holds_no_reading_says_so(text):
    with pytest.raises(ValueError, match=r".+"):
        reading_from(text)


def test_what_is_kept_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    real = kept_readings.read_many

    def counting(items, **more):
        asked.append(len(items))
        return real(items, **more)

    monkeypatch.setattr(kept_readings, "read_many", counting)
    kept = KeptReadings(tmp_path, "v1")
    first = list(read_once(ITEMS[:2], kept, processes=one))
    kept.save()
    again = list(read_once(ITEMS, KeptReadings(tmp_path, "v1"), processes=one))
    assert asked == [2, 1]
    assert again[:2] == first
    assert again == list(read_once(ITEMS, None, processes=one))


def test_an_abstract_that_changed_is_read_again(tmp_path: Path):
    kept = KeptReadings(tmp_path, "v1")
    list(read_once(ITEMS[:1], kept, processes=one))
    changed = {**ITEMS[0], "abstract": TEXTS[0].replace("80 bakers", "90 bakers")}
    (reading,) = read_once([changed], kept, processes=one)
    assert "90 bakers" in reading.n_participants.sentence


def test_a_kept_text_that_is_no_reading_is_read_again(tmp_path: Path):
    kept = KeptReadings(tmp_path, "v1")
    (first,) = read_once(ITEMS[:1], kept, processes=one)
    (key,) = kept._new
    kept.put(key, "[]")
    assert list(read_once(ITEMS[:1], kept, processes=one)) == [first]
