"""The proof of a mistake in a program: the tests that the original passes catch it.

An injection is accepted when it compiles, is as a tree neither its original nor another accepted
mutant, has exactly one cause, fails at least one test with a wrong value (or, where the kind
allows it, with an exception), runs into no time limit, and does all that again in another process.
Each thing that was looked at is a `Check` of the injection.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from generators.injectors.python_operators.source import parsed
from schemas.errors import KINDS
from schemas.injection import Check, Injection

Outcome = Literal["passed", "failed_value", "raised", "timeout", "not_run"]
"""What one test saw: `failed_value` is a wrong value, `raised` an exception of the program."""

SECONDS = (0.1, 0.4, 2.0)
"""Processor seconds of one test; most references need a thousandth of the first, a few need the next."""


@dataclass(frozen=True, slots=True)
class CodeTask:
    """The tests of a problem: Python statements that raise where the program is wrong, and their imports."""

    tests: tuple[str, ...]
    setup: str = ""


class Outcomes(Protocol):
    """Runs programs against tests: for each program one outcome a test, in order."""

    def __call__(
        self, programs: Sequence[str], task: CodeTask, seconds: float = SECONDS[0]
    ) -> list[tuple[Outcome, ...]]:
        """`seconds` of processor time for each test. Never raises for what a program does."""
        ...


def prove(
    original: str,
    proposed: Sequence[Injection],
    task: CodeTask,
    outcomes: Outcomes,
    *,
    passes_one: bool = False,
) -> Iterator[Injection]:
    """The same injections with their checks, in order; `proven` says which are accepted.

    With `passes_one` a mutant must pass a test as well where there are several. Where the original
    itself does not pass every test nothing is proven.
    """
    programs = [original, *(injection.text for injection in proposed)]
    seconds, (first, *seen) = _runs(programs, task, outcomes)
    right = bool(first) and all(outcome == "passed" for outcome in first)
    candidates = [n for n, run in enumerate(seen) if "timeout" not in run and _caught(run)] if right else []
    again = dict(zip(candidates, outcomes([programs[n + 1] for n in candidates], task, seconds), strict=True))
    trees = {_dump(original)}
    for number, injection in enumerate(proposed):
        checks = [
            Check("original_passes", right, _told(first)),
            Check("distinct", (tree := _dump(injection.text)) not in trees and bool(tree)),
            *_ran(injection, seen[number], again.get(number, ()), passes_one=passes_one),
        ]
        proven = replace(injection, checks=tuple(checks))
        if proven.proven:
            trees.add(tree)
        yield proven


def _runs(
    programs: Sequence[str], task: CodeTask, outcomes: Outcomes
) -> tuple[float, list[tuple[Outcome, ...]]]:
    """All programs with the first time limit that the first of them keeps, and that limit."""
    runs, seconds = outcomes(programs, task, SECONDS[0]), SECONDS[0]
    for longer in SECONDS[1:]:
        if "timeout" in runs[0] and "timeout" not in outcomes(programs[:1], task, longer)[0]:
            runs, seconds = outcomes(programs, task, longer), longer
    return seconds, runs


def _ran(
    injection: Injection, seen: tuple[Outcome, ...], again: tuple[Outcome, ...], *, passes_one: bool
) -> Iterator[Check]:
    yield Check("terminates", "timeout" not in seen, _told(seen))
    allowed = (
        ("failed_value", "raised") if "program_fails" in KINDS[injection.kind].proofs else ("failed_value",)
    )
    name = "program_fails" if "raised" in allowed else "program_wrong_value"
    yield Check(name, any(outcome in allowed for outcome in seen), _told(seen))
    yield Check("repeats", bool(seen) and seen == again, _told(again))
    if passes_one and len(seen) > 1:
        yield Check("passes_one", "passed" in seen, _told(seen))


def _caught(run: tuple[Outcome, ...]) -> bool:
    return any(outcome in ("failed_value", "raised") for outcome in run)


def _told(run: tuple[Outcome, ...]) -> str:
    return " ".join(run)


def _dump(program: str) -> str:
    tree = parsed(program)
    return ast.dump(tree) if tree else ""
