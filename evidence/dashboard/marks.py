"""Small pieces of HTML: a verdict with its symbol, a certainty, an age, a link.

Everything that comes from outside (documents, PubMed, file names) is escaped here or by the
caller before it reaches ``st.html``. A colour never stands without its word and its shape.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import escape

from evidence.charts.figures import Cell, is_missing
from evidence.charts.palette import RISK_LETTER, VERDICT_LOOK
from evidence.vocabulary import Certainty, RiskOfBias, VerdictWord

__all__ = [
    "MEANS",
    "age",
    "certainty",
    "day",
    "days_old",
    "link",
    "prose",
    "record_link",
    "risk",
    "symbol",
    "text",
    "verdict",
]

MEANS = {
    VerdictWord.SUPPORTED: "The wording is no stronger than what was found.",
    VerdictWord.SUPPORTED_WITH_LIMITS: (
        "It holds only against some comparator, in some people, for some time, or not yet reviewed."
    ),
    VerdictWord.OVERSTATED: "Something was found, but less than the words assert.",
    VerdictWord.UNDERSTATED: "The number found is higher than the number claimed.",
    VerdictWord.CONTRADICTED: "The evidence points to no important effect, or the other way.",
    VerdictWord.CONFLICTING: "Results that should agree point in different directions.",
    VerdictWord.INSUFFICIENT: "Studies exist, but too few or too uncertain to decide.",
    VerdictWord.NO_ELIGIBLE: "No study met the rules. That is a gap, not “no effect”.",
    VerdictWord.NOT_TESTABLE: "No study could answer it; left out of every count.",
}


def text(value: Cell, missing: str = "") -> str:
    """Return a cell of a table as escaped text; missing cells as the words given."""
    return escape(missing) if is_missing(value) else escape(str(value))


def prose(value: Cell) -> str:
    """Return a sentence as HTML in which no line breaks between a number and its per cent sign."""
    return text(value).replace(" %", "\N{NO-BREAK SPACE}%")


def symbol(word: VerdictWord | str, size: int = 18) -> str:
    """Return the symbol of a verdict; its word always stands beside it."""
    slug = VERDICT_LOOK[VerdictWord(word)].slug
    return f'<i class="vs vs-{slug}" style="width:{size}px;height:{size}px" aria-hidden="true"></i>'


def verdict(word: VerdictWord | str, size: int = 18) -> str:
    """Return a verdict: symbol and word, in its ink."""
    look = VERDICT_LOOK[VerdictWord(word)]
    return (
        f'<span class="verdict w-{look.slug}">{symbol(word, size)}<b>{escape(str(word))}</b></span>'
    )


def certainty(word: Cell, size: int = 14) -> str:
    """Return a certainty: four circles, a plus in each earned one, and the word."""
    if is_missing(word):
        return '<span class="cert"><span class="q">not rated</span></span>'
    level = Certainty(word).level
    return (
        f'<span class="cert"><i class="ct ct{level}" style="width:{size * 4.3:.0f}px;'
        f'height:{size}px" aria-hidden="true"></i><b>{escape(str(word))}</b>'
        f'<span class="vw">certainty, {level} of 4</span></span>'
    )


_RISK_CLASS = {
    RiskOfBias.LOW: "low",
    RiskOfBias.SOME_CONCERNS: "some",
    RiskOfBias.HIGH: "high",
    RiskOfBias.NOT_ASSESSED: "na",
}


def risk(word: Cell) -> str:
    """Return a risk-of-bias judgement: letter in a disc, and the word."""
    value = RiskOfBias.NOT_ASSESSED if is_missing(word) else RiskOfBias(word)
    return (
        f'<span style="white-space:nowrap"><i class="rob rob-{_RISK_CLASS[value]}" aria-hidden="true">'
        f'<span style="font-style:normal">{RISK_LETTER[value]}</span></i>{escape(str(value))}</span>'
    )


def days_old(iso: Cell, today: date | None = None) -> int | None:
    """Return how many days ago an ISO date was; None where it is none."""
    if is_missing(iso):
        return None
    try:
        then = date.fromisoformat(str(iso)[:10])
    except ValueError:
        return None
    return ((today or datetime.now(UTC).date()) - then).days


def day(iso: Cell, missing: str = "date not known") -> str:
    """Return an ISO date as people write it: 1 November 2026.

    >>> day("2026-11-01")
    '1 November 2026'
    """
    if is_missing(iso):
        return missing
    try:
        value = date.fromisoformat(str(iso)[:10])
    except ValueError:
        return str(iso)
    return f"{value.day} {value:%B %Y}"


def age(iso: Cell, *, yellow: int = 90, red: int = 180, brief: bool = False) -> str:
    """Return the age of a search: shape and word first, colour last."""
    days = days_old(iso)
    if days is None:
        said = "no search yet" if brief else "no systematic search yet"
        return f'<span class="age age-n"><i aria-hidden="true"></i>{said}</span>'
    level, word = (
        (0, "current") if days < yellow else (1, "ageing") if days < red else (2, "out of date")
    )
    since = "today" if days == 0 else f"{days} day{'s' if days != 1 else ''} ago"
    said = f"searched {since}" if brief and level == 0 else f"searched {since}, {word}"
    return f'<span class="age age-{level}"><i aria-hidden="true"></i><span>{said}</span></span>'


def link(url: Cell, shown: str) -> str:
    """Return a link to another site; an address that is no web address is shown as text."""
    if is_missing(url) or not str(url).startswith(("https://", "http://")):
        return f'<span class="q">{text(url)}</span>' if not is_missing(url) else ""
    return (
        f'<a href="{escape(str(url), quote=True)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(shown)}</a>"
    )


def record_link(pmid: Cell, doi: Cell, url: Cell) -> str:
    """Return the best link to a study: PubMed, DOI, another address, or that none is known."""
    if not is_missing(pmid):
        return link(f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", f"PubMed {pmid}")
    if not is_missing(doi):
        return link(f"https://doi.org/{doi}", f"doi {doi}")
    if not is_missing(url):
        return link(url, "source")
    return '<span class="q">no link known</span>'
