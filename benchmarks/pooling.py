"""How fast strata are pooled, beside a loop over R metafor's ``rma()`` on the same numbers.

Run: ``python benchmarks/pooling.py [--strata 10000] [--studies 30] [--r-strata 300]``

Measured on one core: 10,000 strata in one pass (REML, modified Hartung-Knapp, prediction interval),
one stratum alone, and, where Rscript with metafor is installed (Debian: r-cran-metafor), ``rma()``
on the first strata. Nothing here uses more than one thread (no BLAS). Both sides pool the same numbers, and their estimates are compared. Each time
is CPU time, the median of several rounds; R's leaves out its start.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from evidence.synthesis.interval_rules import pool_strata_for_verdict
from evidence.synthesis.pooling import pool
from evidence.synthesis.random_effects import PooledStrata, pool_batch

ROUNDS = 7
LIMIT_BATCH_SECONDS = 0.3
LIMIT_SINGLE_SECONDS = 0.001
LIMIT_RATIO = 300

R_LOOP = """
suppressMessages({library(metafor); library(jsonlite)})
y <- as.matrix(read.csv("y.csv", header = FALSE)); v <- as.matrix(read.csv("v.csv", header = FALSE))
n <- nrow(y); k <- ncol(y)
estimate <- se <- low <- high <- tau2 <- numeric(n)
used <- system.time(for (i in seq_len(n)) {
  fit <- try(rma(y[i, ], v[i, ], method = "REML", test = "adhoc"), silent = TRUE)
  if (inherits(fit, "try-error")) { estimate[i] <- NA; next }
  half <- qt(.975, k - 2) * sqrt(fit$tau2 + fit$se^2)
  estimate[i] <- fit$beta; se[i] <- fit$se; tau2[i] <- fit$tau2
  low[i] <- fit$beta - half; high[i] <- fit$beta + half
})
cat(toJSON(list(seconds = unname(used[1] + used[2]), version = as.character(packageVersion("metafor")),
  estimate = estimate, se = se, tau2 = tau2, low = low, high = high), digits = I(15), auto_unbox = TRUE, na = "null"))
"""


def made_up(strata: int, studies: int) -> tuple[np.ndarray, np.ndarray]:
    """Return effects and variances of strata with no, little and much heterogeneity."""
    rng = np.random.default_rng(20261124)
    v = rng.gamma(2.0, 0.05, (strata, studies)) + 0.005
    tau2 = rng.gamma(1.5, 0.05, strata) * rng.integers(0, 2, strata)
    y = rng.normal(0.2, 0.3, (strata, 1)) + rng.normal(size=v.shape) * np.sqrt(v + tau2[:, None])
    return y, v


def cpu_seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median CPU time of a piece of work, after one round that warms it up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def metafor_loop(y: np.ndarray, v: np.ndarray) -> dict[str, object] | None:
    """Return what R's loop took and found; None without Rscript or metafor."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        np.savetxt(Path(folder) / "y.csv", y, delimiter=",", fmt="%.17g")
        np.savetxt(Path(folder) / "v.csv", v, delimiter=",", fmt="%.17g")
        done = subprocess.run(
            [rscript, "-e", R_LOOP], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"R did not run: {done.stderr.strip()}")
        return None
    return json.loads(done.stdout)


def largest_difference(ours: PooledStrata, theirs: dict[str, object]) -> tuple[float, int]:
    """Return the largest difference in standard errors, and the strata that R left unsolved."""
    solved = np.array([value is not None for value in theirs["estimate"]])
    pairs = (
        (ours.estimate, "estimate"), (ours.se, "se"), (ours.prediction_low, "low"),
        (ours.prediction_high, "high"),
    )  # fmt: skip
    largest = 0.0
    for mine, name in pairs:
        other = np.array(theirs[name], dtype=float)[solved]
        kept = mine[: solved.size][solved]
        largest = max(largest, float(np.max(np.abs(kept - other) / ours.se[: solved.size][solved])))
    return largest, int((~solved).sum())


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strata", type=int, default=10_000)
    parser.add_argument("--studies", type=int, default=30)
    parser.add_argument("--r-strata", type=int, default=300)
    options = parser.parse_args()
    y, v = made_up(options.strata, options.studies)
    flat_y, flat_v = y.ravel(), v.ravel()
    offsets = np.arange(options.strata + 1) * options.studies

    ours = pool_batch(flat_y, flat_v, offsets)
    batch = cpu_seconds(lambda: pool_batch(flat_y, flat_v, offsets))
    alone = cpu_seconds(lambda: [pool(y[i], v[i]) for i in range(200)]) / 200
    document = cpu_seconds(lambda: [pool(y[i], v[i]).to_dict() for i in range(20)]) / 20
    few = min(1000, options.strata)
    verdict = cpu_seconds(
        lambda: pool_strata_for_verdict(
            flat_y[: offsets[few]], flat_v[: offsets[few]], offsets[: few + 1]
        ),
        3,
    )
    per_stratum = batch / options.strata

    print(
        f"{options.strata} strata of k = {options.studies}, one pass: {batch:.3f} s "
        f"({1e6 * per_stratum:.1f} µs a stratum; limit {LIMIT_BATCH_SECONDS} s)"
    )
    print(f"converged: {int(ours.is_converged.sum())} of {options.strata}")
    same = all(
        pool_batch(y[i], v[i]).estimate[0] == ours.estimate[i]
        and pool_batch(y[i], v[i]).prediction_low[0] == ours.prediction_low[i]
        for i in range(0, options.strata, max(1, options.strata // 500))
    )
    print(f"equal to the one-by-one result, bit by bit: {'yes' if same else 'NO'}")
    print(
        f"a single stratum: {1000 * alone:.2f} ms (limit {1000 * LIMIT_SINGLE_SECONDS:.0f} ms); "
        f"its whole document: {1000 * document:.1f} ms"
    )
    print(f"with interval rules, leave-one-out and Egger: {1e6 * verdict / few:.0f} µs a stratum")

    theirs = metafor_loop(y[: options.r_strata], v[: options.r_strata])
    if theirs is None:
        print("metafor: not measured (Rscript with metafor is not installed)")
        return
    theirs_each = float(theirs["seconds"]) / options.r_strata
    print(
        f"metafor {theirs['version']}, rma() in a loop over {options.r_strata} of the same strata: "
        f"{1000 * theirs_each:.2f} ms a stratum"
    )
    print(f"ratio: {theirs_each / per_stratum:.0f} times faster a stratum (limit {LIMIT_RATIO})")
    largest, unsolved = largest_difference(ours, theirs)
    print(f"largest difference: {largest:.1e} standard errors (rma() stops at 1e-5 in tau²)")
    print(f"strata on which rma() does not converge: {unsolved} of {options.r_strata}")


if __name__ == "__main__":
    main()
