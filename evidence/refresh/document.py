"""The JSON document of ``evidence refresh`` (see commands in docs)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evidence.refresh.fetched import Fetched

__all__ = ["refresh_document"]


def refresh_document(
    fetched: Fetched,
    before: str | None,
    after: str | None,
    verdicts_changed: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return what ``evidence refresh --json`` prints.

    Parameters
    ----------
    fetched
        The run, complete or failed.
    before, after
        Ids of the snapshot that was current before the run and is now; equal where none was
        written.
    verdicts_changed
        Rows of claim_id, before, after, because.
    """
    document: dict[str, Any] = {
        "snapshot_id": after,
        "parent_id": before,
        "status": str(fetched.status),
        "searches": _searches(fetched),
        "records": {
            "total": fetched.n_records,
            "new": len(fetched.new),
            "changed": len(fetched.changed),
            "retracted": len(fetched.retracted),
            "dropped": len(fetched.dropped),
        },
        "verdicts_changed": list(verdicts_changed),
        "requests": fetched.requests,
        "seconds": round(fetched.seconds, 3),
    }
    if fetched.failure is not None:
        document["error"] = {
            "name": type(fetched.failure).__name__.lstrip("_"),
            "message": fetched.failure.message,
            "exit_code": fetched.failure.exit_code,
        }
    return document


def _searches(fetched: Fetched) -> list[dict[str, Any]]:
    """Return an entry a claim; claims that ask the same share a query."""
    rows = [row for row in fetched.searches if row["run_id"] == fetched.run_id]
    return [
        _search(row, claim_id) for row in rows for claim_id in fetched.query_claims[row["query_id"]]
    ]


def _search(row: Mapping[str, Any], claim_id: str) -> dict[str, Any]:
    return {
        "claim_id": claim_id,
        "query_id": row["query_id"],
        "count": row["count_reported"],
        "fetched": row["n_fetched"],
        "missing": row["missing_ids"] or [],
        "slices": row["slices"].split("; ") if row["slices"] else [],
        "translation": row["query_translation"],
        "warnings": row["warnings"] or [],
    }
