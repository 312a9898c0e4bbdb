"""Pool made-up tables of every measure by ours and by R's metafor, and print what differs.

Run: ``python validation/metafor/random_sets.py [--tables 320]`` (some minutes; needs Rscript with
metafor and jsonlite). Figures that metafor leaves at its boundary (a tau² below 1e-12 of the largest
variance, where ours is 0) are counted apart.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from evidence.synthesis.pooling import pool_table

HERE = Path(__file__).resolve().parent
MEASURES = ("MD", "SMD", "ROM", "RR", "OR", "RD", "PLO", "PFT", "MN", "ZCOR", "GEN", "GEN", "GEN")
SIZES = (2, 3, 4, 5, 8, 12, 25, 40)
CI = {"z": "z", "knha": "hk", "adhoc": "modified-hk"}
RELATIVE = 1e-8
ARMS = ("n", "mean", "sd")


def made_up(rng: np.random.Generator) -> dict:
    """Return one table: its measure and columns."""
    measure, k = str(rng.choice(MEASURES)), int(rng.choice(SIZES))
    n1, n2 = rng.integers(5, 300, k), rng.integers(5, 300, k)
    if measure in ("MD", "SMD", "ROM"):
        sd, mean = rng.uniform(0.5, 20), rng.uniform(60, 90)
        columns = {}
        for arm, n, shift in (("intervention", n1, 0.0), ("comparator", n2, rng.uniform(0, sd))):
            columns[f"n_{arm}"] = n
            columns[f"mean_{arm}"] = np.round(mean - shift + rng.normal(0, sd / 3, k), 2)
            columns[f"sd_{arm}"] = np.round(sd * rng.uniform(0.6, 1.5, k), 2) + 0.01
    elif measure in ("RR", "OR", "RD"):
        risk = rng.choice([0.01, 0.05, 0.3, 0.6])
        own = np.clip(risk * np.exp(rng.normal(-0.3, 0.4, k)), 0.001, 0.98)
        columns = {
            "events_intervention": rng.binomial(n1, own), "n_intervention": n1,
            "events_comparator": rng.binomial(n2, risk), "n_comparator": n2,
        }  # fmt: skip
    elif measure in ("PLO", "PFT"):
        p = 1 / (1 + np.exp(-rng.normal(rng.normal(0, 2), rng.uniform(0, 1.2), k)))
        columns = {"events": rng.binomial(n1, p), "n": n1}
    elif measure == "MN":
        mean, sd = np.round(rng.normal(30, 5, k), 1), np.round(rng.uniform(3, 12, k), 1)
        columns = {"mean": mean, "sd": sd, "n": n1}
    elif measure == "ZCOR":
        columns = {"ri": np.round(np.tanh(rng.normal(0.3, 0.25, k)), 3), "ni": n1 + 4}
    else:
        columns = generic(rng, k)
    return {
        "measure": measure,
        "columns": {name: np.asarray(c).tolist() for name, c in columns.items()},
    }


def generic(rng: np.random.Generator, k: int) -> dict:
    """Return effects and variances on a scale of 0.01 to 1,000, some rounded so that they tie."""
    scale = 10.0 ** rng.integers(-2, 4)
    v = rng.gamma(rng.uniform(0.3, 3), 1, k) * scale**2 * 0.05 + 1e-4 * scale**2
    tau = rng.choice([0, 0, 0.1, 0.5, 2]) * scale
    y = 0.3 * scale + rng.normal(0, 1, k) * np.sqrt(v + tau**2)
    if rng.uniform() < 0.25:
        y, v = np.round(y / scale, 1) * scale, (np.round(v / scale**2, 2) + 0.01) * scale**2
    return {"yi": y, "vi": v}


def judge(name: str, ours: float | None, theirs: object, largest_variance: float) -> str:
    """Return how one figure of ours stands to metafor's."""
    if not isinstance(theirs, int | float) or ours is None:
        return "missing on one side" if (ours is None) is not (theirs is None) else "both missing"
    if ours == 0 and name in ("tau2", "i2") and theirs < 1e-12 * max(1.0, largest_variance) * 1e6:
        return "metafor at its boundary"
    return "agree" if math.isclose(ours, theirs, rel_tol=RELATIVE, abs_tol=1e-300) else "differ"


def compare(sets: list[dict], answers: list[dict]) -> tuple[Counter, list[str]]:
    """Return counts of how figures stand, and the figures that differ."""
    counts: Counter = Counter()
    differing = []
    for number, (given, answer) in enumerate(zip(sets, answers, strict=True)):
        table = pd.DataFrame(given["columns"])
        for model, figures in answer["models"].items():
            method, test = model.split()
            ours = pool_table(table, given["measure"], method, CI[test]).to_dict()
            largest = max(study["vi"] for study in ours["studies"])
            wanted = figures | (dict(answer["tests"]) if model == "FE z" else {})
            for name, theirs in wanted.items():
                pairs = (
                    zip(ours[name], theirs, strict=True)
                    if name == "leave_one_out"
                    else [(ours[name], theirs)]
                )
                for mine, other in pairs:
                    how = judge(name, mine, other, largest)
                    counts[how] += 1
                    if how == "differ":
                        differing.append(
                            f"table {number} {given['measure']} {model} {name}: {mine!r} {other!r}"
                        )
    return counts, differing


def main() -> None:
    """Make tables, ask R, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=320)
    options = parser.parse_args()
    rscript = shutil.which("Rscript")
    if rscript is None:
        sys.exit("Rscript is not installed (Debian: r-cran-metafor, r-cran-jsonlite)")
    rng = np.random.default_rng(20261124)
    sets = [made_up(rng) for _ in range(options.tables)]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sets.json").write_text(json.dumps(sets))
        subprocess.run([rscript, str(HERE / "random_sets.R")], cwd=folder, check=True)
        answers = json.loads((Path(folder) / "out.json").read_text())
    counts, differing = compare(sets, answers)
    print(f"{options.tables} tables: {sum(counts.values())} figures; {dict(counts)}")
    print("\n".join(differing[:40]))


if __name__ == "__main__":
    main()
