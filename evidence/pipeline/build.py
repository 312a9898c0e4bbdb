"""Build a snapshot: curated facts, registry, protocol and what was fetched → every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from evidence.appraisal.curated import (
    curated_events,
    curated_results,
    curated_studies,
    with_scale_names,
)
from evidence.appraisal.panel import NO_READERS, Panel, Tally, load_readers
from evidence.appraisal.published_bias import add_overall, overall_by_study
from evidence.claims.eligibility import candidates
from evidence.claims.registry import Claim, Registry
from evidence.claims.registry_check import parse_registry
from evidence.claims.registry_tables import registry_tables
from evidence.judgements import Verdict
from evidence.pipeline import rows
from evidence.pipeline.abstract_signals import with_signals
from evidence.pipeline.claim_index import claim_index
from evidence.pipeline.confirmed import with_confirmed_values, with_dismissals
from evidence.pipeline.fetched import (
    Records,
    attach_studies,
    citations_table,
    read_records,
    record_changes,
    screening_table,
    studies_found,
)
from evidence.pipeline.flow import screening_boxes
from evidence.pipeline.funding import with_funding
from evidence.pipeline.judging import JudgedQuestion, Material, judge_question
from evidence.pipeline.machine_read import read_studies, with_machine_read
from evidence.pipeline.plugged import with_readers
from evidence.pipeline.questions import by_question, claim_question, questions_table
from evidence.pipeline.report_tables import pairs_table, reports_table
from evidence.pipeline.reports import MergedReports, merge_reports
from evidence.pipeline.result_index import result_index
from evidence.pipeline.retracted import retracted_from, retraction_table
from evidence.pipeline.reviewed import ReviewedVerdicts, review_verdicts, with_signatures
from evidence.pipeline.reviews import (
    inclusion_lists,
    matrix_table,
    overlap_table,
    reviews_holding_retracted,
    reviews_table,
)
from evidence.pipeline.summary import summary_table
from evidence.protocol import Protocol, parse_protocol
from evidence.refresh.fetched import Fetched
from evidence.settings import CHECKOUT, PROGRAM_VERSION, Settings
from evidence.store.automation import read_automation_register
from evidence.store.checkout import read_commit
from evidence.store.decisions import Event, read_events
from evidence.store.lock import hold_workspace
from evidence.store.readings import KeptReadings, hash_reader
from evidence.store.registry import read_registry_files, read_text_file
from evidence.store.snapshots import Snapshot, current_id, open_snapshot, write_snapshot
from evidence.store.starter import StarterData, read_starter
from evidence.synthesis.other_kinds import add_shares, complete_rates
from evidence.synthesis.strata import Context
from evidence.synthesis.study_effects import add_effects, is_comparison
from evidence.tables import conform, row_dicts, table
from evidence.verdict.untestable import decide_untestable
from evidence.vocabulary import Direction, RetractionStatus, ValueStatus

__all__ = ["BuildResult", "Inputs", "build", "kept_readings", "make_tables", "read_inputs"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a snapshot rests on."""

    registry: Registry
    protocol: Protocol
    starter: StarterData
    automation: pd.DataFrame
    events: Sequence[Event] = ()
    """People's decisions, oldest first."""
    fetched: Fetched | None = None
    """What refreshes have brought so far."""
    readers: Panel = NO_READERS
    """Readers of abstracts that this installation adds."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The snapshot that stands, and whether this run wrote it."""

    snapshot: Snapshot
    is_created: bool
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what ``build --json`` prints."""
        manifest = self.snapshot.manifest
        return {
            "snapshot_id": self.snapshot.snapshot_id,
            "parent_id": manifest.get("parent_id"),
            "tables": {name: entry["rows"] for name, entry in manifest["tables"].items()},
            "created": self.is_created,
        }


def read_inputs(settings: Settings, *, with_fetched: bool = True) -> Inputs:
    """Return all inputs, checked; every faulty one raises its own typed error.

    Parameters
    ----------
    with_fetched
        Whether to read what earlier refreshes brought, from the raw files on disk.
    """
    files = read_registry_files(settings.claims, settings.documents)
    registry = parse_registry(
        files.source,
        files.texts,
        name=files.name,
        lines=files.lines,
        unreadable=files.unreadable,
    )
    return Inputs(
        registry=registry,
        protocol=parse_protocol(read_text_file(settings.protocol)),
        starter=read_starter(settings.starter),
        automation=read_automation_register(settings.models),
        events=read_events(settings.database_url),
        fetched=_fetched_before(settings) if with_fetched else None,
        readers=load_readers(),
    )


def _fetched_before(settings: Settings) -> Fetched | None:
    """Return what the runs behind the current snapshot brought, None where there was none."""
    if current_id(settings.workspace) is None:
        return None
    from evidence.refresh import load_fetched

    return load_fetched(settings, open_snapshot(settings.workspace).manifest)


def kept_readings(settings: Settings, readers: Panel) -> KeptReadings:
    """Return what the reader of today, with those installed beside it, has read before."""
    return KeptReadings(settings.workspace, hash_reader(settings.models, readers.labels))


def build(
    settings: Settings, inputs: Inputs | None = None, kept: KeptReadings | None = None
) -> BuildResult:
    """Build the snapshot of the workspace; equal inputs write nothing.

    Parameters
    ----------
    kept
        Readings of earlier builds, and of this run; those on disk where not given.

    Raises
    ------
    WorkspaceLockedError
        Another run writes this workspace.
    """
    given = inputs or read_inputs(settings)
    tally = Tally(given.readers)
    if kept is None and given.fetched is not None:
        kept = kept_readings(settings, given.readers)
    tables = make_tables(given, kept, tally)
    with hold_workspace(settings.workspace, "build"):
        if kept is not None:
            kept.save()
        snapshot, created = write_snapshot(
            settings.workspace, tables, _about(given), indexes=_indexes(tables)
        )
    warnings = [*([] if kept is None else kept.warnings), *tally.warnings()]
    return BuildResult(snapshot, created, tuple(warnings))


def _indexes(tables: Mapping[str, pd.DataFrame]) -> dict[str, pa.Table]:
    """Return what is made once of a snapshot's tables for pages that need it at once."""
    return {**result_index(tables), **claim_index(tables)}


def make_tables(
    inputs: Inputs, kept: KeptReadings | None = None, tally: Tally | None = None
) -> dict[str, pd.DataFrame]:
    """Return every table of a snapshot: appraise, choose, synthesise, judge.

    Parameters
    ----------
    kept
        Readings of earlier builds; without them every abstract is read.
    tally
        What became of the answers of this installation's readers is counted in it.
    """
    tally = tally or Tally(inputs.readers)
    protocol, starter = inputs.protocol, inputs.starter
    bias = overall_by_study(starter.risk_of_bias, protocol)
    records = read_records(inputs.fetched, starter.studies)
    studies = attach_studies(curated_studies(starter.studies, starter.results), records)
    studies["risk_of_bias"] = studies["study_id"].map({k: str(v) for k, v in bias.items()})
    studies["risk_of_bias"] = studies["risk_of_bias"].fillna("not assessed")
    facts = with_scale_names(starter.results, starter.scales)
    working = curated_results(facts, starter.result_coding, studies, starter.studies)
    working["risk_of_bias"] = working["study_id"].map(studies.set_index("study_id")["risk_of_bias"])
    read = read_studies(records, inputs.registry, kept, tally)
    working = with_machine_read(working, read.results)
    if read.studies:
        studies = conform("studies", [*row_dicts(studies), *read.studies])
    working = with_confirmed_values("study_results", working, inputs.events)
    working = add_shares(add_effects(working, protocol))
    # Again, since a person may also have confirmed what effects are derived into.
    working = with_confirmed_values("study_results", working, inputs.events)
    studies = with_funding(studies, None if inputs.fetched is None else inputs.fetched.tables)
    links = None if inputs.fetched is None else inputs.fetched.tables["corrections"]
    merged = merge_reports(studies, working, records.table, links, inputs.events)
    studies, working = merged.studies, merged.working
    events = complete_rates(curated_events(starter.adverse_events))
    listed = inclusion_lists(starter.review_inclusions)
    inclusions = merged.reports.only_first(listed)
    as_of = _as_of(inputs)
    registered = {} if inputs.fetched is None else inputs.fetched.registered
    counts = {q: (c.n_registered, c.n_finished, c.n_silent) for q, c in registered.items()}
    holding = reviews_holding_retracted(listed, studies, _retracted_pmids(inputs.fetched))
    context = Context(protocol, bias, inclusions, int(as_of[:4]), counts, holding)
    found = merged.reports.with_first(
        studies_found(records, (row["study_id"] for row in read.studies))
    )
    material = Material(protocol, working, candidates(working), studies, events, context, {}, found)
    questions = by_question(inputs.registry.claims)
    judged = [judge_question(claims, material) for claims in questions.values()]
    untestable = _untestable(inputs.registry)
    reviews = review_verdicts(judged, untestable, inputs.events, protocol)
    judged = [with_signatures(question, material, reviews) for question in judged]
    known = studies.dropna(subset=["pmid"])
    pmids = dict(zip(known["study_id"], known["pmid"], strict=True))
    judged_tables = _judged_tables(inputs, judged, untestable, reviews, pmids)
    return {
        **judged_tables,
        "questions": questions_table(questions),
        "studies": _with_claims(studies, judged_tables["stratum_members"], inputs.registry),
        "study_results": _results_table(working, judged_tables["stratum_members"]),
        "risk_of_bias": with_signals(add_overall(starter.risk_of_bias, bias), read.signals),
        "adverse_events": events,
        "guidelines": conform("guidelines", starter.guidelines),
        "reviews": reviews_table(
            starter,
            studies,
            judged_tables["syntheses"],
            inclusions,
            None if inputs.fetched is None else holding,
            protocol,
        ),
        "review_study_matrix": matrix_table(starter.review_inclusions),
        "review_overlap": overlap_table(inclusions),
        "study_reports": reports_table(studies, merged.reports),
        "report_pairs": pairs_table(judged_tables["stratum_members"], merged.reports),
        "automation_register": with_readers(inputs.automation, tally),
        **_fetched_tables(inputs, records, merged, judged_tables, inclusions),
    }


def _fetched_tables(
    inputs: Inputs,
    records: Records,
    merged: MergedReports,
    judged: Mapping[str, pd.DataFrame],
    inclusions: Mapping[str, frozenset[str]],
) -> dict[str, pd.DataFrame]:
    """Return the tables that a refresh fills; none before a first one."""
    fetched = inputs.fetched
    if fetched is None:
        return {}
    studies = merged.studies
    touched = retraction_table(
        fetched.retractions,
        studies,
        judged["stratum_members"],
        inclusions,
        judged["claim_verdicts"],
        judged["claims"],
        retracted_from(
            judged["eligibility"],
            merged.working,
            judged["syntheses"],
            by_question(inputs.registry.claims),
        ),
    )
    screening = screening_table(judged["eligibility"], studies, records, merged.moved)
    flow = [*fetched.prisma_counts, *screening_boxes(screening, fetched.question_records)]
    return {
        "records": records.table,
        "record_changes": record_changes(fetched),
        "citations": citations_table(fetched),
        "searches": conform("searches", list(fetched.searches)),
        "prisma_counts": conform("prisma_counts", flow),
        "screening": screening,
        "retractions": conform("retractions", with_dismissals(touched, inputs.events)),
    }


def _retracted_pmids(fetched: Fetched | None) -> frozenset[str]:
    """Return the records, held or not, that PubMed says are retracted."""
    states = () if fetched is None else fetched.retraction_states
    return frozenset(s.pmid for s in states if s.status is RetractionStatus.RETRACTED)


def _as_of(inputs: Inputs) -> str:
    """Return the date to which ages are counted: of the last complete search, else the starter's."""
    day = None if inputs.fetched is None else inputs.fetched.as_of
    return inputs.protocol.starter_as_of if day is None else day.isoformat()


def _judged_tables(
    inputs: Inputs,
    judged: list[JudgedQuestion],
    untestable: list[tuple[Claim, Verdict]],
    reviews: ReviewedVerdicts,
    pmids: dict[str, str],
) -> dict[str, pd.DataFrame]:
    """Return the tables of what was judged."""
    documents = {
        name: conform(name, frame) for name, frame in registry_tables(inputs.registry).items()
    }
    verdicts: list[Verdict] = [v for q in judged for v in q.verdicts] + [v for _, v in untestable]
    about = rows.about_claims(
        inputs.registry.claims,
        documents["documents"],
        {claim: review.people for claim, review in reviews.by_claim.items()},
        {claim: review.reviewed_at for claim, review in reviews.by_claim.items()},
        {
            "protocol_version": inputs.protocol.version,
            "protocol_sha256": inputs.protocol.sha256,
            "last_complete_search_status": str(ValueStatus.NOT_FOUND),
        },
    )
    for claim_id, seen in reviews.fingerprints.items():
        about[claim_id]["verdict_fingerprint"] = seen
    for claim_id, day in (inputs.fetched.last_complete if inputs.fetched else {}).items():
        if day is not None and claim_id in about:
            about[claim_id]["last_complete_search"] = day.isoformat()
            about[claim_id]["last_complete_search_status"] = str(ValueStatus.REPORTED)
    syntheses = rows.synthesis_rows(judged)
    certainty = rows.certainty_rows(judged)
    return {
        **documents,
        "claim_verdicts": rows.verdict_rows(judged, untestable, about, pmids),
        "syntheses": syntheses,
        "certainty": certainty,
        "stratum_members": rows.member_rows(judged),
        "eligibility": rows.eligibility_rows(judged),
        "asserted_found": rows.asserted_rows(verdicts),
        "verdict_reasons": rows.reason_rows(verdicts, judged),
        "verdict_cells": rows.cell_rows(verdicts),
        "summary_of_findings": summary_table(judged, certainty),
    }


def _untestable(registry: Registry) -> list[tuple[Claim, Verdict]]:
    """Return the claims that no study could test, with their verdict."""
    return [
        (claim, decide_untestable(claim_question(claim)))
        for claim in registry.claims
        if not claim.is_testable
    ]


def _results_table(working: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``study_results``: each result with the strata in which it stands."""
    by_result = members.groupby("result_id")
    strata = by_result["stratum_id"].agg(lambda cells: sorted(set(cells)))
    questions = by_question_of(by_result)
    frame = working.assign(
        stratum_id=working["result_id"].map(strata),
        question_id=working["result_id"].map(questions),
        se=working["effect_se"],
        direction_status=[_direction_status(row) for row in working.itertuples(index=False)],
    )
    known = [name for name in table("study_results").column_names if name in frame]
    return conform("study_results", frame[known])


def _direction_status(row: Any) -> str:  # noqa: ANN401 - a table's row
    """Return why a direction is known or not."""
    if not is_comparison(row):
        return str(ValueStatus.NOT_APPLICABLE)
    is_silent = row.direction == Direction.NOT_REPORTED
    return str(ValueStatus.NOT_REPORTED if is_silent else ValueStatus.REPORTED)


def by_question_of(groups: Any) -> pd.Series[Any]:  # noqa: ANN401 - pandas' own group object
    """Return the questions of each result."""
    found: pd.Series[Any] = groups["question_id"].agg(lambda cells: sorted(set(cells)))
    return found


def _with_claims(studies: pd.DataFrame, members: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Return studies with the claims that they answer."""
    claims: dict[str, list[str]] = {}
    for claim in registry.claims:
        if claim.question_id is not None:
            claims.setdefault(claim.question_id, []).append(claim.claim_id)
    asked = members[["study_id", "question_id"]].drop_duplicates()
    found: dict[str, set[str]] = {}
    for row in asked.itertuples(index=False):
        found.setdefault(str(row.study_id), set()).update(claims[str(row.question_id)])
    ids = [sorted(found[study]) if study in found else None for study in studies["study_id"]]
    return conform("studies", studies.assign(claim_ids=pd.Series(ids, dtype="object")))


def _about(inputs: Inputs) -> dict[str, Any]:
    """Return what the manifest says beside rows and hashes."""
    protocol, fetched = inputs.protocol, inputs.fetched
    readers = {"readers": list(inputs.readers.labels)} if inputs.readers.labels else {}
    searched = None if fetched is None or fetched.as_of is None else fetched.as_of.isoformat()
    return {
        "as_of": _as_of(inputs),
        "last_complete_search": searched,
        "search_words": protocol.starter_search_words if searched is None else None,
        "databases_not_searched": list(protocol.databases_not_searched),
        "protocol_version": protocol.version,
        "protocol_sha256": protocol.sha256,
        "program_version": PROGRAM_VERSION,
        "code_commit": read_commit(CHECKOUT),
        "runs": {} if fetched is None else dict(fetched.runs),
        "decisions_up_to": inputs.events[-1].event_id if inputs.events else None,
        **readers,
    }
