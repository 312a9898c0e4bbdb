"""What abstracts say of how their trials were run, as rows of ``risk_of_bias``.

These are signals, not judgements: an abstract cannot carry a judgement of risk of bias, so none of
them enters an overall one. Each is stated, stated absent, or not assessable from the abstract.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evidence.appraisal.reading import Reading
from evidence.appraisal.sentences import Passage
from evidence.tables import conform, row_dicts
from evidence.vocabulary import Design, JudgedBy, RiskOfBias, SignalState, ValueStatus

__all__ = ["TOOL", "is_trial", "signal_rows", "with_signals"]

TOOL = "signals in the abstract"
READ_BY = "reader of abstracts"


def is_trial(study: Mapping[str, Any]) -> bool:
    """Return whether a row of ``studies`` is of a trial, whose signals are told."""
    return bool(study["design"] == Design.RANDOMIZED_TRIAL)


def signal_rows(
    study: Mapping[str, Any], reading: Reading, passage: Passage, version: str
) -> list[dict[str, Any]]:
    """Return a row for each signal of a trial's abstract; none for what is no randomized trial.

    Parameters
    ----------
    passage
        Title and abstract, of which the sentence of each signal is taken.
    """
    if not is_trial(study):
        return []
    sentences = passage.sentences
    return [
        {
            "study_id": study["study_id"],
            "tool": TOOL,
            "domain": signal.signal,
            "judgement": str(signal.state),
            "judgement_status": str(
                ValueStatus.NOT_ASSESSABLE
                if signal.state is SignalState.NOT_ASSESSABLE
                else ValueStatus.REPORTED
            ),
            "overall": str(RiskOfBias.NOT_ASSESSED),
            "assessed_from": "abstract",
            "assessed_by": READ_BY,
            "method": str(JudgedBy.AUTOMATIC),
            "model_version": version,
            "source_url": study["url"],
            "source_note": None if signal.sentence is None else sentences[signal.sentence].text,
        }
        for signal in reading.bias_signals
    ]


def with_signals(judged: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the table ``risk_of_bias``: judgements of people, then signals of abstracts."""
    if not rows:
        return conform("risk_of_bias", judged)
    return conform("risk_of_bias", [*row_dicts(conform("risk_of_bias", judged)), *rows])
