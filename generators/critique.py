"""Critiques of a wrong attempt by its first wrong step, with a right solution of the problem in view.

SCORE (arXiv 2404.17140) has a model compare a wrong with a right solution and gives each step its feedback;
only that on the first wrong step is used. The comparison is made here by aligned steps: what a right solution
computes where the wrong one first departs from it.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from filters.verify.arithmetic import tokens_of
from filters.verify.equations import Equation, equations
from filters.verify.stated_feedback import reveals, step_name
from generators.guards import leaks, states
from generators.prompts import critiques as texts
from generators.prompts import feedback as feedback_texts
from generators.reflect import computed_in, sayable, shown
from generators.solutions import Solution
from generators.step_talk import false_beyond, finds_fault, of_another, sourced
from generators.written import Writer, Written, written
from schemas.attempt import Attempt
from schemas.location import Location

if TYPE_CHECKING:
    from generators.ask import Ask

_STEP = re.compile(r"(?:^|(?<=\s))[*#_]*step (\d{1,2})[*_]*:[*_]*\s*", re.IGNORECASE)
_TWO_ANSWERS = re.compile(r"\b(?:answer|solution) [12]\b", re.IGNORECASE)
_MOST_CHARS = 400


def aligned(attempt: Attempt, found: Location, rights: Sequence[Solution]) -> tuple[str, str] | None:
    """What the wrong step computes, and what a right solution computes after the very same results; or None.

    Only of steps that state one equation each, and of different computations.
    """
    own = equations(attempt.step_text(found.step))
    before = _results([attempt.step_text(i) for i in range(found.step)])
    if len(own) != 1:
        return None
    for right in rights:
        for cut in range(len(right.steps)):
            there = equations(right.step_text(cut))
            same = _results([right.step_text(i) for i in range(cut)]) == before
            if same and len(there) == 1 and _alike(own[0], there[0]):
                return own[0].left, there[0].left
    return None


def aligned_solution(ask: "Ask", attempt: Attempt, found: Location) -> Solution | None:
    """The right solution to compare with and to correct by: one aligned with the attempt, else any, own ones first."""
    solutions = ask.solutions()
    fitting = [s for s in solutions if aligned(attempt, found, [s])]
    pool = fitting or ask.solutions(with_reference=False) or solutions
    return ask.rng.choice(pool) if pool else None


def symbolic_critique(
    rng: random.Random, attempt: Attempt, found: Location, right: Solution, answer: str
) -> str:
    """As much as is known of the first wrong step; without the values that would give the answer away."""
    for pool, fields in _sayings(attempt, found, right):
        said = rng.choice(pool).format(**fields)
        if not reveals(said, answer):
            return said
    return rng.choice(feedback_texts.UNLOCATED)


def _sayings(
    attempt: Attempt, found: Location, right: Solution
) -> Iterator[tuple[Sequence[str], dict[str, str]]]:
    """Pools with what fills them, the most telling first."""
    step = step_name(attempt.step_text(found.step), found.step)
    named = {"step": step if step and len(attempt.steps) > 1 else "the work shown"}
    if found.method == "answer" and sayable(found.wrong):
        yield texts.ANSWER, {"wrong": shown(found.wrong)}
    if found.method == "answer":
        yield feedback_texts.ANSWER_ONLY, {}
    if not found.proven:
        yield texts.LIKELY, named
        return
    if found.method == "equations" and computed_in(right.text, found.expression):
        values = {
            "expression": found.expression,
            "wrong": shown(found.wrong),
            "right": shown(found.right),
            **named,
        }
        if found.right:
            yield texts.EQUATION, values
        yield texts.EQUATION_UNSAID, values
    needed = aligned(attempt, found, [right])
    if needed is not None:
        yield texts.OTHER_COMPUTATION, {"computed": needed[0], "needed": needed[1], **named}
    kinds = texts.KIND.get(found.kind, ("",))
    yield [f"{looking} {kind}".rstrip() for looking in texts.KIND_ONLY for kind in kinds], named


def step_feedback(text: str, count: int) -> list[str] | None:
    """The feedback on each of `count` steps from "Step <number>: …"; None unless each stands there once, in order."""
    marks = list(_STEP.finditer(text))
    if [int(m[1]) for m in marks] != list(range(1, count + 1)):
        return None
    ends = [*(m.start() for m in marks[1:]), len(text)]
    said = [text[m.end() : end].strip() for m, end in zip(marks, ends, strict=True)]
    return said if all(said) else None


def first_error_feedback(
    text: str, attempt: Attempt, found: Location, answer: str, right: str = ""
) -> str | None:
    """SCORE's rules on a model's step-by-step critique; the feedback on the first wrong step, or None.

    As many numbered steps as the attempt has; the last feedback names the answer (the comparison was understood)
    and is not used where the first wrong step is another; what is used speaks of no second answer. It says that
    something is wrong, and names no number or operation but the step's, the right
    solution's (`right`) and the true result.
    """
    lines = step_feedback(text, len(attempt.steps))
    if lines is None or not states(lines[-1], answer):
        return None
    said = lines[found.step]
    bad = reveals(said, answer) or leaks(said) or _TWO_ANSWERS.search(said) or len(said) > _MOST_CHARS
    own = attempt.step_text(found.step)
    fitting = finds_fault(said) and sourced(
        said, own, found.right, "" if found.method == "equations" else right
    )
    return said if fitting and not (bad or of_another(said) or false_beyond(said, own)) else None


async def critique(
    ask: "Ask", attempt: Attempt, found: Location, right: Solution, writer: Writer = "auto"
) -> Written:
    """A critique of the first wrong step: a model's that passes SCORE's rules, else ours. Raises EngineError."""
    answer = ask.case.problem.answer
    steps = "\n".join(
        f"Step {i + 1}: {' '.join(attempt.step_text(i).split())}" for i in range(len(attempt.steps))
    )
    prompt = texts.TEACHER.format(
        statement=ask.case.problem.statement, steps=steps, right=right.text, count=len(attempt.steps)
    )
    said = await written(
        ask,
        lambda rng: symbolic_critique(rng, attempt, found, right, answer),
        prompt,
        lambda text: first_error_feedback(text, attempt, found, answer, right.text) is not None,
        writer,
    )
    parsed = (
        None if said.by == "bank" else first_error_feedback(said.text, attempt, found, answer, right.text)
    )
    return replace(said, text=parsed) if parsed else said


def _alike(wrong: Equation, right: Equation) -> bool:
    """Whether two computations differ and still share a number: else the right one is of something else."""
    numbers = [{t.text for t in tokens_of(e.left) if t.kind == "number"} for e in (wrong, right)]
    return wrong.left_value != right.left_value and bool(numbers[0] & numbers[1])


def _results(parts: Sequence[str]) -> list[Fraction]:
    return sorted(e.stated_value for part in parts for e in equations(part))
