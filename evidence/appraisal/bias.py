"""Signals of risk of bias that an abstract can carry: stated, stated absent or not assessable.

An abstract that is silent says nothing of how a trial was run: silence is *not assessable*, never
*absent* (RoB 2, doi:10.1136/bmj.l4898, judges on the full report).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.appraisal.sentences import Passage
from evidence.vocabulary import SignalState

_SIGNALS: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...] = (
    (
        "sequence",
        re.compile(
            r"computer[- ]generated|random[- ]number|randomi[sz]ation (?:list|sequence|schedule|code|table)|permuted|block randomi|stratified (?:block )?randomi|minimi[sz]ation|coin (?:toss|flip)|lottery|drawing lots|randomi[sz]ed in blocks|web-based randomi"
        ),
        re.compile(
            r"\bquasi-?randomi|\balternate(?:ly)? (?:assign|allocat)|(?:assign|allocat)\w* alternately|by (?:date of birth|day of the week|odd|even)|\bnon-?randomi"
        ),
    ),
    (
        "concealment",
        re.compile(
            r"concealed allocation|allocation (?:was |were )?conceal|concealment|opaque (?:sealed )?envelopes?|sealed (?:opaque )?envelopes?|central(?:ly|i[sz]ed)? (?:telephone )?randomi|sequentially numbered|interactive (?:voice|web)"
        ),
        re.compile(r"(?:no|without|not) (?:allocation )?conceal"),
    ),
    (
        "blinding of participants",
        re.compile(
            r"\b(?:double|triple|quadruple)[- ](?:blind|mask)|\b(?:patients?|participants?|subjects?|single)[- ](?:and [\w-]+ )?(?:blind|mask)|(?:patients|participants|subjects)[^.;]{0,50}(?:were|was) (?:blinded|masked|unaware)|single[- ]blind"
        ),
        re.compile(
            r"\bopen[- ]label|\bunblinded|\bunmasked|\bnon-?blinded|\bnot blinded|\bno blinding|(?:patients|participants)[^.;]{0,40}not (?:be )?(?:blinded|masked)"
        ),
    ),
    (
        "blinding of assessors",
        re.compile(
            r"(?:assessor|evaluator|observer|rater|investigator|examiner|outcome)s?[- ](?:\w+ )?(?:blind|mask)|(?:assessors?|evaluators?|observers?|raters?|investigators?|examiners?)[^.;]{0,50}(?:blinded|masked|unaware)|\b(?:double|triple)[- ](?:blind|mask)|blind(?:ed)? (?:assess|evaluat|observer|rater|outcome)"
        ),
        re.compile(
            r"(?:assessors?|evaluators?|raters?)[^.;]{0,40}not (?:be )?(?:blinded|masked)|unblinded (?:assess|evaluat)"
        ),
    ),
    (
        "intention to treat",
        re.compile(r"intention[- ]to[- ]treat|intent[- ]to[- ]treat|\bitt\b"),
        re.compile(r"\bper[- ]protocol (?:analysis )?only|\bcompleters only|completer analysis"),
    ),
    (
        "attrition",
        re.compile(
            r"(?:lost to follow-?up|dropp?ed[ -]?out|drop-?outs?|withdr[ae]w|withdrawals?|attrition|discontinued|completed the (?:study|trial)|follow-?up rate|retention)"
        ),
        re.compile(
            r"\bno (?:drop-?outs?|losses|withdrawals)|\bno patients? (?:was|were) lost|all (?:patients|participants|subjects) completed"
        ),
    ),
    (
        "registration",
        re.compile(
            r"\bnct ?\d{6,8}|\bisrctn ?\d+|\bactrn ?\d+|\bchictr[\w-]+|\bdrks ?\d+|\bumin\d+|\beudract|\bctri/|\birct\d+|\bntr ?\d+|clinicaltrials\.gov|\bprospero\b|\bcrd4\d+"
        ),
        re.compile(r"\bnot (?:prospectively )?registered|\bunregistered"),
    ),
)


@dataclass(frozen=True, slots=True)
class BiasSignal:
    """One signal, what the abstract says of it, and the sentence."""

    signal: str
    state: SignalState
    sentence: int | None


def find_bias_signals(passage: Passage) -> tuple[BiasSignal, ...]:
    """Return the state of every signal of a passage.

    "Stated" for attrition means that losses are told, "stated absent" that there were none.
    """
    signals: list[BiasSignal] = []
    for name, present, absent in _SIGNALS:
        state, sentence = SignalState.NOT_ASSESSABLE, None
        denied = absent.search(passage.lower) if absent is not None else None
        stated = present.search(passage.lower)
        found = denied or stated
        if found is not None:
            state = SignalState.STATED_ABSENT if denied is not None else SignalState.STATED
            sentence = passage.lower.count("\n", 0, found.start())
        signals.append(BiasSignal(name, state, sentence))
    return tuple(signals)
