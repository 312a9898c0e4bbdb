"""NCBI's E-utilities: ESearch, EPost, EFetch, ELink and EInfo, with every known failure typed.

Own transport (`evidence.sources.http`), because Bio.Entrez has no time-out, retries without
sleeping and keeps no rate across threads; Bio.Entrez parses the small replies. Records come back
as the bytes that PubMed sent: reading them is not known here.
"""

from __future__ import annotations

import io
import re
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from evidence.errors import (
    BackEndFailedError,
    EvidenceError,
    Fault,
    HistoryLapsedError,
    QueryRefusedError,
    RateLimitedError,
    ReplyRefusedError,
    ReplyTruncatedError,
    SettingError,
)
from evidence.settings import Settings
from evidence.sources.http import HttpClient, Patience, Reply, is_loopback, said
from evidence.sources.rate import RateLimiter, shared_folder

__all__ = [
    "MAX_BATCH",
    "MAX_SEARCHED",
    "EntrezClient",
    "FetchReply",
    "History",
    "SearchReply",
    "entrez_client",
]

TOOL = "evidence-tracker"
MAX_SEARCHED = 9_999
"""ESearch gives the first 9,999 records of a PubMed query and no more."""
MAX_BATCH = 200
_SOURCE = "PubMed"
_DTDS = {
    "eSearchResult": ("esearch 20060628", "20060628/esearch.dtd"),
    "ePostResult": ("epost 20090526", "20090526/epost.dtd"),
    "eLinkResult": ("elink 20101123", "20101123/elink.dtd"),
    "eInfoResult": ("einfo 20190110", "20190110/einfo.dtd"),
}
"""What Bio.Entrez has at hand, so that no newer name makes it download one."""
_ROOT = re.compile(rb"<(eSearchResult|ePostResult|eLinkResult|eInfoResult)\b")
_PROLOG = re.compile(rb"\A\s*(?:<\?xml[^>]*\?>)?\s*(?:<!DOCTYPE[^>\[]*>)?\s*", re.S)
_XML_ERROR = re.compile(r"<ERROR>(.*?)</ERROR>", re.S | re.I)
_JSON_ERROR = re.compile(r"\"error\"\s*:\s*\"(.*?)\"", re.S | re.I)
_BACK_END_WORDS = (
    "backend failed",
    "back end failed",
    "cannot retrieve history",
    "can't fetch uids",
    "error forwarding",
)
_RECORD = re.compile(
    rb"<(PubmedArticle|PubmedBookArticle)(?:\s[^>]*)?>.*?</\1>|<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.S
)
_PMID = re.compile(rb"<PMID(?:\s[^>]*)?>\s*(\d+)\s*</PMID>")
_SET_END = re.compile(
    rb"(?:</Pubmed(?:Book)?ArticleSet\s*>|<Pubmed(?:Book)?ArticleSet[^>]*/>)\s*\Z"
)
Parsed = Any
"""What Bio.Entrez makes of a reply: nested dictionaries and lists that say they are text."""
T = TypeVar("T")
_parsing = threading.Lock()


@dataclass(frozen=True, slots=True)
class History:
    """A set of ids that the server keeps for some hours."""

    web_env: str
    query_key: str


@dataclass(frozen=True, slots=True)
class SearchReply:
    """What ESearch answers."""

    count: int
    pmids: tuple[str, ...]
    translation: str
    warnings: tuple[str, ...]
    history: History | None


@dataclass(frozen=True, slots=True)
class FetchReply:
    """What EFetch answers, cut apart: the bytes of each record by its PMID, and what is around."""

    head: bytes
    records: Mapping[str, bytes] = field(repr=False)
    separator: bytes
    """What stands between two records."""
    tail: bytes


def entrez_client(
    settings: Settings,
    *,
    patience: Patience | None = None,
    stop: threading.Event | None = None,
    rate_folder: Path | None = None,
) -> EntrezClient:
    """Return a client for the settings' E-utilities.

    Raises
    ------
    SettingError
        ``NCBI_EMAIL`` is missing: NCBI asks everyone to say who is asking. A server on this
        machine does not.
    """
    if settings.ncbi_email is None and not is_loopback(settings.eutils_url):
        fault = Fault("environment", "NCBI_EMAIL", "is missing", "your own e-mail address")
        raise SettingError("settings (NCBI asks who is asking)", [fault])
    rate = settings.requests_per_second
    limiter = RateLimiter(
        urlsplit(settings.eutils_url).netloc, rate, rate_folder or shared_folder()
    )
    http = HttpClient(
        _SOURCE,
        settings.eutils_url,
        limiter,
        agent=TOOL,
        patience=patience,
        stop=stop,
        posts_long=True,
    )
    return EntrezClient(http, settings.ncbi_email or "nobody@localhost", settings.ncbi_api_key)


class EntrezClient:
    """Asks the E-utilities; threads may share it."""

    def __init__(self, http: HttpClient, email: str, api_key: str | None = None) -> None:
        self._http = http
        self._common = {"tool": TOOL, "email": email, **({"api_key": api_key} if api_key else {})}

    @property
    def n_sent(self) -> int:
        """Return how many requests were sent, retries included."""
        return self._http.n_sent

    def search(
        self, term: str, *, start: int = 0, most: int = MAX_SEARCHED, history: bool = False
    ) -> SearchReply:
        """Return the count and the ids of a query (ESearch).

        Parameters
        ----------
        term
            The query, dates included.
        start, most
            Which of the ids; PubMed gives none beyond the 9,999th.
        history
            Whether the server shall keep the set.

        Raises
        ------
        QueryRefusedError
            PubMed cannot read the query.
        SourceError
            It fails for another reason, after all retries.
        """
        parameters = {"term": term, "retstart": str(start), "retmax": str(most)}
        if history:
            parameters["usehistory"] = "y"
        return self._ask("esearch.fcgi", parameters, lambda r: _read_search(r, start, most))

    def post(self, pmids: Sequence[str]) -> History:
        """Leave ids with the server and return where it keeps them (EPost)."""
        return _history_of(self._ask("epost.fcgi", {"id": ",".join(pmids)}, _read_small))

    def fetch(self, pmids: Sequence[str]) -> FetchReply:
        """Return the records of at most 200 ids (EFetch); what is missing is not an error here."""
        if len(pmids) > MAX_BATCH:
            msg = f"{len(pmids)} ids in one batch: at most {MAX_BATCH}"
            raise ValueError(msg)
        parameters = {"id": ",".join(pmids), "retmode": "xml"}
        return self._ask("efetch.fcgi", parameters, lambda reply: _read_records(reply, pmids))

    def fetch_history(self, history: History, start: int, most: int = MAX_BATCH) -> FetchReply:
        """Return records of a set that the server keeps (EFetch).

        Raises
        ------
        HistoryLapsedError
            The server has forgotten the set: post or search again.
        """
        parameters = {
            **_history_parameters(history),
            "retstart": str(start),
            "retmax": str(most),
            "retmode": "xml",
        }
        return self._ask("efetch.fcgi", parameters, lambda reply: _read_records(reply, ()))

    def links(self, pmid: str, link: str = "pubmed_pubmed_refs") -> list[str]:
        """Return the ids that an id is linked to by a named link (ELink)."""
        found = self._ask(
            "elink.fcgi", {"dbfrom": "pubmed", "linkname": link, "id": pmid}, _read_small
        )
        return [
            str(item["Id"])
            for linked in found
            for target in linked.get("LinkSetDb", [])
            for item in target.get("Link", [])
        ]

    def info(self) -> dict[str, str]:
        """Return what PubMed says of itself: build, count, last update (EInfo)."""
        about = self._ask("einfo.fcgi", {}, _read_small)["DbInfo"][0]
        return {name: str(about[name]) for name in ("DbBuild", "Count", "LastUpdate")}

    def _ask(self, util: str, parameters: Mapping[str, str], read: Callable[[Reply], T]) -> T:
        return self._http.ask(util, {"db": "pubmed", **parameters, **self._common}, read)


def _history_parameters(history: History) -> dict[str, str]:
    return {"WebEnv": history.web_env, "query_key": history.query_key}


# --- errors that the service puts into its replies ----------------------------------------------


def _error_in(reply: Reply) -> str | None:
    """Return the text of an error in a reply, as XML or JSON, whatever its status."""
    head = reply.body[:4_000].decode("utf-8", "replace")
    pattern = _JSON_ERROR if head.lstrip().startswith("{") else _XML_ERROR
    found = pattern.search(head)
    return " ".join(found[1].split()) if found else None


def _check_common(reply: Reply) -> None:
    """Refuse what any util may send instead of an answer: errors, HTML, nothing."""
    error = _error_in(reply)
    if error is not None and not _says_none(error):
        raise _typed_error(error)
    if reply.status >= 400:
        raise QueryRefusedError(
            f"{_SOURCE} refuses the request (HTTP {reply.status}: {said(reply)}); check the query"
        )
    head = reply.body[:4_000].lstrip()
    if not head:
        raise ReplyTruncatedError(f"{_SOURCE}: the reply is empty; try again")
    if not head.startswith(b"<") or re.match(rb"<(?:!doctype\s+html|html)", head, re.I):
        raise ReplyRefusedError(
            f"{_SOURCE}: the reply is no XML (it says {said(reply)!r}); try again later"
        )


def _typed_error(text: str) -> EvidenceError:
    """Return the typed error behind an error's text, with what to do."""
    low = text.lower()
    if "rate limit" in low:
        return RateLimitedError(
            f"{_SOURCE}: {text}; wait, or set an API key of your own (NCBI_API_KEY)"
        )
    if "retstart" in low and "cannot be larger" in low:
        return QueryRefusedError(
            f"{_SOURCE}: {text}; ask in slices by date, each of at most {MAX_SEARCHED} records"
        )
    if "unable to obtain query" in low:
        return HistoryLapsedError(f"{_SOURCE}: {text}; the stored search has lapsed: search again")
    if any(words in low for words in _BACK_END_WORDS):
        return BackEndFailedError(f"{_SOURCE}: {text}; try again later")
    return QueryRefusedError(f"{_SOURCE} refuses the query: {text}")


def _says_none(error: str) -> bool:
    """Return whether an error only says that no record has the ids."""
    low = error.lower()
    return "id list is empty! possibly" in low or "empty result" in low


# --- reading -------------------------------------------------------------------------------------


def _read_small(reply: Reply) -> Parsed:
    """Return a whole small reply as Bio.Entrez reads it."""
    _check_common(reply)
    root = _ROOT.search(reply.body[:4_000])
    if root is None:
        raise ReplyRefusedError(
            f"{_SOURCE}: the reply is none of its own (it says {said(reply)!r}); try again later"
        )
    if not reply.body.rstrip().endswith(b"</" + root[1] + b">"):
        raise ReplyTruncatedError(f"{_SOURCE}: the reply ends in the middle; try again")
    return _parse(reply.body)


def _read_search(reply: Reply, start: int, most: int) -> SearchReply:
    """Return a search that holds as many ids as it says."""
    found = _read_small(reply)
    if "Count" not in found:
        raise ReplyRefusedError(f"{_SOURCE}: the search has no count; try again later")
    count = int(found["Count"])
    pmids = tuple(str(pmid) for pmid in found.get("IdList", []))
    expected = max(0, min(most, count - start))
    if count <= MAX_SEARCHED and len(set(pmids)) != expected:
        raise ReplyTruncatedError(
            f"{_SOURCE}: the search lists {len(set(pmids))} ids of {expected}; try again"
        )
    return SearchReply(
        count,
        pmids,
        str(found.get("QueryTranslation", "")),
        _warnings_of(found),
        _history_of(found) if "WebEnv" in found else None,
    )


def _warnings_of(found: Parsed) -> tuple[str, ...]:
    """Return what PubMed could not find or left out of a query."""
    errors, warned = found.get("ErrorList") or {}, found.get("WarningList") or {}
    said_by = (
        ("phrase not found", errors.get("PhraseNotFound", [])),
        ("field not found", errors.get("FieldNotFound", [])),
        ("ignored", warned.get("PhraseIgnored", [])),
        ("quoted phrase not found", warned.get("QuotedPhraseNotFound", [])),
        ("", warned.get("OutputMessage", [])),
    )
    return tuple(
        f"{what}: {text}" if what else str(text) for what, texts in said_by for text in texts
    )


def _history_of(found: Parsed) -> History:
    return History(str(found["WebEnv"]), str(found["QueryKey"]))


def _read_records(reply: Reply, asked: Sequence[str]) -> FetchReply:
    """Return a whole set of records, cut apart without reading them."""
    _check_common(reply)
    if _error_in(reply) is not None:
        return FetchReply(b"", {}, b"", b"")
    if b"ArticleSet" not in reply.body[:4_000]:
        raise ReplyRefusedError(
            f"{_SOURCE}: the reply holds no records (it says {said(reply)!r}); try again later"
        )
    if not _SET_END.search(reply.body, max(0, len(reply.body) - 200)):
        raise ReplyTruncatedError(f"{_SOURCE}: the records end in the middle; try again")
    found = cut_records(reply.body)
    unasked = set(found.records) - set(asked)
    if asked and unasked:
        raise ReplyRefusedError(
            f"{_SOURCE}: sent records that nobody asked for ({', '.join(sorted(unasked)[:5])})"
        )
    return found


def cut_records(body: bytes) -> FetchReply:
    """Cut a set of records apart, without reading them."""
    records: dict[str, bytes] = {}
    edges: list[tuple[int, int]] = []
    for match in _RECORD.finditer(body):
        pmid = _PMID.search(match[0]) if match[1] else None
        if pmid is None:
            continue
        edges.append(match.span())
        key = pmid[1].decode()
        # Two versions of one record stand one after the other.
        records[key] = records[key] + match[0] if key in records else match[0]
    if not edges:
        return FetchReply(body, {}, b"", b"")
    separator = body[edges[0][1] : edges[1][0]] if len(edges) > 1 else b""
    return FetchReply(body[: edges[0][0]], records, separator, body[edges[-1][1] :])


def _parse(body: bytes) -> Parsed:
    """Return a small reply as Bio.Entrez reads it, its DOCTYPE one that needs no download."""
    from Bio import Entrez

    root = _ROOT.search(body[:4_000])
    prolog = _PROLOG.match(body)
    if root is None or prolog is None or prolog.end() != root.start():
        raise ReplyRefusedError(f"{_SOURCE}: the reply begins strangely; try again later")
    name, file = _DTDS[root[1].decode()]
    doctype = (
        f'<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE {root[1].decode()} PUBLIC '
        f'"-//NLM//DTD {name}//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{file}">\n'
    )
    with _parsing:  # Bio.Entrez keeps its folder of DTDs in a class of its own
        cache: str | None = Entrez.local_cache
        if cache is None:
            setattr(Entrez, "local_cache", _dtd_folder())  # noqa: B010 - declared None, takes text
        try:
            read: Callable[..., Parsed] = Entrez.read
            return read(io.BytesIO(doctype.encode() + body[root.start() :]), validate=False)
        except (ValueError, RuntimeError, SyntaxError) as error:
            raise ReplyRefusedError(f"{_SOURCE}: the reply cannot be read ({error})") from error


def _dtd_folder() -> str:
    """Return a folder that can be written, so that Bio.Entrez makes none in the user's home."""
    return str(Path(tempfile.gettempdir()) / f"{TOOL}-dtd")
