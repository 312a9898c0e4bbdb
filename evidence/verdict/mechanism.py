"""Is a mechanism shown, is a doctrine? One vote a study, by the source's own test (section 9).

Mechanism never feeds an efficacy verdict, and its sentence says so. Doctrine is never *Supported*:
a correlate is not the doctrine. This module must not know sizes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evidence.judgements import (
    AssertedFound,
    ClaimQuestion,
    ExperimentEvidence,
    Sentence,
    Verdict,
)
from evidence.protocol import Protocol
from evidence.verdict.asserted import FALLS_SHORT, MATCHES, NOT_TESTED
from evidence.verdict.bodies import assemble
from evidence.verdict.decide import AFFIRMATIVE, Decision, rank
from evidence.verdict.words import (
    MECHANISM_CLOSING,
    Draft,
    capitalised,
    number_word,
    out_of,
    plural,
    unless_only_one_failed,
)
from evidence.vocabulary import MechanismLevel, Species, VerdictWord

__all__ = [
    "Tally",
    "decide_doctrine",
    "decide_doctrine_word",
    "decide_mechanism",
    "decide_mechanism_word",
    "mechanism_level",
    "tally",
]

W = VerdictWord
NOTHING = Decision(W.NO_ELIGIBLE, ("No eligible experiment.",))


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes of experiments, one a study."""

    human_found: int
    """Controlled human studies that found the change."""
    human_not: int
    other_found: int
    """Uncontrolled human, animal or tissue studies that found it."""
    other_not: int
    blocking_found: int
    """Controlled human studies in which blocking the mechanism altered the outcome."""
    whole_statement: int
    """Controlled human studies that found it and studied the whole statement."""
    animals_found: int
    n_known: int
    blocking_not: int = 0
    """Controlled human studies in which blocking it did not."""

    @property
    def n_human(self) -> int:
        """Return how many controlled human studies have a known answer."""
        return self.human_found + self.human_not

    @property
    def n_blocking(self) -> int:
        """Return how many controlled human studies blocked the mechanism."""
        return self.blocking_found + self.blocking_not

    def is_tied(self, protocol: Protocol) -> bool:
        """Return whether blocking altered the outcome in most studies that blocked it."""
        least = protocol.number("mechanism.share_for")
        return self.n_blocking > 0 and self.blocking_found / self.n_blocking >= least


def tally(experiments: Sequence[ExperimentEvidence]) -> Tally:
    """Return the votes: one a study, by its first result given; blocking tests stand apart."""
    votes: dict[str, ExperimentEvidence] = {}
    for experiment in experiments:
        if experiment.found is not None and not experiment.tests_blocking:
            votes.setdefault(experiment.study_id, experiment)
    human = [e for e in votes.values() if e.species is Species.HUMAN and e.is_controlled]
    other = [e for e in votes.values() if e not in human]
    blocking: dict[str, bool] = {}
    for e in experiments:
        in_people = e.is_controlled and e.species is Species.HUMAN
        if e.tests_blocking and in_people and e.found is not None:
            blocking.setdefault(e.study_id, e.found)
    return Tally(
        human_found=sum(bool(e.found) for e in human),
        human_not=sum(not e.found for e in human),
        other_found=sum(bool(e.found) for e in other),
        other_not=sum(not e.found for e in other),
        blocking_found=sum(blocking.values()),
        blocking_not=len(blocking) - sum(blocking.values()),
        whole_statement=sum(bool(e.found) and e.is_whole_statement for e in human),
        animals_found=sum(bool(e.found) and e.species is not Species.HUMAN for e in other),
        n_known=len(votes),
    )


def mechanism_level(votes: Tally, protocol: Protocol) -> MechanismLevel:
    """Return how well a mechanism is shown, M4 to M0."""
    against = protocol.number("mechanism.share_against")
    if votes.n_human:
        share = votes.human_found / votes.n_human
        if share >= protocol.number("mechanism.share_for"):
            return MechanismLevel.M4 if votes.is_tied(protocol) else MechanismLevel.M3
        contradicted = votes.n_human >= protocol.whole("mechanism.contradicted_min_n")
        if share <= against and contradicted:
            return MechanismLevel.M0
    return MechanismLevel.M2 if votes.other_found else MechanismLevel.M1


def decide_mechanism_word(votes: Tally, protocol: Protocol) -> Decision:
    """Return the verdict by the share of controlled human studies that found the change."""
    n = votes.n_human
    if votes.n_known == 0:
        return NOTHING
    if n < 2:
        return _few_human(votes, protocol)
    share = votes.human_found / n
    enough = n >= protocol.whole("mechanism.supported_min_n")
    if share == 1 and enough and votes.whole_statement:
        rule = "All of three or more controlled human studies found the whole of it: Supported."
        return Decision(W.SUPPORTED, (rule,))
    if share >= protocol.number("mechanism.share_for"):
        rule = "At least two thirds of controlled human studies found it: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    if share > protocol.number("mechanism.share_against"):
        return Decision(W.CONFLICTING, ("Controlled human studies disagree: Conflicting.",))
    if n >= protocol.whole("mechanism.contradicted_min_n"):
        rule = "At most one third of controlled human studies found it: Contradicted."
        return Decision(W.CONTRADICTED, (rule,))
    return Decision(W.INSUFFICIENT, ("Neither of two controlled human studies found it.",))


def _few_human(votes: Tally, protocol: Protocol) -> Decision:
    """Judge with at most one controlled human study: what else was found counts."""
    if votes.human_found:
        rule = "One controlled human study found it: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    if votes.human_not:
        rule = "The one controlled human study did not find it: Insufficient evidence."
        return Decision(W.INSUFFICIENT, (rule,))
    share = votes.other_found / (votes.other_found + votes.other_not)
    if share >= protocol.number("mechanism.share_for"):
        where = "animals" if votes.animals_found else "uncontrolled human studies"
        rule = f"Shown in {where} only: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    if share > protocol.number("mechanism.share_against"):
        return Decision(W.CONFLICTING, ("Studies disagree, none of them controlled in people.",))
    return Decision(W.INSUFFICIENT, ("Not shown, and not studied in controlled human studies.",))


def decide_mechanism(
    claim: ClaimQuestion,
    experiments: Sequence[ExperimentEvidence],
    protocol: Protocol,
    *,
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the verdict on a mechanism claim; certainty is its level M4 to M0, in the grid."""
    votes = tally(experiments)
    decision = decide_mechanism_word(votes, protocol)
    level = mechanism_level(votes, protocol)
    used = [e.result_id for e in experiments if e.found is not None]
    return assemble(
        claim,
        decision,
        _mechanism_sentence(claim, votes, decision, protocol),
        None,
        used,
        grid=_mechanism_grid(claim, votes, level, decision, protocol),
        changes=_mechanism_changes(votes, decision, protocol),
        is_retraction_touched=is_retraction_touched,
    )


def _mechanism_sentence(
    claim: ClaimQuestion, votes: Tally, decision: Decision, protocol: Protocol
) -> Sentence:
    """Return in how many studies the change was found, then that this is not efficacy."""
    draft = Draft()
    what = draft.quote(claim.intervention, "claims", claim.claim_id, "intervention")
    outcome = claim.outcomes[0] if claim.outcomes else "what is said"
    change = draft.quote(outcome, "claims", claim.claim_id, "outcomes")
    if votes.n_known == 0:
        text = f"No eligible experiment on {what} and {change} was found."
        return draft.sentence(f"{text} {MECHANISM_CLOSING}")
    n_other = votes.other_found + votes.other_not
    votes_shown = (
        (votes.human_found, votes.n_human) if votes.n_human else (votes.other_found, n_other)
    )
    was = unless_only_one_failed(*votes_shown, "was", "was not")
    text = f"A change of {change} under {what} compared with a control {was} found in "
    if votes.n_human:
        text += (
            f"{out_of(votes.human_found, votes.n_human)} controlled human "
            f"{plural(votes.n_human, 'study', 'studies')} that tested for it"
        )
    else:
        n = n_other
        kind = "animal or tissue" if votes.animals_found else "uncontrolled human or animal"
        text += f"{out_of(votes.other_found, n)} {kind} {plural(n, 'study', 'studies')}"
        text += ", and no controlled human study was found"
    is_tied = votes.is_tied(protocol)
    if decision.word is W.SUPPORTED_WITH_LIMITS and votes.n_human and not is_tied:
        text += "; whether it carries the effect on symptoms was not shown"
    return draft.sentence(f"{text}. {MECHANISM_CLOSING}")


def _mechanism_grid(
    claim: ClaimQuestion,
    votes: Tally,
    level: MechanismLevel,
    decision: Decision,
    protocol: Protocol,
) -> tuple[AssertedFound, ...]:
    """Return the change, the people and the tie to the outcome: asserted beside found."""
    state = MATCHES if decision.word in AFFIRMATIVE else FALLS_SHORT
    if decision.word in {W.NO_ELIGIBLE, W.INSUFFICIENT}:
        state = NOT_TESTED
    people = f"{votes.human_found} of {votes.n_human} controlled human studies"
    tied, blocked = NOT_TESTED, "no controlled human study blocked it"
    if votes.n_blocking:
        tied = MATCHES if votes.is_tied(protocol) else FALLS_SHORT
        blocked = (
            f"blocking altered the outcome in {votes.blocking_found} of {votes.n_blocking} "
            "controlled human studies"
        )
    return (
        AssertedFound(
            "change", claim.words or "the change occurs", f"level {level}", state, decision.rules[0]
        ),
        AssertedFound(
            "population",
            claim.population,
            people if votes.n_human else "no controlled human study",
            MATCHES if votes.n_human else NOT_TESTED,
            "controlled human studies decide, by the source's own test",
        ),
        AssertedFound(
            "tie to the outcome",
            "not named",
            blocked,
            tied,
            "a mechanism that can be blocked without loss does not carry the effect",
        ),
    )


def _mechanism_changes(votes: Tally, decision: Decision, protocol: Protocol) -> tuple[str, ...]:
    """Return how many more controlled human studies, finding it or not, would change the word."""
    lines = []
    for text, field in (("finding it", "human_found"), ("not finding it", "human_not")):
        for more in range(1, 6):
            changed = replace(
                votes, **{field: getattr(votes, field) + more}, n_known=votes.n_known + more
            )
            after = decide_mechanism_word(changed, protocol).word
            # More studies in favour can meet the least number that contradicts: no reader's change.
            is_absurd = field == "human_found" and rank(after) < rank(decision.word)
            if after is not decision.word and not is_absurd:
                studies = plural(more, "study", "studies")
                lines.append(
                    f"{capitalised(number_word(more))} more controlled human {studies} {text} "
                    f"would make it {after}."
                )
                break
    return tuple(lines)


def decide_doctrine_word(experiments: Sequence[ExperimentEvidence], protocol: Protocol) -> Decision:
    """Return the verdict on a doctrine: contradicted by tests of its own prediction, or insufficient."""
    votes: dict[str, ExperimentEvidence] = {}
    for e in experiments:
        if e.is_own_prediction and e.is_controlled and e.found is not None:
            votes.setdefault(e.study_id, e)
    against = sum(not e.found for e in votes.values())
    if len(votes) >= protocol.whole("mechanism.doctrine_min_studies") and against / len(
        votes
    ) >= protocol.number("mechanism.doctrine_against_share"):
        rule = "Controlled studies of its own prediction speak against it: Contradicted."
        return Decision(W.CONTRADICTED, (rule,))
    if any(e.found for e in experiments):
        rule = "A correlate was found, which is not the doctrine: Insufficient evidence."
    elif any(e.found is False for e in experiments):
        rule = "A correlate was looked for and not found: Insufficient evidence."
    else:
        rule = "No study of an observable correlate: Insufficient evidence."
    return Decision(W.INSUFFICIENT, (rule,))


def decide_doctrine(
    claim: ClaimQuestion,
    experiments: Sequence[ExperimentEvidence],
    protocol: Protocol,
    *,
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the verdict on a doctrine; it is never *Supported*."""
    decision = decide_doctrine_word(experiments, protocol)
    known = [e for e in experiments if e.found is not None]
    return assemble(
        claim,
        decision,
        _doctrine_sentence(claim, known, decision),
        None,
        [e.result_id for e in known],
        grid=_doctrine_grid(claim, known, decision),
        changes=(
            "Three controlled studies of a prediction of its own, two of them against it, would "
            f"make it {W.CONTRADICTED}.",
        )
        if decision.word is W.INSUFFICIENT
        else (),
        is_retraction_touched=is_retraction_touched,
    )


def _doctrine_sentence(
    claim: ClaimQuestion, known: Sequence[ExperimentEvidence], decision: Decision
) -> Sentence:
    """Return whether a correlate was found, and that it is not the doctrine."""
    draft = Draft()
    outcome = claim.outcomes[0] if claim.outcomes else "an observable correlate"
    what = draft.quote(outcome, "claims", claim.claim_id, "outcomes")
    studies = {e.study_id: bool(e.found) for e in reversed(known)}
    n, found = len(studies), sum(studies.values())
    if n == 0:
        return draft.sentence(f"No study that looked for {what} was found.")
    head = f"{capitalised(what)} was found in {out_of(found, n)} {plural(n, 'study', 'studies')}"
    if decision.word is W.CONTRADICTED:
        return draft.sentence(f"{head}; controlled studies of its own prediction speak against it.")
    tail = "such a correlate is not the doctrine" if found else "that does not settle the doctrine"
    return draft.sentence(f"{head}; {tail}.")


def _doctrine_grid(
    claim: ClaimQuestion, known: Sequence[ExperimentEvidence], decision: Decision
) -> tuple[AssertedFound, ...]:
    """Return correlate and doctrine: asserted beside found."""
    found = sum(bool(e.found) for e in known)
    is_against = decision.word is W.CONTRADICTED
    return (
        AssertedFound(
            "correlate",
            claim.outcomes[0] if claim.outcomes else "an observable correlate",
            f"{found} of {len(known)} results found one" if known else "not studied",
            MATCHES if found else NOT_TESTED,
            "a correlate is not the doctrine",
        ),
        AssertedFound(
            "doctrine",
            claim.words or "it exists as described",
            "its own prediction fails" if is_against else "not testable by a correlate",
            FALLS_SHORT if is_against else NOT_TESTED,
            decision.rules[0],
        ),
    )
