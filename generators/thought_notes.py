"""Notes in a hierarchy of thoughts: what is tricky about a step, what holds in general, how the answer is stated."""

import random
import re
from typing import TYPE_CHECKING

from filters.verify.equations import equations, states_falsehood
from generators.guards import note
from generators.markers import concludes
from generators.prompts import thoughts as texts
from generators.reflect import fill
from generators.solutions import Solution, answer_form
from generators.step_talk import of_another, operations, sourced
from generators.written import Writer, Written, written
from schemas.location import Location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generators.ask import Ask


_DENIES = re.compile(
    r"\b(?:wrong|incorrect|impossible|not allowed|contradict\w*|meaningless|not (?:always )?(?:a )?meaningful"
    r"|always|never|cannot|can't|python|correct (?:formula|answer|result|calculation))\b",
    re.IGNORECASE,
)
"""What a note on a right step must not say, and claims about all cases, which nobody can check."""


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
    return await written(ask, bank, prompt, lambda text: note(text, answer) and fits_step(text, step), writer)


async def generalized(ask: "Ask", solution: Solution, writer: Writer) -> Written | None:
    """A model's note on how such problems are solved, without a number of this one; None where nobody writes it."""
    prompt = texts.TEACHER_GENERALIZED.format(statement=ask.case.problem.statement, solution=solution.text)
    answer = ask.case.problem.answer
    said = await written(
        ask, lambda _: "", prompt, lambda text: note(text, answer) and general(text, solution.text), writer
    )
    return said if said.text else None


def fits_step(text: str, step: str) -> bool:
    """Whether a note may stand at a right step: it names what the step has, and does not call it wrong."""
    return sourced(text, step) and not (states_falsehood(text) or of_another(text) or _DENIES.search(text))


def general(text: str, solution: str) -> bool:
    """Whether a note has no number, and only operations of the solution."""
    digits = any(character.isdigit() for character in text)
    return not (digits or of_another(text) or _DENIES.search(text)) and operations(text) <= operations(
        solution
    )
