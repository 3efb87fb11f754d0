"""What is gathered is overwritten, and what should be a copy is not."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.calls import called, unwrapped
from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

_OTHER = {
    "+=": ("=", "-="),
    "-=": ("=", "+="),
    "*=": ("+=", "="),
    "//=": ("/=",),
    "/=": ("//=",),
    "|=": ("&=", "="),
}


def accumulator(source: Source) -> Iterator[Change]:
    """`=` for `+=`, `total = x` for `total = total + x`, `found = [x]` for `found.append(x)`."""
    for step in source.all(cst.AugAssign):
        for rank, after in enumerate(_OTHER.get(source.code(step.operator), ())):
            yield source.replace(step.operator, after, rank)
    for assign in source.all(cst.Assign):
        value, target = assign.value, source.code(assign.targets[0].target)
        if isinstance(value, cst.BinaryOperation) and not value.lpar and source.code(value.left) == target:
            yield Change(source.span(value.left)[0], source.span(value.right)[0], "", 0)
        if isinstance(value, cst.Call) and called(value) in ("min", "max") and len(value.args) == 2:
            yield from (
                source.replace(value, source.code(other.value), 1)
                for own, other in (value.args, value.args[::-1])
                if source.code(own.value) == target
            )
    for expression in source.all(cst.Expr):
        call = expression.value
        if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and called(call) == "append":
            name = call.func.value
            if isinstance(name, cst.Name) and len(call.args) == 1:
                item = source.code(call.args[0].value)
                yield source.replace(call, f"{name.value} = [{item}]", 2)


def alias(source: Source) -> Iterator[Change]:
    """`ys = xs` for `ys = list(xs)`, `[[0] * m] * n` for one new list a row."""
    for call in source.all(cst.Call):
        if not _kept(source, call):
            continue
        if called(call) in ("list", "deepcopy", "copy", "dict", "set") and len(call.args) == 1:
            whole = isinstance(call.args[0].value, cst.Name | cst.Subscript | cst.Attribute)
            if whole and not call.args[0].star:
                yield unwrapped(source, call, 0)
        elif called(call) == "copy" and not call.args and isinstance(call.func, cst.Attribute):
            yield Change(source.span(call.func.value)[1], source.inner(call)[1], "", 0)
    for part in source.all(cst.Subscript):
        start = source.span(part.value)[1]
        if _kept(source, part) and source.text[start : source.inner(part)[1]].replace(" ", "") == "[:]":
            yield Change(start, source.inner(part)[1], "", 0)
    yield from _shared_rows(source)


def _shared_rows(source: Source) -> Iterator[Change]:
    """`[[0] * m] * n`: one list n times."""
    for rows in source.all(cst.ListComp):
        loop, made = rows.for_in, rows.elt
        fresh = isinstance(
            made.left if isinstance(made, cst.BinaryOperation) else made, cst.List | cst.ListComp
        )
        over = loop.iter
        if (
            not fresh
            or loop.ifs
            or loop.inner_for_in
            or not isinstance(over, cst.Call)
            or len(over.args) != 1
        ):
            continue
        names = {name.value for name in source.below(made, cst.Name)}
        if source.code(over.func) == "range" and source.code(loop.target) not in names:
            count = over.args[0].value
            plain = isinstance(count, cst.Name | cst.Integer)
            times = source.code(count) if plain else f"({source.code(count)})"
            yield source.replace(rows, f"[{source.code(made)}]{source.spaced('*')}{times}", 0)


def _kept(source: Source, node: cst.CSTNode) -> bool:
    """Whether a copy is bound to a name or put into something, so that it matters whose it is."""
    parent = source.parent(node)
    if isinstance(parent, cst.Arg):
        call = source.parent(parent)
        return isinstance(call, cst.Call) and called(call) in ("append", "add", "appendleft", "insert")
    return isinstance(parent, cst.Assign | cst.Element)


def one_after_another(source: Source) -> Iterator[Change]:
    """`a = b` and then `b = a + b` for `a, b = b, a + b`."""
    for line in source.all(cst.SimpleStatementLine):
        statement = line.body[0]
        if len(line.body) != 1 or not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
            continue
        left, right = statement.targets[0].target, statement.value
        if not isinstance(left, cst.Tuple) or not isinstance(right, cst.Tuple):
            continue
        pairs = list(zip(left.elements, right.elements, strict=False))
        later = "".join(source.code(value.value) for _, value in pairs[1:])
        if len(left.elements) != len(right.elements) or source.code(pairs[0][0].value) not in later:
            continue
        each = [f"{source.code(name.value)} = {source.code(value.value)}" for name, value in pairs]
        yield source.replace(statement, ("\n" + source.indent(line)).join(each), 0)
