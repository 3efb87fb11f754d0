"""The wrong variable, and things in the wrong order."""

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from generators.injectors.python_operators.scope import alike, variables
from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

_SYMMETRIC = {
    "min", "max", "gcd", "lcm", "isclose", "print", "set", "isinstance", "hasattr", "getattr", "open", "range",
}  # fmt: skip
"""The order does not matter, or nobody gets it wrong."""
_ORDERED = (cst.Subtract, cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power)
_SIMPLE = (cst.Name, cst.Integer, cst.Float, cst.SimpleString, cst.Attribute, cst.Subscript, cst.Call)


def variable(source: Source) -> Iterator[Change]:
    """Another local variable that may well hold the same sort of thing."""
    for function in source.all(cst.FunctionDef):
        local = variables(source, function)
        for name in source.below(function.body, cst.Name):
            if name.value not in local or not _read(source, name):
                continue
            if source.around(name, (cst.FunctionDef, cst.Lambda)) is not function:
                continue
            place = source.inner(name)[0]
            for other in local.values():
                rank = alike(local[name.value], other)
                if other.name == name.value or rank is None or other.bound >= place:
                    continue
                if not _silly(source, name, other.name):
                    yield source.replace(name, other.name, rank)


def order(source: Source) -> Iterator[Change]:
    """Two arguments of a call, or the sides of `-`, `/`, `%`, `**`, exchanged."""
    for call in source.all(cst.Call):
        called = source.code(call.func).rpartition(".")[2]
        plain = [a for a in call.args if not a.star and a.keyword is None]
        if called in _SYMMETRIC:
            continue
        for one, two in pairwise(plain):
            empty = one is call.args[0] and source.code(two.value) in (
                "''",
                '""',
            )  # what to look for is nothing
            if source.code(one.value) != source.code(two.value) and not empty:
                yield source.swap(one.value, two.value, 0)
    for node in source.all(cst.BinaryOperation):
        if not isinstance(node.operator, _ORDERED):
            continue
        sides = (node.left, node.right)
        if all(isinstance(s, _SIMPLE) or s.lpar for s in sides) and not _step(node):
            yield source.swap(*sides, rank=0 if isinstance(node.left, _SIMPLE) else 1)


def _step(node: cst.BinaryOperation) -> bool:
    """`n - 1` and `n % 2`: nobody writes `1 - n` or `2 % n` for them."""
    return isinstance(node.right, cst.Integer)


def _read(source: Source, name: cst.Name) -> bool:
    """Whether a name is a value that is read: not bound, called, or the name of an attribute or keyword."""
    parent = source.parent(name)
    if isinstance(parent, cst.Attribute):
        return parent.value is name
    if isinstance(parent, cst.Call | cst.Return):  # what is given back is a kind of its own
        return False
    if isinstance(parent, cst.Arg):
        return parent.value is name
    if isinstance(parent, cst.For | cst.CompFor):
        return parent.iter is name
    if isinstance(parent, cst.AugAssign):
        return parent.value is name
    bound = (cst.AssignTarget, cst.FunctionDef, cst.Param, cst.NameItem, cst.ImportAlias, cst.AsName, cst.Del)
    if isinstance(parent, cst.Element):
        tuple_ = source.parent(parent)
        return not isinstance(
            source.parent(tuple_) if tuple_ else None, cst.AssignTarget | cst.For | cst.CompFor
        )
    return not isinstance(parent, bound) and not _shadowed(source, name)


def _shadowed(source: Source, name: cst.Name) -> bool:
    """Whether a comprehension around binds the name itself."""
    around = source.around(name, (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp))
    while around is not None:
        for loop in source.below(around, cst.CompFor):
            if any(n.value == name.value for n in source.below(loop.target, cst.Name)):
                return True
        around = source.around(around, (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp))
    return False


def _silly(source: Source, name: cst.Name, other: str) -> bool:
    """`x = x`, `x - x`, `x < x`, `max(x, x)`, `x[x]`: nobody writes those."""
    parent = source.parent(name)
    if isinstance(parent, cst.Index):
        parent = source.around(parent, cst.Subscript)
    elif isinstance(parent, cst.Arg | cst.ComparisonTarget | cst.Element):
        parent = source.parent(parent)
    if parent is None:
        return True
    beside = {child.value for child in source.below(parent, cst.Name) if child is not name}
    if isinstance(parent, cst.Assign):
        beside = {source.code(target.target) for target in parent.targets}
    return other in beside
