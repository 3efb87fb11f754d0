"""The Prefect flows, against a server of this module's own."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prefect")

from prefect import State, flow
from prefect.client.schemas.objects import StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.states import Pending, Running

from generators.engines.base import Completion, Engine, Request
from pipelines.build import Outcome, build
from pipelines.config import BuildConfig
from pipelines.config_file import load
from pipelines.flows.now import NOW, Now
from pipelines.flows.refresh import refresh_flow
from pipelines.flows.schedule import deployment
from pipelines.flows.stages import flow_stages
from pipelines.kit import Kit, open_kit
from pipelines.nightly import only_run_in
from pipelines.progress_base import Progress
from pipelines.store import Store
from tests.building import Heard, built
from tests.commands import ROOT, command, hashes
from tests.nights import FEW, Nights, nights
from tests.prefect_server import artifacts, flow_run, prefect_server, started, task_runs
from tests.world import write_world

SAMPLES = 7


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prefect_server(tmp_path_factory.mktemp("prefect")) as url:
        yield url


@pytest.fixture
def night(api: str, tmp_path: Path) -> Nights:
    return nights(tmp_path, 8)


def scheduled(night: Nights, *changes: str, publish: bool = False) -> RunnerDeployment:
    """The deployment of these nights, under a name of its own."""
    config = load(night.config, [FEW, *changes])
    return deployment(config, night.root, publish, "0 3 * * *", "UTC", f"nights-{night.folder.name}")


def tonight(wanted: RunnerDeployment) -> tuple[State[Any], Any]:
    """One run of the deployment: its last state and its id."""
    NOW.set(None)
    return asyncio.run(started(wanted, refresh_flow))


def test_the_flow_builds_the_same_bytes_as_the_plain_command(api: str, tmp_path: Path) -> None:
    config = write_world(tmp_path, 10)
    assert built(config, tmp_path / "plain").manifest
    done = subprocess.run(
        command("build", config, "--out", tmp_path / "flow"),
        cwd=ROOT,
        env={**os.environ, "PREFECT_API_URL": api, "PREFECT_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path / "flow") == hashes(tmp_path / "plain") != {}
    for number in range(3):
        assert f"chunk-{number:05d}" in done.stderr + done.stdout


def test_a_night_says_how_it_ended_and_shows_what_it_made(night: Nights) -> None:
    wanted = scheduled(night, "run.tasks.tags=[mine]")
    first, run = tonight(wanted)
    assert (first.type, first.name) == (StateType.COMPLETED, "Built")
    folder = night.builds()[0]
    shown = artifacts(run)
    assert set(shown) == {
        f"jars-{what}" for what in ("progress", "funnel", "rows", "report", "health", "run")
    }
    assert shown["jars-progress"] == 100 and str(folder) in shown["jars-run"]
    assert {"stage": "problems", "number": 8} in as_rows(shown["jars-funnel"])
    assert "Health: ok" in shown["jars-health"] and (folder / "report.html").as_uri() in shown["jars-report"]
    assert "verifier_pairs" in shown["jars-rows"] and "[rejected]" in shown["jars-rows"]

    chunks = len(json.loads((folder / "work" / "chunks.json").read_text())["chunks"])
    tasks = task_runs(run, chunks + 1)
    assert [task.name for task in tasks][-1] == "plan" and len(tasks) == chunks + 1 > 2
    assert all(task.name.startswith(f"chunk-{n:05d}: ") for n, task in enumerate(tasks[:-1]))
    assert all(set(task.tags) == {"mine"} for task in tasks[:-1])  # the run has the others

    again, run = tonight(wanted)
    assert (again.type, again.name) == (StateType.COMPLETED, "NothingNew")
    assert again.message and folder.name in again.message
    assert set(artifacts(run)) == {"jars-run"} and night.builds() == [folder]

    night.problems(9)
    more, run = tonight(wanted)
    assert more.name == "Built" and "problems: 8 before, 9 now" in artifacts(run)["jars-changes"]
    states = [task.state_name for task in task_runs(run, 2)]
    assert (
        "Cached" in states and states.count("Completed") == 2
    )  # the plan, and the chunk with the new problem


def as_rows(table: object) -> list[Mapping[str, object]]:
    return json.loads(table) if isinstance(table, str) else table  # type: ignore[return-value]


def test_a_cached_chunk_whose_files_are_gone_is_worked_on_again(night: Nights) -> None:
    wanted = scheduled(night)
    tonight(wanted)
    (folder,) = night.builds()
    files = hashes(folder)
    lost = sorted((night.root / "store" / "chunks").iterdir())[0]
    shutil.rmtree(lost)
    shutil.rmtree(folder)
    state, run = tonight(wanted)
    assert state.name == "Built" and hashes(night.builds()[0]) == files and lost.is_dir()
    states = sorted(str(task.state_name) for task in task_runs(run, 2) if task.name != "plan")
    assert states.count("Completed") == 1 and set(states) == {"Cached", "Completed"}


def test_a_run_beside_another_one_is_refused(night: Nights) -> None:
    with only_run_in(night.root):
        state, run = tonight(scheduled(night))
    assert (state.type, state.name) == (StateType.CANCELLED, "Refused")
    assert not (night.root / "builds").exists() and flow_run(run).state_name == "Refused"


def test_a_gate_that_does_not_pass_is_a_failed_run(night: Nights) -> None:
    state, run = tonight(scheduled(night, "gates=[{type: rows, least: 1000}]"))
    assert (state.type, state.name) == (StateType.FAILED, "GatesFailed")
    assert "have fewer than 1,000 rows" in artifacts(run)["jars-run"]


def test_a_night_publishes_and_says_where(night: Nights, tmp_path: Path) -> None:
    state, run = tonight(scheduled(night, f"publish={{to: {tmp_path / 'published'}}}", publish=True))
    assert (state.type, state.name) == (StateType.COMPLETED, "Published"), state.message
    assert str(tmp_path / "published") in artifacts(run)["jars-run"]
    assert list((tmp_path / "published").rglob("manifest.json"))
    assert any(task.name.startswith("publish ") for task in task_runs(run, 3))


def test_a_run_closes_those_that_died_and_those_that_were_missed(night: Nights) -> None:
    wanted = scheduled(night)
    dead, just_begun, waiting, missed, to_come = asyncio.run(neighbours(wanted))
    state, _ = tonight(wanted)
    assert state.name == "Built"
    crashed = flow_run(dead)
    assert crashed.state_type == StateType.CRASHED and "died without a word" in str(crashed.state)
    assert flow_run(missed).state_name == "Missed"
    assert flow_run(just_begun).state_type == StateType.RUNNING
    assert flow_run(waiting).state_type == StateType.PENDING
    assert flow_run(to_come).state_type == StateType.SCHEDULED


async def neighbours(wanted: RunnerDeployment) -> list[Any]:
    """Runs of the deployment: one that began long ago, one that begins just now, one that is about to, one that was
    due and one that will be."""
    from prefect.client.orchestration import get_client
    from prefect.states import Scheduled

    own = await wanted.aapply()
    now = datetime.now(UTC)
    states: list[State[Any]] = [
        Running(timestamp=now - timedelta(hours=20)),
        Running(),
        Pending(),
        Scheduled(scheduled_time=now - timedelta(hours=1)),
        Scheduled(scheduled_time=now + timedelta(hours=1)),
    ]
    async with get_client() as client:
        runs = []
        for state in states:
            first = state if state.type == StateType.SCHEDULED else None
            run = await client.create_flow_run_from_deployment(own, state=first)
            if first is None:
                await client.set_flow_run_state(run.id, state, force=True)
            runs.append(run.id)
    return runs


class FullOnce(Store):
    """A store whose disk is full when the first chunk is to be written."""

    full = True

    def begin(self, address: str) -> Path:
        """As the store's own, from the second time on."""
        if self.full:
            self.full = False
            raise OSError(28, "No space left on device")
        return super().begin(address)


class HangsOnce(Engine):
    """An engine whose first request never ends."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer
        self.hangs = True

    async def generate(self, request: Request) -> list[Completion]:
        """The engine's answer, from the second time on."""
        if self.hangs:
            self.hangs = False
            await asyncio.sleep(3600)
        return await self.engine.generate(request)


@flow(name="faulty", persist_result=False)
async def faulty_flow(config: BuildConfig, out: str, full: bool) -> int:
    """A build as a flow, on a disk or with an engine that fails once; returns how many completions it bought."""
    opened: list[Heard] = []

    def around(engine: Engine) -> Engine:
        opened.append(Heard(engine if full else HangsOnce(engine)))
        return opened[-1]

    @asynccontextmanager
    async def kit(config: BuildConfig, work: Path) -> AsyncIterator[Kit]:
        async with open_kit(config, work, around) as whole:
            yield replace(whole, store=FullOnce(whole.store.folder)) if full else whole

    NOW.set(Now(config, Progress()))
    async with flow_stages(config) as stages:
        outcome = await build(config, Path(out), Progress(), replace(stages, kit=kit))
    assert isinstance(outcome, Outcome) and outcome.manifest is not None
    return int(outcome.spent["bought"])


async def _state_of(config: BuildConfig, out: Path, full: bool) -> State[int]:
    return await faulty_flow(config, str(out), full, return_state=True)


@pytest.mark.parametrize("full", [True, False], ids=["a full disk", "a time-out"])
def test_a_chunk_that_fails_once_is_tried_again_and_holds_nobody_up(
    night: Nights, tmp_path: Path, full: bool
) -> None:
    limits = [
        "run.tasks.retry_delay_s=0",
        f"run.tasks.timeout_s={60 if full else 3}",
        "run.cases_in_flight=2",
    ]
    config = load(night.config, [FEW, *limits])
    state = asyncio.run(_state_of(config, tmp_path / "out", full))
    assert state.name == "Completed", state.message
    assert asyncio.run(state.aresult()) == 8 * SAMPLES
    built(night.config, tmp_path / "plain", FEW)
    assert hashes(tmp_path / "out") == hashes(tmp_path / "plain")
    assert state.state_details.flow_run_id is not None
    tasks = task_runs(state.state_details.flow_run_id, 3)
    assert sorted(task.run_count for task in tasks)[-1] == 2 and all(
        t.state_name == "Completed" for t in tasks
    )
