"""One case: sample, judge, run every recipe, filter the rows."""

import asyncio
import json
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from generators.ask import Ask
from generators.attempts import BroughtAttempt, brought, judged, sample
from generators.engines.stages import stage
from generators.recipes.base import Recipe
from pipelines.error_kinds import kind_slugs
from pipelines.kit import Kit
from schemas.case import Case
from schemas.dropped import Dropped
from schemas.example import Example
from schemas.exceptions import BudgetError, EngineError
from schemas.ids import content_hash
from schemas.location import Location
from schemas.problem import Problem

UNFINISHED = ("failed", "unpaid")
"""Counts of cases that the next run tries again: those that failed, and those the budget did not reach."""


@dataclass
class CaseResult:
    """What became of one problem. `case` is None where its attempts could not be had."""

    problem: Problem
    case: Case | None = None
    locations: dict[str, Location] = field(default_factory=dict)
    kept: list[Example] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def fail(self, at: str, error: Exception, recipe: str = "") -> None:
        """Record a failure: the build goes on and its summary says how many. Call it where `error` is handled."""
        reason, detail = f"{at}_error", str(error)
        if isinstance(error, BudgetError):
            reason = "budget"
        elif isinstance(error, EngineError):
            reason = "engine_error"
        else:
            # What trips over one problem must not cost the others; the row keeps the traceback.
            detail = traceback.format_exc(limit=-4)
        self.counts["unpaid" if reason == "budget" else "failed"] = 1
        self.dropped.append(
            Dropped(stage=at, reason=reason, problem_id=self.problem.id, recipe=recipe, detail=detail)
        )

    def add(self, part: "CaseResult") -> None:
        """Take over what one recipe made; a case that failed twice is one failed case."""
        self.kept += part.kept
        self.dropped += part.dropped
        self.counts.update(part.counts)
        for name in UNFINISHED:
            if name in self.counts:
                self.counts[name] = 1


async def work_case(problem: Problem, rollouts: Sequence[BroughtAttempt], kit: Kit) -> CaseResult:
    """Attempts, verdicts, examples. Never raises for what one problem, model reply or recipe does."""
    result = CaseResult(problem)
    result.counts["cases"] = 1
    if problem.licence:
        result.counts[f"licence.{problem.licence}"] = 1
    try:
        with stage("attempts"):
            result.case = await _case(problem, rollouts, kit)
    except EngineError as error:
        result.fail("case", error)
        return result
    _count_attempts(result.case, result.counts)
    ask = Ask(result.case, kit.tools)
    try:
        await asyncio.to_thread(_look, ask, result.case)
    except Exception as error:
        result.fail("case", error)
        return result
    # In their order, whichever ended first: rows and counts must not depend on the engine's mood.
    for part in await asyncio.gather(*(_run(recipe, ask, result.case, kit) for recipe in kit.recipes)):
        result.add(part)
    result.counts.update(f"located.{found.method}" for found in ask.locations.values())
    glanced = {a.id: ask.glance(a) for a in result.case.wrongs}
    result.locations = {key: found for key, found in glanced.items() if found is not None}
    result.counts.update(kind_slugs(result.case, result.locations))
    return result


def _look(ask: Ask, case: Case) -> None:
    """Find what can be known without the model, in a thread: the event loop serves the engine meanwhile."""
    ask.for_recipe("")  # finds the solutions, which all doors made later share
    for attempt in case.wrongs:
        ask.glance(attempt)


async def _case(problem: Problem, rollouts: Sequence[BroughtAttempt], kit: Kit) -> Case:
    tools, config = kit.tools, kit.config
    attempts = brought(problem, rollouts, tools.style)
    if tools.policy is not None and config.policy is not None:
        attempts += await sample(problem, tools.policy, tools.prompt, config.policy.samples, tools.style)
    return Case(problem, tuple(await asyncio.gather(*(judged(problem, a, tools.judge) for a in attempts))))


def _count_attempts(case: Case, counts: Counter[str]) -> None:
    counts["attempts"] = len(case.attempts)
    for attempt in case.attempts:
        verdict = attempt.verdict
        unknown = not (verdict.is_right or verdict.is_wrong)
        counts[f"attempts.{verdict.outcome.value}"] += 1
        if unknown:
            counts[f"unknown.{verdict.reason}"] += 1
    if not case.attempts:
        counts["no_attempts"] = 1


async def _run(recipe: Recipe, ask: Ask, case: Case, kit: Kit) -> CaseResult:
    """The rows of one recipe, filtered."""
    part = CaseResult(case.problem, case)
    try:
        door = ask.for_recipe(recipe.name)
        with stage(recipe.name):
            examples = await recipe.build(case, door)
        part.counts.update(f"skipped.{recipe.name}.{reason}" for reason in door.skipped)
        if examples:
            # A filter may wait for the judge's workers: not in the event loop.
            await asyncio.to_thread(_filter, recipe.name, examples, part, kit)
    except Exception as error:
        part = CaseResult(case.problem, case)
        part.fail("recipe", error, recipe.name)
    return part


def _filter(name: str, examples: Sequence[Example], part: CaseResult, kit: Kit) -> None:
    """Sort a recipe's rows into kept and dropped."""
    known: set[str] = set()  # a recipe stands once in a config: only its own rows can be the same
    for example in examples:
        part.counts[f"made.{name}"] += 1
        said = _said(example)
        reason = "same_row" if said in known else _objection(example, part, kit)
        if reason is None:
            known.add(said)
            part.kept.append(example)
            part.counts[f"kept.{name}"] += 1
        else:
            part.counts[f"dropped.filter.{reason}"] += 1
            part.dropped.append(_dropped(example, reason))


def _said(example: Example) -> str:
    """Recipe and content of a row: equal rows from two equal samples are one."""
    return content_hash([example.recipe, example.variant, example.content()])


def _objection(example: Example, part: CaseResult, kit: Kit) -> str | None:
    assert part.case is not None
    objections = (f.objection(example, part.case, kit.tools.judge) for f in kit.filters)
    return next(filter(None, objections), None)


def _dropped(example: Example, reason: str) -> Dropped:
    content = json.dumps(asdict(example), ensure_ascii=False, sort_keys=True)
    return Dropped(
        stage="filter",
        reason=reason,
        problem_id=example.problem_id,
        recipe=example.recipe,
        content=content,
    )
