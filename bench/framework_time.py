"""Framework time per row: everything of a build but the model and sympy.

    python -m bench.framework_time

Builds scripted problems (the engine answers at once, every answer is decided by the exact judge,
so that neither a model nor sympy runs) and divides the build's CPU time, planning and Parquet
included, by the rows written. Prints also what a row of each table weighs and the peak memory.
"""

import asyncio
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from pipelines.build import build
from pipelines.config_file import load
from pipelines.tables import read_file
from tests.world import write_world

PROBLEMS = 1000


def main() -> int:
    """Build, and print milliseconds per row."""
    with tempfile.TemporaryDirectory() as folder:
        config = load(write_world(Path(folder), PROBLEMS), ["chunk_size=200"])
        out = Path(folder, "out")
        started, cpu = time.perf_counter(), time.process_time()
        outcome = asyncio.run(build(config, out))
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        assert outcome.manifest is not None
        rows = sum(f.rows for f in outcome.manifest.files)
        sizes = {f.table: f.bytes / max(f.rows, 1) for f in outcome.manifest.files if f.split == "train"}
        assert sum(read_file(out / f.path).num_rows for f in outcome.manifest.files) == rows
    report = {
        "problems": PROBLEMS,
        "rows": rows,
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "cpu_ms_per_row": round(1000 * cpu / rows, 3),
        "bytes_per_row": {table: round(size) for table, size in sizes.items()},
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(report, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
