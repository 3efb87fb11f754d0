"""Injected mistakes as attempts: a right solution of the case with a proven mistake, and where it is.

Recipes work on them as on the policy's own wrong attempts. LEMMA (arXiv 2503.17439) draws the kinds
by what the student gets wrong on the same problem; so does `natural_kinds`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generators.attempts import judged
from generators.injectors.algebra import Algebra
from generators.injectors.numbers import Numbers
from generators.locating.construction import by_construction
from generators.solutions import Solution
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.injection import Injection
from schemas.location import Location

if TYPE_CHECKING:
    from generators.ask import Ask

MADE = tuple(dict.fromkeys((*Numbers.kinds, *Algebra.kinds)))
"""Kinds that can be put in without a model."""


@dataclass(frozen=True)
class Injected:
    """A wrong attempt made of a right one. `source` is the right one's id, or `reference`."""

    attempt: Attempt
    found: Location
    source: str


def natural_kinds(ask: "Ask") -> dict[str, float]:
    """How often the policy's wrong attempts at the problem are of each kind that can be made; else all alike."""
    glanced = [ask.glance(wrong) for wrong in ask.case.wrongs]
    made = Counter(found.kind for found in glanced if found is not None and found.kind in MADE)
    return dict(made) if made else dict.fromkeys(MADE, 1.0)


async def injected(ask: "Ask", most: int, weights: Mapping[str, float]) -> list[Injected]:
    """Up to `most` injected mistakes, in turn from every right solution. Raises EngineError."""
    solutions = ask.solutions()
    made: list[Injected] = []
    for turn in range(most):
        if len(made) >= most or turn >= len(solutions):
            break
        share = -(-(most - len(made)) // (len(solutions) - turn))
        for injection in await ask.inject(solutions[turn], weights, share):
            one = await _as_attempt(ask, solutions[turn], injection, len(made))
            if one is not None:
                made.append(one)
    return made[:most]


async def _as_attempt(ask: "Ask", source: Solution, injection: Injection, index: int) -> Injected | None:
    """None where the judge does not find the injected text wrong."""
    own = next((a for a in ask.case.attempts if a.id == source.parent), None)
    policy = ask.tools.policy
    attempt = Attempt(
        problem_id=ask.case.problem.id,
        text=injection.text,
        steps=split_steps(injection.text, ask.style),
        model=own.model if own else (policy.engine.model if policy else ""),
        policy=own.policy if own else (policy.id if policy else ""),
        index=index,
        origin="injected",
        asked=injection.id,
    )
    attempt = await judged(ask.case.problem, attempt, ask.tools.judge)
    if not attempt.verdict.is_wrong or injection.step >= len(attempt.steps):
        return None
    return Injected(attempt, _described(ask, attempt, by_construction(injection)), source.parent)


def _described(ask: "Ask", attempt: Attempt, found: Location) -> Location:
    """The location with the false equation's terms where the step states one: reflections can then name it."""
    seen = ask.glance(attempt)
    if seen is None or seen.method != "equations" or seen.step != found.step:
        return found
    return replace(seen, kind=found.kind, proven=True, confidence=1.0)
