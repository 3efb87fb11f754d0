"""Search traces with the four habits: countdown rows searched depth first, written out as thoughts.

As the priming data of "Cognitive Behaviors that Enable Self-Improving Reasoners" (arXiv 2503.01307), but by
program: every line is computed, so every line is true.
"""

import random
from collections.abc import Sequence
from typing import Literal

from generators.procedural.countdown import SIGNS, Puzzle
from generators.procedural.worked import apply, equation

Habit = Literal["verification", "backtracking", "subgoals", "backward_chaining"]
"""The four habits."""

_TRY = ("I try {}.", "Let me see: {}.", "Say {}.", "Take {}.", "With this sign {}.", "Here {}.")
_CLOSED = (
    "None of these leads to {target}, so I go back to {result}.",
    "That does not work. Back to {result}.",
    "Nothing works from there: back to {result}.",
    "A dead end. I go back to {result}.",
    "No sign fits there, so I backtrack to {result}.",
    "None works; back to {result}.",
)
_GOAL = (
    "First I need the number that stands before {last}; the target is {target}.",
    "My first goal is the result before the last number, {last}. What it has to do is end at {target}.",
    "I split this into two parts: the result before {last}, and the last sign.",
    "Sub-goal: the result so far before {last} comes in.",
    "To find the right signs, I need to go through them one number at a time.",
    "My next goal is a result from which {last} takes me to {target}.",
)
_BACK = (
    "Working backwards: to end at {target} with {last} I need {wanted} just before it.",
    "Starting from the target: {target} with {last} to come must have been {wanted} before.",
    "Thinking backwards from {target}: before {last} it would have been {wanted}.",
    "To reach {target} by {last}, the result before it must be {wanted}.",
    "Backwards from {target}: {wanted} must have been there before {last}.",
    "To end at {target}, {last} needs {wanted} before it.",
)
_FOUND = (
    "Check: {end}, the target.",
    "That equals the target. Checking again: {all}.",
    "It hits the target. I verify the whole row: {all}.",
    "Let me check the whole row: {all}. It matches the target.",
    "Checking it: {all}. That is it.",
    "This is the target. To verify: {all}.",
)
MOST_LINES = 60
"""Longer searches are not written out."""


def search_trace(rng: random.Random, puzzle: Puzzle, habits: Sequence[Habit]) -> str | None:
    """A search that shows the given habits and ends at the target; None where it would be too long.

    Without `backtracking` only the right way is written; without `verification` nothing is compared with the
    target; with `backward_chaining` results before the last number are compared with what has to stand there.
    """
    ways = puzzle.ways()
    if len(ways) != 1:
        return None
    named = {"last": puzzle.numbers[-1], "target": puzzle.target}
    lines = []
    if "subgoals" in habits:
        lines.append(rng.choice(_GOAL).format(**named))
    wanted = before_last(puzzle)
    if "backward_chaining" in habits:
        lines.append(rng.choice(_BACK).format(wanted=_or(wanted), **named))
    search = _Search(rng, puzzle, habits, wanted, ways[0])
    search.go(0, puzzle.numbers[0], 0)
    lines += search.lines
    if "verification" in habits:
        row = ", ".join(search.row(ways[0]))
        lines.append(rng.choice(_FOUND).format(end=search.row(ways[0])[-1], all=row))
    return "\n".join(lines) if len(lines) <= MOST_LINES else None


def before_last(puzzle: Puzzle) -> list[int]:
    """The numbers from which the last one leads to the target."""
    last, target = puzzle.numbers[-1], puzzle.target
    wanted = [target - last, target + last]
    if target % last == 0:
        wanted.append(target // last)
    return list(dict.fromkeys(wanted))


class _Search:
    """Depth first over the signs, one line for each equation."""

    def __init__(
        self,
        rng: random.Random,
        puzzle: Puzzle,
        habits: Sequence[Habit],
        wanted: list[int],
        way: tuple[str, ...],
    ) -> None:
        self.rng, self.puzzle, self.habits, self.wanted, self.way = rng, puzzle, habits, wanted, way
        self.lines: list[str] = []

    def go(self, parent: int, result: int, depth: int) -> bool:
        """Whether the target is found from a result; if not, the search goes back to its parent."""
        numbers = self.puzzle.numbers
        left = len(numbers) - 1 - depth
        if left == 0:
            return result == self.puzzle.target
        signs = self.rng.sample(SIGNS, len(SIGNS)) if "backtracking" in self.habits else [self.way[depth]]
        for sign in signs:
            said = equation(result, sign, numbers[depth + 1])
            reached = apply(result, sign, numbers[depth + 1])
            if "backward_chaining" in self.habits and left == 2 and reached not in self.wanted:
                self._say(f"{said}, which is not {_or(self.wanted)}")
                continue
            off = left == 1 and reached != self.puzzle.target
            self._say(f"{said}, not {self.puzzle.target}" if off and "verification" in self.habits else said)
            if self.go(result, reached, depth + 1):
                return True
        if depth:
            self.lines.append(self.rng.choice(_CLOSED).format(target=self.puzzle.target, result=parent))
        return False

    def _say(self, said: str) -> None:
        self.lines.append(self.rng.choice(_TRY).format(said))

    def row(self, way: tuple[str, ...]) -> list[str]:
        """The equations of a choice of signs."""
        result, said = self.puzzle.numbers[0], []
        for sign, number in zip(way, self.puzzle.numbers[1:], strict=True):
            said.append(equation(result, sign, number))
            result = apply(result, sign, number)
        return said


def _or(numbers: Sequence[int]) -> str:
    texts = [str(n) for n in numbers]
    return " or ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]
