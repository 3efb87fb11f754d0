"""Wrong operators, and parentheses left out."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.change import Change
from generators.injectors.python_operators.source import Source

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
            if after == "**" and not isinstance(node.right, cst.Integer | cst.Name):
                continue
            yield source.replace(node.operator, after, rank)


def parentheses(source: Source) -> Iterator[Change]:
    """`a + b * c` for `(a + b) * c`: parentheses that bound what binds less."""
    for node in source.all(cst.BinaryOperation):
        parent = source.parent(node)
        if len(node.lpar) != 1 or not isinstance(parent, cst.BinaryOperation | cst.UnaryOperation):
            continue
        if isinstance(parent, cst.BinaryOperation) and not isinstance(parent.operator, _STRONG):
            rank = 1  # a - (b - c)
        else:
            rank = 0
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
