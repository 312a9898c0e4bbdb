"""What one clause says of two arms: comparatives, negation, p-values, intervals, printed numbers.

Features of two kinds go to the models of ``direction.py``. *Plain* features tell whether there is a
difference at all. *Signed* features are +1 or -1 and turn round when the arms are swapped, so that
the model cannot learn one answer for "A against B" and another for "B against A".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from evidence.appraisal.direction_values import compare_values
from evidence.appraisal.lexicon import words_in
from evidence.appraisal.patterns import holds_any
from evidence.appraisal.sentences import DIGITS, stem

_UP_WORDS = (
    "increased higher greater more longer larger rose rise elevated superior prolonged enhanced raised highest gain "
    "gained doubled heavier stronger faster exceeded most augmented older extended greatest accelerated elevation "
    "promoted bigger often frequent frequently likely common commonly stimulated lengthened upregulated grew earlier "
    "doubling tripled accumulation added"
)
_DOWN_WORDS = (
    "decreased lower less fewer shorter smaller reduced reduction declined fell lowest attenuated diminished "
    "suppressed inhibited inhibition weaker slower prevented shortened shortest least dropped lessened rarer minimized "
    "blunted smallest weakened decrement loss lost fewest halved depressed downregulated suppression fall drop abolished "
    "protected protective avoided eliminated restricted limited delayed"
)
_BETTER_WORDS = (
    "better improved improving improvement effective efficacious benefit beneficial favoured favored ameliorated "
    "alleviated relieved relief efficacy best favouring favours favors recovered superiority "
    "favorable favourable excellent"
)
_WORSE_WORDS = "worse worsened worsening inferior deteriorated impaired poorer worst detrimental inferiority deterioration"
_MODIFIER_UP = frozenset(
    words_in(
        "more greater larger higher further most better stronger bigger faster earlier "
        "additional longer"
    )
)
_MODIFIER_DOWN = frozenset(
    words_in("less smaller lower fewer least slower weaker minor worse poorer")
)
_CHANGE_STEMS = frozenset(
    stem(w)
    for w in words_in(
        "reduced reduction decreased decline declined fall drop loss increased increase rise "
        "gain elevation improved improvement relief change deterioration worsening "
        "suppression inhibition prolonged shortened attenuated effective efficacious "
        "increments decrement recovery gains declines losses"
    )
)


def _signs() -> dict[str, tuple[str, int]]:
    table: dict[str, tuple[str, int]] = {}
    for words, kind, sign in (
        (_UP_WORDS, "move", 1),
        (_DOWN_WORDS, "move", -1),
        (_BETTER_WORDS, "worth", 1),
        (_WORSE_WORDS, "worth", -1),
    ):
        for word in words.split():
            table.setdefault(stem(word), (kind, sign))
    return table


CUES = _signs()
"""Stem of a comparative to its kind and sign; "worth" says better or worse, not more or less."""

_FALLING = frozenset(
    word for word in _CHANGE_STEMS if CUES.get(word) in (("move", -1), ("worth", 1))
)
"""Stems of an outcome that is itself a change for less, or for the better: "reduction of pain"."""

_BAD = frozenset(
    stem(word)
    for word in words_in(
        "pain mortality death deaths died depression depressive anxiety symptom infection "
        "infections adverse complication complications bleeding fatigue nausea vomiting "
        "relapse recurrence disability failure stroke infarction fracture falls "
        "hospitalization hospitalisation readmission toxicity stress cough dyspnea "
        "exacerbation severity morbidity risk loss incidence pressure cholesterol weight bmi "
        "inflammation edema oedema swelling discomfort distress seizures insomnia craving "
        "smoking intake consumption cost costs requirement need errors delay ulcer burden "
        "prevalence disease hypotension hypertension hyperglycemia hypoglycemia glucose hba1c "
        "triglyceride ldl bradycardia shivering agitation delirium headache itching tumor "
        "progression rejection injury damage lesions viral parasitemia malaria diarrhea "
        "diarrhoea anemia restenosis thrombosis leak transfusion problems difficulty "
        "impairment side crp fat waist sbp dbp ad drinking use abuse violence caries plaque "
        "gingival bacterial viraemia hot flashes flushes pruritus dysfunction rash time "
        "duration length stay onset insulin homa cd proteinuria creatinine neutropenia "
        "dropout withdrawal discontinuation resistance interleukin tnf il exposure"
    )
)
_GOOD = frozenset(
    stem(word)
    for word in words_in(
        "survival quality function functional recovery response remission satisfaction "
        "adherence compliance knowledge success cure healing strength performance capacity "
        "walking fev1 balance mobility pregnancy birth ovulation accuracy density height "
        "growth attendance uptake acceptance tolerability wellbeing well efficacy clearance "
        "abstinence cessation memory cognitive attention motor participation self confidence "
        "skills hdl immunity antibody titers seroconversion vaccination hemoglobin sleep "
        "retention completion sensitivity activity range coping empowerment competence "
        "detection resolution responders rom oxygen albumin"
    )
)
_SEPARATORS = frozenset(
    words_in("than compared versus vs v relative over comparison against compare")
)
_NO = frozenset(
    words_in(
        "no not neither nor without similar similarly comparable same unchanged equal equally "
        "equivalent failed fail lack none identical unaffected equivalence cannot "
        "nonsignificant nonsignificantly insignificant ns noninferior noninferiority "
        "unaltered alike indistinguishable balanced little trend trends tended tendency"
    )
)
_SAME = frozenset(
    words_in(
        "similar similarly comparable same unchanged equal equally equivalent identical "
        "equivalence alike indistinguishable"
    )
)
_BOTH = re.compile(
    r"\b(?:in|within|by|for|of) (?:both|all|each|either|the (?:two|three)) (?:\w+ ){0,2}?(?:groups?|arms?|treatments?|cases|conditions|interventions?)\b|\bboth (?:groups|arms|treatments|interventions)"
)
_ALL = frozenset(("both", "all", "each", "either", "two", "three"))
"""Words of which one stands in all that ``_BOTH`` fits."""
_BETWEEN = re.compile(
    r"\bbetween[- ](?:the )?(?:\w+ ){0,2}?(?:groups?|arms?|treatments?)\b|\bintergroup"
)
_GENERIC_COMPARATOR = frozenset(
    words_in(
        "control controls placebo untreated usual conventional sham standard waitlist waiting "
        "alone only comparison"
    )
)
_GENERIC_INTERVENTION = frozenset(["intervention", "experimental", "treated", "active"])
_NO_ARM_BEFORE = {
    "standard": ("deviation", "deviations", "error"),
    "only": ("in", "for", "after", "at", "when", "the", "during", "one", "two", "a"),
    "comparison": ("with", "to", "of"),
}
"""Words that stand for the comparator, but not before these."""

_P_VALUE = re.compile(
    r"p(?<![a-z0-9]p)(?: ?-? ?values?)?(?: for \w+)? ?(?:of |was |is |were )?:? ?(<|>|=|≤|≥|less than|greater than) ?=? ?(0?[.·,] ?\d+|\d[.·]\d+|1\b)"
)
_SIGNS_OF_P = ("=", "<", ">", "\u2264", "\u2265", "er than", "ess than")
_INTERVAL = re.compile(
    r"(?:ci\b|confidence intervals?|95 ?%)[^\d−–-]{0,25}?(?P<low>[−–-]?\d*[.·]?\d+) ?%?(?: ?(?:to|,|;|and|–|-|−|—) ?)(?P<high>[−–-]?\d*[.·]?\d+)"
)
_RATIO = re.compile(
    r"\b(?:rr|or|hr|irr|aor|ahr|arr|ratios?|relative risk|rate ratio)\b[^\d.;]{0,25}?(?:\[?95 ?% ?ci\]?[^\d]{0,5})?(\d*[.·]\d+)"
)
_FIGURE = re.compile(r"[0-9]")
_DECIMAL = re.compile(r"[.\u00b7]\d")
"""No ratio is printed without one."""
_NEGATED = re.compile(
    r"\b(?:no|not|non|without|neither|nor|n't|lack of|lacked|failed to (?:show|reach|demonstrate|find))\b[^.;]{0,45}?\b(?:significan\w*|differ\w*|"
    r"effect\w*|associat\w*|change\w*|improve\w*|reduc\w*|increas\w*|affect\w*|influenc\w*|benefit\w*|superior\w*|better|"
    r"more|advantage|evidence|impact|alter\w*|decreas\w*|lower|higher|greater)"
    r"|\bnon-?significan|\bnot reach|\bns\b"
)
_NEGATORS = frozenset(
    ("no", "not", "non", "n", "without", "neither", "nor", "lack", "lacked", "failed", "ns")
)
"""Words of which one stands in nearly all that ``_NEGATED`` fits."""


PRINTED = "values"
"""The signed feature of what printed numbers say, whatever the ground."""


@dataclass(frozen=True, slots=True)
class Arms:
    """Stems that name each arm, apart from those that name both; and letters of groups."""

    intervention: frozenset[str]
    comparator: frozenset[str]
    intervention_groups: frozenset[str] = frozenset()
    comparator_groups: frozenset[str] = frozenset()
    is_turned: bool = False
    """Whether the question asks of the arm that is usually compared with: placebo against a drug."""

    def sides(self, tokens: Sequence[str], stems: Sequence[str]) -> list[str | None]:
        """Return ``i``, ``c`` or None for each token."""
        sides: list[str | None] = []
        before = ""
        for token, word in zip(tokens, stems, strict=True):
            side: str | None = None
            if before in ("group", "groups", "arm") and token in self.intervention_groups:
                side = "i"
            elif before in ("group", "groups", "arm") and token in self.comparator_groups:
                side = "c"
            elif word in self.intervention:
                side = "i"
            elif word in self.comparator:
                side = "c"
            sides.append(side)
            before = token
        for position, token in enumerate(tokens):
            if sides[position] is None:
                following = tokens[position + 1] if position + 1 < len(tokens) else ""
                if token in _GENERIC_COMPARATOR and not (
                    (token in ("alone", "only") and "i" in sides[max(0, position - 4) : position])
                    or following in _NO_ARM_BEFORE.get(token, ())
                ):
                    sides[position] = "i" if self.is_turned else "c"
                elif token in _GENERIC_INTERVENTION and following not in ("with", "by", "for"):
                    sides[position] = "c" if self.is_turned else "i"
        return sides


@dataclass(slots=True)
class ClauseFeatures:
    """What one clause says: plain features, and signed ones."""

    plain: list[str] = field(default_factory=list)
    signed: dict[str, int] = field(default_factory=dict)


def as_float(printed: str) -> float:
    """Return the number that an abstract prints, whatever dot and minus it uses."""
    cleaned = (
        printed.replace("·", ".")
        .replace("−", "-")
        .replace("–", "-")
        .replace(" ", "")
        .replace(",", ".")
    )
    return float(cleaned)


@lru_cache(maxsize=512)
def significance_features(lower: str) -> tuple[str, ...]:
    """Return what p-values, intervals and ratios of a text say of a difference.

    Kept, since several readers ask it of the same sentences of an abstract.
    """
    features: list[str] = []
    if lower.isascii() and _FIGURE.search(lower) is None:
        return ()
    if "p" in lower and holds_any(lower, _SIGNS_OF_P):
        verdicts = {_p_verdict(m[1], m[2]) for m in _P_VALUE.finditer(lower)}
        if verdicts:
            features.append("p:" + "+".join(sorted(verdicts)))
    ratio = _RATIO.search(lower) if _DECIMAL.search(lower) is not None else None
    interval = (
        _INTERVAL.search(lower) if "ci" in lower or "interval" in lower or "95" in lower else None
    )
    if interval is not None:
        low, high = as_float(interval["low"]), as_float(interval["high"])
        null = 1.0 if ratio is not None else 0.0
        if low < high:
            spans = low <= null <= high
            kind = "ratio" if ratio else "difference"
            features.append(
                "ci:spans" if spans else f"ci:{kind} above" if low > null else f"ci:{kind} below"
            )
    if ratio is not None:
        value = as_float(ratio[1])
        features.append("ratio:>1" if value > 1 else "ratio:<1" if value < 1 else "ratio:=1")
    return tuple(features)


def _p_verdict(sign: str, printed: str) -> str:
    value = as_float(printed)
    if sign in (">", "≥", "greater than"):
        return "ns" if value >= 0.01 else "sig"
    if sign == "=" and value > 0.05:
        return "ns"
    return "sig" if value <= 0.051 else "ns"


_WITHIN_ARM = frozenset(("baseline", "before", "pretreatment", "prior", "preoperative", "initial"))
"""What follows a separator that compares one arm with itself."""


def _first_side(sides: Sequence[str | None]) -> str | None:
    return next((side for side in sides if side is not None), None)


_OF_TIME = frozenset(words_in("weeks week months month years year days day time course period"))


def _is_of_time(following: Sequence[str]) -> bool:
    """Return whether "over" speaks of a time: "over six months", "over time"."""
    return not _OF_TIME.isdisjoint(following)


def _orientation(tokens: Sequence[str], sides: Sequence[str | None], cue: int) -> tuple[int, str]:
    """Return +1 where a cue speaks of the intervention, -1 of the comparator, and on what ground."""
    separators = [
        k
        for k, token in enumerate(tokens)
        if token in _SEPARATORS
        and _WITHIN_ARM.isdisjoint(tokens[k + 1 : k + 5])
        and not (token == "over" and _is_of_time(tokens[k + 1 : k + 4]))
    ]
    if separators:
        nearest = min(separators, key=lambda k: (abs(k - cue) + (0 if k > cue else 4), k))
        reference = _first_side(sides[nearest + 1 : nearest + 14])
        if reference is not None:
            return (
                1 if reference == "c" else -1
            ), "reference" if nearest > cue else "reference before"
        subject = _first_side(list(reversed(sides[:nearest])))
        if subject is not None:
            return (1 if subject == "i" else -1), "subject"
    before = _first_side(list(reversed(sides[max(0, cue - 14) : cue])))
    after = _first_side(sides[cue + 1 : cue + 14])
    if after is not None and before is not None and after != before:
        return (1 if after == "i" else -1), "after of two"
    holder = after or before
    if holder is not None:
        return (1 if holder == "i" else -1), "holder"
    return 1, "bare"


def _cue_at(tokens: Sequence[str], stems: Sequence[str], position: int) -> tuple[str, int] | None:
    """Return kind and sign of a cue, a modifier before it taken in: "greater reduction" falls."""
    cue = CUES.get(stems[position])
    token = tokens[position]
    if cue is None or token == "double" or _is_bound(tokens, position):
        return None
    if token in ("more", "less") and tuple(tokens[position + 1 : position + 2]) == ("than",):
        changed = _change_before(stems, position)
        if changed is not None:
            return changed[0], changed[1] if token == "more" else -changed[1]
    if token in _MODIFIER_UP or token in _MODIFIER_DOWN:
        following = stems[position + 1 : position + 4]
        return None if any(word in _CHANGE_STEMS and word in CUES for word in following) else cue
    if stems[position] in _CHANGE_STEMS:
        for previous in tokens[max(0, position - 3) : position]:
            if previous in _MODIFIER_UP or previous in _MODIFIER_DOWN:
                return cue[0], cue[1] if previous in _MODIFIER_UP else -cue[1]
    return cue


def _is_bound(tokens: Sequence[str], position: int) -> bool:
    """Return whether a word only bounds a number: "p less than 0.05", "at least 5"."""
    if tokens[position] in ("least", "most"):
        return position > 0 and tokens[position - 1] == "at"
    following = tokens[position + 1 : position + 3]
    return len(following) == 2 and following[0] == "than" and following[1][0] in DIGITS


def _change_before(stems: Sequence[str], position: int) -> tuple[str, int] | None:
    """Return the change that "more than" speaks of: "reduced pain more than"."""
    for word in reversed(stems[max(0, position - 8) : position]):
        if word in _CHANGE_STEMS and word in CUES:
            return CUES[word]
    return None


def value_of(outcome: frozenset[str]) -> str:
    """Return whether more of an outcome is bad, good or unknown, by its words."""
    bad, good = len(outcome & _BAD), len(outcome & _GOOD)
    return "bad" if bad > good else "good" if good > bad else "unknown"


def comparison_features(
    lower: str, tokens: Sequence[str], stems: Sequence[str], arms: Arms, outcome: frozenset[str]
) -> ClauseFeatures:
    """Return what one clause says of an outcome under two arms."""
    found = ClauseFeatures()
    plain = found.plain
    plain.extend(significance_features(lower))
    sides = arms.sides(tokens, stems)
    spots = [k for k, word in enumerate(stems) if word in outcome]
    value = value_of(outcome)
    denied = _denials(lower, tokens, spots, plain)
    if not _ALL.isdisjoint(tokens) and _BOTH.search(lower):
        plain.append("both groups" + ("&denied" if denied else ""))
    if ("between" in tokens or "intergroup" in lower) and _BETWEEN.search(lower):
        plain.append("between groups" + ("&denied" if denied else ""))
    if not _SEPARATORS.isdisjoint(tokens):
        plain.append("separator" + ("&denied" if denied else ""))
    plain.append("sides:" + "".join(sorted({side for side in sides if side is not None})))
    _add_cues(found, tokens, stems, sides, spots, value, denied)
    is_change = not _FALLING.isdisjoint(outcome)
    _add_figures(found, lower, tokens, sides, spots, is_change)
    return found


def _denials(lower: str, tokens: Sequence[str], spots: Sequence[int], plain: list[str]) -> bool:
    """Add what denies a difference; return whether anything does."""
    may_negate = not _NEGATORS.isdisjoint(tokens) or "nonsignifican" in lower
    negated = may_negate and _NEGATED.search(lower) is not None
    denials = [k for k, token in enumerate(tokens) if token in _NO]
    denied = negated or bool(denials)
    if negated:
        plain.append("negated")
    if denied:
        plain.append("denied")
        if any(abs(k - spot) < 12 for k in denials for spot in spots):
            plain.append("denied near")
    if not _SAME.isdisjoint(tokens):
        plain.append("same")
    if "significant" in tokens or "significantly" in tokens:
        plain.append("significant" + ("&denied" if denied else ""))
    return denied


def _change_sign(tokens: Sequence[str], position: int) -> int:
    """Return the sign of a change that is the outcome itself: a greater reduction is more of it."""
    before = tokens[max(0, position - 3) : position]
    return -1 if not _MODIFIER_DOWN.isdisjoint(before) else 1


def _cues_of(
    tokens: Sequence[str], stems: Sequence[str], spots: Sequence[int]
) -> list[tuple[int, str, int]]:
    """Return the place, kind and sign of each comparative that is not the outcome itself."""
    cues = [
        (k, cue[0], cue[1])
        for k in range(len(tokens))
        if (cue := _cue_at(tokens, stems, k)) is not None
    ]
    cues = [
        (k, "change", _change_sign(tokens, k))
        if k in spots and stems[k] in _CHANGE_STEMS
        else (k, kind, sign)
        for k, kind, sign in cues
    ]
    beyond = [cue for cue in cues if cue[0] not in spots]
    if beyond or not any(stems[k] in _CHANGE_STEMS for k, _, _ in cues):
        return beyond
    return cues


def _add_cues(
    found: ClauseFeatures,
    tokens: Sequence[str],
    stems: Sequence[str],
    sides: Sequence[str | None],
    spots: Sequence[int],
    value: str,
    denied: bool,
) -> None:
    """Add the comparatives of a clause, each turned by the arm that it speaks of."""
    cues = _cues_of(tokens, stems, spots)
    tail = "&denied" if denied else ""
    if not cues:
        found.plain.append("no cue" + tail)
        return
    nearest = min(
        cues, key=lambda cue: (min((abs(cue[0] - s) for s in spots), default=cue[0]), cue[0])
    )
    for k, kind, sign in cues:
        turn, ground = _orientation(tokens, sides, k)
        name = f"worth {value}" if kind == "worth" else kind
        main = (k, kind, sign) == nearest
        scale = 1
        if main:
            found.plain.append(f"cue:{kind}&{ground}{tail}")
            found.signed[f"near {name}"] = sign * turn * scale
            found.signed[f"near {name}&{ground}"] = sign * turn
            found.signed[f"near {name}{tail}"] = sign * turn
        else:
            found.signed[f"far {name}"] = sign * turn
        if tokens[k] not in stems[k]:
            found.plain.append("cue word " + stems[k])


def _add_figures(
    found: ClauseFeatures,
    lower: str,
    tokens: Sequence[str],
    sides: Sequence[str | None],
    spots: Sequence[int],
    is_change: bool,
) -> None:
    """Add what printed numbers say: values beside arms, pairs, ratios, intervals."""
    values = compare_values(lower, tokens, sides, spots, is_change)
    if values is not None:
        found.signed[PRINTED] = values[0]
        found.signed[values[1]] = values[0]
        found.plain += [PRINTED, values[1]]
    separator = next((k for k, token in enumerate(tokens) if token in _SEPARATORS), None)
    turn = 1
    if separator is not None:
        turn = -1 if _first_side(sides[separator + 1 : separator + 12]) == "i" else 1
    for feature in tuple(found.plain):
        if feature.endswith((">1", " above")):
            found.signed["figure " + feature.split(":")[0]] = turn
        elif feature.endswith(("<1", " below")):
            found.signed["figure " + feature.split(":")[0]] = -turn
    if not {
        "p:sig",
        "ci:ratio above",
        "ci:ratio below",
        "ci:difference above",
        "ci:difference below",
    }.isdisjoint(found.plain):
        for name, sign in tuple(found.signed.items()):
            if name.startswith(("values", "pair", "figure", "near move")) and "&" not in name:
                found.signed[name + "&sig"] = sign
