"""Weights are whole numbers, and sums agree whatever the order."""

import json
import random

import pytest

from evidence.appraisal.linear import ClassModel, LinearModel, logistic
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
