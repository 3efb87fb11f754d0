"""What Prefect costs a build whose server is up: milliseconds a chunk and seconds a run beyond the plain build.

    python -m bench.prefect_cost [--turns 5] [--chunks 150]

The same scripted build (two cases a chunk, the engine answers at once) plain and as a flow in turns, each in a
process of its own, with few chunks and with many; a first turn of each is not counted. The cost of a chunk is the
slope between few and many, that of a run what is left without any chunk. Seconds are those of the build; what the
process pays to import Prefect is said apart. Medians over the turns.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.prefect_server import PrefectServer
from tests.world import write_world

CASES = 2
"""Cases of a chunk, on average."""
KINDS = ("plain", "flow")
LITTLE = (
    "policy.samples=2",
    "recipes=[{type: verifier_pairs}]",
    "gates=[]",
    "run.replay_processes=0",
)
"""As little work of our own as there can be."""


def main() -> int:
    """Measure and print; exit code 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--chunks", type=int, default=150, help="of the large build, about")
    parser.add_argument("--profile", action="store_true", help="print where the large flow's time goes")
    parser.add_argument("--once", nargs=3, metavar=("KIND", "CONFIG", "OUT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        once(arguments.once[0], Path(arguments.once[1]), Path(arguments.once[2]), arguments.profile)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        server = PrefectServer(Path(folder, "prefect"))
        try:
            server.start()
            server.wait()
            report = measured(Path(folder), server, arguments.turns, arguments.chunks, arguments.profile)
        finally:
            server.kill()
    print(json.dumps(report, indent=2))
    return int(report["ms_per_chunk"] >= 10 or report["s_per_run"] >= 1.5)


def measured(folder: Path, server: PrefectServer, turns: int, chunks: int, profile: bool) -> dict[str, float]:
    """Build in turns; the figures."""
    sizes = {"few": 2 * CASES, "many": chunks * CASES}
    configs = {}
    for name, problems in sizes.items():
        (folder / name).mkdir()
        configs[name] = write_world(folder / name, problems)
    said: dict[tuple[str, str], list[dict[str, float]]] = {}
    for turn in range(turns + 1):
        for size, config in configs.items():
            for kind in KINDS:
                out = folder / f"{size}-{kind}-{turn}"
                words = [sys.executable, "-m", "bench.prefect_cost", "--once", kind, str(config), str(out)]
                last = profile and turn == turns and (kind, size) == ("flow", "many")
                done = subprocess.run(
                    words + ["--profile"] * last, env=server.environment, check=True, capture_output=True
                )
                *shown, numbers = done.stdout.decode().strip().split("\n")
                print(*shown, sep="\n", end="\n" * bool(shown), file=sys.stderr)
                if turn:
                    said.setdefault((kind, size), []).append(json.loads(numbers))
    return figures(said)


def figures(said: dict[tuple[str, str], list[dict[str, float]]]) -> dict[str, float]:
    """Costs from the medians of what the builds said."""

    def median(kind: str, size: str, what: str) -> float:
        return statistics.median(numbers[what] for numbers in said[kind, size])

    few, many = (median("flow", size, "chunks") for size in ("few", "many"))
    beyond = {size: median("flow", size, "s") - median("plain", size, "s") for size in ("few", "many")}
    a_chunk = (beyond["many"] - beyond["few"]) / (many - few)
    imports = median("flow", "few", "import_s") - median("plain", "few", "import_s")
    return {
        "ms_per_chunk": round(1000 * a_chunk, 2),
        "s_per_run": round(beyond["few"] - few * a_chunk, 3),
        "s_per_run_with_import": round(beyond["few"] - few * a_chunk + imports, 3),
        "chunks": many,
        **{f"{k}_{s}_s": round(median(k, s, "s"), 3) for k, s in sorted(said)},
        "cpu_ms_per_chunk": round(
            1000 * (median("flow", "many", "cpu_s") - median("plain", "many", "cpu_s")) / many, 2
        ),
        "load": os.getloadavg()[0],
    }


def once(kind: str, path: Path, out: Path, profile: bool) -> None:
    """One build in this process; prints what it took."""
    from pipelines.config_file import load
    from pipelines.plan import make_plan
    from pipelines.progress_base import Progress

    began = time.perf_counter()
    if kind == "flow":
        from pipelines.flows.build import build_as_flow as run
    else:
        from pipelines.build import build as run
    imported = time.perf_counter() - began
    config = load(path, [f"chunk_size={CASES}", *LITTLE])
    began, cpu = time.perf_counter(), time.process_time()
    if profile:
        import cProfile
        import pstats

        profiler = cProfile.Profile(time.thread_time)  # CPU seconds: the server works on the same cores
        profiler.runcall(asyncio.run, run(config, out, Progress()))
        pstats.Stats(profiler).sort_stats("cumtime").print_stats(90).sort_stats("tottime").print_stats(40)
    else:
        asyncio.run(run(config, out, Progress()))
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    chunks = len(make_plan(config, out / "work").chunks)
    print(json.dumps({"s": seconds, "cpu_s": cpu, "import_s": imported, "chunks": chunks}))


if __name__ == "__main__":
    sys.exit(main())
