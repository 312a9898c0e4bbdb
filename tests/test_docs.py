"""The docs are true to the code: commands, options, files, rules, words, numbers and links.

``python -m tests.test_docs`` writes the README's figures on reading from data/models/accuracy.json.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import click
import pytest
import typer
import yaml

from evidence import errors, vocabulary
from evidence.cli.app import app
from evidence.export.dictionary import dictionary_text
from evidence.export.files import FILES, TEAM
from evidence.settings import CHECKOUT
from evidence.synthesis.effect_tables import COLUMNS
from evidence.verdict.decide import TABLE

DOCS = CHECKOUT / "docs"
PAGES = sorted(
    [
        *DOCS.glob("*.md"),
        *(CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    ]
)
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")
METHOD = (DOCS / "method.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")
DASHBOARD = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python -m evidence dashboard"
TESTS = "python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt && .venv/bin/pytest"
LINK = re.compile(r"\]\(([^)\s]+)\)")
RULE = re.compile(r"(?:R[1-5]|cap)-[a-z0-9-]+")


def commands_of(group: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its full name."""
    inner = getattr(group, "commands", None)
    if inner is None:
        yield name, group
        return
    for part, command in inner.items():
        yield from commands_of(command, f"{name} {part}".strip())


ALL_COMMANDS = dict(commands_of(typer.main.get_command(app)))


def section(text: str, heading: str) -> str:
    """Return the text under a heading, up to the next of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    start = text.index(f"\n{heading}\n") + len(heading) + 2
    following = re.search(rf"\n#{{1,{level}}} ", text[start:])
    return text[start : start + following.start()] if following else text[start:]


# --- the command line -------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ALL_COMMANDS))
def test_every_command_has_its_section_with_every_option_and_an_example(name):
    text = section(COMMANDS, f"### `{name}`")
    options = [
        option
        for parameter in ALL_COMMANDS[name].params
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    ]
    assert [option for option in options if f"`{option}`" not in text] == []
    assert f"$ python -m evidence {name}" in text


def test_no_command_is_documented_that_is_not_there():
    documented = re.findall(r"^### `([a-z ]+)`$", COMMANDS, flags=re.MULTILINE)
    assert sorted(documented) == sorted(ALL_COMMANDS)
    unnamed = [n for n in ALL_COMMANDS if f"`{n}`" not in README and f" evidence {n}" not in README]
    assert unnamed == []


def test_no_option_is_documented_that_is_not_there():
    known = {
        option for command in ALL_COMMANDS.values() for p in command.params for option in p.opts
    }
    documented = set(re.findall(r"`(--[a-z-]+)`", COMMANDS))
    assert documented - known == {"--debug", "--help"} - known


def test_every_exit_code_is_explained():
    leaves = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.EvidenceError)
    }
    table = section(COMMANDS, "## Exit codes")
    assert sorted(
        {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    ) == sorted(leaves | {0})


def test_every_setting_of_the_environment_is_named():
    source = (CHECKOUT / "evidence" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'"((?:EVIDENCE|NCBI)_[A-Z_]+)"', source))
    assert names
    assert {name for name in names if f"`{name}`" not in COMMANDS} == set()


def test_every_measure_of_pool_is_given_its_columns():
    table = section(COMMANDS, "### `pool`")
    rows = re.findall(r"^\| `([A-Z ]+)` \| `([a-z_, ]+)` \|$", table, re.MULTILINE)
    documented = {
        measure: columns.split(", ") for measures, columns in rows for measure in measures.split()
    }
    declared = {
        str(measure): sorted(c.name for c in columns) for measure, columns in COLUMNS.items()
    }
    assert {measure: sorted(columns) for measure, columns in documented.items()} == declared


# --- exports ----------------------------------------------------------------------------------


def test_every_file_of_an_export_is_named_and_no_other():
    text = section(COMMANDS, "### `export`")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(FILES)


def test_the_example_of_the_team_pack_lists_the_team_pack():
    listed = re.findall(r"^(\w+)\.csv\t", section(COMMANDS, "### `export`"), re.MULTILINE)
    assert listed == list(TEAM)


def test_the_data_dictionary_is_the_generated_one():
    page = (DOCS / "data-dictionary.md").read_text(encoding="utf-8")
    assert page == dictionary_text(), (
        "run: python -m evidence.export.dictionary > docs/data-dictionary.md"
    )


# --- the method -------------------------------------------------------------------------------


def rule_ids() -> set[str]:
    """Return every rule id that the verdict stage can put into a rating."""
    found: set[str] = set()
    for path in (CHECKOUT / "evidence" / "verdict").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if RULE.fullmatch(node.value) else set()
    # The levels that an interval costs are counted: the id ends in their number.
    assert "R4-crosses-" in found
    return (found - {"R4-crosses-"}) | {f"R4-crosses-{levels}" for levels in (1, 2, 3)}


def test_every_rule_id_is_explained_in_the_method():
    ids = rule_ids()
    assert len(ids) > 30
    assert sorted(rule for rule in ids if f"`{rule}`" not in METHOD) == []


def test_the_method_explains_no_rule_that_is_not_there():
    assert sorted(set(re.findall(r"`((?:R[1-5]|cap)-[a-z0-9-]+)`", METHOD)) - rule_ids()) == []


def test_the_after_rules_are_numbered_one_to_five():
    assert [int(n) for n in re.findall(r"After-rule (\d)\.", METHOD)] == [1, 2, 3, 4, 5]


def test_the_verdict_table_of_the_method_is_the_one_that_decides():
    text = section(METHOD, "### Efficacy")
    for row, words in TABLE.items():
        cells = [str(word) for word in words]
        line = f"| {row} | {' | '.join(cells)} |"
        same = f"| {row} | {cells[0]} | same | same | same |"
        assert line in text or (len(set(cells)) == 1 and same in text), line


def test_every_section_of_the_protocol_is_named_in_the_method():
    protocol = yaml.safe_load((CHECKOUT / "data" / "protocol.yaml").read_text(encoding="utf-8"))
    table = section(METHOD, "## Where the numbers live")
    assert [name for name in protocol if f"`{name}`" not in table] == []
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert named - set(protocol) == set()


def test_the_sections_of_the_method_are_those_that_the_code_refers_to():
    numbered = {int(n) for n in re.findall(r"^## (\d+) ", METHOD, re.MULTILINE)}
    referred = {
        int(n)
        for path in (CHECKOUT / "evidence").rglob("*.py")
        for n in re.findall(r"method\.md, section (\d+)", path.read_text(encoding="utf-8"))
    }
    assert numbered == set(range(1, 14))
    assert referred <= numbered


# --- words ------------------------------------------------------------------------------------

LISTS = {
    name: words
    for name, words in vars(vocabulary).items()
    if isinstance(words, type) and issubclass(words, StrEnum) and words is not StrEnum
}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_word_of_every_list_is_in_the_glossary(name):
    heading = re.search(rf"^### .*\(`{name}`\)$", GLOSSARY, re.MULTILINE)
    assert heading, f"the glossary has no heading that ends in (`{name}`)"
    text = section(GLOSSARY, heading.group())
    assert [str(word) for word in LISTS[name] if f"`{word}`" not in text] == []


def test_every_verdict_is_explained_in_the_readme():
    text = section(README, "## What a verdict means")
    assert [str(word) for word in vocabulary.VerdictWord if str(word) not in text] == []


# --- architecture -----------------------------------------------------------------------------


def test_every_package_and_module_has_its_place_in_the_architecture():
    names = {
        path.name + ("/" if path.is_dir() else "")
        for path in (CHECKOUT / "evidence").iterdir()
        if not path.name.startswith("_")
    }
    folders = section(ARCHITECTURE, "## Folders")
    assert {name for name in names if name not in folders} == set()
    written_by_the_program = {"snapshots/", "raw/"}
    named = set(re.findall(r"^      ([a-z_]+(?:/|\.py))", folders, re.MULTILINE))
    for name in sorted(named - written_by_the_program):
        assert (CHECKOUT / "evidence" / name).exists() or (CHECKOUT / "data" / name).exists(), name


def test_the_layers_are_those_that_the_linter_holds():
    import tomllib

    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    assert "\n".join(f"    {layer}" for layer in layers) in section(ARCHITECTURE, "## Layers")


# --- README and links -------------------------------------------------------------------------


def test_the_readme_is_short_and_holds_both_commands():
    assert len(README.splitlines()) <= 150
    assert f"\n{DASHBOARD}\n" in README
    assert f"\n{TESTS}\n" in README
    assert "not medical advice" in README


def test_the_changelog_counts_the_starter_data_as_they_are():
    text = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    counted = {
        "studies": "studies",
        "results": "results",
        "review_inclusions": "inclusions in reviews",
        "risk_of_bias": "judgements of risk of bias",
        "adverse_events": "rows on adverse events",
        "guidelines": "guideline statements",
        "corrections": "corrections of cells",
    }
    for name, words in counted.items():
        with (CHECKOUT / "data" / "starter" / f"{name}.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            rows = sum(1 for _ in csv.DictReader(file))
        assert f"{rows:,} {words}" in text


def test_the_readme_keeps_its_order():
    order = ["docs/board.png", DASHBOARD, TESTS, "## What a verdict means", "## On the command line",
             "## Data and licence", "docs/glossary.md"]  # fmt: skip
    places = [README.index(part) for part in order]
    assert places == sorted(places)


def test_the_screenshot_is_small_enough_to_load():
    assert (DOCS / "board.png").stat().st_size < 300_000


def test_the_example_of_the_readme_is_what_the_command_prints(tmp_path):
    block = re.search(
        r"```\n\$ \.venv/bin/(python -m evidence verdicts .+)\n((?:.+\n)+)```", README
    )
    assert block
    arguments = block[1].split()[1:]
    for command in (["-m", "evidence", "build"], arguments):
        done = subprocess.run(
            [sys.executable, *command, "--workspace", str(tmp_path)],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout == block[2]


def reading_figures() -> str:
    """Return what the README may say of the reader: what was measured, on what, and nothing else."""
    begin = "<!-- reading: written by python -m tests.test_docs -->"
    end = "<!-- /reading -->"
    register = CHECKOUT / "data" / "models" / "accuracy.json"
    if not register.is_file():
        words = (
            "No accuracy is stated yet: it has not been measured on a set that this version names."
        )
        return f"{begin}\n{words}\n{end}"
    lines = [
        "| read | metric | value (95 % interval) | n | labels | date |",
        "|---|---|---|---|---|---|",
    ]
    for row in json.loads(register.read_text(encoding="utf-8")):
        if re.match(r"coverage|right among|expected|sentence|area", row["metric"]):
            continue  # these are in automation_register.csv
        low, high = row.get("ci_low"), row.get("ci_high")
        span = "" if low is None or high is None else f" ({low:.3f} to {high:.3f})"
        lines.append(
            f"| {row['component']} | {row['metric']} | {row['value']:.3f}{span} "
            f"| {row['n_gold']} | {row['gold_set']} | {row['measured_at'][:10]} |"
        )
    return "\n".join([begin, *lines, end])


def test_the_figures_on_reading_are_those_that_were_measured():
    assert reading_figures() in README, "run: python -m tests.test_docs"


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(words.replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_resolve(page):
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page):
    named = re.findall(
        r"`((?:evidence|tests|data|docs|notebooks|benchmarks)/[\w./-]+|[\w-]+\.(?:toml|md))`",
        page.read_text(encoding="utf-8"),
    )
    # What a run writes, and what examples make, is not in the checkout.
    made = re.compile(r"data/(?:documents/knees\.txt|models/accuracy\.json)")
    missing = [
        name
        for name in named
        if not made.fullmatch(name)
        and not (CHECKOUT / name).exists()
        and not (DOCS / name).exists()
    ]
    assert missing == []


def write_reading_figures() -> None:
    """Put the measured figures into the README."""
    path = CHECKOUT / "README.md"
    pattern = re.compile(r"<!-- reading: .*?<!-- /reading -->", re.DOTALL)
    path.write_text(pattern.sub(lambda _: reading_figures(), README), encoding="utf-8")


if __name__ == "__main__":
    write_reading_figures()
