"""What a printed page of a claim says, as plain values: HTML and PDF print the same.

Cells are chosen, joined and put into words; nothing is judged here. Every text is as the tables
hold it, and whoever prints it must escape it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.export.contents import Contents
from evidence.export.report_pictures import (
    DECISION,
    Picture,
    forest_of,
    said,
    stratum_words,
    strip_of,
)
from evidence.vocabulary import (
    CertaintyDomain,
    ComparatorClass,
    Direction,
    EffectMeasure,
    ReviewState,
)

__all__ = ["ClaimPage", "Report", "StudyLine", "citation", "read_report"]

NOT_ADVICE = (
    "This is not medical advice. A verdict says how the words of a claim stand beside the evidence "
    "found; it does not say what is right for one person."
)
PRINTED = ("result_id", "measure", "estimate", "ci_low", "ci_high", "reported_test")
CAP_CODE = re.compile(r"\bcap-[a-z-]+: ")
LINKS = ("http://", "https://")
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One study in the table of a claim."""

    label: str
    design: str
    people: str
    compared_with: str
    result: str
    risk_of_bias: str
    source: str
    link: str | None


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One claim as it is printed."""

    claim_id: str
    label: str
    quote: str
    statement: str
    document_title: str
    document_link: str | None
    kind: str
    verdict: str
    sentence: str
    certainty: str | None
    certainty_rows: tuple[tuple[str, str, str], ...]
    """Domain, rating and reason."""
    certainty_of: str | None
    asserted: tuple[tuple[str, str, str, str], ...]
    """Element, asserted, found and match."""
    strip: Picture | None
    forest: Picture | None
    studies: tuple[StudyLine, ...]
    why: tuple[str, ...]
    would_change: tuple[str, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All claims of an export, and what is true of every page."""

    title: str
    version: str
    as_of: str
    built_at: str
    limits: tuple[str, ...]
    claims: tuple[ClaimPage, ...]
    citation: str


def citation(about: Mapping[str, Any], document: str | None = None) -> str:
    """Return how a snapshot is cited."""
    of = f" Claims of “{document}”." if document else ""
    return (
        f"Evidence tracker {about.get('program_version', '')}.{of} Evidence as of {about['as_of']}, "
        f"protocol {about.get('protocol_version', '')}, snapshot {about['snapshot_id']}."
    )


def read_report(contents: Contents) -> Report:
    """Return the report of all claims that an export is about."""
    tables = {name: contents.rows(name) for name in TABLES}
    about = contents.about
    claims = tables["claims"].sort_values(["label", "claim_id"], na_position="last")
    verdicts = {row["claim_id"]: row for row in tables["claim_verdicts"].to_dict("records")}
    pages = tuple(
        _page(claim, verdicts[claim["claim_id"]], tables)
        for claim in claims.to_dict("records")
        if claim["claim_id"] in verdicts
    )
    titles = sorted({page.document_title for page in pages})
    return Report(
        title="What the claims say and what the evidence carries",
        version=contents.version,
        as_of=str(about["as_of"]),
        built_at=str(about["written_at"]),
        limits=tuple(_search_limits(about)),
        claims=pages,
        citation=citation(about, titles[0] if len(titles) == 1 else None),
    )


TABLES = (
    "claims",
    "claim_verdicts",
    "syntheses",
    "stratum_members",
    "certainty",
    "studies",
    "study_results",
    "asserted_found",
    "verdict_reasons",
)


def _search_limits(about: Mapping[str, Any]) -> Iterable[str]:
    """Yield what is true of every page: how it was searched, and what was not."""
    search = about.get("last_complete_search")
    words = about.get("search_words")
    if search:
        yield f"Last complete search: {search}."
    elif words:
        yield f"{str(words)[:1].upper()}{str(words)[1:]}."
    missing = about.get("databases_not_searched") or ()
    if missing:
        yield f"Not searched: {', '.join(map(str, missing))}."
    yield "Absence of a study here is not evidence of absence."


def _page(claim: Row, verdict: Row, tables: Mapping[str, pd.DataFrame]) -> ClaimPage:
    """Return one claim as it is printed."""
    claim_id = str(claim["claim_id"])
    strata = _of(tables["syntheses"], "question_id", claim["question_id"])
    main = _main(strata, verdict)
    rows = _of(tables["certainty"], "stratum_id", None if main is None else main["stratum_id"])
    reasons = _of(tables["verdict_reasons"], "claim_id", claim_id).sort_values("position")
    found = _of(tables["asserted_found"], "claim_id", claim_id).sort_values("position")
    studies = _studies(strata, verdict, tables)
    return ClaimPage(
        claim_id=claim_id,
        label=said(claim["label"]),
        quote=said(claim["quote"]),
        statement=said(claim["statement"]),
        document_title=said(verdict["document_title"]),
        document_link=link(verdict["url"]),
        kind=said(claim["kind"]),
        verdict=said(verdict["verdict"]),
        sentence=said(verdict["verdict_sentence"]),
        certainty=said(verdict["certainty"]) or None,
        certainty_rows=tuple(_certainty(rows)),
        certainty_of=None if main is None else stratum_words(main),
        asserted=tuple(
            (said(r["element"]), said(r["asserted"]), said(r["found"]), said(r["match"]))
            for r in found.to_dict("records")
        ),
        strip=strip_of(strata, main),
        forest=forest_of(main, tables["stratum_members"]),
        studies=studies,
        why=tuple(reasons.loc[reasons["part"] == "rule", "text"]),
        would_change=tuple(reasons.loc[reasons["part"] == "change", "text"]),
        limits=tuple(_limits(claim, verdict)),
    )


def _of(frame: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    """Return the rows of one value."""
    return frame[frame[column] == value] if isinstance(value, str) else frame.iloc[0:0]


def link(value: object) -> str | None:
    """Return an address that may be followed: http or https only.

    >>> link("javascript:alert(1)")
    """
    text = said(value).strip()
    return text if text.lower().startswith(LINKS) else None


def _main(strata: pd.DataFrame, verdict: Row) -> Row | None:
    """Return the stratum that decides, else the only one that is listed."""
    rows = _of(strata, "stratum_id", verdict["main_stratum_id"]).to_dict("records")
    if rows:
        return rows[0]
    listed = strata[strata["time_window"] == DECISION].to_dict("records")
    return listed[0] if len(listed) == 1 else None


def _certainty(rows: pd.DataFrame) -> Iterable[tuple[str, str, str]]:
    """Yield the domains in GRADE's order, the overall rating last."""
    by_domain = {row["domain"]: row for row in rows.to_dict("records")}
    order = [domain for domain in CertaintyDomain if domain is not CertaintyDomain.OVERALL]
    for domain in [*order, CertaintyDomain.OVERALL]:
        row = by_domain.get(str(domain))
        if row is not None:
            reason = CAP_CODE.sub("", said(row["reason"]))
            yield str(domain).replace("_", " "), said(row["rating"]), reason


def _studies(
    strata: pd.DataFrame, verdict: Row, tables: Mapping[str, pd.DataFrame]
) -> tuple[StudyLine, ...]:
    """Return a line a study and stratum on which the verdict rests."""
    named = verdict["stratum_ids"] if isinstance(verdict["stratum_ids"], list) else []
    deciding = strata[strata["decides"].fillna(value=False).astype("bool")]["stratum_id"]
    wanted = list(named) or list(deciding)
    members = tables["stratum_members"]
    members = members[members["stratum_id"].isin(wanted)]
    comparators = strata.set_index("stratum_id")["comparator_class"]
    studies = tables["studies"].set_index("study_id")
    printed = tables["study_results"][list(PRINTED)].to_dict("records")
    results = {row["result_id"]: row for row in printed}
    rank = {stratum: position for position, stratum in enumerate(wanted)}
    ordered = members.assign(rank=members["stratum_id"].map(rank)).sort_values(
        ["rank", "label", "result_id"], kind="stable"
    )
    return tuple(
        _study(row, studies.loc[row["study_id"]], results, said(comparators.get(row["stratum_id"])))
        for row in ordered.to_dict("records")
        if row["study_id"] in studies.index
    )


def _study(
    row: Row, study: pd.Series[Any], results: Mapping[Any, Row], comparator: str
) -> StudyLine:
    """Return one study's line."""
    pmid, doi = said(study["pmid"]), said(study["doi"])
    source = f"PMID {pmid}" if pmid else f"doi:{doi}" if doi else ""
    address = (
        f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
        if pmid.isdigit()
        else f"https://doi.org/{doi}"
        if doi
        else link(study["url"])
    )
    return StudyLine(
        label=said(row["label"]) or said(row["study_id"]),
        design=said(study["design"]),
        people=figures.count(row["n_participants"], "not known"),
        compared_with="" if comparator == str(ComparatorClass.NONE) else comparator,
        result=_result(row, results),
        risk_of_bias=said(row["risk_of_bias"]) or "not assessed",
        source=source or ("link" if address else "no link known"),
        link=address,
    )


def _result(row: Row, results: Mapping[Any, Row]) -> str:
    """Return a result in words: on its unit, else as printed, else its own test or its side."""
    places = figures.decimals(said(row["unit"]))
    effect = figures.effect(row["effect"], row["ci_low"], row["ci_high"], places)
    if effect:
        return f"{effect} {said(row['unit'])}".strip()
    printed = results.get(row["result_id"])
    if printed is not None and not figures.is_missing(printed["estimate"]):
        limits = figures.interval(printed["ci_low"], printed["ci_high"], 2)
        point = _with_measure(said(printed["measure"]), figures.plain(printed["estimate"]))
        return f"{point} ({limits})" if limits else point
    test = "" if printed is None else said(printed["reported_test"])
    if test:
        return f"{test} (its own test)"
    direction = said(row["direction"])
    return "exactly no difference" if direction == Direction.NULL else direction or "not reported"


def _with_measure(measure: str, estimate: str) -> str:
    """Return a printed number with what it is: a share in per cent, else the measure's name."""
    return f"{estimate} %" if measure == EffectMeasure.PROP else f"{measure} {estimate}".strip()


def _limits(claim: Row, verdict: Row) -> Iterable[str]:
    """Yield what limits the verdict on one claim."""
    if verdict["review_state"] == str(ReviewState.REVIEWED):
        people = f"{said(verdict['reviewer_1'])} and {said(verdict['reviewer_2'])}"
        yield f"Reviewed by {people}, {said(verdict['reviewed_at'])}."
    else:
        yield "Provisional: not yet reviewed by two people."
    if said(claim["why_untestable"]):
        yield f"Why it cannot be tested: {said(claim['why_untestable'])}"
    if said(verdict["certainty_cap_reason"]):
        yield f"Certainty: {said(verdict['certainty_cap_reason'])}."
    rated, shown = said(verdict["certainty_rated"]), said(verdict["certainty"])
    if rated and rated != shown:
        yield f"Certainty by the rules alone: {rated}; shown until two people have signed: {shown}."
    if said(verdict["failed_element"]):
        yield f"Falls short first on: {said(verdict['failed_element'])}."
    silent = verdict["n_direction_not_reported"]
    if not figures.is_missing(silent) and int(silent) > 0:
        yield f"Eligible studies that report no direction: {int(silent)}."
    if not figures.is_missing(verdict["mid_used"]):
        mid, unit = figures.plain(verdict["mid_used"]), said(verdict["effect_unit"])
        yield f"Least difference that matters: {mid} {unit}."
    flags: Sequence[str] = verdict["flags"] if isinstance(verdict["flags"], list) else ()
    if flags:
        yield f"Flags: {', '.join(flags)}."
