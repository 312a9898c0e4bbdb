"""Whether the primary end point of a trial was met: features of its statement and its conclusion.

A small linear model weighs them (``data/models/endpoint.json``). A trend is not met; that two arms
were similar is met only in a trial that set out to show just that.
"""

from __future__ import annotations

import re

from evidence.appraisal.comparison import significance_features
from evidence.appraisal.lexicon import words_in
from evidence.appraisal.marks import any_of, stem_mark, token_mark
from evidence.appraisal.patterns import holds_any
from evidence.appraisal.sentences import (
    CONCLUSIONS,
    RESULTS,
    TITLE,
    UNLABELLED,
    Passage,
    Sentence,
    stem,
    stems_of,
    tokens_of,
)
from evidence.appraisal.terms import content_stems

_MET = re.compile(
    r"(?:primary|main|co-primary|study)[^.;]{0,60}(?:end-?\s?points?|outcomes?|objectives?|aim)[^.;]{0,80}?\b(?:was|were|is|has been|been)? ?(?P<not>not |never )?(?:been )?(?:met|reached|achieved|attained)\b"
    r"|\b(?P<not2>did not |failed to |not )?(?:meet|meeting|met|reach|reaching|achiev\w+)(?:s|d|ed)? (?:its|the|their|both|our)? ?(?:\w+ )?(?:primary|main|co-primary)"
)
_POSITIVE = frozenset(
    stem(word)
    for word in words_in(
        "significant significantly superior improve improved improves improving prolong "
        "prolonged longer reduce reduced reduces effective increase increased better benefit "
        "higher lower decrease decreased prevent prevented active efficacious feasible delay "
        "delayed enhance enhanced favor favour favors favours"
    )
)
_NEGATIVE = frozenset(
    words_in(
        "not no failed fail neither nor without lack cannot unable insufficient similar "
        "comparable equivalent futility disappointing despite limited unaffected inferior "
        "nonsignificant terminated trend"
    )
)
_NON_INFERIOR = re.compile(r"\bnon-?\s?inferior|\bequivalen|\bnot inferior")
_NOT_NON_INFERIOR = re.compile(
    r"\bnot (?:\w+ ){0,4}?(?:non-?\s?inferior|equivalen)|inferiority (?:\w+ ){0,4}?(?:was|were|could|can) not|failed to (?:\w+ ){0,3}?non-?inferior"
)
_STATED = any_of(
    "primary end", "primary outcome", "primary objective", "primary efficacy", "primary hypothesis", "main outcome",
    "main end", "main objective", "primary aim", "primary study end", "primary study outcome", "primary clinical",
    "primary composite", "primary safety",
)  # fmt: skip
_NEGATED_EFFECT = re.compile(
    r"\b(?:no|not|did not|does not|do not|failed to|neither|nor)\b[^.;]{0,50}?\b(?:improve\w*|prolong\w*|significan\w*|benefit\w*|increase\w*|reduce\w*|differ\w*|superior\w*|effect\w*|better|longer|advantage|prevent\w*|alter\w*|affect\w*|decrease\w*|activity|warrant\w*|recommend\w*|add\w*|impact\w*|result in|lead to)"
)


def states_endpoint(passage: Passage) -> bool:
    """Return whether a passage speaks of a primary end point at all."""
    if _STATED.stand_in(passage):
        return True
    if not _TRIAL.stand_in(passage):
        return False
    return any(s.section == RESULTS or significance_features(s.lower) for s in passage.body)


_TRIAL = any_of("randomi", "randomly", "phase ii", "phase 2", "phase 3", "trial")
_SPOKEN_OF = any_of("primary", "main ")
_SAYS_NO, _SAYS_YES = token_mark(_NEGATIVE), stem_mark(_POSITIVE)


def _conclusions(passage: Passage) -> list[Sentence]:
    """Return the conclusions without their notes on money and registration."""
    marked = [s for s in passage.body if s.section == CONCLUSIONS] or list(passage.body[-2:])
    spoken = [
        s for s in marked if not holds_any(s.lower[:40], ("fund", "registr", "clinicaltrials"))
    ]
    return spoken or marked


def _order(sentence: Sentence) -> str:
    """Return what comes first in a sentence: what was gained or what was not."""
    if not sentence.marks & _SAYS_YES or not sentence.marks & _SAYS_NO:
        return "one-sided"
    gain = next((k for k, word in enumerate(sentence.stems) if word in _POSITIVE), None)
    loss = next((k for k, word in enumerate(sentence.tokens) if word in _NEGATIVE), None)
    if gain is None or loss is None:
        return "one-sided"
    return "gain first" if gain < loss else "loss first"


def _on_primary(conclusions: list[Sentence], primary: tuple[str, int] | None) -> list[str]:
    """Return what the clause of the conclusions that names the primary outcome says."""
    if primary is None:
        return []
    wanted = frozenset(content_stems(primary[0]))
    best, most = "", 0
    for sentence in conclusions:
        for clause in _CLAUSE.split(sentence.lower):
            held = len(wanted.intersection(stems_of(tokens_of(clause))))
            if held > most:
                best, most = clause, held
    if not best:
        return []
    tokens = tokens_of(best)
    denies = not _NEGATIVE.isdisjoint(tokens)
    affirms = not _POSITIVE.isdisjoint(stems_of(tokens))
    return [f"primary clause {'denies' if denies else 'affirms' if affirms else 'tells'}"]


_CLAUSE = re.compile(
    r", (?:but|although|and|while|whereas|without)\b| but | although | without |; "
)


def _said(passage: Passage) -> tuple[list[str], int | None]:
    """Return what sentences say outright of a primary end point, and the last that does."""
    features: list[str] = []
    carrier: int | None = None
    for sentence in passage.body:
        if not _SPOKEN_OF.stand_in(sentence):
            continue
        for found in _MET.finditer(sentence.lower):
            features.append("said:" + ("not met" if found["not"] or found["not2"] else "met"))
            carrier = sentence.index
    return features, carrier


_ALIKE = any_of("inferior", "equivalen")


def _noninferiority(passage: Passage, conclusions: list[Sentence]) -> list[str]:
    """Return whether a passage set out to show that two arms are alike, and whether it did."""
    if not _ALIKE.stand_in(passage):
        return []
    lower = passage.lower
    features: list[str] = []
    if _NON_INFERIOR.search(lower):
        features.append("noninferiority")
        if _NOT_NON_INFERIOR.search(lower):
            features.append("noninferiority denied")
        elif any(_NON_INFERIOR.search(s.lower) for s in conclusions):
            features.append("noninferiority concluded")
    return features


def _first_figures(passage: Passage) -> list[str]:
    """Return what the first p-value or interval of the results says."""
    for sentence in passage.body:
        if sentence.section == RESULTS:
            figures = [
                f for f in significance_features(sentence.lower) if f.startswith(("p:", "ci:"))
            ]
            if figures:
                return [f"first figures {name}" for name in figures]
    return []


def endpoint_features(
    passage: Passage, primary: tuple[str, int] | None
) -> tuple[list[str], int | None]:
    """Return what speaks for and against a met end point, and the sentence that says most."""
    features, carrier = _said(passage)
    conclusions = _conclusions(passage)
    for position, sentence in enumerate(conclusions[:4]):
        stance = _stance(sentence)
        features += [f"concl {name}" for name in stance]
        if position == 0:
            features += [f"first concl {name}" for name in stance]
            features.append("first concl " + _order(sentence))
    features += _on_primary(conclusions, primary)
    features += _noninferiority(passage, conclusions)
    result = _primary_result(passage, primary)
    if result is not None:
        features += [f"result {name}" for name in _stance(result)]
        features += [f"result {name}" for name in significance_features(result.lower)]
        features += _wording([result], "result")
    features += _first_figures(passage) + _wording(conclusions, "concl")
    features += [f"title {name}" for name in _stance(passage.sentences[0])]
    if carrier is None:
        spoken = result or (conclusions[0] if conclusions else None)
        carrier = spoken.index if spoken is not None else None
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
        features.append(
            f"{place} words:" + ("gain" if gains > losses else "loss" if losses > gains else "both")
        )
    return features


def _stance(sentence: Sentence) -> list[str]:
    """Return whether a sentence affirms or denies an effect."""
    stance: list[str] = []
    if sentence.marks & _SAYS_NO:
        stance.append("denies" if _NEGATED_EFFECT.search(sentence.lower) else "doubts")
    if sentence.marks & _SAYS_YES:
        stance.append("affirms" if not stance else "affirms with " + stance[0])
    return stance


def _primary_result(passage: Passage, primary: tuple[str, int] | None) -> Sentence | None:
    """Return the sentence of the results that holds most words of the primary outcome."""
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
        held = len(sentence.stems_among(wanted)) + (
            0.5 if significance_features(sentence.lower) else 0
        )
        if sentence.section != TITLE and held > most:
            best, most = sentence, held
    return best
