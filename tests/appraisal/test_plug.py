"""Other readers are held against the text."""

from evidence.appraisal.plug import AbstractReader, Proposal, check_proposals, load_readers

TEXT = "We enrolled forty-two men.  Pain fell by 1.5 points."


def test_a_value_with_its_sentence_and_number_is_kept():
    proposals = [
        Proposal("n_participants", 42, 0.9, "We enrolled forty-two men."),
        Proposal("direction", "decreased", 0.8, "pain fell by 1.5 points."),
        Proposal("effect", 1.5, 0.8, "Pain fell by 1.5 points."),
        Proposal("population", None, 0.0, None),
    ]
    kept, refused = check_proposals("T", TEXT, proposals)
    assert kept == proposals
    assert refused == []


def test_a_sentence_that_is_not_there_is_refused():
    _, refused = check_proposals("T", TEXT, [Proposal("direction", "increased", 0.9, "Pain rose.")])
    assert refused[0].reason == "the sentence does not stand in the title or abstract"


def test_a_number_that_is_not_in_the_sentence_is_refused():
    _, refused = check_proposals("T", TEXT, [Proposal("n", 24, 0.9, "We enrolled forty-two men.")])
    assert refused[0].reason == "the number 24 does not stand in the sentence"


def test_a_value_without_a_sentence_or_with_a_wild_confidence_is_refused():
    _, refused = check_proposals(
        "T", TEXT, [Proposal("n", 42, 0.9, " "), Proposal("n", 42, 7, TEXT)]
    )
    assert [r.reason for r in refused] == [
        "no sentence is given",
        "the confidence 7 is not between 0 and 1",
    ]


def test_readers_are_found_by_entry_point():
    assert all(isinstance(reader, AbstractReader) for reader in load_readers().values())
