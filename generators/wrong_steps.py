"""Wrong steps on a right path: what the policy, or an injector, puts in place of a step of a right solution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from filters.verify.equations import equations
from generators.attempts import answer_to
from generators.locate import false_step
from generators.solutions import Solution
from generators.thoughts import bare
from schemas.attempt import Attempt, Step
from schemas.ids import nfc
from schemas.location import Location

if TYPE_CHECKING:
    from generators.ask import Ask


@dataclass(frozen=True, slots=True)
class WrongStep:
    """An attempt that keeps to a right path up to a step which is wrong; what follows in it does not matter."""

    attempt: Attempt
    found: Location

    @property
    def number(self) -> int:
        """The step, counted from 0, as in the right path."""
        return self.found.step

    @property
    def text(self) -> str:
        """The wrong step itself."""
        return self.attempt.step_text(self.number)


async def sampled_step(
    ask: "Ask", path: Solution, number: int, tries: int, temperature: float | None
) -> WrongStep | None:
    """A step the policy would put in place of the path's, which states one false equation; or None.

    Only of an expression that the path's own step computes as well: then the mistake is the very one
    that the path's step puts right. The attempt ends with the step and is kept. Steps end at a
    line's end. Raises EngineError.
    """
    before, own = path.text[: path.steps[number].start], path.step_text(number)
    computed = {e.left for e in equations(own)}
    if not computed:
        return None
    samples = await ask.policy(before, n=tries, stop=("\n",), temperature=temperature)
    for index, sample in enumerate(samples):
        text = nfc(before + sample.text)
        false = [e for e in equations(text[len(before) :]) if e.holds is False]
        if len(false) != 1 or false[0].left not in computed or not text.endswith("\n"):
            continue
        attempt = answer_to(ask.case.problem, ask.prompt, before, ask.tools, text, index)
        attempt = replace(attempt, steps=(*path.steps[:number], Step(len(before), len(text))))
        found = false_step(equations(attempt.step_text(number)), number, proven=True)
        ask.keep(attempt, "wrong_step", parents=[path.parent], found=found)
        return WrongStep(attempt, found)
    return None


async def sampled_steps(
    ask: "Ask", path: Solution, most: int, positions: int, tries: int, temperature: float | None
) -> list[WrongStep]:
    """Up to `most` of them, at up to `positions` random steps of the path; in its order. Raises EngineError."""
    steps: list[WrongStep] = []
    for number in ask.rng.sample(range(len(path.steps)), min(positions, len(path.steps))):
        wrong = await sampled_step(ask, path, number, tries, temperature)
        steps += [wrong] if wrong else []
        if len(steps) >= most:
            break
    return sorted(steps, key=lambda step: step.number)


async def injected_steps(
    ask: "Ask", most: int, kinds: Mapping[str, float], insertions: int
) -> list[tuple[Solution, list[WrongStep]]]:
    """Right solutions with mistakes put into them, at most one for each step and `insertions` for each solution.

    A solution comes once for each way of knowing its mistakes. Raises EngineError.
    """
    by_parent = {solution.parent: solution for solution in ask.solutions()}
    made: dict[str, dict[int, WrongStep]] = {}
    for one in await ask.injected(most, kinds) if most else ():
        path, number = by_parent[one.source], one.found.step
        if number >= len(path.steps) or one.attempt.before(number) != path.text[: path.steps[number].start]:
            continue
        wrong = WrongStep(one.attempt, one.found)
        if wrong.text.strip() != path.step_text(number).strip():
            made.setdefault(one.source, {}).setdefault(number, wrong)
    return [
        (by_parent[parent], some[:insertions])
        for parent, steps in made.items()
        for some in by_way([steps[n] for n in sorted(steps)])
    ]


def by_way(steps: Sequence[WrongStep]) -> list[list[WrongStep]]:
    """The steps by how their mistake is known; of those that say the same but for their number, the last."""
    ways: dict[str, dict[str, WrongStep]] = {}
    for step in steps:
        ways.setdefault(step.found.method, {})[bare(step.text)] = step
    return [list(alike.values()) for alike in ways.values()]
