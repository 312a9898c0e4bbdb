"""Reading whole abstracts; every text is invented."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.appraisal.reader import FEW, TOGETHER, read_abstract, read_item, read_many
from evidence.vocabulary import (
    ComparatorClass,
    Design,
    Favours,
    OperatingPoint,
    PrimaryEndpoint,
    ReadDirection,
    ShamKind,
)

TITLE = "Ballooning versus sham ballooning for chronic elbow pain: a randomised controlled trial"
ABSTRACT = (
    "BACKGROUND: Elbow pain is common. METHODS: We randomly assigned 120 adults with chronic elbow pain to "
    "ballooning (n = 60) or sham ballooning (n = 60), ten sessions over 5 weeks. Outcome assessors were blinded. "
    "The primary outcome was pain on a visual analogue scale at 12 weeks. RESULTS: Pain was significantly lower "
    "in the ballooning group than in the sham group (mean difference -12.4 mm, 95% CI -18.0 to -6.8; P < 0.001). "
    "There was no significant difference in grip strength between the groups (P = 0.61). "
    "CONCLUSIONS: Ballooning reduced pain more than sham ballooning. ISRCTN12345678."
)
KEYS = [
    "id", "design", "is_rct", "n_participants", "comparator_class", "population", "direction", "favours",
    "primary_endpoint", "arms", "effects", "flags",
]  # fmt: skip


@pytest.fixture(scope="module")
def reading():
    return read_abstract(
        TITLE, ABSTRACT, intervention="ballooning", comparator="sham ballooning", outcome="pain"
    )


def test_the_keys_are_those_of_the_command(reading):
    found = reading.to_dict()
    assert list(found) == KEYS
    assert set(found["design"]) == {"value", "confidence", "abstained", "sentence"}
    json.dumps(found)


def test_a_randomized_trial_is_one(reading):
    assert reading.is_rct.value is True
    assert reading.design.value == Design.RANDOMIZED_TRIAL
    assert reading.is_rct.confidence > 0.9


def test_people_and_arms_are_counted(reading):
    assert reading.n_participants.value == 120
    assert [arm.n for arm in reading.arms] == [60, 60]
    assert "ballooning" in reading.arms[0].name


def test_the_sham_is_a_sham(reading):
    assert reading.comparator_class.value == ComparatorClass.SHAM


def test_less_pain_is_a_decrease_that_favours_the_intervention(reading):
    assert reading.direction.value == ReadDirection.DECREASED
    assert reading.favours.value == Favours.INTERVENTION
    assert "significantly lower" in reading.direction.sentence


def test_swapping_the_arms_turns_the_direction():
    turned = read_abstract(
        TITLE, ABSTRACT, intervention="sham ballooning", comparator="ballooning", outcome="pain"
    )
    assert turned.direction.value == ReadDirection.INCREASED


def test_the_asked_outcome_is_read_and_no_other():
    other = read_abstract(
        TITLE,
        ABSTRACT,
        intervention="ballooning",
        comparator="sham ballooning",
        outcome="grip strength",
    )
    assert other.direction.value == ReadDirection.NO_DIFFERENCE
    assert other.favours.value == Favours.NEITHER
    assert "grip strength" in other.direction.sentence


def test_effects_keep_sign_interval_and_sentence(reading):
    effect = reading.effects[0]
    assert (effect.measure, effect.estimate, effect.ci_low, effect.ci_high, effect.p_value) == (
        "MD", -12.4, -18.0, -6.8, 0.001,
    )  # fmt: skip
    assert effect.sentence in ABSTRACT


def test_dose_population_and_primary_end_point_are_read(reading):
    assert reading.dose.sessions == 10
    assert reading.dose.weeks == 5
    assert "elbow pain" in reading.population.value
    assert reading.stage == "chronic"
    assert reading.primary_endpoint.value == PrimaryEndpoint.MET


def test_every_sentence_stands_in_the_text(reading):
    text = f"{TITLE} {ABSTRACT}"
    for value in (reading.design, reading.n_participants, reading.direction, reading.population):
        assert value.sentence in text


def test_a_stricter_operating_point_never_uses_more():
    for item in ("direction", "n_participants", "comparator_class", "is_rct", "primary_endpoint"):
        kept = [
            not getattr(
                read_abstract(TITLE, ABSTRACT, intervention="ballooning", operating_point=point),
                item,
            ).abstained
            for point in (OperatingPoint.SENSITIVE, OperatingPoint.BALANCED, OperatingPoint.PRECISE)
        ]
        assert kept == sorted(kept, reverse=True)


def test_publication_types_beat_the_text_where_they_are_there():
    found = read_abstract("Elbows", "", publication_types=["Practice Guideline"])
    assert found.design.value == Design.GUIDELINE


@pytest.mark.parametrize(
    ("title", "abstract", "design"),
    [
        ("Ballooning for elbows: a systematic review and meta-analysis", "", Design.META_ANALYSIS),
        ("Ballooning for elbows: a network meta-analysis", "", Design.NETWORK_META_ANALYSIS),
        ("Ballooning for elbows: an umbrella review", "", Design.UMBRELLA_REVIEW),
        ("Ballooning for elbows: a systematic review", "", Design.SYSTEMATIC_REVIEW),
        ("Ballooning for elbows: protocol of a randomised trial", "Adults will be randomised. We will measure pain.", Design.PROTOCOL),
        ("Retraction: Ballooning for elbows", "", Design.RETRACTION_NOTICE),
        ("Clinical practice guidelines for elbow pain", "", Design.GUIDELINE),
        ("Balloon fever after ballooning: a case report", "A 45-year-old man had fever.", Design.CASE_REPORT),
        ("Elbow pain in bakers: a case-control study", "We compared cases and controls.", Design.CASE_CONTROL),
        ("Elbow pain in bakers: a cross-sectional survey", "We sent a questionnaire.", Design.CROSS_SECTIONAL),
        ("Elbow pain in bakers: a prospective cohort study", "Bakers were followed.", Design.COHORT),
        ("Ballooning of elbows in rats", "Elbows of rats were ballooned and then examined.", Design.ANIMAL),
        ("What bakers say of their elbows: a qualitative study", "We held interviews.", Design.QUALITATIVE),
    ],
)  # fmt: skip
def test_designs_are_told_from_the_text(title, abstract, design):
    assert read_abstract(title, abstract).design.value == design


def test_randomized_rats_are_no_randomized_trial():
    found = read_abstract(
        "Ballooning of elbows in rats",
        "Forty rats were randomly assigned to ballooning or to control. Elbows of the rats were then examined.",
    )
    assert found.is_rct.value is False


@pytest.mark.parametrize(
    ("sentence", "n"),
    [
        ("Twenty consecutive women with elbow pain were randomized to ballooning or rest.", 20),
        ("Of 150 patients assessed for eligibility, 120 were randomized to ballooning or rest.", 120),
        ("Patients were randomly assigned to ballooning (n = 31) or rest (n = 29).", 60),
        ("Patients were randomly allocated to two groups, ballooning or rest, with 20 patients in each group.", 40),
        ("One hundred and thirty adults were randomised to ballooning or rest.", 130),
        ("A total of 1,204 adults aged 18-70 years were randomised at 12 centres; 85% were bakers.", 1204),
    ],
)  # fmt: skip
def test_participants_are_counted_in_many_wordings(sentence, n):
    found = read_abstract("Ballooning for elbow pain: a randomised trial", f"METHODS: {sentence}")
    assert found.n_participants.value == n


@pytest.mark.parametrize(
    ("result", "direction"),
    [
        ("Pain did not differ between the ballooning and control groups (P = 0.45).", "no difference"),
        ("There was a trend towards less pain with ballooning, which was not significant (P = 0.09).", "no difference"),
        ("Pain decreased in both groups, with no significant difference between groups.", "no difference"),
        ("Pain was significantly higher in the control group than in the ballooning group (P = 0.01).", "decreased"),
        ("Ballooning significantly reduced pain compared with control (P = 0.002).", "decreased"),
        ("Pain was significantly greater with ballooning than with control (P = 0.002).", "increased"),
        ("Pain scores were similar in the two groups.", "no difference"),
    ],
)  # fmt: skip
def test_directions_are_read_in_many_wordings(result, direction):
    found = read_abstract(
        "Ballooning for elbows: a randomised trial",
        f"METHODS: We randomised 40 adults to ballooning or control. RESULTS: {result}",
        intervention="ballooning",
        comparator="control",
        outcome="pain",
    )
    assert found.direction.value == direction


@pytest.mark.parametrize(
    ("intervention", "comparator", "value"),
    [
        ("ballooning", "sham ballooning", "sham"),
        ("ballooning", "matching placebo", "sham"),
        ("ballooning", "waiting list", "no treatment"),
        ("ballooning", "no intervention", "no treatment"),
        ("ballooning plus usual care", "usual care", "usual care"),
        ("ballooning plus ibuprofen", "ibuprofen", "add-on"),
        ("ballooning", "ibuprofen", "active"),
        ("ballooning twice weekly", "ballooning once weekly", "dose or style"),
        ("ballooning", "sham ballooning or ibuprofen", "mixed"),
        ("ballooning", "baseline", "none"),
    ],
)
def test_comparators_are_classed_by_their_words(intervention, comparator, value):
    found = read_abstract(TITLE, ABSTRACT, intervention=intervention, comparator=comparator)
    assert found.comparator_class.value == value


def test_what_a_sham_did_is_told():
    found = read_abstract(
        "Needling versus sham for elbows: a randomised trial",
        "METHODS: We randomised 40 adults to needling or to sham with non-penetrating needles.",
    )
    assert found.sham_kind == ShamKind.NON_PENETRATING


def test_conditions_come_in_as_data():
    found = read_abstract(
        TITLE, ABSTRACT, conditions={"elbow": ["elbow pain"], "knee": ["knee pain"]}
    )
    assert found.condition == "elbow"


def test_many_are_read_in_order_with_their_ids():
    items = [{"pmid": str(k), "title": TITLE, "abstract": ABSTRACT} for k in range(5)] + [
        {"id": "x", "title": "T"}
    ]
    assert [r.id for r in read_many(items)] == ["0", "1", "2", "3", "4", "x"]


def test_abstracts_read_together_are_read_as_each_alone():
    items = [
        {"id": str(k), "title": TITLE, "abstract": ABSTRACT[: 60 * k], "outcome": "pain"}
        for k in range(TOGETHER + 3)
    ]
    assert list(read_many(items)) == [read_item(item, "balanced") for item in items]


def test_an_abstract_that_is_asked_several_questions_answers_each_as_alone():
    asked = [("acupuncture", "sham", "pain"), ("sham", "acupuncture", "pain"), (None, None, None)]
    items = [
        {
            "id": str(k),
            "title": TITLE,
            "abstract": abstract,
            "intervention": intervention,
            "comparator": comparator,
            "outcome": outcome,
            "publication_types": types,
        }
        for k, (intervention, comparator, outcome) in enumerate(asked)
        for types in (["Editorial"], [])
        for abstract in (ABSTRACT, ABSTRACT + " All was well.")
    ]
    assert list(read_many(items)) == [read_item(item, "balanced") for item in items]


@pytest.mark.slow
def test_several_processes_give_what_one_gives():
    items = [{"pmid": str(k), "title": TITLE, "abstract": ABSTRACT * (k % 3)} for k in range(FEW)]
    assert list(read_many(items, processes=2)) == list(read_many(items))


def test_few_abstracts_start_no_processes(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_, **__):
        raise AssertionError("processes were started")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refuse)
    items = [{"pmid": str(k), "title": TITLE} for k in range(FEW - 1)]
    assert [r.id for r in read_many(items, processes=2)] == [item["pmid"] for item in items]


def test_an_empty_record_is_read_as_nothing():
    found = read_abstract("", "")
    assert found.n_participants.value is None
    assert found.n_participants.abstained
    assert found.effects == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=1500), st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_read_without_error(title, abstract, arm, outcome):
    found = read_abstract(title, abstract, intervention=arm, comparator=arm, outcome=outcome)
    for value in found.to_dict().values():
        if isinstance(value, dict):
            assert 0.0 <= value["confidence"] <= 1.0


@pytest.mark.parametrize(
    "hostile",
    ["(" * 20_000, "1 " * 10_000, "no significant " * 1_500, "a" * 20_000, "n = 1, " * 3_000, "p = 0.0" * 3_000,
     "95% CI 1 to " * 2_000, "group a " * 2_500, "one hundred and " * 1_500],
)  # fmt: skip
def test_hostile_text_does_not_hang(hostile):
    import time

    began = time.process_time()
    read_abstract(
        hostile[:900], hostile, intervention="group a", comparator="group b", outcome="pain"
    )
    assert time.process_time() - began < 2.0


def test_a_review_that_tells_its_search_is_systematic_whatever_its_title_says():
    searched = "We searched MEDLINE and Embase up to May. Twelve trials were included."
    told = "This paper discusses what is known of foot baths."
    for title in ("Foot baths for cold feet: a review", "Prevalence of cold feet: a review"):
        assert read_abstract(title, searched).design.value == "systematic review"
    assert read_abstract("Foot baths: a review", told).design.value == "narrative review"
    assert (
        read_abstract("Foot baths: a narrative review", searched).design.value == "narrative review"
    )
    assert (
        read_abstract("Prevalence of cold feet in nurses", searched).design.value
        == "cross-sectional"
    )


HOSTILE = (
    "(", "1 ", "a", "a-", "n = 1, ", "(n = ", "95% CI 1 to ", "95% (", "5% of ", "1/", "\u00b1 2 ", "p = 0.0",
    "no significant ", "group a ", "group (", "control group ", "arm, ", "random ", "randomised to a or b, ", "versus ",
    "compared with ", "one hundred and ", "12 weeks ", "twice a ", "primary outcome ", "mean difference ", "sham ", "[",
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=5).map("".join),
    st.sampled_from((100_000, 1_300)),
)
def test_a_hundred_thousand_letters_of_malice_are_read_in_bounded_time(fragment, length):
    import time

    sentence = (fragment * (length // len(fragment) + 1))[:length]
    text = f"We {sentence}. " * (100_000 // length)
    began = time.process_time()
    read_abstract(
        text[:1_000], text, intervention="group a", comparator="group b", outcome="mean difference"
    )
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize(
    ("said", "direction"),
    [
        ("Greater reductions in joint swelling were seen with zinc than with placebo (p < 0.01).", "increased"),
        ("Smaller reductions in joint swelling were seen with zinc than with placebo (p < 0.01).", "decreased"),
    ],
)  # fmt: skip
def test_a_greater_reduction_is_more_of_an_outcome_that_is_a_reduction(said, direction):
    reading = read_abstract(
        "Zinc for sore joints", f"METHODS: Adults took zinc or placebo. RESULTS: {said}",
        intervention="zinc", comparator="placebo", outcome="reduction in joint swelling",
    )  # fmt: skip
    assert reading.direction.value == direction


def test_a_trial_that_names_no_chance_shows_the_sentence_that_compares_arms():
    said = "In this double-blind trial 60 nurses received zinc or placebo for 8 weeks."
    reading = read_abstract(
        "Zinc for sore joints: the ZINCO trial", f"{said} Swelling fell in both groups."
    )
    assert reading.is_rct.value is True
    assert reading.is_rct.sentence == said
