"""Invented words for the synthetic workspace: names, titles, abstracts. None is anyone's."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Words"]

STARTS = ("br", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v", "w", "z")
VOWELS = ("a", "e", "i", "o", "u", "ei", "au", "é", "ü", "ø")
ENDS = ("", "n", "r", "l", "s", "ck", "nd", "rt")
CHUNK = 200_003


class Words:
    """Banks of invented words, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed + 7)
        self.authors = [word.title() for word in self._bank(4000, 2, 3)]
        self.plain_authors = [_plain(name) for name in self.authors]
        self.vocabulary = self._bank(6000, 2, 4)
        self.countries = [word.title() for word in self._bank(60, 2, 3)]
        self.journals = [f"Annals of {word.title()}" for word in self._bank(900, 2, 3)]
        self.populations = [f"adults with {word}" for word in self._bank(300, 2, 3)]
        self.outcomes = [f"{word} score" for word in self._bank(400, 2, 3)]
        self.comparators = [f"{word} as given" for word in self._bank(500, 2, 3)]
        self.interventions = [f"{word} wraps" for word in self._bank(200, 2, 3)]
        self.scales = [word.title() for word in self._bank(80, 2, 2)]
        self.sentences = [self._sentence(14) for _ in range(1500)]

    def _bank(self, n: int, least: int, most: int) -> list[str]:
        """Return different words of some syllables."""
        out: dict[str, None] = {}
        while len(out) < n:
            syllables = int(self._rng.integers(least, most + 1))
            parts = [
                bank[int(self._rng.integers(0, len(bank)))]
                for _ in range(syllables)
                for bank in (STARTS, VOWELS, ENDS)
            ]
            out["".join(parts)] = None
        return list(out)

    def _sentence(self, n_words: int) -> str:
        picked = self._rng.integers(0, len(self.vocabulary), n_words)
        return " ".join(self.vocabulary[int(i)] for i in picked).capitalize() + "."

    def titles(self, n: int) -> pa.Array:
        """Return a title for each of the first studies; more studies change none of them."""
        parts = [self._words_at(n, place) for place in range(7)]
        return pc.binary_join_element_wise("Effects of", *parts, " ")

    def _words_at(self, n: int, place: int) -> pa.Array:
        """Return the word of a place in each title."""
        codes = np.random.default_rng(1000 + place).integers(0, len(self.vocabulary), n)
        return pa.array(self.vocabulary, pa.string()).take(pa.array(codes))

    def abstracts(self, n: int) -> pa.Array:
        """Return an abstract for each of the first studies."""
        at, bank = np.arange(n), pa.array(self.sentences, pa.string())
        parts: list[Any] = [
            bank.take(pa.array((at * step + step) % len(self.sentences)))
            for step in (1, 3, 7, 11, 13, 17, 19)
        ]
        return pc.binary_join_element_wise(*parts, " ")


def _plain(name: str) -> str:
    """Return a name as ids spell it."""
    split = unicodedata.normalize("NFKD", name.casefold()).replace("ø", "o")
    return "".join(letter for letter in split if letter.isascii())
