"""Planning by number of problems: seconds, memory, and what plan and config take on disk.

    python -m bench.many_problems 10000 100000

Problems of some 240 characters with a solution each, as GSM8K's are, from one .jsonl file; then as many of the
procedural source. A plan is made by one process, which reads everything once.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path

import pipelines.plan  # here, so that its own memory is not measured
from bench.own_process import Report, measured
from pipelines.config_file import load

TEXT = "Natalia sold clips to her friends in April and then she sold half as many in May how many did"
CHUNK = 1000


def write_config(folder: Path, count: int, source: str) -> Path:
    """A config of `count` problems."""
    options: dict[str, object] = {"type": "procedural", "count": count, "difficulty": "hard"}
    if source == "jsonl":
        rng, words = random.Random(0), TEXT.split()
        with (folder / "problems.jsonl").open("w", encoding="utf-8") as out:
            for number in range(count):
                row = {"question": f"{number}: {' '.join(rng.choices(words, k=45))}?", "answer": str(number)}
                out.write(json.dumps({**row, "solution": " ".join(rng.choices(words, k=55))}) + "\n")
        options = {"type": "jsonl", "paths": [str(folder / "problems.jsonl")], "licence": "MIT"}
    config = {
        "sources": [options],
        "policy": {"engine": {"type": "scripted"}},
        "recipes": [{"type": "lemma"}],
        "chunk_size": CHUNK,
    }
    path = folder / "config.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    return path


def plan(folder: str) -> Report:
    """Make the plan."""
    work = Path(folder, "work")
    made = pipelines.plan.make_plan(load(Path(folder, "config.yaml"), []), work)
    files = [path for path in (work / "plans").rglob("*") if path.is_file()]
    return {
        "chunks": len(made.chunks),
        "mb": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "plan_json_bytes_per_chunk": round(
            next(p.stat().st_size for p in files if p.name == "plan.json") / len(made.chunks)
        ),
    }


def main() -> None:
    """Measure, one JSON object a line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("counts", nargs="*", type=int, default=[10_000, 100_000])
    for count in parser.parse_args().counts:
        for source in ("jsonl", "procedural"):
            with tempfile.TemporaryDirectory() as folder:
                write_config(Path(folder), count, source)
                print(json.dumps({"source": source, "problems": count, **measured(plan, folder)}), flush=True)


if __name__ == "__main__":
    main()
