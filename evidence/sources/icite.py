"""iCite: citation figures by PMID. They are shown and never used."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evidence.errors import QueryRefusedError, ReplyRefusedError
from evidence.settings import Settings
from evidence.sources.http import HttpClient, Patience, Reply, said
from evidence.sources.rate import RateLimiter, shared_folder

__all__ = ["FIGURES", "MAX_PMIDS", "IciteClient", "icite_client"]

_SOURCE = "iCite"
MAX_PMIDS = 1_000
_PER_SECOND = 3
FIGURES = (
    "year",
    "citation_count",
    "citations_per_year",
    "relative_citation_ratio",
    "nih_percentile",
    "is_clinical",
)


def icite_client(
    settings: Settings,
    *,
    patience: Patience | None = None,
    stop: threading.Event | None = None,
    rate_folder: Path | None = None,
) -> IciteClient:
    """Return a client for the settings' iCite."""
    limiter = RateLimiter(
        urlsplit(settings.icite_url).netloc, _PER_SECOND, rate_folder or shared_folder()
    )
    agent = f"evidence-tracker ({settings.ncbi_email or 'no address'})"
    return IciteClient(
        HttpClient(_SOURCE, settings.icite_url, limiter, agent=agent, patience=patience, stop=stop)
    )


class IciteClient:
    """Asks iCite; threads may share it."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def figures(self, pmids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the figures of each PMID that iCite knows, asked for by the thousand."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(pmids), MAX_PMIDS):
            asked = ",".join(pmids[start : start + MAX_PMIDS])
            parameters = {"pmids": asked, "fl": ",".join(("pmid", *FIGURES)), "format": "json"}
            for row in self._http.ask("pubs", parameters, _read_rows):
                found[str(row["pmid"])] = {name: row.get(name) for name in FIGURES}
        return found


def _read_rows(reply: Reply) -> list[Mapping[str, Any]]:
    if reply.status >= 400:
        raise QueryRefusedError(
            f"{_SOURCE} refuses the request (HTTP {reply.status}: {said(reply)})"
        )
    try:
        rows = json.loads(reply.body)["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise ReplyRefusedError(
            f"{_SOURCE}: the reply holds no figures (it says {said(reply)!r}); try again later"
        ) from error
    return [row for row in rows if isinstance(row, dict) and row.get("pmid")]
