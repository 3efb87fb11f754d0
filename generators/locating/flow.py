"""The dataflow of an attempt: what each equation computes, from which numbers, and what uses it.

16 - 3 = 13        from 16, 3 (the statement)
13 * 2 = 26        from 13 (the first equation), 2 (the statement)
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from filters.verify.arithmetic import number_value, tokens_of
from filters.verify.equations import Equation, equations
from generators.locating.known import Known
from generators.locating.meaning import Meanings, fingerprints
from generators.locating.shape import Shape, shape_of
from generators.locating.stated import CONVERSIONS, stated_numbers
from schemas.attempt import Attempt


@dataclass(frozen=True)
class Computation:
    """One equation of a step; `shape` is None where the expression could not be taken apart."""

    step: int
    equation: Equation
    shape: Shape | None

    @property
    def result(self) -> Fraction:
        """What the step says the result is."""
        return self.equation.stated_value

    @property
    def operands(self) -> tuple[Fraction, ...]:
        """The numbers it computes with."""
        return self.shape.operands if self.shape else ()


@dataclass(frozen=True)
class Evidence:
    """Everything a way of locating may look at without asking a model."""

    statement: str
    attempt: Attempt
    known: Known

    @cached_property
    def computations(self) -> tuple[Computation, ...]:
        """All equations of the attempt, in order."""
        return tuple(
            Computation(number, equation, shape_of(equation.left))
            for number in range(len(self.attempt.steps))
            for equation in equations(self.attempt.step_text(number))
        )

    @cached_property
    def meanings(self) -> tuple[frozenset[int], ...]:
        """Fingerprints of every computation, in order; empty where its expression could not be taken apart."""
        text = Meanings(self.given)
        return tuple(fingerprints(text.add(c.shape, c.result)) for c in self.computations)

    def means_known(self, place: int) -> bool:
        """Whether an equation computes, by whatever way, what a right solution computes."""
        return bool(self.meanings[place] & self.known.meanings)

    def on_the_way(self, place: int) -> bool:
        """Whether an equation computes a part of what a right solution computes."""
        return bool(self.meanings[place] & self.known.on_the_way)

    def ends_with(self, place: int) -> bool:
        """Whether the attempt's answer is this equation's result, and no later one has it."""
        last = [n for n, c in enumerate(self.computations) if c.result == self.answer]
        return bool(last) and last[-1] == place

    @cached_property
    def given(self) -> frozenset[Fraction]:
        """Numbers of the statement."""
        return stated_numbers(self.statement)

    @cached_property
    def answer(self) -> Fraction | None:
        """The attempt's answer where it is one number."""
        return number_in(self.attempt.verdict.evidence)

    @cached_property
    def ancestors(self) -> frozenset[int]:
        """Numbers (places in `computations`) of the equations that the answer comes from.

        An answer that no equation has as its result (rounded, with a unit) comes from the last one.
        """
        results = [c.result for c in self.computations]
        wanted = [self.answer if self.answer in results else r for r in results[-1:]]
        found: set[int] = set()
        while wanted:
            value = wanted.pop()
            for place in range(len(self.computations) - 1, -1, -1):
                computation = self.computations[place]
                if computation.result == value and place not in found:
                    found.add(place)
                    wanted += computation.operands
        return frozenset(found)

    def before(self, place: int) -> set[Fraction]:
        """Results of the equations before one."""
        return {c.result for c in self.computations[:place]}

    def sourced(self, operand: Fraction, place: int) -> bool:
        """Whether a number stands in the statement, is an earlier result or too common to have a source."""
        known_operands = {o for shape, _ in self.known.shapes for o in shape.operands}
        return (
            operand in self.given
            or operand in CONVERSIONS
            or 0 <= operand <= 1
            or operand in self.before(place)
            or operand in known_operands
        )


def number_in(text: str) -> Fraction | None:
    """The number a short text is, with any money or percent sign; None where it is not one number."""
    numbers = [t for t in tokens_of(text) if t.kind in {"number", "fraction", "operator"}]
    values = [t for t in numbers if t.kind != "operator"]
    if len(values) != 1 or len(numbers) > 2 or (len(numbers) == 2 and numbers[0].text != "-"):
        return None
    try:
        value = number_value(values[0])
    except ValueError:
        return None
    return -value if len(numbers) == 2 else value
