"""The labelled abstracts: where they are, how they are halved, how answers are compared.

The labels stay outside the repository: every command here takes their folder. A case belongs to
the half that a hash of its PubMed id gives, so all rows of one abstract fall together, in every
file alike.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MODELS = ROOT / "data" / "models"
DIRECTIONS = ("increased", "decreased", "no_difference")
ENDPOINTS = ("primary endpoint met", "primary endpoint not met")


def half_of(row):
    """Return the half of a case: by the parity of the first byte of a hash of its id."""
    key = str(row.get("pmid") or row["title"])
    return "development" if hashlib.sha256(key.encode()).digest()[0] % 2 == 0 else "held-out"


def case_id(row):
    """Return PubMed's id of a case, else PubMed Central's, else a short hash of its title."""
    title = hashlib.sha256(row["title"].encode()).hexdigest()[:12]
    return str(row.get("pmid") or row.get("pmcid") or title)


def load(folder, name, half="all"):
    """Return the cases of one file that belong to a half."""
    path = Path(folder) / f"{name}.jsonl.gz"
    if not path.is_file():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return rows if half == "all" else [row for row in rows if half_of(row) == half]


def plain(text):
    """Return only the letters and figures of a text, to compare sentences."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def is_labelled(sentence, evidence):
    """Return whether a sentence is one that the labellers marked, whole or in part."""
    mine = plain(sentence)
    if len(mine) < 15:
        return False
    for marked in (plain(text) for text in evidence):
        if len(marked) > 15 and (mine in marked or marked in mine):
            return True
        if len(marked) > 40 and (marked[:60] in mine or marked[-60:] in mine):
            return True
    return False


def sample_text(row):
    """Return title and abstract of a case of sample_size, whose text begins with its title."""
    title, text = row["title"], row["text"]
    return title, text[len(title) :].lstrip() if text.startswith(title) else text


def question_key(row):
    """Return a short hash of the question of a row, so that labels need no text."""
    parts = "|".join(str(row.get(name) or "") for name in ("intervention", "comparator", "outcome"))
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def load_own_labels(name):
    """Return the project's own labels: rows of a CSV in data/models without any text."""
    path = MODELS / name
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def load_comparator_cases(folder, half):
    """Return rows with the project's own comparator label; every kind of labelled abstract.

    The project's own questions (comparator_questions.csv) are asked of the development half only.
    """
    own = {(r["case"], r["question"]): r for r in load_own_labels("comparator_labels.csv")}
    asked = defaultdict(list)
    for question in load_own_labels("comparator_questions.csv"):
        asked[question["case"]].append(question)
    found = []
    for name in ("comparator", "direction", "topic_abstracts", "design", "sample_size"):
        for row in load(folder, name, half):
            for kept in _as_questions(name, row):
                label = own.pop((case_id(kept), question_key(kept)), None)
                if label is not None:
                    found.append((kept, label["comparator_class"]))
            bare = _as_questions(name, row)[0]
            for question in asked.pop(case_id(bare), ()):
                found.append((bare | question, question["comparator_class"]))
    return found


def _as_questions(name, row):
    """Return the questions of a row of labels; a sample size asks by its marked arms, and none."""
    if name not in ("design", "sample_size"):
        return [row]
    title, text = sample_text(row) if name == "sample_size" else (row["title"], row["abstract"])
    bare = {"title": title, "abstract": text, "pmid": row.get("pmid"), "pmcid": row.get("pmcid")}
    if not row.get("intervention") or not row.get("control"):
        return [bare]
    return [bare, {**bare, "intervention": row["intervention"][0], "comparator": row["control"][0]}]


REVIEW_TYPES = {"Systematic Review", "Meta-Analysis"}
SINCE_TYPED = "2019"
"""The year from which PubMed tells systematic reviews from other reviews."""


def typed_records(paths, half):
    """Yield the indexed records of PubMed files, of those years, that have an abstract."""
    from lxml import etree

    for path in paths:
        with gzip.open(path) as packed:
            for _, article in etree.iterparse(packed, tag="PubmedArticle"):
                row = _typed_record(article)
                article.clear()
                if row is not None and (half == "all" or half_of(row) == half):
                    yield row


def _typed_record(article):
    """Return one record as a row, None where its publication types tell nothing."""
    inner = article.find("MedlineCitation/Article")
    year = inner.findtext("Journal/JournalIssue/PubDate/Year") or "0"
    parts = inner.findall("Abstract/AbstractText")
    types = {kind.text for kind in inner.findall("PublicationTypeList/PublicationType")}
    is_review = bool(types & REVIEW_TYPES)
    is_indexed = article.find("MedlineCitation/MeshHeadingList") is not None
    if not parts or year < SINCE_TYPED or not (is_indexed or is_review):
        return None
    return {
        "pmid": article.findtext("MedlineCitation/PMID"),
        "title": " ".join("".join(inner.find("ArticleTitle").itertext()).split()),
        "abstract": " ".join(
            (f"{part.get('Label')}: " if part.get("Label") else "")
            + " ".join("".join(part.itertext()).split())
            for part in parts
        ),
        "is_review": is_review,
        "is_rct": "Randomized Controlled Trial" in types,
    }
