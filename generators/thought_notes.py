"""Notes in a hierarchy of thoughts: what is tricky about a step, what holds in general, how the answer is stated."""

import random
from typing import TYPE_CHECKING

from filters.verify.equations import equations, states_falsehood
from generators.guards import note
from generators.markers import concludes
from generators.prompts import thoughts as texts
from generators.reflect import fill
from generators.solutions import Solution, answer_form
from generators.written import Writer, Written, written
from schemas.location import Location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generators.ask import Ask


async def answer_line(ask: "Ask", solution: Solution) -> str:
    """The answer as the attempts state it: the solution's last step where that is all it says. Raises EngineError."""
    last = solution.step_text(len(solution.steps) - 1).strip()
    verdict = await ask.verify(solution.text)
    form = answer_form(ask.case.attempts).format(verdict.evidence)
    if last.rstrip(".") == form.rstrip("."):
        return last
    closes = concludes(last) and not equations(last)
    return last if closes and (await ask.verify(last, explicit_only=True)).is_right else form


def slips(ask: "Ask") -> dict[str, Location]:
    """False equations of the policy's wrong attempts with a known result, by their expression, in sample order."""
    found: dict[str, Location] = {}
    for wrong in ask.case.wrongs:
        seen = ask.glance(wrong)
        if seen is not None and seen.method == "equations" and seen.right:
            found.setdefault(seen.expression, seen)
    return found


async def keys_of(
    ask: "Ask", solution: Solution, steps: "Sequence[str]", most: int, writer: Writer
) -> dict[int, Written]:
    """Notes for up to `most` steps: those that compute what the policy got wrong, else, by a teacher, the longest.

    Raises EngineError.
    """
    known = slips(ask)
    tricky: dict[int, Location | None] = {}
    for number, step in enumerate(steps):
        slip = next((known[e.left] for e in equations(step) if e.left in known), None)
        if slip is not None:
            tricky[number] = slip
    if not tricky and writer != "bank" and steps:
        tricky[max(range(len(steps)), key=lambda n: len(steps[n]))] = None
    notes: dict[int, Written] = {}
    for number in sorted(tricky)[:most]:
        said = await _key(ask, solution, steps[number], tricky[number], writer)
        if said.text:
            notes[number] = said
    return notes


async def _key(ask: "Ask", solution: Solution, step: str, slip: Location | None, writer: Writer) -> Written:
    def bank(rng: random.Random) -> str:
        return fill(rng, texts.KEY, slip) if slip else ""

    prompt = texts.TEACHER_KEY.format(
        statement=ask.case.problem.statement, solution=solution.text, step=step.strip()
    )
    answer = ask.case.problem.answer
    return await written(
        ask, bank, prompt, lambda text: note(text, answer) and not states_falsehood(text), writer
    )


async def generalized(ask: "Ask", solution: Solution, writer: Writer) -> Written | None:
    """A model's note on how such problems are solved, without a number of this one; None where nobody writes it."""
    prompt = texts.TEACHER_GENERALIZED.format(statement=ask.case.problem.statement, solution=solution.text)
    answer = ask.case.problem.answer
    said = await written(
        ask, lambda _: "", prompt, lambda text: note(text, answer) and not _has_number(text), writer
    )
    return said if said.text else None


def _has_number(text: str) -> bool:
    return any(character.isdigit() for character in text)
