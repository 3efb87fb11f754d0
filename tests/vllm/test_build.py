"""A build with the embedded policy in vLLM, in one process."""

import asyncio
import os
from pathlib import Path

import pytest

from filters.verify.math.judge import Judge
from generators.engines.vllm import Vllm
from generators.sources.procedural import Procedural
from pipelines.build import build
from pipelines.config_file import load
from pipelines.dataset import rows
from schemas.problem import Problem

pytest.importorskip("vllm")

COUNT = 40
CHANGES = [
    "policy.engine={type: vllm, model: embedded}",
    f"sources=[{{type: procedural, count: {COUNT}, seed: 7}}]",
]


def test_the_rows_of_a_build_pass_and_transformers_local_replays_it(tmp_path: Path) -> None:
    outcome = asyncio.run(build(load(None, CHANGES), tmp_path / "out"))
    assert outcome.manifest is not None
    assert outcome.counts["problems"] == COUNT and not outcome.counts.get("failed")
    problems = {p.id: p for p in Procedural(count=COUNT, seed=7).problems() if isinstance(p, Problem)}
    rights = 0
    with Judge() as judge:
        for row in rows(tmp_path / "out", "sft"):
            assert judge.verdict(problems[row["problem_id"]], row["messages"][-1]["content"]).is_right
            rights += 1
    assert rights > COUNT / 2
    journal = tmp_path / "out" / "work" / "journal"
    replay = [
        CHANGES[0].replace("vllm", "transformers_local"),
        CHANGES[1],
        f"run.journal={journal}",
        "run.replay_only=true",
    ]
    again = asyncio.run(build(load(None, replay), tmp_path / "again"))
    assert again.manifest is not None
    files = {f.path: f.sha256 for f in outcome.manifest.files}
    assert {f.path: f.sha256 for f in again.manifest.files} == files


def test_a_worker_has_its_cores_to_itself_until_the_engine_is_closed() -> None:
    before = os.sched_getaffinity(0)
    if len(before) < 2:
        pytest.skip("one core is all of them's")
    engine = Vllm(model="embedded").open()
    beside = os.sched_getaffinity(0)
    asyncio.run(engine.close())
    assert beside and beside < before
    assert os.sched_getaffinity(0) == before
