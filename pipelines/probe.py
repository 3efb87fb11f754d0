"""The probe: some problems built for real, and what the whole build then asks for."""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from generators.attempts import BroughtAttempt
from generators.engines.stages import Asked, Counted, Tally, tallied
from generators.roles import Role
from pipelines.ahead import Prompts
from pipelines.cases import CaseResult, work_case
from pipelines.chunk_input import read_chunk
from pipelines.config import ROLES, BuildConfig
from pipelines.kit import Kit, open_kit
from pipelines.plan import Plan
from schemas.exceptions import EngineError
from schemas.problem import Problem

_SLOTS = ("max_num_seqs", "max_concurrent", "concurrency", "max_batch")
"""Options in which engines say how many samples they serve at once."""
_USUAL_SLOTS = 256
_ERRORS = 2.0
"""Standard errors that a range is wide on either side."""


class Range(NamedTuple):
    """Low, expected, high."""

    low: float
    expected: float
    high: float


@dataclass(frozen=True)
class StagePlan:
    """What one role will be asked for in one stage, in the whole build."""

    role: str
    stage: str
    requests: Range
    samples: Range
    prompt_tokens: Range
    tokens: Range


@dataclass(frozen=True)
class Probe:
    """How many problems were built, in how many seconds, what was bought and what the journal held."""

    problems: int
    seconds: float
    bought: int
    replayed: int
    tokens_per_s: float
    failed: int


@dataclass(frozen=True)
class Measured:
    """A probe with what each of its cases asked for, and how many samples were in flight on average."""

    probe: Probe
    cases: tuple[Tally, ...]
    in_flight: float

    def expected_seconds(self, config: BuildConfig, problems: int) -> tuple[float, float] | None:
        """Quickest and slowest: as if the engine served a full window no slower than the probe, and as if it
        gave no more tokens a second than in the probe. None where nothing was bought, so nothing was timed."""
        if not self.probe.bought or not self.probe.tokens_per_s:
            return None
        tokens = sum(a.tokens for c in self.cases for a in c.stages.values()) / len(self.cases) * problems
        slowest = tokens / self.probe.tokens_per_s
        window = min(config.run.cases_in_flight, problems) / len(self.cases)
        more = min(window, _slots(config) / max(self.in_flight, 1.0))
        return slowest / max(more, 1.0), slowest


async def probe_build(config: BuildConfig, plan: Plan, work: Path, count: int) -> Measured:
    """Work on `count` problems of the plan, evenly spread. Raises EngineError where every one of them failed."""
    chosen = _spread([case for chunk in plan.chunks for case in read_chunk(chunk)], count)
    tallies = tuple(Tally() for _ in chosen)
    async with open_kit(config, work) as opened:
        kit = _counting(opened)

        async def one(tally: Tally, problem: Problem, rollouts: list[BroughtAttempt]) -> CaseResult:
            with tallied(tally):
                return await work_case(problem, rollouts, kit)

        started = time.monotonic()
        pairs = zip(tallies, chosen, strict=True)
        results = await asyncio.gather(*(asyncio.create_task(one(t, *case)) for t, case in pairs))
        seconds = time.monotonic() - started
        spent = kit.spent()
    failures = [r for r in results if r.counts["failed"] or r.counts["unpaid"]]
    if len(failures) == len(results):
        raise EngineError(f"every problem of the probe failed; the first: {failures[0].dropped[0].detail}")
    waited = sum(asked.seconds for tally in tallies for asked in tally.stages.values())
    probe = Probe(
        problems=len(chosen),
        seconds=round(seconds, 3),
        bought=int(spent["bought"]),
        replayed=int(spent["replayed"]),
        tokens_per_s=round(spent["new_tokens"] / seconds, 1),
        failed=len(failures),
    )
    return Measured(probe, tallies, waited / seconds)


def scaled(measured: Measured, problems: int, prompts: Prompts | None) -> tuple[StagePlan, ...]:
    """What the cases of the probe asked for, as ranges for all problems; in the order of roles and stages.

    Ranges are two standard errors wide on either side; what the prompts of the attempts hold is known exactly.
    """
    keys = {key for tally in measured.cases for key in tally.stages}
    stages = []
    for role, stage in sorted(keys, key=lambda key: (ROLES.index(key[0]), key[1] != "attempts", key[1])):
        asked = [tally.stages.get((role, stage), Asked()) for tally in measured.cases]
        read = _range([a.prompt_tokens for a in asked], problems)
        if prompts is not None and (role, stage) == ("policy", "attempts"):
            read = Range(prompts.total, prompts.total, prompts.total)
        stages.append(
            StagePlan(
                role,
                stage,
                _range([a.requests for a in asked], problems),
                _range([a.samples for a in asked], problems),
                read,
                _range([a.tokens for a in asked], problems),
            )
        )
    return tuple(stages)


def without_probe(config: BuildConfig, prompts: Prompts | None, attempts: int) -> tuple[StagePlan, ...]:
    """The attempts alone: their number is exact, their tokens are at most what `max_tokens` allows."""
    if prompts is None or config.policy is None:
        return ()
    requests, most = attempts // config.policy.samples, attempts * config.policy.sampling.max_tokens
    asked, samples, read = (Range(n, n, n) for n in (requests, attempts, prompts.total))
    return (StagePlan("policy", "attempts", asked, samples, read, Range(0, most, most)),)


def _counting(kit: Kit) -> Kit:
    """The kit with every role's engine counted."""

    def counted(role: Role | None, name: str) -> Role | None:
        return role and replace(role, engine=Counted(role.engine, name))

    tools = replace(
        kit.tools,
        policy=counted(kit.tools.policy, "policy"),
        teacher=counted(kit.tools.teacher, "teacher"),
        critic=counted(kit.tools.critic, "critic"),
    )
    return replace(kit, tools=tools)


def _spread(
    cases: Sequence[tuple[Problem, list[BroughtAttempt]]], count: int
) -> list[tuple[Problem, list[BroughtAttempt]]]:
    count = min(count, len(cases))
    return [cases[number * len(cases) // count] for number in range(count)]


def _range(values: Sequence[float], problems: int) -> Range:
    """Two standard errors about the mean, times the number of problems; never below 0."""
    count = len(values)
    mean = sum(values) / count
    variance = sum((v - mean) ** 2 for v in values) / max(count - 1, 1)
    # Where all problems were built nothing is uncertain.
    left = max(0.0, 1 - count / problems)
    error = _ERRORS * math.sqrt(variance / count * left) if count > 1 else mean * left
    return Range(*(round(max(0.0, mean + by) * problems) for by in (-error, 0.0, error)))


def _slots(config: BuildConfig) -> int:
    options = config.engines_made().get("policy")
    found = (getattr(options, name, None) for name in _SLOTS)
    return next((slots for slots in found if isinstance(slots, int)), _USUAL_SLOTS)
