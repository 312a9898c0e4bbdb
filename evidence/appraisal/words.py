"""The words of a passage as features for linear models: presence of words and pairs of words.

One pass over the tokens; numbers become one sign. It knows nothing of what is asked of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from evidence.appraisal.sentences import Passage

_STEERING = ("random", "placebo", "trial", "assign", "allocat", "blind", "controlled", "crossover")
"""Words whose meaning depends on where in the abstract they stand."""

_SIGNS = frozenset("%=<>\u00b1")


def plain_words(tokens: Sequence[str]) -> list[str]:
    """Return the words of a sentence; every number is ``#``, most signs are dropped.

    >>> plain_words(("n", "=", "12.5", "mg", ","))
    ['n', '=', '#', 'mg']
    """
    return [
        "#" if token[0].isdigit() else token
        for token in tokens
        if token[0].isalnum() or token in _SIGNS
    ]


def passage_features(passage: Passage) -> set[str]:
    """Return the words and pairs of a title (marked) and an abstract."""
    features: set[str] = set()
    for sentence in passage.sentences:
        words = plain_words(sentence.tokens)
        pairs = map(" ".join, zip(words, words[1:], strict=False))
        if sentence.index == 0:
            features.update(["t:" + word for word in words])
            features.update(["t:" + pair for pair in pairs])
        else:
            features.update(words)
            features.update(pairs)
            place = sentence.section[0]
            features.update([f"{place}~{word}" for word in words if word.startswith(_STEERING)])
    if len(passage.sentences) == 1:
        features.add("no abstract")
    return features
