"""How fast abstracts are read: processor time an abstract, and abstracts a second on all cores.

    python benchmarks/reading_speed.py FOLDER_OF_LABELS [--cores N] [--repeats 3] [--unasked | --all-questions]

Title and abstract of each labelled trial are read once, with the first question that it is labelled
for (intervention, comparator and outcome), by ``read_many`` as ``evidence read`` and a build send
them; ``--unasked`` leaves the questions out, as a build does; ``--all-questions`` reads a line for
every question, of which an abstract has two on average: what no question changes is then read once,
so these are lines and no abstracts. Processor time is what a busy machine changes least: the time of the
clock counts only where nothing else runs. With one process the abstracts are read again and again
and the fastest pass counts; with several, starting them counts too, and the processor time is that
of all of them together.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time

from reading_gold import load

from evidence.appraisal.reader import default_models, read_many

ASKED = ("intervention", "comparator", "outcome")
SETS = ("direction", "comparator")


def load_items(folder, *, is_asked, is_each_question=False):
    """Return labelled cases that have an abstract, as ``evidence read`` takes them; each text once."""
    keys = ("title", "abstract", *(ASKED if is_asked else ()))
    items = [
        {key: row.get(key) for key in keys}
        for name in SETS
        for row in load(folder, name)
        if row.get("abstract")
    ]
    if is_each_question:
        return items
    once = {}
    for item in items:
        once.setdefault(item["abstract"], item)
    return list(once.values())


def used_time():
    """Return the processor time of this process and of those that it has ended, in seconds."""
    own, ended = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def measure(items, processes):
    """Return the seconds of the clock and of the processor that one pass takes."""
    clock, used = time.perf_counter(), used_time()
    n = sum(1 for _ in read_many(items, processes=processes))
    assert n == len(items)
    return time.perf_counter() - clock, used_time() - used


def report(items, processes, repeats):
    """Print the fastest of some passes."""
    passes = [measure(items, processes) for _ in range(repeats)]
    clock, used = min(c for c, _ in passes), min(u for _, u in passes)
    n = len(items)
    print(
        f"  {processes} process{'es' if processes > 1 else ''}: {1_000 * used / n:.2f} ms of processor time each"
        f" ({processes * n / used:,.0f} a second on free cores), {n / clock:,.0f} a second by the clock"
    )


def main():
    """Measure one process and all cores."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--cores", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--repeats", type=int, default=3)
    asking = parser.add_mutually_exclusive_group()
    asking.add_argument("--unasked", action="store_true")
    asking.add_argument("--all-questions", action="store_true")
    options = parser.parse_args()
    items = load_items(
        options.folder, is_asked=not options.unasked, is_each_question=options.all_questions
    )
    words = statistics.median(len(item["abstract"].split()) for item in items)
    asked = "no question" if options.unasked else "a question of each"
    what = "lines" if options.all_questions else "abstracts"
    print(f"Reading {len(items):,} {what} of {words:.0f} words (median), {asked}")
    print(f"  load of the machine: {os.getloadavg()[0]:.1f}, cores: {os.cpu_count()}")
    default_models()
    report(items, 1, options.repeats)
    if options.cores > 1:
        report(items, options.cores, options.repeats)


if __name__ == "__main__":
    main()
