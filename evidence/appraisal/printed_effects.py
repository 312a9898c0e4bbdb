"""Every effect that an abstract prints, with its outcome, time point and arms.

Effects with an interval or a p-value come first, in the order of the text; then what two or more
arms came to, where no effect is printed. It computes nothing and judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evidence.appraisal.arm_figures import find_arm_figures
from evidence.appraisal.arms import Arm
from evidence.appraisal.effect_links import (
    NamedFigure,
    arms_of,
    group_figures,
    is_same_arm,
    outcome_of,
    topic_of,
    weeks_of,
)
from evidence.appraisal.effects import Effect, find_effects, p_value_after
from evidence.appraisal.reading import ReadArm, ReadEffect
from evidence.appraisal.sentences import AIM, CONCLUSIONS, METHODS, TITLE, Passage, Sentence
from evidence.vocabulary import EffectMeasure

MAX_COMPARISONS = 16
_NO_RESULT = (TITLE, AIM, METHODS, CONCLUSIONS)
_FIGURE = r"\d ?(?:%|\u00b1|\+/?-|/ ?\d|(?:out )?of (?:the )?\d|[a-z/%\u00b5\u03bc]{0,8} ?[(\[] ?(?:\d|sd|s\.d|stand|\u00b1|n ?=))"
_TWO_FIGURES = re.compile(rf"{_FIGURE}.*?{_FIGURE}")
"""What a sentence that compares two arms' figures holds: looked for before they are read."""
_AT_BASELINE = re.compile(r"\b(?:age|aged|baseline|bmi|body mass index|men|women|male|female)\b")


def read_effects(passage: Passage, arms: Sequence[Arm]) -> tuple[ReadEffect, ...]:
    """Return the effects of a passage, then the figures of its arms.

    Parameters
    ----------
    arms
        The arms of the trial with the people in each, where the abstract lists them.
    """
    printed: list[ReadEffect] = []
    for effect in find_effects(passage):
        printed.append(_effect(passage, effect, arms, printed[-1] if printed else None))
    compared: list[ReadEffect] = []
    for sentence in passage.body:
        if sentence.section not in _NO_RESULT and len(compared) < MAX_COMPARISONS:
            compared.extend(_compared(sentence, arms))
    return (*printed, *compared[:MAX_COMPARISONS])


def _effect(
    passage: Passage, effect: Effect, arms: Sequence[Arm], last: ReadEffect | None
) -> ReadEffect:
    """Return one printed effect with what it is of: where no words say so, what the last was of."""
    text = passage.sentences[effect.sentence].text
    outcome = outcome_of(text, effect.start, effect.end)
    if outcome is None and last is not None and last.sentence == text:
        outcome = last.outcome
    first, second = arms_of(text, effect.start, effect.end, arms)
    return ReadEffect(
        effect.measure,
        effect.estimate,
        effect.ci_low,
        effect.ci_high,
        effect.p_value,
        outcome or topic_of(text),
        text,
        effect.confidence,
        weeks_of(text, effect.start, effect.end),
        intervention=first,
        comparator=second,
    )


def _compared(sentence: Sentence, arms: Sequence[Arm]) -> list[ReadEffect]:
    """Return the comparisons of arms' figures in one sentence."""
    text = sentence.text
    if not sentence.may_count or _TWO_FIGURES.search(sentence.lower) is None:
        return []
    found = []
    for group in group_figures(text, find_arm_figures(sentence)):
        first, last = group[0].figure, group[-1].figure
        outcome = outcome_of(text, first.start, first.end) or topic_of(text)
        if outcome is not None and _AT_BASELINE.search(outcome.lower()):
            continue
        is_mean = first.mean is not None
        is_named = all(part.arm is not None for part in group)
        found.append(
            ReadEffect(
                EffectMeasure.MEAN if is_mean else EffectMeasure.PROP,
                None,
                None,
                None,
                p_value_after(sentence.lower, first.start, last.end),
                outcome,
                text,
                0.7 if is_named and len(group) == 2 else 0.5,
                weeks_of(text, first.start, last.end),
                intervention=group[0].arm,
                comparator=group[1].arm if len(group) == 2 else None,
                arms=tuple(_arm(part, arms) for part in group),
            )
        )
    return found


def _arm(part: NamedFigure, arms: Sequence[Arm]) -> ReadArm:
    """Return one arm's figure; how many people it had is taken from the list of arms."""
    figure = part.figure
    listed = [arm.n for arm in arms if is_same_arm(part.arm, arm.name)]
    n = figure.n if figure.n is not None else (listed[0] if len(listed) == 1 else None)
    return ReadArm(part.arm, n, figure.mean, figure.sd, figure.events, figure.percent)
