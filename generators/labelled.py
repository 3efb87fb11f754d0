"""Step labels of an attempt from its first wrong step, which is the last: all before it are right."""

from filters.verify.equations import states_falsehood
from generators.ask import Ask
from generators.lineage import Named
from schemas.attempt import Attempt
from schemas.example import StepwiseExample
from schemas.location import Location


def labelled(
    recipe: Named, ask: Ask, attempt: Attempt, found: Location | None, variant: str = ""
) -> StepwiseExample | None:
    """A row of step labels without values; None where a step to be called right states a false equation.

    `found` is None for a right attempt. Values are the caller's to add.
    """
    count = found.step + 1 if found else len(attempt.steps)
    labels = tuple(not found or i != found.step for i in range(count))
    if any(label and states_falsehood(attempt.step_text(i)) for i, label in enumerate(labels)):
        return None
    problem = ask.case.problem
    return StepwiseExample(
        problem_id=problem.id,
        recipe=recipe.name,
        variant=variant,
        error_kind=found.kind if found else "none",
        origin=attempt.origin,
        parents=(attempt.id,),
        policy=attempt.policy,
        verified_by=found.method if found else f"answer:{attempt.verdict.method}",
        located_by=found.method if found else "",
        source=problem.source,
        licence=problem.licence,
        prompt=ask.prompt[-1].content,
        completions=tuple(attempt.step_text(i).strip() for i in range(count)),
        labels=labels,
        values=(None,) * count,
        value_samples=(None,) * count,
        first_error=found.step if found else None,
    )
