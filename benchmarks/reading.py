"""Measure the reader of abstracts against labelled abstracts: one command, every figure.

    python benchmarks/reading.py FOLDER_OF_LABELS [--half held-out|development|all]
                                 [--write] [--wrong FIELD] [--items FILE]
                                 [--pubmed FILE.xml.gz ...]

Cases go through ``read_many`` as ``evidence read`` sends them. Intervals are Wilson's for shares
and bootstrap percentiles for F1 (2,000 draws, fixed seed). ``--write`` puts the figures into
data/models/accuracy.json, the automation register, and each label of this project's own beside its
reading into data/models/gold_eval.csv. ``--items`` writes every label beside its reading, those of
others too, to a file of one's own: as gold_eval.csv in a workspace it is exported. ``--pubmed``
names PubMed files whose publication types tell systematic reviews from other records.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from reading_effects import measure_arms, measure_effects
from reading_gold import (
    DIRECTIONS,
    ENDPOINTS,
    MODELS,
    case_id,
    is_labelled,
    load,
    load_comparator_cases,
    sample_text,
    typed_records,
)
from scipy.stats import norm

from evidence.appraisal.reader import read_many
from evidence.vocabulary import OperatingPoint

Z = float(norm.ppf(0.975))
REVIEWS = {"systematic review", "meta-analysis", "network meta-analysis", "umbrella review"}


def wilson(hits, n):
    """Return Wilson's 95 % interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    if not n:
        return float("nan"), float("nan")
    share = hits / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return centre - half, centre + half


def f1_of(gold, called):
    """Return F1 of a yes-or-no question."""
    hits = (gold & called).sum()
    return 2 * hits / max(1, gold.sum() + called.sum())


def macro_f1(gold, called, classes):
    """Return the mean F1 over classes."""
    return float(np.mean([f1_of(gold == c, called == c) for c in classes]))


def bootstrap(figure, *arrays):
    """Return percentile bounds of a figure over resampled cases."""
    draw = np.random.default_rng(20261124)
    n = len(arrays[0])
    values = [
        figure(*(a[k] for a in arrays)) for k in (draw.integers(0, n, n) for _ in range(2000))
    ]
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


MOST_BINS, LEAST_FILLED = 10, 20
"""Bins of calibration: in bins of six cases a perfect reader shows an error of 0.07 by chance."""


def calibration_error(confidence, right):
    """Return the expected calibration error over equally filled bins (Naeini 2015)."""
    bins = max(1, min(MOST_BINS, len(right) // LEAST_FILLED))
    order = np.argsort(confidence, kind="stable")
    error = 0.0
    for part in np.array_split(order, bins):
        if len(part):
            error += len(part) / len(order) * abs(confidence[part].mean() - right[part].mean())
    return error


class Report:
    """Collects measurements and prints them."""

    def __init__(self, half):
        self.half = half
        self.rows = []
        self.items = []

    def add(self, component, metric, value, interval, n, gold_set):
        """Add one measurement and print it."""
        low, high = interval
        self.rows.append(
            (component, metric, float(value), float(low), float(high), int(n), gold_set)
        )
        span = "" if np.isnan(low) else f" [{low:.3f}, {high:.3f}]"
        print(f"  {component:<18} {metric:<44} {value:.3f}{span}  n={n}")

    def share(self, component, metric, hits, n, gold_set):
        """Add a share with Wilson's interval."""
        self.add(component, metric, hits / max(1, n), wilson(hits, n), n, gold_set)

    def item(self, field, gold_set, item_id, gold, called):
        """Keep one label and what was read in its place, None where nothing was."""
        self.items.append((item_id, gold_set, field, str(gold), called))

    def each(self, field, gold_set, rows, gold, called):
        """Keep the labels of many cases; a case that is asked twice is numbered."""
        seen = Counter()
        for row, label, value in zip(rows, gold, called, strict=True):
            case = case_id(row)
            seen[case] += 1
            item_id = case if seen[case] == 1 else f"{case}#{seen[case]}"
            self.item(field, gold_set, item_id, label, value)


def confusion(gold, called):
    """Print a confusion matrix: rows are labels, columns what was read."""
    names = sorted(set(gold) | set(called), key=str)
    counts = Counter(zip(gold, called, strict=True))
    width = max(len(str(n)) for n in names) + 1
    print("    " + " " * width + " ".join(f"{str(n)[:12]:>12}" for n in names))
    for label in names:
        print(f"    {label!s:<{width}}" + " ".join(f"{counts[label, n]:>12}" for n in names))


def read(items, point=OperatingPoint.BALANCED):
    """Return the readings of items as dictionaries."""
    return [reading.to_dict() for reading in read_many(items, operating_point=point)]


def measure_trust(report, component, values, right, gold_set):
    """Add accuracy of what is kept, coverage and calibration of one field."""
    kept = np.array([not v["abstained"] for v in values])
    confidence = np.array([v["confidence"] for v in values])
    report.share(component, "right among not abstained", right[kept].sum(), kept.sum(), gold_set)
    report.share(component, "coverage", kept.sum(), len(kept), gold_set)
    nothing = (float("nan"), float("nan"))
    report.add(
        component,
        "expected calibration error",
        calibration_error(confidence, right),
        nothing,
        len(right),
        gold_set,
    )


def measure_randomized(report, folder, half, wrong):
    """Measure "randomized or not" from title and abstract alone."""
    rows = load(folder, "design", half)
    values = [
        r["is_rct"] for r in read([{"title": r["title"], "abstract": r["abstract"]} for r in rows])
    ]
    gold = np.array([bool(r["is_rct"]) for r in rows])
    called = np.array([bool(v["value"]) for v in values])
    chance = np.array([v["confidence"] if v["value"] else 1 - v["confidence"] for v in values])
    name = "design"
    report.add("is_rct", "F1", f1_of(gold, called), bootstrap(f1_of, gold, called), len(gold), name)
    report.share("is_rct", "sensitivity", (gold & called).sum(), gold.sum(), name)
    report.share("is_rct", "specificity", (~gold & ~called).sum(), (~gold).sum(), name)
    report.share("is_rct", "precision", (gold & called).sum(), called.sum(), name)
    allowed = int(0.05 * (~gold).sum())
    order = np.argsort(-chance, kind="stable")
    false = np.cumsum(~gold[order])
    best = int(np.cumsum(gold[order])[false <= allowed].max())
    report.share("is_rct", "sensitivity at specificity 0.95", best, gold.sum(), name)
    measure_trust(report, "is_rct", values, gold == called, name)
    confusion(gold.tolist(), called.tolist())
    report.each("is_rct", name, rows, gold, called)
    show_wrong(wrong, "is_rct", rows, gold, called)


def measure_participants(report, folder, half, wrong):
    """Measure the number of participants, exactly right."""
    rows = load(folder, "sample_size", half)
    items = [dict(zip(("title", "abstract"), sample_text(row), strict=True)) for row in rows]
    values = [r["n_participants"] for r in read(items)]
    clean = np.array([row["source"] == "pico-corpus" for row in rows])
    right = np.array(
        [v["value"] == row["total_first"] for v, row in zip(values, rows, strict=True)]
    )
    report.share(
        "n_participants",
        "exactly right",
        right[clean].sum(),
        clean.sum(),
        "sample_size, clean part",
    )
    report.share(
        "n_participants", "exactly right, all sources", right.sum(), len(right), "sample_size"
    )
    kept = [v for v, c in zip(values, clean, strict=True) if c]
    measure_trust(report, "n_participants", kept, right[clean], "sample_size, clean part")
    labels = [row["total_first"] for row in rows]
    report.each("n_participants", "sample_size", rows, labels, [v["value"] for v in values])
    show_wrong(
        wrong,
        "n_participants",
        rows,
        [r["total_first"] for r in rows],
        [v["value"] for v in values],
    )


def measure_direction(report, folder, half, wrong):
    """Measure the direction of a given outcome under given arms, and its sentence."""
    rows = [row for row in load(folder, "direction", half) if row["label"] in DIRECTIONS]
    keys = ("title", "abstract", "intervention", "comparator", "outcome")
    values = [r["direction"] for r in read([{k: row[k] for k in keys} for row in rows])]
    gold = [row["label"].replace("_", " ") for row in rows]
    called = [v["value"] for v in values]
    right = np.array([g == c for g, c in zip(gold, called, strict=True)])
    report.share("direction", "accuracy, three classes", right.sum(), len(right), "direction")
    found = sum(
        v["sentence"] is not None and is_labelled(v["sentence"], row["evidence"])
        for v, row in zip(values, rows, strict=True)
    )
    report.share("direction", "sentence is the labelled one", found, len(rows), "direction")
    measure_trust(report, "direction", values, right, "direction")
    confusion(gold, called)
    report.each("direction", "direction", rows, gold, called)
    show_wrong(wrong, "direction", rows, gold, called)


def measure_endpoint(report, folder, half, wrong):
    """Measure whether the primary end point was met."""
    rows = [row for row in load(folder, "direction", half) if row["label"] in ENDPOINTS]
    values = [
        r["primary_endpoint"]
        for r in read([{"title": r["title"], "abstract": r["abstract"]} for r in rows])
    ]
    gold = ["met" if row["label"] == ENDPOINTS[0] else "not met" for row in rows]
    called = [v["value"] for v in values]
    right = np.array([g == c for g, c in zip(gold, called, strict=True)])
    report.share("primary_endpoint", "accuracy", right.sum(), len(right), "direction, oncology")
    measure_trust(report, "primary_endpoint", values, right, "direction, oncology")
    confusion(gold, called)
    report.each("primary_endpoint", "direction, oncology", rows, gold, called)
    show_wrong(wrong, "primary_endpoint", rows, gold, called)


def measure_reviews(report, folder, half, wrong):
    """Measure systematic reviews: by title, and by abstract where one is there."""
    rows = [row for row in load(folder, "review_titles", half) if row["review_by"] != "abstract"]
    gold = np.array([row["review_by"] == "title" for row in rows])
    called = np.array(
        [r["design"]["value"] in REVIEWS for r in read([{"title": r["title"]} for r in rows])]
    )
    report.add(
        "review",
        "F1 by title",
        f1_of(gold, called),
        bootstrap(f1_of, gold, called),
        len(gold),
        "review_titles",
    )
    confusion(gold.tolist(), called.tolist())
    report.each("review", "review_titles", rows, gold, called)
    show_wrong(wrong, "review", rows, gold, called)


def measure_typed_reviews(report, paths, half):
    """Measure systematic reviews among PubMed's records by their publication types."""
    rows = list(typed_records(paths, half))
    gold = np.array([row["is_review"] for row in rows])
    for metric, keys in (
        ("F1 by title and abstract", ("title", "abstract")),
        ("F1 by abstract alone", ("abstract",)),
    ):
        readings = read([{key: row[key] for key in keys} for row in rows])
        called = np.array([reading["design"]["value"] in REVIEWS for reading in readings])
        interval = bootstrap(f1_of, gold, called)
        report.add("review", metric, f1_of(gold, called), interval, len(gold), "publication types")
        confusion(gold.tolist(), called.tolist())


def measure_comparator(report, folder, half, wrong):
    """Measure the comparator's class on the project's own labels."""
    cases = load_comparator_cases(folder, half)
    rows, gold = [row for row, _ in cases], [label for _, label in cases]
    if not rows:
        return
    keys = ("title", "abstract", "intervention", "comparator", "outcome")
    values = [r["comparator_class"] for r in read([{k: row.get(k) for k in keys} for row in rows])]
    gold, called = np.array(gold), np.array([v["value"] for v in values])
    counts = Counter(gold)
    classes = sorted(c for c in counts if counts[c] >= 15)
    report.share("comparator_class", "accuracy", (gold == called).sum(), len(gold), "own labels")

    def figure(g, c):
        return macro_f1(g, c, classes)

    report.add(
        "comparator_class",
        "macro F1, classes with 15 cases or more",
        figure(gold, called),
        bootstrap(figure, gold, called),
        len(gold),
        "own labels",
    )
    for name in classes:
        print(f"    F1 {name:<16} {f1_of(gold == name, called == name):.3f}  n={counts[name]}")
    measure_trust(report, "comparator_class", values, gold == called, "own labels")
    confusion(gold.tolist(), called.tolist())
    report.each("comparator_class", "own labels", rows, gold, called)
    show_wrong(wrong, "comparator_class", rows, gold, called)


def show_wrong(wrong, field, rows, gold, called):
    """Print the cases of one field that were read wrong; for the development half only."""
    if wrong == field:
        for row, label, value in zip(rows, gold, called, strict=True):
            if label != value:
                print(f"    {case_id(row)} label {label} read {value} | {row['title'][:110]}")


def write_register(report):
    """Write the figures as the automation register."""
    purposes = {
        p.stem: json.loads(p.read_text(encoding="utf-8"))
        for p in MODELS.glob("*.json")
        if p.stem != "accuracy"
    }
    model_of = {
        "is_rct": "randomized",
        "n_participants": "participants",
        "direction": "direction_difference",
        "primary_endpoint": "endpoint",
        "comparator_class": "comparator",
    }
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = []
    for component, metric, value, low, high, n, gold_set in report.rows:
        model = purposes.get(model_of.get(component, "rules"), {})
        rows.append(
            {
                "component": component,
                "version": model.get("version", "1"),
                "purpose": f"read {component} from title and abstract",
                "trained_on": model.get("trained_on", "rules"),
                "metric": metric,
                "value": round(value, 4),
                "ci_low": None if np.isnan(low) else round(low, 4),
                "ci_high": None if np.isnan(high) else round(high, 4),
                "n_gold": n,
                "gold_set": f"{gold_set}, {report.half} half",
                "measured_at": now,
                "human_check": "machine-read values are marked, and confirmed by a person before they are pooled",
            }
        )
    (MODELS / "accuracy.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def write_items(path, items):
    """Write labels beside readings: ids, words and numbers, and no text."""
    with path.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(("item_id", "gold_source", "field", "gold", "predicted", "match"))
        for item_id, gold_set, field, gold, called in sorted(items, key=lambda i: i[:3]):
            said = "" if called is None else str(called)
            lines.writerow((item_id, gold_set, field, gold, said, str(gold == said).lower()))


def main():
    """Measure everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--half", choices=("held-out", "development", "all"), default="held-out")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--wrong", default=None)
    parser.add_argument("--items", default=None)
    parser.add_argument("--pubmed", nargs="*", default=[])
    options = parser.parse_args()
    if options.wrong and options.half != "development":
        parser.error("--wrong shows cases, and only those of the development half may be looked at")
    report = Report(options.half)
    print(f"Reader against labels, {options.half} half (95 % intervals)")
    for part in (
        measure_randomized,
        measure_participants,
        measure_direction,
        measure_endpoint,
        measure_reviews,
        measure_comparator,
        measure_effects,
        measure_arms,
    ):
        part(report, options.folder, options.half, options.wrong)
    if options.pubmed:
        measure_typed_reviews(report, options.pubmed, options.half)
    if options.write:
        write_register(report)
        own = [item for item in report.items if item[1].startswith("own labels")]
        write_items(MODELS / "gold_eval.csv", own)
    if options.items:
        write_items(Path(options.items), report.items)


if __name__ == "__main__":
    main()
