"""What a build costs whose inputs or config changed a little, in a store that another build has filled.

    python -m bench.incremental [--problems 2000] [--more 20]     the embedded policy, demo.yaml's recipes
    python -m bench.incremental --scripted                        scripted answers: the cost without a model

First `--problems` procedural problems from a file, then by turns: `--more` at its end, `--more` scattered through
it, a raised limit, a recipe more, another filter, a target within and beyond what there is, a cap, and another
revision of the policy (weights, `--policy-problems` of them). Each is a `corrigenda build` of its own, into another
folder and the same `run.store`, and each has problems that no other has. Reported beside completions, wall and CPU
seconds: chunks worked anew of all, whether the plan was there, what of the shards' bytes the first build's shards do
not have (`bench.shared_bytes`), and what a second publication into a folder sends. A line of Markdown each.

`--work FOLDER` keeps everything, and goes on where it was.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.shared_bytes import new_chunks, new_files
from bench.warm import replies
from generators.engines.local.folder import find_model
from generators.sources.procedural import Procedural
from pipelines.config import RUNS
from schemas.problem import Problem

Config = dict[str, Any]


@dataclass
class Site:
    """Where the builds are, and what they share."""

    folder: Path
    base: Config

    def path(self, name: str) -> Path:
        return self.folder / name

    def source(self, name: str, problems: Iterable[Problem]) -> str:
        """A file of problems; returns its name."""
        lines = (
            json.dumps({"id": p.id, "question": p.statement, "answer": p.answer, "solution": p.solution})
            for p in problems
        )
        self.path(f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return f"{name}.jsonl"

    def build(self, name: str, source: str, **changes: object) -> dict[str, Any]:
        """Build with changes of the config; returns what it cost. What was built before is only read."""
        report = self.path(f"{name}.json")
        if report.is_file():
            return dict(json.loads(report.read_text(encoding="utf-8")))
        config = {**self.base, "sources": [{**self.base["sources"][0], "paths": [source]}], **changes}
        path = self.path(f"{name}.yaml")
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        chunks, plans = self._names("chunks"), self._names("plans")
        verdicts = self._verdicts()
        words = [sys.executable, "-m", "pipelines.cli", "build", str(path), "--out", str(self.path(name))]
        started, cpu = time.perf_counter(), _cpu_of_children()
        with self.path(f"{name}.log").open("w") as log:
            subprocess.run(words, check=True, stdout=log, stderr=log)
        seconds, cpu = time.perf_counter() - started, _cpu_of_children() - cpu
        manifest = json.loads((self.path(name) / "manifest.json").read_text(encoding="utf-8"))
        pointer = json.loads((self.path(name) / "work" / "plan.json").read_text(encoding="utf-8"))
        planned = json.loads(Path(pointer["folder"], "plan.json").read_text(encoding="utf-8"))
        spent = manifest["spent"]
        cost = {
            "build": name,
            "problems": manifest["counts"]["problems"],
            "completions": int(spent["bought"]),
            "replayed": int(spent["replayed"]),
            "seconds": round(seconds, 1),
            "cpu_s": round(cpu, 1),
            "chunks_anew": len(self._names("chunks") - chunks),
            "chunks": len(planned["chunks"]),
            "plan": "found" if self._names("plans") == plans else "new",
            "verdicts_anew": self._verdicts() - verdicts,
            "verdicts": self._verdicts(),
            "rows": sum(f["rows"] for f in manifest["files"]),
            "kept.lemma": manifest["counts"].get("kept.lemma", 0),
            "load": round(os.getloadavg()[0], 1),
        }
        report.write_text(json.dumps(cost), encoding="utf-8")
        return cost

    def bytes_beside(self, old: str, new: str) -> dict[str, Any]:
        """What of the shards of one build another one's do not have."""
        one, other = self.path(old) / "data", self.path(new) / "data"
        by_file = new_chunks(one, other)
        fresh, whole = (sum(sizes) for sizes in zip(*by_file.values(), strict=True))
        anew, _ = new_files(one, other)
        return {
            "bytes": whole,
            "new_chunks": f"{fresh / whole:.1%}",
            "new_files": f"{anew / whole:.1%}",
            "by_table": {
                path: f"{a / b:.1%} of {b:,}" for path, (a, b) in by_file.items() if "train" in path
            },
        }

    def publish(self, name: str) -> str:
        """Publish a build into a folder; returns what it said last."""
        words = ["publish", str(self.path(name)), "--to", str(self.path("published"))]
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", *words], check=True, capture_output=True, text=True
        )
        return done.stdout.strip().split("\n")[-1]

    def _names(self, kind: str) -> set[str]:
        folder = self.path("store") / kind
        return {p.name for p in folder.iterdir()} if folder.is_dir() else set()

    def _verdicts(self) -> int:
        return sum(p.read_bytes().count(b"\n") for p in self.path("store").glob("verdicts/*.jsonl"))


def main() -> int:
    """Build by turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--problems", type=int, default=2000)
    parser.add_argument("--more", type=int, default=20)
    parser.add_argument("--policy-problems", type=int, default=200)
    parser.add_argument("--chunk-size", type=int, help="problems a chunk; the config's default without it")
    parser.add_argument("--scripted", action="store_true", help="answers from a table instead of the policy")
    parser.add_argument("--work", type=Path, help="folder that keeps everything")
    args = parser.parse_args()
    with ExitStack() as stack:
        folder = args.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        problems = _problems(args.problems + 4 * args.more)
        site = Site(folder.resolve(), _base(folder.resolve(), problems, args))
        measure(site, problems[: args.problems], problems[args.problems :], args)
    return 0


def measure(site: Site, old: Sequence[Problem], more: Sequence[Problem], args: argparse.Namespace) -> None:
    """All builds, each printed as it ends."""
    many, few = len(old), args.more
    parts = [more[turn * few : (turn + 1) * few] for turn in range(4)]
    source = site.source("old", old)
    first = site.build("first", source)
    print(site.publish("first") if not site.path("published").exists() else "")
    _print(first, first, {})

    def turn(name: str, source: str, **changes: object) -> dict[str, Any]:
        cost = site.build(name, source, **changes)
        _print(cost, first, site.bytes_beside("first", name))
        return cost

    turn("same", source)
    turn("at_the_end", site.source("end", [*old, *parts[0]]))
    print(site.publish("at_the_end"))
    turn("scattered", site.source("scattered", scattered(old, parts[1])))
    turn("raised_limit", site.source("limit", [*old, *parts[2]]), limit=many + few // 2)
    turn("a_recipe_more", source, recipes=[*site.base["recipes"], {"type": "recovery"}])
    turn("another_filter", source, filters=[{"type": "shape", "max_chars": 500}, {"type": "truth"}])
    turn("a_cap", source, caps={"problem": 2})
    reserve = site.source("reserve", [*old, *parts[3]])
    lemma = first["kept.lemma"]
    for name, rows in (("target_within", lemma // 2), ("target_beyond", lemma + 1)):
        cells = [{"recipe": "lemma", "rows": rows}]
        turn(name, reserve, limit=many, targets={"cells": cells, "rounds": 1})
    if args.scripted:
        return
    before = turn("few", source, limit=args.policy_problems)
    weights = str(nudged(site.folder / "nudged"))
    engine = {**site.base["policy"]["engine"], "model": weights}
    policy = {**site.base["policy"], "engine": engine}
    cost = site.build("other_weights", source, limit=args.policy_problems, policy=policy)
    _print(cost, before, site.bytes_beside("few", "other_weights"))


def scattered(old: Sequence[Problem], more: Sequence[Problem]) -> list[Problem]:
    """The problems with others put in at even distances."""
    whole, step = list(old), len(old) // (len(more) + 1)
    for number in reversed(range(len(more))):
        whole.insert((number + 1) * step, more[number])
    return whole


def nudged(folder: Path) -> Path:
    """The embedded model with one weight a little larger: the smallest change of a revision that counts."""
    import shutil

    from safetensors.torch import load_file, save_file

    if not folder.is_dir():
        shutil.copytree(find_model("embedded", None, False).path, folder)
        weights = load_file(folder / "model.safetensors")
        name = sorted(weights)[0]
        weights[name].view(-1)[0] += 0.01
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _problems(count: int) -> list[Problem]:
    made = Procedural(count=count, seed=7).problems()
    return [problem for problem in made if isinstance(problem, Problem)]


def _base(folder: Path, problems: Sequence[Problem], args: argparse.Namespace) -> Config:
    demo: Config = yaml.safe_load((RUNS / "demo.yaml").read_text(encoding="utf-8"))
    demo.pop("chunk_size")
    if args.chunk_size:
        demo["chunk_size"] = args.chunk_size
    if args.scripted:
        rows = [{"statement": p.statement, "replies": replies(p)} for p in problems]
        path = folder / "replies.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        demo["policy"]["engine"] = {"type": "scripted", "replies": str(path), "otherwise": ""}
    source = {"type": "jsonl", "name": "procedural", "licence": "Apache-2.0"}
    return {**demo, "data_dir": str(folder), "sources": [source], "run": {"store": str(folder / "store")}}


def _print(cost: dict[str, Any], first: dict[str, Any], beside: dict[str, Any]) -> None:
    shares = {
        "completions": f"{cost['completions'] / max(1, first['completions']):.2%}",
        "seconds": f"{cost['seconds'] / first['seconds']:.1%}",
        "cpu": f"{cost['cpu_s'] / first['cpu_s']:.1%}",
    }
    print(json.dumps({**cost, "shares": shares, **beside}), flush=True)
    print(
        f"| {cost['build'].replace('_', ' ')} | {cost['completions']:,} ({shares['completions']}) "
        f"| {cost['seconds']} ({shares['seconds']}) | {cost['cpu_s']} ({shares['cpu']}) "
        f"| {cost['chunks_anew']} of {cost['chunks']} | {cost['plan']} "
        f"| {beside.get('new_files', '')} | {beside.get('new_chunks', '')} |",
        flush=True,
    )


def _cpu_of_children() -> float:
    """CPU seconds of processes that ended and of those they waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
