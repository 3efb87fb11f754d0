"""The wrong function, and arguments, conversions too few or too many."""

from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.scope import Shape, shape, variables
from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

_FUNCTIONS = {
    "min": ("max",),
    "max": ("min",),
    "any": ("all",),
    "all": ("any",),
    "sum": ("len", "max"),
    "int": ("round",),
    "round": ("int",),
    "bin": ("hex", "oct"),
    "oct": ("bin",),
    "hex": ("bin",),
    "product": ("permutations",),
    "permutations": ("combinations",),
    "combinations": ("permutations",),
    "combinations_with_replacement": ("combinations",),
    "sqrt": ("exp",),
    "sin": ("cos",),
    "cos": ("sin",),
    "filter": ("map",),
    "filterfalse": ("filter",),
    "zip_longest": ("zip",),
}
_METHODS = {
    "append": ("extend",),
    "extend": ("append",),
    "update": ("setdefault",),
    "upper": ("lower",),
    "lower": ("upper",),
    "isupper": ("islower",),
    "islower": ("isupper",),
    "isalpha": ("isalnum",),
    "isdigit": ("isalnum",),
    "isalnum": ("isalpha",),
    "startswith": ("endswith",),
    "endswith": ("startswith",),
    "find": ("rfind",),
    "rfind": ("find",),
    "index": ("count",),
    "count": ("index",),
    "strip": ("rstrip", "lstrip"),
    "lstrip": ("rstrip",),
    "rstrip": ("lstrip",),
    "title": ("capitalize",),
    "capitalize": ("title",),
    "keys": ("values",),
    "values": ("keys",),
    "items": ("keys",),
    "union": ("intersection",),
    "intersection": ("union",),
    "difference": ("intersection",),
    "symmetric_difference": ("difference",),
    "issubset": ("issuperset",),
    "issuperset": ("issubset",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "log2": ("log",),
    "log10": ("log",),
    "radians": ("degrees",),
    "degrees": ("radians",),
    "nlargest": ("nsmallest",),
    "nsmallest": ("nlargest",),
    "search": ("match", "fullmatch"),
    "match": ("search",),
    "fullmatch": ("match",),
    "findall": ("split",),
    "appendleft": ("append",),
    "popleft": ("pop",),
    "bisect_left": ("bisect_right",),
    "bisect_right": ("bisect_left",),
    "bisect": ("bisect_left",),
}
_CONVERSIONS = {
    "abs", "int", "str", "float", "set", "sorted", "round", "list", "tuple", "reversed", "floor", "ceil", "sqrt",
    "dict",
}  # fmt: skip
_CLEANING = {"strip", "lstrip", "rstrip", "lower", "upper", "split", "reverse"}
_OPTIONAL = {
    "int": 1, "round": 1, "sum": 1, "enumerate": 1, "get": 1, "split": 0, "rsplit": 1, "replace": 2, "sub": 3, "pop": 0,
    "strip": 0, "lstrip": 0, "rstrip": 0, "log": 1, "most_common": 0, "defaultdict": 99, "range": 2, "sort": 0,
    "product": 99, "accumulate": 1,
}  # fmt: skip
"""The number of arguments each can do with."""


_MAKERS = {"range", "isinstance", "defaultdict", "deque", "iter", "next", "print", "input", "exit", "repeat"}
"""Calls without which the argument means something else altogether."""


def called(call: cst.Call) -> str:
    """The name of what is called, without what stands before the dot."""
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return name.value if isinstance(name, cst.Name) else ""


def function(source: Source) -> Iterator[Change]:
    """`min` for `max`, `any` for `all`, `ceil` for `floor`, the order of a sort."""
    for call in source.all(cst.Call):
        name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
        if not isinstance(name, cst.Name) or (name.value in _FUNCTIONS and _defined(source, name.value)):
            continue
        known = _METHODS if isinstance(call.func, cst.Attribute) else {}
        for rank, other in enumerate({**_FUNCTIONS, **known}.get(name.value, ())):
            yield source.replace(name, other, rank)
        if name.value in ("sorted", "sort") and not any(_keyword(a) == "reverse" for a in call.args):
            place = source.inner(call)[1] - 1
            yield Change(place, place, ", reverse=True" if call.args else "reverse=True")


def _defined(source: Source, name: str) -> bool:
    """Whether the program gives the name another meaning."""
    return any(f.name.value == name for f in source.all(cst.FunctionDef)) or any(
        isinstance(t.target, cst.Name) and t.target.value == name for t in source.all(cst.AssignTarget)
    )


def conversion(source: Source) -> Iterator[Change]:
    """`abs(x)`, `int(x)`, `sorted(x)`, `x.strip()` as plain `x`; `xs[::-1]` as `xs`."""
    for call in source.all(cst.Call):
        if isinstance(source.parent(call), cst.Expr):
            continue
        if isinstance(call.func, cst.Attribute) and called(call) in _CLEANING:
            yield Change(source.span(call.func.value)[1], source.inner(call)[1], "")
        elif isinstance(call.func, cst.Attribute) and not call.args and not _own(source, call):
            yield Change(source.span(call.func.value)[1], source.inner(call)[1], "", 2)
        elif called(call) in _CONVERSIONS and len(call.args) == 1 and not call.args[0].star:
            if isinstance(call.func, cst.Name) or source.code(call.func).startswith("math."):
                yield unwrapped(source, call, 1 if called(call) in ("list", "tuple", "dict") else 0)
        elif (
            len(call.args) == 1 and not call.args[0].star and not _own(source, call) and _simple(source, call)
        ):
            yield unwrapped(source, call, 2)
    for node in source.all(cst.Subscript):
        start = source.span(node.value)[1]
        if source.text[start : source.inner(node)[1]].replace(" ", "") == "[::-1]":
            yield Change(start, source.inner(node)[1], "")


def _simple(source: Source, call: cst.Call) -> bool:
    """Whether a call is a function of a module or a builtin, not a method whose object would be lost."""
    if call.args[0].keyword is not None or called(call) in _FUNCTIONS or called(call) in _MAKERS:
        return False
    imported = {
        name for line in source.all((cst.Import, cst.ImportFrom)) for name in source.code(line).split()
    }
    if called(call) == "len" and not isinstance(source.parent(call), cst.Arg):
        return False  # range(xs) is seen, n = xs is not
    return isinstance(call.func, cst.Name) or source.code(call.func).partition(".")[0] in imported


def unwrapped(source: Source, call: cst.Call, rank: int) -> Change:
    """`f(x)` as `x`, with the parentheses kept where `x` needs them."""
    value = call.args[0].value
    atom = isinstance(
        value, cst.Name | cst.Call | cst.Attribute | cst.Subscript | cst.List | cst.ListComp | cst.BaseNumber
    )
    parent = source.parent(call)
    free = isinstance(parent, cst.Return | cst.Assign | cst.Arg | cst.Expr | cst.AugAssign | cst.Index)
    if atom or (free and not isinstance(value, cst.GeneratorExp) and "\n" not in source.code(value)):
        return Change(*source.inner(call), source.code(value), rank)
    start, end = source.span(call.func)
    return Change(start, end, "", rank)


def argument(source: Source) -> Iterator[Change]:
    """`key=`, `reverse=`, the base of `int`, the step of `range` left out."""
    for call in source.all(cst.Call):
        arguments = call.args
        for number, one in enumerate(arguments):
            last = number == len(arguments) - 1
            keyword = _keyword(one) in (
                "key",
                "reverse",
                "default",
                "flags",
                "initial",
                "repeat",
                "start",
                "rel_tol",
            )
            optional = not one.star and one.keyword is None and _OPTIONAL.get(called(call), 99) <= number
            if (keyword or (optional and last)) and not _own(source, call):
                yield _left_out(source, call, number)


def _own(source: Source, call: cst.Call) -> bool:
    return isinstance(call.func, cst.Name) and _defined(source, call.func.value)


def _left_out(source: Source, call: cst.Call, number: int) -> Change:
    """Without one argument and the comma that parts it from its neighbour."""
    start, end = source.inner(call.args[number])
    if number:
        return Change(_end(source, call.args[number - 1]), _end(source, call.args[number]), "")
    following = source.inner(call.args[1])[0] if len(call.args) > 1 else end
    return Change(start, following, "")


def _end(source: Source, argument: cst.Arg) -> int:
    return source.span(argument.value)[1]


def _keyword(argument: cst.Arg) -> str:
    return argument.keyword.value if argument.keyword else ""


def excess(source: Source) -> Iterator[Change]:
    """Doubles dropped, signs dropped, numbers rounded, lists sorted where nobody asked for it."""
    for call in source.all(cst.Call):
        if called(call) in ("len", "sum", "sorted") and len(call.args) == 1 and not call.args[0].star:
            inside = call.args[0].value
            simple = isinstance(inside, cst.Name | cst.Attribute | cst.Subscript | cst.Call)
            if simple and (called(call) != "len" or _collection(source, inside)):
                yield source.replace(inside, f"set({source.code(inside)})", 0)
    for node in source.all(cst.Return):
        if node.value is not None:
            yield from _wrapped(source, node.value)
    for loop in source.all(cst.For):
        if isinstance(loop.iter, cst.Name):
            yield source.replace(loop.iter, f"sorted({loop.iter.value})", 1)


def _wrapped(source: Source, value: cst.BaseExpression) -> Iterator[Change]:
    """What is given back, sorted where it seems to be a list, without fraction or sign where a number."""
    start, end = source.inner(value)
    inside = source.text[start:end]
    shapes = _shapes(source, value)
    wraps = (("sorted",) if "many" in shapes else ()) + (
        ("int", "abs", "round") if "number" in shapes else ()
    )
    name = called(value) if isinstance(value, cst.Call) else ""
    if "\n" in inside or isinstance(value, cst.BaseNumber | cst.Tuple | cst.Dict | cst.DictComp):
        return
    for rank, wrap in enumerate(wraps):
        if name != wrap:
            yield source.replace(value, f"{wrap}({inside})", rank)


def _shapes(source: Source, value: cst.BaseExpression) -> set[Shape]:
    """What an expression or a variable seems to hold."""
    function = source.around(value, cst.FunctionDef)
    if isinstance(value, cst.Name) and function is not None:
        local = variables(source, function).get(value.value)
        return local.shapes if local else set()
    found = shape(value)
    if isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Divide | cst.Subtract):
        found = found or "number"
    return {found} if found else set()


def _collection(source: Source, node: cst.BaseExpression) -> bool:
    """Whether a thing is looked through: `len` of a plain argument is as often the length of a text."""
    code = source.code(node)
    return any(source.code(loop.iter) == code for loop in source.all((cst.For, cst.CompFor)))
