"""R metafor's figures, and how a figure of ours is held to one of them."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

FILE = Path(__file__).parents[2] / "validation" / "metafor" / "metafor_dev.json"
RELATIVE = 1e-8
RELATIVE_TRIM_AND_FILL_REML = 1e-4
CI_WORDS = {"z": "z", "knha": "hk", "adhoc": "modified-hk"}
NULL_FOR_ONE_STUDY = ("tau2", "I2", "H2", "QE", "QEp", "se_tau2")

# metafor's iterations stop at this tau², where the likelihood's maximum is at 0 (README there).
BOUNDARY_TAU2 = 1e-13
BOUNDARY_I2 = 1e-9
SMALLEST_PRINTED_P = 1e-300


@cache
def document() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


SETS: dict[str, dict[str, Any]] = document()["sets"]
SEVERAL = [name for name, data in SETS.items() if data["k_used"] > 1]
WITH_TESTS = [name for name in SETS if "bias" in SETS[name]]


def having(block: str) -> list[str]:
    return [name for name in SETS if block in SETS[name]]


def disagreement(name: str, ours: float | None, theirs: float | None, rel: float = RELATIVE) -> str:
    """Return what is wrong with our figure, or nothing."""
    ours_missing = ours is None or math.isnan(ours)
    if theirs is None:
        return ""  # metafor gives none: what ours then is stands in tests of its own
    if ours_missing:
        return f"{name}: ours is missing, metafor {theirs!r}"
    if ours == theirs or math.isclose(ours, theirs, rel_tol=rel, abs_tol=0.0):
        return ""
    if theirs == 0.0 and 0.0 < ours < SMALLEST_PRINTED_P:
        return ""  # p below the smallest number that the JSON writer of R prints
    if ours == 0.0 and _is_boundary(name.split()[-1], theirs):
        return ""
    return f"{name}: ours {ours!r}, metafor {theirs!r}"


def _is_boundary(figure: str, theirs: float) -> bool:
    if figure == "tau2":
        return 0 < theirs < BOUNDARY_TAU2
    if figure == "tau":
        return 0 < theirs < math.sqrt(BOUNDARY_TAU2)
    return figure == "I2" and 0 < theirs < BOUNDARY_I2


def disagreements(
    pairs: dict[str, tuple[float | None, float | None]], rel: float = RELATIVE
) -> list[str]:
    found = (disagreement(name, ours, theirs, rel) for name, (ours, theirs) in pairs.items())
    return [text for text in found if text]


MEANS = ("n_intervention", "mean_intervention", "sd_intervention")
MEANS_2 = ("n_comparator", "mean_comparator", "sd_comparator")
_MEAN_COLUMNS = {
    "dev_dagostino1998_SMD": ("tnt", "mt", "sdt", "tnc", "mc", "sdc"),
    "dev_michael2013_MD": (
        "Brain_n",
        "Brain_m",
        "Brain_s",
        "No_brain_n",
        "No_brain_m",
        "No_brain_s",
    ),
}
_COUNT_COLUMNS = {
    "dev_cannon2006_RR_k4": ("ep1t", "nt", "ep1c", "nc"),
    "dev_hartmannboyce2018_RR": ("x.nrt", "n.nrt", "x.ctrl", "n.ctrl"),
}


def table(name: str) -> pd.DataFrame:
    """Return a data set's raw columns under the names that our tables use."""
    data, raw = SETS[name], SETS[name]["raw"]
    measure = data["measure"]
    if measure in ("MD", "SMD", "ROM"):
        columns = _MEAN_COLUMNS.get(name, ("n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i"))
        return _renamed(raw, columns, (*MEANS, *MEANS_2))
    if measure in ("RR", "OR", "RD"):
        return _counts(name, raw)
    if measure in ("PLO", "PFT"):
        return _renamed(raw, ("xi", "ni"), ("events", "n"))
    if measure == "ZCOR":
        return _renamed(raw, ("ri", "ni"), ("ri", "ni"))
    if measure == "MN":
        return _renamed(raw, ("n1i", "m1i", "sd1i"), ("n", "mean", "sd"))
    return pd.DataFrame({"yi": data["yi"], "vi": data["vi"]})


def _renamed(raw: dict[str, Any], old: tuple[str, ...], new: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({to: raw[column] for column, to in zip(old, new, strict=True)})


def _counts(name: str, raw: dict[str, Any]) -> pd.DataFrame:
    new = ("events_intervention", "n_intervention", "events_comparator", "n_comparator")
    if "tpos" in raw:
        frame = pd.DataFrame({column: raw[column] for column in ("tpos", "tneg", "cpos", "cneg")})
        columns = (frame.tpos, frame.tpos + frame.tneg, frame.cpos, frame.cpos + frame.cneg)
        return pd.DataFrame(dict(zip(new, columns, strict=True)))
    return _renamed(raw, _COUNT_COLUMNS.get(name, ("ai", "n1i", "ci", "n2i")), new)
