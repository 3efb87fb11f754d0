"""`x == pytest.approx(y)`, decided outside."""

import inspect

from filters.verify.code.values import Value


def _approx_(
    a: "Value", b: "Value", rel: "Value" = None, abs: "Value" = None, nan_ok: bool = False
) -> bool:  # fmt: skip
    if isinstance(b, dict):
        same = isinstance(a, dict) and a.keys() == b.keys()
        return same and all(_approx_(a[k], b[k], rel, abs, nan_ok) for k in b)
    if isinstance(b, list | tuple):
        same = type(a) is type(b) and len(a) == len(b)
        return same and all(_approx_(x, y, rel, abs, nan_ok) for x, y in zip(a, b, strict=True))
    if any(isinstance(n, bool) or not isinstance(n, int | float | complex) for n in (a, b)):
        return bool(a == b)
    if a == b:
        return True
    missing = [str(n) == "nan" for n in (a, b)]
    if any(missing):
        return nan_ok and all(missing)
    if b in (float("inf"), float("-inf")):
        return False
    least = 1e-12 if abs is None else abs
    if rel is None and abs is not None:
        return bool((a - b).__abs__() <= least)
    return bool((a - b).__abs__() <= max((1e-6 if rel is None else rel) * b.__abs__(), least))


approx = _approx_
"""As pytest has it: a relative 1e-6 or an absolute 1e-12 where neither is given, `abs` alone where only it is.

Numbers and lists, tuples and dicts of them; anything else is compared as it is.
"""

SOURCE = inspect.getsource(_approx_)
"""The same for a sandbox."""
