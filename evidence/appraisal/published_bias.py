"""Published risk-of-bias judgements, mapped to one overall judgement a study.

RoB 1 and 2: low where sequence, concealment, blinding of participants and incomplete data are all
low; high where any of these is high; else some concerns. PEDro: low only where allocation is
concealed, subjects blind, follow-up adequate and analysis by intention to treat; at most 4 of 10
is high; else some concerns. Two sources: the worse. (docs/method.md, section 7.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from evidence.protocol import Protocol
from evidence.vocabulary import RiskOfBias

__all__ = ["add_overall", "judge_pedro", "judge_rob", "overall_by_study"]

PEDRO = "PEDro"
ROB_DOMAINS: Mapping[str, tuple[str, ...]] = {
    "sequence": ("sequence generation",),
    "concealment": ("allocation concealment",),
    "participants": ("blinding: patient", "blinding: participant", "blinding of participant"),
    "incomplete data": ("incomplete outcome",),
}
PEDRO_NEEDED = (
    "concealed allocation",
    "blind subjects",
    "adequate follow-up",
    "intention-to-treat analysis",
)
WORSE = {RiskOfBias.LOW: 0, RiskOfBias.SOME_CONCERNS: 1, RiskOfBias.HIGH: 2}


def judge_rob(judgements: Mapping[str, str]) -> RiskOfBias:
    """Return the overall judgement of a RoB 1 or RoB 2 table: domain → low, unclear, high."""
    lower = {domain.lower(): word.strip().lower() for domain, word in judgements.items()}
    found = {
        name: [word for domain, word in lower.items() if any(p in domain for p in patterns)]
        for name, patterns in ROB_DOMAINS.items()
    }
    words = [word for group in found.values() for word in group]
    if any(word == "high" for word in words):
        return RiskOfBias.HIGH
    if all(group and all(word == "low" for word in group) for group in found.values()):
        return RiskOfBias.LOW
    return RiskOfBias.SOME_CONCERNS


def judge_pedro(judgements: Mapping[str, str], high_max_score: int) -> RiskOfBias:
    """Return the overall judgement of a PEDro record: item → yes or no, overall → 6/10."""
    lower = {domain.lower(): word.strip().lower() for domain, word in judgements.items()}
    score = lower.get("overall", "").split("/")[0]
    if score.isdigit() and int(score) <= high_max_score:
        return RiskOfBias.HIGH
    if all(lower.get(item) == "yes" for item in PEDRO_NEEDED):
        return RiskOfBias.LOW
    return RiskOfBias.SOME_CONCERNS


def overall_by_study(judgements: pd.DataFrame, protocol: Protocol) -> dict[str, RiskOfBias]:
    """Return one overall judgement a study; two sources: the worse.

    Parameters
    ----------
    judgements
        Rows of study, tool, assessor, domain and judgement, in the tool's own words.
    """
    found: dict[str, RiskOfBias] = {}
    for (study, tool, _), rows in judgements.groupby(["study_id", "tool", "assessed_by"]):
        words = dict(zip(rows["domain"], rows["judgement"], strict=True))
        judged = (
            judge_pedro(words, protocol.whole("risk_of_bias.pedro_high_max_score"))
            if tool == PEDRO
            else judge_rob(words)
        )
        found[str(study)] = _worse([judged, *([found[str(study)]] if str(study) in found else [])])
    return found


def _worse(judgements: Iterable[RiskOfBias]) -> RiskOfBias:
    """Return the worst of some judgements."""
    return max(judgements, key=lambda word: WORSE[word])


def add_overall(judgements: pd.DataFrame, overall: Mapping[str, RiskOfBias]) -> pd.DataFrame:
    """Return the rows of ``risk_of_bias``: judgements with the overall one beside each."""
    out = judgements[
        ["study_id", "tool", "domain", "judgement", "assessed_by", "source_url", "source_note"]
    ].copy()
    out["judgement_status"] = "reported"
    out["overall"] = [str(overall[study]) for study in out["study_id"]]
    out["method"] = "person"
    return out
