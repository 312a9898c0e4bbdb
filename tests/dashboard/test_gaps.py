"""The gap map: empty cells are drawn, and a disc leads to exactly its studies."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from evidence.charts import figures, gap_map
from evidence.dashboard import reading, study_table
from evidence.dashboard.results import n_studies_at, results_with_studies, select
from evidence.store.snapshots import open_snapshot
from evidence.vocabulary import ClaimKind, SynthesisMethod
from tests.dashboard.walking import words_of


@pytest.fixture
def snapshot(sample_workspace, monkeypatch):
    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(sample_workspace))
    return open_snapshot(sample_workspace)


def cells_of(snapshot):
    strata = snapshot.read("syntheses")
    decision = strata[strata["time_window"] == reading.DECISION]
    rows = [r for r in reading.claims(snapshot) if r.kind is ClaimKind.EFFICACY]
    asked: dict[str, tuple[str, str]] = {}
    for r in rows:
        asked.setdefault(str(r.get("question_id")), (r.label, r.claim_id))
    return gap_map.gap_table(decision, asked, ["pain", "disability"])


def test_a_disc_leads_to_as_many_studies_as_it_names(snapshot):
    claims = {row.claim_id: row for row in reading.claims(snapshot)}
    results = results_with_studies(snapshot)
    walked = 0
    for cell in figures.records(cells_of(snapshot)):
        if not cell["studies"] or cell["method"] == str(SynthesisMethod.REUSED_REVIEW):
            continue
        only = study_table.result_ids_of(snapshot, claims[cell["claim_id"]], cell["stratum_id"])
        kept = select(results, {}, "", only)
        assert n_studies_at(results, kept) == cell["studies"], cell
        walked += 1
    assert walked >= 3


def test_every_cell_stands_on_the_page_and_empty_ones_say_so(snapshot, run_page):
    words = words_of(run_page("gaps"))
    grid = words[words.index('<table class="gaps">') :].partition("</table>")[0]
    cells = cells_of(snapshot)
    assert grid.count("<td data-l=") == len(cells)
    assert grid.count(">nothing found</span>") == int((cells["studies"] == 0).sum())
    linked = re.findall(r'href="(evidence[^"]+)"', grid)
    strata = [parse_qs(urlsplit(link.replace("&amp;", "&")).query)["stratum"][0] for link in linked]
    assert strata == list(cells.loc[cells["studies"] > 0, "stratum_id"])


def test_the_evidence_page_opens_on_the_stratum_of_a_link(snapshot, run_page):
    cell = next(c for c in figures.records(cells_of(snapshot)) if c["studies"])
    app = run_page("evidence", for_claim=cell["claim_id"], stratum=cell["stratum_id"])
    row = next(r for r in reading.claims(snapshot) if r.claim_id == cell["claim_id"])
    only = study_table.result_ids_of(snapshot, row, cell["stratum_id"])
    assert f"{len(only)} results of {cell['studies']} studies" in words_of(app)


def test_quarters_of_a_disc_are_the_level_of_certainty():
    assert [gap_map.quarters(c) for c in (None, "Very low", "Low", "Moderate", "High")] == [
        0, 1, 2, 3, 4,
    ]  # fmt: skip
    assert len(gap_map.QUARTERS) == 5
