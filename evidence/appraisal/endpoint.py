"""Whether the primary end point of a trial was met: features of its statement and its conclusion.

A small linear model weighs them (``data/models/endpoint.json``). A trend is not met; that two arms
were similar is met only in a trial that set out to show just that.
"""

from __future__ import annotations

import re

from evidence.appraisal.comparison import significance_features
from evidence.appraisal.outcomes import primary_outcome
from evidence.appraisal.sentences import CONCLUSIONS, RESULTS, TITLE, UNLABELLED, Passage, Sentence
from evidence.appraisal.terms import content_stems, stem

_MET = re.compile(
    r"(?:primary|main|co-primary|study)[^.;]{0,60}(?:end-?\s?points?|outcomes?|objectives?|aim)[^.;]{0,80}?\b(?:was|were|is|has been|been)? ?(?P<not>not |never )?(?:been )?(?:met|reached|achieved|attained)\b"
    r"|\b(?P<not2>did not |failed to |not )?(?:meet|met|reach|achieve)(?:s|d)? (?:its|the|their|both|our)? ?(?:\w+ )?(?:primary|main|co-primary)"
)
_POSITIVE = re.compile(
    r"\b(?:significant(?:ly)?|superior|improve[sd]?|improving|prolong(?:s|ed)?|longer|reduce[sd]?|effective|increase[sd]?|better|benefit|higher|lower|decrease[sd]?|prevent(?:s|ed)?|active|efficacious|feasible|delay(?:s|ed)?|enhance[sd]?|favou?rs?)\b"
)
_NEGATIVE = re.compile(
    r"\b(?:not|no|failed|fail|neither|nor|without|lack|did not|does not|cannot|unable|insufficient|similar|comparable|equivalent|futility|disappointing|despite|limited|unaffected|inferior|nonsignificant|terminated|trend)\b"
)
_NON_INFERIOR = re.compile(r"\bnon-?\s?inferior|\bequivalen|\bnot inferior")
_NOT_NON_INFERIOR = re.compile(
    r"\bnot (?:\w+ ){0,4}?(?:non-?\s?inferior|equivalen)|inferiority (?:\w+ ){0,4}?(?:was|were|could|can) not|failed to (?:\w+ ){0,3}?non-?inferior"
)
_STATED = re.compile(
    r"\b(?:primary|main|co-primary) (?:\w+ )?(?:end-?\s?point|outcome|objective|hypothesis|efficacy)"
)
_NEGATED_EFFECT = re.compile(
    r"\b(?:no|not|did not|does not|do not|failed to|neither|nor|without)\b[^.;]{0,50}?\b(?:improve\w*|prolong\w*|significan\w*|benefit\w*|increase\w*|reduce\w*|differ\w*|superior\w*|effect\w*|better|longer|advantage|prevent\w*|alter\w*|affect\w*|decrease\w*|activity|warrant\w*|recommend\w*|add\w*|impact\w*|result in|lead to)"
)


def states_endpoint(passage: Passage) -> bool:
    """Return whether a passage speaks of a primary end point at all."""
    lower = passage.lower
    return (
        _STATED.search(lower) is not None
        or _MET.search(lower) is not None
        or (_TRIAL.search(lower) is not None and any(s.section == RESULTS or significance_features(s.lower) for s in passage.body))
    )


_TRIAL = re.compile(r"\brandom(?:i[sz]ed|ly|i[sz]ation)\b|\bphase (?:ii|iii|2|3)\b|\btrial\b")


def endpoint_features(passage: Passage) -> tuple[list[str], int | None]:
    """Return what speaks for and against a met end point, and the sentence that says most."""
    features: list[str] = []
    carrier: int | None = None
    lower = passage.lower
    for found in _MET.finditer(lower):
        verdict = "not met" if found["not"] or found["not2"] else "met"
        features.append("said:" + verdict)
        carrier = lower.count("\n", 0, found.start())
    conclusions = [s for s in passage.body if s.section == CONCLUSIONS] or list(passage.body[-2:])
    for position, sentence in enumerate(conclusions[:4]):
        features += [f"concl {name}" for name in _stance(sentence)]
        if position == 0:
            features += [f"first concl {name}" for name in _stance(sentence)]
    if _NON_INFERIOR.search(lower):
        features.append("noninferiority")
        if _NOT_NON_INFERIOR.search(lower):
            features.append("noninferiority denied")
        elif any(_NON_INFERIOR.search(s.lower) for s in conclusions):
            features.append("noninferiority concluded")
    result = _primary_result(passage)
    if result is not None:
        features += [f"result {name}" for name in _stance(result)]
        features += [f"result {name}" for name in significance_features(result.lower)]
        if carrier is None:
            carrier = result.index
    first = next(
        (
            s
            for s in passage.body
            if s.section in (RESULTS,) and "p" in s.lower and significance_features(s.lower)
        ),
        None,
    )
    if first is not None:
        features += [
            f"first figures {name}"
            for name in significance_features(first.lower)
            if name.startswith(("p:", "ci:"))
        ]
    features += _wording(conclusions, "concl") + _wording([result] if result else [], "result")
    features += [f"title {name}" for name in _stance(passage.sentences[0])]
    if carrier is None and conclusions:
        carrier = conclusions[0].index
    return sorted(set(features)), carrier


_WORDS = re.compile(
    r"\b(?P<gain>significantly (?:improv|prolong|reduc|increas|better|longer|higher|lower|decreas|superior|more|fewer|less|delay|extend)\w*|(?:prolongs?|improves?|reduces?|increases?|extends?|delays?|prevents?) |"
    r"superior to|more effective|new (?:standard|treatment option)|should be considered|is effective|effective (?:and|treatment|for)|clinically meaningful|(?:resulted|results) in (?:\w+ ){0,2}(?:improv|longer|better|higher|lower|reduc)\w*|demonstrated (?:\w+ ){0,2}(?:improv|benefit|activity|superior)\w*)"
    r"|\b(?P<loss>did not|does not|not (?:significantly|improve|superior|better|associated|recommended|supported?|effective|result)|no (?:significant|benefit|difference|improvement|evidence|advantage|additional|survival)|failed|neither|similar|remains? (?:the )?standard|"
    r"insufficient|cannot|unable|little|not warrant|no further|was not|were not|low activity|minimal|modest)\b"
)


def _wording(sentences: list[Sentence], place: str) -> list[str]:
    """Return the turns of phrase that conclusions use for success and for failure."""
    features: list[str] = []
    gains = losses = 0
    for sentence in sentences[:3]:
        for found in _WORDS.finditer(sentence.lower):
            if found["gain"]:
                gains += 1
            else:
                losses += 1
    if gains or losses:
        features.append(f"{place} words:" + ("gain" if gains > losses else "loss" if losses > gains else "both"))
    return features


def _stance(sentence: Sentence) -> list[str]:
    """Return whether a sentence affirms or denies an effect."""
    stance: list[str] = []
    if _NEGATED_EFFECT.search(sentence.lower):
        stance.append("denies")
    elif _NEGATIVE.search(sentence.lower):
        stance.append("doubts")
    if _POSITIVE.search(sentence.lower):
        stance.append("affirms" if not stance else "affirms with " + stance[0])
    return stance


def _primary_result(passage: Passage) -> Sentence | None:
    """Return the sentence of the results that holds most words of the primary outcome."""
    primary = primary_outcome(passage)
    if primary is None:
        return None
    wanted = frozenset(content_stems(primary[0]))
    best, most = None, 0.0
    for sentence in passage.body:
        if sentence.index == primary[1] or sentence.section not in (
            RESULTS,
            UNLABELLED,
            CONCLUSIONS,
        ):
            continue
        held = len({stem(token) for token in sentence.tokens} & wanted) + (
            0.5 if significance_features(sentence.lower) else 0
        )
        if sentence.section != TITLE and held > most:
            best, most = sentence, held
    return best
