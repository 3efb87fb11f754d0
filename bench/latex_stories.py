"""Small problems in LaTeX with worked solutions, made up here, for the page of examples."""

import random
from collections.abc import Callable

from generators.injectors.base import Subject
from schemas.problem import Problem


def _subject(statement: str, solution: str, answer: str) -> Subject:
    return Subject(problem=Problem(statement=statement, answer=answer), solution=solution)


def expanded(rng: random.Random) -> Subject:
    """A bracket multiplied out and like terms put together."""
    a, b, c, x = rng.randint(2, 9), rng.randint(2, 9), rng.randint(2, 9), rng.choice("xyzt")
    return _subject(
        f"Expand ${a}({x} + {b}) + {c}{x}$.",
        f"We multiply out and collect:\n\\[{a}({x} + {b}) + {c}{x} = {a}{x} + {a * b} + {c}{x} "
        f"= \\boxed{{{a + c}{x} + {a * b}}}.\\]",
        f"{a + c}{x} + {a * b}",
    )


def divided(rng: random.Random) -> Subject:
    """A sum divided by a number that divides both terms."""
    d, p, q, x = rng.randint(2, 6), rng.randint(2, 7), rng.randint(2, 7), rng.choice("xyzt")
    return _subject(
        f"Simplify $\\frac{{{d * p}{x} + {d * q}}}{{{d}}} + {x}$.",
        f"Both terms are divisible by ${d}$:\n\\[\\frac{{{d * p}{x} + {d * q}}}{{{d}}} + {x} = {p}{x} + {q} + {x} "
        f"= \\boxed{{{p + 1}{x} + {q}}}.\\]",
        f"{p + 1}{x} + {q}",
    )


def powers(rng: random.Random) -> Subject:
    """A power of a power times one more factor, or two squares added."""
    if rng.random() < 0.5:
        p, q, x = rng.randint(2, 5), rng.randint(3, 6), rng.choice("xyzt")
        return _subject(
            f"Write $({x}^{p})^{q} \\cdot {x}$ as one power.",
            f"$({x}^{p})^{q} \\cdot {x} = {x}^{{{p * q}}} \\cdot {x} = \\boxed{{{x}^{{{p * q + 1}}}}}$",
            f"{x}^{{{p * q + 1}}}",
        )
    a, b, c = rng.randint(4, 9), rng.randint(4, 9), rng.randint(10, 30)
    total = a * a + b * b
    return _subject(
        f"What is $({a}^2 + {b}^2) - {c}$?",
        f"First ${a}^2 + {b}^2 = {a * a} + {b * b} = {total}.$\n\nThen ${total} - {c} = \\boxed{{{total - c}}}.$",
        str(total - c),
    )


def two_roots(rng: random.Random) -> Subject:
    """A quadratic equation with two solutions, written with ± or one after the other."""
    x = rng.choice("xyzt")
    if rng.random() < 0.5:
        r = rng.randint(2, 12)
        return _subject(
            f"How many real solutions has ${x}^2 = {r * r}$?",
            f"Taking roots, ${x}^2 = {r * r} \\Rightarrow {x} = \\pm {r}$. So there are $\\boxed{{2}}$ solutions.",
            "2",
        )
    p, q = rng.sample(range(1, 10), 2)
    return _subject(
        f"Find the sum of the solutions of $({x} - {p})({x} - {q}) = 0$.",
        f"If $({x} - {p})({x} - {q}) = 0$, then ${x} = {p}$ or ${x} = {q}$. The sum is $\\boxed{{{p + q}}}$.",
        str(p + q),
    )


def turned(rng: random.Random) -> Subject:
    """A linear inequality with a negative factor; the number of positive whole solutions is asked for."""
    a, s, x = rng.randint(2, 6), rng.randint(3, 9), rng.choice("xyzt")
    b = rng.randint(a * s + 1, a * s + 30)
    return _subject(
        f"How many positive integers ${x}$ satisfy ${b} - {a}{x} \\ge {b - a * s}$?",
        f"Taking ${b}$ from both sides gives $-{a}{x} \\ge {-a * s}$, so ${x} \\le {s}$. "
        f"There are $\\boxed{{{s}}}$ of them.",
        str(s),
    )


STORIES: dict[str, Callable[[random.Random], Subject]] = {
    "distribution": expanded,
    "cancellation": divided,
    "exponent_rule": powers,
    "lost_root": two_roots,
    "inequality_flip": turned,
}
"""A story for each kind that only the injector of LaTeX makes."""
