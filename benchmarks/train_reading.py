"""Train the small models of the reader and write their figures to data/models.

    python benchmarks/train_reading.py FOLDER_OF_LABELS [--pubmed FILE.xml.gz ...]

Only the development half is read (``reading_gold.half_of``). Confidence is calibrated on scores of
cases that the model did not see (five folds by abstract). ``--pubmed`` names PubMed XML files whose
publication types add examples for "randomized or not"; their held-out abstracts are left out.
Needs numpy and scipy only. What each model was trained on is written into its file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter

import numpy as np
import scipy.sparse as sp
from reading_gold import (
    DIRECTIONS,
    ENDPOINTS,
    MODELS,
    case_id,
    half_of,
    is_labelled,
    load,
    load_own_labels,
    plain,
    question_key,
    sample_text,
    typed_records,
)
from scipy.optimize import minimize

from evidence.appraisal import design as design_module
from evidence.appraisal import direction as direction_module
from evidence.appraisal.endpoint import endpoint_features
from evidence.appraisal.linear import UNIT
from evidence.appraisal.outcomes import primary_outcome
from evidence.appraisal.population import find_candidates
from evidence.appraisal.sentences import split_passage

FOLDS = 5
VERSION = "1"
LIGHT = 0.15
"""How much an invented sentence counts beside a labelled abstract."""


# --- fitting -------------------------------------------------------------------------------------


def fit_logistic(matrix, labels, weights, penalty, bias=True):
    """Return weights and bias of a logistic regression with an L2 penalty."""
    signs = 2 * labels - 1
    width = matrix.shape[1]

    def loss(point):
        margins = signs * (matrix @ point[:width] + point[width])
        pull = -(signs * weights) / (1 + np.exp(np.clip(margins, -500, 500)))
        slope = np.r_[matrix.T @ pull + penalty * point[:width], pull.sum() if bias else 0.0]
        value = (weights * np.logaddexp(0, -margins)).sum() + 0.5 * penalty * (
            point[:width] ** 2
        ).sum()
        return value, slope

    start = np.zeros(width + 1)
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x


def _even(_name):
    return 1.0


def fit_line(scores, right):
    """Return slope and intercept that turn scores into log-odds of being right (Platt 1999)."""
    scores, right = np.asarray(scores, float), np.asarray(right, float)
    hits, misses = right.sum(), len(right) - right.sum()
    target = np.where(right > 0, (hits + 1) / (hits + 2), 1 / (misses + 2))

    def loss(point):
        margins = point[0] * scores + point[1]
        value = (np.logaddexp(0, margins) - target * margins).sum() + 0.01 * point[0] ** 2
        gap = 1 / (1 + np.exp(-margins)) - target
        return value, np.array([(gap * scores).sum() + 0.02 * point[0], gap.sum()])

    point = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return {"slope": round(float(max(point[0], 0.05)), 3), "intercept": round(float(point[1]), 3)}


def vocabulary(lists, least):
    """Return feature to column for features that stand in enough examples."""
    counts = Counter()
    for features in lists:
        counts.update(set(features))
    return {name: k for k, name in enumerate(sorted(n for n, c in counts.items() if c >= least))}


def matrix_of(lists, columns, scale):
    """Return the examples as a sparse matrix; ``scale`` gives the size of each feature."""
    rows, cols, values = [], [], []
    for row, features in enumerate(lists):
        items = features.items() if isinstance(features, dict) else ((f, 1) for f in set(features))
        for name, value in items:
            if name in columns:
                rows.append(row)
                cols.append(columns[name])
                values.append(value * scale(name))
    return sp.csr_matrix((values, (rows, cols)), shape=(len(lists), len(columns)))


def whole(weights, least=8):
    """Return weights as whole thousandths of log-odds, the smallest left out."""
    figures = {name: round(UNIT * weight) for name, weight in weights.items()}
    return {name: figure for name, figure in sorted(figures.items()) if abs(figure) >= least}


def folds_of(keys):
    """Return the fold of each case, all cases of one abstract together."""
    import hashlib

    return np.array([hashlib.sha256(b"fold" + str(k).encode()).digest()[1] % FOLDS for k in keys])


def write(name, figures):
    """Write one model's figures; same figures, same bytes."""
    text = json.dumps(
        {"name": name, "version": VERSION, **figures}, sort_keys=True, indent=0, ensure_ascii=False
    )
    (MODELS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{name}: {len(text) / 1024:.0f} KiB")


# --- randomized or not ---------------------------------------------------------------------------


CLEARLY_NOT = (
    " rats ",
    " mice ",
    " mouse ",
    "in vitro",
    "retrospective",
    "cross-sectional",
    "systematic review",
    "meta-analysis",
)
"""Words that tell a text not yet indexed from a randomized trial of people."""


def pubmed_examples(paths, taken, chance):
    """Yield title, abstract and label of PubMed records by publication type, never held-out."""
    from lxml import etree

    for path in paths:
        for _, article in etree.iterparse(gzip.open(path), tag="PubmedArticle"):  # noqa: SIM115
            pmid = article.findtext("MedlineCitation/PMID")
            inner = article.find("MedlineCitation/Article")
            types = {t.text for t in inner.findall("PublicationTypeList/PublicationType")}
            title = " ".join("".join(inner.find("ArticleTitle").itertext()).split())
            parts = [
                (f"{t.get('Label')}: " if t.get("Label") else "")
                + " ".join("".join(t.itertext()).split())
                for t in inner.findall("Abstract/AbstractText")
            ]
            year = inner.findtext("Journal/JournalIssue/PubDate/Year") or "0"
            headings = {
                d.text
                for d in article.findall(
                    "MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName"
                )
            }
            article.clear()
            if pmid in taken:
                continue
            text = " ".join(parts)
            lower = f"{title} {text}".lower()
            is_rct = "Randomized Controlled Trial" in types
            hard = "random" in lower or "placebo" in lower or "Clinical Trial" in types
            if not is_rct and hard and not headings and year >= "2019":
                told = types & {"Systematic Review", "Meta-Analysis", "Review", "Case Reports"}
                if not told and not any(word in lower for word in CLEARLY_NOT):
                    continue
            if is_rct and "Animals" in headings and "Humans" not in headings:
                continue
            if is_rct or hard or chance.random() < 0.25:
                yield title, text, is_rct


EASY = 0.3
"""How much a text counts that draws no lots and is no trial: most are, and teach little."""


def randomized_examples(folder, pubmed):
    """Return features, labels, weights and keys; the last are None for cases that are never tested."""
    features, labels, weights, keys = [], [], [], []

    def add(title, text, label, weight, key):
        features.append(design_module.design_features(split_passage(title, text or "")).names())
        labels.append(float(label))
        weights.append(weight)
        keys.append(key)

    taken = {
        str(row["pmid"])
        for name in (
            "design",
            "sample_size",
            "direction",
            "comparator",
            "review_titles",
            "topic_abstracts",
            "effects",
        )
        for row in load(folder, name)
        if row.get("pmid")
    }
    for row in load(folder, "design", "development"):
        add(row["title"], row["abstract"], row["is_rct"], 3.0, row.get("pmid") or row["title"])
    seen = {str(key) for key in keys}
    for name in ("comparator", "direction", "sample_size"):
        for row in load(folder, name, "development"):
            pmid = str(row.get("pmid"))
            if (
                pmid in seen
                or not row.get("pmid")
                or (name == "direction" and not row.get("intervention"))
            ):
                continue
            if name == "sample_size" and row["source"] != "pico-corpus":
                continue
            seen.add(pmid)
            title, text = (
                sample_text(row) if name == "sample_size" else (row["title"], row["abstract"])
            )
            if any(word in f"{title} {text}".lower() for word in ("random", "placebo", "control")):
                add(title, text, True, 1.0, None)
    for title, text, label in pubmed_examples(pubmed, taken, random.Random(1)):
        add(title, text, label, 1.0 if label else EASY, None)
        if "r:own" in features[-1]:
            weights[-1] = 1.0
    return features, np.array(labels), np.array(weights), keys


KEEP = 6000
"""How many words, pairs and cues the model of randomized trials keeps."""

SOFT, FIRM = 60.0, 150.0
"""Penalties of the model over words and cues, and of the one over cues alone."""


def _size(name):
    """Return the size of a feature: what is said around "random" counts more than a word."""
    if name.startswith("r:!"):
        return 10.0
    return 4.0 if name.startswith("r:") else 0.5 if " " in name else 1.0


def fit_randomized(features, labels, weights):
    """Return the mean of two models as feature to weight, and its bias: words with cues, and cues.

    Cues alone know less and carry over better; each model's scores are brought to one spread.
    """
    columns = vocabulary(features, 5)
    names = np.array(sorted(columns, key=columns.get))
    sizes = np.array([_size(n) for n in names])
    matrix = matrix_of(features, columns, _size)
    heaviest = np.argsort(
        -np.abs(fit_logistic(matrix, labels, weights, SOFT)[:-1]) * sizes, kind="stable"
    )[:KEEP]
    cues = np.array([n.startswith("r:") for n in names])
    total, bias = Counter(), 0.0
    for kept, penalty in (
        (np.sort(heaviest), SOFT),
        (np.where(cues)[0], FIRM),
    ):
        part = matrix[:, kept]
        point = fit_logistic(part, labels, weights, penalty)
        spread = float(np.std((part @ point[:-1])[weights > 1.0]))
        total.update(
            {
                n: float(v)
                for n, v in zip(names[kept], point[:-1] * sizes[kept] / spread, strict=True)
            }
        )
        bias += float(point[-1]) / spread
    return dict(total), bias


def train_randomized(folder, pubmed):
    """Fit the model, calibrate it on unseen folds, choose the cut."""
    features, labels, weights, keys = randomized_examples(folder, pubmed)
    tested = np.array([key is not None for key in keys])
    fold = np.where(tested, folds_of(keys), -1)
    scores = np.zeros(len(labels))
    for k in range(FOLDS):
        seen = np.where(fold != k)[0]
        held, bias = fit_randomized([features[i] for i in seen], labels[seen], weights[seen])
        for i in np.where(fold == k)[0]:
            scores[i] = bias + sum(held.get(n, 0.0) for n in features[i])
    line = fit_line(scores[tested], labels[tested])
    held, bias = fit_randomized(features, labels, weights)
    chances = 1 / (1 + np.exp(-(line["slope"] * scores[tested] + line["intercept"])))
    cut = best_cut(chances, labels[tested])
    write(
        "randomized",
        {
            "purpose": "randomized trial of people or not, from title and abstract",
            "trained_on": f"{int(tested.sum())} abstracts of the development half by publication type or by a person, {int((~tested).sum())} more by publication type or source",
            "weights": whole(held, 3),
            "bias": round(UNIT * bias),
            "calibration": line,
            "cut": cut,
        },
    )


def best_cut(chances, labels):
    """Return the cut in the middle of those whose F1 is within a hair of the best."""
    cuts = np.arange(0.15, 0.86, 0.01)
    f1 = []
    for cut in cuts:
        called = chances >= cut
        hits = (called & (labels > 0)).sum()
        f1.append(2 * hits / (called.sum() + labels.sum()))
    f1 = np.array(f1)
    near = cuts[f1 >= f1.max() - 0.004]
    allowed = int(0.05 * (labels == 0).sum())
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(labels[order] > 0)[np.cumsum(labels[order] == 0) <= allowed].max()
    print(
        "randomized: on unseen folds F1",
        round(float(f1.max()), 4),
        "sensitivity at specificity 0.95",
        round(float(hits / labels.sum()), 4),
        "cuts",
        near.min(),
        near.max(),
    )
    return round(float(np.median(near)), 2)


# --- participants --------------------------------------------------------------------------------


def fit_ranking(cases, penalty, columns, light=()):
    """Return weights of a conditional logit: one of the candidates of each case is right.

    ``light`` are cases that count little (``LIGHT``).
    """
    coded = []
    for size, part in ((1.0, cases), (LIGHT, light)):
        for candidates, right in part:
            rows = [[columns[f] for f in set(c) if f in columns] for c in candidates]
            if any(right):
                coded.append((size, rows, np.array(right, float)))

    def loss(weights):
        value, slope = 0.5 * penalty * (weights**2).sum(), penalty * weights
        for size, rows, right in coded:
            scores = np.array([weights[row].sum() for row in rows])
            odds = np.exp(scores - scores.max())
            share = odds / odds.sum()
            wanted = odds * right
            wanted /= wanted.sum()
            value -= size * np.log((share * right).sum())
            for row, gap in zip(rows, share - wanted, strict=True):
                np.add.at(slope, row, size * gap)
        return value, slope

    start = np.zeros(len(columns))
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x


def shares(candidates, weights, columns):
    """Return the share of each candidate of one case."""
    scores = np.array(
        [sum(weights[columns[f]] for f in set(c) if f in columns) for c in candidates]
    )
    odds = np.exp(scores - scores.max())
    return odds / odds.sum()


INVENTED = (
    "Patients were randomly assigned to {x} (n = {a}) or {y} (n = {b}).",
    "Participants were randomized to receive {x} (n={a}) or {y} (n={b}) for 8 weeks.",
    "Women were allocated to {x} (n = {a}), {y} (n = {b}) or no treatment (n = {c}).",
    "Patients were randomly allocated to two groups, {x} or {y}, with {a} patients in each group.",
    "Subjects were randomly divided into two groups of {a} each to receive {x} or {y}.",
    "Children were randomly divided into three groups ({x}, {y} and control; n = {a} in each group).",
    "Patients were randomized to either {x} or {y} (n = {a} per group).",
    "Of {t} patients assessed for eligibility, {s} were randomized to {x} or {y}.",
    "{T} patients were screened and {s} were randomised; {a} received {x}.",
    "We assessed {t} adults for eligibility; {s} were enrolled and randomly assigned to {x} or {y}.",
    "Of the {t} people screened, {s} underwent randomization: {a} to {x} and {b} to {y}.",
    "{t} patients were assessed, {s} randomized.",
    "Of {t} patients assessed for eligibility, {s} were randomly assigned to {x} or {y}.",
    "Of {t} women screened, {s} were randomized.",
    "Of the {t} patients assessed, {s} were randomized to {x} or {y}.",
    "{T} subjects were invited, {s} agreed to take part and were randomized.",
)
"""Wordings that the labelled abstracts hold too seldom, invented: sums of arms, and who was screened."""

_NO_TOTAL = {0: "ab", 1: "ab", 2: "abc", 3: "aa", 4: "aa", 5: "aaa", 6: "aa"}


def invented_participants():
    """Return invented abstracts with their number of participants, always the same ones."""
    draw = random.Random(7)
    cases = []
    for k, wording in enumerate(INVENTED * 4):
        k %= len(INVENTED)
        figures = {name: draw.randrange(12, 240) for name in "abc"}
        figures["s"] = figures["a"] + figures["b"]
        figures["t"] = figures["T"] = figures["s"] + draw.randrange(10, 300)
        text = wording.format(
            x=draw.choice(("exercise", "drug A", "massage")),
            y=draw.choice(("rest", "placebo", "advice")),
            **figures,
        )
        total = sum(figures[name] for name in _NO_TOTAL[k]) if k in _NO_TOTAL else figures["s"]
        after = draw.choice(
            ("Pain fell by 12%.", f"At 6 months {figures['a'] - 3} patients were followed.", "")
        )
        cases.append(
            (
                find_candidates(
                    split_passage("Exercise for pain: a trial", f"METHODS: {text} RESULTS: {after}")
                ),
                total,
            )
        )
    return cases


def train_participants(folder):
    """Fit the ranking of numbers; calibrate on unseen folds."""
    rows = load(folder, "sample_size", "development")
    found = [find_candidates(split_passage(*sample_text(row))) for row in rows]
    cases = [
        ([c.features for c in cands], [c.value == row["total_first"] for c in cands])
        for row, cands in zip(rows, found, strict=True)
    ]
    more = [
        ([c.features for c in cands], [c.value == total for c in cands])
        for cands, total in invented_participants()
    ]
    print(
        "participants: invented cases with the right candidate",
        sum(any(right) for _, right in more),
        "of",
        len(more),
    )
    columns = vocabulary([f for cands, _ in cases + more for f in cands], 2)
    fold = folds_of([row["pmid"] for row in rows])
    odds, right = [], []
    for k in range(FOLDS):
        weights = fit_ranking(
            [c for c, f in zip(cases, fold, strict=True) if f != k], 2.0, columns, more
        )
        for row, cands, f in zip(rows, found, fold, strict=True):
            if f == k and cands:
                value, share = best_value(
                    cands, shares([c.features for c in cands], weights, columns)
                )
                odds.append(np.log(share / max(1 - share, 1e-9)))
                right.append(value == row["total_first"])
    print("participants: right on unseen folds", round(float(np.sum(right) / len(rows)), 4))
    weights = fit_ranking(cases, 2.0, columns, more)
    write(
        "participants",
        {
            "purpose": "which printed number counts the participants",
            "trained_on": f"{len(rows)} abstracts of the development half with the number of participants marked, and {len(more)} invented sentences",
            "weights": whole(dict(zip(sorted(columns, key=columns.get), weights, strict=True))),
            "bias": 0,
            "calibration": fit_line(np.clip(odds, -9, 9), right),
        },
    )
    return quantile_cuts(odds, fit_line(np.clip(odds, -9, 9), right), (0.88, 0.68, 0.45))


def best_value(candidates, share):
    """Return the number with the largest share and that share."""
    mass = {}
    for candidate, part in zip(candidates, share, strict=True):
        mass[candidate.value] = mass.get(candidate.value, 0.0) + part
    value = max(mass, key=lambda v: (mass[v], -v))
    return value, min(mass[value], 1 - 1e-9)


def quantile_cuts(odds, line, coverages):
    """Return the confidence above which each share of the cases lies."""
    chances = 1 / (1 + np.exp(-(line["slope"] * np.clip(odds, -9, 9) + line["intercept"])))
    return dict(
        zip(
            ("sensitive", "balanced", "precise"),
            (round(float(np.quantile(chances, 1 - c)), 3) for c in coverages),
            strict=True,
        )
    )


# --- direction -----------------------------------------------------------------------------------


def direction_rows(folder):
    """Return the labelled questions of the development half, and the project's own labels."""
    rows = [row for row in load(folder, "direction", "development") if row["label"] in DIRECTIONS]
    own = {
        (label["case"], label["question"]): label
        for label in load_own_labels("direction_labels.csv")
    }
    more = []
    for row in load(folder, "comparator", "development"):
        label = own.get((case_id(row), question_key(row)))
        if label is not None:
            more.append({**row, "label": label["direction"], "marked": label["sentence"]})
    return rows, more


def direction_case(row):
    """Return the features of every sentence of one question."""
    import hashlib

    passage = split_passage(row["title"], row["abstract"])
    question = direction_module.make_question(
        passage, row["intervention"], row["comparator"], row["outcome"]
    )
    stems = [frozenset(s.stems) for s in passage.sentences]
    spread = {word: sum(word in held for held in stems) for word in question.outcome.own}
    ranking = [
        direction_module.sentence_features(s, held, question, spread, len(stems))
        for s, held in zip(passage.sentences, stems, strict=True)
    ]
    clauses = [direction_module.reading_features(s, question) for s in passage.sentences]
    if "marked" in row:
        right = [
            hashlib.sha256(plain(s.text).encode()).hexdigest()[:12] == row["marked"]
            for s in passage.sentences
        ]
    else:
        right = [is_labelled(s.text, row["evidence"]) for s in passage.sentences]
    return {
        "label": DIRECTIONS.index(row["label"]),
        "key": case_id(row),
        "rank": ranking,
        "read": clauses,
        "right": right,
    }


def fit_direction(cases):
    """Return the three models behind a direction."""
    columns = vocabulary([f for case in cases for f in case["rank"]], 2)
    weights = fit_ranking([(case["rank"], case["right"]) for case in cases], 1.0, columns)
    sentence = dict(zip(sorted(columns, key=columns.get), weights, strict=True))
    plain_rows, signed_rows, labels, weight = [], [], [], []
    for case in cases:
        share = shares(case["rank"], weights, columns)
        right = np.array(case["right"], float)
        if right.any():
            share = 0.3 * share + 0.7 * share * right / (share * right).sum()
        for k in np.argsort(-share, kind="stable")[:3]:
            if share[k] > 0.05:
                plain_rows.append(case["read"][k].plain)
                signed_rows.append(case["read"][k].signed)
                labels.append(case["label"])
                weight.append(share[k])
    labels, weight = np.array(labels), np.array(weight)
    differs, bias = fit_named(
        plain_rows,
        (labels < 2).astype(float),
        weight,
        1.0,
        3,
        lambda n: 0.6 if n.startswith("w:") else 1.0,
    )
    moved = np.where(labels < 2)[0]
    sign, _ = fit_named(
        [signed_rows[k] for k in moved],
        (labels[moved] == 0).astype(float),
        weight[moved],
        1.0,
        2,
        lambda n: 0.5 if n.startswith(("expected", "s ")) else 1.0,
        bias=False,
    )
    return {"sentence": sentence, "difference": differs, "bias": bias, "sign": sign}


def fit_named(rows, labels, weight, penalty, least, scale, bias=True):
    """Return a logistic regression as feature to weight, and its bias."""
    columns = vocabulary(rows, least)
    point = fit_logistic(matrix_of(rows, columns, scale), labels, weight, penalty, bias)
    return {n: point[k] * scale(n) for n, k in columns.items()}, float(point[-1])


def direction_models(fitted, confidence=None):
    """Return the fitted weights in the shape that the reader uses."""
    from evidence.appraisal.linear import Calibration, LinearModel

    same = Calibration(1.0, 0.0)
    return direction_module.DirectionModels(
        LinearModel(whole(fitted["sentence"], 1), 0, same),
        LinearModel(whole(fitted["difference"], 1), round(UNIT * fitted["bias"]), same),
        whole(fitted["sign"], 1),
        confidence or LinearModel({}, 0, same),
    )


def answer(case, models):
    """Return chances and ranked sentences, as the reader does."""
    scores = [models.sentence.score(f) / UNIT for f in case["rank"]]
    odds = np.exp(np.array(scores) - max(scores))
    share = odds / odds.sum()
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))[: direction_module.MAX_READ]
    ranked = [
        (k, float(share[k]))
        for k in order
        if k == order[0] or share[k] > direction_module.MIN_SHARE
    ]
    kept = sum(part for _, part in ranked)
    chances = [0.0, 0.0, 0.0]
    for k, part in ranked:
        differs, rises = direction_module.read_clause(case["read"][k], models)
        chances[0] += part / kept * differs * rises
        chances[1] += part / kept * differs * (1 - rises)
        chances[2] += part / kept * (1 - differs)
    return chances, ranked


def fit_trust(signals, right, fold):
    """Return weights and bias of the confidence, and the confidence of cases it did not see."""
    columns = vocabulary(signals, 1)
    matrix = matrix_of(signals, columns, _even)
    unseen = np.zeros(len(right))
    for k in range(FOLDS):
        point = fit_logistic(matrix[fold != k], right[fold != k], np.ones((fold != k).sum()), 1.0)
        unseen[fold == k] = matrix[fold == k] @ point[:-1] + point[-1]
    point = fit_logistic(matrix, right, np.ones(len(right)), 1.0)
    weights = {n: point[k] for n, k in columns.items()}
    return weights, float(point[-1]), 1 / (1 + np.exp(-unseen))


def train_direction(folder):
    """Fit the models, and the confidence on answers of unseen folds."""
    rows, more = direction_rows(folder)
    cases = [direction_case(row) for row in rows]
    extra = [direction_case(row) for row in more]
    fold = folds_of([case["key"] for case in cases])
    features, right, marked = [], [], []
    for k in range(FOLDS):
        out = {str(case["key"]) for case, f in zip(cases, fold, strict=True) if f == k}
        seen = [c for c, f in zip(cases, fold, strict=True) if f != k] + [
            c for c in extra if str(c["key"]) not in out
        ]
        models = direction_models(fit_direction(seen))
        for case, f in zip(cases, fold, strict=True):
            if f != k:
                continue
            chances, ranked = answer(case, models)
            printed = case["read"][ranked[0][0]].signed.get(direction_module.PRINTED, 0)
            features.append(direction_module.confidence_signals(chances, printed))
            right.append(int(np.argmax(chances)) == case["label"])
            marked.append(case["right"][ranked[0][0]])
    right = np.array(right, float)
    print(
        "direction: right on unseen folds",
        round(right.mean(), 4),
        "sentence",
        round(float(np.mean(marked)), 4),
    )
    trust, bias, trusted = fit_trust(features, right, np.sort(fold))
    order = np.argsort(-trusted, kind="stable")
    for share in (0.5, 0.6):
        part = order[: int(share * len(order))]
        print("direction: right in the surest", share, round(right[part].mean(), 4))
    fitted = fit_direction(cases + extra)
    source = f"{len(cases)} questions of the development half with their evidence sentences, {len(extra)} more labelled by this project"
    same = {"calibration": {"slope": 1.0, "intercept": 0.0}, "trained_on": source}
    write(
        "direction_sentence",
        {
            **same,
            "purpose": "which sentence carries the answer",
            "weights": whole(fitted["sentence"]),
            "bias": 0,
        },
    )
    write(
        "direction_difference",
        {
            **same,
            "purpose": "whether a clause tells a difference",
            "weights": whole(fitted["difference"]),
            "bias": round(UNIT * fitted["bias"]),
        },
    )
    write(
        "direction_sign",
        {
            **same,
            "purpose": "which way a difference goes; turns with the arms",
            "weights": whole(fitted["sign"]),
            "bias": 0,
        },
    )
    write(
        "direction_confidence",
        {
            **same,
            "purpose": "how far a direction may be trusted",
            "weights": whole(trust),
            "bias": round(UNIT * bias),
        },
    )
    return {
        name: round(float(np.quantile(trusted, 1 - c)), 3)
        for name, c in (("sensitive", 0.85), ("balanced", 0.52), ("precise", 0.35))
    }


# --- end point, rules, thresholds ----------------------------------------------------------------


def _weighty(name):
    """Return the size of a feature of the end point: what is said outright counts three times."""
    return 3.0 if name.startswith("said:") else 1.0


FIRM_ENDPOINT = 8.0
"""The penalty of the end point: some sixty trials teach few weights."""


def train_endpoint(folder):
    """Fit "met or not" on the oncology trials; calibrate on unseen folds."""
    rows = [row for row in load(folder, "direction", "development") if row["label"] in ENDPOINTS]
    passages = [split_passage(row["title"], row["abstract"]) for row in rows]
    features = [endpoint_features(p, primary_outcome(p))[0] for p in passages]
    labels = np.array([row["label"] == ENDPOINTS[0] for row in rows], float)
    fold = folds_of([row["title"] for row in rows])
    scores = np.zeros(len(rows))
    ones = np.ones(len(rows))
    for k in range(FOLDS):
        seen = np.where(fold != k)[0]
        weights, bias = fit_named(
            [features[i] for i in seen], labels[seen], ones[seen], FIRM_ENDPOINT, 2, _weighty
        )
        for i in np.where(fold == k)[0]:
            scores[i] = bias + sum(weights.get(n, 0) for n in features[i])
    print(
        "endpoint: right on unseen folds",
        round(float(((scores > 0) == labels).mean()), 4),
        "of",
        len(rows),
    )
    weights, bias = fit_named(features, labels, ones, FIRM_ENDPOINT, 2, _weighty)
    write(
        "endpoint",
        {
            "purpose": "primary end point met or not",
            "trained_on": f"{len(rows)} oncology trials of the development half",
            "weights": whole(weights),
            "bias": round(UNIT * bias),
            "calibration": fit_line(scores, labels),
        },
    )


def count_review_rules(counts, hits, pubmed):
    """Count the rules of reviews anew on indexed records of the years that know their type."""
    met, right = Counter(), Counter()
    for row in typed_records(pubmed, "development"):
        passage = split_passage(row["title"], row["abstract"])
        by_text = design_module.read_design(passage, row["is_rct"])
        if by_text.design in design_module.REVIEW_DESIGNS:
            met[by_text.rule] += 1
            right[by_text.rule] += row["is_review"]
    for rule in met:
        counts[rule], hits[rule] = met[rule], right[rule]


def measure_rules(folder, pubmed):
    """Write how often each rule of design was right on the development half."""
    counts = {"design": Counter()}
    hits = {"design": Counter()}
    for row in load(folder, "design", "development"):
        passage = split_passage(row["title"], row["abstract"] or "")
        typed = design_module._from_types(row["pubtypes"], row["mesh"])
        by_text = design_module.read_design(passage, row["is_rct"])
        if typed is not None:
            counts["design"][by_text.rule] += 1
            hits["design"][by_text.rule] += by_text.design == typed[0]
    count_review_rules(counts["design"], hits["design"], pubmed)
    measured = {
        part: {
            rule: round((hits[part][rule] + 1.6) / (n + 2), 3)
            for rule, n in sorted(counts[part].items())
        }
        for part in counts
    }
    measured["design"].update({f"type {d.value}": 0.97 for d in design_module.Design})
    measured["endpoint"] = {"not stated": 0.7}
    write(
        "rules",
        {
            "purpose": "how often each named rule is right",
            "trained_on": "the development half",
            "measured": measured,
        },
    )


def main():
    """Train everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--pubmed", nargs="*", default=[])
    parser.add_argument(
        "--only",
        nargs="*",
        default=["randomized", "participants", "direction", "endpoint", "rules"],
    )
    options = parser.parse_args()
    MODELS.mkdir(parents=True, exist_ok=True)
    path = MODELS / "thresholds.json"
    cuts = json.loads(path.read_text())["thresholds"] if path.is_file() else {}
    default = {"sensitive": 0.5, "balanced": 0.65, "precise": 0.85}
    for name in ("design", "is_rct", "comparator_class", "population", "primary_endpoint"):
        cuts.setdefault(name, default)
    if "randomized" in options.only:
        train_randomized(options.folder, options.pubmed)
    if "participants" in options.only:
        cuts["n_participants"] = train_participants(options.folder)
    if "direction" in options.only:
        cuts["direction"] = train_direction(options.folder)
        cuts["favours"] = {name: round(0.9 * cut, 3) for name, cut in cuts["direction"].items()}
    if "endpoint" in options.only:
        train_endpoint(options.folder)
    if "rules" in options.only:
        measure_rules(options.folder, options.pubmed)
    write(
        "thresholds",
        {
            "purpose": "confidence below which a value is abstained, by operating point",
            "trained_on": "shares of unseen folds of the development half",
            "thresholds": cuts,
        },
    )


if __name__ == "__main__":
    assert half_of({"pmid": "1"}) in ("development", "held-out")
    main()
