"""One case: sample, judge, run every recipe, filter the rows."""

import json
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from filters.base import RowFilter
from generators.ask import Ask
from generators.attempts import BroughtAttempt, brought, judged, sample
from generators.recipes.base import Recipe
from pipelines.error_kinds import kind_slugs
from pipelines.kit import Kit
from schemas.case import Case
from schemas.dropped import Dropped
from schemas.example import Example
from schemas.exceptions import EngineError
from schemas.ids import content_hash
from schemas.location import Location
from schemas.problem import Problem


@dataclass
class CaseResult:
    """What became of one problem. `case` is None where its attempts could not be had."""

    problem: Problem
    case: Case | None = None
    locations: dict[str, Location] = field(default_factory=dict)
    kept: list[Example] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def fail(self, stage: str, reason: str, detail: str, recipe: str = "") -> None:
        """Record a failure: the build goes on and its summary says how many."""
        self.counts["failed"] = 1
        self.dropped.append(
            Dropped(stage=stage, reason=reason, problem_id=self.problem.id, recipe=recipe, detail=detail)
        )


async def work_case(problem: Problem, rollouts: Sequence[BroughtAttempt], kit: Kit) -> CaseResult:
    """Attempts, verdicts, examples. Never raises for what one problem, model reply or recipe does."""
    result = CaseResult(problem)
    result.counts["cases"] = 1
    if problem.licence:
        result.counts[f"licence.{problem.licence}"] = 1
    try:
        result.case = await _case(problem, rollouts, kit)
    except EngineError as error:
        result.fail("case", "engine_error", str(error))
        return result
    _count_attempts(result.case, result.counts)
    ask = Ask(result.case, kit.tools)
    for recipe in kit.recipes:
        await _run(recipe, ask, result, kit)
    result.counts.update(f"located.{found.method}" for found in ask.locations.values())
    glanced = {a.id: ask.glance(a) for a in result.case.wrongs}
    result.locations = {key: found for key, found in glanced.items() if found is not None}
    result.counts.update(kind_slugs(result.case, result.locations))
    return result


async def _case(problem: Problem, rollouts: Sequence[BroughtAttempt], kit: Kit) -> Case:
    tools, config = kit.tools, kit.config
    attempts = brought(problem, rollouts, tools.style)
    if tools.policy is not None and config.policy is not None:
        asked = config.policy
        attempts += await sample(
            problem, tools.policy, tools.prompt, asked.samples, tools.style, asked.details
        )
    return Case(problem, tuple([await judged(problem, a, tools.judge) for a in attempts]))


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


async def _run(recipe: Recipe, ask: Ask, result: CaseResult, kit: Kit) -> None:
    assert result.case is not None
    try:
        door = ask.for_recipe(recipe.name)
        examples = await recipe.build(result.case, door)
    except EngineError as error:
        result.fail("recipe", "engine_error", str(error), recipe.name)
        return
    except Exception:
        # A recipe that trips over one problem must not cost the others; the row keeps the traceback.
        result.fail("recipe", "recipe_error", traceback.format_exc(limit=-4), recipe.name)
        return
    result.counts.update(f"skipped.{recipe.name}.{reason}" for reason in door.skipped)
    known: set[str] = set()  # a recipe stands once in a config: only its own rows can be the same
    for example in examples:
        result.counts[f"made.{recipe.name}"] += 1
        said = _said(example)
        reason = "same_row" if said in known else _objection(example, result.case, kit.filters, kit)
        if reason is None:
            known.add(said)
            result.kept.append(example)
            result.counts[f"kept.{recipe.name}"] += 1
        else:
            result.counts[f"dropped.filter.{reason}"] += 1
            result.dropped.append(_dropped(example, reason))


def _said(example: Example) -> str:
    """Recipe and content of a row: equal rows from two equal samples are one."""
    return content_hash([example.recipe, example.variant, example.content()])


def _objection(example: Example, case: Case, filters: Sequence[RowFilter], kit: Kit) -> str | None:
    return next(filter(None, (f.objection(example, case, kit.tools.judge) for f in filters)), None)


def _dropped(example: Example, reason: str) -> Dropped:
    content = json.dumps(asdict(example), ensure_ascii=False, sort_keys=True)
    return Dropped(
        stage="filter",
        reason=reason,
        problem_id=example.problem_id,
        recipe=example.recipe,
        content=content,
    )
