"""Weights are whole numbers, and sums agree whatever the order."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.appraisal.design import design_features
from evidence.appraisal.direction import confidence_signals, trust
from evidence.appraisal.linear import ClassModel, LinearModel, logistic
from evidence.appraisal.sentences import split_passage
from evidence.appraisal.words import WordModel
from evidence.errors import SettingError
from evidence.store.models import MODEL_NAMES, MODELS_FOLDER, read_models


def test_every_weight_in_the_repository_is_a_whole_number():
    for name, figures in read_models().items():
        held = figures.get("weights", {}).values()
        flat = [w for weight in held for w in (weight if isinstance(weight, list) else [weight])]
        assert all(isinstance(w, int) for w in flat), name
        assert figures["purpose"]
        assert figures["trained_on"]


def test_models_together_stay_small():
    assert sum(path.stat().st_size for path in MODELS_FOLDER.glob("*")) < 2 * 1024 * 1024


def test_all_missing_models_are_told_in_one_run(tmp_path):
    with pytest.raises(SettingError) as raised:
        read_models(tmp_path)
    assert len(raised.value.faults) == len(MODEL_NAMES)


def test_a_broken_model_is_told_with_its_line(tmp_path):
    for name in MODEL_NAMES:
        (tmp_path / f"{name}.json").write_text(json.dumps({}))
    (tmp_path / "rules.json").write_text('{\n"a": }')
    with pytest.raises(SettingError, match=r"rules\.json, line 2"):
        read_models(tmp_path)


def test_the_order_of_features_does_not_matter():
    model = LinearModel.from_figures(read_models()["participants"])
    features = list(model.weights)[:200]
    expected = model.score(features)
    random.Random(1).shuffle(features)
    assert model.score(features) == expected


def test_a_class_model_chooses_the_largest_sum():
    figures = {
        "labels": ["a", "b", "c"], "biases": [0, 0, 0], "weights": {"x": [0, 3000, 0]},
        "calibration": {"slope": 1.0, "intercept": 0.0},
    }  # fmt: skip
    label, confidence = ClassModel.from_figures(figures).choose(["x"])
    assert label == "b"
    # odds of b against a and c together: e^3 to 2
    assert confidence == pytest.approx(0.909, abs=0.0005)


def test_the_logistic_curve_is_rounded_and_bounded():
    assert logistic(0.0) == 0.5
    assert logistic(1e9) == 1.0
    assert logistic(-1e9) == 0.0


def chance_of_lots(title, abstract):
    model = WordModel.from_model(LinearModel.from_figures(read_models()["randomized"]))
    return model.probability(design_features(split_passage(title, abstract)))


ARMS = "Participants received a sleep programme or advice for 8 weeks. Snoring fell in both groups."


def test_each_cue_of_a_trial_that_names_no_chance_raises_its_chance():
    title = "Sleep habits of night nurses"
    plain = chance_of_lots(title, "Nurses kept a sleep diary for 8 weeks. Snoring fell.")
    compared = chance_of_lots(title, ARMS)
    called = chance_of_lots(f"{title}: the NIGHTSHIFT trial", ARMS)
    later = chance_of_lots(
        f"{title}: the NIGHTSHIFT trial", f"We used data from 90 participants in this trial. {ARMS}"
    )
    assert plain < compared < called
    assert called < later
    assert chance_of_lots(title, f"Nurses were randomly assigned to two groups. {ARMS}") > 0.9


def test_animals_that_were_randomized_are_no_trial_of_people():
    text = "Forty rats were randomly assigned to two groups and received the drug or saline."
    assert chance_of_lots("A drug for fatty liver in rats", text) < 0.5


@given(st.floats(0.34, 0.99), st.floats(0.34, 0.99))
def test_a_direction_is_trusted_more_the_likelier_it_is(one, other):
    model = LinearModel.from_figures(read_models()["direction_confidence"])
    low, high = (
        trust(confidence_signals([top, 1.0 - top, 0.0]), model)
        for top in sorted((max(one, 1 - one), max(other, 1 - other)))
    )
    assert 0.3 < low <= high < 1.0
