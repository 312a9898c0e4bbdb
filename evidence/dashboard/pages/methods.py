"""Methods and limits: the rules, the numbers, what is automated, and what was not searched."""

from html import escape

import streamlit as st

from evidence.charts import figures
from evidence.dashboard import components, glossary, marks, methods, state

snapshot = state.current_snapshot()
if snapshot is None:
    st.stop()
protocol = state.protocol()
manifest = snapshot.manifest
components.page_title(
    "How are these verdicts made, and where do they end?",
    "A verdict judges a sentence by the studies that could answer it. It judges no clinic and no "
    "person, and it is not medical advice.",
)
components.pick_state()
same = manifest.get("protocol_sha256") in {None, protocol.sha256}
components.show(
    f"<p>Protocol <b>{escape(str(manifest.get('protocol_version', protocol.version)))}</b>"
    + ("" if same else ": the file has changed since this data set was built")
    + f". Data set <code>{escape(snapshot.snapshot_id)}</code>, as of {marks.day(snapshot.as_of)}.</p>"
)

components.question("What does each verdict mean, and what not?")
components.show(methods.verdict_table())
components.question("What was not searched?")
missing = manifest.get("databases_not_searched") or list(protocol.databases_not_searched)
words = manifest.get("search_words")
said = f"{escape(str(words)[:1].upper() + str(words)[1:])}. " if words else ""
components.show(
    f"<p>{said}Never searched: <b>{escape(', '.join(map(str, missing)))}</b>. A study that stands "
    "only there is not seen here, and “no eligible evidence found” is a gap of what was searched.</p>"
)

components.question(
    "Which difference matters?",
    f"The least difference between groups that matters ({glossary.term('MID')}), and the bands of size. "
    "Every verdict is also computed at "
    f"{figures.plain(protocol.number('mid.sensitivity_factor'))} times the MID.",
)
components.show(methods.mid_table(protocol))
components.question("By which rules is certainty lowered?")
components.show(methods.rule_table(protocol))
components.question("When are studies pooled, and when counted?")
components.show(methods.pooling_html(protocol))

components.question(
    "What is done by machine, and how well?",
    "Measured on labelled records; a value that the machine is not sure of is shown nowhere.",
)
register = state.rows(snapshot, "automation_register")
if register.empty:
    components.empty(
        "No accuracy has been measured into this data set.",
        "Every number here is curated by people; nothing read by machine decides.",
    )
else:
    components.show(methods.register_table(register))
    components.show(methods.register_notes(register))

components.question(
    "Which words does the method use?",
    "On every page they are underlined with dots: hover, tap or press Enter for what they mean.",
)
components.show(methods.words_html())
components.question("Who pays for this, and who has an interest?")
components.show(
    "<p>The tracker takes no money from makers, clinics or societies. Conflicts of the authors of "
    "studies are shown with each study where they are known, and change no verdict. Citation counts "
    "are shown, never used. There is no score over claims or documents.</p>"
)
with st.container(horizontal=True, key="claimfoot"):
    components.download_table(
        snapshot, "automation_register", None, [], len(register), label="Download the register"
    )
