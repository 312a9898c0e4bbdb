"""What must hold for any evidence at all, not only for the enumerated one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.judgements import StratumEvidence
from evidence.verdict.certainty import rate_certainty
from evidence.verdict.change import people_to_lift_imprecision
from evidence.verdict.decide import rank
from evidence.verdict.domains import rate_imprecision
from evidence.verdict.efficacy import decide_efficacy
from evidence.verdict.words import Draft, forbidden_words, print_number, unbound_digits
from evidence.vocabulary import Certainty, Match, RiskOfBias, VerdictWord
from tests.method.builders import (
    SHAM,
    USUAL_CARE,
    a_claim,
    a_review,
    a_stratum,
    a_trial,
    an_estimate,
    counted,
    the_protocol,
)

P = the_protocol()
effects = st.floats(-40, 40).map(lambda value: round(value, 3))
widths = st.floats(0.01, 40).map(lambda value: round(value, 3))
people = st.one_of(st.none(), st.integers(0, 5000))


@st.composite
def estimated(draw, comparator) -> StratumEvidence:
    """A pooled, single or reused stratum of any size, spread and risk of bias."""
    effect, below, above = draw(effects), draw(widths), draw(widths)
    k = draw(st.integers(1, 12))
    members = tuple(
        a_trial(
            f"trial{i}",
            draw(effects),
            n=draw(people),
            bias=draw(st.sampled_from(RiskOfBias)),
            weight=100 / k,
            population=draw(st.sampled_from((Match.DIRECT, Match.INDIRECT))),
            approximate_window=draw(st.booleans()),
            blinded=draw(st.booleans()),
        )
        for i in range(k)
    )
    estimate = an_estimate(
        effect,
        effect - below,
        effect + above,
        k=k,
        n=draw(people),
        i2=draw(st.one_of(st.none(), st.floats(0, 100))),
        without_high_risk=draw(st.one_of(st.none(), effects)),
    )
    review = None
    if draw(st.booleans()):
        review = a_review(
            draw(st.one_of(st.none(), st.sampled_from(Certainty))),
            k=draw(st.one_of(st.none(), st.integers(1, 40))),
            n=draw(people),
            since_against=draw(st.integers(0, 8)),
        )
    return a_stratum(estimate, members, comparator=comparator, review=review)


@st.composite
def directions(draw, comparator) -> StratumEvidence:
    """A count of any directions."""
    numbers = [draw(st.integers(0, 12)) for _ in range(3)]
    each = draw(st.one_of(st.none(), st.integers(1, 500)))
    return counted(*numbers, n_each=each, comparator=comparator)


def strata(comparator):
    """Any stratum against one comparator."""
    return st.one_of(estimated(comparator), directions(comparator))


bodies = st.tuples(st.lists(strata(SHAM), max_size=1), st.lists(strata(USUAL_CARE), max_size=1))


@settings(max_examples=200, deadline=None)
@given(bodies, st.integers(0, 2))
def test_any_evidence_has_one_verdict_and_stronger_words_are_never_better(body, signatures):
    strata = [*body[0], *body[1]]
    verdicts = [
        decide_efficacy(a_claim(strength), strata, P, signatures=signatures)
        for strength in (1, 2, 3, 4)
    ]
    ranks = [rank(verdict.word) for verdict in verdicts]
    assert ranks == sorted(ranks, reverse=True)
    for verdict in verdicts:
        assert isinstance(verdict.word, VerdictWord)
        assert unbound_digits(verdict.sentence) == []
        assert forbidden_words(verdict.sentence.text) == []
        assert verdict.rules_fired
        assert verdict.asserted_found
        assert all(line.endswith(".") for line in verdict.what_would_change)
        placeholders = [cell.placeholder for cell in verdict.sentence.cells]
        assert len(placeholders) == len(set(placeholders))


@settings(max_examples=200, deadline=None)
@given(estimated(SHAM), st.floats(0.01, 0.99), st.integers(1, 4), st.integers(0, 2))
def test_narrowing_an_interval_above_zero_never_makes_a_verdict_worse(
    body, factor, strength, signatures
):
    pooled = body.pooled
    shift = max(0.0, 0.001 - pooled.ci_low)
    above = replace(
        pooled,
        estimate=pooled.estimate + shift,
        ci_low=pooled.ci_low + shift,
        ci_high=pooled.ci_high + shift,
    )
    narrow = replace(
        above,
        ci_low=above.estimate - (above.estimate - above.ci_low) * factor,
        ci_high=above.estimate + (above.ci_high - above.estimate) * factor,
    )
    before, after = (
        decide_efficacy(a_claim(strength), [replace(body, pooled=p)], P, signatures=signatures).word
        for p in (above, narrow)
    )
    assert rank(after) >= rank(before)


@settings(max_examples=200, deadline=None)
@given(strata(SHAM), st.integers(0, 2))
def test_a_rating_is_its_start_less_its_downgrades_under_its_ceilings(body, signatures):
    rating = rate_certainty(body, P, signatures=signatures)
    level = max(1, rating.start.level - sum(d.downgrade for d in rating.domains))
    assert rating.rated.level <= level
    assert rating.shown.level <= rating.rated.level
    if not any(cap.downgrade for cap in rating.caps):
        assert rating.rated.level == rating.shown.level == level
        assert rating.cap_reason is None


@settings(max_examples=200, deadline=None)
@given(estimated(SHAM))
def test_the_people_that_would_lift_imprecision_do_lift_it(body):
    found = people_to_lift_imprecision(body, P)
    if found is not None:
        more, larger = found
        assert more > 0
        assert rate_imprecision(larger, P).downgrade < rate_imprecision(body, P).downgrade


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_a_printed_number_reads_back_to_the_same_digits(value, decimals):
    printed = print_number(value, decimals)
    back = float(printed.replace(",", "").replace("−", "-"))
    assert abs(back - value) <= 0.5 * 10**-decimals + 1e-9
    draft = Draft()
    text = f"About {draft.bind(value, printed, 'syntheses', 'one', 'estimate')} points."
    assert unbound_digits(draft.sentence(text)) == []
