"""The one thing that Streamlit's server does not know: where a page's own server is.

A page that is opened at its own address (``/claim?claim=…``) asks for the server's health below
that address first, gets a 404 and waits before it asks at the root. Telling the page its server
saves the error in the console and the wait. Nothing else of the server is changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["NameServer"]

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]

HEAD = b"<head>"
SCRIPT = b'<script>window.__streamlit={BACKEND_BASE_URL:window.location.origin+"/"}</script>'


class NameServer:
    """ASGI middleware that writes the server's address into the page."""

    def __init__(self, app: Asgi) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass everything on; only a page asked for by a browser gets the line."""
        if scope["type"] != "http" or not _wants_page(scope):
            await self.app(scope, receive, send)
            return
        # Uncompressed, so that the line can be written into it: the page is 2 kB.
        plain = [(k, v) for k, v in scope["headers"] if k.lower() != b"accept-encoding"]
        await self.app({**scope, "headers": plain}, receive, _Writer(send).send)


class _Writer:
    """Holds a response back until its whole body is there, then writes the line into it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Take one message of the response."""
        if message["type"] == "http.response.start":
            if _is_html(message):
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body", False):
                return
            await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        body = self._body.replace(HEAD, HEAD + SCRIPT, 1) if self._body else self._body
        headers = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
        if self._body:
            headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _wants_page(scope: Message) -> bool:
    """Return whether a browser asks for a page, not for a file of it."""
    accept = b"".join(v for k, v in scope["headers"] if k.lower() == b"accept")
    return scope["method"] == "GET" and b"text/html" in accept


def _is_html(start: Message) -> bool:
    """Return whether a response is a whole page."""
    kind = b"".join(v for k, v in start["headers"] if k.lower() == b"content-type")
    return start["status"] == 200 and kind.startswith(b"text/html")
