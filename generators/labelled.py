"""Step labels of an attempt from its first wrong step, which is the last: all before it are right."""

from collections.abc import Mapping
from types import MappingProxyType

from filters.verify.equations import states_falsehood
from generators.ask import Ask
from generators.lineage import Named
from generators.locating.continuations import Value
from schemas.attempt import Attempt
from schemas.example import StepwiseExample
from schemas.location import Location


def labelled(
    recipe: Named,
    ask: Ask,
    attempt: Attempt,
    found: Location | None,
    variant: str = "",
    values: Mapping[int, Value] = MappingProxyType({}),
) -> StepwiseExample | None:
    """A row of step labels; None where a step to be called right states a false equation.

    `found` must be as good as the labels are to be, or None for a right attempt. `values` are known of some steps.
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
        values=tuple(v.share if (v := values.get(i)) else None for i in range(count)),
        value_samples=tuple(
            v.samples if (v := values.get(i)) and v.share is not None else None for i in range(count)
        ),
        first_error=found.step if found else None,
    )
