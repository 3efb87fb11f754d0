"""Which variables a place of a program could name instead, judged by how they are made and used."""

from dataclasses import dataclass, field
from typing import Literal

import libcst as cst

from generators.injectors.python_operators.source import Source

Shape = Literal["number", "text", "many", "truth"]
_NUMBERS = {"len", "int", "sum", "abs", "round", "ord", "pow", "float"}
_MANY = {"list", "sorted", "set", "tuple", "dict", "range", "defaultdict", "Counter", "zip", "map", "filter"}
_TEXTS = {"str", "input", "chr", "join", "lower", "upper", "strip", "bin", "hex"}


@dataclass
class Variable:
    """A local name: where it is first bound, what it seems to hold, and how it is bound."""

    name: str
    bound: int
    how: Literal["parameter", "loop", "assigned"]
    shapes: set[Shape] = field(default_factory=set)


def variables(source: Source, function: cst.FunctionDef) -> dict[str, Variable]:
    """The local variables of a function; those of comprehensions and inner functions are not among them."""
    found: dict[str, Variable] = {}
    for parameter in function.params.params:
        name = parameter.name.value
        found[name] = Variable(name, source.inner(parameter)[0], "parameter")
    for node in source.below(function.body, (cst.AssignTarget, cst.For)):
        if source.around(node, cst.FunctionDef) is not function:
            continue
        for bound in _names(node.target):
            how: Literal["loop", "assigned"] = "loop" if isinstance(node, cst.For) else "assigned"
            variable = found.setdefault(bound.value, Variable(bound.value, source.inner(bound)[0], how))
            shape = _made(node, source)
            if shape and isinstance(node.target, cst.Name):
                variable.shapes.add(shape)
    for use in source.below(function.body, cst.Name):
        shape = _used(source, use)
        if shape and use.value in found:
            found[use.value].shapes.add(shape)
    return found


def alike(one: Variable, other: Variable) -> int | None:
    """0 where both surely hold the same sort of thing, 2 where that is unknown, None where they do not."""
    if one.shapes and other.shapes:
        return (0 if one.how == other.how else 1) if one.shapes & other.shapes else None
    return 2 if one.how == other.how and not one.shapes and not other.shapes else None


def _names(target: cst.BaseExpression) -> list[cst.Name]:
    if isinstance(target, cst.Name):
        return [target]
    if isinstance(target, cst.Tuple):
        return [name for element in target.elements for name in _names(element.value)]
    return []


def _made(node: cst.AssignTarget | cst.For, source: Source) -> Shape | None:
    if isinstance(node, cst.For):
        called = node.iter.func if isinstance(node.iter, cst.Call) else None
        return "number" if isinstance(called, cst.Name) and called.value == "range" else None
    assign = source.parent(node)
    return shape(assign.value) if isinstance(assign, cst.Assign) else None


def shape(value: cst.BaseExpression) -> Shape | None:
    """What an expression seems to give."""
    if isinstance(value, cst.Integer | cst.Float):
        return "number"
    if isinstance(value, cst.SimpleString | cst.FormattedString):
        return "text"
    if isinstance(
        value, cst.List | cst.Dict | cst.Set | cst.ListComp | cst.DictComp | cst.SetComp | cst.Tuple
    ):
        return "many"
    if isinstance(value, cst.Name) and value.value in ("True", "False"):
        return "truth"
    if isinstance(value, cst.BinaryOperation):
        return shape(value.left) or shape(value.right)
    return _called(value) if isinstance(value, cst.Call) else None


def _called(call: cst.Call) -> Shape | None:
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    if not isinstance(name, cst.Name):
        return None
    for shape, names in (("number", _NUMBERS), ("many", _MANY), ("text", _TEXTS)):
        if name.value in names:
            return shape  # type: ignore[return-value]
    return None


def _used(source: Source, name: cst.Name) -> Shape | None:
    """What the use of a name says of it."""
    parent = source.parent(name)
    if isinstance(parent, cst.Index):
        return None
    if isinstance(parent, cst.Subscript) and parent.value is name:
        return "many"
    if isinstance(parent, cst.For | cst.CompFor) and parent.iter is name:
        return "many"
    if isinstance(parent, cst.BinaryOperation):
        other = parent.right if parent.left is name else parent.left
        arithmetic = isinstance(parent.operator, cst.Subtract | cst.Divide | cst.FloorDivide | cst.Modulo)
        return "number" if arithmetic and not isinstance(other, cst.SimpleString) else shape(other)
    if isinstance(parent, cst.Comparison | cst.ComparisonTarget):
        around = parent if isinstance(parent, cst.Comparison) else source.parent(parent)
        sides = (
            [around.left, *(c.comparator for c in around.comparisons)]
            if isinstance(around, cst.Comparison)
            else []
        )
        return "number" if any(isinstance(side, cst.Integer) for side in sides) else None
    if isinstance(parent, cst.Arg):
        call = source.parent(parent)
        called = call.func.value if isinstance(call, cst.Call) and isinstance(call.func, cst.Name) else ""
        return "number" if called == "range" else "many" if called in ("len", "sum", "sorted") else None
    return "number" if isinstance(parent, cst.AugAssign) and parent.target is name else None
