"""How much faster a Ray cluster of two nodes, a core each, does what is Python alone.

A build whose completions are all journaled is judging, locating, injecting, reflecting and filtering, and nothing
else. It is timed in one process and on the cluster, in turns. Told apart are the time in which chunks are worked on
(`working` of the run's log; on a cluster with the start of its workers, some ten seconds once a build) and the steady
rate behind each worker's first chunks. Needs `corrigenda[ray]`; starts a Prefect server and a cluster of its own.

    python -m bench.cluster [--config pipelines/runs/demo.yaml] [--problems 2000] [--journal DIR] [--turns 2]
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.commands import ROOT, command
from tests.ray.cluster import cluster, prefect_server

_DEMO = ROOT / "pipelines" / "runs" / "demo.yaml"
_FIRST = 4
"""Chunks that are not counted in the steady rate: workers start, caches are cold."""


def main() -> None:
    """Print seconds and ratios of each turn."""
    options = argparse.ArgumentParser()
    options.add_argument("--config", type=Path, default=_DEMO)
    options.add_argument("--problems", type=int, default=2000)
    options.add_argument("--chunk-size", type=int, default=100)
    options.add_argument("--journal", type=Path, help="a journal that holds the completions already")
    options.add_argument("--turns", type=int, default=2)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as name, prefect_server(Path(name)) as environment:
        folder = Path(name)
        journal = wanted.journal or folder / "journal"
        words = [str(wanted.config), "--limit", str(wanted.problems), "--set", f"run.journal={journal}"]
        words += ["--set", f"chunk_size={wanted.chunk_size}"]
        if wanted.config == _DEMO:
            words += ["--set", f"sources.0.count={wanted.problems}"]
        _run(folder / "bought", words)
        for turn in range(wanted.turns):
            alone = _build(folder / f"alone-{turn}", [*words, "--set", "run.replay_processes=0"])
            with cluster(environment) as nodes:
                runner = f"run.runner={{type: ray, address: '{nodes.address}', at_once: 4}}"
                shared = _build(folder / f"ray-{turn}", [*words, "--set", runner], environment)
            whole, steady = alone[0] / shared[0], shared[1] / alone[1]
            print(
                f"turn {turn + 1}: working {alone[0]:.1f} s in one process, {shared[0]:.1f} s on two nodes: "
                f"{whole:.2f}x; cases a second {alone[1]:.1f} and {shared[1]:.1f}: {steady:.2f}x",
                flush=True,
            )


def _run(out: Path, words: Sequence[str], environment: dict[str, str] | None = None) -> None:
    """Build with a store that no other build has."""
    own = ["--set", f"run.store={out.with_name(f'{out.name}-store')}"]
    done = subprocess.run(
        command("build", *words, *own, "--out", out),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-4000:])


def _build(out: Path, words: Sequence[str], environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Seconds of working, and cases a second once it is steady."""
    _run(out, words, environment)
    events = list(_events(out))
    seconds = next(event["seconds"]["working"] for event in events if event["event"] == "finish")
    chunks = [event for event in events if event["event"] == "chunk" and event["how"] == "worked"]
    ends = [datetime.fromisoformat(event["time"]).timestamp() for event in chunks]
    cases = sum(event["counts"].get("cases", 0) for event in chunks[_FIRST:])
    return seconds, cases / max(ends[-1] - ends[_FIRST - 1], 1e-9)


def _events(out: Path) -> Iterator[dict[str, Any]]:
    for path in sorted((out / "work" / "log").glob("*.jsonl")):
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    main()
