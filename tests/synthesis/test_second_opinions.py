"""Two other programs on the same numbers: PyMetaAnalysis and PyMARE, pinned, never needed to run.

They are opinions, not references: where they stop early, the tolerance says how early.
"""

import importlib
import importlib.util
import os

import numpy as np
import pytest

from evidence.synthesis.pooling import pool
from tests.synthesis.metafor_figures import SETS, SEVERAL

REQUIRED = os.environ.get("EVIDENCE_REQUIRE_ALL") == "1"


def other_program(module, distribution):
    """Return the module; where it is missing, skip with a reason, or fail if all are required."""
    if importlib.util.find_spec(module) is None:
        reason = f"{distribution} is not installed (pip install -r requirements-dev.txt)"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    return importlib.import_module(module)


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("method", ["REML", "DL", "PM"])
@pytest.mark.parametrize(
    ("ci", "theirs"),
    [("z", "normal"), ("hk", "hartung_knapp"), ("modified-hk", "hartung_knapp_adhoc")],
)
@pytest.mark.filterwarnings("ignore")
def test_pymetaanalysis_agrees(name, method, ci, theirs):
    meta_analyze = other_program("meta_analyze", "PyMetaAnalysis")
    data = SETS[name]
    ours = pool(data["yi"], data["vi"], method, ci)
    other = meta_analyze.meta_analysis(
        effect=data["yi"], variance=data["vi"], tau2_method=method, ci_method=theirs, atol=1e-13
    )
    scale = float(np.std(data["yi"])) or 1.0
    assert other.estimate == pytest.approx(ours.estimate, rel=1e-7, abs=1e-9 * scale)
    assert other.standard_error == pytest.approx(ours.se, rel=1e-7)
    assert other.ci_low == pytest.approx(ours.ci_low, rel=1e-7, abs=1e-9 * scale)
    assert other.ci_high == pytest.approx(ours.ci_high, rel=1e-7, abs=1e-9 * scale)
    assert other.tau2 == pytest.approx(ours.tau2, rel=1e-6, abs=1e-10 * scale**2)


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("method", ["REML", "ML", "DL", "HE"])
@pytest.mark.filterwarnings("ignore")
def test_pymare_agrees(name, method):
    pymare = other_program("pymare", "PyMARE")
    estimators = importlib.import_module("pymare.estimators")
    data = SETS[name]
    ours = pool(data["yi"], data["vi"], method, "z")
    dataset = pymare.Dataset(np.array(data["yi"])[:, None], np.array(data["vi"])[:, None])
    estimator = {
        "DL": estimators.DerSimonianLaird,
        "HE": estimators.Hedges,
        "REML": lambda: estimators.VarianceBasedLikelihoodEstimator(method="REML"),
        "ML": lambda: estimators.VarianceBasedLikelihoodEstimator(method="ML"),
    }[method]()
    estimator.fit_dataset(dataset)
    theirs = float(np.squeeze(estimator.params_["tau2"]))
    is_iterated = method in ("REML", "ML")
    rel, gap = (2e-3, 1e-3) if is_iterated else (1e-9, 1e-12)  # its optimizer stops early
    scale = float(np.var(data["yi"])) or 1.0
    assert theirs == pytest.approx(ours.tau2, rel=rel, abs=gap * scale)
    fixed = float(np.squeeze(estimator.params_["fe_params"]))
    assert fixed == pytest.approx(ours.estimate, rel=rel, abs=gap * scale**0.5)
