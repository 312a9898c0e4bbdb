"""Source reader: the document as it reads, every claim marked where it stands."""

from html import escape

import streamlit as st

from evidence.charts import figures
from evidence.dashboard import components, marks, reader, reading, state

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
documents = state.rows(snapshot, "documents")
if documents.empty:
    components.page_title("No document is registered")
    components.empty(
        "There is nothing to read.", "<code>python -m evidence document add FILE</code>"
    )
    st.stop()
by_id = {str(r["document_id"]): r for r in figures.records(documents)}
first = next(iter(by_id))
chosen = first
with st.container(horizontal=True, key="filters"):
    if len(by_id) > 1:
        chosen = components.linked_select(
            "Document",
            list(by_id),
            "document",
            words=lambda key: str(by_id[key]["title"]),
            label_visibility="collapsed",
        )
    review_state = components.pick_state()
document = by_id[chosen]

everything = reading.claims(snapshot)
mine = reader.in_view(everything, chosen, review_state)
sentences = state.rows(snapshot, "sentences")
sentences = sentences[sentences["document_id"] == chosen]
where = marks.link(document["url"], "where it was found") or "its address is not known"
publisher = marks.text(document["publisher"], "publisher not recorded")
taken = (
    "date of reading not recorded"
    if figures.is_missing(document["retrieved_at"])
    else f"read as it stood on {marks.day(document['retrieved_at'])}"
)
components.page_title(
    str(document["title"]),
    f"{publisher} · {taken} · {where} · "
    "each claim is underlined; point, tap or tab to it for what was found",
)
components.show(reader.coverage(sentences))
spans = reader.spans_of(mine)
components.show(reader.document_html(snapshot, sentences, spans, str(document["title"])))

cited = [(row, str(row["cited_reference"])) for row in mine if row.get("cited_reference")]
components.question("Which references does the document give, and do they say it?")
if cited:
    items = "".join(f"<li><b>{escape(row.label)}</b> {escape(words)}</li>" for row, words in cited)
    components.show(f'<ul class="change">{items}</ul>')
else:
    components.empty(
        "The document names no source.",
        "Words such as “studies show” are taken as a claim about studies, and checked as one.",
    )
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(
        snapshot, "sentences", {"document_id": [chosen]}, [chosen], len(sentences),
        label="Download the sentences",
    )  # fmt: skip
