"""How busy a build keeps its engine: tokens per second of the build over those of an engine never idle.

    python -m bench.sampling                 a stand-in of 256 slots on virtual time
    python -m bench.sampling --vllm embedded    and a real vLLM, where it is installed (bench.sampling_vllm)

The build is a real one: eight attempts a problem, first wrong steps by continuations, repairs, six recipes,
every row verified, Parquet written. The stand-in sleeps as long as a model would take; sleeping is skipped
(`bench.virtual_time`), the build's own CPU time is not. `over_ideal` is total service time / slots over the time
taken, the end of the build included, where the last cases cannot fill the slots; `longest_case_alone_s` is
what a case takes when it has all slots for itself.
"""

import argparse
import json
import sys
import tempfile
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bench import sampling_vllm
from bench.slots import Slots
from bench.virtual_time import run
from generators.engines.base import Engine
from pipelines.build import Outcome, Stages, build
from pipelines.config import BuildConfig
from pipelines.config_file import load
from pipelines.kit import Kit, open_kit
from tests.world import write_world


def main() -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--problems", type=int, default=2000)
    parser.add_argument("--slots", type=int, default=256)
    parser.add_argument("--cases-in-flight", type=int, default=512)
    parser.add_argument("--chunk-size", type=int, default=200)
    parser.add_argument("--vllm", metavar="MODEL", help="measure a real vLLM as well, in this environment")
    arguments = parser.parse_args()
    report = measure(arguments.problems, arguments.slots, arguments.cases_in_flight, arguments.chunk_size)
    print(json.dumps({"stand_in": report}, indent=2), flush=True)
    if arguments.vllm:
        print(json.dumps({"vllm": sampling_vllm.measure(model=arguments.vllm)}, indent=2))
    return 0


def measure(problems: int, slots: int, cases_in_flight: int, chunk_size: int) -> dict[str, float]:
    """Build once with so many slots, and once each with no lack of slots for the longest case alone."""
    changes = [f"run.cases_in_flight={cases_in_flight}", f"chunk_size={chunk_size}", "policy.samples=8"]
    engine, outcome, seconds = _build(problems, slots, changes)
    alone = max(_build(1, slots, changes, first)[2] for first in range(4))
    ideal = engine.tokens / engine.tokens_per_s / slots
    return {
        "problems": problems,
        "slots": slots,
        "rows": sum(f.rows for f in outcome.manifest.files) if outcome.manifest else 0,
        "completions": outcome.spent["bought"],
        "tokens": engine.tokens,
        "seconds": round(seconds, 1),
        "tokens_per_s": round(engine.tokens / seconds),
        "ideal_tokens_per_s": round(slots * engine.tokens_per_s),
        "over_ideal": round(ideal / seconds, 4),
        "longest_case_alone_s": round(alone, 1),
    }


def _build(problems: int, slots: int, changes: list[str], first: int = 0) -> tuple[Slots, Outcome, float]:
    """The engine, the outcome and the virtual seconds of one build."""
    engines: list[Slots] = []

    def slow(engine: Engine) -> Engine:
        engines.append(Slots(engine, slots))
        return engines[-1]

    def kit(config: BuildConfig, work: Path) -> AbstractAsyncContextManager[Kit]:
        return open_kit(config, work, slow)

    with tempfile.TemporaryDirectory() as folder:
        config = load(write_world(Path(folder), problems, first), changes)
        outcome, seconds = run(build(config, Path(folder, "out"), stages=Stages(kit=kit)))
    return engines[0], outcome, seconds


if __name__ == "__main__":
    sys.exit(main())
