"""A worked problem, and equations written so that a reader and a regular expression agree on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Worked:
    """A statement, the text of each step of its solution, and its answer.

    Every step holds one equation as `equation` writes it.
    """

    statement: str
    steps: tuple[str, ...]
    answer: int

    @property
    def solution(self) -> str:
        """One line a step, and the boxed answer on the last line."""
        lines = [f"Step {number}: {step}" for number, step in enumerate(self.steps, start=1)]
        return "\n".join([*lines, f"The answer is \\boxed{{{self.answer}}}."])


def apply(left: int, operator: str, right: int) -> int:
    """The exact integer result; raises ValueError where a division leaves a remainder."""
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if operator != "/" or left % right:
        raise ValueError(f"{left} {operator} {right} has no integer result")
    return left // right


def equation(left: int, operator: str, right: int) -> str:
    """`12 * 7 = 84`."""
    return f"{left} {operator} {right} = {apply(left, operator, right)}"
