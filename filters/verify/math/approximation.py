"""Values as floating-point numbers, only ever to show that two are surely different.

Variables stand for fixed numbers above one: formulas that differ there differ as formulas. What would
depend on a branch, on a variable being whole, or on lost digits raises `Undecidable`.
"""

import cmath
import math
from collections.abc import Callable
from fractions import Fraction
from zlib import crc32

from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Opaque, Surd

LOST = 1e-6
"""A sum this much smaller than its terms has lost too many digits to be an argument."""

SURE = 1e-9
"""Difference of two sums, as a share of their largest terms, above which they differ."""

_PLAIN: dict[str, Callable[[complex], complex]] = {
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "cot": lambda x: 1 / cmath.tan(x),
    "sec": lambda x: 1 / cmath.cos(x),
    "csc": lambda x: 1 / cmath.sin(x),
    "exp": cmath.exp,
    "inverse": lambda x: 1 / x,
    "abs": lambda x: complex(abs(x)),
}
_PERIODIC = frozenset(["sin", "cos", "tan", "cot", "sec", "csc", "power"])
_REAL: dict[str, Callable[[float], float]] = {
    "arcsin": math.asin,
    "arccos": math.acos,
    "arctan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "ln": math.log,
}


def surely_differ(one: Surd, other: Surd) -> bool:
    """Whether the two differ beyond rounding, whatever base `log` has; False says nothing."""
    try:
        for base in (math.e, 10.0):
            (a, size_a), (b, size_b) = _evaluate(one, base), _evaluate(other, base)
            if not abs(a - b) > SURE * max(size_a, size_b, 1e-300):
                return False
    except (Undecidable, ArithmeticError, ValueError):
        return False
    return True


def real_value(value: Surd) -> float | None:
    """A float where the value is a real number without variables (e counts as one)."""
    try:
        number, size = _evaluate(value, None)
    except (Undecidable, ArithmeticError, ValueError):
        return None
    if abs(number.imag) > SURE * size or not math.isfinite(number.real):
        return None
    return number.real


def value_at(value: Surd, point: dict[str, float]) -> tuple[complex, float]:
    """The value and the size of its largest term where the variables have the given values."""
    return _evaluate(value, math.e, point)


Point = dict[str, float]


def _evaluate(value: Surd, base: float | None, point: Point | None = None) -> tuple[complex, float]:
    """`base` is that of `log`; without one neither `log` nor variables have a value."""
    total, size = 0j, 0.0
    for (radicand, symbols), factor in value.terms.items():
        term = complex(float(factor)) * math.sqrt(abs(radicand)) * (1j if radicand < 0 else 1)
        for name, power in symbols:
            term *= _power(_symbol(name, base, point), power)
        total, size = total + term, max(size, abs(term))
    return total, size


def _symbol(name: str, base: float | None, point: Point | None) -> complex:
    if isinstance(name, Opaque):
        return _function(name, base, point)
    if name == "π":
        return complex(math.pi)
    if name.isdigit():
        return complex(int(name))
    if base is None or "infty" in name:
        raise Undecidable("variable")
    if name == "e":
        return complex(math.e)
    if point is not None:
        return complex(point[name])
    return complex(1.1 + (crc32(name.encode()) % 9973) / 8999)


def _power(number: complex, power: int | Fraction) -> complex:
    if isinstance(power, Fraction) and (number.imag or number.real < 0):
        raise Undecidable("branch")
    return number ** float(power)


def _function(symbol: Opaque, base: float | None, point: Point | None) -> complex:
    arguments = [_argument(symbol.function, argument, base, point) for argument in symbol.arguments]
    first, name = arguments[0], symbol.function
    if name in _PLAIN:
        return _PLAIN[name](first)
    if name.startswith("root"):
        return _root(first, int(name.removeprefix("root")))
    if any(number.imag for number in arguments) and name != "power":
        raise Undecidable("branch")
    if name == "power":
        if first.imag or first.real <= 0:
            raise Undecidable("branch")
        return cmath.exp(arguments[1] * cmath.log(first))
    if name == "log":
        return complex(math.log(arguments[-1].real) / _log_of_base(arguments, base))
    if name in _REAL:
        return complex(_REAL[name](first.real))
    raise Undecidable(name)


def _argument(function: str, argument: Surd, base: float | None, point: Point | None) -> complex:
    if function in _PERIODIC:
        _refuse_whole_variables(argument)
    number, size = _evaluate(argument, base, point)
    if abs(number) < LOST * size:
        raise Undecidable("lost digits")
    return number


def _log_of_base(arguments: list[complex], base: float | None) -> float:
    if len(arguments) == 2:
        return math.log(arguments[0].real)
    if base is None:
        raise Undecidable("base")
    return math.log(base)


def _root(number: complex, degree: int) -> complex:
    """The root; of a negative number only the square root, since others have a real and a principal one."""
    if degree == 2 and not number.imag and number.real < 0:
        return 1j * math.sqrt(-number.real)
    return _power(number, Fraction(1, degree))


def _refuse_whole_variables(argument: Surd) -> None:
    """`sin(nπ)` is 0 for whole n, which a value of n in between would not show."""
    names = argument.names()
    if "π" in names and len(names) > 1:
        raise Undecidable("whole variable")
