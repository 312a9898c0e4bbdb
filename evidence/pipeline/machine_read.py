"""Records that nobody has curated, read by machine: studies and results that are counted only.

A value that the reader abstains from is left out. A direction read from an abstract is *in words*:
it is counted, and never pooled until a person confirms a number (docs/method.md, sections 5 and 6).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from evidence.appraisal.panel import Tally
from evidence.appraisal.reading import Reading
from evidence.appraisal.sentences import Passage, split_passage
from evidence.claims.registry import Code, Registry
from evidence.pipeline.abstract_signals import is_trial, signal_rows
from evidence.pipeline.fetched import Records
from evidence.pipeline.kept_readings import read_once
from evidence.store.readings import KeptReadings
from evidence.tables import row_dicts
from evidence.vocabulary import (
    Design,
    Favours,
    HigherIs,
    OutcomeDomain,
    ReportedTest,
    RiskOfBias,
    Species,
    TimeWindow,
    ValueOrigin,
    ValueStatus,
)

__all__ = ["READER_VERSION", "n_processes", "read_studies", "reader_item", "with_machine_read"]

READER_VERSION = "4"
MANY = 400
"""From so many abstracts on, several processes read them."""
_FAVOURED = {
    Favours.INTERVENTION: ReportedTest.FAVOURS_INTERVENTION,
    Favours.COMPARATOR: ReportedTest.FAVOURS_COMPARATOR,
    Favours.NEITHER: ReportedTest.NO_CLEAR_DIFFERENCE,
}


class ReadRecords(NamedTuple):
    """What was read of the records that nobody has curated."""

    studies: list[dict[str, Any]]
    """Rows of ``studies``."""
    results: list[dict[str, Any]]
    """Working results."""
    signals: list[dict[str, Any]]
    """Rows of ``risk_of_bias``."""


def read_studies(
    records: Records,
    registry: Registry,
    kept: KeptReadings | None = None,
    tally: Tally | None = None,
) -> ReadRecords:
    """Return what is read of every record that no curated row is of.

    Parameters
    ----------
    kept
        Readings of earlier builds; what is new is added to them.
    tally
        The readers that this installation adds, asked here too, and what became of their answers.
    """
    tally = tally or Tally()
    curated = set(records.pmid_of.values())
    rows = [
        row for row in row_dicts(records.table) if row["pmid"] not in curated and row["abstract"]
    ]
    if not rows:
        return ReadRecords([], [], [])
    items = [reader_item(row) for row in rows]
    words = _Words(registry.codes)
    asked = {code for claim in registry.claims for code in claim.match.interventions.direct}
    found = ReadRecords([], [], [])
    readings = tally.each(read_once(items, kept, processes=_processes, panel=tally.panel))
    for row, reading in zip(rows, readings, strict=True):
        text = f"{row['title'] or ''}\n{row['abstract']}".lower()
        study = _study(row, reading, words.found("conditions", text))
        found.studies.append(study)
        interventions = words.found("interventions", text)
        found.results.append(_result(study, reading, interventions, row["abstract"]))
        if not is_trial(study):
            continue
        passage = split_passage(row["title"] or "", row["abstract"])
        if asked.intersection(interventions):
            found_items = words.first_sentences("reporting", passage)
            study.update(_reporting(found_items, registry.codes.get("reporting", {})))
        found.signals.extend(signal_rows(study, reading, passage, READER_VERSION))
    return found


def reader_item(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the reader takes of a record."""
    return {
        "pmid": row["pmid"],
        "title": row["title"],
        "abstract": row["abstract"],
        "publication_types": row["publication_types"] or (),
        "mesh": row["mesh_terms"] or (),
    }


def n_processes() -> int:
    """Return how many processes read many abstracts."""
    return min(os.cpu_count() or 1, 8)


def _processes(n: int) -> int:
    """Return how many processes read so many abstracts."""
    return n_processes() if n >= MANY else 1


class _Words:
    """The registry's words, by which a text's codes are found; the longest word wins."""

    def __init__(self, codes: Mapping[str, Mapping[str, Code]]) -> None:
        self._patterns = {kind: _pattern(of_kind.values()) for kind, of_kind in codes.items()}

    def found(self, kind: str, text: str) -> list[str]:
        """Return the codes whose words stand in the title, else in the text, in their order."""
        if kind not in self._patterns:
            return []
        pattern, by_word = self._patterns[kind]
        title = text.split("\n", 1)[0]
        for part in (title, text):
            codes = dict.fromkeys(by_word[match.group()] for match in pattern.finditer(part))
            if codes:
                return list(codes)
        return []

    def first_sentences(self, kind: str, passage: Passage) -> dict[str, str]:
        """Return the first sentence of each code whose words stand in a passage."""
        pattern, by_word = self._patterns[kind]
        first: dict[str, str] = {}
        for sentence in passage.sentences:
            for match in pattern.finditer(sentence.lower):
                first.setdefault(by_word[match.group()], sentence.text)
        return first


def _pattern(codes: Iterable[Code]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return a pattern of all words of some codes, and the code of each word."""
    by_word = {word.lower(): code.code for code in codes for word in code.words}
    words = sorted(by_word, key=len, reverse=True)
    alternatives = "|".join(re.escape(word) for word in words) or r"(?!)"
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)"), by_word


def _study(row: Mapping[str, Any], reading: Reading, conditions: Sequence[str]) -> dict[str, Any]:
    """Return one record as a row of ``studies``."""
    people = _kept(reading.n_participants)
    year = str(row["pub_date"] or "")[:4]
    authors = row["authors"] or row["collective_authors"] or []
    first = authors[0].rsplit(" ", 1)[0] if row["authors"] else (authors[0] if authors else None)
    design = _kept(reading.design)
    return {
        "study_id": f"pmid-{row['pmid']}",
        "record_ids": [row["record_id"]],
        "registry_id": (row["registry_ids"] or [None])[0],
        "design": design,
        "design_source": str(ValueOrigin.MACHINE_READ),
        "n_randomized": people,
        "n_analyzed_status": str(ValueStatus.NOT_REPORTED),
        "population": _kept(reading.population),
        "pain_duration_class": reading.stage,
        "sessions": reading.dose.sessions,
        "weeks": reading.dose.weeks,
        "full_text_read": False,
        "pmid": row["pmid"],
        "doi": row["doi"],
        "pmcid": row["pmcid"],
        "title": row["title"],
        "first_author": first,
        "year": int(year) if year.isdigit() else None,
        "journal": row["journal"],
        "url": f"https://pubmed.ncbi.nlm.nih.gov/{row['pmid']}/",
        "label": f"{first or row['pmid']} {year}".strip(),
        "population_codes": list(conditions) or None,
        "risk_of_bias": str(RiskOfBias.NOT_ASSESSED),
        "retraction_status": row["retraction_status"],
        "study_flags": list(reading.flags) or None,
    }


def _reporting(found: Mapping[str, str], known: Mapping[str, Code]) -> dict[str, Any]:
    """Return which items of the checklist of reporting an abstract names, and how many."""
    if not known:
        return {}
    items = [f"{code} {known[code].label}: {found[code]}" for code in known if code in found]
    return {"reporting_items": items or None, "stricta_reported_of_17": len(items)}


def _kept(value: Any) -> Any:  # noqa: ANN401 - a reading of any kind
    """Return a reading's value, None where the reader abstains."""
    return None if value.abstained else value.value


def _result(
    study: Mapping[str, Any], reading: Reading, interventions: Sequence[str], abstract: str
) -> dict[str, Any]:
    """Return what an abstract says of its outcome, as one working result."""
    outcome = next((o for o in reading.outcomes if o.is_primary), None) or next(
        iter(reading.outcomes), None
    )
    favours = _kept(reading.favours)
    test = _FAVOURED.get(Favours(favours)) if favours is not None else None
    sentence = reading.direction.sentence
    start = abstract.find(sentence) if sentence else -1
    is_animal = study["design"] in (str(Design.ANIMAL), str(Design.IN_VITRO))
    return {
        "result_id": f"{study['study_id']}-01",
        "study_id": study["study_id"],
        "intervention": None,
        "intervention_code": interventions[0] if interventions else None,
        "intervention_is_sham": False,
        "intervention_sessions": reading.dose.sessions,
        "comparator_class": _kept(reading.comparator_class),
        "comparator": None,
        "sham_kind": None if reading.sham_kind is None else str(reading.sham_kind),
        "outcome_domain": str(outcome.domain if outcome else OutcomeDomain.OTHER),
        "outcome": outcome.text if outcome else None,
        "scale": outcome.scale if outcome else None,
        "higher_is": str(outcome.higher_is if outcome else HigherIs.NOT_APPLICABLE),
        "time_window": str(TimeWindow.UNKNOWN),
        "is_window_approximate": True,
        "measure": "OTHER",
        "reported_test": None if test is None else str(test),
        "population_codes": study["population_codes"],
        "pain_duration_class": study["pain_duration_class"],
        "species": str(Species.ANIMAL if is_animal else Species.HUMAN),
        "n_participants": study["n_randomized"],
        "estimate_status": str(ValueStatus.NOT_REPORTED),
        "origin": str(ValueOrigin.MACHINE_READ),
        "source_note": "read by machine from the abstract",
        "source_url": study["url"],
        "exact_sentence": sentence,
        "char_start": start if start >= 0 else None,
        "char_end": start + len(sentence) if sentence and start >= 0 else None,
        "extracted_by": "reader",
        "extractor_version": _version(reading),
        "risk_of_bias": str(RiskOfBias.NOT_ASSESSED),
        "design": study["design"],
        "year": study["year"],
        "label": study["label"],
        "retraction_status": study["retraction_status"],
    }


def _version(reading: Reading) -> str:
    """Return the version of what read a result: of the built-in reader, and of others beside it."""
    said = (reading.direction, reading.favours, reading.comparator_class, reading.n_participants)
    others = {value.reader: None for value in said if value.reader is not None}
    return " + ".join([READER_VERSION, *others])


def with_machine_read(working: pd.DataFrame, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the working table of results with machine-read rows at its end."""
    if not rows:
        return working
    more = pd.DataFrame([dict(row) for row in rows], dtype="object")
    return pd.concat([working.astype("object"), more], ignore_index=True)
