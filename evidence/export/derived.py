"""Files for other programs, made of the snapshot's tables: metafor, robvis, PRISMA2020.

Each function takes tables and gives the rows of one file of ``files.FILES``. Nothing is computed
that a stage has not judged: cells are chosen, renamed and joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from evidence.vocabulary import JudgedBy, MemberRole, RiskOfBias

__all__ = ["forest_input", "join_times", "join_versions", "prisma_layout", "robvis_rows"]

DAY = len("2026-11-24")
CUMULATIVE = "cumulative"
NO_INFORMATION = "No information"

# Words of RoB 2's domains and of the RoB 1 domains that ask the same, lower case. A RoB 1 domain
# stands under the RoB 2 domain whose signalling questions hold it (Sterne 2019, BMJ 366:l4898).
DOMAIN_WORDS: Mapping[str, tuple[str, ...]] = {
    "D1": ("d1", "randomisation process", "randomization process", "sequence generation",
           "allocation concealment"),
    "D2": ("d2", "deviations from", "blinding: patient", "blinding: care provider",
           "blinding: treatment provider", "participants and personnel"),
    "D3": ("d3", "missing outcome", "incomplete outcome"),
    "D4": ("d4", "measurement of the outcome", "outcome assess"),
    "D5": ("d5", "selection of the reported", "selective"),
}  # fmt: skip
ROBVIS_WORDS = {
    "low": "Low",
    "some concerns": "Some concerns",
    "unclear": "Some concerns",
    "high": "High",
}
WORSE = ["Low", "Some concerns", "High"]
TOOLS = ("RoB 2", "Cochrane RoB 2", "Cochrane RoB 1")


def forest_input(members: pd.DataFrame) -> pd.DataFrame:
    """Return what was pooled of ``stratum_members``, a row a study and stratum."""
    pooled = members[
        (members["role"] == str(MemberRole.POOLED))
        & members["effect"].notna()
        & members["se"].notna()
    ]
    return pd.DataFrame(
        {
            "study": pooled["study_id"],
            "yi": pooled["effect"],
            "sei": pooled["se"],
            "weight": pooled["weight_percent"],
            "stratum_id": pooled["stratum_id"],
        }
    )


def robvis_rows(bias: pd.DataFrame, studies: pd.DataFrame) -> pd.DataFrame:
    """Return ``risk_of_bias`` as robvis reads it: one row a study, the best-suited tool's.

    Domains of scales that ask something else (PEDro) are "No information"; the overall judgement
    is the protocol's map and stands for every tool.
    """
    if "method" in bias:
        bias = bias[bias["method"] != JudgedBy.AUTOMATIC]  # signals of abstracts are no judgements
    if bias.empty:
        return pd.DataFrame()
    names = _names(studies, bias["study_id"].unique())
    rows = []
    for study_id, part in bias.groupby("study_id", sort=True):
        rows.append({"Study": names[str(study_id)], **_judgements(part)})
    frame = pd.DataFrame(rows)
    # A figure that weighs some studies by per cent and others by 1 would mislead: all or none.
    is_known = bool(frame["Weight"].notna().all())
    return frame if is_known else frame.assign(Weight=1.0)


def _names(studies: pd.DataFrame, wanted: Iterable[str]) -> dict[str, str]:
    """Return a name for each study: its label, with the id where two share one."""
    labels = studies.set_index("study_id")["label"]
    found = {study: labels.get(study) for study in wanted}
    known = [label for label in found.values() if isinstance(label, str)]
    return {
        study: study
        if not isinstance(label, str)
        else label
        if known.count(label) == 1
        else f"{label} ({study})"
        for study, label in found.items()
    }


def _judgements(part: pd.DataFrame) -> dict[str, Any]:
    """Return the cells of one study, from the tool that fits robvis' template best."""
    ranked = sorted(
        part[["tool", "assessed_by"]].drop_duplicates().itertuples(index=False, name=None),
        key=lambda pair: (TOOLS.index(pair[0]) if pair[0] in TOOLS else len(TOOLS), pair),
    )
    tool, by = ranked[0]
    chosen = part[(part["tool"] == tool) & (part["assessed_by"] == by)]
    cells: dict[str, Any] = {}
    for domain, words in DOMAIN_WORDS.items():
        found = [
            ROBVIS_WORDS.get(str(judgement).strip().lower(), NO_INFORMATION)
            for name, judgement in zip(chosen["domain"], chosen["judgement"], strict=True)
            if _asks(str(name).lower(), words)
        ]
        cells[domain] = _worst(found)
    overall = next((word for word in chosen["overall"] if isinstance(word, str)), None)
    is_known = overall is not None and overall != str(RiskOfBias.NOT_ASSESSED)
    cells["Overall"] = ROBVIS_WORDS[overall] if is_known and overall else NO_INFORMATION
    cells["Weight"] = pd.to_numeric(chosen["weight"]).max()
    return cells


def _asks(name: str, words: tuple[str, ...]) -> bool:
    """Return whether a domain's name is the code, or holds one of the words, of a RoB 2 domain."""
    return name == words[0] or any(word in name for word in words[1:])


def _worst(found: list[str]) -> str:
    """Return the worst of some judgements, "No information" where there is none."""
    known = [word for word in found if word in WORSE]
    return max(known, key=WORSE.index) if known else NO_INFORMATION


def join_times(name: str, frame: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table with the times that only the manifest knows; a time that stands is kept.

    Tables hold a run's number and never its time of day, so that equal inputs give equal bytes.
    """
    runs = manifest.get("runs") or {}
    times = {str(run): str(about["started_at"])[:DAY] for run, about in runs.items()}
    if name == "searches":
        return _filled(frame, "run_at", frame["run_id"].map(times))
    if name == "records":
        return _filled(frame, "retraction_checked_at", frame["last_seen_run"].map(times))
    if name == "claim_verdicts" and manifest.get("last_complete_search"):
        search = pd.Series([str(manifest["last_complete_search"])] * len(frame), index=frame.index)
        filled = _filled(frame, "last_complete_search", search)
        return filled.assign(last_complete_search_status="reported")
    return frame


def join_versions(verdicts: pd.DataFrame, history: pd.DataFrame, written_at: str) -> pd.DataFrame:
    """Return ``claim_verdicts`` with the number that each verdict has in its claim's history.

    Versions that are younger than the snapshot are not its own.
    """
    if history.empty:
        return verdicts
    known = history["changed_at"].isna() | (history["changed_at"].astype("str") <= written_at)
    latest = history[known].groupby("claim_id")["verdict_version"].max()
    return _filled(verdicts, "verdict_version", verdicts["claim_id"].map(latest).astype("Int64"))


def _filled(frame: pd.DataFrame, column: str, found: pd.Series) -> pd.DataFrame:
    """Return a table with the gaps of one column filled."""
    standing = frame[column]
    return frame.assign(**{column: standing.where(standing.notna(), found)})


PRISMA_BOXES: tuple[tuple[str, str, str, str], ...] = (
    # name of the count, node, box, words
    ("NA", "node4", "prevstud", "Previous studies"),
    ("previous_studies", "node5", "box1", "Studies included in previous version of review"),
    ("previous_reports", "NA", "box1", "Reports of studies included in previous version of review"),
    ("NA", "node6", "newstud", "Identification of new studies via databases and registers"),
    ("database_results", "node7", "box2", "Databases"),
    ("register_results", "NA", "box2", "Registers"),
    ("NA", "node16", "othstud", "Identification of new studies via other methods"),
    ("website_results", "node17", "box11", "Websites"),
    ("organisation_results", "NA", "box11", "Organisations"),
    ("citations_results", "NA", "box11", "Citation searching"),
    ("duplicates", "node8", "box3", "Duplicate records"),
    ("excluded_automatic", "NA", "box3", "Records marked as ineligible by automation tools"),
    ("excluded_other", "NA", "box3", "Records removed for other reasons"),
    ("records_screened", "node9", "box4", "Records screened"),
    ("records_excluded", "node10", "box5", "Records excluded"),
    ("dbr_sought_reports", "node11", "box6", "Reports sought for retrieval"),
    ("dbr_notretrieved_reports", "node12", "box7", "Reports not retrieved"),
    ("other_sought_reports", "node18", "box12", "Reports sought for retrieval"),
    ("other_notretrieved_reports", "node19", "box13", "Reports not retrieved"),
    ("dbr_assessed", "node13", "box8", "Reports assessed for eligibility"),
    ("dbr_excluded", "node14", "box9", "Reports excluded"),
    ("other_assessed", "node20", "box14", "Reports assessed for eligibility"),
    ("other_excluded", "node21", "box15", "Reports excluded"),
    ("new_studies", "node15", "box10", "New studies included in review"),
    ("new_reports", "NA", "box10", "Reports of new included studies"),
    ("total_studies", "node22", "box16", "Total studies included in review"),
    ("total_reports", "NA", "box16", "Reports of total included studies"),
    ("identification", "node1", "identification", "Identification"),
    ("screening", "node2", "screening", "Screening"),
    ("included", "node3", "included", "Included"),
)
WITH_REASONS = frozenset({"dbr_excluded", "other_excluded"})


def prisma_layout(counts: pd.DataFrame) -> pd.DataFrame:
    """Return ``prisma_counts`` in the layout of PRISMA2020, a block a question.

    A count is taken where ``prisma_counts.box`` is the package's own name for it (Haddaway 2022,
    doi:10.1002/cl2.1230). Of several runs the cumulative one counts, else the last.
    """
    rows = []
    for question_id, part in counts.groupby("question_id", sort=True):
        runs = set(part["run_id"])
        run = CUMULATIVE if CUMULATIVE in runs else max(runs)
        last = part[part["run_id"] == run]
        for data, node, box, words in PRISMA_BOXES:
            rows.append(
                {
                    "data": data,
                    "node": node,
                    "box": box,
                    "description": words,
                    "boxtext": words,
                    "tooltips": words,
                    "url": f"{box}.html",
                    "n": _prisma_count(data, last[last["box"] == data]),
                    "question_id": question_id,
                }
            )
    return pd.DataFrame(rows)


def _prisma_count(data: str, part: pd.DataFrame) -> str | None:
    """Return a count as the package reads it; of exclusions, "reason, n; reason, n"."""
    if part.empty:
        return None
    if data in WITH_REASONS:
        pairs = zip(part["reason"], part["n"], strict=True)
        return "; ".join(f"{reason}, {n}" for reason, n in pairs)
    return str(int(part["n"].sum()))
