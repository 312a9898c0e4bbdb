"""ClinicalTrials.gov, version 2 of its interface: registered trials of a condition and a treatment.

It tells what is registered and whether results or publications exist; it judges nothing.
"""

from __future__ import annotations

import calendar
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evidence.errors import QueryRefusedError, ReplyRefusedError, ReplyTruncatedError
from evidence.settings import Settings
from evidence.sources.http import HttpClient, Patience, Reply, said
from evidence.sources.rate import RateLimiter, shared_folder

__all__ = ["RegisteredTrial", "TrialsClient", "trials_client"]

_SOURCE = "ClinicalTrials.gov"
_PAGE = 1_000
_PER_SECOND = 3
_FIELDS = (
    "protocolSection.identificationModule.nctId",
    "protocolSection.statusModule.overallStatus",
    "protocolSection.statusModule.primaryCompletionDateStruct",
    "protocolSection.statusModule.completionDateStruct",
    "protocolSection.designModule.studyType",
    "protocolSection.designModule.enrollmentInfo",
    "protocolSection.referencesModule.references",
    "hasResults",
)
_FINISHED = frozenset({"COMPLETED", "TERMINATED"})


@dataclass(frozen=True, slots=True)
class RegisteredTrial:
    """One registered interventional trial."""

    nct_id: str
    status: str
    completed: date | None
    """When it was completed, the last day of the month where only that is given."""
    n_enrolled: int | None
    has_results: bool
    publications: tuple[str, ...]
    """PMIDs that the register links as results or as derived from it."""

    def is_finished_before(self, day: date) -> bool:
        """Return whether the trial ended before a day."""
        return self.status in _FINISHED and self.completed is not None and self.completed < day


def trials_client(
    settings: Settings,
    *,
    patience: Patience | None = None,
    stop: threading.Event | None = None,
    rate_folder: Path | None = None,
) -> TrialsClient:
    """Return a client for the settings' ClinicalTrials.gov."""
    name = urlsplit(settings.ctgov_url).netloc
    limiter = RateLimiter(name, _PER_SECOND, rate_folder or shared_folder())
    agent = f"evidence-tracker ({settings.ncbi_email or 'no address'})"
    return TrialsClient(
        HttpClient(_SOURCE, settings.ctgov_url, limiter, agent=agent, patience=patience, stop=stop)
    )


class TrialsClient:
    """Asks ClinicalTrials.gov; threads may share it."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def search(
        self, conditions: Sequence[str], interventions: Sequence[str]
    ) -> list[RegisteredTrial]:
        """Return every interventional trial of any of the conditions and interventions.

        Raises
        ------
        SourceError
            The register fails, or its pages do not add up to its count.
        """
        parameters = {
            "query.cond": _any_of(conditions),
            "query.intr": _any_of(interventions),
            "fields": "|".join(_FIELDS),
            "pageSize": str(_PAGE),
            "countTotal": "true",
            "format": "json",
        }
        studies: list[Mapping[str, Any]] = []
        total: int | None = None
        while True:
            page = self._http.ask("studies", parameters, _read_page)
            total = page.get("totalCount", total)
            studies += page["studies"]
            token = page.get("nextPageToken")
            if not token:
                break
            parameters = {**parameters, "pageToken": str(token)}
        if total is not None and total != len(studies):
            raise ReplyTruncatedError(
                f"{_SOURCE}: it counts {total} trials and sent {len(studies)}; try again later"
            )
        found = {t.nct_id: t for s in studies if (t := _read_trial(s)) is not None}
        return [found[nct_id] for nct_id in sorted(found)]


def _any_of(words: Sequence[str]) -> str:
    """Return words as the register's search language joins them.

    >>> _any_of(["back pain", "sciatica"])
    '"back pain" OR "sciatica"'
    """
    return " OR ".join('"' + word.replace('"', " ") + '"' for word in words)


def _read_page(reply: Reply) -> Mapping[str, Any]:
    if reply.status >= 400:
        raise QueryRefusedError(
            f"{_SOURCE} refuses the request (HTTP {reply.status}: {said(reply)})"
        )
    try:
        page = json.loads(reply.body)
    except ValueError as error:
        raise ReplyRefusedError(
            f"{_SOURCE}: the reply is no JSON (it says {said(reply)!r}); try again later"
        ) from error
    if not isinstance(page, dict) or not isinstance(page.get("studies"), list):
        raise ReplyRefusedError(f"{_SOURCE}: the reply holds no studies; try again later")
    return page


def _read_trial(study: Mapping[str, Any]) -> RegisteredTrial | None:
    """Return a trial, None where the study is not interventional."""
    protocol = study.get("protocolSection", {})
    design, status = protocol.get("designModule", {}), protocol.get("statusModule", {})
    if design.get("studyType", "INTERVENTIONAL") != "INTERVENTIONAL":
        return None
    completed = status.get("completionDateStruct") or status.get("primaryCompletionDateStruct")
    references = protocol.get("referencesModule", {}).get("references", [])
    return RegisteredTrial(
        str(protocol["identificationModule"]["nctId"]),
        str(status.get("overallStatus", "UNKNOWN")),
        _read_day((completed or {}).get("date")),
        design.get("enrollmentInfo", {}).get("count"),
        bool(study.get("hasResults", False)),
        tuple(
            sorted(
                str(r["pmid"])
                for r in references
                if r.get("type") in {"RESULT", "DERIVED"} and r.get("pmid")
            )
        ),
    )


def _read_day(text: str | None) -> date | None:
    """Return the last day that a partial date can mean.

    >>> _read_day("2024-02"), _read_day("2024-02-03")
    (datetime.date(2024, 2, 29), datetime.date(2024, 2, 3))
    """
    parts = [int(part) for part in (text or "").split("-") if part.isdigit()]
    if not parts:
        return None
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return date(year, month, day)
