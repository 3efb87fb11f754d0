"""The log of a run and its health: what small builds write down, and what they survive."""

import asyncio
import json
import logging
import os
import resource
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generators.engines.base import Completion, Engine, Request
from pipelines import watch
from pipelines.build import Outcome, build
from pipelines.cases import CaseResult
from pipelines.cli import main
from pipelines.config_file import load
from pipelines.health import FILE, Health, read_health
from pipelines.kit import Kit
from pipelines.library_warnings import MOST_OF_ONE, library_warnings
from pipelines.progress_base import Progress
from pipelines.runlog import EVENTS, RunLog
from schemas.exceptions import EngineError, ResumeError
from tests.building import built
from tests.world import write_world

SECRET = "sk-very-secret-0123456789"


def lines(out: Path) -> list[dict[str, Any]]:
    """All events of all runs, in their order."""
    files = sorted((out / "work" / "log").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), 4)


@pytest.fixture(scope="module")
def done(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return built(world, tmp_path_factory.mktemp("done") / "o", "chunk_size=2")


def test_a_build_writes_its_events_in_order_with_build_and_run_on_each(done: Outcome) -> None:
    told = lines(done.out)
    order = [e["event"] for e in told if e["event"] not in ("library", "incidents")]
    assert order == [
        "run_begins",
        "plan",
        "engines_opened",
        "round",
        "chunk",
        "chunk",
        "progress",
        "gates",
        "finish",
        "health",
    ]
    assert done.manifest is not None
    # What is built is known with the plan.
    assert {e["build"] for e in told[1:]} == {done.manifest.build_id} and not told[0]["build"]
    assert len({e["run"] for e in told}) == 1
    times = [e["time"] for e in told]
    assert times == sorted(times) and all(len(t) == 24 and t.endswith("Z") for t in times)
    assert set(order) <= set(EVENTS)


def test_the_events_hold_the_builds_own_numbers(done: Outcome) -> None:
    told = {e["event"]: e for e in lines(done.out)}
    assert done.manifest is not None
    assert told["run_begins"]["config_digest"] == done.manifest.config_digest
    assert (told["run_begins"]["resumed"], told["run_begins"]["pid"]) == (False, os.getpid())
    assert (told["plan"]["chunks"], told["plan"]["problems"]) == (2, 4)
    fingerprint = done.manifest.models["policy"]["fingerprint"]
    assert told["engines_opened"]["models"]["policy"]["fingerprint"] == fingerprint
    rows = sum(n for name, n in done.counts.items() if name.startswith("kept."))
    assert (told["progress"]["cases"], told["progress"]["attempts"], told["progress"]["rows"]) == (
        4,
        28,
        rows,
    )
    assert told["progress"]["bought"] == done.spent["bought"]
    assert told["finish"]["rows"] == sum(file.rows for file in done.manifest.files)
    assert set(told["finish"]["seconds"]) == {"planning", "opening", "working", "writing"}


def test_a_second_run_has_a_log_of_its_own_and_says_that_nothing_was_new(world: Path, tmp_path: Path) -> None:
    for _ in range(2):
        built(world, tmp_path / "o")
    told = lines(tmp_path / "o")
    first, second = ([e for e in told if e["run"] == run] for run in dict.fromkeys(e["run"] for e in told))
    assert len({e["build"] for e in (*first[1:], *second[1:])}) == 1
    assert [e["event"] for e in second] == ["run_begins", "plan", "gates", "finish", "health"]
    assert second[0]["resumed"] and not first[0]["resumed"]
    health = read_health(tmp_path / "o")
    assert (
        health is not None and health.level == "ok" and "run.nothing_new" in {f.slug for f in health.findings}
    )


def test_chunks_of_an_earlier_run_are_told_as_found(world: Path, tmp_path: Path) -> None:
    built(world, tmp_path / "o")
    (tmp_path / "o" / "manifest.json").unlink()
    built(world, tmp_path / "o")
    assert [e["how"] for e in lines(tmp_path / "o") if e["event"] == "chunk"] == [
        *["worked"] * 2,
        *["found"] * 2,
    ]


def test_a_budget_that_ends_the_build_is_told(world: Path, tmp_path: Path) -> None:
    outcome = built(world, tmp_path / "o", "run.budget.requests=20")
    told = lines(tmp_path / "o")
    [stop] = [e for e in told if e["event"] == "budget"]
    assert stop["stopped"] == outcome.stopped and told[-2]["written"] is False
    health = read_health(tmp_path / "o")
    assert health is not None and health.level == "degraded"
    assert {"run.budget_stopped", "run.unpaid_cases"} <= {f.slug for f in health.findings}


class Refusing(Engine):
    """An engine that counts an incident and quotes the key it was given."""

    def __init__(self, engine: Engine) -> None:
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer

    async def generate(self, request: Request) -> list[Completion]:
        self.incidents["retry.429"] += 1
        logging.getLogger("some.library").warning("401 for Authorization: Bearer %s", SECRET)
        raise EngineError(f"Incorrect API key provided: {SECRET}")


def test_failed_cases_incidents_and_library_warnings_are_told_without_the_key(
    world: Path, tmp_path: Path
) -> None:
    outcome = built(world, tmp_path / "o", around=Refusing)
    assert outcome.manifest is None
    told = lines(tmp_path / "o")
    [incidents] = [e for e in told if e["event"] == "incidents"]
    assert incidents["total"] == {"retry.429": 4} == incidents["new"]
    library = [e for e in told if e["event"] == "library"]
    assert {(e["level"], e["logger"]) for e in library} == {("WARNING", "some.library")}
    health = read_health(tmp_path / "o")
    assert health is not None and health.level == "failed"
    assert {"run.too_many_failed", "run.many_retries"} <= {f.slug for f in health.findings}
    logs = b"".join(path.read_bytes() for path in (tmp_path / "o" / "work" / "log").iterdir())
    assert SECRET.encode() not in logs + (tmp_path / "o" / FILE).read_bytes()


class Breaking(Progress):
    """Stands for a bug, or, without an error, for a person with Ctrl-C."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def begin(self, problems: int, kit: Kit) -> None:
        self.task = asyncio.current_task()

    def tick(self, result: CaseResult) -> None:
        if self.error is not None:
            raise self.error
        assert self.task is not None
        self.task.cancel()


@pytest.mark.parametrize(
    ("error", "slug"),
    [(RuntimeError(f"api_key={SECRET}"), "run.error"), (None, "run.interrupted")],
)
def test_an_error_that_ends_the_run_is_told_and_the_health_is_failed(
    world: Path, tmp_path: Path, error: Exception | None, slug: str
) -> None:
    kind = type(error) if error else asyncio.CancelledError
    with pytest.raises(kind):
        asyncio.run(build(load(world, []), tmp_path / "o", Breaking(error)))
    ending = [e for e in lines(tmp_path / "o") if e["event"] in ("error", "health")]
    assert [e["event"] for e in ending] == ["error", "health"] and ending[0]["kind"] == kind.__name__
    assert SECRET not in json.dumps(ending)
    health = read_health(tmp_path / "o")
    assert health is not None and (health.level, health.findings[0].slug) == ("failed", slug)


def test_a_run_that_is_refused_leaves_no_log_behind(world: Path, done: Outcome) -> None:
    before = lines(done.out)
    with pytest.raises(ResumeError):
        built(world, done.out, "seed=9")
    assert lines(done.out) == before


class Slow(Engine):
    """Takes its time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer

    async def generate(self, request: Request) -> list[Completion]:
        await asyncio.sleep(0.2)
        return await self.engine.generate(request)


def test_while_it_waits_for_the_model_the_log_says_how_far_it_is(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BEAT_S", 0.02)
    monkeypatch.setattr(watch, "PROGRESS_S", 0.05)
    built(world, tmp_path / "o", "limit=4", around=Slow)
    told = [e for e in lines(tmp_path / "o") if e["event"] == "progress"]
    assert len(told) >= 3 and max(e["in_flight"] for e in told[:-1]) > 0 and told[-1]["in_flight"] == 0


def test_the_command_prints_the_health_at_its_end(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(world), "--out", str(tmp_path / "o"), "--limit", "4"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("Health: ok (") and "rows in" in last


def test_markdown_and_lines_say_what_was_found_and_what_to_do(world: Path, tmp_path: Path) -> None:
    built(world, tmp_path / "o", "run.budget.requests=20")
    health = read_health(tmp_path / "o")
    assert isinstance(health, Health)
    page = health.to_markdown()
    assert page.startswith("## Health: degraded\n") and "| warning | `run.budget_stopped` |" in page
    assert health.build in page and health.log in page and (tmp_path / "o" / health.log).is_file()
    assert any("run.budget.requests" in line and "higher `run.budget`" in line for line in health.lines())


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """No file may grow beyond so many bytes: to its writer that is a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_on_a_full_disk_lines_are_lost_and_counted_and_nothing_is_raised(tmp_path: Path) -> None:
    log = RunLog(tmp_path, "b-1")
    log.say("progress", cases=1)
    with small_files(log.path.stat().st_size + 30):
        log.say("progress", cases=2)
        log.say("progress", cases=3)
    log.say("progress", cases=4)
    log.close()
    log.say("progress", cases=5)
    assert log.lost == 3
    first, torn, last = log.path.read_text(encoding="utf-8").splitlines()
    assert (json.loads(first)["cases"], json.loads(last)["cases"]) == (1, 4)
    assert len(torn) == 30  # what fitted of the second line: no reader takes it for an event
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(torn)


def test_where_no_log_can_be_written_the_build_goes_on_and_says_so(world: Path, tmp_path: Path) -> None:
    (tmp_path / "o" / "work").mkdir(parents=True)
    (tmp_path / "o" / "work" / "config.json").write_text(
        json.dumps({"config": load(world, []).identity(), "format": "2"}), encoding="utf-8"
    )
    (tmp_path / "o" / "work" / "log").write_text("a file in the way", encoding="utf-8")
    outcome = built(world, tmp_path / "o")
    health = read_health(tmp_path / "o")
    assert outcome.manifest is not None and health is not None
    assert (health.level, health.findings[0].slug) == ("degraded", "run.log_lost")


def test_what_json_does_not_know_is_written_as_text_or_named(tmp_path: Path) -> None:
    log = RunLog(tmp_path, "b-1", ["my own secret"])
    log.say("chunk", path=Path("a/b"), names={"x": ("my own secret", 1)}, half="\ud800")
    log.say("chunk", rate=float("nan"))
    log.close()
    first, second = (json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines())
    assert (first["path"], first["names"], first["half"]) == ("a/b", {"x": ["***", 1]}, "?")
    assert second["unwritable"] == ["rate"]


def test_libraries_warnings_are_written_once_and_still_heard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own would be heard instead
    monkeypatch.setattr(logging, "lastResort", logging.StreamHandler(sys.stderr))
    shown = warnings.showwarning
    log = RunLog(tmp_path, "b-1")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with library_warnings(log):
            for number in range(MOST_OF_ONE + 5):
                logging.getLogger("prefect.tasks").error("attempt %d", number)
            logging.getLogger("quiet").info("not of interest")
            logging.getLogger("quiet").warning("%d of %d", 1)  # noqa: PLE1206 - as a library with a bug does
            warnings.warn("old use; token=hunter2", DeprecationWarning, stacklevel=1)
        inside = warnings.showwarning
    log.close()
    told = [json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines()]
    times = Counter((e["event"], e.get("logger")) for e in told)
    assert times == {
        ("library", "prefect.tasks"): MOST_OF_ONE,
        ("library", "quiet"): 1,
        ("library", "DeprecationWarning"): 1,
        ("library_often", None): 1,
    }
    assert told[-1]["places"][0]["times"] == MOST_OF_ONE + 5
    assert inside is shown and not logging.getLogger("prefect").handlers
    assert "hunter2" not in log.path.read_text(encoding="utf-8") and "attempt 24" in capsys.readouterr().err
