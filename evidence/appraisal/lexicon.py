"""Lists of words, written as one runs on, so that a reader sees the words and not the quotes."""

from __future__ import annotations


def words_in(text: str) -> list[str]:
    """Return the words of a list that is written as one string.

    >>> words_in("one two")
    ['one', 'two']
    """
    return text.split()
