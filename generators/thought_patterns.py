"""Five ways to think the same solution through: monologue, decomposition, self-ask, self-debate, self-critic.

ThinkPatterns-21k (arXiv 2503.12918) has a model write the thoughts; for solutions whose steps are equations
templates can. Every equation of a thought is one of the solution's or its inverse, so every line is true; and a thought
is made only of a solution whose equations lead from the problem's numbers to its answer, so that nothing is left out.
"""

import random
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from filters.verify.arithmetic import tokens_of, value_of
from filters.verify.equations import Equation, equations
from generators.locating.shape import shape_of
from generators.locating.stated import CONVERSIONS, stated_numbers
from generators.solutions import Solution

Pattern = Literal["monologue", "decomposition", "self_ask", "self_debate", "self_critic"]
"""The five of the paper."""

_BINARY = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([-+*/x×÷])\s*(\d[\d,]*(?:\.\d+)?)")
_MONOLOGUE = (
    "Now {left}: that is {value}.",
    "{left} gives me {value}.",
    "So I work out {left} and get {value}.",
    "What is {left}? It comes to {value}.",
    "I compute {left}, which is {value}.",
    "Then there is {left}, and that makes {value}.",
)
_ASK = (
    "A question first: what is {left}? I get {value}.",
    "I ask myself: how much is {left}? It is {value}.",
    "What does {left} come to? To {value}.",
    "Do I know {left}? Yes, it is {value}.",
)
_DEBATE = (
    "One voice: {left} = {value}.\nThe other: Is it? Check it the other way round: {inverse}. Agreed.",
    "I say that {left} = {value}. But does that hold? If so, {inverse}, and so it is.",
    "Claim: {left} = {value}. Objection: it may be off. Reply: {inverse}, so it stands.",
    "For: {left} = {value}. Against: show it. For: {inverse}. Against: fine.",
)
_DEBATE_BARE = (
    "One voice: {left} = {value}.\nThe other: I have no objection.",
    "I say that {left} = {value}. Any objection? None.",
)
_START = {
    "monologue": ("Let me think about this.", "All right, what do I have here?", "Let me see how this goes."),
    "decomposition": (
        "I break this down into {count} parts.",
        "The problem splits into {count} parts.",
        "There are {count} parts to this.",
    ),
    "self_ask": (
        "I go through this by asking myself.",
        "Which questions do I have to answer?",
        "Let me ask myself step by step.",
    ),
    "self_debate": (
        "Let me argue with myself about this.",
        "I put every step to the test.",
        "Let me hear both sides.",
    ),
}
_END = (
    "With that I can write it down.",
    "That is all I need.",
    "So the solution is clear.",
    "Now I can answer.",
    "That settles it.",
    "I can put it together now.",
)


def computed(solution: Solution, statement: str, answer: str) -> list[Equation] | None:
    """The equation of every step that has one, where they are all that there is to compute; else None.

    None where a step has several or one that is not exactly true, where a number comes from nowhere (a step in
    words was between) or goes nowhere, where the last result is not the answer, and of LaTeX.
    """
    found = [equations(solution.step_text(i)) for i in range(len(solution.steps))]
    if any(len(of_step) > 1 for of_step in found):
        return None
    stated = [of_step[0] for of_step in found if of_step]
    exact = all(e.holds and e.left_value == e.stated_value and "\\" not in e.left + e.stated for e in stated)
    if len(stated) < 2 or not exact or stated[-1].stated_value != value_of(tokens_of(answer)):
        return None
    known, unused = {*stated_numbers(statement), *CONVERSIONS}, set[Fraction]()
    for equation in stated:
        shape = shape_of(equation.left)
        if shape is None or not all(abs(o) in known or 0 <= o <= 1 for o in shape.operands):
            return None
        known.add(abs(equation.stated_value))
        unused = unused - {abs(o) for o in shape.operands} | {abs(equation.stated_value)}
    return stated if len(unused) == 1 else None


def thought(
    rng: random.Random, pattern: Pattern, solution: Solution, statement: str, answer: str
) -> str | None:
    """The solution's computations thought through in one of the patterns but `self_critic`; None where its
    equations are not the whole of it."""
    steps = computed(solution, statement, answer)
    if steps is None or pattern == "self_critic":
        return None
    start = rng.choice(_START[pattern]).format(count=_number(len(steps)))
    return "\n".join([start, *_lines(rng, pattern, steps), rng.choice(_END)])


def _lines(rng: random.Random, pattern: Pattern, steps: Sequence[Equation]) -> Iterator[str]:
    for number, step in enumerate(steps, start=1):
        named = {"left": step.left, "value": step.stated}
        if pattern == "monologue":
            # The last phrasing goes on from something said before.
            yield rng.choice(_MONOLOGUE if number > 1 else _MONOLOGUE[:-1]).format(**named)
        elif pattern == "decomposition":
            yield f"Part {number}: {step.left} = {step.stated}"
        elif pattern == "self_ask":
            yield rng.choice(_ASK).format(**named)
        else:
            back = inverse(step)
            pool = _DEBATE if back else _DEBATE_BARE
            yield rng.choice(pool).format(inverse=back, **named)


def inverse(equation: Equation) -> str | None:
    """A computation of two numbers undone: `84 / 12 = 7` for `7 * 12 = 84`; None of any other.

    The text is read again: it must state one equation that holds.
    """
    parts = _BINARY.fullmatch(equation.left.strip())
    if parts is None:
        return None
    left, sign, right = parts.groups()
    undo = {"+": "-", "-": "+", "/": "*", "÷": "*"}.get(sign, "/")
    if undo == "/" and not float(right.replace(",", "")):
        return None
    said = f"{equation.stated} {undo} {right} = {left}"
    read = equations(said)
    return said if len(read) == 1 and read[0].holds is True else None


def _number(count: int) -> str:
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count - 1] if count <= len(words) else str(count)
