"""Executions per CPU-second of the sandboxes, and what endless loops cost.

    python -m bench.sandbox throughput --rounds 5     # beside `python -I -S` for each job, in turns
    python -m bench.sandbox loops --jobs 2000         # 3 % endless loops among quick jobs

The jobs are the MBPP reference solutions with three calls each (`../shared/data/mbpp_sanitized.jsonl`).
The CPU time counted is that of everything: this process, the supervisor's threads, bwrap, zygotes, cases.

`loops`: unavoidable is the largest of three: all the work (the loops' processor limits and what the
quick jobs use when they run alone) over the cores; one loop's limit; all the waiting over the slots
(nothing here waits). It supposes that the machine has nothing else to do; on a shared one look at the second
ratio, where the CPU time that other programs took meanwhile counts as work to be done, too.
"""

import argparse
import ast
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from filters.verify.sandbox.job import Call, Finished, Job, Limits
from filters.verify.sandbox.warm import WarmSandbox
from tests.processes import below
from tests.shared import rows

CALLS = 3
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("what", choices=["throughput", "loops"])
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slots", type=int, default=None)
    parser.add_argument("--loop-cpu-s", type=float, default=0.5)
    args = parser.parse_args()
    jobs = quick_jobs(mbpp_jobs())
    report = throughput(jobs, args) if args.what == "throughput" else loops(jobs, args)
    print(json.dumps(report, indent=2))


def mbpp_jobs() -> list[Job]:
    """Solutions with the first three tests that are `assert call == literal`."""
    jobs = []
    for row in rows("data/mbpp_sanitized.jsonl"):
        calls = [call for test in row["tests"] if (call := _call(test))][:CALLS]
        if len(calls) == CALLS:
            jobs.append(Job(row["solution"], tuple(calls), setup="\n".join(row["test_imports"])))
    return jobs


def quick_jobs(jobs: list[Job]) -> list[Job]:
    """Those that finish within 50 ms of CPU: one reference solution of MBPP computes for seconds."""
    with WarmSandbox("namespaces") as sandbox:
        results = list(sandbox.run_all(jobs))
    return [job for job, f in zip(jobs, results, strict=True) if f.ended == "finished" and f.cpu_s < 0.05]


def _call(test: str) -> Call | None:
    match ast.parse(test).body:
        case [ast.Assert(ast.Compare(left, [ast.Eq()], _))]:
            return Call(ast.unparse(left))
    return None


def throughput(jobs: list[Job], args: argparse.Namespace) -> dict[str, object]:
    """Per CPU-second, the ways taking turns so that other load meets all of them."""
    ways: dict[str, Callable[[list[Job]], list[Finished]]] = {}
    spent: dict[str, list[float]] = {}
    with (
        WarmSandbox("namespaces", slots=args.slots) as full,
        WarmSandbox("seccomp", slots=args.slots) as light,
    ):
        ways["namespaces"] = lambda some: list(full.run_all(some))
        ways["seccomp"] = lambda some: list(light.run_all(some))
        ways["python -I -S"] = lambda some: [_bare(job) for job in some[::10]]
        failed = 0
        for turn in range(args.rounds):
            some = [jobs[(turn * 97 + n) % len(jobs)] for n in range(args.jobs // args.rounds)]
            for name, way in ways.items():
                before, started = all_cpu_s(), time.perf_counter()
                results = way(some)
                used = all_cpu_s() - before
                spent.setdefault(name, []).append(len(results) / used)
                spent.setdefault(f"{name}, wall", []).append(len(results) / (time.perf_counter() - started))
                failed += sum(result.ended != "finished" for result in results)
    return {
        "unit": "executions per CPU-second, and per second of wall time, by rounds",
        "load_average": os.getloadavg()[0],
        "not_finished": failed,
        **{name: [round(value) for value in values] for name, values in spent.items()},
    }


def all_cpu_s() -> float:
    """CPU seconds of this process, of what it waited for and of everything below it that lives."""
    own = time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        own
        + children.ru_utime
        + children.ru_stime
        + sum(_spent_s(pid) for pid in below(os.getpid(), ended=True))
    )


def _spent_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def _bare(job: Job) -> Finished:
    """The job by a fresh interpreter, nothing confined, nothing sent back but printed values."""
    calls = "".join(f"print(repr({call.source}))\n" for call in job.calls)
    with tempfile.TemporaryFile() as out:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", f"{job.setup}\n{job.program}\n{calls}"],
            stdout=out,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    return Finished("finished" if done.returncode == 0 else "exited", "rlimits")


def loops(jobs: list[Job], args: argparse.Namespace) -> dict[str, object]:
    """Wall time of quick jobs with 3 % endless loops, against what the limits make unavoidable."""
    cores = len(os.sched_getaffinity(0))
    limits = Limits(cpu_s=args.loop_cpu_s, wall_s=3 * args.loop_cpu_s)
    quick = [replace(jobs[n % len(jobs)], limits=limits) for n in range(args.jobs)]
    mixed = [Job("while True: pass", limits=limits) if n % 33 == 7 else job for n, job in enumerate(quick)]
    count = sum(job.program == "while True: pass" for job in mixed)
    with WarmSandbox("namespaces", slots=args.slots) as sandbox:
        used = all_cpu_s()
        ended = list(sandbox.run_all(quick))
        quick_s = (all_cpu_s() - used) * (len(quick) - count) / len(quick)
        busy, used, started = _busy_s(), all_cpu_s(), time.perf_counter()
        mixed_ended = list(sandbox.run_all(mixed))
        wall_s = time.perf_counter() - started
        others_s = max(0.0, _busy_s() - busy - (all_cpu_s() - used))
        slots = sandbox.slots
    work_s = count * args.loop_cpu_s + quick_s
    unavoidable_s = max(work_s / cores, args.loop_cpu_s)
    shared_s = max((work_s + others_s) / cores, args.loop_cpu_s)
    return {
        "jobs": len(mixed),
        "loops": count,
        "slots": slots,
        "cores": cores,
        "wall_s": round(wall_s, 2),
        "unavoidable_s": round(unavoidable_s, 2),
        "ratio": round(wall_s / unavoidable_s, 3),
        "cpu_of_other_programs_s": round(others_s, 2),
        "ratio_with_their_share_taken_off": round(wall_s / shared_s, 3),
        "loops_ended": _counts(
            [f for f, job in zip(mixed_ended, mixed, strict=True) if "while True" in job.program]
        ),
        "quick_ended": _counts(
            [f for f, job in zip(mixed_ended, mixed, strict=True) if "while True" not in job.program]
        ),
        "quick_ended_alone": _counts(ended),
        "quick_wall_ms": _percentiles([f.wall_s * 1000 for f in mixed_ended if f.ended == "finished"]),
    }


def _busy_s() -> float:
    user, nice, system, _, _, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + sum(interrupts)) / _TICKS


def _counts(results: list[Finished]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for result in results:
        counts[result.ended] = counts.get(result.ended, 0) + 1
    return counts


def _percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {f"p{p}": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 1) for p in (50, 90, 99)}


if __name__ == "__main__":
    main()
