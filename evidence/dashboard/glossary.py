"""What the words of the method mean: one list for the pages, docs/glossary.md and both tests.

On a page a word of the method is a small button: hovering shows what it means, a click, a tap or
Enter opens it, Escape closes it. The explanations themselves stand once a page, hidden, beside
the style sheet. Nothing here knows a snapshot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape

__all__ = [
    "TERMS",
    "Term",
    "as_markdown",
    "definitions_html",
    "explained",
    "help_on",
    "meaning",
    "term",
]

_LETTERS = str.maketrans({"²": "2", "τ": "tau", "κ": "kappa"})
E, N, J, F, R = ("What is compared", "Numbers", "Judging", "Finding and keeping", "Reading by machine")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the method."""

    word: str
    group: str
    meaning: str
    forms: tuple[str, ...] = ()
    """Other spellings that stand for it on a page."""

    @property
    def anchor(self) -> str:
        """Return the id of its explanation on a page."""
        plain = self.word.lower().translate(_LETTERS)
        return "word-" + re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


TERMS = (
    Term("claim", E, "A checkable statement of the document, with its place in it.", ("claims",)),
    Term("strength", E, "How much the claim's own words assert, 1 (may help) to 4 (cures). It says nothing of the evidence."),
    Term("study", E, "The investigation itself. It counts once, however many reports, rows or topics it has."),
    Term("report", E, "A document about a study: an article, a preprint, a register entry. One study may have many."),
    Term("stratum", E, "One comparator, one outcome, one time window: what may be taken together.", ("strata",)),
    Term("eligible", E, "Meets every rule for this question: people, design, population, intervention, comparator, outcome, a reported result, not retracted."),
    Term("sham", E, "Something that looks like the treatment and leaves out what is thought to work: it answers for the treatment itself."),
    Term("usual care", E, "Routine care, alone in one group and with the treatment in the other: it answers for the whole visit, expectation included."),
    Term("no treatment", E, "Nothing, or a waiting list: like usual care, it answers for the whole visit."),
    Term("add-on", E, "The treatment together with another one, against that other one alone. Shown; it decides nothing.", ("added to another",)),
    Term("other treatment", E, "Another active treatment as comparator. Shown; it decides nothing.", ("another treatment",)),
    Term("dose or style", E, "The same treatment in another amount or manner. Shown; it decides nothing."),
    Term("decision window", E, "From the end of treatment to 3 months after it; a claim that names no time is decided there."),
    Term("time window", E, "When results were measured, counted from the last session: within a week, to 3 months, to 12 months, or later."),
    Term("approximate window", E, "When people were measured had to be estimated, so the time window may be another one."),
    Term("index review", E, "The systematic review with the latest search that fits the claim; later trials stand beside it."),
    Term("other review", E, "A review of the same question that is listed beside and never counted."),
    Term("mechanism level", E, "M4: people, controlled, and blocking it changes the outcome. M3: people, controlled. M2: uncontrolled or animals. M1: proposed. M0: contradicted.", ("level M4", "level M3", "level M2", "level M1", "level M0")),
    Term("estimate", N, "The best single figure for an effect; turned so that more than 0 is favourable."),
    Term("95% interval", N, "Confidence interval: the range of true effects that fit the data well.", ("95 % interval", "confidence interval")),
    Term("prediction interval", N, "Where the true effect of the next, similar study would be expected, in 95 of 100 cases. Wider than the confidence interval when studies differ."),
    Term("MID", N, "Minimal important difference: the least difference between groups that matters.", ("least difference that matters", "Least that matters")),
    Term("depends on the threshold", N, "With a least important difference one and a half times as large, the verdict would be another."),
    Term("points of 100", N, "A scale whose ends are known, rescaled to 0 to 100."),
    Term("SMD", N, "Standardised mean difference: the difference in standard deviations.", ("standardised mean difference", "standardised differences")),
    Term("k", N, "Number of studies, each counted once."),
    Term("I²", N, "Share of the spread between studies that is not chance, in per cent."),
    Term("τ", N, "Standard deviation of the true effects between studies.", ("τ²",)),
    Term("pooled", N, "Joined into one estimate by our own meta-analysis; only numbers that people entered or confirmed."),
    Term("random effects", N, "Pooling that lets the true effect differ from study to study."),
    Term("REML", N, "Restricted maximum likelihood: how the spread between studies is estimated."),
    Term("Hartung–Knapp", N, "An interval that takes into account how few studies there are; the modified one is never narrower than the plain interval's factor of 1.", ("modified HK", "Hartung-Knapp")),
    Term("few studies", N, "Two to four: the interval is held within the range of the studies' own intervals where it would be wider."),
    Term("single study", N, "One study carries it alone; certainty is never above Moderate."),
    Term("leave-one-out", N, "The pooled estimate again, each time without one study: does it rest on a single one?", ("leave one out",)),
    Term("weight", N, "How much of the pooled estimate a study carries, in per cent.", ("weights",)),
    Term("direction", N, "The side on which a number lies, whatever its p-value. “No clear difference” in words is “not reported”, never “no effect”.", ("directions",)),
    Term("direction not reported", N, "The study measured it and prints neither number nor direction. Never hidden, never counted as no effect."),
    Term("its own test", N, "What the source's own statistical test said; it never overrides a number.", ("own test",)),
    Term("count of directions", N, "How many studies point each way, where sizes are not reported. It says nothing of size and is capped at Low."),
    Term("Wald interval", N, "The plain normal interval; it takes the spread between studies as if it were known, so it is narrow where studies are few.", ("Normal (Wald) interval",)),
    Term("Cochran's Q", N, "How far studies lie from the pooled estimate, each by its weight; large where they differ by more than chance."),
    Term("Wilson interval", N, "A 95 % interval for a share that holds where studies are few.", ("Wilson",)),
    Term("sign test", N, "How often chance alone would point so many studies to one side, if both sides were as likely."),
    Term("Egger p", N, "Test for missing small negative studies, used from 10 studies on.", ("Egger", "Egger's test")),
    Term("trim and fill", N, "The estimate again after adding the small studies that seem to be missing."),
    Term("overlap", N, "How many trials the reviews share: corrected covered area (CCA), 0 none, 100 % all the same.", ("CCA",)),
    Term("certainty", J, "How sure we can be that the true effect is near the estimate: high, moderate, low or very low, after GRADE. An automated estimate until two people have signed."),
    Term("rated", J, "What the rules give. What is shown stays at most Low until two people have signed."),
    Term("risk of bias", J, "Whether the way a study was done could have shifted its result."),
    Term("not assessed", J, "Nobody has judged it as far as we know; never taken for low."),
    Term("inconsistency", J, "Results that should agree differ by more than chance: certainty is lowered."),
    Term("indirectness", J, "The studies answer a neighbouring question: other people, treatment or time."),
    Term("imprecision", J, "The interval leaves open whether the effect matters, or too few people were studied."),
    Term("reporting bias", J, "Signs that results were kept back: silent trials, or small studies that all favour one side."),
    Term("needed people", J, "Optimal information size: the people that one trial of its own would need to show the least difference that matters.", ("information size",)),
    Term("finding", J, "What one stratum says before the claim's words are looked at: large, important, small, trivial, none, harm, mixed, unknown, direction only or absent."),
    Term("verdict", J, "The answer to the claim by fixed rules, with its reasons and the results it rests on.", ("verdicts",)),
    Term("provisional", J, "Fewer than two people have signed this verdict."),
    Term("reviewed", J, "Two people have signed this very verdict."),
    Term("κ", J, "Cohen's kappa: agreement of two people beyond chance; 1 is always, 0 is no better than chance."),
    Term("AC1", J, "Gwet's agreement beyond chance; steadier than κ where nearly all answers are of one kind."),
    Term("AMSTAR 2", J, "A checklist of how well a systematic review was made."),
    Term("STRICTA", J, "The 17 items that a report of an acupuncture trial should give about the treatment."),
    Term("last complete search", F, "The last time every query was asked and every record that PubMed counted was fetched."),
    Term("flag", F, "Something to know beside a verdict, such as a single study or an old search; it changes no verdict.", ("flags",)),
    Term("old search", F, "The index review searched more than five years ago."),
    Term("outdated", F, "Trials since the index review hold a quarter or more of its people."),
    Term("reviews disagree", F, "Two recent reviews of the question differ; both are shown and the lower certainty holds."),
    Term("retraction touched", F, "A retracted or doubted report is among what the verdict rests on."),
    Term("retracted", F, "Withdrawn by its journal: it counts for nothing any more.", ("retraction",)),
    Term("expression of concern", F, "The journal doubts a report and has not withdrawn it."),
    Term("translation", F, "What PubMed made of the query's words; kept with every search."),
    Term("slices", F, "PubMed hands out at most 9,999 records a question, so long answers are asked by parts of time."),
    Term("PRISMA", F, "The standard way to show how many records were found, left out and kept."),
    Term("data set", F, "All tables of one state, written once and never changed; named by time and content.", ("data sets",)),
    Term("protocol", F, "The one file that holds every number of the method; its version stands beside every verdict."),
    Term("curated", R, "Entered from the source by a person, with the place where it stands."),
    Term("machine-read", R, "Read from an abstract by the program; never pooled before a person has confirmed it."),
    Term("confirmed", R, "Read by the program, then confirmed by a person."),
    Term("coverage", R, "Share of cases in which the reader was sure enough to answer."),
    Term("calibration error", R, "How far stated probabilities are from how often they are right; 0 is perfect.", ("expected calibration error",)),
    Term("F1", R, "One figure for precision and sensitivity together; 1 is perfect.", ("macro F1",)),
    Term("sensitivity", R, "Share of true cases that are found."),
    Term("specificity", R, "Share of other cases that are rightly left out."),
    Term("precision", R, "Share of found cases that are true ones."),
)  # fmt: skip
"""Every word of the method that pages use, in the order of the page on methods."""


@cache
def _by_form() -> dict[str, Term]:
    """Return each term by every spelling of it, in lower case."""
    return {form.lower(): t for t in TERMS for form in (t.word, *t.forms)}


@cache
def _pattern() -> re.Pattern[str]:
    """Return what finds a term in text: the longest first, whole words only."""
    # One letter or "study" in running text is a word like any other; a guideline has a strength too.
    plain = {"k", "study", "report", "claim", "claims", "verdict", "verdicts", "translation",
             "overlap", "precision", "coverage", "direction", "directions", "protocol",
             "strength", "estimate", "weight", "weights", "finding", "flag", "flags"}  # fmt: skip
    forms = sorted((f for f in _by_form() if f not in plain), key=len, reverse=True)
    return re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, forms)) + r")(?![\w-])", re.I)


def meaning(word: str) -> str:
    """Return what a word of the method means, in plain text."""
    return _by_form()[word.lower()].meaning


def help_on(word: str | None) -> str | None:
    """Return what stands behind the question mark of a filter; None for a word of everyday use.

    >>> help_on("MID")
    'MID: Minimal important difference: the least difference between groups that matters.'
    """
    return None if word is None else f"{word}: {meaning(word)}"


def _button(found: Term, shown: str) -> str:
    """Return the button that opens an explanation; ``shown`` is HTML."""
    return (
        f'<button type="button" class="term" popovertarget="{found.anchor}" '
        f'title="{escape(found.meaning)}">{shown}</button>'
    )


def term(word: str, shown: str | None = None) -> str:
    """Return a word of the method as HTML that explains itself on hover, click, tap and Enter."""
    return _button(_by_form()[word.lower()], escape(shown or word))


_TAG = re.compile(r"(<[^>]+>)")
_CLOSED = ("a", "button", "code", "summary", "h1", "h2", "h3")


@lru_cache(maxsize=2048)
def explained(html: str) -> str:
    """Return HTML in which the first mention of each word of the method explains itself.

    Words in links, buttons, code and headings stay as they are.

    >>> explained("no size").count("button")
    0
    >>> explained("the SMD, an SMD").count("<button")
    1
    """
    out, depth, said = [], 0, set[str]()

    def replace(match: re.Match[str]) -> str:
        found = _by_form()[match[1].lower()]
        if found.word in said:
            return match[0]
        said.add(found.word)
        return _button(found, match[0])

    for part in _TAG.split(html):
        if part.startswith("<"):
            name = part.strip("</>").split(" ")[0]
            if name in _CLOSED:
                depth += -1 if part.startswith("</") else 1
            out.append(part)
        else:
            out.append(part if depth else _pattern().sub(replace, part))
    return "".join(out)


@cache
def definitions_html() -> str:
    """Return every explanation, hidden until its word is asked for; once a page."""
    shown = "".join(
        f'<span popover id="{t.anchor}" class="meaning"><b>{escape(t.word)}</b> {escape(t.meaning)}</span>'
        for t in TERMS
    )
    return f'<span class="h">{shown}</span>'


def as_markdown() -> str:
    """Return the words and their meanings as they stand in docs/glossary.md."""
    lines = []
    for group in dict.fromkeys(t.group for t in TERMS):
        lines += [f"### {group}", "", "| word | meaning |", "|---|---|"]
        lines += [f"| {t.word} | {t.meaning} |" for t in TERMS if t.group == group]
        lines.append("")
    return "\n".join(lines)
