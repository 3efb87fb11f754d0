"""Ends that are one too many or too few, and elements taken from the wrong place."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

_PLAIN = (cst.Name, cst.Integer, cst.Call, cst.Attribute, cst.Subscript)
"""Expressions after which `+ 1` may be written without a second thought."""

_WHOLE = {
    "sum",
    "min",
    "max",
    "sorted",
    "zip",
    "map",
    "filter",
    "Counter",
    "any",
    "all",
    "tuple",
    "set",
    "list",
}


def off_by_one(source: Source) -> Iterator[Change]:
    """Ends of `range` and of slices, and `- 1` or `+ 1` left out elsewhere."""
    seen: set[cst.CSTNode] = set()
    for call in source.all(cst.Call):
        if isinstance(call.func, cst.Name) and call.func.value == "range" and _positional(call):
            ends = [argument.value for argument in call.args]
            for number, end in enumerate(ends[:2]):
                seen.add(end)
                yield from _shifted(source, end, stop=number == 1 or len(ends) == 1)
    for part in source.all(cst.Slice):
        for edge, stop in ((part.lower, False), (part.upper, True)):
            if edge is not None:
                seen.add(edge)
                yield from _shifted(source, edge, stop=stop)
    for node in source.all(cst.BinaryOperation):
        free = node not in seen and not isinstance(source.parent(node), cst.Index)
        if free and _is_one(node) and not _step(source, node):
            yield _without_one(source, node, 1)
    for name in _looked_through(source):
        place = source.span(name)[1]
        yield Change(place, place, "[1:]", 2)
        yield Change(place, place, "[:-1]", 2)


def _looked_through(source: Source) -> Iterator[cst.Name]:
    """Names of what is gone through whole: loops over them and what sums them up."""
    for loop in source.all((cst.For, cst.CompFor)):
        if isinstance(loop.iter, cst.Name):
            yield loop.iter
    for call in source.all(cst.Call):
        if isinstance(call.func, cst.Name) and call.func.value in _WHOLE and _positional(call):
            last = call.args[-1].value
            if isinstance(last, cst.Name):
                yield last


def _step(source: Source, node: cst.BinaryOperation) -> bool:
    """`n = n + 1`, which without the one would say nothing."""
    parent = source.parent(node)
    return isinstance(parent, cst.Assign) and any(
        source.code(target.target) == source.code(node.left) for target in parent.targets
    )


def wrong_index(source: Source) -> Iterator[Change]:
    """`xs[i]` for `xs[i + 1]`, the first for the last, rows for columns."""
    for index in source.all(cst.Index):
        value = index.value
        if isinstance(value, cst.Integer):
            yield from (source.replace(value, str(n), r) for n, r in _beside(int(value.value, 0)))
        elif _negative(value):
            yield source.replace(value, "0")
        elif isinstance(value, cst.BinaryOperation) and _is_one(value):
            yield _without_one(source, value, 0)
        elif isinstance(value, cst.Name) and _counts(source, value):
            yield from (source.replace(value, f"{value.value}{source.spaced(o)}1", 1) for o in "+-")
    for outer in source.all(cst.Subscript):
        if isinstance(outer.value, cst.Subscript) and source.code(outer) != source.code(outer.value):
            first, second = (_index(n) for n in (outer.value, outer))
            if isinstance(first, cst.Name) and isinstance(second, cst.Name) and first.value != second.value:
                yield source.swap(first, second)


def _beside(index: int) -> list[tuple[int, int]]:
    return [(-1, 0), (1, 0)] if index == 0 else [(index - 1, 0), (index + 1, 1)]


def _index(node: cst.Subscript) -> cst.BaseExpression | None:
    inside = node.slice[0].slice
    return inside.value if len(node.slice) == 1 and isinstance(inside, cst.Index) else None


def _counts(source: Source, name: cst.Name) -> bool:
    """Whether a name is compared, computed with, or counts a range: keys of a dictionary are not moved by one."""
    for loop in source.all((cst.For, cst.CompFor)):
        target, over = loop.target, loop.iter
        if isinstance(target, cst.Name) and target.value == name.value:
            return isinstance(over, cst.Call) and source.code(over.func) == "range"
    return any(
        isinstance(step.target, cst.Name) and step.target.value == name.value
        for step in source.all(cst.AugAssign)
    )


def _shifted(source: Source, end: cst.BaseExpression, *, stop: bool) -> Iterator[Change]:
    if isinstance(end, cst.BinaryOperation) and _is_one(end):
        yield _without_one(source, end, 0)
    elif isinstance(end, cst.Integer):
        value = int(end.value, 0)
        if value:
            yield source.replace(end, str(value - 1), 0)
        yield source.replace(end, str(value + 1), 0 if value < 2 else 1)
    elif _negative(end):
        yield source.replace(end, f"-{int(source.code(end)[1:]) + 1}", 1)
    elif isinstance(end, _PLAIN) or (isinstance(end, cst.BinaryOperation) and _sum(end)):
        first, second = ("-", "+") if stop else ("+", "-")
        place = source.span(end)[1]
        yield Change(place, place, f"{source.spaced(first)}1", 0)
        yield Change(place, place, f"{source.spaced(second)}1", 1)


def _sum(node: cst.BinaryOperation) -> bool:
    kinds = (cst.Add, cst.Subtract, cst.Multiply, cst.Divide, cst.FloorDivide, cst.Modulo)
    return isinstance(node.operator, kinds) and not node.lpar


def _negative(node: cst.BaseExpression) -> bool:
    return (
        isinstance(node, cst.UnaryOperation)
        and isinstance(node.operator, cst.Minus)
        and isinstance(node.expression, cst.Integer)
        and node.expression.value.isdecimal()
        and not node.lpar
        and isinstance(node.operator.whitespace_after, cst.SimpleWhitespace)
        and not node.operator.whitespace_after.value
    )


def _is_one(node: cst.BinaryOperation) -> bool:
    right = node.right
    return (
        isinstance(node.operator, cst.Add | cst.Subtract)
        and isinstance(right, cst.Integer)
        and right.value == "1"
    )


def _without_one(source: Source, node: cst.BinaryOperation, rank: int) -> Change:
    """Without ` + 1`, and without the parentheses that only it needed."""
    start, end = source.span(node)
    if node.lpar and isinstance(node.left, cst.Name | cst.Call) and not source.text[start - 1].isalnum():
        return Change(start, end, source.code(node.left), rank)
    return Change(source.span(node.left)[1], source.span(node.right)[1], "", rank)


def _positional(call: cst.Call) -> bool:
    return bool(call.args) and all(not a.star and a.keyword is None for a in call.args)
