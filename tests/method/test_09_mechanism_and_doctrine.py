"""Section 9: how a mechanism is shown, and why a doctrine is never supported."""

from __future__ import annotations

import pytest

from evidence.judgements import ExperimentEvidence
from evidence.verdict.mechanism import (
    decide_doctrine,
    decide_mechanism,
    decide_mechanism_word,
    mechanism_level,
    tally,
)
from evidence.vocabulary import ClaimKind, MechanismLevel, Species, VerdictWord
from tests.method.builders import a_claim, the_protocol

P = the_protocol()
W = VerdictWord
CLAIM = a_claim(kind=ClaimKind.MECHANISM, strength=None, outcomes=("blood flow",))


def an_experiment(name, found=True, *, species=Species.HUMAN, controlled=True, **rest):
    return ExperimentEvidence(f"{name}-01", name, name, species, controlled, found, **rest)


def human(found: int, not_found: int, **rest) -> list[ExperimentEvidence]:
    return [
        *(an_experiment(f"found{i}", True, **rest) for i in range(found)),
        *(an_experiment(f"not{i}", False, **rest) for i in range(not_found)),
    ]


def word(experiments) -> VerdictWord:
    return decide_mechanism_word(tally(experiments), P).word


@pytest.mark.parametrize(
    ("found", "not_found", "expected"),
    [
        (2, 0, W.SUPPORTED_WITH_LIMITS),
        (2, 1, W.SUPPORTED_WITH_LIMITS),
        (1, 1, W.CONFLICTING),
        (3, 3, W.CONFLICTING),
        (1, 2, W.CONTRADICTED),
        (0, 3, W.CONTRADICTED),
        (0, 2, W.INSUFFICIENT),
        (0, 1, W.INSUFFICIENT),
        (0, 0, W.NO_ELIGIBLE),
    ],
)
def test_the_share_of_controlled_human_studies_decides(found, not_found, expected):
    assert word(human(found, not_found)) is expected


def test_plain_support_asks_that_the_whole_statement_was_studied():
    assert word(human(3, 0)) is W.SUPPORTED_WITH_LIMITS
    assert word(human(3, 0, is_whole_statement=True)) is W.SUPPORTED


def test_what_is_shown_in_animals_only_is_supported_with_limits():
    animals = [an_experiment("rat", species=Species.ANIMAL)]
    decision = decide_mechanism_word(tally(animals), P)
    assert decision.word is W.SUPPORTED_WITH_LIMITS
    assert "animals only" in decision.rules[0]


def test_one_human_study_that_did_not_find_it_is_not_outvoted_by_animals():
    animals = [an_experiment(f"rat{i}", species=Species.ANIMAL) for i in range(5)]
    assert word([*human(0, 1), *animals]) is W.INSUFFICIENT


def test_a_study_has_one_vote_its_first_outcome():
    first = an_experiment("one", True)
    second = an_experiment("one", False)
    assert tally([first, second]).n_human == 1
    assert tally([first, second]).human_found == 1


def test_an_unclear_result_has_no_vote():
    assert word([an_experiment("one", None)]) is W.NO_ELIGIBLE


def blocking(found=True, name="naloxone") -> ExperimentEvidence:
    return an_experiment(name, found, tests_blocking=True)


@pytest.mark.parametrize(
    ("experiments", "level"),
    [
        ([*human(2, 0), blocking()], MechanismLevel.M4),
        ([*human(2, 0), blocking(found=False)], MechanismLevel.M3),
        ([*human(2, 0), blocking(), blocking(False, "saline")], MechanismLevel.M3),
        (human(2, 0), MechanismLevel.M3),
        ([an_experiment("rat", species=Species.ANIMAL)], MechanismLevel.M2),
        ([an_experiment("series", controlled=False)], MechanismLevel.M2),
        ([], MechanismLevel.M1),
        (human(0, 3), MechanismLevel.M0),
    ],
)
def test_how_well_a_mechanism_is_shown(experiments, level):
    assert mechanism_level(tally(experiments), P) is level


@pytest.mark.parametrize("experiments", [human(2, 0), human(0, 3), [], [blocking()]])
def test_the_sentence_always_ends_that_this_is_not_efficacy(experiments):
    verdict = decide_mechanism(CLAIM, experiments, P)
    assert verdict.sentence.text.endswith("This does not show that the treatment works.")


def test_a_tie_that_most_blocking_studies_did_not_see_falls_short():
    experiments = [*human(2, 0), blocking(), blocking(False, "a"), blocking(False, "b")]
    tie = decide_mechanism(CLAIM, experiments, P).asserted_found[-1]
    assert tie.found == "blocking altered the outcome in 1 of 3 controlled human studies"
    assert tie.match == "falls short"


def test_no_line_says_that_a_study_in_favour_would_contradict_the_claim():
    lines = decide_mechanism(CLAIM, human(0, 2), P).what_would_change
    assert "One more controlled human study not finding it would make it Contradicted." in lines
    assert "Two more controlled human studies finding it would make it Conflicting." in lines
    assert not any(" finding it" in x and "not" not in x and "Contradicted" in x for x in lines)


def test_the_sentence_names_the_comparator():
    assert "compared with a control" in decide_mechanism(CLAIM, human(2, 0), P).sentence.text


# --- doctrine

MERIDIANS = a_claim(kind=ClaimKind.DOCTRINE, strength=None, outcomes=("a correlate of meridians",))


def doctrine(experiments):
    return decide_doctrine(MERIDIANS, experiments, P)


@pytest.mark.parametrize(("found", "not_found"), [(5, 0), (1, 1), (0, 5), (0, 0)])
def test_a_doctrine_is_never_supported_by_correlates(found, not_found):
    assert doctrine(human(found, not_found)).word is W.INSUFFICIENT


def test_the_sentence_says_that_a_correlate_is_not_the_doctrine():
    text = doctrine(human(1, 1)).sentence.text
    assert "found in one of two studies" in text
    assert "not the doctrine" in text


@pytest.mark.parametrize(
    ("found", "not_found", "expected"),
    [
        (1, 2, W.CONTRADICTED),
        (0, 3, W.CONTRADICTED),
        (2, 2, W.INSUFFICIENT),
        (3, 0, W.INSUFFICIENT),
        (0, 2, W.INSUFFICIENT),
    ],
)
def test_three_controlled_studies_of_its_own_prediction_can_contradict_it(
    found, not_found, expected
):
    assert doctrine(human(found, not_found, is_own_prediction=True)).word is expected
