"""Signals of risk of bias that an abstract can carry: stated, stated absent or not assessable.

An abstract that is silent says nothing of how a trial was run: silence is *not assessable*, never
*absent* (RoB 2, doi:10.1136/bmj.l4898, judges on the full report).
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.appraisal.patterns import Gated, gated
from evidence.appraisal.sentences import Passage
from evidence.vocabulary import SignalState

_SIGNALS: tuple[tuple[str, Gated, Gated], ...] = (
    (
        "sequence",
        gated(
            r"computer[- ]generated|random[- ]number|randomi[sz]ation (?:list|sequence|schedule|code|table)|permuted|block randomi|stratified (?:block )?randomi|minimi[sz]ation|coin (?:toss|flip)|lottery|drawing lots|randomi[sz]ed in blocks|web-based randomi",
            "generated",
            "random number",
            "random-number",
            "randomization ",
            "randomisation ",
            "permuted",
            "block",
            "stratified",
            "web-based",
            "in blocks",
            "minimi",
            "coin",
            "lottery",
            "drawing lots",
        ),
        gated(
            r"\bquasi-?randomi|\balternate(?:ly)? (?:assign|allocat)|(?:assign|allocat)\w* alternately|by (?:date of birth|day of the week|odd|even)|\bnon-?randomi",
            "quasi",
            "alternat",
            "by date",
            "by day",
            "by the day",
            "by odd",
            "by even",
            "nonrandom",
            "non-random",
            "non random",
        ),
    ),
    (
        "concealment",
        gated(
            r"concealed allocation|allocation (?:was |were )?conceal|concealment|opaque (?:sealed )?envelopes?|sealed (?:opaque )?envelopes?|central(?:ly|i[sz]ed)? (?:telephone )?randomi|sequentially numbered|interactive (?:voice|web)",
            "conceal",
            "envelope",
            "central",
            "sequentially",
            "interactive",
        ),
        gated(r"(?:no|without|not) (?:allocation )?conceal", "conceal"),
    ),
    (
        "blinding of participants",
        gated(
            r"\b(?:double|triple|quadruple)[- ](?:blind|mask)|\b(?:patients?|participants?|subjects?|single)[- ](?:and [\w-]+ )?(?:blind|mask)|(?:patients|participants|subjects)[^.;]{0,50}(?:were|was) (?:blinded|masked|unaware)|single[- ]blind",
            "blind",
            "mask",
            "unblinded",
            "unmasked",
            "nonblinded",
            "unaware",
        ),
        gated(
            r"\bopen[- ]label|\bunblinded|\bunmasked|\bnon-?blinded|\bnot blinded|\bno blinding|(?:patients|participants)[^.;]{0,40}not (?:be )?(?:blinded|masked)",
            "label",
            "blind",
            "mask",
            "unblinded",
            "unmasked",
            "nonblinded",
        ),
    ),
    (
        "blinding of assessors",
        gated(
            r"(?:assessor|evaluator|observer|rater|investigator|examiner|outcome)s?[- ](?:\w+ )?(?:blind|mask)|(?:assessors?|evaluators?|observers?|raters?|investigators?|examiners?)[^.;]{0,50}(?:blinded|masked|unaware)|\b(?:double|triple)[- ](?:blind|mask)|blind(?:ed)? (?:assess|evaluat|observer|rater|outcome)",
            "blind",
            "mask",
            "unblinded",
            "unmasked",
            "nonblinded",
            "unaware",
        ),
        gated(
            r"(?:assessors?|evaluators?|raters?)[^.;]{0,40}not (?:be )?(?:blinded|masked)|unblinded (?:assess|evaluat)",
            "blind",
            "mask",
            "unblinded",
            "unmasked",
            "nonblinded",
        ),
    ),
    (
        "intention to treat",
        gated(r"intention[- ]to[- ]treat|intent[- ]to[- ]treat|\bitt\b", "treat", " itt", "(itt"),
        gated(
            r"\bper[- ]protocol (?:analysis )?only|\bcompleters only|completer analysis",
            "protocol",
            "completer",
        ),
    ),
    (
        "attrition",
        gated(
            r"(?:lost to follow-?up|dropp?ed[ -]?out|drop-?outs?|withdr[ae]w|withdrawals?|attrition|discontinued|completed the (?:study|trial)|follow-?up rate|retention)",
            "lost",
            "drop",
            "withdr",
            "attrition",
            "discontinued",
            "completed",
            "follow",
            "retention",
        ),
        gated(
            r"\bno (?:drop-?outs?|losses|withdrawals)|\bno patients? (?:was|were) lost|all (?:patients|participants|subjects) completed",
            "no drop",
            "no loss",
            "no withdraw",
            "no patient",
            "completed",
        ),
    ),
    (
        "registration",
        gated(
            r"\bnct ?\d{6,8}|\bisrctn ?\d+|\bactrn ?\d+|\bchictr[\w-]+|\bdrks ?\d+|\bumin\d+|\beudract|\bctri/|\birct\d+|\bntr ?\d+|clinicaltrials\.gov|\bprospero\b|\bcrd4\d+",
            "nct",
            "isrctn",
            "actrn",
            "chictr",
            "drks",
            "umin0",
            "eudract",
            "ctri/",
            "irct",
            " ntr",
            "clinicaltrials",
            "prospero",
            "crd4",
        ),
        gated(r"\bnot (?:prospectively )?registered|\bunregistered", "registered"),
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
        state = SignalState.NOT_ASSESSABLE
        sentence = absent.first(passage)
        if sentence is not None:
            state = SignalState.STATED_ABSENT
        else:
            sentence = present.first(passage)
            if sentence is not None:
                state = SignalState.STATED
        signals.append(BiasSignal(name, state, sentence))
    return tuple(signals)
