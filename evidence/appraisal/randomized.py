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

_MENTION = re.compile(r"r(?:andom|ct(?<!\wrct))")
"""Begins with its letter, not with ``\\b``: so it is looked for many times faster."""
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
_ALIVE = _ANIMALS - {"extracted"}
"""Without a word that is said of records and of teeth alike."""

_PEOPLE = frozenset(
    words_in(
        "patient patients woman women man men child children infant infants adult adults people "
        "person persons girls boys students volunteer volunteers participant participants"
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
    is_animal = bool(own) and _draws_animals(passage, words)
    features.add("r:own" if own else "r:none" if not kinds else "r:not own")
    if is_animal:
        features.add("r:animals drawn")
    if own and not _ANIMALS.isdisjoint(words):
        features.add("r:own animal")
        if not _ANIMALS.isdisjoint(passage.sentences[0].tokens):
            features.add("r:own animal title")
    lower = passage.lower
    title = passage.title_lower
    if own:
        features.add("r:own spoiled" if _is_spoiled(passage, kinds, features) else "r:own clean")
    tag = "animal" if is_animal else "own" if own else "no"
    for literal, name in _PLAIN:
        if literal in lower:
            features.add(f"r:{name}|{tag}")
            if literal in title:
                features.add(f"r:t:{name}|{tag}")
    features.update([f"r:{cue}|{tag}" for cue in _trial_cues(passage)])
    return features


def _draws_animals(passage: Passage, words: set[str]) -> bool:
    """Return whether animals or specimens, and not people, were randomized."""
    if _ALIVE.isdisjoint(words):
        return False
    if _PEOPLE.isdisjoint(words):
        return True
    return any(
        "random" in sentence.lower
        and not _ALIVE.isdisjoint(sentence.tokens)
        and _PEOPLE.isdisjoint(sentence.tokens)
        for sentence in passage.body
    )


_OF_TRIAL = re.compile(
    r"\b(?:data|results|participants|patients|subjects|women|men|baseline|enrolled|enrollees|analys[ei]s|substudy|"
    r"follow-?up|cohort) (?:\w+ ){0,3}?(?:from|in|of|into|for) (?:a |an |the |this |two |our |one )?"
    r"(?:[\w()-]+ ){0,10}?trials?\b"
)
_THIS_TRIAL = re.compile(
    r"\b(?:this|our|the|present|pilot|controlled|prospective|multicent\w+|intervention|community|open) (?:\w+ )?"
    r"trial\b(?!s)"
)
_ONE_TRIAL = re.compile(r"\btrial\b")
_NAMED_TRIAL = re.compile(
    r"\b(?:[A-Z]{3}[A-Z0-9]*|[A-Z]+[a-z]?[A-Z]+[A-Za-z0-9]*)(?:[- ]?[0-9I]{1,3})?\)? "
    r"(?:[Rr]andomi[sz]ed |[Cc]linical |[Pp]ilot )?[Tt]rial\b(?!s)"
)
"""A trial called by the capitals of its name."""

_EFFECT_OF = re.compile(
    r"^(?:the )?(?:\w+ ){0,2}?(?:effects?|efficacy|effectiveness|influence|impact|comparison|treatment|use|benefits?) "
    r"(?:of|between)\b"
)
_CUES = (
    ("between groups", ("between groups", "between the groups", "between the two", "between treatment", "both groups",
                        "two groups", "two treatment", "three groups", "treatment groups", "treatment arms", "both arms",
                        "both treatments", "two regimens")),
    ("control arm", ("usual care", "usual-care", "waiting list", "waiting-list", "wait-list", "waitlist", "control arm",
                     "control condition", "comparison group", "intervention arm", "intervention and control",
                     "treatment and control", "experimental group")),
    ("periods", ("wash-out", "washout", "wash out", "occasions", "week apart", "weeks apart", "crossed over", "cross over",
                 "two periods", "period 1", "latin square", "study days", "alternat")),
    ("placebo arm", ("or placebo", "versus placebo", "vs placebo", "vs. placebo", "with placebo", "than placebo",
                     "and placebo", "to placebo", "placebo group", "placebo arm", "placebo treatment")),
)  # fmt: skip
"""Words of a study that compares arms, whether it names chance or not."""

_GIVEN = (
    "receiv",
    "treated with",
    " given ",
    "administered",
    "treatment with",
    "underwent",
    " took ",
)
_EITHER = (" or ", " versus ", " vs")
_TITLE_VERSUS = (
    " versus ",
    " vs",
    "compared with",
    "compared to",
    "comparison of",
    "comparing",
    "comparison between",
)


def _trial_cues(passage: Passage) -> list[str]:
    """Return what else tells a study that compares arms: its name, its arms, its periods.

    Trials often leave the word "random" to their full text, above all reports after the first.
    """
    lower, title = passage.lower, passage.title_lower
    cues = [name for name, words in _CUES if holds_any(lower, words)]
    if "trial" in lower:
        cues += _trial_names(passage)
    if _EFFECT_OF.match(title):
        cues.append("title effect")
    if holds_any(title, _TITLE_VERSUS):
        cues.append("title versus")
    if ("group i" in lower and "group ii" in lower) or ("group a" in lower and "group b" in lower):
        cues.append("lettered groups")
    if any(_gives_either(sentence.lower) for sentence in passage.sentences):
        cues.append("given either")
    return cues


def _trial_names(passage: Passage) -> list[str]:
    """Return how a passage speaks of one trial: as its own, by a name, as where its people are from."""
    names: list[str] = []
    if _ONE_TRIAL.search(passage.title_lower):
        names.append("title trial")
        if _NAMED_TRIAL.search(passage.sentences[0].text):
            names.append("title named trial")
    told = [sentence.lower for sentence in passage.sentences if "trial" in sentence.lower]
    if any(map(_THIS_TRIAL.search, told)):
        names.append("this trial")
    if any(map(_OF_TRIAL.search, told)):
        names.append("of a trial")
    return names


def _gives_either(lower: str) -> bool:
    """Return whether a sentence gives people one thing or another."""
    if not holds_any(lower, _EITHER):
        return False
    for word in _GIVEN:
        start = lower.find(word)
        if start >= 0 and holds_any(lower[start : start + 120], _EITHER):
            return True
    return False


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
