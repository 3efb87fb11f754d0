"""A programming problem with its tests: what a program is judged by.

Example (MBPP 2): tests `("assert set(similar_elements((3, 4, 5, 6),(5, 7, 4, 10))) == set((4, 5))", …)`,
no setup, no entry point (the tests name the function).
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.exceptions import RecordError


@dataclass(frozen=True, slots=True)
class StdioTest:
    """A program run as a script: what it reads and what it must print."""

    stdin: str
    stdout: str


_ENTRY_POINT = re.compile(r"[^\W\d]\w*((\(\))?\.[^\W\d]\w*)?")
Test = str | StdioTest
"""Assertions as Python source, or a standard input with its output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramTask:
    """Tests and what they need. RecordError where it cannot be used."""

    tests: tuple[Test, ...]
    """Shown in feedback."""
    hidden_tests: tuple[Test, ...] = ()
    """They decide too; their feedback says only how they failed."""
    setup: str = ""
    """Imports and helpers that run before the program and beside the expected values."""
    entry_point: str = ""
    """The function or class under test; needed by `def check(candidate)` without a call.

    `Solution().f` (or `Solution.f`) is a method of a new object each time: tests name it `f`.
    """
    reference: str = ""
    """A right program: gives the time limit its measure and mutants their origin."""
    id: str = ""

    def __post_init__(self) -> None:
        if not self.all_tests:
            raise RecordError(
                "there are no tests: give `tests` at least one assert statement or {stdin, stdout}"
            )
        if self.entry_point and not _ENTRY_POINT.fullmatch(self.entry_point):
            raise RecordError(f"entry_point {self.entry_point!r} is not a name (or Class().method)")
        for number, test in enumerate(self.all_tests, start=1):
            if isinstance(test, str):
                _parsed(test, f"test {number}")
                if not test.strip():
                    raise RecordError(f"test {number} is empty")
        _parsed(self.setup, "the setup")

    @property
    def all_tests(self) -> tuple[Test, ...]:
        """Visible tests, then hidden ones."""
        return self.tests + self.hidden_tests


def _parsed(source: str, name: str) -> None:
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise RecordError(f"{name} is no Python: {error.msg}, line {error.lineno}: {source[:80]!r}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise RecordError(f"{name} cannot be read: {error}") from None


def task_of(row: Mapping[str, Any]) -> ProgramTask:
    """The task of a JSON row: `tests`, optional `hidden_tests`, `test_imports`, `entry_point`, `reference`, `id`.

    `tests` is a list of assert statements or `{stdin, stdout}` objects, or one text of statements.
    """
    setup = row.get("test_imports") or ""
    if isinstance(setup, list) and all(isinstance(line, str) for line in setup):
        setup = "\n".join(setup)
    if not isinstance(setup, str):
        raise RecordError(f"test_imports must be a text or a list of texts, got {type(setup).__name__}")
    return ProgramTask(
        tests=_tests(row.get("tests"), "tests"),
        hidden_tests=_tests(row.get("hidden_tests") or [], "hidden_tests"),
        setup=setup,
        entry_point=_text(row, "entry_point"),
        reference=_text(row, "reference"),
        id=str(row.get("id", "")),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name) or ""
    if not isinstance(value, str):
        raise RecordError(f"{name} must be a text, got {type(value).__name__}")
    return value


def _tests(written: object, name: str) -> tuple[Test, ...]:
    if isinstance(written, str):
        written = [written]
    if not isinstance(written, list):
        raise RecordError(f"{name} must be a list of assert statements or {{stdin, stdout}} objects")
    return tuple(_test(one, f"{name}[{number}]") for number, one in enumerate(written))


def _test(written: object, name: str) -> Test:
    match written:
        case str():
            return written
        case {"stdin": str(stdin), "stdout": str(stdout)}:
            return StdioTest(stdin, stdout)
    raise RecordError(f"{name} must be an assert statement or an object with the texts stdin and stdout")
