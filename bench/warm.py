"""A second build from a warm journal: what it costs when nothing is left to ask.

    python -m bench.warm                     100,000 completions
    python -m bench.warm --problems 300 --profile

Procedural problems, eight scripted answers each (three right in different words, five wrong in different
places), first wrong steps by continuations, repairs, six recipes, every row verified. Builds once into a
journal, then again from that journal into another folder in a process of its own, which starts one more for
each core, and prints that build's seconds and CPU seconds (of all its processes), by completion and by row.
`--profile` works in one process. A completion is one that the second build takes from the journal: an
attempt, or what a recipe asks for itself.
"""

import argparse
import asyncio
import cProfile
import json
import os
import pstats
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from generators.sources.procedural import Procedural
from pipelines.build import build
from pipelines.config_file import load
from schemas.problem import Problem

T = TypeVar("T")

_NUMBER = re.compile(r"\d+")


def main() -> int:
    """Build twice and print the second build's cost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--problems", type=int, default=1950)
    parser.add_argument("--profile", action="store_true", help="print where the second build's time goes")
    parser.add_argument("--again", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.again:
        again(arguments.again, arguments.profile)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        config = write_config(Path(folder), arguments.problems)
        first = asyncio.run(build(load(config, []), Path(folder, "first")))
        words = [sys.executable, "-m", "bench.warm", "--again", folder]
        subprocess.run(words + ["--profile"] * arguments.profile, check=True)
    print(
        json.dumps({"first_build": {"completions": first.spent["bought"], "seconds": first.spent["seconds"]}})
    )
    return 0


def again(folder: Path, profile: bool) -> None:
    """Build from the journal in `folder` and print what it cost."""
    profiler = cProfile.Profile()
    started, cpu = time.perf_counter(), _cpu_seconds()
    if profile:
        asyncio.to_thread = _here  # type: ignore[assignment]  # a profiler sees one thread
        profiler.enable()
    alone = ["run.replay_processes=0"] * profile
    outcome = asyncio.run(build(load(folder / "config.yaml", alone), folder / "second"))
    profiler.disable()
    wall, cpu = time.perf_counter() - started, _cpu_seconds() - cpu
    assert outcome.manifest is not None and outcome.spent["bought"] == 0
    rows = sum(f.rows for f in outcome.manifest.files)
    replayed = int(outcome.spent["replayed"])
    report = {
        "problems": outcome.counts["problems"],
        "completions": replayed,
        "rows": rows,
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "cpu_ms_per_completion": round(1000 * cpu / replayed, 3),
        "cpu_ms_per_row": round(1000 * cpu / rows, 3),
        "load": os.getloadavg()[0],
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "peak_memory_mb_of_a_process": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }
    print(json.dumps(report, indent=2))
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(30).sort_stats("cumtime").print_stats(60)


def _cpu_seconds() -> float:
    """Of this process and of those it started and waited for."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


async def _here(function: Callable[..., T], *args: object, **options: object) -> T:
    return function(*args, **options)


def write_config(folder: Path, count: int) -> Path:
    """Replies and a config whose journal is `folder/journal`; returns the config's path."""
    options = {"type": "procedural", "count": count, "seed": 11}
    problems = [p for p in Procedural(count=count, seed=11).problems() if isinstance(p, Problem)]
    rows = [{"statement": p.statement, "replies": replies(p)} for p in problems]
    (folder / "replies.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    recipes = ("lemma", "partial_answer_masking", "step_labels", "step_pairs", "stepwise_correction")
    config = {
        "sources": [options],
        "policy": {
            "engine": {"type": "scripted", "replies": str(folder / "replies.jsonl"), "otherwise": ""},
            "samples": 8,
        },
        "recipes": [{"type": name} for name in (*recipes, "verifier_pairs")],
        "run": {"journal": str(folder / "journal")},
    }
    path = folder / "config.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    return path


def replies(problem: Problem) -> list[str]:
    """Three right answers and five wrong ones, each wrong number at another place of the solution."""
    lines = problem.solution.strip().split("\n")
    right = [problem.solution, *("\n".join([first, *lines]) for first in ("Let us see.", "Step by step:"))]
    wrong = [_slipped(problem.solution, place) for place in (1, 2, 3, 5, 8)]
    return [wrong[0], right[0], wrong[1], wrong[2], right[1], wrong[3], right[2], wrong[4]]


def _slipped(solution: str, place: int) -> str:
    """The solution with the `place`-th number from its end raised, and the answer with it."""
    found = list(_NUMBER.finditer(solution))
    at = found[-min(place, len(found))]
    changed = solution[: at.start()] + str(int(at[0]) + 7) + solution[at.end() :]
    last = list(_NUMBER.finditer(changed))[-1]
    return changed[: last.start()] + str(int(last[0]) + 9) + changed[last.end() :]


if __name__ == "__main__":
    sys.exit(main())
