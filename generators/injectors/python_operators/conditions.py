"""Conditions with the wrong boundary, the wrong way round or joined wrongly."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

_BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_INVERSE = {"==": "!=", "!=": "==", "in": "not in", "not in": "in", "is": "is not", "is not": "is"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def boundary(source: Source) -> Iterator[Change]:
    """`<` for `<=` and their like."""
    for node in source.all(cst.ComparisonTarget):
        after = _BOUNDARY.get(source.code(node.operator))
        if after:
            yield source.replace(node.operator, after)


def inverted(source: Source) -> Iterator[Change]:
    """`==` for `!=`, `>` for `<`, a `not` too many or too few."""
    for target in source.all(cst.ComparisonTarget):
        code = source.code(target.operator)
        if code in _INVERSE:
            yield source.replace(target.operator, _INVERSE[code])
        elif code in _TURNED:
            yield source.replace(target.operator, _TURNED[code], 1)
    for operation in source.all(cst.UnaryOperation):
        if isinstance(operation.operator, cst.Not):
            yield Change(source.inner(operation)[0], source.span(operation.expression)[0], "")
    for node in source.all((cst.If, cst.IfExp)):
        if isinstance(node.test, cst.Name | cst.Call | cst.Attribute | cst.Subscript):
            start = source.span(node.test)[0]
            gap = "" if source.text[start - 1].isspace() else " "
            yield Change(start, start, f"{gap}not ")


def connective(source: Source) -> Iterator[Change]:
    """`and` for `or` and the reverse."""
    for node in source.all(cst.BooleanOperation):
        if _parts(source, node) < 4:
            yield source.replace(node.operator, "or" if isinstance(node.operator, cst.And) else "and")


def _parts(source: Source, node: cst.BooleanOperation) -> int:
    """How many conditions the whole chain joins; in a long list of alternatives nobody writes one `and`."""
    top: cst.CSTNode = node
    while isinstance(above := source.parent(top), cst.BooleanOperation):
        top = above
    return 1 + sum(1 for _ in source.below(top, cst.BooleanOperation))
