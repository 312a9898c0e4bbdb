"""How much of an intervention an abstract says was given: sessions, how often, for how long.

A time of follow-up, of run-in or of complaints is no course of treatment, and weeks are no sessions:
the words on both sides tell. What is not printed, or printed as a range, is None. It knows nothing
of what the intervention is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.appraisal.marks import any_of
from evidence.appraisal.patterns import holds_any
from evidence.appraisal.sentences import AIM, METHODS, TITLE, UNLABELLED, Passage

_COUNTS = {
    "once": 1, "one": 1, "a": 1, "twice": 2, "two": 2, "thrice": 3, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "eighteen": 18, "twenty": 20, "twenty-four": 24,
}  # fmt: skip
_WEEKS = {"d": 1 / 7, "w": 1.0, "m": 52 / 12}
_N = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|sixteen|"
    r"eighteen|twenty-four|twenty)"
)
_BETWEEN = r"(?:(?!(?:weeks?|months?|days?|years?|hours?|minutes?|min|patients|participants|subjects|women|arms?|groups?|different|active|types?|of|or|and|to|for|the|versus|vs|after|before)\b)[a-z][\w-]* ){0,3}"
_A_WEEK = r"(?: (?:a|per|each|every|/) ?|/)week\b"
_SESSIONS = re.compile(
    rf"(?P<total>\b(?:total of|totalling|maximum of) )?(?<![-\u2013.\d])(?<!\d to )(?<!to )\b(?P<n>{_N}) {_BETWEEN}(?P<what>sessions|treatments|visits|applications)\b(?!{_A_WEEK})(?! (?:groups|arms|were compared|regimens|differ))"
)
_FEW = 3
"""So few "treatments" may be arms that are compared; so few "sessions" may not."""
_PER_WEEK = re.compile(
    rf"(?P<range>\b(?:{_N}|once) (?:to|or|-|\u2013) )?\b(?:(?P<n>once|twice|thrice|{_N})(?: (?:[a-z]+ )?(?:times|sessions?|treatments?|visits?))?(?: (?:a|per|each|every|/) ?|/)week\b"
    rf"|(?P<n2>once|twice|thrice)[- ]weekly|(?P<n3>{_N}) times weekly|(?P<one>weekly) (?:[a-z]+ )?(?:sessions|treatments|visits))"
)
_LENGTH = rf"(?P<n>{_N})"
_NO_COURSE = r"(?!(?:age|follow|gestation|pregnan|baseline|observation|life|pain|symptoms|run-in|washout|wash-out|each)\w*)"
_COURSES = (
    re.compile(
        rf"\b(?:sessions?|treatments?|weekly|week|day|daily|times|given|administered|continued|treated|intervention|therapy|training|exercises?)\b[^.;]{{0,60}}?\b(?:for|over|during|across) (?:a (?:period|total|course) of |the )?{_LENGTH}[- ](?:consecutive )?(?P<unit>weeks?|months?)\b(?! (?:of )?(?:follow|after|later|before|post|apart))"
    ),
    re.compile(
        rf"\b{_LENGTH}[- ](?P<unit>week|month)(?:-long|s'|s)?,? (?:(?!\d|run|follow|wash|base|old|long-term|of\b|after|from|post|before|and\b)[\w-]+,? ){{0,3}}?(?:course|treatment|intervention|program(?:me)?|regimen|training|therapy)\b(?! (?:follow|washout))"
    ),
    re.compile(rf"\b{_LENGTH} (?P<unit>weeks?|months?) (?:of|for) {_NO_COURSE}[a-z]"),
    re.compile(
        rf"\b{_LENGTH}[- ](?P<unit>week|month)(?:-long)?,? (?:(?!\d+ |run|follow|wash|base|old|of\b|after|from|post|before)[\w-]+,? ){{0,6}}?(?:trial|study|period)\b"
    ),
)
_NO_TREATMENT = re.compile(
    r"(?:follow(?:ed|ing)?(?:[- ]up)?|observ\w+|pain|symptoms?|history|complaints?|at least|(?:more|less) than|run-in|wash-?out|baseline|relapse|recurrence|lasting|aged|recall|assess\w+|questionnaire|previous|prior|past|last|monitor\w*)\b[^.;,]{0,30}$"
)
_SESSION_WORDS = ("sessions", "treatments", "visits", "applications")
_GATE = any_of("week", "month", *_SESSION_WORDS)


@dataclass(frozen=True, slots=True)
class Dose:
    """How much of an intervention was given; what is not printed is None."""

    sessions: int | None
    weeks: float | None
    per_week: int | None


def find_dose(passage: Passage) -> Dose:
    """Return sessions, weeks and sessions a week of the course that title and methods print.

    >>> from evidence.appraisal.sentences import split_passage
    >>> find_dose(split_passage("", "METHODS: They had 12 sessions, twice a week for 6 weeks."))
    Dose(sessions=12, weeks=6.0, per_week=2)
    """
    planned = [
        s.lower
        for s in passage.sentences
        if s.section in (METHODS, TITLE, UNLABELLED, AIM) and _GATE.stand_in(s)
    ]
    return Dose(_sessions(planned), _weeks(planned), _per_week(planned))


def _sessions(texts: list[str]) -> int | None:
    """Return the number of sessions: the one that is called the total, else the first."""
    texts = [text for text in texts if holds_any(text, _SESSION_WORDS)]
    found = [m for text in texts for m in _SESSIONS.finditer(text) if _is_sessions(m)]
    total = next((m for m in found if m["total"] is not None), None)
    chosen = total or (found[0] if found else None)
    return None if chosen is None else _count(chosen["n"])


def _is_sessions(match: re.Match[str]) -> bool:
    return match["what"] == "sessions" or _count(match["n"]) > _FEW


def _per_week(texts: list[str]) -> int | None:
    """Return how often a week, None where a range is printed or several are."""
    found = [m for text in texts if "week" in text for m in _PER_WEEK.finditer(text)]
    if not found or found[0]["range"] is not None:
        return None
    first = found[0]
    printed = first["n"] or first["n2"] or first["n3"] or ("one" if first["one"] else None)
    return None if printed is None else _count(printed)


def _weeks(texts: list[str]) -> float | None:
    """Return the length of the course, by the surest way of printing it first."""
    for pattern in _COURSES:
        for text in texts:
            for match in pattern.finditer(text):
                if _NO_TREATMENT.search(text[max(0, match.start("n") - 45) : match.start("n")]):
                    continue
                return round(_count(match["n"]) * _WEEKS[match["unit"][0]], 1)
    return None


def _count(printed: str) -> int:
    return int(printed) if printed.isdigit() else _COUNTS[printed]
