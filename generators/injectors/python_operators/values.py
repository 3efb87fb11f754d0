"""Wrong numbers, strings and first values."""

import re
from collections.abc import Iterator

import libcst as cst

from generators.injectors.python_operators.source import Source
from generators.injectors.single_edit import Change

_OTHER_START = {
    "0": ("1",),
    "1": ("0",),
    "True": ("False",),
    "False": ("True",),
    "-1": ("0",),
    "float('inf')": ("0",),
    'float("inf")': ("0",),
    "float('-inf')": ("0",),
    'float("-inf")': ("0",),
    "-float('inf')": ("0",),
    '-float("inf")': ("0",),
    "None": ("0",),
    "2": ("1",),
    "''": ("' '",),
    '""': ('" "',),
}


def initial(source: Source) -> Iterator[Change]:
    """A variable that a loop updates begins with the wrong value."""
    for assign in source.all(cst.Assign):
        target = assign.targets[0].target
        if (
            len(assign.targets) == 1
            and isinstance(target, cst.Name)
            and _updated(source, assign, target.value)
        ):
            yield from _started(source, assign.value)


def _started(source: Source, value: cst.BaseExpression) -> Iterator[Change]:
    for after in _OTHER_START.get(source.code(value), ()):
        yield source.replace(value, after)
    if isinstance(value, cst.Subscript) and re.fullmatch(r"\w+\[0\]", source.code(value)):
        yield source.replace(value, "0")
    if isinstance(value, cst.BinaryOperation) and re.fullmatch(r"\[[01]\]", source.code(value.left)):
        inside = next(source.below(value.left, cst.Integer))
        yield source.replace(inside, "1" if inside.value == "0" else "0")


def _updated(source: Source, assign: cst.Assign, name: str) -> bool:
    """Whether a loop after the assignment binds the name again or changes what it holds."""
    place = source.span(assign)[1]
    for loop in source.all((cst.For, cst.While)):
        if source.inner(loop)[0] < place:
            continue
        for node in source.below(loop.body, (cst.AssignTarget, cst.AugAssign)):
            target = node.target.value if isinstance(node.target, cst.Subscript) else node.target
            if isinstance(target, cst.Name) and target.value == name:
                return True
    return False


def constant(source: Source) -> Iterator[Change]:
    """Another number, and another pattern or separator in a string."""
    for number in source.all(cst.Integer):
        if _free(source, number):
            yield from (
                source.replace(number, after, rank)
                for after, rank in _near(number.value, isinstance(source.parent(number), cst.BinaryOperation))
                if after != "1" or not _divides(source, number)
            )
    for decimal in source.all(cst.Float):
        if _free(source, decimal):
            yield from (source.replace(decimal, after) for after in _decimal(decimal.value))
    for text in source.all(cst.SimpleString):
        if not isinstance(source.parent(text), cst.Expr | cst.Return):
            yield from (source.replace(text, after, rank) for after, rank in _strings(source.code(text)))
    for name in source.all(cst.Name):
        looped = isinstance(source.parent(name), cst.Assign) and source.around(name, (cst.For, cst.While))
        if looped and name.value in ("True", "False"):
            yield source.replace(name, "False" if name.value == "True" else "True", 0)


def _free(source: Source, number: cst.BaseExpression) -> bool:
    """Whether a number is neither a bound, an index nor the first value of a variable: those are other kinds."""
    parent = source.parent(number)
    if isinstance(parent, cst.BinaryOperation) and source.code(number) == "1":
        return not isinstance(parent.operator, cst.Add | cst.Subtract)
    if isinstance(parent, cst.UnaryOperation):
        parent = source.parent(parent)
    if isinstance(parent, cst.Arg):
        call = source.parent(parent)
        return not (isinstance(call, cst.Call) and source.code(call.func) == "range")
    return not isinstance(parent, cst.Index | cst.Slice | cst.Assign | cst.Return | cst.AugAssign)


def _divides(source: Source, number: cst.Integer) -> bool:
    """`n % 1` and `n // 1` say nothing."""
    parent = source.parent(number)
    return isinstance(parent, cst.BinaryOperation) and isinstance(
        parent.operator, cst.Modulo | cst.FloorDivide | cst.Divide | cst.Multiply | cst.Power
    )


def _near(written: str, computed: bool) -> list[tuple[str, int]]:
    if not written.isdecimal():
        return []
    value = int(written)
    if value == 1 and computed:
        return [("2", 0)]
    if value in (0, 1):
        return [(str(1 - value), 0), ("2", 1)] if value else [("1", 0)]
    if value > 2 and value % 10 == 0:
        return [(str(value // 10), 0), (str(value * 10), 0)]
    return [(str(value + 1), 0), (str(value - 1), 0)]


def _decimal(written: str) -> list[str]:
    known = {
        "3.14": ["3.1"],
        "3.1415": ["3.1"],
        "0.5": ["0.25"],
        "2.0": ["1.0"],
        "1.0": ["2.0"],
        "100.0": ["10.0"],
    }
    if written in known:
        return known[written]
    return [written[:-1]] if re.fullmatch(r"\d+\.\d{2,}", written) else []


_PATTERNS = (
    (r"A-Z", "a-z"),
    (r"a-z", "A-Z"),
    (r"0-9", "1-9"),
    (r"\d", r"\w"),
    (r"\w", r"\d"),
    (r"\s", r"\S"),
    (r"\b", ""),
    ("+?", "+"),
    ("*?", "*"),
    ("+", "*"),
    ("*", "+"),
    ("?", "*"),
    (r"\.", "."),
    (r"{1,", "{2,"),
    ("$", ""),
    ("^", ""),
    (".*", "."),
    ("aeiou", "aeio"),
)


def _strings(written: str) -> Iterator[tuple[str, int]]:
    found = re.fullmatch(r"([rRbBuU]*)(['\"])(.*)\2", written)
    if not found:
        return
    prefix, quote, body = found.groups()
    for rank, (part, after) in enumerate(_PATTERNS):
        if part in body and len(body) > 2:
            yield f"{prefix}{quote}{body.replace(part, after, 1)}{quote}", rank // 8
    if body in ("", " "):
        yield f"{prefix}{quote}{' ' if not body else ''}{quote}", 0
    elif body in ("a", "A", "z", "Z"):
        yield f"{prefix}{quote}{body.swapcase()}{quote}", 0
    elif body in (",", "-", "_"):
        yield f"{prefix}{quote} {quote}", 0
    elif re.fullmatch(r"[A-Za-z]", body):
        yield f"{prefix}{quote}{body.swapcase()}{quote}", 1
