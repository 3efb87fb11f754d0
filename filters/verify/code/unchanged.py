"""Expectations that are worked out from an input which the program was given and may have changed.

In `a = [3, 1]; assert f(a) == sorted(a)` the program's process says what `a` is after the call. A program
that empties it and returns [] would pass: the condition counts only where `a` is still what it was.
"""

import ast
from collections.abc import Mapping, Sequence

from filters.verify.code.asserts import PLACEHOLDER, CannotSplit


def inputs_unchanged(condition: ast.expr, looked: Mapping[int, ast.expr | None]) -> tuple[ast.expr, ...]:
    """Conditions that the inputs on the expected side are as they were.

    `looked`: numbers of the calls that say what an input is, with what it was (None: not known, then
    `CannotSplit`). `sort(a); assert a == [1, 3]` has none: there the input is what is tested.
    """
    numbers = {n for node in ast.walk(condition) for n in _mixed(node, looked)}
    made: list[ast.expr] = []
    for number in sorted(numbers):
        original = looked[number]
        if original is None:
            raise CannotSplit("an expectation on what the program may have changed")
        made.append(ast.Compare(ast.Name(PLACEHOLDER.format(number), ast.Load()), [ast.Eq()], [original]))
    return tuple(made)


def _mixed(node: ast.AST, looked: Mapping[int, ast.expr | None]) -> set[int]:
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
        case ast.BinOp(left=left, right=right):
            sides = [left, right]
        case ast.Call(func=function, args=arguments, keywords=keywords):
            sides = [function, *arguments, *(keyword.value for keyword in keywords)]
        case ast.IfExp(test=test, body=body, orelse=other):
            sides = [test, body, other]
        case _:
            return set()
    found: set[int] = set()
    said = [placeholders(side) for side in sides]
    for number, mine in enumerate(said):
        others_said = {n for k, theirs in enumerate(said) if k != number for n in theirs}
        if others_said - looked.keys():
            found |= mine & looked.keys()
    return found


def placeholders(node: ast.AST) -> set[int]:
    """Numbers of the calls that an expression outside hangs on."""
    prefix = PLACEHOLDER.format("")
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return {int(name.removeprefix(prefix)) for name in names if name.startswith(prefix)}


def grounded(condition: ast.expr, sources: Sequence[str]) -> bool:
    """Whether it sets what the program says against anything but the same; `sources`: of all calls."""
    match condition:
        case ast.BoolOp(values=values):
            return any(grounded(value, sources) for value in values)
        case ast.UnaryOp(operand=operand):
            return grounded(operand, sources)
        case ast.Compare(left=left, comparators=others):
            said = [{sources[number] for number in placeholders(side)} for side in (left, *others)]
            return not all(said) or len(set().union(*said)) > 1
    return True
