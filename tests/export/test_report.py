"""The printed report: stands alone, says what the tables say, and runs nothing."""

import re
from html.parser import HTMLParser

import pytest

from evidence.errors import UsageError
from evidence.export.contents import Contents
from evidence.export.report import claim_summary_html, read_report, report_html
from evidence.export.report_pdf import report_pdf, shown
from evidence.store.snapshots import write_snapshot

VOID = {"meta", "line", "circle", "rect", "path", "polygon", "br"}


class Page(HTMLParser):
    """What a browser would see: tags with attributes, texts, and whether all is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


@pytest.fixture(scope="module")
def report(snapshot):
    return read_report(Contents(snapshot))


@pytest.fixture(scope="module")
def page(report):
    return Page(report_html(report))


def test_every_tag_is_closed_and_none_runs_or_fetches(page):
    assert page.open == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "form", "base", "image", "use"}
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert "src" not in attributes
        if tag == "a":
            assert str(attributes["href"]).startswith(("https://", "http://", "#claim-"))


def test_every_row_of_a_table_fills_its_header(report):
    html = report_html(report)
    for table in re.findall(r"<table>.*?</table>", html, re.DOTALL):
        head, *rows = re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
        assert rows
        assert {len(re.findall("<td", row)) for row in rows} == {len(re.findall("<th ", head))}


def test_each_claim_is_reached_from_the_first_table(page):
    ids = {a["id"] for t, a in page.tags if t == "article"}
    targets = {str(a["href"])[1:] for t, a in page.tags if str(a.get("href")).startswith("#")}
    assert ids == targets


def test_the_policy_allows_the_page_s_own_style_only(page):
    policies = [
        a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'",
        str(policies[0]),
    )


def test_a_hostile_text_is_printed_and_not_obeyed(report, page):
    html = report_html(report)
    assert "<script" not in html
    assert "<b>More" not in html
    assert "<script>alert(1)</script>" in page.text


def test_each_claim_has_its_words_verdict_sentence_and_certainty(page):
    for text in ("Needles help the sore back", "Overstated", "Not testable", "Certainty: Low",
                 "6.3 points of 100, interval 3.2 to 9.5", "half of the weight is at high risk",
                 "no observable consequence", "a larger trial against sham"):  # fmt: skip
        assert text in page.text


def test_studies_stand_with_their_sources(page):
    assert "Alba" in page.text
    assert "7.0 (3.1 to 10.9) points of 100" in page.text
    links = [a["href"] for t, a in page.tags if t == "a"]
    assert "https://pubmed.ncbi.nlm.nih.gov/1/" in links


def test_limits_are_said_on_the_page(page):
    for text in ("not medical advice", "Provisional: not yet reviewed by two people.",
                 "Curated list of November 2026", "Not searched: Embase, CENTRAL",
                 "Evidence as of 2026-11-01", "Cite as: Evidence tracker 0.1.0",
                 "Least difference that matters: 10 points of 100.", "Flags: few studies."):  # fmt: skip
        assert text in page.text


def test_the_strip_has_a_lane_a_comparator_and_the_forest_a_line_a_study(report):
    claim = next(page for page in report.claims if page.claim_id == "helps-back")
    assert claim.strip is not None
    assert claim.forest is not None
    assert [(lane.label, lane.text) for lane in claim.strip.lanes] == [
        ("sham", "6.3 (3.2 to 9.5)"),
        ("usual care", "1 of 1 in favour, no size"),
    ]
    assert [(lane.label, lane.kind) for lane in claim.forest.lanes] == [
        ("Alba", "study"),
        ("Bona", "study"),
        ("All studies pooled", "estimate"),
        ("The next study", "prediction"),
    ]


def test_the_same_snapshot_gives_the_same_report(report, snapshot):
    assert report_html(report) == report_html(read_report(Contents(snapshot)))


# One claim


def test_a_summary_of_a_claim_stands_alone(snapshot):
    page = Page(claim_summary_html(snapshot, "helps-back"))
    assert page.open == []
    assert sum(tag == "svg" for tag, _ in page.tags) == 2
    for text in ("Needles help the sore back", "Overstated", "Certainty: Low", "Alba", "Limits",
                 "Evidence as of 2026-11-01.", "Cite as:", "not medical advice"):  # fmt: skip
        assert text in page.text
    assert "Needles balance the humours" not in page.text


def test_a_summary_of_a_claim_without_pictures_is_a_page_too(snapshot):
    page = Page(claim_summary_html(snapshot, "beyond-test"))
    assert "Why it cannot be tested: no observable consequence" in page.text
    assert not any(tag == "svg" for tag, _ in page.tags)


def test_an_unknown_claim_has_no_summary(snapshot):
    with pytest.raises(UsageError, match="'no-such'"):
        claim_summary_html(snapshot, "no-such")


# PDF


def test_the_pdf_is_one_and_the_same_each_time(report):
    data = report_pdf(report)
    assert data.startswith(b"%PDF-")
    assert data == report_pdf(report)
    assert len(re.findall(rb"/Type\s*/Page[^s]", data)) >= 1 + len(report.claims)


def test_the_pdf_has_letters_for_what_its_font_lacks():
    assert shown("I² 40 %, τ² ≥ 2 − Erdős\nőr") == "I² 40 %, tau² ≥ 2 − Erdos or"
    assert shown("\x00\x1b") == ""


def test_the_pdf_holds_texts_longer_than_a_page(tmp_path, snapshot):
    tables = {name: snapshot.read(name) for name in snapshot.manifest["tables"]}
    tables["certainty"] = tables["certainty"].assign(reason="word " * 3000)
    tables["claims"] = tables["claims"].assign(statement="<para>&" + "x" * 4000)
    about = {k: v for k, v in snapshot.manifest.items() if k not in {"snapshot_id", "tables"}}
    long, _ = write_snapshot(tmp_path, tables, about)
    assert report_pdf(read_report(Contents(long))).startswith(b"%PDF-")
