"""Repairs: the right step in place of a wrong one, and how the solution goes on from there.

Everything before the wrong step stays verbatim the policy's own. Where the rest comes from, best first:

* `corrected`: the false equation's result is set right and the policy goes on from there;
* `sibling`: another right attempt begins with the very same text;
* `sampled`: the policy, asked again from before the wrong step;
* `aligned`: a right solution in other words whose first steps compute exactly the same.

A repair is only returned when the text before the wrong step together with it verifies.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from filters.verify.doubtful import doubtful
from filters.verify.equations import corrected, equations, states_falsehood
from generators.aligned_rests import aligned_rests
from generators.engines.stages import in_stage
from generators.guards import states
from generators.locating.luck import confirmed
from generators.locating.stated import stated_numbers
from generators.locating.wording import content_words
from generators.solutions import Solution
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.location import Location

if TYPE_CHECKING:
    from generators.ask import Ask

_THING = re.compile(r"\W{0,3}([a-z]{3,})")
"""A word behind a result."""
_KNOWN = frozenset({"sibling", "aligned"})
"""Repairs from solutions that are known to be none by luck."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The right step, what follows it, where both come from, and who they descend from."""

    step: str
    rest: str
    how: str
    parents: tuple[str, ...]
    verified_by: str


@in_stage("repair")
async def repairs(ask: "Ask", attempt: Attempt, location: Location, most: int = 1) -> list[Repair]:
    """Up to `most` verified repairs of the located step, distinct in text."""
    prefix = attempt.before(location.step)
    wrong_step = attempt.step_text(location.step).strip()
    found: dict[str, Repair] = {}
    async for rest, how, parents in _candidates(ask, attempt, location, prefix):
        step, after = _first_step(prefix, rest, ask)
        if step.strip() == wrong_step or rest in found or _unfit(ask, rest):
            continue
        verdict = await ask.verify(prefix + rest)
        if verdict.is_right and (how in _KNOWN or _sound(ask, attempt, step, prefix + rest)):
            found[rest] = Repair(step, after, how, parents, f"answer:{verdict.method}")
        if len(found) >= most:
            break
    return list(found.values())


def _unfit(ask: "Ask", rest: str) -> bool:
    return states_falsehood(rest) or doubtful(rest, ask.case.problem.solution)


def _sound(ask: "Ask", attempt: Attempt, step: str, text: str) -> bool:
    """Whether what the policy went on to say is of this problem and does not come to the answer by luck."""
    whole = replace(attempt, text=text, steps=split_steps(text, ask.style))
    return not _of_another(ask, step) and confirmed(ask.case, ask.solutions(), whole)


async def _candidates(
    ask: "Ask", attempt: Attempt, location: Location, prefix: str
) -> AsyncIterator[tuple[str, str, tuple[str, ...]]]:
    mended = _mended_step(attempt, location)
    if mended:
        for completion in await ask.policy(prefix + mended, n=2):
            yield mended + completion.text, "corrected", (attempt.id,)
    solutions = ask.solutions()
    for solution in solutions:
        if prefix and solution.text.startswith(prefix) and _step_starts(solution, len(prefix)):
            yield solution.text[len(prefix) :], "sibling", (attempt.id, solution.parent)
    for completion in await ask.policy(prefix, n=4):
        yield completion.text, "sampled", (attempt.id,)
    given = stated_numbers(ask.case.problem.statement)
    for rest, parent in aligned_rests(attempt, location.step, solutions, given):
        yield rest, "aligned", (attempt.id, parent)


def _mended_step(attempt: Attempt, location: Location) -> str | None:
    """The wrong step with the result of its first false equation set right."""
    text = attempt.step_text(location.step)
    false = [e for e in equations(text) if e.holds is False]
    if location.method != "equations" or len(false) != 1:
        return None
    if states(text[false[0].end :], false[0].stated):
        return None  # "149 - 39 = 100, so 11*x = 100": the wrong result is used again in the same step
    mended = corrected(text, false[0])
    return mended if mended and not states_falsehood(mended) else None


def _step_starts(solution: Solution, at: int) -> bool:
    return any(s.start == at for s in solution.steps)


def _of_another(ask: "Ask", step: str) -> bool:
    """Whether a step gives its result to a thing that neither the problem nor a right solution speaks of: `100 - 52
    = 48 badges` where an equation is to be solved."""
    last = equations(step)[-1:]
    thing = _THING.match(step, last[0].end) if last else None
    if thing is None:
        return False
    known = content_words(" ".join([ask.case.problem.statement, *(s.text for s in ask.solutions())]))
    return not content_words(thing[1]) <= known


def _first_step(prefix: str, rest: str, ask: "Ask") -> tuple[str, str]:
    """Cut `rest` after its first step, as the whole text would be cut."""
    whole = prefix + rest
    for step in split_steps(whole, ask.style):
        if step.end > len(prefix):
            return whole[len(prefix) : step.end], whole[step.end :]
    return rest, ""
