"""E-utilities: what is sent, what comes back, and every failure by its own name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.errors import (
    BackEndFailedError,
    EvidenceError,
    HistoryLapsedError,
    QueryRefusedError,
    RateLimitedError,
    ReplyRefusedError,
    ReplyTruncatedError,
    SettingError,
    SourceUnreachableError,
)
from evidence.settings import read_settings
from evidence.sources.entrez import EntrezClient, _read_records, _read_search, entrez_client
from evidence.sources.http import Patience, Reply
from tests.eutils.faults import TRANSIENT, FaultKind, FaultPlan
from tests.eutils.server import LoopbackServer

Connect = Callable[..., EntrezClient]


def test_a_search_gives_count_ids_and_translation(server: LoopbackServer, connect: Connect):
    found = connect(server).search('"needling of the back"[tiab]')
    assert found.count == len(found.pmids) == 200
    assert found.translation == '"needling of the back"[Tiab]'
    assert found.warnings == ()


def test_tool_email_and_key_go_with_every_request(server: LoopbackServer, connect: Connect):
    client = connect(server)
    client.search("needling[ti]")
    client.fetch(["100001"])
    client.info()
    client.links("100001")
    client.post(["100001"])
    assert len(server.arrivals) == 5
    for arrival in server.arrivals:
        assert arrival.parameters["tool"] == "evidence-tracker"
        assert arrival.parameters["email"] == "researcher@example.org"
        assert arrival.parameters["api_key"] == "a-key"
        assert arrival.parameters["db"] == "pubmed"


def test_a_long_query_goes_by_post_and_a_short_one_by_get(server: LoopbackServer, connect: Connect):
    client = connect(server)
    client.search("needling[ti]")
    client.search(" OR ".join(f'"words number {i}"[tiab]' for i in range(300)))
    assert [arrival.method for arrival in server.arrivals] == ["GET", "POST"]


def test_a_phrase_that_is_nowhere_is_a_warning(server: LoopbackServer, connect: Connect):
    found = connect(server).search("unheardof[tiab]")
    assert found.count == 0
    assert found.warnings == ("phrase not found: unheardof", "No items found.")


def test_records_come_by_pmid_and_missing_ones_are_just_not_there(
    server: LoopbackServer, connect: Connect
):
    reply = connect(server).fetch(["100001", "999", "100003"])
    assert list(reply.records) == ["100001", "100003"]
    assert reply.records["100001"].startswith(b"<PubmedArticle>")
    assert reply.head.endswith(b"<PubmedArticleSet>")
    assert reply.tail == b"</PubmedArticleSet>"


def test_ids_that_no_record_has_give_no_record(server: LoopbackServer, connect: Connect):
    assert connect(server).fetch(["998", "999"]).records == {}


def test_more_than_200_ids_in_a_batch_are_refused(server: LoopbackServer, connect: Connect):
    with pytest.raises(ValueError, match="at most 200"):
        connect(server).fetch([str(i) for i in range(201)])


def test_posted_ids_are_fetched_from_the_history(server: LoopbackServer, connect: Connect):
    client = connect(server)
    history = client.post(["100005", "100002", "100009"])
    assert list(client.fetch_history(history, 1, 2).records) == ["100002", "100009"]


def test_a_lapsed_history_says_search_again(server: LoopbackServer, connect: Connect):
    client = connect(server)
    history = client.search("needling[ti]", history=True).history
    assert history is not None
    server.lapse()
    with pytest.raises(HistoryLapsedError, match="search again"):
        client.fetch_history(history, 0)
    assert server.n_requests("efetch") == 1


def test_beyond_the_9999th_record_the_query_is_refused_and_not_retried(
    server: LoopbackServer, connect: Connect
):
    with pytest.raises(QueryRefusedError, match="slices by date"):
        connect(server).search("needling[ti]", start=9_999)
    assert server.n_requests() == 1


def test_einfo_and_elink_are_read(server: LoopbackServer, connect: Connect):
    record = server.corpus.records[100_001]
    server.corpus.put([record.changed(links=(("Cites", 100_002),))])
    client = connect(server)
    assert client.info()["Count"] == "600"
    assert client.links("100001") == ["100002"]
    assert client.links("100002") == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.RATE_LIMITED, RateLimitedError),
        (FaultKind.RATE_LIMITED_IN_200, RateLimitedError),
        (FaultKind.SERVER_ERROR, BackEndFailedError),
        (FaultKind.BAD_GATEWAY, BackEndFailedError),
        (FaultKind.BACK_END, BackEndFailedError),
        (FaultKind.HTML, ReplyRefusedError),
        (FaultKind.TRUNCATED, ReplyTruncatedError),
        (FaultKind.CUT_XML, ReplyTruncatedError),
        (FaultKind.RESET, SourceUnreachableError),
    ],
)
def test_each_failure_has_its_own_error_after_all_attempts(
    server: LoopbackServer, connect: Connect, kind: FaultKind, error: type[EvidenceError]
):
    server.faults = FaultPlan(1.0, (kind,))
    with pytest.raises(error):
        connect(server).search("needling[ti]")
    assert server.n_requests() == 6


OF_FETCHES = (FaultKind.REORDERED, FaultKind.MISSING)
"""What only a reply with records can suffer: see the tests of fetching."""


@pytest.mark.parametrize("kind", [k for k in (*TRANSIENT, FaultKind.HANG) if k not in OF_FETCHES])
def test_a_failure_that_passes_is_not_seen(
    server: LoopbackServer, connect: Connect, kind: FaultKind
):
    server.faults = FaultPlan(0.5, (kind,), seed=4, hang_seconds=1.5)
    client = connect(server)
    for _ in range(6):
        assert client.search("needling[ti]", most=5).count == 200
    assert sum(server.faults.drawn.values()) >= 2


def test_a_silent_server_is_unreachable_within_the_read_time(
    server: LoopbackServer, connect: Connect
):
    server.faults = FaultPlan(1.0, (FaultKind.HANG,), hang_seconds=3, most_hangs=9)
    patience = Patience(read=0.2, attempts=2, first_wait=0.01)
    with pytest.raises(SourceUnreachableError, match=r"no answer within 0\.2 s"):
        connect(server, patience).search("needling[ti]")


def test_nobody_at_the_address_is_said_after_few_attempts(server: LoopbackServer, connect: Connect):
    client = connect(server, Patience(attempts=50, attempts_unreachable=2, first_wait=0.01))
    server.__exit__()
    with pytest.raises(SourceUnreachableError, match="no connection"):
        client.search("needling[ti]")
    assert client.n_sent == 2


def test_without_an_email_pubmed_is_not_asked():
    with pytest.raises(SettingError, match="NCBI_EMAIL"):
        entrez_client(read_settings({}))


def test_a_server_on_this_machine_needs_no_email(tmp_path: Path):
    settings = read_settings({"EVIDENCE_EUTILS_URL": "http://127.0.0.1:9/"})
    assert entrez_client(settings, rate_folder=tmp_path).n_sent == 0


def _search(body: bytes, start: int = 0, most: int = 20) -> object:
    return _read_search(Reply(200, "text/xml", body), start, most)


def test_a_reply_without_doctype_or_with_one_of_next_year_is_read():
    inner = b"<eSearchResult><Count>1</Count><IdList><Id>7</Id></IdList></eSearchResult>"
    newer = b'<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 2031//EN" "https://x/2031.dtd">'
    assert _search(inner) == _search(newer + inner)
    assert _search(inner).pmids == ("7",)


def test_a_doctype_that_declares_entities_is_refused():
    attack = (
        b'<!DOCTYPE eSearchResult [<!ENTITY a "aaaa">]><eSearchResult><Count>&a;</Count>'
        b"</eSearchResult>"
    )
    with pytest.raises(ReplyRefusedError):
        _search(attack)


def test_a_search_that_lists_fewer_ids_than_it_counts_is_cut_off():
    body = b"<eSearchResult><Count>3</Count><IdList><Id>7</Id></IdList></eSearchResult>"
    with pytest.raises(ReplyTruncatedError, match="1 ids of 3"):
        _search(body)


def test_an_error_with_a_raw_newline_in_json_is_still_read():
    body = b'{"esearchresult":{"ERROR":"Search Backend failed: Exception:\n\'retstart\' cannot be larger than 9998."}}'
    with pytest.raises(QueryRefusedError):
        _search(body)


def test_records_that_nobody_asked_for_are_refused():
    body = (
        b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>8</PMID></MedlineCitation>"
        b"</PubmedArticle></PubmedArticleSet>"
    )
    reply = Reply(200, "text/xml", body)
    assert list(_read_records(reply, ["8"]).records) == ["8"]
    with pytest.raises(ReplyRefusedError, match="nobody asked for"):
        _read_records(reply, ["9"])


def test_a_record_inside_a_comment_is_none():
    body = (
        b"<PubmedArticleSet><!-- <PubmedArticle><PMID>1</PMID></PubmedArticle> -->"
        b"<PubmedArticle><PMID Version='1'>8</PMID></PubmedArticle></PubmedArticleSet>"
    )
    assert list(_read_records(Reply(200, "text/xml", body), ["8"]).records) == ["8"]


def test_errors_seen_in_the_wild_are_retried_or_not(wild: tuple[str, bytes, int, object]):
    util, body, status, expected = wild
    reply = Reply(status, "", body)
    with pytest.raises(EvidenceError) as caught:
        _read_records(reply, []) if util == "efetch" else _search(body)
    assert type(caught.value) is expected, json.dumps(body.decode())


WILD = [
    ("esearch", b"<eSearchResult><ERROR>Search Backend failed: No such thing</ERROR></eSearchResult>", 200, BackEndFailedError),
    ("efetch", b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", 200, HistoryLapsedError),
    ("efetch", b"<eFetchResult><ERROR>Cannot retrieve history data. query_key: 1</ERROR></eFetchResult>", 200, BackEndFailedError),
    ("efetch", b"<eFetchResult><ERROR>Search backend cannot retrieve history data. Reason: 'retstart' cannot be larger than 9998.</ERROR></eFetchResult>", 400, QueryRefusedError),
    ("esearch", b"<eSearchResult><ERROR>Empty term and query_key - nothing todo</ERROR></eSearchResult>", 200, QueryRefusedError),
    ("esearch", b'{"error":"API rate limit exceeded","count":"4","limit":"3"}', 200, RateLimitedError),
    ("esearch", b"<html>503 Service Temporarily Unavailable</html>", 200, ReplyRefusedError),
    ("esearch", b"", 200, ReplyTruncatedError),
]  # fmt: skip


@pytest.fixture(
    params=WILD, ids=[f"{util}-{error.__name__}-{i}" for i, (util, _, _, error) in enumerate(WILD)]
)
def wild(request: pytest.FixtureRequest) -> object:
    """Return a kind of reply that was seen in the wild, in words of our own."""
    return request.param
