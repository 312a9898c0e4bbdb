"""HTTP for every source: time-outs, retries that honour Retry-After, one rate, typed errors.

A source says how a reply is checked; here it is sent, waited for, read to its end and sent again
where that can help. What a reply means is not known here.
"""

from __future__ import annotations

import email.utils
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import requests
import tenacity
import urllib3.exceptions

from evidence.errors import (
    BackEndFailedError,
    InterruptedRunError,
    RateLimitedError,
    ReplyRefusedError,
    ReplyTruncatedError,
    SourceUnreachableError,
)
from evidence.sources.rate import RateLimiter

__all__ = ["HttpClient", "Patience", "Reply", "is_loopback"]

LONG_PARAMETERS = 1_500
"""Parameters longer than this go by POST: addresses have a limit, bodies have none."""
_BLOCK = 1 << 16
_MAX_BYTES = 512 << 20
_PASSING = (
    RateLimitedError,
    BackEndFailedError,
    ReplyRefusedError,
    ReplyTruncatedError,
    SourceUnreachableError,
)
"""Errors that may pass by themselves."""

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, and how often to try (times in seconds)."""

    connect: float = 10.0
    read: float = 30.0
    """Longest silence within a reply."""
    whole: float = 300.0
    """Longest time of a whole reply."""
    attempts: int = 9
    attempts_unreachable: int = 4
    """Attempts where no connection comes about at all."""
    first_wait: float = 0.4
    longest_wait: float = 30.0
    longest_retry_after: float = 120.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole reply."""

    status: int
    content_type: str
    body: bytes
    retry_after: float | None = None


class _NoConnectionError(SourceUnreachableError):
    """Nobody answers at the address at all."""


def is_loopback(url: str) -> bool:
    """Return whether an address is this machine's own.

    >>> is_loopback("http://127.0.0.1:8000/"), is_loopback("https://eutils.ncbi.nlm.nih.gov/")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


class HttpClient:
    """Sends requests below one base URL; threads may share it.

    Parameters
    ----------
    source
        The service's name, as messages give it.
    base_url
        Ends in ``/``.
    limiter
        Whose permits are waited for.
    patience
        Time-outs and attempts.
    stop
        When set, whatever waits stops with `InterruptedRunError`.
    posts_long
        Whether the service takes long parameters by POST; else all goes by GET.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        limiter: RateLimiter,
        *,
        agent: str,
        patience: Patience | None = None,
        stop: threading.Event | None = None,
        posts_long: bool = False,
    ) -> None:
        self.source = source
        self.base_url = base_url
        self.patience = patience or Patience()
        self.stop = stop or threading.Event()
        self._limiter = limiter
        self._agent = agent
        self._posts_long = posts_long
        self._local = threading.local()
        self._counting = threading.Lock()
        self._n_sent = 0

    @property
    def n_sent(self) -> int:
        """Return how many requests were sent, retries included."""
        return self._n_sent

    def ask(self, path: str, parameters: Mapping[str, str], read: Callable[[Reply], T]) -> T:
        """Return what ``read`` makes of the reply; retry what may pass.

        ``read`` raises the typed error of a reply that is no answer.

        Raises
        ------
        SourceError
            The last attempt's error, or one that no retry can help.
        InterruptedRunError
            ``stop`` was set.
        """
        wait = _Wait(self.patience)
        retrying = tenacity.Retrying(
            stop=self._is_enough,
            wait=wait,
            retry=tenacity.retry_if_exception_type(_PASSING),
            sleep=self._sleep,
            reraise=True,
        )
        found: T = retrying(self._attempt, path, parameters, read, wait)
        return found

    def _attempt(
        self, path: str, parameters: Mapping[str, str], read: Callable[[Reply], T], wait: _Wait
    ) -> T:
        wait.retry_after = None
        reply = self._send(path, parameters)
        wait.retry_after = reply.retry_after
        check_transport(self.source, reply)
        return read(reply)

    def _is_enough(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        log.info("%s: attempt %d: %s", self.source, state.attempt_number, error)
        most = self.patience.attempts
        if isinstance(error, _NoConnectionError):
            most = min(most, self.patience.attempts_unreachable)
        return state.attempt_number >= most

    def _sleep(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise InterruptedRunError("interrupted; run the same command to resume")

    def _send(self, path: str, parameters: Mapping[str, str]) -> Reply:
        session = self._session()
        encoded = urlencode(parameters, safe=",")
        url = self.base_url + path
        if self._posts_long and len(encoded) > LONG_PARAMETERS:
            request = requests.Request("POST", url, data=parameters)
        else:
            request = requests.Request("GET", f"{url}?{encoded}")
        prepared = session.prepare_request(request)
        # What the environment says of proxies and certificates; for this machine itself, nothing.
        sending: dict[str, Any] = {}
        if session.trust_env:
            sending = dict(
                session.merge_environment_settings(prepared.url or "", {}, True, None, None)
            )
        ticket = self._limiter.wait(self.stop)
        with self._counting:
            self._n_sent += 1
        started = time.monotonic()
        timeouts = (self.patience.connect, self.patience.read)
        try:
            sending |= {"timeout": timeouts, "stream": True, "allow_redirects": False}
            try:
                response = session.send(prepared, **sending)
            finally:
                self._limiter.arrived(ticket)
            with response:
                return _read_reply(response, started + self.patience.whole)
        except (requests.exceptions.ChunkedEncodingError, _TruncatedError) as error:
            raise ReplyTruncatedError(
                f"{self.source}: the reply ends in the middle; try again"
            ) from error
        except (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError) as error:
            raise ReplyTruncatedError(
                f"{self.source}: the compressed reply is damaged; try again"
            ) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> SourceUnreachableError:
        """Return what to say where no reply came."""
        where = urlsplit(self.base_url).netloc
        if isinstance(error, requests.Timeout) or "timed out" in str(error).lower():
            problem = f"no answer within {self.patience.read:g} s"
            return SourceUnreachableError(f"{self.source} ({where}): {problem}; try again later")
        kind = _NoConnectionError if _is_no_connection(error) else SourceUnreachableError
        problem = "no connection" if kind is _NoConnectionError else "the connection broke"
        return kind(f"{self.source} ({where}): {problem}; check the network and try again")

    def _session(self) -> requests.Session:
        """Return this thread's session: requests does not promise that threads may share one."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.headers["User-Agent"] = self._agent
            session.headers["Accept-Encoding"] = "gzip"
            session.trust_env = not is_loopback(self.base_url)
            self._local.session = session
        return session


class _TruncatedError(Exception):
    """A reply was cut off."""


class _Wait:
    """How long to wait before the next attempt: Retry-After, else backoff with jitter."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self.retry_after: float | None = None

    def __call__(self, state: tenacity.RetryCallState) -> float:
        top = self.patience.first_wait * 2.0 ** (state.attempt_number - 1)
        # Half fixed, half random: many that failed together do not come back together.
        backoff = min(top, self.patience.longest_wait) * random.uniform(0.5, 1.0)
        if self.retry_after is None:
            return backoff
        return max(backoff, min(self.retry_after, self.patience.longest_retry_after))


def _read_reply(response: requests.Response, deadline: float) -> Reply:
    """Read a reply to its end, within time and size."""
    body = bytearray()
    for block in response.iter_content(_BLOCK):
        body += block
        if len(body) > _MAX_BYTES or time.monotonic() > deadline:
            raise _TruncatedError
    return Reply(
        response.status_code,
        response.headers.get("Content-Type", ""),
        bytes(body),
        _retry_after(response.headers.get("Retry-After")),
    )


def _retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def check_transport(source: str, reply: Reply) -> None:
    """Refuse what any service may send instead of an answer: too many, back end, redirect."""
    if reply.status == 429:
        raise RateLimitedError(
            f"{source}: too many requests a second; wait, or set an API key of your own "
            "(NCBI_API_KEY)"
        )
    if reply.status >= 500:
        raise BackEndFailedError(
            f"{source}: its server failed (HTTP {reply.status}: {said(reply)}); try again later"
        )
    if 300 <= reply.status < 400:
        raise ReplyRefusedError(
            f"{source}: redirects elsewhere (HTTP {reply.status}); check the base URL"
        )


def said(reply: Reply) -> str:
    """Return the start of a reply as it can stand in a message."""
    return " ".join(reply.body[:200].decode("utf-8", "replace").split()) or "nothing"


def _is_no_connection(error: Exception) -> bool:
    """Return whether no connection came about at all."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
