"""An engine that fails now and then costs the cases it failed, and no other's work."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generators.engines.base import Completion, Engine, Request
from pipelines.dataset import rows
from pipelines.faults import fault_lines
from schemas.exceptions import EngineError
from tests.building import built
from tests.commands import hashes
from tests.world import write_world

COUNT = 12


class Moody(Engine):
    """Fails on a share of the requests, chosen by chance."""

    def __init__(self, engine: Engine, share: float, seed: int) -> None:
        self.engine = engine
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer
        self.share, self.rng = share, random.Random(seed)

    async def generate(self, request: Request) -> list[Completion]:
        """The engine's answer, or an EngineError."""
        if self.rng.random() < self.share:
            self.incidents["retry.429"] += 2
            raise EngineError("not now")
        return await self.engine.generate(request)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), COUNT)


@pytest.fixture(scope="module")
def whole(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    assert built(config, out).manifest
    return out


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.0, 0.5), seed=st.integers(0, 1000))
def test_a_failed_request_costs_its_case_alone(
    config: Path, whole: Path, tmp_path_factory: pytest.TempPathFactory, share: float, seed: int
) -> None:
    out = tmp_path_factory.mktemp("moody") / "out"
    moody = built(config, out, "run.max_failed_share=1", around=lambda e: Moody(e, share, seed))
    assert moody.manifest is not None
    failed = {d["problem_id"] for d in rows_dropped(out) if d["reason"] == "engine_error"}
    assert len(failed) == moody.counts.get("failed", 0)
    for table in ("sft", "preference", "stepwise"):
        wanted = [r["id"] for r in rows(whole, table) if r["problem_id"] not in failed]
        assert [r["id"] for r in rows(out, table) if r["problem_id"] not in failed] == wanted
    assert bool(moody.incidents) == bool(failed)
    if failed:
        # What was bought stays bought; the next run asks for the rest and ends with the same bytes.
        assert built(config, out).manifest
    assert hashes(out) == hashes(whole)


def test_incidents_reach_summary_and_card(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    moody = built(config, out, "run.max_failed_share=1", around=lambda e: Moody(e, 0.3, 1))
    assert moody.manifest is not None and moody.manifest.incidents == moody.incidents
    line = (
        f"retry.429: {moody.incidents['retry.429']} requests repeated because the server was asked too often"
    )
    assert line in fault_lines(moody.counts, moody.incidents)
    assert line in (out / "README.md").read_text()


def test_attempts_cut_off_and_empty_ones_are_a_line_each(config: Path, tmp_path: Path) -> None:
    short = built(config, tmp_path / "o", "policy.sampling.max_tokens=3")
    assert short.counts["unknown.truncated"] > 0
    assert any("cut off by the token limit" in line for line in fault_lines(short.counts, {}))
    assert fault_lines({"unknown.empty": 2}, {"odd.thing": 3}) == [
        "unknown.empty: 2 attempts were empty",
        "odd.thing: 3 times: odd (thing)",
    ]


def rows_dropped(out: Path) -> list[dict[str, str]]:
    import pyarrow.parquet as pq

    return [
        row for path in sorted((out / "dropped").glob("*.parquet")) for row in pq.read_table(path).to_pylist()
    ]


class Odd(Engine):
    """Answers with half of a surrogate pair, and breaks the rules of engines on one request."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.asked = engine, 0
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer

    async def generate(self, request: Request) -> list[Completion]:
        """The engine's answer with more behind it, or a RuntimeError."""
        self.asked += 1
        if self.asked == 3:
            raise RuntimeError("a defect")
        return [replace(c, text=c.text + " \ud83d") for c in await self.engine.generate(request)]


def test_neither_a_defect_nor_an_odd_text_ends_a_build(config: Path, tmp_path: Path) -> None:
    odd = built(config, tmp_path / "o", "run.max_failed_share=1", around=Odd)
    assert odd.manifest is not None and odd.counts["failed"] == 1
    (dropped,) = [d for d in rows_dropped(tmp_path / "o") if d["reason"] == "case_error"]
    assert "RuntimeError: a defect" in dropped["detail"]
    assert any(row["text"].endswith(" \ufffd") for row in rows(tmp_path / "o", "attempts"))
