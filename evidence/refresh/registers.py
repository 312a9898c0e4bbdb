"""Registered trials of each question: asked for, kept, and counted by whether anything came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from evidence.refresh.holdings import Holdings
from evidence.refresh.plan import RegisterPlan
from evidence.sources.clinical_trials import RegisteredTrial, TrialsClient

__all__ = ["RegisteredCount", "ask_registers", "count_registered"]


@dataclass(frozen=True, slots=True)
class RegisteredCount:
    """Registered trials of one question."""

    n_registered: int
    n_finished: int
    """Finished longer ago than the protocol's ``certainty.r5_registered_months``."""
    n_silent: int
    """Of these, without results and without a publication that is known."""


def ask_registers(
    client: TrialsClient, plans: Sequence[RegisterPlan]
) -> dict[str, list[dict[str, Any]]]:
    """Return the registered trials of each question, as JSON."""
    found: dict[str, list[dict[str, Any]]] = {}
    for plan in plans:
        trials = [_as_json(t) for t in client.search(plan.conditions, plan.interventions)]
        found.update(dict.fromkeys(plan.question_ids, trials))
    return found


def _as_json(trial: RegisteredTrial) -> dict[str, Any]:
    return {
        **asdict(trial),
        "completed": trial.completed.isoformat() if trial.completed else None,
        "publications": list(trial.publications),
    }


def _from_json(row: Mapping[str, Any]) -> RegisteredTrial:
    completed = row["completed"]
    return RegisteredTrial(
        nct_id=row["nct_id"],
        status=row["status"],
        completed=date.fromisoformat(completed) if completed else None,
        n_enrolled=row["n_enrolled"],
        has_results=row["has_results"],
        publications=tuple(row["publications"]),
    )


def count_registered(
    holdings: Holdings, tables: Mapping[str, pa.Table], *, months: int, as_of: date | None
) -> tuple[dict[str, RegisteredCount], list[dict[str, Any]]]:
    """Return each question's count, and its trials as rows (docs/method.md, section 7, R5).

    A publication is known where the register links one, or where a record that was fetched names
    the trial's number.

    Parameters
    ----------
    months
        How long after its end a trial without results is silent.
    as_of
        The day from which months are counted back; None where some claim was never searched, then
        it is the day on which the register was read.
    """
    if holdings.registered_on is None:
        return {}, []
    named = {str(number) for number in tables["databanks"]["accession"].to_pylist() if number}
    limit = months_before(as_of or holdings.registered_on, months)
    counts, rows = {}, []
    for question_id, found in sorted(holdings.registered.items()):
        trials = [_from_json(row) for row in found]
        finished = [t for t in trials if t.is_finished_before(limit)]
        silent = {t.nct_id for t in finished if not _is_published(t, named)}
        counts[question_id] = RegisteredCount(len(trials), len(finished), len(silent))
        for trial in trials:
            rows.append(
                {
                    "question_id": question_id,
                    **_as_json(trial),
                    "is_finished_long_ago": trial in finished,
                    "is_silent": trial.nct_id in silent,
                }
            )
    return counts, rows


def _is_published(trial: RegisteredTrial, named: set[str]) -> bool:
    return trial.has_results or bool(trial.publications) or trial.nct_id in named


def months_before(day: date, months: int) -> date:
    """Return the day some months before; the month's last day where it is shorter.

    >>> months_before(date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    """
    import calendar

    total = day.year * 12 + day.month - 1 - months
    year, month = total // 12, total % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
