"""Values of result rows on their way out of a worker: plain JSON, never code.

NULL, integers, floats, text and booleans are themselves; the rest is an object of one key: `b` blob
(base64), `d` decimal, `l` list, `s` struct or map (list of pairs). Dates, times, timestamps and UUIDs
are ISO text, intervals `"1 day, 2:00:00"`, as Python writes them.
"""

import base64
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

Cell = Any
"""None, bool, int, float, str, bytes, Decimal, or a tuple of cells (a struct: a tuple of pairs)."""


def to_json(value: object) -> object:
    """A value as JSON can carry it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return {"b": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Decimal):
        return {"d": str(value)}
    if isinstance(value, Mapping):
        return {"s": [[to_json(key), to_json(one)] for key, one in value.items()]}
    if isinstance(value, Iterable):
        return {"l": [to_json(one) for one in value]}
    return str(value)


def from_json(value: object) -> Cell:
    """The cell that `to_json` wrote; lists of a person's own file are read the same way."""
    if isinstance(value, list):
        return tuple(from_json(one) for one in value)
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "b":
        return base64.b64decode(content)
    if kind == "d":
        return Decimal(content)
    return tuple(from_json(one) for one in content)
