"""Names of reports in one spelling: DOIs, titles, authors and registration numbers.

Only what can be told from the text itself; nothing is looked up.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["clean_doi", "find_registry_ids", "name_key", "registry_of", "title_key"]

_DOI = re.compile(r"(10\.\d{4,9}/\S+)", re.IGNORECASE)
_DOI_END = " .,;)]}>\"'"

#: How the numbers of each register look, as the registers and PubMed write them.
_REGISTERS: tuple[tuple[str, str], ...] = (
    ("ClinicalTrials.gov", r"NCT\s?\d{8}"),
    ("ISRCTN", r"ISRCTN\s?\d{8}"),
    ("ChiCTR", r"ChiCTR(?:-[A-Z]{2,4})?-?\d{8,10}"),
    ("KCT", r"KCT\d{7}"),
    ("ANZCTR", r"ACTRN\s?\d{14}"),
    ("DRKS", r"DRKS\s?\d{8}"),
    ("UMIN", r"UMIN\s?\d{9}"),
    ("jRCT", r"jRCTs?\d{9,10}"),
    ("IRCT", r"IRCT\d{8,20}N\d{1,3}"),
    ("EUCTR", r"(?:EUCTR\s?|EudraCT:?\s?)\d{4}-\d{6}-\d{2}"),
    ("CTRI", r"CTRI/\d{4}/\d{2,3}/\d{6}"),
    ("ReBec", r"RBR-[0-9a-z]{6,8}"),
    ("PACTR", r"PACTR\d{15}"),
    ("TCTR", r"TCTR\d{11}"),
    ("NTR", r"NTR\s?\d{2,5}"),
    ("PROSPERO", r"CRD\s?\d{11}"),
)
_ANY_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?:" + "|".join(pattern for _, pattern in _REGISTERS) + r")(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_EACH = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _REGISTERS)


def clean_doi(text: str | None) -> str | None:
    """Return a DOI in lower case without resolver, prefix or closing punctuation.

    DOIs are case-insensitive (DOI Handbook, section 2.4).

    >>> clean_doi("https://doi.org/10.1000/ABC.1.")
    '10.1000/abc.1'
    """
    found = _DOI.search(text or "")
    return found[1].rstrip(_DOI_END).lower() if found else None


def title_key(text: str | None) -> str | None:
    """Return a title as bare words: no case, accents, brackets or punctuation.

    >>> title_key("[Néedles & rest: a trial].") == title_key("Needles and Rest, a trial")
    True
    """
    words = _bare(text.replace("&", " and ") if text else text).split()
    return " ".join(words) or None


def name_key(text: str | None) -> str | None:
    """Return a family name as bare letters; initials after a comma are left out.

    >>> name_key("Müller-Schmidt, A B")
    'mullerschmidt'
    """
    return _bare((text or "").split(",")[0]).replace(" ", "") or None


def registry_of(number: str) -> str | None:
    """Return the register that a number is of, None if it is of none that is known."""
    stripped = number.strip()
    return next((name for name, pattern in _EACH if pattern.fullmatch(stripped)), None)


def find_registry_ids(text: str | None) -> list[str]:
    """Return the registration numbers in a text in one spelling, each once, as they come.

    >>> find_registry_ids("Registered: nct 01234567, ISRCTN 12345678 (NCT01234567).")
    ['NCT01234567', 'ISRCTN12345678']
    """
    found = (_one_spelling(match[0]) for match in _ANY_NUMBER.finditer(text or ""))
    return list(dict.fromkeys(found))


def _one_spelling(number: str) -> str:
    register = registry_of(number)
    bare = re.sub(r"\s", "", number)
    if register == "EUCTR":
        return "EUCTR" + re.sub(r"^[^\d]*", "", bare)
    for prefix in ("ChiCTR", "jRCTs", "jRCT", "RBR-"):
        if bare.lower().startswith(prefix.lower()):
            rest = bare[len(prefix) :]
            return prefix + (rest.lower() if prefix == "RBR-" else rest.upper())
    return bare.upper()


def _bare(text: str | None) -> str:
    letters = text or ""
    if not letters.isascii():
        decomposed = unicodedata.normalize("NFKD", letters)
        letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", letters.casefold()).strip()
