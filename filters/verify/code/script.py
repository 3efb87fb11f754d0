"""A test taken apart: calls for the program, and checks of what they give that are made outside."""

import ast
from dataclasses import dataclass

from filters.verify.code.asserts import PLACEHOLDER
from filters.verify.code.scope import free_names
from filters.verify.sandbox.job import Call


@dataclass(frozen=True, slots=True)
class Check:
    """A condition over `_value_N`, what call N gave."""

    condition: ast.expr
    text: str
    """The assertion as the test has it."""
    unchanged: tuple[ast.expr, ...] = ()
    """What must hold for the condition to say anything: inputs that it looks at are as they were."""


@dataclass(frozen=True, slots=True)
class MustRun:
    """Call N must not raise."""

    call: int


@dataclass(frozen=True, slots=True)
class MustRaise:
    """Call N must raise one of the classes; then the conditions hold, over `_message_N`."""

    call: int
    kinds: tuple[str, ...]
    conditions: tuple[ast.expr, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """One test, taken apart. With `weak` (the reason) it is one call that holds the whole test."""

    calls: tuple[Call, ...]
    checks: tuple[Check | MustRun | MustRaise, ...]
    setup: str = ""
    """What the outside half needs defined: the test's own imports and helpers."""
    weak: str = ""
    unusable: str = ""
    """Why it says nothing of any program: it asks nothing, or its form cannot be run here."""
    given: tuple[ast.expr, ...] = ()
    """What `_given_N` in the calls stands for: the test's own, worked out without the program."""


GIVEN = "_given_{}"


def holds_placeholder(node: ast.AST) -> bool:
    prefix = PLACEHOLDER.format("")
    return any(name.startswith(prefix) for name in free_names(node))


def compares_two(script: Script) -> bool:
    """Whether a condition sets two things that the program gave against each other."""
    conditions = [check.condition for check in script.checks if isinstance(check, Check)]
    return any(
        sum(holds_placeholder(side) for side in sides) > 1
        for condition in conditions
        for node in ast.walk(condition)
        for sides in [
            [node.left, *node.comparators] if isinstance(node, ast.Compare)
            else node.args if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance" else []
        ]
    )  # fmt: skip


def source_text(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node))
