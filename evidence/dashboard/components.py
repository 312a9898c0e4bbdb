"""Parts that several pages share: frame line, headings, tables, downloads, pictures.

Each shows what it is given. What a page needs from a snapshot comes through ``state``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import altair as alt
import pandas as pd
import streamlit as st

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.charts.palette import Ground, configured, ground
from evidence.dashboard import glossary, marks, state
from evidence.dashboard.style import style_sheet
from evidence.errors import EvidenceError
from evidence.export.csv import table_csv
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import ReviewState

__all__ = [
    "Head",
    "download_table",
    "empty",
    "figures_row",
    "frame",
    "image_buttons",
    "ink",
    "linked_choices",
    "linked_list",
    "linked_select",
    "nothing_built",
    "page_title",
    "pick_state",
    "picture",
    "question",
    "say_unknown",
    "show",
    "styles",
    "table",
    "unreadable",
]

Keep = Mapping[str, Sequence[str]]
STATES = ("all", str(ReviewState.PROVISIONAL), str(ReviewState.REVIEWED))


LEAST_WIDTH = {"forest": 560, "lab_forest": 560, "harvest": 860, "lights": 860, "overlap": 560}
"""Pixels below which a picture scrolls sideways on a phone, by key; squeezed, it says nothing."""


def is_dark() -> bool:
    """Return whether the reader's theme is dark (a canvas cannot read CSS)."""
    return (st.context.theme.type or "light") == "dark"


def ink() -> Ground:
    """Return the inks of the reader's theme, for charts."""
    return ground(is_dark=is_dark())


def show(html: str) -> None:
    """Show a piece of HTML in the page's type."""
    st.html(f'<div class="h">{html}</div>')


def styles() -> None:
    """Send the style sheet alone, for pages without a frame."""
    st.html(style_sheet())


def search_words(snapshot: Snapshot) -> str:
    """Return the age of the last complete search, or that there has been none."""
    manifest = snapshot.manifest
    searched = manifest.get("last_complete_search")
    if searched:
        return marks.age(searched)
    words = manifest.get("search_words")
    if words:
        days = marks.days_old(snapshot.as_of)
        listed = f", {days} days old" if days is not None and days >= 0 else ""
        return (
            f'<span class="age age-n"><i aria-hidden="true"></i><span>{escape(str(words))}'
            f"{listed}</span></span>"
        )
    return marks.age(snapshot.as_of)


def nothing_built(folder: Path) -> None:
    """Say what to run where no snapshot has been built yet."""
    styles()
    page_title("Nothing has been built yet")
    show(
        '<div class="sub">The tracker shows a snapshot: documents, claims, studies and verdicts '
        f"written once. There is none in <code>{escape(str(folder))}</code>.</div>"
        '<h2 class="h2">What to run</h2><p><code>python -m evidence build</code></p>'
        '<div class="note">It reads the curated studies and the registered claims, needs no '
        "network and takes less than a minute. Then reload this page.</div>"
    )


def unreadable(error: EvidenceError) -> None:
    """Say in the program's own words what is wrong with the snapshot."""
    styles()
    page_title("This page cannot be shown in full")
    show(
        f'<div class="empty" role="alert"><b>{escape(error.message)}</b></div>'
        "<p>Nothing was changed. <code>python -m evidence verify</code> names every file that is not "
        "as it was written; <code>python -m evidence build</code> writes a new data set. Then reload "
        "this page.</p>"
    )


def search_said(snapshot: Snapshot) -> str:
    """Return the state of the search in plain words, for what is handed on."""
    searched, words = (snapshot.manifest.get(n) for n in ("last_complete_search", "search_words"))
    if searched or not words:
        return f"searched to {marks.day(searched or snapshot.as_of)}"
    return str(words)


def frame(snapshot: Snapshot, signed: int, testable: int) -> None:
    """Show the line of every page: which data, how old, how far reviewed, what this is not."""
    short = snapshot.snapshot_id.rsplit("-", 1)[-1]
    written = marks.day(snapshot.manifest.get("written_at"))
    st.html(
        f'{style_sheet()}<div class="h frame"><span>Data <b>{written}</b> '
        f'<span class="id">{escape(short)}</span></span>{search_words(snapshot)}'
        f"<span><b>{signed}</b> of {testable} verdicts signed by two people</span>"
        "<span>Judges sentences, not clinics. Not medical advice.</span></div>"
        f"{glossary.definitions_html()}"
    )
    # What is wrong with an address is said here: a filter may stand in a closed panel.
    st.session_state["notices"] = st.container(key="notices")


def pick_state() -> str:
    """Return the review state that the reader wants to see; it stands on every page."""
    picked = st.segmented_control(
        "Review state",
        STATES,
        default="all",
        key="state",
        bind="query-params",
        label_visibility="collapsed",
        required=True,
    )
    return str(picked or "all")


def linked_select(
    label: str,
    options: Sequence[str],
    param: str,
    *,
    words: Callable[[str], str] = str,
    default: str | None = None,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
    word: str | None = None,
) -> str:
    """Let the reader choose one of some ids; the id stands in the address under ``param``.

    A bound widget would write the words of an option into the address; a colleague's link must
    name the id, which stays the same when words change. ``word`` is the word of the method that
    the label stands for.
    """
    key, noted = f"pick_{param}", f"noted_{param}"
    first = default if default in options else options[0]
    asked = st.query_params.get(param)
    say_unknown(label, [asked] if asked else [], options)
    if asked in options and asked != st.session_state.get(noted):
        st.session_state[key] = asked
    if st.session_state.get(key) not in options:
        st.session_state[key] = asked if asked in options else first
    picked = str(
        st.selectbox(
            label,
            options,
            key=key,
            format_func=words,
            label_visibility=label_visibility,
            help=glossary.help_on(word),
        )
    )
    if picked == first:
        st.query_params.pop(param, None)
        st.session_state[noted] = None
    else:
        st.query_params[param] = picked
        st.session_state[noted] = picked
    return picked


def linked_list(
    label: str,
    options: Sequence[str],
    param: str,
    *,
    default: Sequence[str],
    words: Callable[[str], str] = str,
) -> list[str]:
    """Let the reader choose several ids; they stand in the address, joined by commas.

    Ids and not words, as in ``linked_select``. Choosing none is choosing the default.
    """
    key, noted = f"pick_{param}", f"noted_{param}"
    asked = st.query_params.get(param)
    say_unknown(label, (asked or "").split(","), options)
    named = [word for word in (asked or "").split(",") if word in options]
    if named and asked != st.session_state.get(noted):
        st.session_state[key] = named
    if key not in st.session_state:
        st.session_state[key] = list(default)
    picked = st.multiselect(label, options, key=key, format_func=words, persist_state="session")
    if not picked or picked == list(default):
        st.query_params.pop(param, None)
        st.session_state[noted] = None
        return list(default)
    st.query_params[param] = st.session_state[noted] = ",".join(picked)
    return picked


def linked_choices(label: str, options: Sequence[str], param: str, *, word: str | None = None) -> list[str]:  # fmt: skip
    """Let the reader choose several words that stand in the address as they are.

    ``word`` is the word of the method that the label stands for; its meaning is the label's help.
    """
    say_unknown(label, st.query_params.get_all(param), options)
    return st.multiselect(
        label, list(options), key=param, bind="query-params", help=glossary.help_on(word)
    )


def say_unknown(label: str, asked: Sequence[str], options: Sequence[str]) -> None:
    """Say that an address names something that is not here, so that no link misleads in silence."""
    known = set(options)
    strange = [word for word in asked if word and word not in known]
    if strange:
        named = escape(", ".join(strange)[:120])
        with st.session_state["notices"]:
            show(
                f'<div class="empty" role="status"><b>{escape(label)}: the address names “{named}”, '
                "which is not here.</b> The link may be older than this data set; that part of it "
                "is left out.</div>"
            )


def page_title(title: str, sub: str = "") -> None:
    """Show the title of a page; ``sub`` is HTML."""
    below = f'<div class="sub">{sub}</div>' if sub else ""
    show(f'<h1 class="title">{escape(title)}</h1>{below}')


def question(title: str, note: str = "", *, anchor: str | None = None) -> None:
    """Show a heading, written as a question; ``note`` is HTML."""
    name = f' id="{anchor}"' if anchor else ""
    below = f'<div class="note">{glossary.explained(note)}</div>' if note else ""
    show(f'<h2 class="h2"{name}>{title}</h2>{below}')


def empty(message: str, what_to_do: str = "") -> None:
    """Show a designed empty state: what is not there, and what would fill it."""
    show(f'<div class="empty"><b>{escape(message)}</b> {what_to_do}</div>')


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column."""

    title: str
    cls: str = ""
    width: int | None = None
    label: str | None = None
    """What stands before the cell on a phone; the title where not given, "" for none."""


def table(heads: Sequence[Head], body: Sequence[Sequence[str]], caption: str, *, total: int = 0) -> str:  # fmt: skip
    """Return a table whose cells are HTML; rows become labelled blocks on a phone.

    The last ``total`` rows are set off as a result. ``caption`` is read by screen readers.
    """
    top = "".join(
        f'<th scope="col"{_cls(head.cls)}{_width(head.width)}>{glossary.explained(escape(head.title)) or "<span class=vw>row</span>"}</th>'
        for head in heads
    )
    lines = []
    for position, cells in enumerate(body):
        is_total = position >= len(body) - total
        first = f'<th scope="row"{_cls(heads[0].cls)}>{cells[0]}</th>'
        rest = "".join(
            f"<td{_cls(head.cls)}{_label(head)}>{cell}</td>"
            for head, cell in zip(heads[1:], cells[1:], strict=True)
        )
        lines.append(f"<tr{' class=total' if is_total and total else ''}>{first}{rest}</tr>")
    return (
        f'<table class="t stack"><caption class="vw">{escape(caption)}</caption><thead><tr>{top}'
        f"</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def _cls(name: str) -> str:
    return f' class="{name}"' if name else ""


def _width(pixels: int | None) -> str:
    return f' style="width:{pixels}px"' if pixels else ""


def _label(head: Head) -> str:
    label = head.title if head.label is None else head.label
    return f' data-l="{escape(label)}:"' if label else ""


def figures_row(pairs: Sequence[tuple[str, str]]) -> None:
    """Show a few large figures, each with the words that say what it counts."""
    cells = "".join(
        f"<div><b>{number}</b><span>{glossary.explained(words)}</span></div>"
        for number, words in pairs
    )
    show(f'<div class="big-figures">{cells}</div>')


def slug(words: str) -> str:
    """Return words as they may stand in a file name.

    >>> slug("Supported with limits, C03")
    'supported-with-limits-c03'
    """
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:80]


def file_name(name: str, filters: Sequence[str], n_rows: int, ending: str = "csv") -> str:
    """Return a file name that carries the filter and the row count."""
    picked = slug("-".join(filters)) or "all"
    return f"{name}_{picked}_{n_rows}-rows.{ending}"


def download_table(
    snapshot: Snapshot,
    name: str,
    keep: Keep | Callable[[], Keep] | None,
    filters: Sequence[str],
    n_rows: int,
    *,
    label: str = "Download these rows",
    dialect: str = "spreadsheet",
) -> None:
    """Offer the rows of a table as filtered; a download never runs the page again.

    ``keep`` names key columns and the values that stay, or gives them when asked; None keeps all
    rows.
    """

    def build() -> bytes:
        frame = state.contents(snapshot).rows(name)
        kept = keep() if callable(keep) else keep
        for column, values in (kept or {}).items():
            frame = frame[frame[column].isin(list(values))]
        return table_csv(name, frame, dialect, snapshot.snapshot_id)

    st.download_button(
        f"{label} ({n_rows:,}, CSV)",
        data=build,
        file_name=file_name(name, filters, n_rows),
        mime="text/csv",
        key=f"download_{name}_{dialect}",
        on_click="ignore",
        disabled=n_rows == 0,
    )


def picture(
    chart: alt.LayerChart,
    twin: pd.DataFrame,
    name: str,
    said: str,
    *,
    key: str,
) -> None:
    """Show a chart with its twin: the same numbers as a table, and the picture as a file."""
    with st.container(key=f"least{LEAST_WIDTH.get(key, 300)}_{key}"):
        st.altair_chart(configured(chart), width="stretch", theme=None, key=key, alt=said)
    with st.expander("The numbers of this picture, and the picture as a file", key=f"twin_{key}"):
        show(twin_table(twin, said))
        image_buttons(lambda: chart, name, key)


def image_buttons(chart: Callable[[], alt.LayerChart], name: str, key: str) -> None:
    """Offer a picture as PNG and as SVG; each is drawn when it is asked for."""
    with st.container(horizontal=True, key=f"files_{key}"):
        for ending, mime in (("png", "image/png"), ("svg", "image/svg+xml")):
            st.download_button(
                ending.upper(),
                data=_image(chart, ending),
                file_name=f"{slug(name)}.{ending}",
                mime=mime,
                key=f"{ending}_{key}",
                on_click="ignore",
            )


def _image(chart: Callable[[], alt.LayerChart], ending: str) -> Callable[[], bytes]:
    """Return what draws the chart as a file when it is asked for, on its own ground."""
    is_on_dark = is_dark()

    def draw() -> bytes:
        import vl_convert

        spec: dict[str, Any] = configured(chart(), ground(is_dark=is_on_dark).page).to_dict()
        spec.setdefault("width", 720)
        if ending == "svg":
            return str(vl_convert.vegalite_to_svg(spec)).encode()
        return bytes(vl_convert.vegalite_to_png(spec, scale=2))

    return draw


def twin_table(twin: pd.DataFrame, caption: str) -> str:
    """Return a frame as a plain table: numbers with a true minus, missing cells empty."""
    heads = [
        Head(str(column).replace("_", " "), "n" if _is_number(twin[column]) else "")
        for column in twin.columns
    ]
    body = [[_cell(value) for value in row] for row in twin.itertuples(index=False)]
    return table(heads, body, caption)


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column)) and not pd.api.types.is_bool_dtype(column)


def _cell(value: Cell) -> str:
    if isinstance(value, list):
        return escape(", ".join(map(str, value)))
    if figures.is_missing(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return figures.plain(value)
    return escape(str(value))
