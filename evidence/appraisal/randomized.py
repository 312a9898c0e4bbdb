"""Whether a passage reports a trial that drew lots: what is said around each "random".

A word alone does not tell: "randomly selected", "randomized trials are needed" and "rats were
randomized" are no randomized trials of people. This module turns each mention into features for
the model of ``design.py``; it decides nothing by itself.
"""

from __future__ import annotations

import re

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.patterns import holds_any
from evidence.appraisal.sentences import AIM, CONCLUSIONS, TITLE, Passage, Sentence

_MENTION = re.compile(r"random|\brct")
_SAMPLING = re.compile(
    r"^random(?:ly)?[ -](?:selected|select|sampl\w*|chosen|drawn|picked|identified|effect\w*|error\w*|"
    r"digit\w*|number\w*|forest\w*|intercept\w*|distribut\w*|walk\w*|coil\w*|enrolled|primer\w*|mutat\w*|"
    r"household\w*|telephone|spot|amplif\w*|plasma|urine|blood|glucose)"
)
_NEGATED = re.compile(r"(?:non[ -]?|not (?:been )?|un|quasi[ -]?|pseudo-?|without |lack of |no )$")
_OTHERS = re.compile(
    r"^random\w+(?:[ ,]+(?:and|or|double[- ]blind(?:ed)?|placebo[- ]controlled|controlled|clinical|control|"
    r"prospective|comparative|intervention|crossover|phase|iii|well[- ]designed|large|multicent\w+))*[ ,]+"
    r"(?:trials|studies|evidence|data\b)|^rcts"
)
_WISHED = re.compile(
    r"\b(?:needed|need|required|require|warranted|future|further|should|necessary|await\w*|lacking|confirm)\b"
)
_ACTION = re.compile(
    r"^random(?:ly|i[sz]ed|i[sz]ation|i[sz]ing)?(?:,? (?:and |double-blind |equally |prospectively |then |in \w+ "
    r"|\(\S+\) )*)(?:assign\w*|alloca\w*|divid\w*|to\b|into|between|group\w*|given|receiv\w*|for|placed|split|"
    r"separated|treated|administered|in a|with|\(|,|\.|distributed|design|order)"
)
_BEFORE = re.compile(
    r"(?:were|was|been|and|then|patients|women|men|subjects|participants|children|we|assigned|allocated|divided|"
    r"at|by|in|underwent|after|before|of|all|eligible|prospective|this|a|an|the|\d)[ ,(]+$"
)
_DESIGN = re.compile(
    r"^random\w+[- ,;]*(?:(?:parallel|open|label|open-label|double|single|blind\w*|masked|placebo|sham|controlled|control|"
    r"clinical|pilot|prospective|multi\w*|crossover|cross-over|cross|over|phase|i|ii|iii|iv|2|3|comparative|two|three|"
    r"group|arm|factorial|intervention|community|cluster|field|non-?inferiority|equivalence|pragmatic|and|-|,|"
    r"exploratory|feasibility|effectiveness|efficacy|safety|international)[- ,]*)*"
    r"(?:trial|study|design|investigation|comparison|evaluation|experiment)\b(?!s)"
)
_ANIMALS = frozenset(
    words_in(
        "rat rats mice mouse rabbit rabbits dog dogs piglet piglets pig pigs swine sheep lamb "
        "lambs cow cows calves heifers steers cat cats monkey monkeys macaques hamster "
        "hamsters chicken chickens broilers hen hens goat goats horse horses guinea zebrafish "
        "animal animals wistar sprague beagle beagles vitro cadaver cadaveric cadavers "
        "specimens extracted"
    )
)
_PLAIN = (
    ("placebo-controlled", "placebo-controlled"),
    ("placebo controlled", "placebo-controlled"),
    ("double-blind", "double-blind"),
    ("double blind", "double-blind"),
    ("double-masked", "double-blind"),
    ("cross-over", "crossover"),
    ("crossover", "crossover"),
    ("control group", "control group"),
    ("controls", "controls"),
    ("intervention group", "intervention group"),
    ("treatment group", "treatment group"),
    ("assigned to", "assigned to"),
    ("allocated to", "allocated to"),
    ("meta-analy", "meta-analysis"),
    ("systematic review", "systematic review"),
    ("cochrane", "cochrane"),
    ("medline", "medline"),
    ("protocol", "protocol"),
    ("retrospective", "retrospective"),
    ("cohort", "cohort"),
    ("cross-sectional", "cross-sectional"),
    ("survey", "survey"),
    ("case report", "case report"),
    ("secondary analysis", "secondary analysis"),
    ("baseline data", "baseline data"),
    ("observational", "observational"),
    ("group i ", "numbered groups"),
    ("group 1", "numbered groups"),
    ("group a ", "numbered groups"),
    ("nct0", "registered"),
    ("isrctn", "registered"),
    ("actrn", "registered"),
    ("chictr", "registered"),
    ("open-label", "open label"),
    ("open label", "open label"),
    ("single-arm", "single arm"),
    ("will be random", "planned"),
    ("will be ", "future"),
)


def _mention_kind(sentence: Sentence, start: int) -> str:
    """Return what one mention of chance does in its sentence."""
    before = sentence.lower[max(0, start - 24) : start]
    after = sentence.lower[start : start + 120]
    if _NEGATED.search(before):
        return "negated"
    if _SAMPLING.match(after):
        return "sampling"
    if _OTHERS.match(after):
        return "others wished" if _WISHED.search(sentence.lower) else "others"
    if _DESIGN.match(after):
        if sentence.section in (CONCLUSIONS, AIM) and _WISHED.search(sentence.lower):
            return "wished"
        return "design"
    if _ACTION.match(after):
        return "action"
    return "action" if _BEFORE.search(before) else "loose"


def _mentions(passage: Passage) -> tuple[set[str], set[str]]:
    """Return the kind of each mention of chance with its section, and the kinds alone."""
    features: set[str] = set()
    kinds: set[str] = set()
    if "random" not in passage.lower and "rct" not in passage.lower:
        return features, kinds
    for sentence in passage.sentences:
        if "random" not in sentence.lower and "rct" not in sentence.lower:
            continue
        for found in _MENTION.finditer(sentence.lower):
            kind = _mention_kind(sentence, found.start())
            kinds.add(kind)
            where = "t" if sentence.section == TITLE else sentence.section[0]
            features.add(f"r:{kind}@{where}")
    return features, kinds


def randomization_features(passage: Passage, words: set[str]) -> set[str]:
    """Return what the passage says of drawing lots, as features that start with ``r:``.

    ``words`` are the distinct words of the abstract.
    """
    features, kinds = _mentions(passage)
    features.update([f"r:{kind}" for kind in kinds])
    own = kinds & {"design", "action"}
    features.add("r:own" if own else "r:none" if not kinds else "r:not own")
    if own and not _ANIMALS.isdisjoint(words):
        features.add("r:own animal")
        if not _ANIMALS.isdisjoint(passage.sentences[0].tokens):
            features.add("r:own animal title")
    lower = passage.lower
    title = passage.title_lower
    if own:
        features.add("r:own spoiled" if _is_spoiled(passage, kinds, features) else "r:own clean")
    tag = "own" if own else "no"
    for literal, name in _PLAIN:
        if literal in lower:
            features.add(f"r:{name}|{tag}")
            if literal in title:
                features.add(f"r:t:{name}|{tag}")
    return features


_SPOILERS = (
    "in vitro", "extracted", "specimens", "medline", "embase", "meta-analy", "metaanaly", "systematic review",
    "nonrandomi", "non-randomi", "quasi-", "cross-sectional", "retrospective", "protocol describes", "baseline data",
)  # fmt: skip
"""What a text says where its "random" is of animals, of others, of plans or of the past."""

_PLANNED = re.compile(r"will be (?:random|recruit|enrol|includ|assess|compar|measur)")


def _is_spoiled(passage: Passage, kinds: set[str], features: set[str]) -> bool:
    """Return whether something speaks against people having been randomized in this study."""
    return (
        "negated" in kinds
        or "r:own animal title" in features
        or ("r:own animal" in features and "patients" not in passage.lower)
        or "[review]" in passage.title_lower
        or holds_any(passage.lower, _SPOILERS)
        or (" will be " in passage.lower and _PLANNED.search(passage.lower) is not None)
    )
