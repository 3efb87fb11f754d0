"""Lines in the wrong block or left out: what indentation and hurry do."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

Loop = cst.For | cst.While


def early_return(source: Source) -> Iterator[Change]:
    """The `return` after a loop stands inside it."""
    for before, line in _neighbours(source):
        if isinstance(line.body[0], cst.Return):
            yield from _pushed(source, before, line, deepest=isinstance(before, Loop))


def indentation(source: Source) -> Iterator[Change]:
    """A line after a block stands inside it, or its last line stands after it."""
    for before, line in _neighbours(source):
        if not isinstance(line.body[0], cst.Return):
            yield from _pushed(source, before, line, deepest=False)
    for block in source.all(cst.IndentedBlock):
        owner = source.parent(block)
        last = block.body[-1]
        if not isinstance(owner, cst.If | cst.For | cst.While) or owner.orelse is not None:
            continue
        if len(block.body) < 2 or not isinstance(last, cst.SimpleStatementLine) or not source.alone(last):
            continue
        if isinstance(last.body[0], cst.Break | cst.Continue):
            continue
        start, indent = source.line(last)[0], source.indent(owner)
        rank = 0 if not isinstance(last.body[0], cst.Return) else 1
        yield Change(start, start + len(source.indent(last)), indent, rank)


def _neighbours(source: Source) -> Iterator[tuple[cst.BaseStatement, cst.SimpleStatementLine]]:
    """Loops and conditions, each with the simple line after it."""
    for block in source.all((cst.IndentedBlock, cst.Module)):
        for before, line in zip(block.body, block.body[1:], strict=False):
            if not isinstance(line, cst.SimpleStatementLine) or not source.alone(line):
                continue
            if isinstance(before, cst.For | cst.While | cst.If) and before.orelse is None:
                yield before, line


def _pushed(
    source: Source, before: cst.BaseStatement, line: cst.SimpleStatementLine, *, deepest: bool
) -> Iterator[Change]:
    """The line with the indentation of the block before it, and of the block at that one's end."""
    body, rank = getattr(before, "body", None), 0
    while isinstance(body, cst.IndentedBlock):
        last = body.body[-1]
        start = source.line(line)[0]
        if source.alone(last) and source.indent(last).startswith(source.indent(line)):
            yield Change(start, start + len(source.indent(line)), source.indent(last), rank)
        if not deepest or not isinstance(last, cst.For | cst.While | cst.If):
            return
        body, rank = last.body, rank + 1


def missing_statement(source: Source) -> Iterator[Change]:
    """An update, a call that changes something, or a second assignment left out."""
    for line in source.all(cst.SimpleStatementLine):
        block = source.parent(line)
        if not isinstance(block, cst.IndentedBlock) or len(block.body) < 2 or len(line.body) != 1:
            continue
        if source.alone(line) and _does_something(source, line.body[0]):
            yield Change(*source.line(line), "", 0)


def _does_something(source: Source, statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.AugAssign):
        return True
    if isinstance(statement, cst.Expr):
        call = statement.value
        return isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute)
    if not isinstance(statement, cst.Assign):
        return False
    target = statement.targets[0].target
    if isinstance(target, cst.Subscript):
        return True
    place = source.inner(statement)[0]
    return isinstance(target, cst.Name) and any(
        source.inner(name)[0] < place and name.value == target.value
        for name in source.all(cst.Name)
        if isinstance(source.parent(name), cst.AssignTarget | cst.Param)
    )
