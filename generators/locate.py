"""Finding the first wrong step of a wrong attempt.

Three ways, in this order, each saying how it knows (`Location.method`):

* `equations`: the step states a false equation. Proven where every earlier step is known to be
  right: it only states results that right solutions of the same problem state too, or the policy
  still reaches the right answer from before the step.
* `answer`: every step is known to be right and the answer given at the end is not.
* `reference`: the first step that computes something which no known right solution computes.
  Likely, not proven: it may be the start of another way that goes wrong later.
* `continuations`: the policy reaches the right answer from before the step and in none of n tries
  from after it (Math-Shepherd's hard estimate, arXiv 2312.08935).

Not covered: mistakes in words alone; steps without numbers are taken as right.
"""

from collections.abc import Sequence
from fractions import Fraction

from filters.verify.equations import Equation, equations
from generators.solutions import Solution
from schemas.attempt import Attempt
from schemas.location import Location


def step_equations(attempt: Attempt) -> list[list[Equation]]:
    """Equations of every step, offsets within the step."""
    return [equations(attempt.step_text(i)) for i in range(len(attempt.steps))]


def known_results(solutions: Sequence[Solution]) -> frozenset[Fraction]:
    """Every result that some right solution states."""
    return frozenset(e.stated_value for s in solutions for e in equations(s.text))


def symbolic(attempt: Attempt, known: frozenset[Fraction]) -> Location | None:
    """First wrong step by its equations, given what right solutions compute; None where nothing shows."""
    steps = step_equations(attempt)
    first_false = next((i for i, s in enumerate(steps) if any(e.holds is False for e in s)), None)
    first_strange = next((i for i, s in enumerate(steps) if _strange(s, known)), None)
    if first_false is not None and (first_strange is None or first_false <= first_strange):
        return false_step(steps[first_false], first_false, proven=bool(known))
    if first_strange is not None:
        likely = Location(first_strange, "reference", proven=False)
        return likely if known else _unproven_false(steps, first_false)
    if known and any(steps) and len(attempt.steps) > 1:
        return _answer_step(attempt, steps)
    return None


def _strange(stated: Sequence[Equation], known: frozenset[Fraction]) -> bool:
    return any(e.stated_value not in known for e in stated)


def false_step(stated: Sequence[Equation], number: int, proven: bool) -> Location:
    """Where a step states a false equation: what it says and what is true."""
    false = next(e for e in stated if e.holds is False)
    return Location(
        number,
        "equations",
        proven,
        kind="calculation",
        expression=false.left,
        wrong=false.stated,
        right=plain_number(false.left_value) if _short(false.left_value) else "",
    )


def _unproven_false(steps: Sequence[Sequence[Equation]], number: int | None) -> Location | None:
    return None if number is None else false_step(steps[number], number, proven=False)


def _answer_step(attempt: Attempt, steps: Sequence[Sequence[Equation]]) -> Location | None:
    """All results are known to be right, the answer is not: the last step misstates or stops short."""
    last = len(attempt.steps) - 1
    if steps[last]:
        return None
    results = [e.stated_value for s in steps for e in s]
    stopped_short = plain_number(results[-1]) == attempt.verdict.evidence
    kind = "missing_step" if stopped_short else "final_answer"
    return Location(last, "answer", proven=True, kind=kind, wrong=attempt.verdict.evidence)


def _short(value: Fraction) -> bool:
    """Whether a person would write the value out."""
    return value.denominator <= 100 or (value * 10_000).denominator == 1


def plain_number(value: Fraction) -> str:
    """A number as a person writes it: integer, short decimal, else a fraction."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = value * 10_000
    if scaled.denominator == 1:
        return f"{float(value):.4f}".rstrip("0")
    return f"{value.numerator}/{value.denominator}"
