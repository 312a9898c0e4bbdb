"""Exports: every file, its rows, its columns, and packs for a team."""

from html import escape

import streamlit as st

from evidence.charts import figures
from evidence.dashboard import components, marks, packs, reading, state
from evidence.dashboard.components import Head
from evidence.export.files import FILES
from evidence.export.pack import FileSet, Format

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
built = marks.day(snapshot.manifest.get("written_at"))
components.page_title(
    "Which files can I take with me?",
    f"The same bytes as <code>python -m evidence export</code> writes. Data set "
    f"<code>{escape(snapshot.snapshot_id)}</code>, built {built}.",
)
claims = reading.claims(snapshot)
with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
    dialect = st.segmented_control(
        "Made for", ["spreadsheet", "data"], default="spreadsheet", key="dialect", required=True,
        bind="query-params",
        help="spreadsheet: opens in Excel, text that looks like a formula is defused. "
        "data: exact, for programs.",
    )  # fmt: skip
    review_state = components.pick_state()
chosen = [row.claim_id for row in reading.in_state(claims, review_state)]
limited = None if review_state == "all" else chosen
suffix = [] if review_state == "all" else [review_state]
made_for = str(dialect or "spreadsheet")

if limited is not None and not limited:
    components.empty(f"No claim is {review_state}.", "Choose all to export everything.")
    st.stop()
names = [name for name in FILES if name != "manifest"]
components.question("One pack for the team, or everything?")
formats = [
    str(word)
    for word in st.pills(
        "Formats", [str(f) for f in Format], default=["csv"], selection_mode="multi", key="formats",
        persist_state="session",
    )
    or ["csv"]
]  # fmt: skip
with st.container(horizontal=True, key="packs"):
    for label, which in (("Summary pack", FileSet.TEAM), ("Everything", FileSet.ALL)):
        st.download_button(
            f"{label} (zip)",
            data=packs.zip_bytes(snapshot, which, formats, made_for, limited),
            file_name=f"{components.slug('-'.join([label, *formats, *suffix, made_for]))}.zip",
            mime="application/zip",
            key=f"pack_{which}",
            on_click="ignore",
        )

components.question("One file?")
tables = snapshot.manifest["tables"]


def row_count(name: str) -> int | None:
    """Return the rows of a file; None where it is made when asked for."""
    return int(tables[name]["rows"]) if name in tables else None


picked = components.linked_select(
    "File", names, "file", words=lambda name: f"{name}.csv · {FILES[name].definition}"
)
known = row_count(picked)
st.download_button(
    f"Download {picked}.csv",
    data=packs.file_bytes(snapshot, picked, made_for, limited),
    file_name=components.file_name(picked, suffix, known, "csv") if known is not None else f"{picked}.csv",
    mime="text/csv",
    key="one_file",
    on_click="ignore",
)  # fmt: skip
columns = [
    [
        f"<code>{escape(column.name)}</code>",
        escape(column.kind.value),
        escape(column.unit or ""),
        escape(column.allowed_text or ""),
        escape(column.definition),
    ]
    for column in FILES[picked].columns
]
with st.expander(f"The {len(columns)} columns of {picked}.csv"):
    heads = [Head("Column"), Head("Kind"), Head("Unit"), Head("Allowed"), Head("Definition")]
    components.show(components.table(heads, columns, f"Columns of {picked}"))

components.question("Which files are there?", "Hash: the first 12 digits of the table's SHA-256 in this data set.")  # fmt: skip
body = [
    [
        f"<code>{escape(name)}.csv</code>",
        escape(file.definition),
        figures.count(row_count(name), "made when asked"),
        str(len(file.columns)),
        f"<code>{escape(str(tables[name]['sha256'])[:12])}</code>" if name in tables else "",
    ]
    for name, file in FILES.items()
]
heads = [Head("File"), Head("What it holds"), Head("Rows", "n"), Head("Columns", "n"), Head("Hash")]
components.show(components.table(heads, body, "Files"))
components.question("How is it cited?")
components.show(f"<p>{escape(packs.citation(snapshot))}</p>")
