"""Cases left out, and branches that no longer exclude each other."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

_LEAVES = (cst.Return, cst.Raise, cst.Continue, cst.Break)


def missing_case(source: Source) -> Iterator[Change]:
    """A guard, a branch, a condition of a conjunction or of a comprehension left out."""
    for node in source.all(cst.If):
        yield from _branches(source, node)
    for both in source.all(cst.BooleanOperation):
        if isinstance(source.parent(both), cst.BooleanOperation) and not both.lpar:
            continue  # the outer one offers its last part already
        (start, middle), (begin, end) = source.span(both.left), source.span(both.right)
        yield Change(middle, end, "", 0)
        yield Change(start, begin, "", 1)
    for only in source.all(cst.CompIf):
        start, end = source.inner(only)
        start = len(source.text[:start].rstrip())
        yield Change(start, max(end, source.span(only.test)[1]), "", 0)
    for choice in source.all(cst.IfExp):
        yield Change(source.span(choice.body)[1], source.span(choice.orelse)[1], "", 1)


def _branches(source: Source, node: cst.If) -> Iterator[Change]:
    elif_ = isinstance(source.parent(node), cst.If)
    start = _with_comments(source, node)
    if elif_:
        end = _line(source, node.orelse) if node.orelse is not None else _after(source, node)
        yield Change(start, end, "", 0)
    elif node.orelse is None and source.alone(node):
        yield Change(start, _after(source, node), "", 0 if _leaves(node.body) else 1)
    if isinstance(node.orelse, cst.Else):
        yield Change(_line(source, node.orelse), _after(source, node.orelse), "", 1)


def _line(source: Source, node: cst.CSTNode) -> int:
    return source.line(node)[0]


def _after(source: Source, node: cst.CSTNode) -> int:
    return source.line(node)[1]


def _with_comments(source: Source, node: cst.If) -> int:
    """Where the lines of a branch begin, with the comments right above it: they speak of what is left out."""
    start = _line(source, node)
    for above in reversed(node.leading_lines):
        if above.comment is None:
            break
        start = source.text.rfind("\n", 0, start - 1) + 1
    return start


def _leaves(body: cst.BaseSuite) -> bool:
    last = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, _LEAVES)


def branching(source: Source) -> Iterator[Change]:
    """`if` for `elif`, where the branch before does not leave: both may run, or the `else` may."""
    for node in source.all(cst.If):
        inner = node.orelse
        if isinstance(inner, cst.If):
            start = source.inner(inner)[0]
            if source.text.startswith("elif", start):
                yield Change(start, start + len("elif"), "if", 1 if _leaves(node.body) else 0)


def jump(source: Source) -> Iterator[Change]:
    """`break` for `continue`, and a `break` left out."""
    for stop in source.all(cst.Break):
        block = source.around(stop, cst.IndentedBlock)
        line = source.parent(stop)
        if line is not None and block is not None and len(block.body) > 1 and source.alone(line):
            yield Change(*source.line(line), "", 0)
        yield source.replace(stop, "continue", 0)
    for on in source.all(cst.Continue):
        yield source.replace(on, "break", 0)
