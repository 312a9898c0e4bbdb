"""Measure the effects that the reader finds, and what it says of each arm, against labels.

Part of ``benchmarks/reading.py``. The printed effects of 50 held-out abstracts were labelled for this
project by reading (``data/models/effect_labels.csv``: figures and ids only); what arms came to is
labelled in the file of effects, of which only those count whose every figure stands in the abstract.
"""

from __future__ import annotations

import re
from collections import Counter

from reading_gold import case_id, load, load_own_labels

from evidence.appraisal.reader import read_abstract

FILES = ("direction", "topic_abstracts", "comparator", "effects", "design")
CONTRASTS = {"MD", "SMD", "RD", "RR", "OR", "HR", "ROM"}
MEANS = (
    "intervention_mean",
    "intervention_standard_deviation",
    "comparator_mean",
    "comparator_standard_deviation",
)
EVENTS = ("intervention_events", "comparator_events")
SIZES = ("intervention_group_size", "comparator_group_size")


def abstracts_of(folder, half):
    """Return title and abstract of every labelled case, by its id."""
    found = {}
    for name in FILES:
        for row in load(folder, name, half):
            found.setdefault(case_id(row), (row["title"], row["abstract"]))
    return found


def figures_of(effect):
    """Return what identifies a printed effect."""
    return effect.estimate, effect.ci_low, effect.ci_high


def kind_of(measure):
    """Return a contrast's measure; what is of one arm is not told apart further."""
    return measure if measure in CONTRASTS else "one arm"


def printed(measure, figures):
    """Return an effect as ``gold_eval`` shows it."""
    estimate, low, high = figures
    return f"{measure} {estimate:g} ({low:g} to {high:g})"


def measure_effects(report, folder, half, wrong):
    """Measure printed effects: exactly found, called by their measure, and none that is not there."""
    labels = {}
    for row in load_own_labels("effect_labels.csv"):
        if half in ("all", row["half"]):
            figures = tuple(float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
            labels.setdefault(row["case"], []).append((row["measure"], figures))
    texts = abstracts_of(folder, half)
    counts = Counter()
    for case in sorted(labels.keys() & texts.keys()):
        count_case(report, counts, case, labels[case], texts[case], wrong)
    if not counts["labelled"]:
        return
    gold_set = "own labels of effects"
    report.share(
        "effects", "estimate and interval exactly", counts["found"], counts["labelled"], gold_set
    )
    report.share(
        "effects",
        "estimate, interval and measure exactly",
        counts["named"],
        counts["labelled"],
        gold_set,
    )
    report.share(
        "effects",
        "contrasts: estimate, interval and measure exactly",
        counts["contrast_named"],
        counts["contrasts"],
        gold_set,
    )
    report.share(
        "effects", "of what is read, labelled so", counts["found"], counts["read"], gold_set
    )


def count_case(report, counts, case, wanted, text, wrong):
    """Count the effects of one abstract."""
    read = [
        e for e in read_abstract(*text).effects if e.estimate is not None and e.ci_low is not None
    ]
    left = [(kind_of(e.measure.value), figures_of(e)) for e in read]
    counts["read"] += len(left)
    for place, (measure, figures) in enumerate(wanted, start=1):
        same = [item for item in left if item[1] == figures]
        hit = next((item for item in same if item[0] == measure), same[0] if same else None)
        counts["labelled"] += 1
        counts["contrasts"] += measure in CONTRASTS
        if hit is not None:
            left.remove(hit)
            is_named = hit[0] == measure
            counts["found"] += 1
            counts["named"] += is_named
            counts["contrast_named"] += is_named and measure in CONTRASTS
        called = None if hit is None else printed(*hit)
        item_id = f"{case}#{place}"
        report.item("effects", "own labels of effects", item_id, printed(measure, figures), called)
        if wrong == "effects" and called != printed(measure, figures):
            print(f"    {case} label {printed(measure, figures)} read {called}")
    if wrong == "effects":
        for item in left:
            print(f"    {case} not labelled: {printed(*item)}")


def number(cell):
    """Return a label's number, None where there is none."""
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def stands(value, text):
    """Return whether a number stands in a text."""
    if value is None:
        return False
    plain = text.replace("\u00b7", ".").replace("\u2212", "-")
    return re.search(rf"(?<![\d.]){re.escape(f'{value:g}')}0*(?!\d|\.\d)", plain) is not None


def measure_arms(report, folder, half, wrong):
    """Measure what arms came to, and how many people they had, where the abstract prints it."""
    counts = Counter()
    for row in load(folder, "effects", half):
        text = f"{row['title']} {row['abstract']}"
        names = MEANS if row["outcome_type"] == "continuous" else EVENTS
        wanted = [number(row[name]) for name in names]
        sizes = [number(row[name]) for name in SIZES]
        reading = read_abstract(row["title"], row["abstract"])
        if all(stands(value, text) for value in sizes) and sizes[0] != sizes[1]:
            counts["sized"] += 1
            counts["sizes"] += set(sizes) <= {arm.n for arm in reading.arms}
        if all(stands(value, text) for value in wanted) and any(wanted):
            counts["printed"] += 1
            is_right = any(wanted == pair for pair in pairs_of(reading, len(wanted) == 4))
            counts["right"] += is_right
            if wrong == "arms" and not is_right:
                print(f"    {case_id(row)} {row['outcome']}: {wanted}")
    if counts["printed"]:
        report.share(
            "arms",
            "means and SDs, or events, exactly",
            counts["right"],
            counts["printed"],
            "effects",
        )
    if counts["sized"]:
        report.share(
            "arms", "people of both arms exactly", counts["sizes"], counts["sized"], "effects"
        )


def pairs_of(reading, is_mean):
    """Yield the figures of every two arms that an abstract compares."""
    for effect in reading.effects:
        for one in effect.arms:
            for other in effect.arms:
                if one is not other:
                    yield (
                        [one.mean, one.sd, other.mean, other.sd]
                        if is_mean
                        else [one.events, other.events]
                    )
