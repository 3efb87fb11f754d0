"""Reflections: the sentence in which the model notices its mistake. By a teacher, else from templates."""

import random
from collections.abc import Sequence

from filters.verify.arithmetic import tokens_of, value_of
from filters.verify.equations import equations
from generators.ask import Ask
from generators.guards import note
from generators.prompts import noticing, transitions
from generators.prompts.kinds_noticed import KINDS, PAUSES
from generators.repair import Repair
from generators.step_talk import approves, false_beyond, sourced, to_oneself
from generators.written import Writer, Written, written
from schemas.attempt import Attempt
from schemas.location import Location

_MOST_SAID = 30
"""Characters of an answer that is repeated in a sentence; longer ones are half a solution."""
_MOST_CHARS = 400
_TIMES = r" \cdot "
"""Longer than this is a lecture or a solution, not a reflection."""


async def reflection(
    ask: Ask, attempt: Attempt, location: Location, repair: Repair, writer: Writer = "auto"
) -> Written:
    """The noticing text before a repaired step."""
    prompt = transitions.TEACHER_NOTICE.format(
        statement=ask.case.problem.statement, work=_work(attempt, location), step=repair.step.strip()
    )
    known = fitting(location, repair.step)
    then = transitions.REDO if known.method == "equations" else transitions.GO_ON
    own = attempt.step_text(location.step)
    sources = (
        [own, repair.step] if known.method == "equations" else [own, repair.step, ask.case.problem.statement]
    )
    return await _noticing(ask, known, prompt, then, writer, sources)


async def restarting(
    ask: Ask, attempt: Attempt, location: Location, right: str, writer: Writer = "auto"
) -> Written:
    """The noticing text before another whole solution, `right`."""
    prompt = transitions.TEACHER_RESTART.format(
        statement=ask.case.problem.statement, work=_work(attempt, location)
    )
    sources = [attempt.step_text(location.step), location.right]
    known = fitting(location, right)
    return await _noticing(ask, known, prompt, transitions.START_OVER, writer, sources)


async def _noticing(
    ask: Ask, location: Location, prompt: str, then: Sequence[str], writer: Writer, sources: Sequence[str]
) -> Written:
    answer = ask.case.problem.answer

    def bank(rng: random.Random) -> str:
        return f"{notice(rng, location)} {rng.choice(then)}"

    def accept(text: str) -> bool:
        return note(text, answer, _MOST_CHARS) and notices(text, sources)

    return await written(ask, bank, prompt, accept, writer)


def notices(text: str, sources: Sequence[str]) -> bool:
    """Whether one says of one's own work that the step is wrong, and nothing that the sources (the step first)
    do not have."""
    own = to_oneself(text) and not approves(text)
    return own and sourced(text, *sources) and not false_beyond(text, sources[0])


def _work(attempt: Attempt, location: Location) -> str:
    return attempt.text[: attempt.steps[location.step].end].strip()


def fitting(location: Location, step: str) -> Location:
    """What may be said of the mistake before `step`, or a whole solution: of its equation only where that computes
    the same.

    Where `1 * 5 = 55` is followed by `11 * 5 = 55` the mistake is not the one that "1 * 5 = 5, not
    55" would name: the expression was copied wrongly, and the text would contradict itself.
    """
    if location.method == "equations" and not computed_in(step, location.expression):
        return Location(location.step, "", proven=location.proven)
    return location


def computed_in(text: str, expression: str) -> bool:
    """Whether a text computes an expression, be it in another order: 4 * 3 for 3 * 4."""
    return any(
        e.left == expression
        or (e.left_value == value_of(tokens_of(expression)) and _numbers(e.left) == _numbers(expression))
        for e in equations(text)
    )


def _numbers(expression: str) -> list[str]:
    return sorted(token.text for token in tokens_of(expression) if token.kind == "number")


def notice(rng: random.Random, location: Location) -> str:
    """A template that says no more than what is known of the mistake."""
    if location.method == "equations":
        return fill(rng, noticing.EQUATION if location.right else noticing.CALCULATION, location)
    if "answer" in (location.method, location.kind.removeprefix("final_")):
        return fill(rng, noticing.ANSWER if sayable(location.wrong) else noticing.ANSWER_UNSAID, location)
    if location.method == "construction" and location.kind in KINDS:
        return f"{rng.choice(PAUSES)} {rng.choice(KINDS[location.kind])}"
    return rng.choice(noticing.STEP if location.proven else noticing.UNSURE)


def fill(rng: random.Random, pool: Sequence[str], location: Location, **more: str) -> str:
    """One template of the pool with the location's numbers in it."""
    named = {"expression": location.expression, "right": location.right, "wrong": location.wrong, **more}
    return rng.choice(pool).format(**{name: shown(value) for name, value in named.items()})


def sayable(answer: str) -> bool:
    """Whether an answer, as extracted, reads well in the middle of a sentence."""
    return 0 < len(answer) <= _MOST_SAID and "=" not in answer and "\n" not in answer


def shown(value: str) -> str:
    """An answer as it stands in a sentence: LaTeX between dollar signs."""
    return f"${value.replace(' * ', _TIMES)}$" if "\\" in value and "$" not in value else value
