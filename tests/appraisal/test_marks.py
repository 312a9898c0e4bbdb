"""Which of the words that rules look for a text holds."""

from hypothesis import given
from hypothesis import strategies as st

from evidence.appraisal.design import _TEXT_RULES
from evidence.appraisal.marks import any_of, stem_mark, token_mark
from evidence.appraisal.patterns import holds_any
from evidence.appraisal.sentences import split_passage

WORDS = ("ran", "random", "n =", " vs", "group i ", " or ", "p<", "-arm", "either way")
LOOKED_FOR = {word: any_of(word) for word in WORDS}
SAILORS = token_mark(("sailor", "sailors", "."))
BLEEDING = stem_mark(("bleed",))

texts = st.lists(
    st.sampled_from([*WORDS, *"abn=.<I\u0130\u00e9 \n", "group", "i", "or", "vs", "arm", "either"]),
    max_size=40,
).map("".join)


@given(texts, texts)
def test_a_mark_says_what_looking_for_the_word_says(title, abstract):
    passage = split_passage(title, abstract)
    for word, looked_for in LOOKED_FOR.items():
        for held in (passage, *passage.sentences):
            assert looked_for.stand_in(held) == (word in held.lower)


@given(texts)
def test_words_are_looked_for_together_as_one_by_one(abstract):
    passage = split_passage("", abstract)
    assert any_of(*WORDS).stand_in(passage) == holds_any(passage.lower, WORDS)


def test_a_mark_of_tokens_fits_no_part_of_a_longer_word():
    passage = split_passage("Two sailor-men", "A sailorless sea; it bleeds!")
    assert [bool(s.marks & SAILORS) for s in passage.sentences] == [True, False]
    assert [bool(s.marks & BLEEDING) for s in passage.sentences] == [False, True]


def test_a_passage_holds_the_marks_of_its_sentences():
    passage = split_passage("Sailors", "They sang. It was a song.")
    assert passage.marks & SAILORS
    assert not split_passage("", "A song").marks & SAILORS
    assert passage.body_marks == passage.sentences[1].marks | passage.sentences[2].marks


def test_a_word_that_is_entered_later_is_found_in_texts_cut_before():
    text = "Quixotic windmills"
    split_passage(text, "")
    late = any_of("mills")
    assert late.stand_in(split_passage(text, ""))


def test_a_gated_pattern_finds_the_sentence_that_the_pattern_alone_finds():
    passage = split_passage("On gulls", "We looked. This was a cohort study. A cohort, again.")
    gates = {name: gate for name, gate, _ in _TEXT_RULES}
    assert gates["cohort text"].first(passage) == 2
    assert gates["guideline text"].first(passage) is None
