"""The dashboard's frame: page config, navigation, the line of every page, and the page itself.

Run it with ``python -m evidence dashboard`` or ``streamlit run app.py``. Streamlit finds ``app``
and serves it; for every reader it then runs this file as a script, which draws the page.
"""

import streamlit as st
from starlette.middleware import Middleware

from evidence.dashboard import components, reading, state
from evidence.dashboard.back import keep_filters_on_back
from evidence.dashboard.navigation import pages
from evidence.dashboard.serving import NameServer
from evidence.dashboard.theme import follow_theme
from evidence.dashboard.warming import warm
from evidence.errors import EvidenceError


def draw() -> None:
    """Draw the page that the reader asked for."""
    st.set_page_config(page_title="Evidence tracker", page_icon="📄", layout="wide")
    page = st.navigation(pages(), position="top")
    state.note_page(page.url_path)
    with st.container(key="page"):
        try:
            snapshot = state.current_snapshot()
            if snapshot is None:
                components.nothing_built(state.workspace())
            else:
                components.frame(snapshot, *reading.signed(reading.claims(snapshot)))
                page.run()
                follow_theme()
                keep_filters_on_back()
                warm(snapshot)
        except EvidenceError as error:
            components.unreadable(error)


if __name__ == "__main__":
    draw()
else:
    app = st.App(__file__, middleware=[Middleware(NameServer)])
