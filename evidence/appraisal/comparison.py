"""What one clause says of two arms: comparatives, negation, p-values, intervals, printed numbers.

Features of two kinds go to the models of ``direction.py``. *Plain* features tell whether there is a
difference at all. *Signed* features are +1 or -1 and turn round when the arms are swapped, so that
the model cannot learn one answer for "A against B" and another for "B against A".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from evidence.appraisal.terms import stem

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
    "more greater larger higher further most better stronger bigger faster earlier additional longer".split()
)
_MODIFIER_DOWN = frozenset(
    "less smaller lower fewer least slower weaker minor worse poorer".split()
)
_CHANGE_STEMS = frozenset(
    stem(w)
    for w in (
        "reduced reduction decreased decline declined fall drop loss increased increase rise gain elevation improved "
        "improvement relief change deterioration worsening suppression inhibition prolonged shortened attenuated "
        "effective efficacious increments decrement recovery gains declines losses"
    ).split()
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

_BAD = frozenset(
    stem(word)
    for word in (
        "pain mortality death deaths died depression depressive anxiety symptom infection infections adverse complication "
        "complications bleeding fatigue nausea vomiting relapse recurrence disability failure stroke infarction fracture "
        "falls hospitalization hospitalisation readmission toxicity stress cough dyspnea exacerbation severity morbidity "
        "risk loss incidence pressure cholesterol weight bmi inflammation edema oedema swelling discomfort distress "
        "seizures insomnia craving smoking intake consumption cost costs requirement need errors delay ulcer burden "
        "prevalence disease hypotension hypertension hyperglycemia hypoglycemia glucose hba1c triglyceride ldl "
        "bradycardia shivering agitation delirium headache itching tumor progression rejection injury damage lesions "
        "viral parasitemia malaria diarrhea diarrhoea anemia restenosis thrombosis leak transfusion problems difficulty "
        "impairment side crp fat waist sbp dbp ad drinking use abuse violence caries plaque gingival bacterial viraemia "
        "hot flashes flushes pruritus dysfunction rash time duration length stay onset insulin homa cd proteinuria "
        "creatinine neutropenia dropout withdrawal discontinuation resistance interleukin tnf il exposure"
    ).split()
)
_GOOD = frozenset(
    stem(word)
    for word in (
        "survival quality function functional recovery response remission satisfaction adherence compliance knowledge "
        "success cure healing strength performance capacity walking fev1 balance mobility pregnancy birth ovulation "
        "accuracy density height growth attendance uptake acceptance tolerability wellbeing well efficacy clearance "
        "abstinence cessation memory cognitive attention motor participation self confidence skills hdl immunity "
        "antibody titers seroconversion vaccination hemoglobin sleep retention completion sensitivity activity range "
        "coping empowerment competence detection resolution responders rom oxygen albumin"
    ).split()
)
_SEPARATORS = frozenset(
    "than compared versus vs v relative over comparison against compare".split()
)
_NO = frozenset(
    "no not neither nor without similar similarly comparable same unchanged equal equally equivalent failed fail lack "
    "none identical unaffected equivalence cannot nonsignificant nonsignificantly insignificant ns noninferior "
    "noninferiority unaltered alike indistinguishable balanced little trend trends tended tendency".split()
)
_SAME = frozenset(
    "similar similarly comparable same unchanged equal equally equivalent identical equivalence alike indistinguishable".split()
)
_BOTH = re.compile(
    r"\b(?:in|within|by|for|of) (?:both|all|each|either|the (?:two|three)) (?:\w+ ){0,2}?(?:groups?|arms?|treatments?|cases|conditions|interventions?)\b|\bboth (?:groups|arms|treatments|interventions)"
)
_BETWEEN = re.compile(
    r"\bbetween[- ](?:the )?(?:\w+ ){0,2}?(?:groups?|arms?|treatments?)\b|\bintergroup"
)
_GENERIC_COMPARATOR = frozenset(
    "control controls placebo untreated usual conventional sham standard waitlist waiting alone only comparison".split()
)
_GENERIC_INTERVENTION = frozenset("intervention experimental treated active".split())
_P_VALUE = re.compile(
    r"\bp(?: ?-? ?values?)?(?: for \w+)? ?(?:of |was |is |were )?:? ?(<|>|=|≤|≥|less than|greater than) ?=? ?(0?[.·,] ?\d+|\d[.·]\d+|1\b)"
)
_INTERVAL = re.compile(
    r"(?:ci\b|confidence intervals?|95 ?%)[^\d−–-]{0,25}?(?P<low>[−–-]?\d*[.·]?\d+) ?%?(?: ?(?:to|,|;|and|–|-|−|—) ?)(?P<high>[−–-]?\d*[.·]?\d+)"
)
_RATIO = re.compile(
    r"\b(?:rr|or|hr|irr|aor|ahr|arr|ratios?|relative risk|rate ratio)\b[^\d.;]{0,25}?(?:\[?95 ?% ?ci\]?[^\d]{0,5})?(\d*[.·]\d+)"
)
_NEGATED = re.compile(
    r"\b(?:no|not|non|without|neither|nor|n't|lack of|lacked|failed to (?:show|reach|demonstrate|find))\b[^.;]{0,45}?\b(?:significan\w*|differ\w*|"
    r"effect\w*|associat\w*|change\w*|improve\w*|reduc\w*|increas\w*|affect\w*|influenc\w*|benefit\w*|superior\w*|better|"
    r"more|advantage|evidence|impact|alter\w*|decreas\w*|lower|higher|greater)"
    r"|\bnon-?significan|\bnot reach|\bns\b"
)


@dataclass(frozen=True, slots=True)
class Arms:
    """Stems that name each arm, apart from those that name both; and letters of groups."""

    intervention: frozenset[str]
    comparator: frozenset[str]
    intervention_groups: frozenset[str] = frozenset()
    comparator_groups: frozenset[str] = frozenset()

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
                if token in _GENERIC_COMPARATOR and not (
                    token in ("alone", "only") and "i" in sides[max(0, position - 4) : position]
                ):
                    sides[position] = "c"
                elif token in _GENERIC_INTERVENTION:
                    sides[position] = "i"
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


def significance_features(lower: str) -> list[str]:
    """Return what p-values, intervals and ratios of a text say of a difference."""
    features: list[str] = []
    if "p" in lower:
        verdicts = {_p_verdict(m[1], m[2]) for m in _P_VALUE.finditer(lower)}
        if verdicts:
            features.append("p:" + "+".join(sorted(verdicts)))
    ratio = _RATIO.search(lower) if "r" in lower else None
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
    return features


def _p_verdict(sign: str, printed: str) -> str:
    value = as_float(printed)
    if sign in (">", "≥", "greater than"):
        return "ns" if value >= 0.01 else "sig"
    if sign == "=" and value > 0.05:
        return "ns"
    return "sig" if value <= 0.051 else "ns"


def _first_side(sides: Sequence[str | None]) -> str | None:
    return next((side for side in sides if side is not None), None)


def _orientation(tokens: Sequence[str], sides: Sequence[str | None], cue: int) -> tuple[int, str]:
    """Return +1 where a cue speaks of the intervention, -1 of the comparator, and on what ground."""
    separators = [k for k, token in enumerate(tokens) if token in _SEPARATORS]
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
    if cue is None:
        return None
    kind, sign = cue
    token = tokens[position]
    if (
        token in ("least", "most") and position and tokens[position - 1] == "at"
    ) or token == "double":
        return None
    if token in _MODIFIER_UP or token in _MODIFIER_DOWN:
        for following in range(position + 1, min(position + 4, len(tokens))):
            if stems[following] in _CHANGE_STEMS and stems[following] in CUES:
                return "taken", 0
        return kind, sign
    if stems[position] in _CHANGE_STEMS:
        for previous in range(max(0, position - 3), position):
            if tokens[previous] in _MODIFIER_UP:
                return kind, sign
            if tokens[previous] in _MODIFIER_DOWN:
                return kind, -sign
    return kind, sign


def _arm_values(tokens: Sequence[str], sides: Sequence[str | None]) -> tuple[int, str] | None:
    """Return the sign of intervention minus comparator by the numbers printed beside the arms."""
    numbers = _plain_numbers(tokens)
    if len(numbers) < 2:
        return None
    arms = [(k, side) for k, side in enumerate(sides) if side is not None]
    order: list[tuple[int, str]] = []
    for k, side in arms:
        if not order or order[-1][1] != side:
            order.append((k, side))
    if len(order) < 2:
        return None
    left, right = numbers[0][1], numbers[1][1]
    if "respectively" in tokens:
        ground = "respectively"
        first = order[0][1]
    else:
        by_arm: dict[str, float] = {}
        leading = order[0][0] < numbers[0][0]
        ground = "beside"
        for k, side in order[:4]:
            if side in by_arm:
                continue
            near = [v for p, v in numbers if (p > k) == leading]
            spots = [p for p, _ in numbers if (p > k) == leading]
            if spots:
                pick = min(range(len(spots)), key=lambda i: abs(spots[i] - k))
                by_arm[side] = near[pick]
        if len(by_arm) == 2 and by_arm["i"] != by_arm["c"]:
            return (1 if by_arm["i"] > by_arm["c"] else -1), ground
        first = order[0][1]
        ground = "in order"
    if left == right:
        return None
    sign = 1 if left > right else -1
    return (sign if first == "i" else -sign), ground


def _plain_numbers(tokens: Sequence[str]) -> list[tuple[int, float]]:
    """Return the numbers of a clause that may be results: no p-values, intervals, spreads or n."""
    numbers: list[tuple[int, float]] = []
    depth_skip = False
    for k, token in enumerate(tokens):
        if token in ("p", "ci", "n", "±", "sd", "se", "iqr", "interval"):
            depth_skip = True
            continue
        if token in (")", ";", "]", "and", "vs", "versus"):
            depth_skip = False
        if not token[0].isdigit():
            continue
        previous = tokens[k - 1] if k else ""
        if depth_skip:
            if previous in ("±",) or token:
                depth_skip = previous not in ("±",)
            continue
        following = tokens[k + 1] if k + 1 < len(tokens) else ""
        if following in (
            "weeks",
            "week",
            "months",
            "month",
            "years",
            "year",
            "days",
            "mg",
            "ml",
        ) and previous in ("at", "after", "for", "of", "to"):
            continue
        if following == "%" and k + 2 < len(tokens) and tokens[k + 2] in ("ci", "confidence"):
            continue
        if previous in (
            "group",
            "day",
            "week",
            "month",
            "year",
            "phase",
            "grade",
            "type",
            "<",
            "stage",
        ):
            continue
        if previous in ("-", "–") and numbers and numbers[-1][0] == k - 2:
            continue
        try:
            value = as_float(token) if token.count(",") == 0 else float(token.replace(",", ""))
        except ValueError:
            continue
        if previous in ("-", "−", "–") and (k < 2 or not tokens[k - 2][0].isalnum()):
            value = -value
        numbers.append((k, value))
    return numbers


def _pair(tokens: Sequence[str], sides: Sequence[str | None]) -> tuple[int, str] | None:
    """Return the sign of "20 vs 24", the first number belonging to the arm that is named first."""
    numbers = _plain_numbers(tokens)
    for (k, left), (m, right) in zip(numbers, numbers[1:], strict=False):
        between = tokens[k + 1 : m]
        if (
            left != right
            and any(t in ("vs", "versus", "v", "compared") for t in between)
            and len(between) < 9
        ):
            near_left = _first_side(sides[max(0, k - 2) : k + 6])
            first = near_left or _first_side(sides)
            sign = 1 if left > right else -1
            if first is None:
                return sign, "pair bare"
            return (sign if first == "i" else -sign), "pair"
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
    if _BOTH.search(lower):
        plain.append("both groups" + ("&denied" if denied else ""))
    if _BETWEEN.search(lower):
        plain.append("between groups" + ("&denied" if denied else ""))
    if not _SEPARATORS.isdisjoint(tokens):
        plain.append("separator" + ("&denied" if denied else ""))
    plain.append("sides:" + "".join(sorted({side for side in sides if side is not None})))
    _add_cues(found, tokens, stems, sides, spots, value, denied)
    _add_figures(found, tokens, sides)
    return found


def _denials(lower: str, tokens: Sequence[str], spots: Sequence[int], plain: list[str]) -> bool:
    """Add what denies a difference; return whether anything does."""
    negated = _NEGATED.search(lower) is not None
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
    cues = [
        (k, cue[0], cue[1])
        for k in range(len(tokens))
        if (cue := _cue_at(tokens, stems, k)) is not None and cue[0] != "taken"
    ]
    beyond = [cue for cue in cues if cue[0] not in spots]
    if beyond or not any(stems[k] in _CHANGE_STEMS for k, _, _ in cues):
        cues = beyond
    tail = "&denied" if denied else ""
    if not cues:
        found.plain.append("no cue" + tail)
        return
    nearest = min(
        cues, key=lambda cue: (min((abs(cue[0] - s) for s in spots), default=cue[0]), cue[0])
    )
    for k, kind, sign in cues:
        turn, ground = _orientation(tokens, sides, k)
        name = "move" if kind == "move" else f"worth {value}"
        main = (k, kind, sign) == nearest
        scale = 1
        if main:
            found.plain.append(f"cue:{kind}&{ground}{tail}")
            found.signed[f"near {name}"] = sign * turn * scale
            found.signed[f"near {name}&{ground}"] = sign * turn
            found.signed[f"near {name}{tail}"] = sign * turn
        else:
            found.signed[f"far {name}"] = sign * turn
        found.signed[f"cue {stems[k]}" + (f" {value}" if kind == "worth" else "")] = turn
        if tokens[k] not in stems[k]:
            found.plain.append("cue word " + stems[k])


def _add_figures(found: ClauseFeatures, tokens: Sequence[str], sides: Sequence[str | None]) -> None:
    """Add what printed numbers say: values beside arms, pairs, ratios, intervals."""
    values = _arm_values(tokens, sides)
    if values is not None:
        found.signed["values " + values[1]] = values[0]
        found.plain.append("values " + values[1])
    pair = _pair(tokens, sides)
    if pair is not None:
        found.signed[pair[1]] = pair[0]
        found.plain.append(pair[1])
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
