"""Cutting an abstract into sentences with their sections."""

from hypothesis import given
from hypothesis import strategies as st

from evidence.appraisal.sentences import (
    _TOKEN,
    MAX_SENTENCES,
    split_passage,
    stems_of,
    tokens_of,
)


def texts(abstract):
    return [sentence.text for sentence in split_passage("Title.", abstract).body]


def test_abbreviations_and_decimals_end_no_sentence():
    found = texts("Pain fell vs. control by 1.5 points (e.g. Fig. 2). Function did not.")
    assert found == ["Pain fell vs. control by 1.5 points (e.g. Fig. 2).", "Function did not."]


def test_a_letter_before_a_full_stop_still_ends_a_sentence():
    assert len(texts("They took vitamin D. Results were poor.")) == 2


def test_labels_carry_on_to_the_next_label():
    passage = split_passage("T", "METHODS: We drew lots. We waited. RESULTS: Pain fell.")
    assert [s.section for s in passage.body] == ["methods", "methods", "results"]
    assert passage.is_labelled


def test_labels_without_a_colon_are_seen_too():
    passage = split_passage("T", "METHODS A total of 40 men came. RESULTS Pain fell.")
    assert [s.section for s in passage.body] == ["methods", "results"]


def test_the_last_sentence_of_a_plain_abstract_is_its_conclusion():
    passage = split_passage("T", "We asked. We drew lots. Pain fell. It works.")
    assert [s.section for s in passage.body] == ["unlabelled"] * 3 + ["conclusions"]


def test_a_title_repeated_in_the_abstract_is_not_read_twice():
    assert texts("Title. We drew lots.") == ["We drew lots."]


def test_numbers_keep_their_decimals_and_thousands():
    assert tokens_of("n=1,205 (12.5%)") == ("n", "=", "1,205", "(", "12.5", "%", ")")


@given(st.text(max_size=400), st.text(max_size=3000))
def test_any_text_is_cut_without_error_and_within_bounds(title, abstract):
    passage = split_passage(title, abstract)
    assert 1 <= len(passage.sentences) <= MAX_SENTENCES + 1
    assert [s.index for s in passage.sentences] == list(range(len(passage.sentences)))
    for sentence in passage.sentences:
        assert len(sentence.stems) == len(sentence.tokens)


def test_words_are_tokens_with_one_sign_for_numbers_and_few_signs():
    sentence = split_passage("", "They took n = 12.5 mg, twice.").sentences[1]
    assert sentence.words == ("they", "took", "n", "=", "#", "mg", "twice")


@given(st.text(max_size=300))
def test_what_is_looked_up_is_what_the_pattern_cuts(text):
    lower = " ".join(text.split()).lower()
    sentence = split_passage(text, "").sentences[0]
    assert sentence.tokens == tuple(_TOKEN.findall(lower)) == tokens_of(lower)
    assert sentence.stems == stems_of(sentence.tokens)
