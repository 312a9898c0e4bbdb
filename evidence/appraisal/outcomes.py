"""Outcomes to domain and scale, time points to weeks, the people.

Scales are named by their usual abbreviations with the way they run; names of treatments and
diseases are not in here: conditions come in as data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.marks import any_of, token_mark
from evidence.appraisal.patterns import Gated, gated, holds_any
from evidence.appraisal.sentences import CONCLUSIONS, Passage
from evidence.vocabulary import HigherIs, OutcomeDomain

_SCALES: tuple[tuple[str, str, OutcomeDomain, HigherIs], ...] = (
    (r"visual analog(?:ue)? (?:pain )?scales?|\bvas\b", "VAS", OutcomeDomain.PAIN, HigherIs.WORSE),
    (
        r"numeric(?:al)? (?:pain )?rating scales?|\bnp?rs\b",
        "NRS",
        OutcomeDomain.PAIN,
        HigherIs.WORSE,
    ),
    (r"mcgill pain|\bmpq\b", "MPQ", OutcomeDomain.PAIN, HigherIs.WORSE),
    (r"brief pain inventory|\bbpi\b", "BPI", OutcomeDomain.PAIN, HigherIs.WORSE),
    (r"roland[- ]morris|\brmd?q\b", "RMDQ", OutcomeDomain.DISABILITY, HigherIs.WORSE),
    (r"oswestry|\bodi\b", "ODI", OutcomeDomain.DISABILITY, HigherIs.WORSE),
    (r"neck disability index|\bndi\b", "NDI", OutcomeDomain.DISABILITY, HigherIs.WORSE),
    (r"quebec back|\bqbpds\b", "QBPDS", OutcomeDomain.DISABILITY, HigherIs.WORSE),
    (r"hannover functional|\bhfaq\b|\bffb-?h\b", "HFAQ", OutcomeDomain.DISABILITY, HigherIs.BETTER),
    (r"\bwomac\b", "WOMAC", OutcomeDomain.DISABILITY, HigherIs.WORSE),
    (r"pain disability index|\bpdi\b", "PDI", OutcomeDomain.DISABILITY, HigherIs.WORSE),
    (
        r"\bsf-?(?:36|12)\b|short[- ]form(?:-| )?(?:36|12)",
        "SF",
        OutcomeDomain.QUALITY_OF_LIFE,
        HigherIs.BETTER,
    ),
    (r"\beq-?5d\b|euroqol", "EQ-5D", OutcomeDomain.QUALITY_OF_LIFE, HigherIs.BETTER),
    (r"\bpromis\b", "PROMIS", OutcomeDomain.OTHER, HigherIs.NOT_APPLICABLE),
)
_SCALE_WORDS = {
    "VAS": ("vas", "visual analog"), "NRS": ("nrs", "nprs", "rating scale"), "MPQ": ("mcgill", "mpq"), "BPI": ("bpi", "brief pain"),
    "RMDQ": ("rmdq", "rmq", "roland"), "ODI": ("odi", "oswestry"), "NDI": ("ndi", "neck disab"), "QBPDS": ("quebec", "qbpds"),
    "HFAQ": ("hannover", "hfaq", "ffb"), "WOMAC": ("womac",), "PDI": ("pdi", "pain disab"), "SF": ("sf-", "sf3", "sf1", "short form", "short-form"),
    "EQ-5D": ("eq-5d", "eq5d", "euroqol"), "PROMIS": ("promis",),
}  # fmt: skip
_SCALE_PATTERNS: tuple[tuple[Gated, str, OutcomeDomain, HigherIs], ...] = tuple(
    (gated(p, *_SCALE_WORDS[name]), name, domain, runs) for p, name, domain, runs in _SCALES
)
_DOMAINS: tuple[tuple[re.Pattern[str], OutcomeDomain, HigherIs], ...] = tuple(
    (re.compile(pattern), domain, runs)
    for pattern, domain, runs in (
        (
            r"serious adverse|severe adverse|\bsaes?\b|pneumothorax|life[- ]threatening",
            OutcomeDomain.SERIOUS_ADVERSE_EVENT,
            HigherIs.WORSE,
        ),
        (
            r"adverse (?:event|effect|reaction)|side[- ]effects?|complications?|toxicit|\bharms?\b|\btolerab|safety|bruis|h(?:a)?ematoma",
            OutcomeDomain.ADVERSE_EVENT,
            HigherIs.WORSE,
        ),
        (
            r"\brespon(?:se|der|ders)\b|treatment success|\b(?:30|50) ?%",
            OutcomeDomain.RESPONSE,
            HigherIs.BETTER,
        ),
        (
            r"disabilit|physical function|functional (?:status|limitation|impairment|capacity|outcome)|activities of daily|\bfunction\b",
            OutcomeDomain.DISABILITY,
            HigherIs.WORSE,
        ),
        (
            r"quality[- ]of[- ]life|\bqol\b|well-?being|health status",
            OutcomeDomain.QUALITY_OF_LIFE,
            HigherIs.BETTER,
        ),
        (
            r"\brecover(?:y|ed)\b|return to work|sick leave|global (?:improvement|perceived)|perceived recovery",
            OutcomeDomain.RECOVERY,
            HigherIs.BETTER,
        ),
        (r"\bpain\b|analges|\bache|headache|sciatica", OutcomeDomain.PAIN, HigherIs.WORSE),
        (r"prevalence", OutcomeDomain.PREVALENCE, HigherIs.NOT_APPLICABLE),
        (
            r"utili[sz]ation|use of|visits|consultations",
            OutcomeDomain.UTILIZATION,
            HigherIs.NOT_APPLICABLE,
        ),
        (
            r"\bcosts?\b|cost-effect|\bqalys?\b|economic",
            OutcomeDomain.COST,
            HigherIs.NOT_APPLICABLE,
        ),
        (
            r"endorphin|cortisol|serum|plasma|fmri|activation|connectivity|biomarker|blood flow|expression|receptor|\blevels?\b",
            OutcomeDomain.MECHANISM,
            HigherIs.NOT_APPLICABLE,
        ),
    )
)
_PRIMARY = re.compile(
    r"\b(?:primary|main|principal|co-primary|major) (?:(?:efficacy|clinical|study|composite|effectiveness|safety) )?(?:outcomes?|end-?\s?points?|outcome measures?|efficacy measures?|"
    r"efficacy variables?|variables?|aim)(?: measures?| variables?| parameters?)?(?: of (?:the|this) \w+)?(?: \([^)]{1,40}\))?(?:,| of interest)?(?: at [^,;.]{1,30})? ?(?:was|were|is|are|being|included|:|will be|comprised|assessed|-)\s?(?P<what>[^.;]{3,220})"
)
_PRIMARY_BEFORE = re.compile(
    r"(?:was|were|served as|as) (?:the )?(?:primary|main) (?:outcome|end-?\s?point)"
)
_FOREMOST = any_of("primary", "main", "principal", "major")
_SECONDARY = re.compile(r"\bsecondary\b")

_TIME = re.compile(
    r"\b(?P<n>\d{1,3}|one|two|three|four|six|eight|ten|twelve|twenty-four)(?:th)?[- ](?P<unit>days?|weeks?|wks?|months?|years?)\b"
    r"|\b(?P<unit2>day|week|month|year)s? (?P<n2>\d{1,3})\b"
)
_UNITS = ("day", "week", "wk", "month", "year")
_TIME_BEFORE = re.compile(
    r"(?:at|after|until|to|over|within|for|by|and|or|,) (?:the )?$|follow-?up (?:of |at |was )?$|\($"
)
_WORD_COUNTS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "six": 6,
    "eight": 8,
    "ten": 10,
    "twelve": 12,
    "twenty-four": 24,
}
_WEEKS = {"d": 1 / 7, "w": 1.0, "m": 52 / 12, "y": 52.0}

_WITH = re.compile(
    r"\b(?:patients|participants|subjects|women|men|children|adults|people|individuals|infants|adolescents|volunteers|survivors|persons|outpatients|inpatients|veterans|"
    r"neonates|girls|boys|workers|students|males|females) (?:\([^)]{1,30}\) )?(?:aged [^,;.]{3,30} )?(?:with|who had|suffering from|diagnosed with|undergoing|at risk (?:of|for)|having|affected by|treated for|scheduled for|receiving) "
    r"(?P<what>[^.;,()]{3,110}?)(?= (?:were|was|who|in a|in the|and (?:were|who|to)|to |after|from|at |is|are|have|had|received|randomi|assigned|by |using|during|on |between|participated|versus|vs)\b|[.;,()]|$)"
)
_WHO = frozenset(
    words_in(
        "patients participants subjects women men children adults people individuals infants adolescents volunteers "
        "survivors persons outpatients inpatients veterans neonates girls boys workers students males females"
    )
)
"""The words that ``_WITH`` begins with."""
_OF_PEOPLE = token_mark(_WHO)
_IN_TITLE = re.compile(
    r"\b(?:in|for|of|on) (?:the (?:treatment|management|prevention) of )?(?P<what>(?:acute|chronic|subacute|recurrent|severe|mild|moderate|primary|secondary|early|advanced|postoperative|low|non-?specific)?[^:,.;?()]{4,80}?)(?=:|\.|\?|,| - | in | among | with | by | using|: | after |$)"
)
_STAGE = re.compile(r"\b(?P<stage>sub-?acute|acute|chronic)\b")


@dataclass(frozen=True, slots=True)
class OutcomeMention:
    """An outcome as an abstract names it, its domain and scale."""

    text: str
    domain: OutcomeDomain
    scale: str | None
    higher_is: HigherIs
    is_primary: bool
    sentence: int


@dataclass(frozen=True, slots=True)
class People:
    """Who was studied, in the abstract's words, and the registry's code where one fits."""

    text: str | None
    code: str | None
    stage: str | None
    """acute, subacute or chronic."""
    sentence: int | None


@lru_cache(maxsize=4_096)
def classify_outcome(text: str) -> tuple[OutcomeDomain, str | None, HigherIs]:
    """Return domain, scale and the way that it runs for an outcome in words.

    >>> classify_outcome("Roland-Morris score at 3 months")[1]
    'RMDQ'
    """
    lower = text.lower()
    for gate, scale, domain, runs in _SCALE_PATTERNS:
        if gate.search(lower):
            return domain, scale, runs
    for pattern, domain, runs in _DOMAINS:
        if pattern.search(lower):
            return domain, None, runs
    return OutcomeDomain.OTHER, None, HigherIs.NOT_APPLICABLE


def primary_outcome(passage: Passage) -> tuple[str, int] | None:
    """Return the words of the primary outcome and their sentence."""
    if not _FOREMOST.stand_in(passage):
        return None
    for sentence in passage.body:
        lower = sentence.lower
        if not _FOREMOST.stand_in(sentence):
            continue
        found = _PRIMARY.search(lower)
        if found is not None and sentence.section != CONCLUSIONS:
            return _SECONDARY.split(found["what"])[0].strip(" ,"), sentence.index
        before = _PRIMARY_BEFORE.search(lower)
        if before is not None:
            words = re.split(r"[.;,:]", lower[: before.start()])[-1].strip(" ,")
            if len(words) > 3:
                return words[-160:], sentence.index
    return None


def find_outcomes(passage: Passage, primary: tuple[str, int] | None) -> list[OutcomeMention]:
    """Return the primary outcome, where one was found, and every scale that a passage names."""
    found: list[OutcomeMention] = []
    if primary is not None:
        domain, scale, runs = classify_outcome(primary[0])
        found.append(OutcomeMention(primary[0], domain, scale, runs, True, primary[1]))
    seen = {mention.scale for mention in found}
    for pattern, scale, domain, runs in _SCALE_PATTERNS:
        if scale in seen:
            continue
        index = pattern.first(passage)
        if index is not None:
            match = pattern.search_in(passage.sentences[index])
            text = match[0] if match is not None else scale
            found.append(OutcomeMention(text, domain, scale, runs, False, index))
    return found


def find_weeks(text: str) -> list[float]:
    """Return the time points of a text in weeks, rounded to a tenth, each once.

    >>> find_weeks("at 6 months and after 12 weeks")
    [26.0, 12.0]
    """
    weeks: dict[float, None] = {}
    lower = text.lower()
    if not holds_any(lower, _UNITS):
        return []
    for match in _TIME.finditer(lower):
        if match["n"] is not None and not _TIME_BEFORE.search(
            lower[max(0, match.start() - 18) : match.start()]
        ):
            continue
        printed = match["n"] or match["n2"]
        count = _WORD_COUNTS.get(printed) or int(printed)
        unit = (match["unit"] or match["unit2"])[0]
        weeks[round(count * _WEEKS[unit], 1)] = None
    return list(weeks)


def find_people(passage: Passage, conditions: Mapping[str, Sequence[str]] | None = None) -> People:
    """Return who was studied: the title's or the text's words, and the code whose words stand there.

    ``conditions`` maps a registry's code to the words that stand for it.
    """
    code = _condition_code(passage, conditions or {})
    for sentence in passage.sentences:
        if sentence.section == CONCLUSIONS or not sentence.marks & _OF_PEOPLE:
            continue
        found = _WITH.search(sentence.lower)
        if found is not None:
            return People(
                found["what"].strip(), code, _stage(found["what"], passage), sentence.index
            )
    titled = _IN_TITLE.search(passage.title_lower)
    if titled is not None:
        return People(titled["what"].strip(), code, _stage(titled["what"], passage), 0)
    return People(None, code, _stage("", passage) if code else None, None)


def _stage(words: str, passage: Passage) -> str | None:
    found = _STAGE.search(words) or _STAGE.search(passage.title_lower)
    return found["stage"].replace("-", "") if found is not None else None


def _condition_code(passage: Passage, conditions: Mapping[str, Sequence[str]]) -> str | None:
    """Return the code whose words stand in the title, else most often in the text."""
    best, most = None, 0
    for code, words in conditions.items():
        in_title = max((len(w) for w in words if w.lower() in passage.title_lower), default=0)
        in_text = sum(passage.lower.count(w.lower()) for w in words)
        score = 1_000 * in_title + in_text
        if score > most:
            best, most = code, score
    return best
