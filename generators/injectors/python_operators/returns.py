"""The wrong thing given back."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.scope import alike, variables
from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change


def wrong_return(source: Source) -> Iterator[Change]:
    """The other truth, the other answer, another variable, a whole for its part, a part for the whole."""
    for node in source.all(cst.Return):
        value, function = node.value, source.around(node, cst.FunctionDef)
        if value is None or function is None:
            continue
        yield from _constants(source, function, value)
        if isinstance(value, cst.Name):
            yield from _variables(source, function, value)
        elif isinstance(value, cst.Subscript):
            yield source.replace(value, source.code(value.value), 1)
            inside = value.slice[0].slice
            if isinstance(inside, cst.Index) and isinstance(inside.value, cst.Name):
                yield source.replace(value, inside.value.value, 0)
        elif isinstance(value, cst.Tuple) and len(value.elements) == 2:
            one, two = (element.value for element in value.elements)
            if source.code(one) != source.code(two):
                yield source.swap(one, two, 0)


def _constants(source: Source, function: cst.FunctionDef, value: cst.BaseExpression) -> Iterator[Change]:
    """Another constant that the function gives back elsewhere."""
    code = source.code(value).strip("()")
    if code in ("True", "False"):
        yield Change(*source.inner(value), "False" if code == "True" else "True", 0)
    elif isinstance(value, cst.SimpleString | cst.Integer | cst.UnaryOperation | cst.Name):
        others = {
            source.code(other.value): None
            for other in source.below(function.body, cst.Return)
            if isinstance(other.value, cst.SimpleString | cst.Integer) and source.code(other.value) != code
        }
        yield from (source.replace(value, other, 0) for other in others if not isinstance(value, cst.Name))
        if code in ("0", "1", "-1", "None"):
            yield source.replace(value, {"0": "1", "1": "0", "-1": "0", "None": "0"}[code], 1)


def _variables(source: Source, function: cst.FunctionDef, name: cst.Name) -> Iterator[Change]:
    local = variables(source, function)
    place = source.inner(name)[0]
    for other in local.values():
        if name.value in local and other.name != name.value and other.bound < place:
            if other.how == "parameter" and "number" in other.shapes:
                continue  # nobody gives back a number as it came
            rank = alike(local[name.value], other)
            if rank is None and other.how != "loop" and not (local[name.value].shapes and other.shapes):
                rank = 2  # what was given or made on the way, as if the work were done
            if rank is not None:
                yield Change(*source.inner(name), other.name, rank)


def missing_return(source: Source) -> Iterator[Change]:
    """A recursive call whose result is not given back; a result that is printed instead."""
    for node in source.all(cst.Return):
        function = source.around(node, cst.FunctionDef)
        if node.value is None or function is None or "\n" in source.code(node):
            continue
        start, (begin, end) = source.inner(node)[0], source.span(node.value)
        name = node.value.func if isinstance(node.value, cst.Call) else None
        if isinstance(name, cst.Name) and name.value == function.name.value:
            yield Change(start, begin, "", 0)
        elif function.body.body and source.parent(source.parent(node) or node) is function.body:
            inside = source.inner(node.value)
            bare = isinstance(node.value, cst.Tuple) and not node.value.lpar
            yield Change(
                start, end, f"print({source.text[slice(*inside)] if not bare else source.text[begin:end]})", 1
            )
