"""Wrong operators, and parentheses left out."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

_OTHERS = {
    "+": ("-",),
    "-": ("+",),
    "*": ("+", "**"),
    "/": ("//", "*"),
    "//": ("/", "%"),
    "%": ("//",),
    "**": ("*",),
    "&": ("|", "^"),
    "|": ("&", "^"),
    "^": ("|", "&"),
    "<<": (">>",),
    ">>": ("<<",),
}
_STRONG = (cst.Multiply, cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power)


def operator(source: Source) -> Iterator[Change]:
    """Another operator of arithmetic or of bits."""
    for node in source.all(cst.BinaryOperation):
        if isinstance(node.left, cst.List) or isinstance(node.right, cst.List):
            continue  # [0] * n is no arithmetic
        for rank, after in enumerate(_OTHERS.get(source.code(node.operator), ())):
            if after == "**" and source.code(node.right) not in ("2", "3"):
                continue  # x * 2 for x ** 2
            yield source.replace(node.operator, after, rank)


def parentheses(source: Source) -> Iterator[Change]:
    """`a + b * c` for `(a + b) * c`: parentheses that bound what binds less."""
    for node in source.all(cst.BinaryOperation):
        parent = source.parent(node)
        if len(node.lpar) != 1 or not isinstance(parent, cst.BinaryOperation | cst.UnaryOperation):
            continue
        weak = isinstance(parent, cst.BinaryOperation) and not isinstance(parent.operator, _STRONG)
        rank = 1 if weak else 0  # a - (b - c) is rarer
        start, end = source.inner(node)
        if "\n" not in source.text[start:end]:
            yield source.replace(node, source.text[start:end], rank)
    for both in source.all(cst.BooleanOperation):
        if len(both.lpar) == 1 and isinstance(source.parent(both), cst.BooleanOperation | cst.UnaryOperation):
            start, end = source.inner(both)
            before = source.span(both)[0]
            gap = "" if source.text[before - 1].isspace() else " "
            if "\n" not in source.text[start:end]:
                yield source.replace(both, gap + source.text[start:end], 0)


def missing_term(source: Source) -> Iterator[Change]:
    """A term or a factor left out: the work stopped before its end."""
    for node in source.all(cst.BinaryOperation):
        if isinstance(node.left, cst.List) or source.code(node.right) == "1":
            continue
        if not isinstance(
            node.operator, cst.Add | cst.Subtract | cst.Multiply | cst.Divide | cst.FloorDivide
        ):
            continue
        (start, middle), (begin, end) = source.span(node.left), source.span(node.right)
        if "\n" in source.text[start:end] or _step(source, node):
            continue
        if next(source.below(node.left, cst.Name), None) is not None:
            yield Change(middle, end, "", 0)  # else only a number would be left
        if isinstance(node.operator, cst.Add | cst.Multiply) and not isinstance(
            node.left, cst.BinaryOperation
        ):
            yield Change(start, begin, "", 1)


def _step(source: Source, node: cst.BinaryOperation) -> bool:
    """`n = n + x`, of which nothing would be left."""
    assign = source.parent(node)
    return isinstance(assign, cst.Assign) and source.code(assign.targets[0].target) == source.code(node.left)
