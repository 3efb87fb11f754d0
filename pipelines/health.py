"""The health of a run: is what it left behind whole, and is there anything a person should look at?

    degraded
      run.many_truncated: 212 of 1,600 attempts (13.2 %) were cut off

Written to `work/health.json` of the build when the run ends; while it runs, and after it was killed, there is none.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipelines import health_kinds as kinds
from pipelines.files import write_json
from pipelines.findings import LEVELS, Finding, worst

if TYPE_CHECKING:
    from pipelines.build import Outcome

FILE = Path("work") / "health.json"

HealthLevel = Literal["ok", "degraded", "failed"]
_HEALTH: dict[str, HealthLevel] = {"ok": "ok", "note": "ok", "warning": "degraded", "error": "failed"}


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen beside the build's own counts."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    """By stage: planning, opening, working, writing."""
    idle_share: float | None = None
    """Share of the seconds looked at in which nothing was asked of any model; None where none was there to ask."""
    journal_unreadable: int = 0
    """Damaged records that were met."""
    disk_free_bytes: int | None = None
    log_lost: int = 0
    """Lines of the log that could not be written."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a run went, for people and for whoever watches it."""

    level: HealthLevel
    findings: tuple[Finding, ...]
    """The worst first."""
    build: str = ""
    run: str = ""
    log: str = ""
    """The run's log, relative to the build's folder."""

    def as_json(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        return asdict(self)

    def lines(self) -> list[str]:
        """What a terminal shows: one line where all is well."""
        told = [f for f in self.findings if f.level != "ok"]
        if not told:
            well = "; ".join(f.found for f in self.findings)
            return [f"Health: {self.level} ({well})" if well else f"Health: {self.level}"]
        lines = [f"Health: {self.level}", *(f"  {f.slug}: {f.found}. {f.todo}" for f in told)]
        return [*lines, f"  Log: {self.log}"] if self.log else lines

    def to_markdown(self) -> str:
        """A heading and a table of the findings."""
        rows = [f"| {f.level} | `{f.slug}` | {_cell(f.found)} | {_cell(f.todo)} |" for f in self.findings]
        head = [f"## Health: {self.level}", ""]
        if self.build:
            head += [f"Build `{self.build}`, run `{self.run}`, log `{self.log}`.", ""]
        table = ["| level | finding | what was found | what to do |", "|---|---|---|---|", *rows]
        return "\n".join([*head, *(table if rows else []), ""])


def judged(outcome: "Outcome", observed: Observed, build: str = "", run: str = "", log: str = "") -> Health:
    """The health of a run that came to its end."""
    found = [*_completeness(outcome), *_attempts(outcome), *_engines(outcome, observed), *_machine(observed)]
    return _health(found, build, run, log)


def broken_off(
    error: BaseException, said: str, observed: Observed, build: str = "", run: str = "", log: str = ""
) -> Health:
    """The health of a run that an error ended; `said` is its message without secrets."""
    kind = kinds.ERROR if isinstance(error, Exception) else kinds.INTERRUPTED
    name = type(error).__name__
    return _health([kind.found(f"{name}: {said}" if said else name), *_machine(observed)], build, run, log)


def write_health(out: Path, health: Health) -> None:
    """Write it below the build's folder; a full disk is no reason to fail."""
    with suppress(OSError):
        write_json(out / FILE, health.as_json())


def forget_health(out: Path) -> None:
    """Remove that of the run before: from here on it says nothing."""
    with suppress(OSError):
        (out / FILE).unlink(missing_ok=True)


def read_health(out: Path) -> Health | None:
    """The health of the build's last run; None where none ended, or it cannot be read."""
    try:
        content = json.loads((out / FILE).read_text(encoding="utf-8"))
        return Health(**{**content, "findings": tuple(Finding(**f) for f in content["findings"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _health(findings: list[Finding], build: str, run: str, log: str) -> Health:
    ordered = sorted(findings, key=lambda finding: -LEVELS.index(finding.level))
    return Health(_HEALTH[worst(ordered)], tuple(ordered), build, run, log)


def _completeness(outcome: "Outcome") -> Iterator[Finding]:
    counts = outcome.counts
    problems, failed = counts.get("problems", 0), counts.get("failed", 0)
    if outcome.stopped:
        yield kinds.BUDGET_STOPPED.found(outcome.stopped)
    if unpaid := counts.get("unpaid", 0):
        yield kinds.UNPAID.found(f"{_of(unpaid, problems, 'problems')} are not paid for")
    if failed:
        said = f"{_of(failed, problems, 'problems')} failed"
        if outcome.manifest is None and not outcome.stopped:
            yield kinds.TOO_MANY_FAILED.found(said)
        elif failed > kinds.FAILED_SHARE * problems:
            yield kinds.FAILED_CASES.found(said)
        else:
            yield kinds.FEW_FAILED.found(said)
    if outcome.manifest is None:
        return
    for gate in outcome.manifest.gates:
        if not gate.passed:
            yield kinds.GATES_FAILED.found(f"{gate.gate}: {gate.said}")
    rows = sum(file.rows for file in outcome.manifest.files)
    yield kinds.FINISHED.found(f"{rows:,} rows in {len(outcome.manifest.files)} files")


def _attempts(outcome: "Outcome") -> Iterator[Finding]:
    counts = outcome.counts
    attempts, truncated = counts.get("attempts", 0), counts.get("unknown.truncated", 0)
    unknown = counts.get("attempts.unknown", 0)
    if truncated > kinds.TRUNCATED_SHARE * attempts:
        yield kinds.TRUNCATED.found(f"{_of(truncated, attempts, 'attempts')} were cut off")
    if unknown - truncated > kinds.UNKNOWN_SHARE * attempts:
        reasons = {n.removeprefix("unknown."): c for n, c in counts.items() if n.startswith("unknown.") and c}
        most = ", ".join(
            f"{name} {n:,}" for name, n in sorted(reasons.items(), key=lambda r: (-r[1], r[0]))[:3]
        )
        yield kinds.UNKNOWN.found(f"{_of(unknown, attempts, 'attempts')} are unknown ({most})")


def _engines(outcome: "Outcome", observed: Observed) -> Iterator[Finding]:
    incidents, bought = outcome.incidents, outcome.spent.get("bought", 0)
    retries = sum(number for slug, number in incidents.items() if slug.startswith("retry."))
    if retries > kinds.RETRIES_PER_REQUEST * bought:
        which = ", ".join(f"{slug} {n:,}" for slug, n in incidents.items() if slug.startswith("retry.") and n)
        yield kinds.RETRIES.found(f"{retries:,} repeats for {bought:,.0f} completions ({which})")
    aside = incidents.get("server.set_aside", 0) + incidents.get("server.down_at_start", 0)
    if aside:
        back = incidents.get("server.back", 0)
        kind = kinds.SET_ASIDE if back < aside else kinds.CAME_BACK
        yield kind.found(f"set aside or down {aside:,} times, back {back:,} times")
    working = observed.seconds.get("working", 0.0)
    if bought and working:
        speed = outcome.spent.get("new_tokens", 0) / working
        yield kinds.SPEED.found(f"{bought:,.0f} completions, {speed:,.0f} tokens/s{_idle(observed)}")
    elif "working" not in observed.seconds and outcome.manifest is not None:
        yield kinds.NOTHING_NEW.found("nothing new was to be done")
    long = working >= kinds.LONG_ENOUGH_S and bool(bought)
    if long and observed.idle_share is not None and observed.idle_share > kinds.IDLE_SHARE:
        yield kinds.IDLE.found(f"nothing was asked for {observed.idle_share:.0%} of {working:,.0f} s")


def _machine(observed: Observed) -> Iterator[Finding]:
    if observed.journal_unreadable:
        yield kinds.UNREADABLE.found(f"{observed.journal_unreadable:,} damaged records were met")
    if observed.disk_free_bytes is not None and observed.disk_free_bytes < kinds.DISK_LEFT_BYTES:
        yield kinds.DISK_LOW.found(f"{observed.disk_free_bytes / 2**30:.1f} GiB are left")
    if observed.log_lost:
        yield kinds.LOG_LOST.found(f"{observed.log_lost:,} lines were lost")
    total = sum(observed.seconds.values())
    for stage, seconds in observed.seconds.items():
        if stage != "working" and total >= kinds.LONG_ENOUGH_S and seconds > kinds.SLOW_SHARE * total:
            yield kinds.SLOW_STAGE.found(f"{stage} took {seconds:,.0f} of {total:,.0f} s")


def _idle(observed: Observed) -> str:
    return "" if observed.idle_share is None else f", idle {observed.idle_share:.0%} of the time"


def _of(part: int, whole: int, what: str) -> str:
    return f"{part:,} of {whole:,} {what} ({part / max(whole, 1):.1%})"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
