"""A large journal: how long it takes to open, how much memory its index takes, what a lookup costs.

    python -m bench.journal_size [RECORDS]

Writes 10 million small records into segments as `corrigenda journal compact` leaves them (350 MB, for all but
their keys is the same; in a temporary folder that is removed). A process of its own opens them and looks up
records in random order, in the order written, and keys that are not there: CPU time, resident memory grown, and
at its peak.
"""

import hashlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.asking import cpu, resident_mb
from generators.engines.base import Completion
from generators.engines.journals.compact import FULL_RECORDS
from generators.engines.journals.folder import Folder
from generators.engines.journals.records import completion_record, without_sum
from generators.engines.journals.segment_writer import SegmentWriter

RECORDS = 10_000_000
LOOKUPS = 100_000


def key(number: int) -> str:
    """A key, spread as keys are."""
    return hashlib.sha256(number.to_bytes(8, "little")).hexdigest()[:32]


def write(folder: Path, count: int) -> None:
    """Segments of `count` records altogether."""
    sample = Completion("The answer is 42.", tuple(range(1000, 1008)), "stop", -1.5)
    line = without_sum(completion_record(key(0), sample, "tiny", 1))
    rest = line[len('{"key":"') + 32 :]
    for first in range(0, count, FULL_RECORDS):
        writer = SegmentWriter(folder / f"{first:020d}~bench-000.jsonl.zst")
        for number in range(first, min(first + FULL_RECORDS, count)):
            writer.add(b'{"key":"' + key(number).encode() + rest)
        writer.finish()


def read(folder: Path, count: int) -> dict[str, float]:
    """Open the journal and look records up."""
    before, started, wall = resident_mb(), cpu(), time.perf_counter()
    journal = Folder(folder)
    report = {"open_cpu_s": round(cpu() - started, 2), "open_wall_s": round(time.perf_counter() - wall, 2)}
    report["grown_mb"] = round(resident_mb() - before)
    report["peak_grown_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6 - before)
    rng = random.Random(1)
    start = rng.randrange(max(count - LOOKUPS, 1))
    near = sorted(range(start, min(start + LOOKUPS, count)), key=lambda n: n + rng.random() * 2000)
    orders = {
        "missing": [count + n for n in range(LOOKUPS)],
        "in_order": list(range(start, min(start + LOOKUPS, count))),
        "shuffled_within_2000": near,
        "random": [rng.randrange(count) for _ in range(LOOKUPS // 10)],
    }
    for name, numbers in orders.items():
        keys = [key(number) for number in numbers]
        started = cpu()
        found = sum(journal.find(one) != b"" for one in keys)
        report[f"{name}_us"] = round(1e6 * (cpu() - started) / len(keys), 2)
        assert found == (0 if name == "missing" else len(keys))
    report["records"] = journal.index.distinct
    return report


def main() -> int:
    """Write, measure in a fresh process, and print one JSON object."""
    if sys.argv[1:2] == ["--read"]:
        print(json.dumps(read(Path(sys.argv[2]), int(sys.argv[3]))))
        return 0
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    with tempfile.TemporaryDirectory() as name:
        started = cpu()
        write(Path(name), count)
        report = {"write_us": round(1e6 * (cpu() - started) / count, 2)}
        report["disk_mb"] = round(sum(path.stat().st_size for path in Path(name).iterdir()) / 1e6)
        command = [sys.executable, "-m", "bench.journal_size", "--read", name, str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(json.dumps({**report, **json.loads(done.stdout)}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
