"""`corrigenda plan`: what a build will ask for, how long it takes and what it costs, before it is paid.

What can be known without the model is exact: problems, attempts, prompt tokens, what the journal holds. The
rest is measured: some problems, evenly spread, are built for real into the build's journal (so what they
cost is not lost), and what each asked for is scaled to all.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines.ahead import Prompts, look_ahead
from pipelines.build import claim, only_build_in
from pipelines.chunk_input import read_chunk
from pipelines.config import BuildConfig
from pipelines.plan import Plan, make_plan
from pipelines.probe import Probe, Range, StagePlan, probe_build, scaled, without_probe
from pipelines.rounds import furthest

_MILLION = 1_000_000


@dataclass(frozen=True)
class Preflight:
    """What is known before a build."""

    problems: Mapping[str, int]
    """By source."""
    attempts: int
    """Attempts that the build samples, those in the journal included."""
    journaled: int
    """Of them in the journal already: nothing to pay."""
    prompts: Prompts | None
    """The policy's prompts; None without a policy."""
    stages: tuple[StagePlan, ...]
    probe: Probe | None
    seconds: tuple[float, float] | None
    """Quickest and slowest expected time of the whole build; None where it was not measured."""
    cost: Mapping[str, Range] = field(default_factory=dict)
    """By role, in the currency of `run.prices`."""
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        return asdict(self)


def preflight(config: BuildConfig, probe: int, out: Path | None = None) -> Preflight:
    """Look ahead, with `probe` problems built for real (0: without a model). Refuses what cannot work.

    `out` is the folder of the build to come: its journal keeps what the probe buys, and its budget pays for
    it. ConfigError, InputError, ResumeError, EngineError.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        whole = make_plan(config, Path(folder))
        plan = replace(
            whole, chunks=whole.chunks[: whole.first or None]
        )  # what is in reserve may never be asked
        problems = [problem for chunk in plan.chunks for problem, _ in read_chunk(chunk)]
        work = Path(folder)
        if out is not None:
            work = out.resolve() / "work"
            claim(out.resolve(), config)
            stack.enter_context(only_build_in(work))
        kept = bool(out or config.run.journal)
        config = _with_journal(config, work / "journal")
        prompts = look_ahead(config, problems)
        attempts = len(problems) * config.policy.samples if config.policy else 0
        measured = asyncio.run(probe_build(config, plan, work, probe)) if probe and config.roles() else None
        stages = without_probe(config, prompts, attempts)
        if measured:
            stages = scaled(measured, len(problems), prompts)
        return Preflight(
            problems=dict(sorted(Counter(p.source for p in problems).items())),
            attempts=attempts,
            journaled=prompts.journaled if prompts else 0,
            prompts=prompts,
            stages=stages,
            probe=measured.probe if measured else None,
            seconds=measured.expected_seconds(config, len(problems)) if measured else None,
            cost=_cost(stages, config),
            warnings=(
                *_over_budget(stages, config),
                *_rounds(whole, config),
                *_characters(config),
                *([] if kept or not measured else [_LOST]),
            ),
        )


_LOST = (
    "what the probe bought is not kept; give --out with the folder of the build to come, or set run.journal"
)


def _rounds(plan: Plan, config: BuildConfig) -> list[str]:
    """What rounds for targets may add."""
    samples, rounds = config.policy.samples if config.policy else 0, config.targets.rounds
    problems, most = furthest(plan, rounds, samples)
    if not config.targets.cells or (problems, most) == furthest(plan, 0, samples):
        return []
    each = f" with {most:,} samples each" if samples else ""
    return [
        f"targets: these are the amounts of the first round; while a cell is short, targets.rounds {rounds} allows "
        f"up to {problems:,} problems{each}"
    ]


def _characters(config: BuildConfig) -> list[str]:
    """A line for each role whose tokens nobody here can count."""
    return [
        f"{name}: no tokenizer is known, so its amounts, its cost and run.budget.tokens count characters for tokens: "
        "some four times too many in English"
        for name, options in config.engines_made().items()
        if options.counts_characters
    ]


def _with_journal(config: BuildConfig, folder: Path) -> BuildConfig:
    if config.run.journal:
        return config
    return config.model_copy(update={"run": config.run.model_copy(update={"journal": str(folder)})})


def _cost(stages: tuple[StagePlan, ...], config: BuildConfig) -> dict[str, Range]:
    """What each role with a price costs."""
    found: dict[str, Range] = {}
    for role, prices in config.run.prices.items():
        own = [s for s in stages if s.role == role]
        found[role] = Range(
            *(
                sum(s.prompt_tokens[i] * prices.input + s.tokens[i] * prices.output for s in own) / _MILLION
                for i in range(3)
            )
        )
    return found


def _over_budget(stages: tuple[StagePlan, ...], config: BuildConfig) -> list[str]:
    """A line for each limit that the expected amounts are above."""
    budget = config.run.budget
    wanted = {
        "tokens": (budget.tokens, sum(s.prompt_tokens.expected + s.tokens.expected for s in stages)),
        "requests": (budget.requests, sum(s.samples.expected for s in stages)),
    }
    return [
        f"run.budget.{name} is {limit:,} and the build is expected to need {amount:,.0f}: it will stop early"
        for name, (limit, amount) in wanted.items()
        if limit is not None and amount > limit
    ]
