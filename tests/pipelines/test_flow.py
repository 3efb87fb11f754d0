"""The Prefect flows, against a server of this module's own."""

import asyncio
import json
import re
import shutil
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

pytest.importorskip("prefect")

from prefect import State, flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Pending, Running, Scheduled

from generators.engines.base import Completion, Engine, Request
from pipelines.build import Outcome, build
from pipelines.cli import BAD_CONFIG, main
from pipelines.config import BuildConfig
from pipelines.config_file import load
from pipelines.flows import housekeeping
from pipelines.flows.api import dashboard, find_api, run_command
from pipelines.flows.now import NOW, Now
from pipelines.flows.refresh import refresh_flow
from pipelines.flows.schedule import deployment
from pipelines.flows.stages import flow_stages
from pipelines.kit import Kit, open_kit
from pipelines.nightly import only_run_in
from pipelines.progress_base import Progress
from pipelines.store import Store
from tests.building import Heard, built
from tests.commands import hashes
from tests.nights import FEW, Nights, nights
from tests.prefect_server import artifacts, asked, flow_run, prefect_server, started, task_runs
from tests.world import write_world

SAMPLES = 7
TIMEOUT_S = 2.0


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


def test_the_flow_builds_the_same_bytes_as_the_plain_command(
    api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = write_world(tmp_path, 10)
    assert built(config, tmp_path / "plain").manifest
    monkeypatch.setenv("PREFECT_API_URL", api)  # names a server: the command runs the flow
    assert main(["build", str(config), "--out", str(tmp_path / "flow")]) == 0
    assert hashes(tmp_path / "flow") == hashes(tmp_path / "plain") != {}
    runs = asked(lambda client: client.read_flow_runs())
    (run,) = [run for run in runs if run.name == f"build jars into {tmp_path / 'flow'}"]
    names = [task.name for task in task_runs(run.id, 4)]
    assert names[-1] == "plan" and len(names) > 3
    assert all(re.fullmatch(rf"chunk-{n:05d}: \d+ problems", name) for n, name in enumerate(names[:-1]))


def test_a_night_says_how_it_ended_and_shows_what_it_made(night: Nights, tmp_path: Path) -> None:
    public = tmp_path / "published"
    wanted = scheduled(night, "run.tasks.tags=[mine]", f"publish={{to: {public}}}", publish=True)
    first, run = tonight(wanted)
    assert (first.type, first.name) == (StateType.COMPLETED, "Published")
    assert list(public.rglob("manifest.json"))
    folder = night.builds()[0]
    shown = artifacts(run)
    assert set(shown) == {
        f"jars-{what}" for what in ("progress", "funnel", "rows", "report", "health", "run")
    }
    assert shown["jars-progress"] == 100 and str(folder) in shown["jars-run"]
    assert str(public) in shown["jars-run"]
    assert {"stage": "problems", "number": 8} in as_rows(shown["jars-funnel"])
    assert "Health: ok" in shown["jars-health"] and (folder / "report.html").as_uri() in shown["jars-report"]
    assert "verifier_pairs" in shown["jars-rows"] and "[rejected]" in shown["jars-rows"]

    chunks = len(json.loads((folder / "work" / "chunks.json").read_text())["chunks"])
    tasks = task_runs(run, chunks + 2)
    assert [task.name for task in tasks[-2:]] == ["plan", f"publish {folder}"] and len(
        tasks
    ) == chunks + 2 > 3
    assert all(set(task.tags) == {"mine"} for task in tasks[:-2])  # the run has the others

    again, run = tonight(wanted)
    assert (again.type, again.name) == (StateType.COMPLETED, "NothingNew")
    assert again.message and folder.name in again.message
    assert set(artifacts(run)) == {"jars-run"} and night.builds() == [folder]

    night.problems(9)
    more, run = tonight(wanted)
    assert more.name == "Published" and "problems: 8 before, 9 now" in artifacts(run)["jars-changes"]
    states = [task.state_name for task in task_runs(run, 4)]
    assert (
        states.count("Completed") == 3 and "Cached" in states
    )  # plan, the chunk with the new problem, publish


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


def test_a_schedule_that_cannot_be_is_refused_before_anything_is_served(
    api: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*words: str) -> str:
        assert main(["schedule", "--out", str(tmp_path), *words]) == BAD_CONFIG
        return capsys.readouterr().err

    assert "--cron 'at night'" in refused("--cron", "at night")
    assert "--timezone 'Mars'" in refused("--cron", "0 3 * * *", "--timezone", "Mars")
    assert "--publish: the config says nowhere" in refused("--cron", "0 3 * * *", "--publish")
    with temporary_settings({PREFECT_API_URL: api.removesuffix("/api")}):
        assert "is no Prefect server; set PREFECT_API_URL" in refused("--cron", "0 3 * * *")
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nowhere = f"http://127.0.0.1:{gone.getsockname()[1]}/api"
    with temporary_settings({PREFECT_API_URL: nowhere}):
        assert f"no Prefect server answers at {nowhere}; start one with `make server`" in refused(
            "--cron", "0 3 * * *"
        )


def test_what_a_person_types_to_run_now_finds_the_server(api: str) -> None:
    assert find_api() == api and dashboard(api) == api.removesuffix("/api")
    typed = run_command("refresh/two words", api)
    assert typed.startswith(f"PREFECT_API_URL={api} ") and typed.endswith(
        "prefect deployment run 'refresh/two words'"
    )


def test_a_run_closes_those_that_were_missed_and_those_that_died(
    night: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = scheduled(night, "gates=[{type: rows, least: 1000}]")
    running, pending, missed, to_come = asyncio.run(neighbours(wanted))
    # All began just now, as far as the server knows: they may be on their way to find the lock taken.
    monkeypatch.setattr(housekeeping, "_MOMENT", timedelta(hours=1))
    state, run = tonight(wanted)
    assert (state.type, state.name) == (StateType.FAILED, "GatesFailed")  # it counts: it was the night's run
    assert "have fewer than 1,000 rows" in artifacts(run)["jars-run"]
    assert flow_run(missed).state_name == "Missed"
    assert flow_run(to_come).state_type == StateType.SCHEDULED
    assert flow_run(running).state_type == StateType.RUNNING
    assert flow_run(pending).state_type == StateType.PENDING
    monkeypatch.setattr(housekeeping, "_MOMENT", timedelta(0))
    monkeypatch.setattr(housekeeping, "_STARTING", timedelta(0))
    assert tonight(wanted)[0].name == "GatesFailed"
    for dead in map(flow_run, (running, pending)):
        assert dead.state_type == StateType.CRASHED and "died without a word" in str(dead.state)


async def neighbours(wanted: RunnerDeployment) -> list[UUID]:
    """Runs of the deployment: one that goes on, one that is about to, one that was due and one that will be."""
    own, now = await wanted.aapply(), datetime.now(UTC)
    states: list[State[Any]] = [
        Running(),
        Pending(),
        Scheduled(scheduled_time=now - timedelta(hours=1)),
        Scheduled(scheduled_time=now + timedelta(hours=1)),
    ]
    async with get_client() as client:
        runs = [
            await client.create_flow_run_from_deployment(own, state=state if state.is_scheduled() else None)
            for state in states
        ]
        for run, state in zip(runs, states, strict=True):
            if not state.is_scheduled():
                await client.set_flow_run_state(run.id, state, force=True)
    return [run.id for run in runs]


class FullOnce(Store):
    """A store whose disk is full when the first chunk is to be written."""

    full = True

    def begin(self, address: str) -> Path:
        """As the store's own, from the second time on."""
        if self.full:
            self.full = False
            raise OSError(28, "No space left on device")
        return super().begin(address)


class SlowOnce(Engine):
    """An engine whose first answer takes longer than a chunk may."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer
        self.slow = True

    async def generate(self, request: Request) -> list[Completion]:
        """The engine's answer."""
        if self.slow:
            self.slow = False
            await asyncio.sleep(1.5 * TIMEOUT_S)
        return await self.engine.generate(request)


@flow(name="faulty", persist_result=False)
async def faulty_flow(config: BuildConfig, out: str, full: bool) -> int:
    """A build as a flow, on a disk or with an engine that fails once; returns how many completions it bought."""
    opened: list[Heard] = []

    def around(engine: Engine) -> Engine:
        opened.append(Heard(engine if full else SlowOnce(engine)))
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


async def failing_once(config: BuildConfig, out: Path, full: bool) -> State[Any]:
    return await faulty_flow(config, str(out), full, return_state=True)


async def result_of(state: State[Any]) -> object:
    return await state.aresult()


@pytest.mark.parametrize("full", [True, False], ids=["a full disk", "a time-out"])
def test_a_chunk_that_fails_once_is_tried_again_and_holds_nobody_up(
    night: Nights, tmp_path: Path, full: bool
) -> None:
    limits = f"run.tasks={{retries: 9, retry_delay_s: 0, timeout_s: {60 if full else TIMEOUT_S}}}"
    config = load(night.config, [FEW, limits, "run.cases_in_flight=2"])
    state = asyncio.run(failing_once(config, tmp_path / "out", full))
    assert state.name == "Completed", state.message
    assert asyncio.run(result_of(state)) == 8 * SAMPLES
    built(night.config, tmp_path / "plain", FEW)
    assert hashes(tmp_path / "out") == hashes(tmp_path / "plain")
    assert state.state_details.flow_run_id is not None
    tasks = task_runs(state.state_details.flow_run_id, 3)
    assert sorted(task.run_count for task in tasks)[-1] == 2 and all(
        t.state_name == "Completed" for t in tasks
    )
