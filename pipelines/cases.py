"""One case: sample, judge, run every recipe, filter the rows."""

import asyncio
import json
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from filters.base import RowFilter
from generators.ask import Ask
from generators.attempts import BroughtAttempt, brought, judged, sample
from generators.engines.stages import stage
from generators.recipes.base import Recipe
from pipelines.chunk_result import UNFINISHED
from pipelines.error_kinds import kind_slugs
from pipelines.kit import Kit
from schemas.case import Case
from schemas.dropped import Dropped
from schemas.example import Example
from schemas.exceptions import BudgetError, EngineError, JournalError
from schemas.ids import content_hash
from schemas.location import Location
from schemas.problem import Problem
from schemas.sampled import Sampled


@dataclass
class CaseResult:
    """What became of one problem. `case` is None where its attempts could not be had."""

    problem: Problem
    case: Case | None = None
    locations: dict[str, Location] = field(default_factory=dict)
    extras: dict[str, Sampled] = field(default_factory=dict)
    kept: list[Example] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def fail(self, at: str, error: Exception, recipe: str = "") -> None:
        """Record a failure: the build goes on and its summary says how many."""
        reason, detail = f"{at}_error", str(error)
        if isinstance(error, BudgetError):
            reason = "budget"
        elif isinstance(error, EngineError):
            reason = "engine_error"
        else:
            # What trips over one problem must not cost the others; the row keeps the traceback.
            detail = "".join(traceback.format_exception(error, limit=-4))
        self.counts["unpaid" if reason == "budget" else "failed"] = 1
        self.dropped.append(
            Dropped(stage=at, reason=reason, problem_id=self.problem.id, recipe=recipe, detail=detail)
        )

    def add(self, part: "CaseResult") -> None:
        """Take over what one recipe made."""
        self.kept += part.kept
        for key, sampled in part.extras.items():
            self.extras.setdefault(key, sampled)
        self.dropped += part.dropped
        self.counts.update(part.counts)


@dataclass
class Made:
    """What one recipe made of a case, or why it could not."""

    recipe: str
    examples: Sequence[Example] = ()
    skipped: Sequence[str] = ()
    counted: Sequence[str] = ()
    extras: Mapping[str, Sampled] = field(default_factory=dict)
    error: Exception | None = None


async def work_case(
    problem: Problem, rollouts: Sequence[BroughtAttempt], kit: Kit, samples: int = 0
) -> CaseResult:
    """Attempts, verdicts, examples. Never raises for what one problem, model reply or recipe does; JournalError
    where what is bought cannot be kept.

    `samples` of the policy instead of the config's, where it is not 0: twice those of the round before. Where
    they could not all be had, the case is what that round made of it, and the next run tries again.
    """
    result = await _worked(problem, rollouts, kit, samples)
    if not samples or not any(map(result.counts.get, UNFINISHED)):
        return result
    before = await _worked(problem, rollouts, kit, samples // 2)  # from the journal
    if any(map(before.counts.get, UNFINISHED)):
        return result
    before.counts.update({name: result.counts[name] for name in UNFINISHED if result.counts[name]})
    before.dropped += [dropped for dropped in result.dropped if dropped.stage != "filter"]
    return before


async def _worked(problem: Problem, rollouts: Sequence[BroughtAttempt], kit: Kit, samples: int) -> CaseResult:
    result = CaseResult(problem)
    result.counts["cases"] = 1
    if problem.licence:
        result.counts[f"licence.{problem.licence}"] = 1
    try:
        with stage("attempts"):
            result.case = await _case(problem, rollouts, kit, samples)
    except JournalError:
        raise
    except Exception as error:
        result.fail("case", error)
        return result
    _count_attempts(result.case, result.counts)
    ask = Ask(result.case, kit.tools)
    try:
        await asyncio.to_thread(_look, ask, result.case)
    except Exception as error:
        result.fail("case", error)
        return result
    made = await asyncio.gather(*(_run(recipe, ask, result.case) for recipe in kit.recipes))
    # A filter may wait for the judge's workers: not in the event loop. One thread a case, as each costs
    # the loop a system call or two.
    await asyncio.to_thread(_close, result, made, ask, kit)
    return result


def _close(result: CaseResult, made: Sequence[Made], ask: Ask, kit: Kit) -> None:
    """Filter what the recipes made, in their order whichever ended first, and count what was found out."""
    assert result.case is not None
    for part in made:
        try:
            result.add(_filtered(part, result.case, kit))
        except Exception as error:
            result.fail("recipe", error, part.recipe)
    result.counts.update(f"located.{found.method}" for found in ask.locations.values())
    glanced = {a.id: ask.glance(a) for a in result.case.wrongs}
    result.locations = {key: found for key, found in glanced.items() if found is not None}
    result.counts.update(kind_slugs(result.case, result.locations))


def _look(ask: Ask, case: Case) -> None:
    """Find what can be known without the model, in a thread: the event loop serves the engine meanwhile."""
    ask.for_recipe("")  # finds the solutions, which all doors made later share
    for attempt in case.wrongs:
        ask.glance(attempt)


async def _case(problem: Problem, rollouts: Sequence[BroughtAttempt], kit: Kit, samples: int) -> Case:
    tools, config = kit.tools, kit.config
    attempts = brought(problem, rollouts, tools.style)
    if tools.policy is not None and config.policy is not None:
        asked = config.policy
        attempts += await sample(
            problem, tools.policy, tools.prompt, samples or asked.samples, tools.style, asked.details
        )
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


async def _run(recipe: Recipe, ask: Ask, case: Case) -> Made:
    """What one recipe makes of a case."""
    try:
        door = ask.for_recipe(recipe.name)
        with stage(recipe.name):
            examples = await recipe.build(case, door)
        return Made(recipe.name, examples, door.skipped, door.counted, door.extras)
    except JournalError:
        raise
    except Exception as error:
        return Made(recipe.name, error=error)


def _filtered(made: Made, case: Case, kit: Kit) -> CaseResult:
    """A recipe's rows, kept or dropped, with their counts. Raises what the recipe or a filter raised."""
    if made.error is not None:
        raise made.error
    part, name = CaseResult(case.problem, case), made.recipe
    part.counts.update(f"skipped.{name}.{reason}" for reason in made.skipped)
    part.counts.update(f"measured.{name}.{measure}" for measure in made.counted)
    part.extras = dict(made.extras)
    # A row may rest on an attempt of the recipe's own: filters look it up as they do the problem's.
    seen = replace(case, attempts=(*case.attempts, *(extra.attempt for extra in made.extras.values())))
    known: set[str] = set()  # a recipe stands once in a config: only its own rows can be the same
    for example in made.examples:
        part.counts[f"made.{name}"] += 1
        said = _said(example)
        reason = "same_row" if said in known else _objection(example, seen, kit.filters, kit)
        if reason is None:
            known.add(said)
            part.kept.append(example)
            part.counts[f"kept.{name}"] += 1
            part.counts[f"without_mistake.{name}"] += example.error_kind == "none"
        else:
            part.counts[f"dropped.filter.{reason}"] += 1
            part.dropped.append(_dropped(example, reason))
    return part


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
