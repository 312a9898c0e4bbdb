"""The names by which abstracts call an effect's measure, and how they print numbers.

Short names are only names in capitals: "or" is a word, "OR" an odds ratio, "hr" an hour. It knows
nothing of what the numbers are of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.marks import any_of
from evidence.appraisal.sentences import Kept, Sentence
from evidence.vocabulary import EffectMeasure

MINUS = r"[-\u2212\u2013\u2010\u2011]"
NUMBER = (
    rf"{MINUS}?(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:[.\u00b7]\d+)?|\d+(?:[.\u00b7]\d+)?|[.\u00b7]\d+)"
)
_MINUSES = re.compile(MINUS)
_THOUSANDS = re.compile(r",(?=\d{3})")

_NAMES: tuple[tuple[str, EffectMeasure], ...] = (
    (
        r"relative risk reductions?|\brrrs?\b|numbers? needed to (?:treat|harm)|\bnnts?\b|\bnnh\b|diagnostic odds ratios?|likelihood ratios?"
        r"|correlation coefficients?|regression coefficients?|beta coefficients?|area under|\baucs?\b|\bkappa\b|\biccs?\b|intraclass",
        EffectMeasure.OTHER,
    ),
    (
        r"standardi[sz]ed (?:mean )?differences?|standardi[sz]ed effect sizes?|\bsmds?\b|\bcohen'?s? ?'?s? d\b|hedges'? ?'?s? g\b|effect sizes?|\bes\b",
        EffectMeasure.SMD,
    ),
    (
        r"risk differences?|absolute risk (?:reduction|increase|difference)s?|absolute (?:rate )?differences?|rate differences?|\barrs?\b|\brds?\b",
        EffectMeasure.RD,
    ),
    (
        r"hazards? ratios?|hazard rate ratios?|\b(?:a|s|cs|sub)?hrs?\b",
        EffectMeasure.HR,
    ),
    (r"odds ratios?|\b(?:a|c|u)?ors?\b", EffectMeasure.OR),
    (
        r"relative risks?|risk ratios?|rate ratios?|prevalence ratios?|relative rates?|\b(?:a|s)?rrs?\b|\ba?irrs?\b",
        EffectMeasure.RR,
    ),
    (
        r"ratios? of (?:geometric )?means?|(?:geometric )?mean ratios?|response ratios?|\bgmrs?\b",
        EffectMeasure.ROM,
    ),
    (
        r"mean (?:group |score |change )?differences?|\b(?:w|ls|lsm)?mds?\b|differences?|\bdiff\b",
        EffectMeasure.MD,
    ),
)
_ANY = "|".join(f"(?P<m{k}>{pattern})" for k, (pattern, _) in enumerate(_NAMES))
_NAME = re.compile(rf"\b(?=[a-eghik-prsu-w])(?:{_ANY})")
_SHORT = frozenset(
    words_in(
        "rrr rrrs nnt nnts nnh smd smds es arr arrs rd rds hr hrs ahr ahrs shr shrs cshr cshrs "
        "subhr or ors aor aors cor cors uor uors rr rrs srr srrs irr irrs airr airrs "
        "gmr gmrs md mds wmd wmds lsmd lsmds auc aucs icc iccs"
    )
)
_FIRST = frozenset(
    words_in(
        "relative number numbers nnt nnts nnh diagnostic likelihood correlation regression beta area auc aucs kappa "
        "icc iccs standardised standardized effect risk absolute rate hazard hazards odds prevalence ratio ratios "
        "geometric mean response diff"
    )
)
_FIRST_LETTERS = ("differ", "intraclass", "cohen", "hedges")


def _may_begin(token: str) -> bool:
    """Return whether the name of a measure may begin with a token."""
    return token in _FIRST or token in _SHORT or token.startswith(_FIRST_LETTERS)


_BEGINS = Kept(_may_begin)
HINTS = any_of(
    "ratio", "differen", "md", "hr", "rr", " or", "(or", "[or", "relative r", "effect size", "cohen", "hedges", "reduction", "diff",
    "auc", "kappa", "coefficient", "needed to",
)  # fmt: skip
"""Of these, one stands in nearly every name."""


@dataclass(frozen=True, slots=True)
class MeasureName:
    """A measure as a sentence names it."""

    measure: EffectMeasure
    start: int
    end: int
    is_plain: bool
    """Whether it is only the word "difference", which names many things."""


def parse_number(printed: str) -> float:
    r"""Return a printed number, whatever minus, dot and thousands sign it uses.

    >>> parse_number("\u22120\u00b75"), parse_number(".05"), parse_number("1,205")
    (-0.5, 0.05, 1205.0)
    """
    try:
        return float(printed)
    except ValueError:
        text = printed.replace("\u00b7", ".").replace(" ", "")
        return float(_MINUSES.sub("-", _THOUSANDS.sub("", text)))


def _starts(sentence: Sentence) -> list[int]:
    """Return where the words stand that a name may begin with; short ones only in capitals."""
    starts: list[int] = []
    for word in set(filter(_BEGINS.__getitem__, sentence.tokens)):
        if word == "or" and "OR" not in sentence.text:
            continue
        at = sentence.lower.find(word)
        while at >= 0:
            starts.append(at)
            at = sentence.lower.find(word, at + 1)
    starts.sort()
    return starts


def find_names(sentence: Sentence) -> list[MeasureName]:
    """Return the measures that a sentence names, in order."""
    found: list[MeasureName] = []
    reached = 0
    for start in _starts(sentence):
        match = _NAME.match(sentence.lower, start) if start >= reached else None
        if match is None:
            continue
        reached = match.end()
        word = match[0]
        if word in _SHORT:
            printed = sentence.text[match.start() : match.end()]
            if sum(letter.isupper() for letter in printed) < 2:
                continue
        measure = next(m for k, (_, m) in enumerate(_NAMES) if match[f"m{k}"] is not None)
        is_plain = word in ("difference", "differences", "diff")
        found.append(MeasureName(measure, match.start(), match.end(), is_plain))
    return found
