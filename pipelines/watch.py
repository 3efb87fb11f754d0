"""The watch over a run: it writes the run's log and sees what its health is judged by.

Stands between a build and whoever shows its progress. Nothing it does can fail a build.
"""

import asyncio
import os
import platform
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.chunk_input import ChunkInput
from pipelines.config import BuildConfig
from pipelines.health import FILE, Health, Observed, broken_off, forget_health, judged, write_health
from pipelines.kit import Kit
from pipelines.library_warnings import library_warnings
from pipelines.masking import masked
from pipelines.plan import Plan
from pipelines.progress_base import Progress
from pipelines.runlog import RunLog
from pipelines.versions import version

if TYPE_CHECKING:
    from pipelines.build import Outcome
    from pipelines.cases import CaseResult
    from pipelines.chunk_result import ChunkResult

BEAT_S = 1.0
"""How often the engines are looked at."""
PROGRESS_S = 10.0
"""How often the log says how far the run is."""
_STAGES = ("planning", "opening", "working", "writing")


@contextmanager
def watched(config: BuildConfig, out: Path, inner: Progress) -> Iterator["Watch"]:
    """Watch a run from its beginning to its end, whichever way that comes."""
    secrets = [os.environ.get(str(getattr(e, "key_env", "")), "") for e in config.engines_made().values()]
    log = RunLog(out / "work", "", secrets)
    watch = Watch(log, out, inner, secrets)
    forget_health(out)
    try:
        with library_warnings(log):
            watch.run_begins(config)
            try:
                yield watch
            except BaseException as error:
                watch.broke_off(error)
                raise
            finally:
                watch.stop()
    finally:
        log.close()


class Watch(Progress):
    """Everything is passed on to `inner`."""

    def __init__(self, log: RunLog, out: Path, inner: Progress, secrets: Sequence[str] = ()) -> None:
        self.log, self.out, self.inner, self.secrets = log, out, inner, secrets
        self.kit: Kit | None = None
        self.counts: Counter[str] = Counter()
        self.beats = self.idle_beats = 0
        self._problems = 0
        self._rounds = 0
        self._incidents: dict[str, int] = {}
        self._stopped = ""
        self._stage, self._since = "planning", time.monotonic()
        self._seconds: dict[str, float] = {}
        self._begun: dict[str, float] = {}
        self._last_said, self._last_tokens = self._since, 0.0
        self._heart: asyncio.Task[None] | None = None

    def run_begins(self, config: BuildConfig) -> None:
        """The first event."""
        self.log.say(
            "run_begins",
            version=version(),
            name=config.name,
            config_digest=config.digest(),
            host=platform.node(),
            pid=os.getpid(),
            resumed=(self.out / "work" / "plan.json").is_file(),
            out=str(self.out),
        )

    def planned(self, plan: Plan, build_id: str) -> None:
        self.log.build = build_id
        self._next("opening")
        self.log.say(
            "plan",
            chunks=len(plan.chunks),
            first=plan.first,
            problems=sum(chunk.problems for chunk in plan.chunks),
            counts=plan.counts,
            seconds=self._seconds["planning"],
        )
        self.inner.planned(plan, build_id)

    def begin(self, problems: int, kit: Kit) -> None:
        self.kit, self._problems = kit, problems
        self._next("working")
        models = {
            role: {name: model[name] for name in ("model", "fingerprint")}
            for role, model in kit.models().items()
        }
        self.log.say("engines_opened", models=models, seconds=self._seconds["opening"])
        self._last_said = self._since
        self._heart = asyncio.get_running_loop().create_task(self._beat())
        self.inner.begin(problems, kit)

    def round_begun(self, chunks: Sequence[ChunkInput]) -> None:
        self._rounds += 1
        samples = chunks[0].samples if chunks else 0
        problems = sum(chunk.problems for chunk in chunks)
        self.log.say("round", number=self._rounds, chunks=len(chunks), problems=problems, samples=samples)
        self.inner.round_begun(chunks)

    def resumed(self, chunk: "ChunkResult") -> None:
        self.counts.update(chunk.counts)
        self.log.say("chunk", name=Path(chunk.folder).name, how="found", counts=_funnel(chunk.counts))
        self.inner.resumed(chunk)

    def chunk_begun(self, chunk: ChunkInput) -> None:
        self._begun[chunk.name] = time.monotonic()
        self.inner.chunk_begun(chunk)

    def chunk_done(self, chunk: ChunkInput, result: "ChunkResult") -> None:
        seconds = round(time.monotonic() - self._begun.get(chunk.name, time.monotonic()), 3)
        self.log.say("chunk", name=chunk.name, how="worked", seconds=seconds, counts=_funnel(result.counts))
        self.inner.chunk_done(chunk, result)

    def tick(self, result: "CaseResult") -> None:
        self.counts.update(result.counts)
        self.inner.tick(result)

    def finishing(self) -> None:
        self.stop()
        self._say_progress()
        self._next("writing")
        self.inner.finishing()

    def ended(self, outcome: "Outcome") -> "Outcome":
        self._next("")
        manifest = outcome.manifest
        if manifest is not None and manifest.gates:
            gates = [{"gate": g.gate, "passed": g.passed, "said": g.said} for g in manifest.gates]
            self.log.say("gates", gates=gates)
        self.log.say(
            "finish",
            written=manifest is not None,
            files=len(manifest.files) if manifest else 0,
            rows=sum(file.rows for file in manifest.files) if manifest else 0,
            seconds=dict(self._seconds),
            spent=outcome.spent,
            counts=_funnel(outcome.counts),
            stopped=outcome.stopped,
        )
        self._health(judged(outcome, self.observed(), self.log.build, self.log.run, self._log_path()))
        return self.inner.ended(outcome)

    def broke_off(self, error: BaseException) -> None:
        """An error ends the run."""
        said = masked(str(error), self.secrets)
        self._look()
        self.log.say("error", kind=type(error).__name__, said=said)
        self._health(broken_off(error, said, self.observed(), self.log.build, self.log.run, self._log_path()))

    def stop(self) -> None:
        """Stop looking at the engines."""
        if self._heart is not None:
            self._heart.cancel()
            self._heart = None

    def observed(self) -> Observed:
        """What was seen so far."""
        engines = self.kit.engines.values() if self.kit else ()
        try:
            free = shutil.disk_usage(self.out).free
        except OSError:
            free = None
        return Observed(
            seconds={stage: self._seconds[stage] for stage in _STAGES if stage in self._seconds},
            idle_share=self.idle_beats / self.beats if self.beats else None,
            journal_unreadable=max((engine.journal.unreadable for engine in engines), default=0),
            disk_free_bytes=free,
            log_lost=self.log.lost,
        )

    def _next(self, stage: str) -> None:
        now = time.monotonic()
        self._seconds[self._stage] = round(now - self._since, 3)
        self._stage, self._since = stage, now

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            self._look()
            if self.kit and self.kit.engines and not self.kit.config.run.replay_only:
                self.beats += 1
                self.idle_beats += not self._in_flight()
            if time.monotonic() - self._last_said >= PROGRESS_S:
                self._say_progress()

    def _look(self) -> None:
        """One look at the engines: did anything go wrong, is the budget spent?"""
        kit = self.kit
        if kit is None:
            return
        try:
            incidents = kit.incidents()
        except RuntimeError:  # an engine's own thread counted one just then: the next look sees it
            return
        new = {slug: n - self._incidents.get(slug, 0) for slug, n in incidents.items()}
        if new := {slug: n for slug, n in new.items() if n}:
            self.log.say("incidents", new=new, total=incidents)
            self._incidents = incidents
        if kit.budget.stopped and kit.budget.stopped != self._stopped:
            self._stopped = kit.budget.stopped
            self.log.say("budget", stopped=self._stopped, spent=kit.budget.spending())

    def _say_progress(self) -> None:
        self._look()
        if self.kit is None:
            return
        now, spent = time.monotonic(), self.kit.spent()
        rate = (spent["new_tokens"] - self._last_tokens) / max(now - self._last_said, 1e-3)
        self._last_said, self._last_tokens = now, spent["new_tokens"]
        self.log.say(
            "progress",
            cases=self.counts["cases"],
            problems=self._problems,
            attempts=self.counts["attempts"],
            rows=_rows(self.counts),
            failed=self.counts["failed"],
            unpaid=self.counts["unpaid"],
            bought=spent["bought"],
            replayed=spent["replayed"],
            new_tokens=spent["new_tokens"],
            tokens_per_s=round(rate, 1),
            in_flight=self._in_flight(),
        )

    def _in_flight(self) -> int:
        engines = self.kit.engines.values() if self.kit else ()
        return sum(engine.in_flight for engine in {id(engine): engine for engine in engines}.values())

    def _health(self, health: Health) -> None:
        write_health(self.out, health)
        told = [{"slug": f.slug, "level": f.level, "found": f.found} for f in health.findings]
        self.log.say("health", level=health.level, findings=told, file=str(FILE))

    def _log_path(self) -> str:
        return str(self.log.path.relative_to(self.out))


def _rows(counts: "Counter[str]") -> int:
    return sum(number for name, number in counts.items() if name.startswith("kept."))


def _funnel(counts: dict[str, int]) -> dict[str, int]:
    """The counts that say how it went; kinds of mistakes and licences are in the manifest."""
    groups = ("kept", "dropped", "unknown")
    names = ("problems", "cases", "attempts", "attempts.right", "attempts.wrong", "attempts.unknown")
    wanted = (*names, "failed", "unpaid")
    return {n: c for n, c in sorted(counts.items()) if c and (n in wanted or n.split(".")[0] in groups)}
