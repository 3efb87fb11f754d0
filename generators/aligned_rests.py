"""Rests of right solutions that go on from where an attempt stands, though their words are others."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from filters.verify.equations import equations
from generators.locating.meaning import Meanings, fingerprints
from generators.locating.shape import shape_of
from generators.solutions import Solution
from schemas.attempt import Attempt

_SUPPOSES = re.compile(r"\b(?:suppose|assum(?:e|ing)|denote|let(?!['\u2019]s| us| me))\b", re.IGNORECASE)
_SYMBOLS = re.compile(r"\d\s*\*\s*[a-zA-Z]\b|\b[a-zA-Z]\s*=|\d[a-z]\b(?=\s*[=+*/-])")
"""A variable: 11*x, x =, 3x + 1; not the words of "8 birds * 3 = <<8*3=24>>24 birds"."""
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")
_STEP_NUMBER = re.compile(r"\bstep \d+", re.IGNORECASE)


def aligned_rests(
    attempt: Attempt, upto: int, solutions: Sequence[Solution], given: frozenset[Fraction]
) -> Iterator[tuple[str, str]]:
    """Rests of right solutions after as many steps as compute just what the attempt has so far.

    The same numbers must mean the same: an 8 that is 5 + 3 dollars is not the 16 / 2 glasses of a solution. None
    after a step whose equations are not read, as one that names a variable: what was done by then is not known; nor
    behind a supposition of the solution's own, which its rest would refer to ("Suppose the side is 1").
    """
    done = [attempt.step_text(i) for i in range(upto)]
    if not all(map(_read, done)):
        return
    wanted, unread = _computed(done, given), _unread(done)
    for solution in solutions:
        for cut in range(len(solution.steps)):
            texts = [solution.step_text(i) for i in range(cut)]
            if not all(map(_read, texts)) or any(map(_SUPPOSES.search, texts)):
                break
            if (cut == 0) != (upto == 0) or _unread(texts) != unread:
                continue
            if _alike(wanted, _computed(texts, given)):
                yield solution.text[solution.steps[cut].start :], solution.parent
                break


def _read(step: str) -> bool:
    return "=" not in step or bool(equations(step))


def _unread(texts: Sequence[str]) -> list[list[str]]:
    """The numbers that steps state beside their equations, where they state something in symbols there.

    "-14 + 36 = 22, so 11*x = -22" has the right equation and goes on from the wrong one.
    """
    found = []
    for text in texts:
        rest = list(text)
        for equation in equations(text):
            rest[equation.start : equation.end] = " " * (equation.end - equation.start)
        beside = _STEP_NUMBER.sub("", "".join(rest))
        if _SYMBOLS.search(beside):
            found.append(sorted(_NUMBER.findall(beside)))
    return sorted(found)


Computed = list[tuple[Fraction, frozenset[int]]]


def _computed(texts: Sequence[str], given: frozenset[Fraction]) -> Computed:
    """Results with what they mean, in the order of the results."""
    meanings = Meanings(given)
    made = [
        (e.stated_value, fingerprints(meanings.add(shape_of(e.left), e.stated_value)))
        for text in texts
        for e in equations(text)
    ]
    return sorted(made, key=lambda one: (one[0], sorted(one[1])))


def _alike(one: Computed, other: Computed) -> bool:
    """Whether the results are the same and none means surely something else."""
    return [value for value, _ in one] == [value for value, _ in other] and all(
        not here or not there or here & there for (_, here), (_, there) in zip(one, other, strict=True)
    )
