"""How many people a study counts: every number that could be it, and what stands around it.

Candidates are numbers near people and sums of arms; a small linear model ranks them
(``data/models/participants.json``). This module makes candidates and features and picks; it knows
nothing of designs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.linear import UNIT, LinearModel
from evidence.appraisal.marks import any_of, token_mark
from evidence.appraisal.numbers import Number, find_numbers
from evidence.appraisal.sentences import DIGITS, Passage, Sentence

MAX_CANDIDATES = 20

_PEOPLE = frozenset(
    words_in(
        "patient patients participant participants subject subjects women woman men children "
        "child adults adult infants infant neonates newborns volunteers individuals people "
        "persons person girls boys students student adolescents outpatients inpatients cases "
        "mothers families couples residents nurses physicians survivors males females "
        "nulliparous primiparas workers athletes players smokers drinkers users veterans "
        "elderly youth youths teenagers babies toddlers twins recipients donors respondents "
        "households caregivers carers parents fathers pupils schoolchildren preschoolers "
        "employees soldiers recruits candidates clients members dyads pairs consumers runners "
        "cyclists swimmers parturients gravidas sufferers responders overweight obese healthy "
        "diabetics asthmatics hypertensives interns clinicians doctors practitioners teachers "
        "prisoners offenders drivers carriers pregnancies postmenopausal premenopausal ones "
        "probands learners seniors injuries admissions personnel trainees officers relatives "
        "singletons preterm older young male female pregnant"
    )
)
_NOT_LEADING = frozenset(
    words_in(
        "and or to with were was had vs versus of in for from has have is are be been by at "
        "on than who which that mg g kg ml mm cm weeks week months month years year days day "
        "hours hour h min minutes per times points % ; . : = < > ± /"
    )
)
_UNITS = frozenset(
    words_in(
        "% percent mg g kg ml mm cm l mcg µg μg ug iu u week weeks wk wks month months mo "
        "year years yr yrs day days hour hours hrs hr h min mins minutes minute second "
        "seconds sec times time points point fold cycles cycle courses course sessions "
        "session doses dose visits sites site centers centres center centre hospitals "
        "hospital clinics countries practices schools villages studies trials rcts articles "
        "items item teeth lesions samples kcal cal mmol nmol pmol meq gy cgy degrees st nd rd "
        "th stage groups group arms arm different measures outcomes questions events event "
        "episodes deaths mpa watts hz db x × ± publications reports databases papers cells "
        "specimens variables factors domains categories occasions intervals components types "
        "criteria regimens treatments randomized randomised phase steps modules lb lbs miles "
        "km m s ms bpm mmhg ° rpm"
    )
)
_BEFORE_WORDS = {
    **dict.fromkeys(("total", "sample"), "total"),
    "of": "of",
    "among": "among",
    "amongst": "among",
    "in": "in",
    "the": "the",
    "these": "the",
    "and": "and",
    "(": "(",
    "[": "(",
    "/": "/",
    ",": ",",
    ":": ":",
    "-": "-",
    "–": "-",
    "=": "=",
    "<": "<",
    ">": "<",
    "≥": "<",
    "≤": "<",
    "all": "all",
    "overall": "all",
    "altogether": "all",
    "we": "we",
    "n": "n",
    "to": "to",
    "or": "or",
    "vs": "vs",
    "versus": "vs",
    "than": "dose",
    "aged": "dose",
    "age": "dose",
    "grade": "dose",
    "stage": "dose",
    "phase": "dose",
    "type": "dose",
    "level": "dose",
    "day": "dose",
    "week": "dose",
    "month": "dose",
    "year": "dose",
    "version": "dose",
    "group": "label",
    "groups": "label",
    "arm": "label",
    "cohort": "label",
    "study": "label",
    "trial": "label",
    "remaining": "part",
    "other": "part",
    "only": "part",
    "additional": "part",
    "another": "part",
    "further": "part",
    "first": "part",
    "approximately": "about",
    "about": "about",
    "nearly": "about",
    "almost": "about",
    "over": "about",
    "last": "part",
    **dict.fromkeys(
        words_in(
            "january february march april may june july august september october november "
            "december jan feb mar apr jun jul aug sep sept oct nov dec since"
        ),
        "date",
    ),
    "between": "between",
    "from": "from",
    "by": "by",
    "at": "by",
    "with": "with",
    "for": "for",
    "on": "on",
}
_VERB_STEMS = (
    ("random", "randomized"),
    ("assign", "randomized"),
    ("allocat", "randomized"),
    ("enrol", "enrolled"),
    ("recruit", "enrolled"),
    ("accru", "enrolled"),
    ("includ", "enrolled"),
    ("entered", "enrolled"),
    ("participat", "enrolled"),
    ("registered", "enrolled"),
    ("divid", "divided"),
    ("studied", "studied"),
    ("treated", "studied"),
    ("receiv", "studied"),
    ("underw", "studied"),
    ("undergoing", "studied"),
    ("evaluated", "studied"),
    ("investigated", "studied"),
    ("examined", "studied"),
    ("conduct", "studied"),
    ("perform", "studied"),
    ("compris", "studied"),
    ("consist", "studied"),
    ("complet", "completed"),
    ("finish", "completed"),
    ("remain", "completed"),
    ("follow", "completed"),
    ("return", "completed"),
    ("provided", "completed"),
    ("responded", "completed"),
    ("analy", "analysed"),
    ("evaluable", "analysed"),
    ("assessable", "analysed"),
    ("available", "analysed"),
    ("screen", "screened"),
    ("assess", "screened"),
    ("invited", "screened"),
    ("approached", "screened"),
    ("eligible", "eligible"),
    ("identified", "screened"),
    ("contacted", "screened"),
    ("potential", "screened"),
    ("considered", "screened"),
    ("lost", "lost"),
    ("withdr", "lost"),
    ("dropp", "lost"),
    ("discontinu", "lost"),
    ("exclud", "lost"),
    ("died", "lost"),
    ("refus", "lost"),
    ("declin", "lost"),
    ("developed", "had"),
    ("reported", "had"),
    ("experienc", "had"),
    ("had", "had"),
    ("plan", "planned"),
    ("required", "planned"),
    ("target", "planned"),
    ("detect", "planned"),
    ("will", "planned"),
)
_VERB_HEADS = frozenset(stem[:3] for stem, _ in _VERB_STEMS)
_PEOPLE_HINTS = _PEOPLE | {"n", "total", "sample", "arm", "arms", "group", "groups"}
_GROUP_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "2": 2, "3": 3, "4": 4, "5": 5}
_WINDOW = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may be the number of participants."""

    value: int
    sentence: int
    features: tuple[str, ...]
    is_sum: bool


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """The number of participants, how sure, and the sentence that it stands in."""

    value: int | None
    confidence: float
    sentence: int | None


@lru_cache(maxsize=65_536)
def _verb_of(token: str) -> str | None:
    if token[:3] in _VERB_HEADS:
        for stem, name in _VERB_STEMS:
            if token.startswith(stem):
                return name
    return None


def _magnitude(value: int) -> str:
    for bound in (5, 10, 20, 50, 100, 300, 1_000, 5_000):
        if value < bound:
            return f"size<{bound}"
    return "size big"


def _sums(values: Sequence[int], position: int) -> bool:
    """Return whether a number is the sum of two to four neighbouring numbers that follow it."""
    target = values[position]
    for start in range(position + 1, min(position + 6, len(values) - 1)):
        total = values[start]
        for following in values[start + 1 : start + 4]:
            total += following
            if total == target and target > 3:
                return True
            if total > target:
                break
    return False


def _people_after(tokens: Sequence[str], start: int) -> str:
    """Return how near people stand after a number."""
    if start < len(tokens) and tokens[start] in _PEOPLE:
        return "people:next"
    position = start
    while position < min(len(tokens), start + 9):
        token = tokens[position]
        if token in _PEOPLE:
            return "people:near"
        if token == "(":
            while position < min(len(tokens), start + 9) and tokens[position] != ")":
                position += 1
        elif token in _NOT_LEADING and not (token == "of" and position == start):
            break
        position += 1
    return "people:none"


def _context(sentence: Sentence, number: Number) -> list[str]:
    """Return what stands before and after one number."""
    tokens = sentence.tokens
    start, end = number.start, number.end
    first = _BEFORE_WORDS.get(tokens[start - 1], "word") if start else "start"
    second = _BEFORE_WORDS.get(tokens[start - 2], "word") if start > 1 else "start"
    if first == "=" and start > 1 and tokens[start - 2] == "n":
        first = "n="
    people = _people_after(tokens, end)
    after = tokens[end] if end < len(tokens) else "end"
    sign = after if not after[0].isalnum() else "word"
    verb = "none"
    for token in tokens[end : end + _WINDOW]:
        named = _verb_of(token)
        if named is not None:
            verb = named
            break
    verb_before = "none"
    for token in tokens[max(0, start - 5) : start]:
        verb_before = _verb_of(token) or verb_before
    return [
        f"b1:{first}",
        f"b2:{second} {first}",
        people,
        f"sign:{sign}",
        f"v:{verb}",
        f"vb:{verb_before}",
        f"{people}&v:{verb}",
        f"{people}&vb:{verb_before}",
        f"{people}&b1:{first}",
        f"{people}&sec:{sentence.section}",
        f"v:{verb}&vb:{verb_before}",
    ]


def _is_measure(tokens: Sequence[str], number: Number) -> bool:
    """Return whether a number is a dose, a time, a per cent or a part of a ratio, not a count."""
    after = tokens[number.end : number.end + 2]
    if not after:
        return False
    if after[0] in _UNITS:
        return not (after[0] in ("randomized", "randomised") and number.value > 9)
    if after[0] == "-" and len(after) > 1 and (after[1] in _UNITS or after[1][0] in DIGITS):
        return True
    return after[0] in ("–", ":", "+") and len(after) > 1 and after[1][0] in DIGITS


def _is_year(number: Number) -> bool:
    return not number.is_words and not number.has_comma and 1900 <= number.value <= 2035


def _number_candidates(
    sentence: Sentence, numbers: list[Number], following: list[int]
) -> list[Candidate]:
    tokens = sentence.tokens
    values = [number.value for number in numbers] + following
    with_random = _RANDOM.stand_in(sentence)
    candidates: list[Candidate] = []
    for position, number in enumerate(numbers):
        if number.value < 2:
            continue
        counted = number.start > 1 and tokens[number.start - 2 : number.start] == ("n", "=")
        if not counted and _is_measure(tokens, number):
            continue
        features = _context(sentence, number)
        if "people:none" in features:
            if number.value < 20 and features[0] not in ("b1:n=", "b1:start"):
                continue
            if _is_year(number) and features[0] != "b1:n=":
                continue
        if _is_year(number):
            features.append("year")
        features.append("sums" if _sums(values, position) else "no sum")
        features.append(_magnitude(number.value))
        features.append("words" if number.is_words else "digits")
        features.append("sec:" + sentence.section)
        features.append("place:first" if not position else "place:later")
        if with_random:
            features.append("with random")
        candidates.append(Candidate(number.value, sentence.index, tuple(features), False))
    return candidates


def _sum_candidates(sentence: Sentence, numbers: list[Number]) -> list[Candidate]:
    """Return totals that only the arms give: ``n = 25 ... n = 28``, ``20 in each group``."""
    tokens = sentence.tokens
    extra = ["sec:" + sentence.section]
    if _RANDOM.stand_in(sentence):
        extra.append("with random")
    candidates: list[Candidate] = []

    def add(value: int, *features: str) -> None:
        candidates.append(Candidate(value, sentence.index, (*features, *extra), True))

    counted = [
        n
        for n in numbers
        if n.start > 1 and tokens[n.start - 1] == "=" and tokens[n.start - 2] == "n"
    ]
    if 2 <= len(counted) <= 6:
        add(sum(n.value for n in counted), f"sum:n={len(counted)}")
    if len(counted) < 2 and ("each" in tokens or "per" in tokens or "both" in tokens):
        for number in counted or numbers:
            after = tokens[number.end : number.end + 7]
            if number.value > 2 and not _is_measure(tokens, number) and _in_each(after):
                groups = _group_count(tokens)
                add(number.value * (groups or 2), "sum:each", f"sum:groups {groups or 'unknown'}")
    if not counted:
        shares = [n for n in numbers if _goes_to_arm(tokens, n)]
        if 2 <= len(shares) <= 4:
            add(sum(n.value for n in shares), f"sum:to arms {len(shares)}")
    return candidates


def _in_each(after: Sequence[str]) -> bool:
    for position, token in enumerate(after):
        if token in ("each", "per", "both"):
            return True
        if token in (".", ";") or (position > 3 and token == ","):
            return False
    return False


def _group_count(tokens: Sequence[str]) -> int | None:
    for position, token in enumerate(tokens):
        if token in _GROUP_COUNTS and any(
            word in ("group", "groups", "arms", "conditions", "cohorts")
            for word in tokens[position + 1 : position + 5]
        ):
            return _GROUP_COUNTS[token]
    return None


def _goes_to_arm(tokens: Sequence[str], number: Number) -> bool:
    """Return whether a number is a share that goes to an arm: ``41 to GA and 39 to PVB``."""
    after = tokens[number.end : number.end + 5]
    if not after or number.value < 3 or _is_measure(tokens, number):
        return False
    if after[0] in (
        "to",
        "received",
        "in",
        "on",
        "assigned",
        "allocated",
        "patients",
        "women",
        "subjects",
    ):
        return after[0] in ("to", "received", "assigned", "allocated") or any(
            token in ("to", "received", "in", "were", "on") for token in after
        )
    return False


_DRAWN, _RANDOM = any_of("random", "assign", "allocat"), any_of("random")
_HINTED = token_mark(_PEOPLE_HINTS)


def find_candidates(passage: Passage) -> list[Candidate]:
    """Return the numbers of a passage that may count its participants, with their features."""
    sentences = passage.sentences
    known: dict[int, list[Number]] = {}

    def numbers_of(position: int) -> list[Number]:
        if position not in known:
            known[position] = find_numbers(sentences[position].tokens)
        return known[position]

    found: list[Candidate] = []
    for position, sentence in enumerate(sentences):
        if not sentence.marks & _HINTED and not _DRAWN.stand_in(sentence):
            continue
        numbers = numbers_of(position)
        if not numbers:
            continue
        following: list[int] = []
        if position + 1 < len(sentences):
            following = [number.value for number in numbers_of(position + 1)[:4]]
        found.extend(_number_candidates(sentence, numbers, following))
        found.extend(_sum_candidates(sentence, numbers))
        if len(found) >= MAX_CANDIDATES:
            break
    return _with_ranks(found[:MAX_CANDIDATES])


def _with_ranks(found: list[Candidate]) -> list[Candidate]:
    """Add what only the whole list shows: order, size, repetition."""
    is_people = ["people:none" not in c.features and not c.is_sum for c in found]
    top = max((c.value for c, people in zip(found, is_people, strict=True) if people), default=0)
    sums = {c.value for c in found if c.is_sum}
    counts: dict[int, int] = {}
    for candidate in found:
        counts[candidate.value] = counts.get(candidate.value, 0) + 1
    seen: set[int] = set()
    sentences: set[int] = set()
    ranked: list[Candidate] = []
    people_order = 0
    drawn = {c.sentence for c in found if not c.is_sum and "v:randomized" in c.features}
    for order, (candidate, people) in enumerate(zip(found, is_people, strict=True)):
        value = candidate.value
        extra = [f"order:{min(order, 6)}", "from title" if candidate.sentence == 0 else "from body"]
        if people:
            size = "largest" if value == top else "smaller"
            extra += [
                f"people order:{min(people_order, 4)}",
                f"people {size}",
                f"{size}&{_verb_feature(candidate)}",
            ]
            people_order += 1
        else:
            extra.append("at top" if value == top else "over top" if value > top else "below top")
        if value in seen:
            extra.append("again")
        elif counts[value] > 1:
            extra.append("comes again")
        if candidate.is_sum:
            plain = counts[value] > sum(1 for c in found if c.is_sum and c.value == value)
            extra.append("sum is printed" if plain else "sum is not printed")
            extra.append("sum over top" if value > top else "sum not over top")
        elif value in sums:
            extra.append("equals a sum")
        if candidate.sentence in drawn and not candidate.is_sum:
            verb = _verb_feature(candidate)
            extra.append("beside drawn " + ("itself" if verb == "v:randomized" else verb))
        if candidate.sentence not in sentences:
            extra.append("first of sentence")
        seen.add(value)
        sentences.add(candidate.sentence)
        ranked.append(
            Candidate(
                value, candidate.sentence, candidate.features + tuple(extra), candidate.is_sum
            )
        )
    return ranked


def _verb_feature(candidate: Candidate) -> str:
    return candidate.features[4]


def count_people(passage: Passage, model: LinearModel) -> PeopleCount:
    """Return the number of participants that the model holds likeliest."""
    candidates = find_candidates(passage)
    if not candidates:
        return PeopleCount(None, 0.0, None)
    scores = [model.score(candidate.features) / UNIT for candidate in candidates]
    top = max(scores)
    mass: dict[int, float] = {}
    for candidate, score in zip(candidates, scores, strict=True):
        mass[candidate.value] = mass.get(candidate.value, 0.0) + math.exp(score - top)
    value = max(mass, key=lambda number: (round(mass[number], 9), -number))
    share = mass[value] / sum(mass.values())
    log_odds = math.log(max(share, 1e-9) / max(1.0 - share, 1e-9))
    best = max(
        (c for c in zip(candidates, scores, strict=True) if c[0].value == value),
        key=lambda pair: (pair[1], -pair[0].sentence),
    )
    return PeopleCount(value, model.calibration.probability(log_odds), best[0].sentence)
