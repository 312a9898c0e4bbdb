"""The dashboard's frame: page config, navigation, the line of every page, and the page itself.

Run it with ``python -m evidence dashboard`` or ``streamlit run app.py``.
"""

import streamlit as st

from evidence.dashboard import components, reading, state
from evidence.dashboard.navigation import pages
from evidence.errors import EvidenceError

st.set_page_config(page_title="Evidence tracker", page_icon="📄", layout="wide")
page = st.navigation(pages(), position="top")
with st.container(key="page"):
    try:
        snapshot = state.current_snapshot()
        if snapshot is None:
            components.nothing_built(state.workspace())
        else:
            components.frame(snapshot, *reading.signed(reading.claims(snapshot)))
            page.run()
    except EvidenceError as error:
        components.unreadable(error)
