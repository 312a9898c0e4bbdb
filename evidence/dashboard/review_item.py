"""One opened item of the review queue: what is asserted, what was found, what a person is asked.

HTML only, and no link to another page of the tracker: such a link would load the page anew and
forget the name that a reviewer typed. Buttons and forms are in ``evidence.dashboard.review_forms``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from evidence.charts import figures
from evidence.charts.palette import VERDICT_LOOK
from evidence.dashboard import claim, drawer, marks, reading, state
from evidence.dashboard.components import Head, table
from evidence.dashboard.decided import Standing, clock, reason_html, said_short
from evidence.dashboard.reading import ClaimRow
from evidence.dashboard.review import Item
from evidence.store.decisions import Event
from evidence.store.snapshots import Snapshot

__all__ = [
    "asked_html",
    "pair_html",
    "result_html",
    "retraction_html",
    "row_html",
    "said_table",
    "signature_table",
    "verdict_html",
]

ASKED = {
    "sign": "Read what was found, study by study, on the claim's page. Sign if the verdict follows "
    "from it.",
    "second": "One person has signed. A second, different person is needed.",
    "override": "Somebody proposes another verdict than the rules'. Sign the one that you hold true.",
    "lapsed": "The verdict, or what it rests on, has changed since somebody signed. Read it again.",
    "reopened": "Something moved this verdict. Look at what changed before you sign.",
    "conflict": "Results that should agree point in different directions. Do they answer the same "
    "question?",
    "threshold": "At 1.5 times the least difference that matters, the verdict would be another. Is "
    "that difference right for this outcome?",
    "disagree": "Recent reviews of one question disagree. Both are shown, and the lower certainty "
    "holds. Is one of them nearer to the claim?",
    "single": "One study decides alone. Is that study good enough to carry the claim?",
    "outdated": "The index review's search is old, or many people were studied since. Would a newer "
    "review change the answer?",
    "retraction": "A report among its studies was retracted or corrected. Does the rest still carry "
    "the verdict?",
    "window": "When outcomes were measured is known only roughly. Does the window fit the claim?",
    "test": "The sign of the number and the source's own test point to different sides. Open the "
    "source: which of them was copied wrongly?",
    "text": "The abstract or table gives no direction. Open the full text: is there a number?",
    "machine": "A machine read this from the abstract. It is counted, and never pooled before a "
    "person has confirmed it.",
    "same": "They look alike and share no number that would settle it. If they are of one study it "
    "is counted once.",
    "state": "Look at the notice. Dismissing says that you saw it and that it changes nothing here; "
    "the state itself stays.",
    "done": "This has been decided. A second opinion, or a withdrawal, is still possible.",
}


def row_html(item: Item, words: Mapping[str, str]) -> str:
    """Return the cells of one row of the queue; its title stands in a link beside."""
    look = marks.verdict(item.verdict, 16) if item.verdict is not None else f"<b>{escape(item.kind.capitalize())}</b>"  # fmt: skip
    about = "" if item.verdict is not None else escape(item.about)
    why = " · ".join(escape(words[reason]) for reason in item.reasons)
    people = escape(", ".join(item.people)) or '<span class="q">nobody yet</span>'
    return (
        f'<div class="h c-v">{look}</div><div class="h c-d meta">{about}</div>'
        f'<div class="h c-s meta">{why}</div><div class="h c-c">{people}</div>'
    )


def asked_html(item: Item, more: Mapping[str, str]) -> str:
    """Return what the person is asked, a line a reason; ``more`` adds what is known of one."""
    lines = []
    for reason in item.reasons:
        tail = f" <b>{escape(more[reason])}</b>" if more.get(reason) else ""
        lines.append(f"<li>{escape(ASKED[reason])}{tail}</li>")
    return f'<ul class="change">{"".join(lines)}</ul>'


def verdict_html(snapshot: Snapshot, row: ClaimRow) -> str:
    """Return a claim's words beside what was found."""
    look = VERDICT_LOOK[row.verdict]
    return (
        f'<div class="two"><div><div class="lab">What the document says, and where</div>'
        f'<div class="src w-{look.slug}">{claim.paragraph(snapshot, row)}</div></div>'
        f'<div class="found"><div class="lab">What was found</div>{marks.verdict(row.verdict, 28)}'
        f'<div class="say">{marks.text(row.get("verdict_sentence"), "no sentence")}</div>'
        f"{claim.facts(row)}</div></div>"
    )


def signature_table(standing: Standing) -> str:
    """Return who has signed what, lapsed signatures too; "" before the first."""
    lines = [(event, "the verdict of the rules") for event in standing.by_rules]
    lines += [(event, "the proposed verdict") for event in standing.by_hand]
    lines += [(event, "lapsed: the verdict has changed since") for event in standing.lapsed]
    body = [
        [
            escape(event.who),
            escape(clock(event.at)),
            escape(said_short(event.after)),
            f'<span class="q">{escape(what)}</span>' if event in standing.lapsed else escape(what),
        ]
        for event, what in lines
    ]
    heads = [Head("Who", width=200), Head("When", width=200), Head("Signed"), Head("That is")]
    return table(heads, body, "Signatures") if body else ""


def said_table(events: Sequence[Event]) -> str:
    """Return what people have said of an item, newest first; "" where nobody has."""
    body = [
        [
            escape(event.who),
            escape(clock(event.at)),
            escape(event.field.replace("_", " ")),
            f"{escape(said_short(event.before)) or 'nothing'} → "
            f"<b>{escape(said_short(event.after)) or 'taken back'}</b>",
            reason_html(event.reason),
        ]
        for event in sorted(events, key=lambda e: -e.event_id)
    ]
    heads = [Head("Who", width=150), Head("When", width=180), Head("On", width=130),
             Head("Before → after"), Head("Reason")]  # fmt: skip
    return table(heads, body, "What people have said") if body else ""


def result_html(snapshot: Snapshot, result_id: str) -> str:
    """Return everything known of a result, with the sentence that was read."""
    result = reading.result_row(snapshot, result_id)
    study = reading.study_row(snapshot, str(result["study_id"]))
    read = ""
    if not figures.is_missing(study["pmid"]):
        records = snapshot.read("records", ["abstract"], {"pmid": [str(study["pmid"])]})
        read = drawer.abstract_html(records, result)
    if not read and not figures.is_missing(result["exact_sentence"]):
        read = f'<p class="src"><mark>{escape(str(result["exact_sentence"]))}</mark></p>'
    head = '<h2 class="h2">What was read, and where</h2>' if read else ""
    return drawer.drawer_html(snapshot, result_id) + head + read


def claims_on(snapshot: Snapshot, result_id: str) -> list[ClaimRow]:
    """Return the claims in whose strata a result stands."""
    members = snapshot.read("stratum_members", ["question_id"], {"result_id": [result_id]})
    questions = set(members["question_id"])
    return [row for row in reading.claims(snapshot) if row.get("question_id") in questions]


PAIR_COLUMNS = (
    ("Title", "title"),
    ("First author", "first_author"),
    ("Year", "year"),
    ("Journal", "journal"),
    ("Country", "country"),
    ("Design", "design"),
    ("People", "n_randomized"),
    ("Population", "population"),
    ("Comparators", "comparator_text"),
    ("Registry", "registry_id"),
)


def pair_html(snapshot: Snapshot, one: str, other: str) -> str:
    """Return two reports side by side, what differs marked."""
    left, right = (reading.study_row(snapshot, study) for study in (one, other))
    body = []
    for name, column in PAIR_COLUMNS:
        cells = [_plain(left[column]), _plain(right[column])]
        same = cells[0] == cells[1]
        mark = "m-na" if not all(cells) else "m-yes" if same else "m-no"
        word = "not known of both" if not all(cells) else "alike" if same else "differ"
        body.append([escape(name), *(escape(cell) or '<span class="q">not recorded</span>' for cell in cells),
                     f'<span class="{mark}">{word}</span>'])  # fmt: skip
    links = [marks.record_link(study["pmid"], study["doi"], study["url"]) for study in (left, right)]  # fmt: skip
    body.append(["Record", *links, ""])
    heads = [Head("", width=110), Head(str(left["label"])), Head(str(right["label"])),
             Head("Alike", width=150)]  # fmt: skip
    return table(heads, body, "Two reports")


def _plain(value: object) -> str:
    """Return a cell as text, "" where it is missing."""
    if figures.is_missing(value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def retraction_html(snapshot: Snapshot, record_id: str, status: str) -> str:
    """Return a retraction state: the notice, what it touches, and what was done."""
    frame = state.rows(snapshot, "retractions")
    row = figures.records(
        frame[(frame["record_id"] == record_id) & (frame["status"] == status)].head(1)
    )[0]
    studies = reading.studies_of(snapshot)
    labels = {r.claim_id: f"{r.label} {r['statement']}" for r in reading.claims(snapshot)}
    touched = [str(figures.row_of(studies, s)["label"]) if s in studies.index else str(s) for s in row["affected_studies"] or []]  # fmt: skip
    notice = row["notice_id"]
    link = marks.link(f"https://pubmed.ncbi.nlm.nih.gov/{notice}/", f"PubMed {notice}") if not figures.is_missing(notice) else "not known"  # fmt: skip
    pairs = (
        ("State", escape(status.replace("_", " "))),
        ("Source", marks.text(row["source"], "not recorded")),
        ("Notice", f"{link}, {marks.day(row['notice_date'])}"),
        ("Reason given", marks.text(row["reason"], "none")),
        ("What was done", marks.text(row["action"], "nothing recorded")),
        ("Studies", escape(", ".join(touched)) or "none"),
        ("Reviews that hold it", escape(", ".join(map(str, row["affected_reviews"] or []))) or "none"),
        ("Claims", "<br>".join(escape(labels.get(str(c), str(c))) for c in row["affected_claims"] or []) or "none"),
    )  # fmt: skip
    shown = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in pairs)
    return f'<dl class="pairs">{shown}</dl>'
