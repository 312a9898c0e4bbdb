"""Proposes the claims of a text for a person to accept, by rules that can be read here.

Nothing is registered by machine. Every proposal carries the words that made it one, so that a
person can see why it stands there. The rules know the language of claims (effect, risk, numbers,
harm), not any treatment or disease; the words of a topic are handed in as ``known``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from evidence.claims.documents import BlockKind, Document, Sentence
from evidence.claims.documents import is_lead_in as opens_a_list
from evidence.claims.fields import slug_of
from evidence.claims.registry import Code, Registry
from evidence.vocabulary import Bound, ClaimKind, NonClaimReason

MAX_SLUG_WORDS = 6


@dataclass(frozen=True, slots=True)
class Proposal:
    """A statement that looks like a claim, or words that look like none."""

    quote: str
    char_start: int
    char_end: int
    sentence_id: str
    is_claim: bool
    nonclaim_reason: NonClaimReason | None
    kind: ClaimKind | None
    strength: int | None
    words: str | None
    """The words that set kind and strength."""
    value_percent: float | None
    bound: Bound | None
    population: tuple[str, ...]
    """Codes of conditions whose words stand in the text."""
    intervention: tuple[str, ...]
    exposure: tuple[str, ...]
    outcomes: tuple[str, ...]
    claim_id: str | None
    occurrence: int | None = None


def _rule(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(phrases) + r")\b", re.IGNORECASE)


# The strongest wording is looked for first: the size word decides (docs/method.md, section 10).
_STRENGTHS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (
        4,
        (
            r"cur(?:e|es|ed|ing)", r"heal(?:s|ed|ing)?", r"fix(?:es|ed|ing)?", r"eliminat\w+",
            r"root cause", r"underlying cause", r"permanent\w*", r"eradicat\w+", r"revers(?:e|es|ed|ing)",
        ),
    ),
    (
        3,
        (
            r"highly (?:effective|successful|beneficial)", r"very effective", r"extremely \w+",
            r"marked(?:ly)?", r"significant(?:ly)?", r"dramatic\w*", r"profound\w*", r"powerful\w*",
            r"remarkabl\w+", r"substantial(?:ly)?", r"proven", r"greatly", r"best",
        ),
    ),
    (
        1,
        (
            r"(?:may|might|can|could)(?: also| even| often)? (?:help|work|benefit|reduce|relieve|ease|"
            r"improve|lower|lessen|make|provide|prevent|support|be helpful|be effective)\w*",
        ),
    ),
    (
        2,
        (
            r"effective(?:ly)?", r"help(?:s|ed|ful|ing)?", r"benefi(?:t|ts|cial)", r"reliev(?:e|es|ed|ing)",
            r"reduc(?:e|es|ed|ing)", r"improv(?:e|es|ed|ing|ement|ements)", r"eas(?:e|es|ed|ing)",
            r"treat(?:s|ed)", r"works?", r"success(?:ful)?", r"alleviat\w+", r"prevent(?:s|ed|ing)?",
            r"protect(?:s|ed)?", r"boost(?:s|ed)?", r"lower(?:s|ed)", r"promot(?:e|es|ed|ing)",
        ),
    ),
)  # fmt: skip
_STRENGTH_RULES = tuple((strength, _rule(*phrases)) for strength, phrases in _STRENGTHS)
_EFFECT = _rule(*(phrase for _, phrases in _STRENGTHS for phrase in phrases))

_NUMBER = re.compile(
    r"(?P<bound>as (?:much|many) as|up to|at least|more than|over|about|around|nearly|almost)?\s*"
    r"(?P<value>\d{1,3}(?:[.,]\d+)?)\s?(?:%|per ?cent\b|percent\b)",
    re.IGNORECASE,
)
_OUT_OF = re.compile(
    r"\b(\d{1,2}|one|two|three|four|nine) (?:out of|in) (\d{1,3}|ten|five|four|three)\b", re.I
)
_OF_A_NUMBER = frozenset({ClaimKind.PREVALENCE, ClaimKind.UTILIZATION})
_MAJORITY = _rule("most", "majority", "typically", "usually", "generally", "commonly", "mostly")
_PEOPLE = _rule(
    "population", "people", "adults", "children", "women", "men", "americans", "patients", "everyone",
    "individuals", "of us", "ages",
)  # fmt: skip
_FREQUENCY = _rule(
    "experienc\\w+", "suffer\\w*", "affect(?:s|ed|ing)?", "prevalen\\w+", "common\\w*", "widespread",
    "lifetime", "at some point", "epidemic", "all ages", "occur\\w*",
)  # fmt: skip
_USE = _rule(
    r"reasons? (?:that |why )?(?:people|patients)", r"people (?:seek|use|turn to|choose|visit)",
    "seek", "popular", "visits?", "prescribed", "specialt(?:y|ies)", "speciali[sz]e\\w*",
    r"clinical experience", r"experienced in", "practitioners", "licensed",
)  # fmt: skip
_SAFETY = _rule(
    "safe", "safely", "safety", "side effects?", "harmless", "risk-free", "no risks?", "well tolerated",
    "adverse", "toxic\\w*", "gentle",
)  # fmt: skip
_RISK = _rule(
    r"risk(?: factors?)?", r"(?:caused|triggered|worsened) by", "causes", "leads? to", "leading to",
    "results? in", "due to", r"linked (?:to|with)", r"associated with", "contribut\\w+", r"depends? on",
    "impair\\w*", "interfer\\w+", "aggravat\\w+", "lifestyle", "habits", "posture",
    "increases? (?:the|your) (?:risk|chance)",
)  # fmt: skip
_MECHANISM = _rule(
    "releas(?:e|es|ed|ing)", "stimulat\\w+", "activat\\w+", "inhibit\\w*", "block(?:s|ed|ing)?", "dilat\\w+",
    "circulation", "blood flow", "oxygen\\w*", "hormones?", "endorphins?", "opioids?", "nervous system",
    "neuro\\w+", "immune", "inflammat\\w+", "addresses", "targets", "mechanisms?", "restor\\w+", "balanc\\w+",
    "imbalances?", "correct(?:s|ed|ing)?", "muscles", "nerves?", "tissues?", "cells?", "brain", "detoxif\\w+",
    "metabolism",
)  # fmt: skip
_DOCTRINE = _rule(
    "traditional", "ancient", "meridians?", "qi", "chi", "energy", "yin", "yang", "chakras?", "life force",
    "vital force", "doshas?", "humou?rs?", "aura", "holistic",
)  # fmt: skip
_ADVICE = _rule(
    "contact", "call", "visit us", "schedule", "make an appointment", "consult", "talk to your",
    "ask your", "learn more", "for more information", "click", "subscribe", "book (?:a|an|your)", "find a",
    "speak (?:to|with)",
)  # fmt: skip
_PROMOTION = _rule(
    "our (?:clinic|team|practice|products?|experts?)", "we offer", "we provide", "special offer"
)
_PRAISE = _rule(
    "extensive knowledge", "experts?", "expertise", "highly trained", "learn how to", "world-class",
    "state-of-the-art", "trusted", "caring", "dedicated",
)  # fmt: skip
_DEFINITION = re.compile(r"\b(?:is|are) (?:a|an|the|defined as|called|known as)\b", re.IGNORECASE)
_HEDGE = re.compile(
    r"\A(?:results|outcomes|effects|individual results)\b.{0,20}\bvary\b", re.IGNORECASE
)
_SPLIT = re.compile(
    r"(?:;\s+|,\s+(?:but|and|as|so|while|although|which|because)\s+|\s+(?:because|whereas)\s+)"
    r"(?=\S)",
    re.IGNORECASE,
)
_FINITE = _rule(
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "can",
    "may",
    "might",
    "will",
    "does",
    "do",
    "helps?",
    "makes?",
)


@dataclass(slots=True)
class _Known:
    """Words by which a topic's codes are recognised."""

    conditions: Mapping[str, Code] = field(default_factory=dict)
    interventions: Mapping[str, Code] = field(default_factory=dict)
    exposures: Mapping[str, Code] = field(default_factory=dict)
    outcomes: Mapping[str, Code] = field(default_factory=dict)


def propose_claims(
    document: Document, codes: Mapping[str, Mapping[str, Code]] | None = None
) -> list[Proposal]:
    """Return a proposal for every sentence of a text, in order; some sentences give several.

    Parameters
    ----------
    document
        The text.
    codes
        ``Registry.codes``, to guess population, intervention, exposure and outcomes; without it
        these guesses stay empty.
    """
    named = {kind.name for kind in fields(_Known)}
    known = _Known(**{k: dict(group) for k, group in (codes or {}).items() if k in named})
    by_id = {sentence.sentence_id: sentence for sentence in document.sentences}
    lead_ins = {s.lead_in_id: by_id[s.lead_in_id].text for s in document.sentences if s.lead_in_id}
    taken: set[str] = set()
    return [
        _propose(document, sentence, span, lead_ins, known, taken)
        for sentence in document.sentences
        for span in _clauses(document, sentence)
    ]


def unread_proposals(registry: Registry, document_id: str) -> list[Proposal]:
    """Return the proposals for those sentences of a registered text that nobody has read yet."""
    unread = {
        state.sentence.sentence_id
        for state in registry.sentence_states(document_id)
        if state.status.value == "unread"
    }
    found = propose_claims(registry.document(document_id), registry.codes)
    return [proposal for proposal in found if proposal.sentence_id in unread]


def _clauses(document: Document, sentence: Sentence) -> list[tuple[int, int]]:
    """Part a sentence where a conjunction joins two statements that each say something."""
    if sentence.kind is not BlockKind.PARAGRAPH or opens_a_list(sentence.text):
        return [(sentence.char_start, sentence.char_end)]
    starts = [sentence.char_start]
    for match in _SPLIT.finditer(document.text, sentence.char_start, sentence.char_end):
        before = document.text[starts[-1] : match.start()]
        after = document.text[match.end() : sentence.char_end]
        if _says_something(before) and _says_something(after) and _FINITE.search(after):
            starts.append(match.end())
    ends = [*(_without_joint(document.text, s) for s in starts[1:]), sentence.char_end]
    return list(zip(starts, ends, strict=True))


def _without_joint(text: str, start: int) -> int:
    """Return where the clause before a joint ends: without comma and conjunction."""
    head = text[:start].rstrip()
    words = re.sub(
        r"(?:[,;]\s*)?(?:but|and|as|so|while|although|which|because|whereas)?\Z", "", head,
        flags=re.IGNORECASE,
    )  # fmt: skip
    return len(words.rstrip())


def _says_something(text: str) -> bool:
    """Tell whether a clause asserts anything by itself: it has an effect, harm, number or hedge."""
    rules = (_EFFECT, _SAFETY, _NUMBER, _FREQUENCY, _RISK, _MECHANISM)
    return len(text.split()) >= 3 and (
        any(r.search(text) for r in rules) or bool(_HEDGE.match(text))
    )


def _propose(
    document: Document,
    sentence: Sentence,
    span: tuple[int, int],
    lead_ins: Mapping[str, str],
    known: _Known,
    taken: set[str],
) -> Proposal:
    start, end = span
    quote = document.text[start:end]
    lead_in = lead_ins.get(sentence.lead_in_id or "")
    context = f"{lead_in} {quote}" if lead_in else quote
    reason = _nonclaim_reason(sentence, quote, is_lead_in=sentence.sentence_id in lead_ins)
    kind, words = (None, None) if reason else _kind(context, is_item=lead_in is not None)
    if reason is None and kind is None:
        reason = NonClaimReason.DEFINITION if _DEFINITION.search(quote) else NonClaimReason.HEDGE
    number = _NUMBER.search(quote) if kind in _OF_A_NUMBER else None
    is_claim, strength = reason is None, None
    if kind is ClaimKind.EFFICACY:
        strength, words = _strength(context)
    return Proposal(
        quote=quote,
        char_start=start,
        char_end=end,
        sentence_id=sentence.sentence_id,
        is_claim=is_claim,
        nonclaim_reason=reason,
        kind=kind,
        strength=strength,
        words=words,
        value_percent=_percent(number),
        bound=_bound(number, quote, kind),
        population=_codes_in(context, known.conditions) if is_claim else (),
        intervention=_codes_in(context, known.interventions) if is_claim else (),
        exposure=_codes_in(context, known.exposures) if kind is ClaimKind.RISK_FACTOR else (),
        outcomes=_codes_in(context, known.outcomes) if is_claim else (),
        claim_id=_claim_id(quote, taken) if is_claim else None,
        occurrence=_occurrence(document.text, quote, start),
    )


def _nonclaim_reason(sentence: Sentence, quote: str, *, is_lead_in: bool) -> NonClaimReason | None:
    if sentence.kind is BlockKind.HEADING:
        return NonClaimReason.HEADING
    if is_lead_in:
        return NonClaimReason.LEAD_IN
    if _HEDGE.match(quote):
        return NonClaimReason.HEDGE
    if _PROMOTION.search(quote):
        return NonClaimReason.ADVERTISEMENT
    return NonClaimReason.ADVICE if _ADVICE.search(quote) else None


def _kind(context: str, *, is_item: bool) -> tuple[ClaimKind | None, str | None]:
    """Return the first kind whose words stand in the text, and these words."""
    number = _NUMBER.search(context) or _OUT_OF.search(context)
    if number and _PEOPLE.search(context):
        return ClaimKind.PREVALENCE, number.group().strip()
    ordered = (
        (ClaimKind.UNTESTABLE, _PRAISE),
        (ClaimKind.SAFETY, _SAFETY),
        (ClaimKind.DOCTRINE, _DOCTRINE),
        (ClaimKind.UTILIZATION, _USE),
    )
    for kind, rule in ordered:
        if (match := rule.search(context)) and not (
            kind is ClaimKind.DOCTRINE and _reliefs(context)
        ):
            return kind, match.group()
    mechanism, risk, effect = (r.search(context) for r in (_MECHANISM, _RISK, _EFFECT))
    if mechanism and not (is_item and effect and not _acts(context)) and not _reliefs(context):
        return ClaimKind.MECHANISM, mechanism.group()
    if effect and not (risk and risk.start() < effect.start() and not _reliefs(context)):
        return ClaimKind.EFFICACY, effect.group()
    if risk:
        return ClaimKind.RISK_FACTOR, risk.group()
    if (match := _FREQUENCY.search(context)) and _PEOPLE.search(context):
        return ClaimKind.PREVALENCE, match.group()
    return (ClaimKind.EFFICACY, effect.group()) if effect else (None, None)


_RELIEF = _rule("reliev\\w+", "relief", "pain-free", "symptoms", "improvements?", "marked")


def _reliefs(context: str) -> bool:
    """Tell whether a patient's outcome is named: then it is a claim of efficacy first."""
    return bool(_RELIEF.search(context)) and not _acts(context)


_ACTS = _rule(
    "releas\\w+",
    "dilat\\w+",
    "increas\\w+",
    "accelerat\\w+",
    "inhibit\\w*",
    "stimulates",
    "activates",
)


def _acts(context: str) -> bool:
    """Tell whether the text says what is done in the body."""
    return bool(_ACTS.search(context))


def _strength(context: str) -> tuple[int, str | None]:
    for strength, rule in _STRENGTH_RULES:
        if match := rule.search(context):
            return strength, match.group()
    return 2, None


def _percent(number: re.Match[str] | None) -> float | None:
    if number is None:
        return None
    value = float(number.group("value").replace(",", "."))
    return value if value <= 100 else None


def _bound(number: re.Match[str] | None, quote: str, kind: ClaimKind | None) -> Bound | None:
    if number is not None:
        words = (number.group("bound") or "").lower()
        if words in {"as much as", "as many as", "up to"}:
            return Bound.UPPER
        return Bound.LOWER if words in {"at least", "more than", "over"} else Bound.POINT
    if kind is ClaimKind.UTILIZATION and _MAJORITY.search(quote):
        return Bound.MAJORITY
    return None


def _codes_in(context: str, codes: Mapping[str, Code]) -> tuple[str, ...]:
    """Return the codes whose words stand in a text; a longer word hides the shorter in it."""
    lower = context.lower()
    found: list[tuple[int, int, str]] = []
    for code in codes.values():
        for word in code.words:
            for match in re.finditer(rf"\b{re.escape(word)}s?\b", lower):
                found.append((match.start(), match.end(), code.code))
    longest = [
        code
        for start, end, code in sorted(found)
        if not any(s <= start and end <= e and (e - s) > (end - start) for s, e, _ in found)
    ]
    return tuple(dict.fromkeys(longest))


def _claim_id(quote: str, taken: set[str]) -> str:
    words = re.findall(r"[A-Za-z0-9]+", quote)
    long_words = [word for word in words if len(word) > 3] or words
    base = slug_of(" ".join(long_words[:MAX_SLUG_WORDS]))
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def _occurrence(text: str, quote: str, start: int) -> int | None:
    """Return which of several equal places a quote is; None where it stands once."""
    if text.count(quote) == 1:
        return None
    places = [match.start() for match in re.finditer(f"(?={re.escape(quote)})", text)]
    return places.index(start) + 1 if len(places) > 1 else None
