"""The value of a formula at a point, in 30 digits, without sympy's simplifier.

Walks a sympy tree and computes with mpmath alone. An odd root of a negative number has a real value
(what people mean) and a principal complex one (what sympy means): `real_roots` chooses. A function
without a definition, `f(2)`, has a value of its own for each name and arguments, and so has `a_k`, whose
index is worked out: `a_{n-k}` is `a_3` where n = 5 and k = 2. Runs in a worker process only.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
from mpmath.libmp import NoConvergence

Node = Any
"""A sympy expression; sympy is not typed."""

Number = Any
"""An mpf or mpc."""

DIGITS = 30
"""Significant decimal digits; 15 more are carried."""

MAX_EXPONENT = 10**6
"""Largest binary exponent of a power; above it the value says nothing a person could check."""

MAX_TERMS = 200
"""Most terms of a sum that is added up."""

MAX_FACTORIAL = 10_000
"""Largest argument of a factorial or binomial."""


class NoValue(Exception):
    """The formula has no number here: undefined, too large, or of a kind that is not covered."""


_INDEXED = re.compile(r"(?P<name>[^_]+)_\{?(?P<index>[A-Za-z0-9+\- ]+)\}?$")
_TERM = re.compile(r"\s*([+-]?)\s*(\d*)\s*([A-Za-z]?)")


class Point:
    """Values of variables by name, and how roots are taken."""

    def __init__(self, values: Mapping[str, Number], real_roots: bool = True) -> None:
        self.values, self.real_roots = dict(values), real_roots

    def with_value(self, name: str, number: Number) -> "Point":
        """The same point with one variable set."""
        return Point({**self.values, name: number}, self.real_roots)

    def of(self, name: str) -> Number:
        """A variable's value; an indexed one's depends on its index's value."""
        indexed = _INDEXED.match(name)
        if indexed is not None:
            at = self._index(indexed["index"])
            if at is not None:
                return chosen(f"{indexed['name']}_{at}")
        if name not in self.values:
            self.values[name] = chosen(name)
        return self.values[name]

    def _index(self, written: str) -> int | None:
        """`n-k-1` -> a whole number, None where a name in it has none."""
        total, end = 0, 0
        while end < len(written):
            term = _TERM.match(written, end)
            if term is None or term.end() == end or not (term[2] or term[3]):
                return None
            value = 1
            if term[3]:
                known = self.values.get(term[3])
                if known is None or known != int(known):
                    return None
                value = int(known)
            total += (-1 if term[1] == "-" else 1) * int(term[2] or 1) * value
            end = term.end()
        return total


def chosen(name: str) -> Number:
    """A value for a name: a rational between 1/2 and 3, the same in every process and every run."""
    digest = hashlib.sha256(name.encode()).digest()
    return mpmath.mpf(1) / 2 + mpmath.mpf(int.from_bytes(digest[:5], "big") % 99_991) * 5 / 2 / 99_991


def value(node: Node, point: Point) -> Number:
    """The value at a point; NoValue without one."""
    with mpmath.workdps(DIGITS + 15):
        try:
            found = _value(node, point)
        except (ArithmeticError, ValueError, TypeError, AttributeError, NoConvergence) as error:
            raise NoValue(str(error)) from error
        if mpmath.isnan(found) or mpmath.isinf(found):
            raise NoValue("not finite")
        return found


def _value(node: Node, point: Point) -> Number:  # noqa: PLR0911 (one line a kind)
    if node.is_Symbol:
        # latex2sympy reads an `i` it is not sure about as a symbol
        imaginary = node.name == "i" and "i" not in point.values
        return mpmath.mpc(0, 1) if imaginary else point.of(node.name)
    if node.is_Rational:
        return mpmath.mpf(int(node.p)) / int(node.q)
    if node.is_Float:
        return mpmath.mpf(str(node))
    name = type(node).__name__
    if name in _CONSTANTS:
        return _CONSTANTS[name]()
    if node.is_Add:
        return mpmath.fsum([_value(part, point) for part in node.args])
    if node.is_Mul:
        return mpmath.fprod([_value(part, point) for part in node.args])
    if node.is_Pow:
        return _power(node, point)
    if name in ("Sum", "Product"):
        return _series(node, point, name)
    return _function(node, name, point)


def _power(node: Node, point: Point) -> Number:
    base, exponent = _value(node.base, point), _value(node.exp, point)
    size = abs(mpmath.re(exponent)) * abs(mpmath.log(abs(base), 2)) if base else 0
    if size > MAX_EXPONENT:
        raise NoValue("too large")
    odd_root = bool(node.exp.is_Rational) and node.exp.q > 1 and node.exp.q % 2 == 1
    if point.real_roots and odd_root and mpmath.im(base) == 0 and mpmath.re(base) < 0:
        return (-1) ** int(node.exp.p) * (-mpmath.re(base)) ** exponent
    return base**exponent


def _series(node: Node, point: Point, kind: str) -> Number:
    """A finite sum or product over whole numbers."""
    (name, low, high), *more = [(str(v), a, b) for v, a, b in node.limits]
    if more:
        raise NoValue("a sum over two indices")
    first, last = (_value(end, point) for end in (low, high))
    if first != int(first) or last != int(last) or last - first >= MAX_TERMS:
        raise NoValue("its ends")
    terms = [_value(node.function, point.with_value(name, k)) for k in range(int(first), int(last) + 1)]
    return mpmath.fsum(terms) if kind == "Sum" else mpmath.fprod(terms)


def _function(node: Node, name: str, point: Point) -> Number:
    arguments = [_value(part, point) for part in node.args]
    if node.func.__class__.__name__ == "UndefinedFunction":
        return chosen(name + "".join("," + mpmath.nstr(a, 20) for a in arguments))
    if name in ("factorial", "binomial") and max(abs(a) for a in arguments) > MAX_FACTORIAL:
        raise NoValue("too large")
    known = _FUNCTIONS.get(name)
    if known is None:
        raise NoValue(name)
    return known(*arguments)


def _log(argument: Number, base: Number = None) -> Number:
    return mpmath.log(argument) if base is None else mpmath.log(argument) / mpmath.log(base)


_CONSTANTS: dict[str, Callable[[], Number]] = {
    "Pi": lambda: +mpmath.pi,
    "Exp1": lambda: +mpmath.e,
    "ImaginaryUnit": lambda: mpmath.mpc(0, 1),
    "GoldenRatio": lambda: +mpmath.phi,
    "EulerGamma": lambda: +mpmath.euler,
}

_FUNCTIONS: dict[str, Callable[..., Number]] = {
    **{
        name: getattr(mpmath, name)
        for name in (
            *("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "acot", "asec", "acsc"),
            *("sinh", "cosh", "tanh", "coth", "asinh", "acosh", "atanh", "exp", "floor", "factorial"),
            *("binomial", "sign", "re", "im", "conj", "gamma", "erf", "zeta", "atan2"),
        )
    },
    "Abs": abs,
    "log": _log,
    "ceiling": mpmath.ceil,
    "conjugate": mpmath.conj,
    "Max": max,
    "Min": min,
    "Mod": lambda a, b: a - b * mpmath.floor(a / b),
}
