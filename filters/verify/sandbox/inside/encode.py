"""Values as plain tagged data, written inside the sandbox. Standard library only; nothing of ours is imported.

`None`, booleans and strings are themselves; everything else is a list that begins with a type's
name: `["int", "0x1f"]`, `["float", "0x1.8p+1"]`, `["list", [...]]`, `["dict", [[key, value], ...]]`,
`["set", [...]]` in sorted order of what is written. A subclass is written as its base with its own
name at the end (`["dict", [...], "Counter"]`), read by the base's methods and never by its own.
What has no plain form is `["object", "type's name", "repr, capped"]`.
"""

from typing import Any

Value = Any
"""Whatever a program returned."""

MAX_DEPTH = 40
MAX_ITEMS = 20_000
MAX_REPR = 200


class TooLarge(Exception):
    """The value is deeper or longer than is sent."""


def encode(value: object) -> object:
    """The plain form; `TooLarge` beyond MAX_DEPTH levels (cycles too) or MAX_ITEMS items."""
    return _Encoder().encode(value, 0)


class _Encoder:
    def __init__(self) -> None:
        self._items = 0

    def encode(self, value: Value, depth: int) -> Value:
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise TooLarge
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        for base in (int, float, complex, str, bytes, bytearray):
            if isinstance(value, base):
                return _named(kind, base, [base.__name__, _scalar(base, value)])
        for shape in (list, tuple, set, frozenset, dict):
            if isinstance(value, shape):
                return _named(kind, shape, [shape.__name__, self._container(shape, value, depth + 1)])
        return self._other(kind, value, depth)

    def _container(self, base: Value, value: Value, depth: int) -> list[Any]:
        if base is dict:
            return [[self.encode(k, depth), self.encode(v, depth)] for k, v in dict.items(value)]
        items = [self.encode(item, depth) for item in base.__iter__(value)]
        return sorted(items, key=repr) if base in (set, frozenset) else items

    def _other(self, kind: type, value: Value, depth: int) -> list[Any]:
        name, module = kind.__name__, kind.__module__
        if module == "numpy" and hasattr(value, "tolist"):
            return ["numpy", self.encode(value.tolist(), depth + 1), name]
        if module == "collections" and name == "deque":
            return ["deque", [self.encode(item, depth + 1) for item in value]]
        if module == "builtins" and name == "range":
            return ["range", [value.start, value.stop, value.step]]
        if (module, name) in (("decimal", "Decimal"), ("fractions", "Fraction")):
            return [name, str(value)]
        if module == "datetime":
            return [name, value.isoformat() if hasattr(value, "isoformat") else repr(value)]
        return ["object", f"{module}.{name}", _repr(value)]


def _scalar(base: type, value: Value) -> Value:
    if base is int:
        return hex(int.__index__(value))
    if base is float:
        return float.hex(value)
    if base is complex:
        return [float.hex(complex.__getattribute__(value, part)) for part in ("real", "imag")]
    return str.__str__(value) if base is str else bytes(value).hex()


def _named(kind: type, base: type, written: list[Any]) -> list[Any]:
    return written if kind is base else [*written, kind.__name__]


def _repr(value: object) -> str:
    try:
        return repr(value)[:MAX_REPR]
    except BaseException:
        return ""
