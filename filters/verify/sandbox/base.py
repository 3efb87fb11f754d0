"""The contract of a sandbox, and what makes a `Finished` of the lines that a job emitted."""

import json
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Protocol, Self

from filters.verify.sandbox.job import Ended, Finished, Job, Level, Raised, Reply


class Sandbox(Protocol):
    """Runs jobs; safe to use from any thread. Use it as a context manager or call `close`."""

    @property
    def level(self) -> Level:
        """How the programs are held."""
        ...

    def run(self, job: Job) -> Finished:
        """Run one job to its end or its limits. Never raises for what a program does."""
        ...

    def run_all(self, jobs: Iterable[Job]) -> Iterator[Finished]:
        """Run many, in as many slots as there are; results in the order of the jobs."""
        ...

    def close(self) -> None:
        """End every process."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def wire(job: Job) -> dict[str, Any]:
    """The job as `inside/run.py` takes it."""
    return {
        "setup": job.setup,
        "program": job.program,
        "calls": [[call.source, call.mode] for call in job.calls],
        "stdin": job.stdin,
        "trace": list(job.trace),
        "limits": {
            "cpu_s": job.limits.cpu_s,
            "memory_bytes": job.limits.memory_bytes,
            "output_bytes": job.limits.output_bytes,
            "file_bytes": max(job.limits.files_bytes, job.limits.output_bytes + 1),
        },
    }


def finished(
    lines: bytes,
    ended: Ended,
    isolation: Level,
    *,
    calls: int,
    stdout: bytes,
    stderr: bytes,
    exit_status: int | None,
    wall_s: float,
    cpu_s: float = 0.0,
) -> Finished:
    """What a job's emitted lines mean; lines that are none of ours end the reading.

    `ended` is how the process ended as seen from outside; `finished` becomes `exited` where the job
    did not say that it was done or answered another number of calls than were asked.
    """
    stage, raised, done = "setup", None, False
    replies: list[Reply] = []
    for record in _records(lines):
        if done:
            done = False  # something came after the end: not the runner's doing
            break
        if "stage" in record and not replies:
            stage = str(record["stage"])
        elif "done" in record:
            done = True
        elif stage == "calls":
            replies.append(_reply(record))
        elif "raised" in record:
            raised = _raised(record["raised"])
    if ended in ("finished", "exited") and _out_of_memory(raised, replies):
        ended = "memory"
    if ended == "finished" and raised is None and (not done or len(replies) != calls):
        ended = "exited"
    return Finished(
        ended=ended,
        isolation=isolation,
        replies=tuple(replies[:calls]),
        raised=raised,
        stage=stage if stage in ("setup", "program") else "calls",  # type: ignore[arg-type]
        stdout=stdout.decode("utf-8", "replace"),
        stderr=stderr.decode("utf-8", "replace"),
        exit_status=exit_status,
        wall_s=wall_s,
        cpu_s=cpu_s,
    )


def _out_of_memory(raised: Raised | None, replies: list[Reply]) -> bool:
    everything = [raised, *(reply.raised for reply in replies)]
    return any(one is not None and one.kind == "MemoryError" for one in everything)


def _records(lines: bytes) -> Iterator[dict[str, Any]]:
    for line in lines.removesuffix(b"\n").split(b"\n"):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(record, dict):
            return
        yield record


def _reply(record: dict[str, Any]) -> Reply:
    if "raised" in record:
        return Reply(raised=_raised(record["raised"]), steps=_steps(record))
    return Reply(value=record.get("value"), steps=_steps(record))


def _raised(written: object) -> Raised:
    match written:
        case [str(kind), str(message), None | int() as line, str(source), *rest]:
            lineage = rest[0] if rest and isinstance(rest[0], list) else []
            names = tuple(_sound(name)[:100] for name in lineage[:50] if isinstance(name, str))
            return Raised(_sound(kind)[:100], _sound(message)[:500], line, _sound(source)[:500], names)
    return Raised("Unknown", "")


def _sound(text: str) -> str:
    """Text that can be written as UTF-8: a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _steps(record: dict[str, Any]) -> tuple[tuple[int, dict[str, str]], ...]:
    steps = record.get("steps")
    if not isinstance(steps, list):
        return ()
    return tuple(
        (line, {_sound(name): _sound(str(text)) for name, text in changed.items()})
        for line, changed in (step for step in steps if isinstance(step, list) and len(step) == 2)
        if type(line) is int and isinstance(changed, dict)
    )
