"""Signals of risk of bias that an abstract can carry: stated, stated absent or not assessable.

An abstract that is silent says nothing of how a trial was run: silence is *not assessable*, never
*absent* (RoB 2, doi:10.1136/bmj.l4898, judges on the full report). Words that look like a signal
and are none (a nerve block, a urinary retention, an insulin tolerance test) are told apart here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal.patterns import Gated, gated
from evidence.appraisal.sentences import Passage
from evidence.vocabulary import SignalState

_PEOPLE = r"(?:patients?|participants?|subjects?|women|volunteers?|therapists?|practitioners?)"
_JUDGES = r"(?:assessors?|evaluators?|observers?|raters?|investigators?|examiners?|radiologists?|researchers?|adjudicators?)"
_HIDDEN = r"(?:blinded|masked)"
_BLINDED = re.compile(r"\b(?:double|triple)[- ](?:blind|mask)")
_OPEN_TRIAL = re.compile(
    r"\bopen[- ]label(?:ed)?,? (?:\w+[-, ]+){0,4}?(?:trial|study|phase [1-4i]|design|comparison)|\b(?:trial|study|design) (?:was|is) (?:an )?open"
)
_NO_NERVE = "".join(
    rf"(?<!{word} )"
    for word in ("nerve", "plexus", "plane", "ganglion", "spinal", "epidural", "caudal", "sensory")
)

_SIGNALS: tuple[tuple[str, Gated, Gated], ...] = (
    (
        "sequence",
        gated(
            r"computer[- ](?:generated|based|i[sz]ed)[^.;]{0,40}(?:random|sequence|\blist|allocat|\bcode|schedule|number)|random\w*[^.;]{0,40}\bcomputer"
            r"|random[- ]numbers?|randomi[sz]ation (?:lists?|sequences?|schedules?|codes?|tables?)|permuted"
            rf"|{_NO_NERVE}\bblock(?:ed)?[- ]randomi|randomi[sz]\w+ (?:\w+ ){{0,3}}in blocks|\bblocks? of (?:two|four|six|eight|\d)\b"
            r"|stratified (?:block |permuted )?randomi|randomi[sz]ation (?:was )?stratified"
            r"|(?:by|using|with|through) (?:an? |the )?(?:\w+ )?minimi[sz]ation|minimi[sz]ation (?:method|algorithm|procedure|technique|program)"
            r"|coin (?:toss|flip)|toss(?:ing)? (?:of )?a coin|\blottery|drawing (?:of )?lots|drew lots|web-based randomi[sz]ation",
            "computer", "random number", "random-number", "randomization ", "randomisation ", "permuted", "block", "stratified",
            "minimi", "coin", "toss", "lottery", "drawing", "drew", "web-based randomi",
        ),
        gated(
            r"\bquasi-? ?randomi|\balternate(?:ly)? (?:assign|allocat)|(?:assign|allocat)\w* (?:alternately|in alternation|by alternation)|alternating (?:assign|allocat)"
            r"|(?:random|assign|allocat|divided)\w*[^.;]{0,60}(?:date of birth|birth dates?|day of (?:the week|admission)|hospital (?:record )?numbers?|odd (?:and|or) even|medical record numbers?)"
            r"|\bnon-? ?randomi[sz]ed (?:\w+ ){0,2}(?:trial|study|design|allocation)|(?:treatment|allocation|assignment|study|trial)[^.;]{0,20}(?:was|were) not randomi",
            "quasi", "alternat", "birth", "day of", "hospital ", "hospital record", "odd ", "record number", "nonrandom", "non-random",
            "non random", "not randomi",
        ),
    ),
    (
        "concealment",
        gated(
            r"(?:allocat|assign|randomi)\w*[^.;]{0,30}\bconceal|\bconceal\w*[^.;]{0,20}(?:allocat|assign|randomi)|\ballocation concealment"
            r"|(?:opaque|sealed)[^.;]{0,25}envelopes?|central(?:ly|i[sz]ed)?,? (?:\w+ )?randomi|randomi[sz]\w* centrally|sequentially numbered"
            r"|interactive (?:voice|web)[- ](?:based )?(?:response|randomi)|pharmacy[- ]controlled randomi",
            "conceal", "envelope", "central", "sequentially", "interactive", "pharmacy-controlled", "pharmacy controlled",
        ),
        gated(
            r"\b(?:no|without|lack of|inadequate|absent) (?:adequate )?(?:allocation )?conceal|\bunconcealed|\bnot (?:adequately )?conceal"
            r"|concealment (?:of allocation )?(?:was|were) (?:not|absent|inadequate|impossible|lacking)|open (?:randomi[sz]ation|allocation) (?:list|schedule|table)",
            "conceal", "unconcealed", "open random", "open allocat",
        ),
    ),
    (
        "blinding of participants",
        gated(
            rf"\b(?:double|triple|quadruple)[- ](?:blind|mask|dummy)|\b{_PEOPLE}[- ](?:and[- ][\w-]+[- ])?(?:blind\b|{_HIDDEN})"
            rf"|\b{_PEOPLE}[^.;]{{0,50}}(?:were|was) (?:all |both |also )?(?:{_HIDDEN}|unaware|kept blind)|\bsingle[- ](?:blind|mask)(?!\w* \(?(?:assessor|evaluator|observer|rater|investigator|outcome))"
            rf"|{_HIDDEN} (?:patients|participants|subjects)\b",
            "blind", "mask", "unaware", "double-dummy", "double dummy",
        ),
        gated(
            r"\bopen[- ]label(?!led)(?:ed)?(?![- ,]*(?:\w+ )?(?:extension|follow-?up|continuation|phase|period|run-in|lead-in|maintenance|rollover))|\bopen[-,]? (?:randomi[sz]ed|trial|study|controlled|design)|\bopen-(?:randomi|trial|study)"
            rf"|(?<!assessor )(?<!assessors )\b(?:unblinded|unmasked|non-? ?(?:blind|mask)\w*)(?! (?:{_JUDGES}|statistic|interim|data|outcome))"
            rf"|\bno blinding\b|\bwithout (?:any )?(?:blinding|masking)\b|\bblinding (?:of (?:patients|participants|therapists)[^.;]{{0,30}})?(?:was|were) (?:not|impossible)"
            rf"|\b{_PEOPLE}[^.;]{{0,40}}(?:\bnot|could not|cannot|n't) (?:be )?(?:{_HIDDEN}|blind)|\bneither [^.;]{{0,60}}(?:{_PEOPLE})[^.;]{{0,60}}{_HIDDEN}"
            rf"|\b(?:trial|study|treatment|allocation|patients) (?:was|were) (?:not|un)[ -]?{_HIDDEN}",
            "open-label", "open label", "open trial", "open study", "open random", "open, ", "open-random", "open-trial", "open controlled", "open-study",
            "open design", "unblinded", "unmasked", "nonblind", "nonmask", "blind", "mask",
        ),
    ),
    (
        "blinding of assessors",
        gated(
            rf"\b(?:{_JUDGES}|outcome|end-?point)[- ](?:\w+[- ])?(?:blind\b|{_HIDDEN})|\b{_JUDGES}[^.;]{{0,50}}(?:were|was|who (?:were|was)|all|both|,)? ?(?:{_HIDDEN}|unaware|blind to)"
            rf"|\b(?:double|triple)[- ](?:blind|mask)|\b(?:blind(?:ed)?|masked)[- ](?:\w+ )?(?:assess|evaluat|observer|rater|outcome|end-?point|adjudicat|review of (?:scans|images|radiographs))"
            rf"|(?:assessed|evaluated|measured|adjudicated)[^.;]{{0,30}}(?:blindly|in a blinded|blind to|by (?:an? )?(?:blind|masked|independent blinded))",
            "blind", "mask", "unaware",
        ),
        gated(
            rf"\b{_JUDGES}[^.;]{{0,40}}(?:\bnot|could not|n't) (?:be )?{_HIDDEN}|\b(?:unblinded|unmasked|non-?blinded|not blinded) (?:outcome )?(?:assess|evaluat|observer|rater)"
            rf"|\b(?:{_JUDGES})[^.;]{{0,20}}(?:unblinded|unmasked)|\bneither [^.;]{{0,80}}{_JUDGES}[^.;]{{0,30}}{_HIDDEN}",
            "blind", "mask", "unblinded", "unmasked", "nonblinded",
        ),
    ),
    (
        "intention to treat",
        gated(
            r"\bintention[- ]to[- ]treat|\bintent[- ]to[- ]treat|\bitt (?:population|analys|set|cohort|principle|basis)|\b(?:full analysis set)\b",
            "intent", "itt ", "full analysis set",
        ),
        gated(
            r"\b(?:no|not (?:\w+ ){0,4}(?:by|on|an?|according to)|without|rather than|instead of) (?:an? |the )?intent(?:ion)?[- ]to[- ]treat"
            r"|\bper[- ]protocol (?:analysis )?only|\bonly (?:a )?per[- ]protocol|\bcompleters only|\bcompleter analysis|\bonly (?:patients|participants|subjects|those) who completed [^.;]{0,30}\banaly",
            "intent", "per-protocol", "per protocol", "completer", "only ",
        ),
    ),
    (
        "attrition",
        gated(
            r"\blost to (?:\w+ )?follow-?up|\bloss(?:es)? to follow-?up|\bdropp?ed[ -]?out|\bdrop-?outs?\b|\b(?:patients?|participants?|subjects?|women|men|people|one|two|three|four|five|\d+)[^.;]{0,25}\b(?:withdrew|discontinued|were withdrawn)"
            r"|\bwithdrawals\b(?! (?:symptom|syndrome|of (?:the )?(?:drug|medication|treatment|steroid)))|\b(?:study|trial|patient|participant|treatment) withdrawals?\b|\bwithdrawal rates?\b|\bwithdrawal from the (?:study|trial)"
            r"|\battrition\b(?! of teeth)|\b(?:discontinuation|retention|completion|follow-?up) rates?\b|\bcompleted (?:(?:the |this |all |both )(?:\w+ ){0,2}(?:study|trial|follow-?up|treatment|protocol)|(?:study|trial|follow-?up)\b)",
            "lost", "loss", "drop", "withdr", "attrition", "discontinu", "completed", "completion rate", "follow-up rate", "followup rate", "retention rate",
        ),
        gated(
            r"\b(?:no|zero) (?:patient |participant |study )?(?:drop-?outs?|loss(?:es)? to follow|losses|withdrawals|attrition)(?! (?:due|because|related|attribut|for|owing))"
            r"|\b(?:no|none of the) (?:patients?|participants?|subjects?|women)[^.;]{0,20}(?:(?:was|were) lost|dropped out|withdrew)(?! (?:due|because|for|owing))|(?<!not )\ball (?:\w+ ){0,2}(?:patients|participants|subjects|women) completed|\bno one (?:dropped out|withdrew)",
            "no drop", "no loss", "no withdraw", "no attrition", "no patient", "no participant", "no subject", "no women", "no study", "zero drop", "none of the",
            "completed", "no one",
        ),
    ),
    (
        "registration",
        gated(
            r"\bnct ?\d{6,8}|\bisrctn ?\d+|\bactrn ?\d+|\bchictr[\w-]+|\bdrks ?\d+|\bumin ?-?(?:ctr)? ?\d+|\beudract|\bctri/|\birct ?\d+|\b(?:ntr|nl) ?-?\d{3,}"
            r"|\bjrcts?\d+|\bkct\d+|\btctr\d+|\bpactr\d+|\brbr-\w+|\bprospero\b|\bcrd4\d+|\bregistered (?:at|with|in|on|under) (?:the )?(?:www\.)?(?:clinicaltrials|\w+ (?:clinical )?trials? regist|isrctn)|(?<!searched )clinicaltrials\.gov",
            "nct", "isrctn", "actrn", "chictr", "drks", "umin", "eudract", "ctri/", "irct", "ntr", "nl", "jrct", "kct", "tctr", "pactr", "rbr-",
            "clinicaltrials", "prospero", "crd4", "registered",
        ),
        gated(
            r"\bnot (?:prospectively |been )?registered|\bunregistered|registration(?: number)?: ?(?:none|no\b|not registered|n/a)",
            "registered", "unregistered", "registration",
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BiasSignal:
    """One signal, what the abstract says of it, and the sentence."""

    signal: str
    state: SignalState
    sentence: int | None


SIGNALS = tuple(name for name, _, _ in _SIGNALS)
"""The names of all signals, in order."""


def find_bias_signals(passage: Passage) -> tuple[BiasSignal, ...]:
    """Return the state of every signal of a passage.

    "Stated" for attrition means that losses are told, "stated absent" that there were none.
    """
    signals: list[BiasSignal] = []
    for name, present, absent in _SIGNALS:
        sentence = absent.first(passage)
        if sentence is not None and not _is_a_phase(passage, sentence):
            signals.append(_signal(name, SignalState.STATED_ABSENT, sentence))
            continue
        sentence = present.first(passage)
        state = SignalState.NOT_ASSESSABLE if sentence is None else SignalState.STATED
        signals.append(_signal(name, state, sentence))
    return tuple(signals)


@lru_cache(maxsize=2_048)
def _signal(name: str, state: SignalState, sentence: int | None) -> BiasSignal:
    """Return a signal; equal ones are one object, which goes between processes once."""
    return BiasSignal(name, state, sentence)


def _is_a_phase(passage: Passage, sentence: int) -> bool:
    """Return whether "open-label" is only of a part of a blinded trial: "open-label titration"."""
    if "open" not in passage.sentences[sentence].lower or not _BLINDED.search(passage.lower):
        return False
    return _OPEN_TRIAL.search(passage.lower) is None
