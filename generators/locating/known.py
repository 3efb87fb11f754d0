"""What right solutions state, and which steps they vouch for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from filters.verify.equations import Equation, equations
from generators.locating.meaning import Meanings, fingerprints, partial
from generators.locating.shape import Form, Shape, shape_of
from generators.locating.stated import stated_numbers
from generators.locating.unit_words import Unit, unit_of
from generators.locating.wording import content_words
from generators.solutions import REFERENCE, Solution
from schemas.attempt import Attempt

_MARKER = re.compile(r"\A\s*(?:Step )?\d+[.:)]")
"""`Step 2:` and `2.`: a step's own number is no statement."""

Key = tuple[Fraction, tuple[str, ...]]


@dataclass(frozen=True)
class Known:
    """What right solutions state: results, equations as result and operands, steps verbatim, shapes with results."""

    results: frozenset[Fraction]
    equations: frozenset[Key]
    steps: frozenset[str]
    shapes: tuple[tuple[Shape, Fraction], ...] = ()
    forms: frozenset[Form] = field(default_factory=frozenset)
    last: frozenset[Fraction] = frozenset()
    """Results that some right solution computes last."""
    meanings: frozenset[int] = frozenset()
    """Fingerprints of what right solutions compute."""
    on_the_way: frozenset[int] = frozenset()
    """Fingerprints of parts of it: right to compute, wrong to end with."""
    wording: Mapping[int, frozenset[frozenset[str]]] = field(default_factory=dict)
    """Content words of the steps that compute a meaning."""
    units: Mapping[tuple[Form, Fraction], frozenset[Unit]] = field(default_factory=dict)
    """Units of measure that follow a computation's result in right solutions."""


def known_of(solutions: Sequence[Solution], statement: str = "") -> Known:
    """Everything that the right solutions of a statement state."""
    stated = [e for s in solutions for e in equations(s.text)]
    steps = frozenset(s.step_text(i).strip() for s in solutions for i in range(len(s.steps)))
    shapes: dict[Form, tuple[Shape, Fraction]] = {}
    reference = [e for s in solutions if s.parent == REFERENCE for e in equations(s.text)]
    for equation in reference or stated:
        shape = shape_of(equation.left)
        if shape is not None:
            shapes.setdefault(shape.form, (shape, equation.stated_value))
    ends = [equations(s.text)[-1].stated_value for s in solutions if equations(s.text)]
    return Known(
        frozenset(e.stated_value for e in stated),
        frozenset(map(key_of, stated)),
        steps,
        tuple(shapes.values()),
        frozenset(shape.form for e in stated if (shape := shape_of(e.left)) is not None),
        frozenset(ends),
        *_meanings(solutions, stated_numbers(statement)),
        _units(solutions),
    )


def _units(solutions: Sequence[Solution]) -> dict[tuple[Form, Fraction], frozenset[Unit]]:
    found: dict[tuple[Form, Fraction], frozenset[Unit]] = {}
    for solution in solutions:
        for equation in equations(solution.text):
            shape, unit = shape_of(equation.left), unit_of(solution.text, equation)
            if shape and unit:
                key = shape.form, equation.stated_value
                found[key] = found.get(key, frozenset()) | {unit}
    return found


def _meanings(
    solutions: Sequence[Solution], given: frozenset[Fraction]
) -> tuple[frozenset[int], frozenset[int], dict[int, frozenset[frozenset[str]]]]:
    """Trusted meanings, their parts, and how the steps that compute them are worded.

    A right answer may be reached by luck: what a policy computes is trusted where the reference or a second
    right attempt computes it too, or where there is no reference and no second attempt to ask.
    """
    seen: dict[int, set[str]] = {}
    forms: dict[int, Form] = {}
    wording: dict[int, set[frozenset[str]]] = {}
    for solution in solutions:
        text = Meanings(given)
        for number in range(len(solution.steps)):
            step = solution.step_text(number)
            for equation in equations(step):
                for form in text.add(shape_of(equation.left), equation.stated_value):
                    for found in fingerprints([form]):
                        forms[found] = form
                        seen.setdefault(found, set()).add(solution.parent)
                        wording.setdefault(found, set()).add(content_words(step))
    alone = len(solutions) == 1
    trusted = {f for f, parents in seen.items() if alone or REFERENCE in parents or len(parents) > 1}
    parts = {part for f in trusted for part in partial(forms[f])}
    return frozenset(trusted), fingerprints(parts), {f: frozenset(wording[f]) for f in trusted}


def key_of(equation: Equation) -> Key:
    """Result and operands in any order: `3 * 4 = 12` and `4 * 3 = 12` are one equation."""
    operands = re.findall(r"\d[\d,]*(?:\.\d+)?|\.\d+", equation.left)
    return equation.stated_value, tuple(sorted(str(Fraction(o.replace(",", ""))) for o in operands))


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
        and all(key_of(e) in known.equations for e in equations(step))
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
