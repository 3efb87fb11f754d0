"""Finding the first wrong step of a wrong attempt.

Three ways, in this order, each saying how it knows (`Location.method`):

* `equations`: the step states a false equation.
* `answer`: no step states anything strange and the answer given at the end is wrong. Proven only
  by continuations: the mistake may be in the words of an earlier step.
* `reference`: the first step that states a result which no known right solution states. Never
  proven: it may be the start of another way, and the first wrong word may stand before it (of 22
  looked at in GSM8K 16 were exact, the others one step early or late; docs/log.md).
* `continuations`: the policy reaches the right answer from before the step and in none of n tries
  from after it (Math-Shepherd's hard estimate, arXiv 2312.08935).

A false equation is *proven* the first mistake where every earlier step is vouched for: it stands
verbatim in a right solution, or all it states is read as equations and right solutions state the
same, operands included. What is read but not stated elsewhere is vouched for where the policy still
reaches the right answer from before the mistake (asked for in `generators.ask`).

Not covered: mistakes in words alone; steps without equations are not strange, and vouch for nothing.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from filters.verify.equations import Equation, equations
from generators.solutions import Solution
from schemas.attempt import Attempt
from schemas.location import Location

Steps = Sequence[Sequence[Equation]]
_MARKER = re.compile(r"\A\s*(?:Step )?\d+[.:)]")
"""`Step 2:` and `2.`: a step's own number is no statement."""

Key = tuple[Fraction, tuple[str, ...]]


def step_equations(attempt: Attempt) -> Steps:
    """Equations of every step, offsets within the step."""
    return [equations(attempt.step_text(i)) for i in range(len(attempt.steps))]


@dataclass(frozen=True)
class Known:
    """What right solutions state: results, whole equations as result and operands, and steps verbatim."""

    results: frozenset[Fraction]
    equations: frozenset[Key]
    steps: frozenset[str]


def known_of(solutions: Sequence[Solution]) -> Known:
    """Everything that the right solutions state."""
    stated = [e for s in solutions for e in equations(s.text)]
    steps = frozenset(s.step_text(i).strip() for s in solutions for i in range(len(s.steps)))
    return Known(frozenset(e.stated_value for e in stated), frozenset(map(_key, stated)), steps)


def _key(equation: Equation) -> Key:
    """Result and operands in any order: `3 * 4 = 12` and `4 * 3 = 12` are one equation."""
    operands = re.findall(r"\d[\d,]*(?:\.\d+)?|\.\d+", equation.left)
    return equation.stated_value, tuple(sorted(str(Fraction(o.replace(",", ""))) for o in operands))


def symbolic(attempt: Attempt, known: Known) -> Location | None:
    """First wrong step by its equations, given what right solutions state; None where nothing shows."""
    steps = step_equations(attempt)
    first_false = _first(steps, lambda e: e.holds is False)
    first_strange = _first(steps, lambda e: e.stated_value not in known.results) if known.results else None
    if first_false is not None and (first_strange is None or first_false <= first_strange):
        found = false_step(steps[first_false], first_false, vouched(attempt, known) >= first_false)
        return found if _computes_known(steps[first_false], known) else replace(found, kind="unknown")
    if first_strange is not None:
        return Location(first_strange, "reference", proven=False)
    if known.results and any(steps) and len(attempt.steps) > 1 and not steps[-1]:
        return _answer_step(attempt, steps)
    return None


def _first(steps: Steps, wrong: Callable[[Equation], bool]) -> int | None:
    return next((i for i, stated in enumerate(steps) if any(map(wrong, stated))), None)


def _computes_known(stated: Sequence[Equation], known: Known) -> bool:
    """Whether the false equation computes what a right solution computes: then only the result is wrong.

    `1 * 5 = 55` where `11 * 5` was meant is a miscopied value, not a calculation mistake.
    """
    operands = _key(next(e for e in stated if e.holds is False))[1]
    return not known.equations or operands in {key[1] for key in known.equations}


def vouched(attempt: Attempt, known: Known) -> int:
    """How many steps from the beginning right solutions vouch for."""
    texts = [attempt.step_text(i) for i in range(len(attempt.steps))]
    return next((i for i, text in enumerate(texts) if not _vouched(text, known)), len(texts))


def _vouched(step: str, known: Known) -> bool:
    if step.strip() in known.steps:
        return True
    return (
        bool(equations(step))
        and read_whole(step)
        and all(_key(e) in known.equations for e in equations(step))
    )


def read_whole(step: str) -> bool:
    """Whether every number of a step stands in an equation that is read.

    "In the first 19 days she walks 2 * 10 = 20 miles" and "13 - 4 = 9, so 9*x - 59 = -13" state more
    than their equations, and it may be wrong.
    """
    rest = _MARKER.sub("", step)
    shift = len(step) - len(rest)
    for equation in reversed(equations(step)):
        rest = rest[: max(0, equation.start - shift)] + rest[equation.end - shift :]
    return not re.search(r"[\d=]", rest)


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


def _answer_step(attempt: Attempt, steps: Steps) -> Location:
    """Nothing strange is stated, the answer is wrong: the last step misstates or stops short."""
    results = [e.stated_value for stated in steps for e in stated]
    stopped_short = plain_number(results[-1]) == attempt.verdict.evidence
    kind = "missing_step" if stopped_short else "final_answer"
    return Location(len(steps) - 1, "answer", proven=False, kind=kind, wrong=attempt.verdict.evidence)


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
