"""Values that a program returned: read from their plain tagged form, compared, shown, written as source.

Nothing the program made is ever unpickled or evaluated: `decode` builds plain values itself. What has
no plain form becomes an `Opaque`, which refuses to be compared instead of answering.
"""

import math
import re
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from filters.verify.sandbox.inside.encode import MAX_DEPTH
from filters.verify.sandbox.job import Encoded

Value = Any
"""A plain Python value, built here."""

MAX_SHOWN = 300
"""Characters of a value in feedback."""

_DECIMAL = re.compile(r"-?\d{1,1000}(\.\d{1,1000})?([eE][+-]?\d{1,4})?|-?(Infinity|NaN)", re.A)
_FRACTION = re.compile(r"-?\d{1,4000}(/\d{1,4000})?", re.A)
_TIMEDELTA = re.compile(r"datetime\.timedelta\(((?:\w+=-?\d+(?:, )?)*)0?\)")
_NEVER_PLAIN = re.compile(
    r"builtins\.(object|generator|map|filter|zip|enumerate|function|type|module|\w*_?iterator|\w*method)"
)


class Unplain(Exception):
    """A comparison met an object that has no plain form."""


class Opaque:
    """An object of which only the type's name and a capped repr came back."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, kind: str, shown: str) -> None:
        self.kind, self.shown = kind, shown

    def __repr__(self) -> str:
        return self.shown or f"<{self.kind} object>"

    def __eq__(self, other: object) -> bool:
        """A generator or function equals no value; what a class of the program equals is not known."""
        if _NEVER_PLAIN.fullmatch(self.kind):
            return False
        raise Unplain(self.kind)

    def __bool__(self) -> bool:
        if self.kind.startswith(("builtins.", "re.")):
            return True
        raise Unplain(self.kind)

    def _refuse(self, *arguments: object) -> bool:
        raise Unplain(self.kind)

    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _refuse


def decode(written: Encoded, depth: int = 0) -> Value:
    """The value of a tagged form; an `Opaque` where the form is none of ours. Never raises."""
    if written is None or isinstance(written, bool | str):
        return written
    match written:
        case [str(tag), body, *_] if tag in _READERS and depth <= MAX_DEPTH + 2:
            name = written[2] if len(written) > 2 and isinstance(written[2], str) else ""
            try:
                return _READERS[tag](body, name, depth + 1)
            except (ValueError, TypeError, ArithmeticError, AttributeError, LookupError):
                return Opaque(f"unreadable {tag}", "")
        case ["object", str(kind), str(shown)]:
            return Opaque(kind, shown)
    return Opaque("unreadable", "")


def _items(body: Encoded, depth: int) -> list[Value]:
    if not isinstance(body, list):
        raise TypeError
    return [decode(item, depth) for item in body]


def _dict(body: Encoded, name: str, depth: int) -> Value:
    pairs = [(decode(key, depth), decode(value, depth)) for key, value in body]
    # Only these two compare otherwise than a dict does.
    if name == "Counter":
        return Counter(dict(pairs))
    return OrderedDict(pairs) if name == "OrderedDict" else dict(pairs)


def _float(text: str) -> float:
    return float.fromhex(text)


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError
    return Decimal(text)


def _fraction(text: str) -> Fraction:
    if not _FRACTION.fullmatch(text):
        raise ValueError
    return Fraction(text)


def _timedelta(text: str) -> timedelta:
    match = _TIMEDELTA.fullmatch(text)
    if match is None:
        raise ValueError
    return timedelta(**{k: int(v) for k, v in (part.split("=") for part in match[1].split(", ") if part)})


def _numpy(body: Encoded, name: str, depth: int) -> Value:
    value = decode(body, depth)
    return Opaque(f"numpy.{name}", repr(value)[:MAX_SHOWN]) if isinstance(value, list) else value


_READERS: dict[str, Callable[[Any, str, int], Value]] = {
    "int": lambda body, name, depth: int(body, 16),
    "float": lambda body, name, depth: _float(body),
    "complex": lambda body, name, depth: complex(_float(body[0]), _float(body[1])),
    "str": lambda body, name, depth: str(body),
    "bytes": lambda body, name, depth: bytes.fromhex(body),
    "bytearray": lambda body, name, depth: bytearray.fromhex(body),
    "list": lambda body, name, depth: _items(body, depth),
    "tuple": lambda body, name, depth: tuple(_items(body, depth)),
    "set": lambda body, name, depth: set(_items(body, depth)),
    "frozenset": lambda body, name, depth: frozenset(_items(body, depth)),
    "deque": lambda body, name, depth: deque(_items(body, depth)),
    "dict": _dict,
    "range": lambda body, name, depth: range(*(int(n) for n in body)),
    "numpy": _numpy,
    "Decimal": lambda body, name, depth: _decimal(body),
    "Fraction": lambda body, name, depth: _fraction(body),
    "date": lambda body, name, depth: date.fromisoformat(body),
    "datetime": lambda body, name, depth: datetime.fromisoformat(body),
    "time": lambda body, name, depth: time.fromisoformat(body),
    "timedelta": lambda body, name, depth: _timedelta(body),
}


def opaque_in(value: Value) -> bool:
    """Whether a value is or holds something without a plain form."""
    if isinstance(value, dict):
        return any(opaque_in(k) or opaque_in(v) for k, v in value.items())
    if isinstance(value, list | tuple | set | frozenset | deque):
        return any(opaque_in(item) for item in value)
    return isinstance(value, Opaque)


def equal(a: Value, b: Value, *, strict_types: bool = False, tolerance: float = 0.0) -> bool:
    """Python's `==` on plain values; `Unplain` where it hangs on an object without a plain form.

    `strict_types`: a bool is no int and an int is no float, at any depth. `tolerance`: floats may
    differ by this share of the larger one, at any depth of lists, tuples and dict values.
    """
    if not strict_types and not tolerance:
        return bool(a == b)
    if isinstance(a, Opaque) or isinstance(b, Opaque):
        return bool(a == b)
    if strict_types and type(a) is not type(b):
        return False
    if isinstance(a, float | int) and isinstance(b, float | int) and float in (type(a), type(b)):
        return a == b or (tolerance > 0 and math.isclose(a, b, rel_tol=tolerance))
    if isinstance(a, list | tuple | deque) and isinstance(b, list | tuple | deque):
        same = isinstance(a, type(b)) or isinstance(b, type(a))
        return (
            same
            and len(a) == len(b)
            and all(
                equal(x, y, strict_types=strict_types, tolerance=tolerance) for x, y in zip(a, b, strict=True)
            )
        )
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(
            key in b and equal(value, b[key], strict_types=strict_types, tolerance=tolerance)
            for key, value in a.items()
        )
    if strict_types and isinstance(a, set | frozenset):
        return bool(a == b) and sorted(map(_kind, a)) == sorted(map(_kind, b))
    return bool(a == b)


def _kind(value: Value) -> str:
    return f"{value!r} {type(value).__name__}"


def shown(value: Value) -> str:
    """A repr for people and models, capped."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an int of more than 4300 digits
        text = f"<{type(value).__name__}, too long to show>"
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def source_of(value: Value) -> str:  # noqa: C901, PLR0911 - one return a type
    """Python source that makes the value where nothing is imported; `Unplain` where there is none."""
    if isinstance(value, Opaque):
        raise Unplain(value.kind)
    if value is None or isinstance(value, bool | str | bytes | range):
        return repr(value)
    if isinstance(value, int):
        return hex(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
    if isinstance(value, dict):
        body = "{" + ", ".join(f"{source_of(k)}: {source_of(v)}" for k, v in value.items()) + "}"
        named = type(value).__name__
        return body if type(value) is dict else f"__import__('collections').{named}({body})"
    if isinstance(value, list | tuple | set | frozenset | deque):
        body = "".join(f"{source_of(item)}, " for item in value)
        if type(value) in (list, tuple):
            return f"[{body}]" if isinstance(value, list) else f"({body})"
        named = type(value).__name__
        return f"__import__('collections').deque([{body}])" if named == "deque" else f"{named}([{body}])"
    if isinstance(value, bytearray):
        return repr(value)
    if isinstance(value, complex):
        return f"complex({source_of(value.real)}, {source_of(value.imag)})"
    if isinstance(value, Decimal | Fraction):
        module = "decimal" if isinstance(value, Decimal) else "fractions"
        return f"__import__({module!r}).{type(value).__name__}({str(value)!r})"
    return repr(value).replace("datetime.", "__import__('datetime').", 1)
