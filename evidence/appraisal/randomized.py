"""Whether a passage reports a trial that drew lots: what is said around each "random".

A word alone does not tell: "randomly selected", "randomized trials are needed" and "rats were
randomized" are no randomized trials of people. This module turns each mention into features for
the model of ``design.py``; it decides nothing by itself.
"""

from __future__ import annotations

import re

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.marks import any_of, token_mark
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
_ANIMALS_BIT, _ALIVE_BIT, _PEOPLE_BIT = map(token_mark, (_ANIMALS, _ALIVE, _PEOPLE))
_CHANCE, _RANDOM = any_of("random", "rct"), any_of("random")
_PLAIN_WORDS = (
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
_PLAIN = tuple((any_of(word), name) for word, name in _PLAIN_WORDS)


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
    if not _CHANCE.stand_in(passage):
        return features, kinds
    for sentence in passage.sentences:
        if not _CHANCE.stand_in(sentence):
            continue
        for found in _MENTION.finditer(sentence.lower):
            kind = _mention_kind(sentence, found.start())
            kinds.add(kind)
            where = "t" if sentence.section == TITLE else sentence.section[0]
            features.add(f"r:{kind}@{where}")
    return features, kinds


def randomization_features(passage: Passage) -> set[str]:
    """Return what the passage says of drawing lots, as features that start with ``r:``."""
    features, kinds = _mentions(passage)
    features.update([f"r:{kind}" for kind in kinds])
    own = kinds & {"design", "action"}
    is_animal = bool(own) and _draws_animals(passage)
    features.add("r:own" if own else "r:none" if not kinds else "r:not own")
    if is_animal:
        features.add("r:animals drawn")
    if own and passage.body_marks & _ANIMALS_BIT:
        features.add("r:own animal")
        if passage.title.marks & _ANIMALS_BIT:
            features.add("r:own animal title")
    if own:
        features.add("r:own spoiled" if _is_spoiled(passage, kinds, features) else "r:own clean")
    features |= _disowning_features(passage, kinds, features, "own" if own else "no")
    tag = "animal" if is_animal else "own" if own else "no"
    for word, name in _PLAIN:
        if word.stand_in(passage):
            features.add(f"r:{name}|{tag}")
            if word.stand_in(passage.title):
                features.add(f"r:t:{name}|{tag}")
    features.update([f"r:{cue}|{tag}" for cue in _trial_cues(passage)])
    return features


_REVIEW_TITLE = re.compile(
    r"\[review\]|\[review |: a (?:\w+ )?review|review of the literature|literature review|systematic review|"
    r"meta-?analysis|\brefs\]"
)
_SEARCHED = (
    "search strategy", "selection criteria", "data collection and analysis", "we searched",
    "were searched", "data sources",
)  # fmt: skip
_NOT_DRAWN = re.compile(
    r"\b(?:lack|absence) of randomi|\bno randomi|non-?randomi[sz]|not randomi[sz]"
)


def _disowning_features(
    passage: Passage, kinds: set[str], features: set[str], tag: str
) -> set[str]:
    """Return what tells that lots were not drawn here: strong words, so they start with ``r:!``."""
    found: set[str] = set()
    if kinds and tag == "no":
        found.add("r:!only " + "+".join(sorted({kind.split(" ")[0] for kind in kinds})))
        if "loose" not in kinds:
            found.add("r:!only disowned")
    places = {name[-1] for name in features if name.startswith(("r:design@", "r:action@"))}
    if places and places <= {"c", "a"}:
        found.add("r:!own only in aim or conclusions")
        if places == {"c"}:
            found.add("r:!own only in conclusions")
    if _REVIEW_TITLE.search(passage.title_lower):
        found |= {"r:!review title", f"r:!review title|{tag}"}
    if holds_any(passage.lower, _SEARCHED):
        found.add(f"r:!searched|{tag}")
    if "random" in passage.lower and _NOT_DRAWN.search(passage.lower):
        found.add(f"r:!not drawn|{tag}")
    return found


def _draws_animals(passage: Passage) -> bool:
    """Return whether animals or specimens, and not people, were randomized."""
    if not passage.body_marks & _ALIVE_BIT:
        return False
    if not passage.body_marks & _PEOPLE_BIT:
        return True
    return any(
        sentence.marks & _ALIVE_BIT
        and not sentence.marks & _PEOPLE_BIT
        and _RANDOM.stand_in(sentence)
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
_CUE_WORDS = (
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

_CUES = tuple((name, any_of(*words)) for name, words in _CUE_WORDS)
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
_GIVES, _OR = any_of(*_GIVEN), any_of(*_EITHER)
_TITLE_VERSUS = any_of(
    " versus ",
    " vs",
    "compared with",
    "compared to",
    "comparison of",
    "comparing",
    "comparison between",
)
_TRIAL = any_of("trial")
_GROUPS = (any_of("group i"), any_of("group ii")), (any_of("group a"), any_of("group b"))


def _trial_cues(passage: Passage) -> list[str]:
    """Return what else tells a study that compares arms: its name, its arms, its periods.

    Trials often leave the word "random" to their full text, above all reports after the first.
    """
    told = [name for name, words in _CUES if words.stand_in(passage)]
    if _TRIAL.stand_in(passage):
        told += _trial_names(passage)
    if _EFFECT_OF.match(passage.title_lower):
        told.append("title effect")
    if _TITLE_VERSUS.stand_in(passage.title):
        told.append("title versus")
    if any(one.stand_in(passage) and other.stand_in(passage) for one, other in _GROUPS):
        told.append("lettered groups")
    if any(map(_gives_either, passage.sentences)):
        told.append("given either")
    return told


def _trial_names(passage: Passage) -> list[str]:
    """Return how a passage speaks of one trial: as its own, by a name, as where its people are from."""
    names: list[str] = []
    if _TRIAL.stand_in(passage.title) and _ONE_TRIAL.search(passage.title_lower):
        names.append("title trial")
        if _NAMED_TRIAL.search(passage.sentences[0].text):
            names.append("title named trial")
    told = [sentence.lower for sentence in passage.sentences if _TRIAL.stand_in(sentence)]
    if any(map(_THIS_TRIAL.search, told)):
        names.append("this trial")
    if any(map(_OF_TRIAL.search, told)):
        names.append("of a trial")
    return names


def _gives_either(sentence: Sentence) -> bool:
    """Return whether a sentence gives people one thing or another."""
    if not _GIVES.stand_in(sentence) or not _OR.stand_in(sentence):
        return False
    lower = sentence.lower
    for word in _GIVEN:
        start = lower.find(word)
        if start >= 0 and holds_any(lower[start : start + 120], _EITHER):
            return True
    return False


_SPOILERS = any_of(
    "in vitro", "extracted", "specimens", "medline", "embase", "meta-analy", "metaanaly", "systematic review",
    "nonrandomi", "non-randomi", "quasi-", "cross-sectional", "retrospective", "protocol describes", "baseline data",
)  # fmt: skip
"""What a text says where its "random" is of animals, of others, of plans or of the past."""

_PATIENTS, _WILL_BE = any_of("patients"), any_of(" will be ")
_PLANNED = re.compile(r"will be (?:random|recruit|enrol|includ|assess|compar|measur)")


def _is_spoiled(passage: Passage, kinds: set[str], features: set[str]) -> bool:
    """Return whether something speaks against people having been randomized in this study."""
    return (
        "negated" in kinds
        or "r:own animal title" in features
        or ("r:own animal" in features and not _PATIENTS.stand_in(passage))
        or "[review]" in passage.title_lower
        or _SPOILERS.stand_in(passage)
        or (_WILL_BE.stand_in(passage) and _PLANNED.search(passage.lower) is not None)
    )
