"""The outside half of an assertion, decided here where it is simple: no process, nothing executed.

`evaluate` walks an expression over plain values with bounds on what it may cost. What it does not
know raises `NeedsPython`; a second sandbox that never holds the program answers then (see `judge`).
"""

import ast
import math
import operator
from collections import Counter
from collections.abc import Callable, Mapping

from filters.verify.code.approx import approx
from filters.verify.code.values import Opaque, Unplain, Value, equal

MAX_LENGTH = 100_000
"""Items or bits that arithmetic and `range` may make here."""

Equal = Callable[[Value, Value], bool]


class NeedsPython(Exception):
    """The expression is beyond what is decided here."""


def _count_equal(a: Value, b: Value) -> bool:
    if max(len(a), len(b)) > MAX_LENGTH:  # `range(10**11)` is short to send
        raise NeedsPython("a long comparison")
    left, rest = list(a), list(b)
    try:
        return Counter(left) == Counter(rest)
    except TypeError:  # unhashable items
        if len(left) > 2_000:
            raise NeedsPython("a long comparison") from None
    for item in left:
        if item not in rest:
            return False
        rest.remove(item)
    return not rest


def _almost(a: Value, b: Value, places: int = 7) -> bool:
    return bool(a == b) or round(abs(a - b), places) == 0


def _contains(item: Value, container: Value, said: Value) -> bool:
    """`item in container`, and what the program's own `__contains__` said where it is an object."""
    return bool(said) if isinstance(container, Opaque) else item in container


def _range(*arguments: int) -> range:
    made = range(*arguments)
    if len(made) > MAX_LENGTH:
        raise NeedsPython
    return made


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "abs": abs, "len": len, "set": set, "frozenset": frozenset, "list": list, "tuple": tuple, "dict": dict,
    "sorted": sorted, "sum": sum, "min": min, "max": max, "round": round, "bool": bool, "any": any, "all": all,
    "zip": lambda *a: list(zip(*a, strict=False)), "enumerate": lambda *a: list(enumerate(*a)),
    "reversed": lambda a: list(reversed(a)), "range": _range, "isinstance": isinstance,
    "math.isclose": math.isclose, "math.sqrt": math.sqrt, "math.fabs": math.fabs, "math.isnan": math.isnan,
    "math.isinf": math.isinf, "math.floor": math.floor, "math.ceil": math.ceil,
    "_almost_": _almost, "_approx_": approx, "_count_equal_": _count_equal, "_contains_": _contains,
}  # fmt: skip
_VALUES: dict[str, Value] = {
    "math.pi": math.pi, "math.e": math.e, "math.inf": math.inf, "math.nan": math.nan,
    "int": int, "float": float, "str": str, "bytes": bytes, "complex": complex,
    "list": list, "tuple": tuple, "dict": dict, "set": set, "bool": bool, "frozenset": frozenset,
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.BitOr: operator.or_, ast.BitAnd: operator.and_, ast.BitXor: operator.xor,
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], Callable[[Value], Value]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_, ast.Invert: operator.invert,
}  # fmt: skip


def evaluate(
    node: ast.expr,
    values: Callable[[str], Value],
    modules: frozenset[str] = frozenset(),
    same: Equal = equal,
) -> Value:
    """The value of an expression. `values` gives a name's value, or raises KeyError for another name.

    `modules` are the names that stand for imported modules (`math`). Raises `NeedsPython`, `Unplain`,
    whatever `values` raises, and what the operation itself raises (TypeError, ZeroDivisionError, …).
    """
    return _Evaluator(values, modules, same).of(node)


class _Evaluator:
    def __init__(self, values: Callable[[str], Value], modules: frozenset[str], same: Equal) -> None:
        self._values, self._modules, self._same = values, modules, same

    def of(self, node: ast.expr) -> Value:  # noqa: C901, PLR0911, PLR0912 - one case a kind of node
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._name(name)
            case ast.List(elts=items):
                return self._all(items)
            case ast.Tuple(elts=items):
                return tuple(self._all(items))
            case ast.Set(elts=items):
                return set(self._all(items))
            case ast.Dict(keys=keys, values=values) if None not in keys:
                return {self.of(k): self.of(v) for k, v in zip(keys, values, strict=True) if k is not None}
            case ast.UnaryOp(op=op, operand=operand):
                return _UNARY[type(op)](self.of(operand))
            case ast.BoolOp(op=op, values=parts):
                return self._boolean(isinstance(op, ast.And), parts)
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(type(op), self.of(left), self.of(right))
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compare(left, ops, others)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.of(body) if self.of(test) else self.of(orelse)
            case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice):
                return _plain(self.of(value))[self.of(index)]
            case ast.Call(func=function, args=arguments, keywords=keywords):
                return self._call(function, arguments, keywords)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self._modules:
                return self._known(f"{module}.{name}", _VALUES)
        raise NeedsPython(type(node).__name__)

    def _all(self, items: list[ast.expr]) -> list[Value]:
        return [self.of(item) for item in items]

    def _name(self, name: str) -> Value:
        try:
            return self._values(name)
        except KeyError:
            return self._known(name, _VALUES)

    def _known(self, name: str, table: Mapping[str, Value]) -> Value:
        if name not in table:
            raise NeedsPython(name)
        return table[name]

    def _boolean(self, conjunction: bool, parts: list[ast.expr]) -> Value:
        value: Value = conjunction
        for part in parts:
            value = self.of(part)
            if bool(value) is not conjunction:
                break
        return value

    def _compare(self, left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr]) -> bool:
        a = self.of(left)
        for op, other in zip(ops, others, strict=True):
            b = self.of(other)
            if isinstance(op, ast.Eq | ast.NotEq):
                holds = self._same(a, b) is isinstance(op, ast.Eq)
            else:
                holds = bool(_COMPARISONS[type(op)](a, b))
            if not holds:
                return False
            a = b
        return True

    def _arithmetic(self, op: type[ast.operator], a: Value, b: Value) -> Value:
        a, b = _plain(a), _plain(b)
        if op not in _ARITHMETIC or (isinstance(a, str | bytes) and op is ast.Mod):
            raise NeedsPython(op.__name__)
        if op is ast.Mult and not all(isinstance(n, int | float | complex) for n in (a, b)):
            size = max((len(n) for n in (a, b) if hasattr(n, "__len__")), default=1)
            times = max((n for n in (a, b) if isinstance(n, int)), default=1)
            if size * times > MAX_LENGTH:
                raise NeedsPython("a long repetition")
        if (
            op is ast.Pow
            and isinstance(a, int)
            and isinstance(b, int)
            and a.bit_length() * abs(b) > MAX_LENGTH
        ):
            raise NeedsPython("a large power")
        return _ARITHMETIC[op](a, b)

    def _call(self, function: ast.expr, arguments: list[ast.expr], keywords: list[ast.keyword]) -> Value:
        match function:
            case ast.Name(id=name) if name not in self._modules:
                called = self._known(name, _FUNCTIONS)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self._modules:
                called = self._known(f"{module}.{name}", _FUNCTIONS)
            case _:
                raise NeedsPython("a call")
        named = {k.arg: self.of(k.value) for k in keywords if k.arg is not None}
        if len(named) != len(keywords):
            raise NeedsPython("**")
        values = [self.of(a) for a in arguments]
        if called is not _contains:
            values = [_plain(value) for value in values]
        return called(*values, **named)


def _plain(value: Value) -> Value:
    if isinstance(value, Opaque):
        raise Unplain(value.kind)
    return value
