"""Where a quote stands in a text, word for word; and what nearly stands there when it does not.

A quote is exact or it is a fault: nothing is repaired in silence. Near misses (curly quotes,
white space, hyphens, case, Unicode composition) are named, with the words that would be right.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from evidence.claims.documents import Document

MIN_LIKENESS = 0.6
MAX_SHOWN = 160
MAX_COMPARED = 2_000

_MARKS = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‘": "'",
        "’": "'",
        "‚": "'",
        "´": "'",
        "`": "'",
    }
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_INVISIBLE = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def _fold_hyphenation(text: str) -> str:
    """Join a word that was broken over two lines, and drop soft hyphens."""
    return re.sub(r"(?<=\w)-\s*[\r\n]+\s*(?=\w)", "", text.translate(_INVISIBLE))


_FOLDS: dict[str, Callable[[str], str]] = {
    "hyphenation": _fold_hyphenation,
    "Unicode composition": lambda text: unicodedata.normalize("NFC", text),
    "quotation marks": lambda text: text.translate(_MARKS),
    "dashes": lambda text: text.translate(_DASHES),
    "white space": lambda text: " ".join(text.split()),
    "capital letters": str.lower,
}


@dataclass(frozen=True, slots=True)
class Located:
    """Where a quote stands."""

    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class NotLocated:
    """Why a quote has no one place, and what would be right."""

    problem: str
    allowed: str | None = None
    field: str = "quote"


def find_quote(
    document: Document, quote: str, occurrence: int | None = None
) -> Located | NotLocated:
    """Return the place of a quote in a document.

    Parameters
    ----------
    document
        The document in which it should stand.
    quote
        The words, exactly as the document has them.
    occurrence
        Which of several places is meant, from 1; needed only where the quote stands repeatedly.
    """
    places = _places(document.text, quote)
    if not places:
        return _near_miss(document, quote)
    if occurrence is None and len(places) > 1:
        return NotLocated(
            f"stands {len(places)} times in {document.document_id}",
            f"a longer quote, or occurrence: 1 to {len(places)}",
        )
    index = (occurrence or 1) - 1
    if not 0 <= index < len(places):
        return NotLocated(
            f"occurrence {occurrence}, but the quote stands {_times(len(places))} in "
            f"{document.document_id}",
            f"1 to {len(places)}" if len(places) > 1 else "1",
            "occurrence",
        )
    return Located(places[index], places[index] + len(quote))


def _places(text: str, quote: str) -> list[int]:
    if not quote.strip():
        return []
    places: list[int] = []
    at = text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    return places


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _near_miss(document: Document, quote: str) -> NotLocated:
    start = f"is not in {document.document_id} word for word"
    if not quote.strip():
        return NotLocated("is empty")
    if span := _folded_span(document.text, quote):
        meant = document.text[span[0] : span[1]]
        return NotLocated(f"{start}: it differs in {_differences(meant, quote)}", repr(meant))
    if nearest := _nearest_sentence(document, quote):
        return NotLocated(f"{start}: {_short(quote)!r}", f"nearest sentence: {_short(nearest)!r}")
    return NotLocated(f"{start}: {_short(quote)!r}", "words of that document")


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _fold_all(text: str) -> str:
    for fold in _FOLDS.values():
        text = fold(text)
    return text


def _folded_span(text: str, quote: str) -> tuple[int, int] | None:
    """Find the span of the text that equals the quote once both are folded."""
    if len(quote) > MAX_COMPARED:
        return None
    words = _fold_all(quote).split()
    if not words:
        return None
    # Between any two characters a broken line may have put a hyphen; between words, any space.
    between = r"(?:\u00ad|[\u200b\u200c\u200d\u2060\ufeff]|-[^\S\r\n]*[\r\n]+\s*)?"
    parts = [between.join(_character_class(c) for c in word) for word in words]
    pattern = re.compile(r"[\s\u00ad\u200b\ufeff]+".join(parts), re.IGNORECASE)
    match = pattern.search(text)
    return match.span() if match else None


def _character_class(character: str) -> str:
    for table in (_MARKS, _DASHES):
        same = [chr(code) for code, to in table.items() if to == character]
        if same:
            return "[" + re.escape(character + "".join(same)) + "]"
    decomposed = unicodedata.normalize("NFD", character)
    if decomposed != character:
        return f"(?:{re.escape(character)}|{re.escape(decomposed)})"
    return re.escape(character)


def _differences(meant: str, quote: str) -> str:
    """Name the folds without which the two would not be equal."""
    names = []
    for left_out in _FOLDS:
        one, other = meant, quote
        for name, fold in _FOLDS.items():
            if name != left_out:
                one, other = fold(one), fold(other)
        if one != other:
            names.append(left_out)
    return " and ".join(names) or "its characters"


def _nearest_sentence(document: Document, quote: str) -> str | None:
    wanted = quote.lower()[:MAX_COMPARED]
    best, likeness = None, MIN_LIKENESS
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    for sentence in document.sentences:
        matcher.set_seq1(sentence.text.lower()[:MAX_COMPARED])
        if matcher.real_quick_ratio() < likeness or matcher.quick_ratio() < likeness:
            continue
        ratio = matcher.ratio()
        if ratio >= likeness:
            best, likeness = sentence.text, ratio
    return best
