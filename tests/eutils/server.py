"""The loopback server: ESearch, EPost, EFetch, ELink, EInfo; ClinicalTrials.gov v2 and iCite.

It keeps PubMed's rules (9,999 records a search, histories that lapse, field tags and Booleans on
its own records, at most 3 or 10 requests a second), counts what arrives, and lets replies go wrong
by a seeded plan.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from tests.eutils.faults import FaultKind, FaultPlan
from tests.eutils.queries import Corpus
from tests.eutils.records import Record

LAST_SEARCHED = 9_999
_SET_HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st '
    'January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
    "<PubmedArticleSet>"
)
_RATE_BODY = b'{"error":"API rate limit exceeded","count":"4","limit":"3"}\n'
_HTML = b"<html><head><title>503</title></head><body>Service Temporarily Unavailable</body></html>"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as it arrived."""

    at: float
    util: str
    method: str
    parameters: Mapping[str, str]
    fault: FaultKind | None
    is_over_rate: bool


@dataclass(slots=True)
class Answer:
    """One reply before it goes wrong."""

    body: bytes
    content_type: str = "text/xml; charset=UTF-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class LoopbackServer:
    """Runs the server in a thread of this process; use it as a context."""

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        faults: FaultPlan | None = None,
        withheld: Iterable[int] = (),
        trials: Iterable[Mapping[str, Any]] = (),
        keeps_rate: bool = True,
    ) -> None:
        self.corpus = Corpus(records)
        self.faults = faults or FaultPlan()
        self.withheld = set(withheld)
        self.trials = list(trials)
        self.keeps_rate = keeps_rate
        self.arrivals: list[Arrival] = []
        self.hung = 0.0
        self.knows_ids = True
        """Whether ids may be terms of a query."""
        self.appears_after: tuple[int, Record] | None = None
        """After how many searches a further record is there."""
        self._rendered: dict[int, tuple[Record, str]] = {}
        self._histories: dict[tuple[str, str], list[int]] = {}
        self._guard = threading.RLock()
        self._closing = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = _Server(("127.0.0.1", 0), handler)

    def __enter__(self) -> LoopbackServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Return the address of this machine's server."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings that point the program here."""
        return {
            "EVIDENCE_EUTILS_URL": self.url + "entrez/eutils/",
            "EVIDENCE_CTGOV_URL": self.url + "api/v2/",
            "EVIDENCE_ICITE_URL": self.url + "icite/api/",
            "NCBI_EMAIL": "researcher@example.org",
        }

    # --- what arrived ---

    def n_requests(self, *utils: str) -> int:
        """Return how many E-utilities requests arrived, or those of some utils."""
        wanted = utils or ("esearch", "epost", "efetch", "elink", "einfo")
        return sum(arrival.util in wanted for arrival in self.arrivals)

    def most_in_a_second(self) -> int:
        """Return the most E-utilities requests that arrived in any second."""
        times = sorted(a.at for a in self.arrivals if a.util in _UTILS)
        most = first = 0
        for last, at in enumerate(times):
            while at - times[first] >= 1.0:
                first += 1
            most = max(most, last - first + 1)
        return most

    def lapse(self) -> None:
        """Forget every stored search."""
        with self._guard:
            self._histories.clear()

    def arrive(self, util: str, method: str, parameters: Mapping[str, str]) -> Arrival:
        """Note a request, and whether it is one too many."""
        uses_history = "WebEnv" in parameters
        with self._guard:
            now = time.monotonic()
            is_over = False
            if util in _UTILS and self.keeps_rate:
                limit = 10 if "api_key" in parameters else 3
                recent = [
                    a for a in self.arrivals[-2 * limit :] if a.util in _UTILS and now - a.at < 1.0
                ]
                is_over = len(recent) >= limit
            fault = None if is_over else self.faults.draw(util, uses_history=uses_history)
            arrival = Arrival(now, util, method, dict(parameters), fault, is_over)
            self.arrivals.append(arrival)
        return arrival

    # --- answers ---

    def answer(self, arrival: Arrival) -> Answer:
        """Return the reply to a request."""
        if arrival.is_over_rate or arrival.fault is FaultKind.RATE_LIMITED:
            return Answer(_RATE_BODY, "application/json", 429, {"Retry-After": "1"})
        if arrival.fault in _INSTEAD:
            return _INSTEAD[arrival.fault]
        with self._guard:
            answer = _UTILS_AND_OTHERS[arrival.util](self, arrival.parameters, arrival.fault)
        if arrival.fault is FaultKind.CUT_XML:
            answer.body = answer.body[: max(1, len(answer.body) * 2 // 3)]
        return answer

    def esearch(self, p: Mapping[str, str], _: FaultKind | None) -> Answer:
        start, most = int(p.get("retstart", 0)), int(p.get("retmax", 20))
        term = p.get("term", "")
        if not term.strip():
            return _error("eSearchResult", "Empty term and query_key - nothing todo")
        if "[uid]" in term and not self.knows_ids:
            return _error("eSearchResult", "Invalid field: uid")
        if start > LAST_SEARCHED - 1:
            return _error("eSearchResult", "Search Backend failed: Exception:\n" + _TOO_FAR)
        if self.appears_after and self.n_requests("esearch") > self.appears_after[0]:
            self.corpus.put([self.appears_after[1]])
            self.appears_after = None
        found = self.corpus.find(term)
        ids = sorted(found.ids, reverse=True)
        listed = ids[start : min(start + most, LAST_SEARCHED)]
        stored = ""
        if p.get("usehistory") == "y":
            stored = self._store(ids)
        warnings = "".join(
            f"<PhraseNotFound>{escape(w)}</PhraseNotFound>" for w in found.phrases_not_found
        )
        warnings += "".join(
            f"<FieldNotFound>{escape(w)}</FieldNotFound>" for w in found.fields_not_found
        )
        lists = f"<ErrorList>{warnings}</ErrorList>" if warnings else ""
        if not ids:
            lists += "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"
        return _small(
            "eSearchResult",
            f"<Count>{len(ids)}</Count><RetMax>{len(listed)}</RetMax><RetStart>{start}</RetStart>"
            f"{stored}<IdList>\n" + "".join(f"<Id>{pmid}</Id>\n" for pmid in listed) + "</IdList>"
            f"<TranslationSet/><QueryTranslation>{escape(found.translation)}</QueryTranslation>{lists}",
        )

    def epost(self, p: Mapping[str, str], _: FaultKind | None) -> Answer:
        ids = [int(part) for part in p.get("id", "").split(",") if part.strip().isdigit()]
        if not ids:
            return _error("ePostResult", "Empty ID list; Nothing to store")
        return _small("ePostResult", self._store(ids))

    def efetch(self, p: Mapping[str, str], fault: FaultKind | None) -> Answer:
        if "WebEnv" in p:
            ids = self._histories.get((p["WebEnv"], p.get("query_key", "1")))
            if ids is None or fault is FaultKind.LAPSED:
                return _error("eFetchResult", "Unable to obtain query #1")
            start = int(p.get("retstart", 0))
            if start > LAST_SEARCHED - 1:
                answer = _error(
                    "eFetchResult", "Search backend cannot retrieve history data. " + _TOO_FAR
                )
                answer.status = 400
                return answer
            ids = ids[start : min(start + int(p.get("retmax", 20)), LAST_SEARCHED)]
        else:
            ids = [int(part) for part in p.get("id", "").split(",") if part.strip().isdigit()]
        known = [i for i in ids if i in self.corpus.records and i not in self.withheld]
        if not known:
            return _error("eFetchResult", "ID list is empty! Possibly it has no correct IDs.")
        if fault is FaultKind.REORDERED:
            known.reverse()
        if fault is FaultKind.MISSING:
            del known[len(known) // 2]
        return Answer(
            (_SET_HEAD + "\n".join(map(self._xml, known)) + "</PubmedArticleSet>").encode()
        )

    def elink(self, p: Mapping[str, str], _: FaultKind | None) -> Answer:
        record = self.corpus.records.get(int(p["id"]))
        ids = "".join(
            f"<Link><Id>{pmid}</Id></Link>" for _, pmid in (record.links if record else ())
        )
        target = (
            f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{p['linkname']}</LinkName>{ids}</LinkSetDb>"
        )
        return _small(
            "eLinkResult",
            f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>{p['id']}</Id></IdList>"
            f"{target if ids else ''}</LinkSet>",
        )

    def einfo(self, _p: Mapping[str, str], _: FaultKind | None) -> Answer:
        return _small(
            "eInfoResult",
            "<DbInfo><DbName>pubmed</DbName><MenuName>PubMed</MenuName><Description>Invented"
            f"</Description><DbBuild>Build-1</DbBuild><Count>{len(self.corpus.records)}</Count>"
            "<LastUpdate>2026/11/01 06:33</LastUpdate></DbInfo>",
        )

    def ctgov(self, p: Mapping[str, str], _: FaultKind | None) -> Answer:
        size, start = int(p.get("pageSize", 10)), int(p.get("pageToken", "0") or 0)
        condition, intervention = p.get("query.cond", "").lower(), p.get("query.intr", "").lower()
        found = [
            t["study"]
            for t in self.trials
            if t["condition"].lower() in condition and t["intervention"].lower() in intervention
        ]
        body: dict[str, Any] = {"studies": found[start : start + size]}
        if p.get("countTotal") == "true":
            body["totalCount"] = len(found)
        if start + size < len(found):
            body["nextPageToken"] = str(start + size)
        return Answer(json.dumps(body).encode(), "application/json")

    def icite(self, p: Mapping[str, str], _: FaultKind | None) -> Answer:
        pmids = [int(part) for part in p.get("pmids", "").split(",") if part]
        if len(pmids) > 1_000:
            return Answer(b'{"error":"Too many PMIDs"}', "application/json", 400)
        rows = [
            {
                "pmid": pmid,
                "year": 2020,
                "citation_count": pmid % 50,
                "relative_citation_ratio": None if pmid % 7 == 0 else round(pmid % 13 / 4, 2),
                "nih_percentile": None if pmid % 7 == 0 else float(pmid % 100),
                "is_clinical": False,
            }
            for pmid in pmids
            if pmid in self.corpus.records
        ]
        return Answer(json.dumps({"data": rows}).encode(), "application/json")

    def _store(self, ids: list[int]) -> str:
        web_env = f"MCID_{len(self._histories):08x}"
        self._histories[(web_env, "1")] = ids
        return f"<QueryKey>1</QueryKey><WebEnv>{web_env}</WebEnv>"

    def _xml(self, pmid: int) -> str:
        record = self.corpus.records[pmid]
        held = self._rendered.get(pmid)
        if held is None or held[0] is not record:
            held = self._rendered[pmid] = (record, record.xml())
        return held[1]


_TOO_FAR = (
    "'retstart' cannot be larger than 9998. For PubMed, ESearch can only retrieve the first "
    "9,999 records matching the query."
)
_DTDS = {
    "eSearchResult": '"-//NLM//DTD esearch 20060628//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd"',
    "ePostResult": '"-//NLM//DTD epost 20090526//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20090526/epost.dtd"',
    "eFetchResult": '"-//NLM//DTD efetch 20131226//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20131226/efetch.dtd"',
    "eLinkResult": '"-//NLM//DTD elink 20101123//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20101123/elink.dtd"',
    "eInfoResult": '"-//NLM//DTD einfo 20190110//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20190110/einfo.dtd"',
}
_UTILS_AND_OTHERS = {
    "esearch": LoopbackServer.esearch,
    "epost": LoopbackServer.epost,
    "efetch": LoopbackServer.efetch,
    "elink": LoopbackServer.elink,
    "einfo": LoopbackServer.einfo,
    "ctgov": LoopbackServer.ctgov,
    "icite": LoopbackServer.icite,
}
_UTILS = frozenset({"esearch", "epost", "efetch", "elink", "einfo"})


def _small(root: str, inner: str) -> Answer:
    doctype = f'<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE {root} PUBLIC {_DTDS[root]}>\n'
    return Answer(f"{doctype}<{root}>{inner}</{root}>\n".encode())


def _error(root: str, text: str) -> Answer:
    return _small(root, f"\n\t<ERROR>{escape(text)}</ERROR>\n")


_INSTEAD = {
    FaultKind.RATE_LIMITED_IN_200: Answer(_RATE_BODY, "application/json"),
    FaultKind.SERVER_ERROR: Answer(
        b'{"error":"error forwarding request"}', "application/json", 500
    ),
    FaultKind.BAD_GATEWAY: Answer(b"<html>502 Proxy Error</html>", "text/html", 502),
    FaultKind.BACK_END: _error(
        "eSearchResult", "Search Backend failed: Exception: 502 Proxy Error"
    ),
    FaultKind.HTML: Answer(_HTML, "text/html"),
    FaultKind.REFUSED: _error("eSearchResult", "Invalid query syntax"),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed."""


class _Handler(BaseHTTPRequestHandler):
    owner: LoopbackServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._answer(self.rfile.read(length).decode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, query: str) -> None:
        path = urlsplit(self.path).path
        parameters = {k: v[0] for k, v in parse_qs(query, keep_blank_values=True).items()}
        util = _util_of(path)
        if util is None:
            return self._send(Answer(b"Not Found", "text/plain", 404))
        if self.command == "POST" and util not in _UTILS:
            return self._send(Answer(b"Method Not Allowed", "text/plain", 405))
        if len(self.path) > (8_000 if util in _UTILS else 16_000):
            return self._send(Answer(b"URI Too Long", "text/plain", 414))
        arrival = self.owner.arrive(util, self.command, parameters)
        if arrival.fault is FaultKind.RESET:
            return self._reset()
        if arrival.fault is FaultKind.HANG:
            self.owner.hung += self.owner.faults.hang_seconds
            self.owner._closing.wait(self.owner.faults.hang_seconds)
            return self._reset()
        answer = self.owner.answer(arrival)
        return self._send(answer, cut=arrival.fault is FaultKind.TRUNCATED)

    def _send(self, answer: Answer, *, cut: bool = False) -> None:
        body = answer.body
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        if len(body) > 2_000 and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        self.close_connection = cut or self.close_connection

    def _reset(self) -> None:
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


def _util_of(path: str) -> str | None:
    name = path.rsplit("/", 1)[-1]
    if path.startswith("/entrez/eutils/"):
        util = name.removesuffix(".fcgi")
        return util if util in _UTILS else None
    if path == "/api/v2/studies":
        return "ctgov"
    return "icite" if path == "/icite/api/pubs" else None
