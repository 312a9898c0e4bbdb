"""Write a sentence so that every digit in it is bound to a cell (docs/method.md, section 11).

``Draft`` prints a number and keeps where it stands; ``unbound_digits`` finds any digit that no
cell accounts for. This module must not know what a sentence is about.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from evidence.judgements import Cell, Sentence

__all__ = [
    "FORBIDDEN",
    "MECHANISM_CLOSING",
    "Draft",
    "agreeing",
    "capitalised",
    "forbidden_words",
    "listed",
    "number_word",
    "out_of",
    "plural",
    "print_number",
    "print_whole",
    "unbound_digits",
    "unless_only_one_failed",
]

MECHANISM_CLOSING = "This does not show that the treatment works."
"""The one sentence that may hold the word "works": section 9 asks for it word for word."""

FORBIDDEN = (
    r"\bprove[sdn]?\b",
    r"\bno evidence that\b",
    r"\bineffective\b",
    r"(?<!statistically )\bsignificant(?:ly)?\b",
    r"\bsafe(?:ly)?\b",
    r"\bworks?\b",
    r"\bdebunk(?:s|ed)?\b",
)
"""Patterns that no generated sentence may hold; "ineffective" and "safe" are not used at all."""

SMALL_COUNTS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
PLURAL = re.compile(r"\b(?:sessions|courses|treatments|exercises|needles)$")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def print_number(value: float, decimals: int = 1) -> str:
    """Return a number with a true minus; zero has no sign.

    >>> print_number(-3.25), print_number(-0.01)
    ('−3.2', '0.0')
    """
    text = f"{abs(value):,.{decimals}f}"
    is_zero = float(text.replace(",", "")) == 0
    return text if value >= 0 or is_zero else f"−{text}"


def print_whole(value: float) -> str:
    """Return a whole number with commas at the thousands."""
    return print_number(value, 0)


def number_word(count: int) -> str:
    """Return a small count in words, as counts that stand in no cell are written."""
    return SMALL_COUNTS[count] if count < len(SMALL_COUNTS) else "more than twelve"


def out_of(part: int, whole: int) -> str:
    """Return "two of three" in words; of a single one there is only "the one".

    >>> out_of(2, 3), out_of(0, 3), out_of(1, 1), out_of(0, 1)
    ('two of three', 'none of three', 'the one', 'the one')
    """
    if whole == 1:
        return "the one"
    first = "none" if part == 0 else number_word(part)
    return f"{first} of {number_word(whole)}"


def unless_only_one_failed(part: int, whole: int, yes: str, no: str) -> str:
    """Return the verb that goes with ``out_of``: the negative where the only one failed."""
    return no if (part, whole) == (0, 1) else yes


def plural(count: float | None, one: str, many: str) -> str:
    """Return the word for a count."""
    return one if count == 1 else many


def listed(words: tuple[str, ...] | list[str], last: str = "or") -> str:
    """Return words as a list to read aloud.

    >>> listed(["sham", "usual care", "no treatment"])
    'sham, usual care or no treatment'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def agreeing(subject: str, singular: str, plural_form: str) -> str:
    """Return the verb that agrees with a subject such as "one to five sessions of acupuncture".

    >>> agreeing("acupuncture", "reduces", "reduce"), agreeing("five sessions of it", "is", "are")
    ('reduces', 'are')
    """
    head = subject.split(" of ")[0]
    return plural_form if PLURAL.search(head) else singular


def capitalised(text: str) -> str:
    """Return a text with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


@dataclass(slots=True)
class Draft:
    """Cells of a sentence that is being written."""

    cells: list[Cell] = field(default_factory=list)

    def bind(
        self, value: float, printed: str, table: str, row_id: str, column: str, name: str = ""
    ) -> str:
        """Keep where a printed number stands, and return it as printed."""
        taken = {cell.placeholder for cell in self.cells}
        base = name or column
        placeholder, count = base, 2
        while placeholder in taken:
            placeholder, count = f"{base}_{count}", count + 1
        self.cells.append(Cell(placeholder, table, row_id, column, value, printed))
        return printed

    def quote(self, text: str, table: str, row_id: str, column: str) -> str:
        """Return words of another table; a digit in them ("SF-36") is a cell of that table."""
        for match in NUMBER.finditer(text):
            number = float(match.group().replace(",", ""))
            value = int(number) if number.is_integer() else number
            self.bind(value, match.group(), table, row_id, column, f"{column}_text")
        return text

    def sentence(self, text: str) -> Sentence:
        """Return the finished sentence with its cells."""
        return Sentence(text, tuple(self.cells))


def unbound_digits(sentence: Sentence) -> list[str]:
    """Return every number in a sentence that none of its cells accounts for."""
    bound = Counter(match for cell in sentence.cells for match in NUMBER.findall(cell.printed))
    loose = []
    for match in NUMBER.findall(sentence.text):
        text = match.rstrip(",")
        if bound[text] > 0:
            bound[text] -= 1
        else:
            loose.append(text)
    return loose


def forbidden_words(text: str) -> list[str]:
    """Return the words of a generated text that section 11 forbids."""
    rest = text.replace(MECHANISM_CLOSING, "")
    found = [re.findall(pattern, rest, flags=re.IGNORECASE) for pattern in FORBIDDEN]
    return [word for words in found for word in words]
