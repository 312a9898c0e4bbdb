"""Puts the reading of one abstract together: the public ``read_abstract`` and ``read_many``.

It only asks the other modules in order and applies the operating point. Weights come from
``evidence.store.models``.
"""

from __future__ import annotations

import copyreg
import gc
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from itertools import chain, islice, tee
from operator import attrgetter
from typing import Any

from evidence.appraisal.arms import Arm, find_arms
from evidence.appraisal.bias import BiasSignal, find_bias_signals
from evidence.appraisal.comparator import ComparatorModel, ComparatorReading, read_comparator
from evidence.appraisal.comparison import value_of
from evidence.appraisal.design import (
    DesignReading,
    confidence_of_rule,
    design_features,
    find_flags,
    read_design,
)
from evidence.appraisal.direction import (
    DirectionModels,
    DirectionReading,
    Question,
    make_question,
    read_direction,
)
from evidence.appraisal.dose import Dose, find_dose
from evidence.appraisal.endpoint import endpoint_features, states_endpoint
from evidence.appraisal.linear import LinearModel
from evidence.appraisal.outcomes import (
    OutcomeMention,
    classify_outcome,
    find_outcomes,
    find_people,
    primary_outcome,
)
from evidence.appraisal.panel import NO_READERS, Panel, ask_along, put_beside
from evidence.appraisal.plug import Proposal, ProposedEffect
from evidence.appraisal.population import PeopleCount, count_people
from evidence.appraisal.printed_effects import read_effects
from evidence.appraisal.reading import ReadArm, ReadEffect, Reading, ReadValue
from evidence.appraisal.sentences import Passage, split_passage
from evidence.appraisal.terms import content_stems
from evidence.appraisal.words import WordModel
from evidence.store.models import read_models
from evidence.store.orphans import end_with
from evidence.vocabulary import (
    Design,
    Favours,
    HigherIs,
    OperatingPoint,
    PrimaryEndpoint,
    ReadDirection,
)

TOGETHER = 32
"""Abstracts that are read step by step together; more would not stay in the processor's cache."""
CHUNK = 64
FEW = 192
"""Up to so many abstracts are read sooner than further processes are started."""
AHEAD = 4
"""Chunks a process that are handed out before the first is asked back: input is never read whole."""


@dataclass(frozen=True, slots=True)
class ReaderModels:
    """Every model that a reading needs, and the thresholds of each operating point."""

    randomized: WordModel
    randomized_cut: float
    participants: LinearModel
    direction: DirectionModels
    endpoint: LinearModel
    comparator: ComparatorModel
    rules: Mapping[str, Mapping[str, float]]
    thresholds: Mapping[str, Mapping[str, float]]


@lru_cache(maxsize=1)
def default_models() -> ReaderModels:
    """Return the models of ``data/models``, read once."""
    return build_models(read_models())


def build_models(figures: Mapping[str, Mapping[str, Any]]) -> ReaderModels:
    """Return the models that the figures describe."""
    return ReaderModels(
        WordModel.from_model(LinearModel.from_figures(figures["randomized"])),
        float(figures["randomized"]["cut"]),
        LinearModel.from_figures(figures["participants"]),
        DirectionModels(
            LinearModel.from_figures(figures["direction_sentence"]),
            LinearModel.from_figures(figures["direction_difference"]),
            figures["direction_sign"]["weights"],
            LinearModel.from_figures(figures["direction_confidence"]),
        ),
        LinearModel.from_figures(figures["endpoint"]),
        ComparatorModel.from_figures(figures["comparator"]),
        figures["rules"]["measured"],
        figures["thresholds"]["thresholds"],
    )


def read_abstract(
    title: str,
    abstract: str,
    *,
    intervention: str | None = None,
    comparator: str | None = None,
    outcome: str | None = None,
    publication_types: Sequence[str] = (),
    mesh: Sequence[str] = (),
    operating_point: OperatingPoint | str = OperatingPoint.BALANCED,
    conditions: Mapping[str, Sequence[str]] | None = None,
    record_id: str | None = None,
    models: ReaderModels | None = None,
) -> Reading:
    """Return what an abstract says, each value with its sentence and calibrated confidence.

    Parameters
    ----------
    intervention, comparator, outcome
        Words of the question. Without an outcome the primary one is read.
    conditions
        Registry code to the words that stand for a condition.
    """
    request = _Request(
        title or "",
        abstract or "",
        intervention,
        comparator,
        outcome,
        publication_types,
        mesh,
        OperatingPoint(operating_point),
        conditions,
        record_id,
    )
    return _read_together([request], models or default_models())[0]


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be read, and what is asked of it."""

    title: str
    abstract: str
    intervention: str | None
    comparator: str | None
    outcome: str | None
    publication_types: Sequence[str]
    mesh: Sequence[str]
    point: OperatingPoint
    conditions: Mapping[str, Sequence[str]] | None
    record_id: str | None


def _read_together(requests: Sequence[_Request], models: ReaderModels) -> list[Reading]:
    """Return readings in the order asked; all abstracts take each step together.

    The patterns and tables of one step then stay in the processor's cache, which one step for
    many abstracts after another fits in, and all steps for one abstract do not. What no question
    changes is read once of an abstract that is asked several.
    """
    walks = [
        (places, _steps([requests[place] for place in places], models))
        for places in _by_abstract(requests)
    ]
    readings: dict[int, Reading] = {}
    while len(readings) < len(requests):
        for places, walk in walks:
            try:
                next(walk)
            except StopIteration as end:
                readings.update(zip(places, end.value, strict=True))
    return [readings[place] for place in range(len(requests))]


def _by_abstract(requests: Sequence[_Request]) -> Iterable[list[int]]:
    """Return the places of requests that differ in nothing but their question."""
    found: dict[tuple[object, ...], list[int]] = {}
    for place, request in enumerate(requests):
        types, mesh = tuple(request.publication_types), tuple(request.mesh)
        told = (request.title, request.abstract, types, mesh)
        found.setdefault((*told, request.point, id(request.conditions)), []).append(place)
    return found.values()


def _steps(
    requests: Sequence[_Request], models: ReaderModels
) -> Generator[None, None, list[Reading]]:
    """Read one abstract for each of its questions; every abstract has equally many steps."""
    record = requests[0]
    passage = split_passage(record.title, record.abstract)
    primary = primary_outcome(passage)
    make = _Maker(passage, models, record.point, primary)
    yield
    design, is_rct, chance = yield from _design_steps(record, make)
    yield
    people = count_people(passage, models.participants)
    yield
    who, dose = find_people(passage, record.conditions), find_dose(passage)
    outcomes = tuple(find_outcomes(passage, primary))
    yield
    answers = yield from _answer_steps(requests, make)
    endpoint = make.endpoint()
    yield
    arms = find_arms(passage, people.value)
    effects = read_effects(passage, arms)
    yield
    told = partial(
        Reading,
        design=make.design(design),
        is_rct=make.is_rct(is_rct, chance, design),
        n_participants=make.people(people),
        population=make.value("population", who.text, 0.8 if who.text else 0.0, who.sentence),
        primary_endpoint=endpoint,
        arms=arms,
        effects=effects,
        flags=find_flags(passage),
        condition=who.code,
        stage=who.stage,
        dose=dose,
        outcomes=outcomes,
        bias_signals=find_bias_signals(passage),
    )
    return [told(**answer) for answer in answers]


def _answer_steps(
    requests: Sequence[_Request], make: _Maker
) -> Generator[None, None, list[dict[str, Any]]]:
    """Return what depends on a question, of each: comparator, direction, whom it favours."""
    passage, models = make.passage, make.models
    compared = [
        read_comparator(passage, request.intervention, request.comparator, models.comparator)
        for request in requests
    ]
    yield
    questions = [_question_of(request, make) for request in requests]
    yield
    directions = [read_direction(passage, asked, models.direction) for _, asked in questions]
    return [
        {
            "id": request.record_id,
            "comparator_class": make.comparator(against),
            "sham_kind": against.sham_kind,
            "direction": make.direction(direction),
            "favours": make.favours(direction, outcome),
        }
        for request, against, (outcome, _), direction in zip(
            requests, compared, questions, directions, strict=True
        )
    ]


def _question_of(request: _Request, make: _Maker) -> tuple[str, Question]:
    """Return the outcome that is asked of, the primary one where none is, and the question."""
    passage, primary = make.passage, make.primary
    asked = request.outcome or (primary[0] if primary is not None else passage.title_lower)
    return asked, make_question(passage, request.intervention, request.comparator, asked)


def _design_steps(
    request: _Request, make: _Maker
) -> Generator[None, None, tuple[DesignReading, bool, float]]:
    """Return the design, whether lots were drawn, and the chance of that."""
    model = make.models.randomized
    chance = model.probability(design_features(make.passage, model))
    yield
    is_typed = "Randomized Controlled Trial" in request.publication_types
    is_rct = is_typed or chance >= make.models.randomized_cut
    design = read_design(make.passage, is_rct, request.publication_types, request.mesh)
    return design, is_rct, max(chance, 0.99) if is_typed else chance


@dataclass(frozen=True, slots=True)
class _Maker:
    """Turns what the modules found into values of one operating point."""

    passage: Passage
    models: ReaderModels
    point: OperatingPoint
    primary: tuple[str, int] | None

    def value(
        self, name: str, value: str | int | bool | None, confidence: float, sentence: int | None
    ) -> ReadValue:
        cut = self.models.thresholds.get(name, {}).get(self.point.value, 0.5)
        text = self.passage.sentences[sentence].text if sentence is not None else None
        return ReadValue(value, confidence, value is None or confidence < cut, text or None)

    def design(self, found: DesignReading) -> ReadValue:
        confidence = confidence_of_rule(found.rule, self.models.rules["design"])
        return self.value("design", found.design.value, confidence, found.sentence)

    def is_rct(self, is_rct: bool, chance: float, design: DesignReading) -> ReadValue:
        confidence = chance if is_rct else round(1.0 - chance, 3)
        sentence = design.sentence if design.design is Design.RANDOMIZED_TRIAL else None
        return self.value("is_rct", is_rct, confidence, sentence)

    def people(self, found: PeopleCount) -> ReadValue:
        return self.value("n_participants", found.value, found.confidence, found.sentence)

    def comparator(self, found: ComparatorReading) -> ReadValue:
        return self.value("comparator_class", found.value.value, found.confidence, found.sentence)

    def direction(self, found: DirectionReading) -> ReadValue:
        return self.value("direction", found.value.value, found.confidence, found.sentence)

    def favours(self, found: DirectionReading, asked: str) -> ReadValue:
        side = _side(found.value, asked)
        confidence = (
            found.confidence if side is Favours.NEITHER else round(0.9 * found.confidence, 3)
        )
        return self.value("favours", side.value, confidence, found.sentence)

    def endpoint(self) -> ReadValue:
        if not states_endpoint(self.passage):
            stated = self.models.rules["endpoint"].get("not stated", 0.5)
            return self.value("primary_endpoint", PrimaryEndpoint.NOT_STATED.value, stated, None)
        features, sentence = endpoint_features(self.passage, self.primary)
        chance = self.models.endpoint.probability(features)
        met = chance >= 0.5
        value = PrimaryEndpoint.MET if met else PrimaryEndpoint.NOT_MET
        confidence = chance if met else round(1.0 - chance, 3)
        return self.value("primary_endpoint", value.value, confidence, sentence)


def _side(direction: ReadDirection, asked: str) -> Favours:
    """Return whom a direction favours, given the way that the outcome runs."""
    if direction is ReadDirection.NO_DIFFERENCE:
        return Favours.NEITHER
    if direction is ReadDirection.NOT_REPORTED:
        return Favours.NOT_REPORTED
    runs = classify_outcome(asked)[2]
    by_words = value_of(frozenset(content_stems(asked)))
    if by_words == "unknown" and runs is HigherIs.NOT_APPLICABLE:
        return Favours.NOT_REPORTED
    worse = by_words == "bad" if by_words != "unknown" else runs is HigherIs.WORSE
    rose = direction is ReadDirection.INCREASED
    return Favours.COMPARATOR if rose == worse else Favours.INTERVENTION


def _request_of(item: Mapping[str, Any], point: OperatingPoint) -> _Request:
    """Return one line of ``evidence read``, a mapping with title and abstract, as a request."""
    identifier = item.get("pmid") or item.get("id")
    return _Request(
        item.get("title") or "",
        item.get("abstract") or "",
        item.get("intervention"),
        item.get("comparator"),
        item.get("outcome"),
        tuple(item.get("publication_types") or ()),
        tuple(item.get("mesh") or ()),
        point,
        None,
        str(identifier) if identifier is not None else None,
    )


def read_item(item: Mapping[str, Any], operating_point: OperatingPoint | str) -> Reading:
    """Return the reading of one line of ``evidence read``: a mapping with title and abstract."""
    request = _request_of(item, OperatingPoint(operating_point))
    return _read_together([request], default_models())[0]


def _read_chunk(task: tuple[list[Mapping[str, Any]], str]) -> list[Reading]:
    items, point = task
    requests = [_request_of(item, OperatingPoint(point)) for item in items]
    models = default_models()
    return [
        reading
        for start in range(0, len(requests), TOGETHER)
        for reading in _read_together(requests[start : start + TOGETHER], models)
    ]


def read_many(
    items: Iterable[Mapping[str, Any]],
    *,
    operating_point: OperatingPoint | str = OperatingPoint.BALANCED,
    processes: int = 1,
    panel: Panel = NO_READERS,
) -> Iterator[Reading]:
    """Yield the readings of many lines in their order, on several processes where asked.

    Parameters
    ----------
    panel
        Readers that are asked beside the built-in one, in threads of this process.
    """
    point = OperatingPoint(operating_point)
    if not panel.readers:
        return _read_built_in(items, point.value, processes)
    items, again = tee(items)
    built_in = _read_built_in(items, point.value, processes)
    return ask_along(panel, zip(again, built_in, strict=True), partial(_merge, point))


def _merge(
    point: OperatingPoint,
    reading: Reading,
    item: Mapping[str, Any],
    accepted: list[Proposal | ProposedEffect],
    label: str,
) -> Reading:
    """Return a reading with what a plugged reader said, at an operating point."""
    passage = split_passage(item.get("title") or "", item.get("abstract") or "")
    primary = primary_outcome(passage)
    asked = item.get("outcome") or (primary[0] if primary is not None else passage.title_lower)
    thresholds = default_models().thresholds
    return put_beside(
        reading,
        accepted,
        label,
        lambda name: thresholds.get(name, {}).get(point.value, 0.5),
        lambda direction: _side(direction, asked),
    )


_FIELDS = {
    kind: attrgetter(*(field.name for field in fields(kind)))
    for kind in (Reading, ReadValue, ReadEffect, ReadArm, Arm, BiasSignal, OutcomeMention, Dose)
}


def _sent(value: Any) -> tuple[type, tuple[Any, ...]]:  # noqa: ANN401 - one of the types above
    """Return what makes a part of a reading anew in another process, in a third of the time."""
    return type(value), _FIELDS[type(value)](value)


for _kind in _FIELDS:
    copyreg.pickle(_kind, _sent)

_OBJECTS_A_COLLECTION = 20_000


def _start_process(parent: int) -> None:
    """Load the models, and let the collector of garbage pass over them, and come more seldom."""
    end_with(parent)
    default_models()
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_COLLECTION)


def _read_built_in(
    items: Iterable[Mapping[str, Any]], point: str, processes: int
) -> Iterator[Reading]:
    """Yield the built-in reader's readings; few abstracts are read by this process alone."""
    source = iter(items)
    if processes > 1:
        first = list(islice(source, FEW))
        processes = processes if len(first) == FEW else 1
        source = chain(first, source)
    tasks = ((chunk, point) for chunk in iter(lambda: list(islice(source, CHUNK)), []))
    if processes <= 1:
        for task in tasks:
            yield from _read_chunk(task)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(
        processes, initializer=_start_process, initargs=(os.getpid(),)
    ) as pool:
        waiting = deque(pool.submit(_read_chunk, task) for task in islice(tasks, AHEAD * processes))
        while waiting:
            readings = waiting.popleft().result()
            waiting.extend(pool.submit(_read_chunk, task) for task in islice(tasks, 1))
            yield from readings
