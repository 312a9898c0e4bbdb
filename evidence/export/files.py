"""Every file that an export holds: its name, columns, key and place in the list.

Most are tables of the snapshot with the columns that are not internal; the others are declared
here, in the same words. The data dictionary and the manifest come from this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evidence import vocabulary as v
from evidence.columns import (
    Column,
    date_column,
    flag_column,
    id_column,
    list_column,
    number_column,
    text_column,
    whole_column,
    word_column,
)
from evidence.tables import TABLES

__all__ = ["FILES", "TEAM", "VERSION", "ExportFile", "file_named"]

VERSION = id_column("dataset_version", "Snapshot from which the file is.")


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One CSV file of an export."""

    name: str
    definition: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    has_version: bool = True
    is_derived: bool = True
    """Whether it is made at export, and is no table of the snapshot."""

    @property
    def header(self) -> tuple[str, ...]:
        """Return the columns of the file, its version included."""
        names = tuple(column.name for column in self.columns)
        return (*names, VERSION.name) if self.has_version else names


VERDICT_HISTORY = ExportFile(
    "verdict_history",
    "Every verdict that a claim has had, and what moved it.",
    ("claim_id", "verdict_version"),
    (
        id_column("claim_id", "Claim that is answered."),
        whole_column("verdict_version", "Number of the verdict in the claim's history.", low=1),
        word_column("verdict", v.VerdictWord, "The answer.", source_rule="section 10"),
        word_column("certainty", v.Certainty, "Certainty as shown."),
        date_column("changed_at", "When it became the current verdict."),
        text_column("trigger", "What opened the verdict again."),
        list_column("studies_added", "Studies that came in."),
        list_column("studies_removed", "Studies that went out."),
        list_column("changed_inputs", "Cells that changed."),
        text_column("changed_by", "Person or run."),
    ),
)
DECISIONS_LOG = ExportFile(
    "decisions_log",
    "Every decision of a person, in order; nothing is ever removed from it.",
    ("event_id",),
    (
        whole_column("event_id", "Number of the event."),
        date_column("at", "When."),
        text_column("who", "Who."),
        text_column("object_type", "Kind of thing that is decided on."),
        text_column("object_id", "Its id."),
        text_column("field", "Field of it."),
        text_column("before", "Value before."),
        text_column("after", "Value after."),
        text_column("reason", "Why."),
    ),
)
GOLD_EVAL = ExportFile(
    "gold_eval",
    "Automatic readings beside labels of people, item by item.",
    ("item_id", "gold_source", "field"),
    (
        id_column("item_id", "Item that is labelled."),
        text_column("gold_source", "Set of labels."),
        text_column("field", "What is read."),
        text_column("gold", "The label."),
        text_column("predicted", "The reading."),
        flag_column("match", "Whether the two agree."),
    ),
)
DATA_DICTIONARY = ExportFile(
    "data_dictionary",
    "Every column of every file.",
    (),
    (
        text_column("file", "File."),
        text_column("column", "Column."),
        text_column("type", "What it holds."),
        text_column("allowed_values", "What is allowed."),
        text_column("unit", "Unit."),
        text_column("definition", "What it means."),
        text_column("source_rule", "Section of the method behind it."),
    ),
)
MANIFEST = ExportFile(
    "manifest",
    "Every other file of the export, with its hash.",
    ("file",),
    (
        id_column("file", "File."),
        whole_column("rows", "Rows; of a text, entries."),
        text_column("sha256", "SHA-256 of its bytes."),
        date_column("built_at", "When the snapshot was written."),
        text_column("code_commit", "Commit or version of the program."),
        text_column("protocol_sha256", "SHA-256 of the protocol."),
    ),
)
FOREST_INPUT = ExportFile(
    "forest_input",
    "What was pooled, ready for metafor's rma(yi, sei).",
    ("stratum_id", "study"),
    (
        id_column("study", "Study id."),
        number_column("yi", "Effect on the stratum's unit, positive favourable."),
        number_column("sei", "Its standard error.", low=0),
        number_column("weight", "Weight in the pool.", unit="per cent", low=0, high=100),
        id_column("stratum_id", "Stratum."),
    ),
    has_version=False,
)
ROBVIS = ExportFile(
    "risk_of_bias_robvis",
    "Risk of bias by domain, ready for robvis (RoB 2 template).",
    ("Study",),
    (
        id_column("Study", "First author and year."),
        *(text_column(f"D{i}", f"Judgement of domain {i}.") for i in range(1, 6)),
        text_column("Overall", "Overall judgement."),
        number_column("Weight", "Weight in the pool; 1 for all where any is unknown."),
    ),
    has_version=False,
)
PRISMA_LAYOUT = ExportFile(
    "prisma2020",
    "Counts of the flow figure in the layout of the R package PRISMA2020, a block a question.",
    (),
    (
        text_column("data", "The package's name of the count."),
        text_column("node", "Node of the figure."),
        text_column("box", "Box of the figure."),
        text_column("description", "What the box is."),
        text_column("boxtext", "Words of the box."),
        text_column("tooltips", "Words beside the box."),
        text_column("url", "Page of the box in an interactive figure."),
        text_column("n", "Count; of exclusions, each reason with its count."),
        text_column("question_id", "Question."),
    ),
)


def _from_table(name: str) -> ExportFile:
    """Return a table of the snapshot as a file."""
    table = TABLES[name]
    return ExportFile(name, table.definition, table.key, table.exported, is_derived=False)


# In the order of the list of exports; the summary of findings follows the certainty behind it.
FILES: Mapping[str, ExportFile] = {
    file.name: file
    for file in (
        _from_table("documents"),
        _from_table("sentences"),
        _from_table("claims"),
        _from_table("claim_verdicts"),
        VERDICT_HISTORY,
        _from_table("searches"),
        _from_table("records"),
        _from_table("screening"),
        _from_table("studies"),
        _from_table("study_results"),
        _from_table("risk_of_bias"),
        ROBVIS,
        _from_table("reviews"),
        _from_table("review_study_matrix"),
        _from_table("review_overlap"),
        _from_table("syntheses"),
        FOREST_INPUT,
        _from_table("certainty"),
        _from_table("summary_of_findings"),
        _from_table("guidelines"),
        _from_table("adverse_events"),
        _from_table("retractions"),
        _from_table("prisma_counts"),
        PRISMA_LAYOUT,
        DECISIONS_LOG,
        _from_table("automation_register"),
        GOLD_EVAL,
        DATA_DICTIONARY,
        MANIFEST,
    )
}

TEAM = (
    "claim_verdicts",
    "syntheses",
    "certainty",
    "summary_of_findings",
    "searches",
    "retractions",
    "data_dictionary",
    "manifest",
)


def file_named(name: str) -> ExportFile:
    """Return a declared file; an unknown name is an error of the program."""
    return FILES[name]
