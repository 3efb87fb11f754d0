"""A process that asks math-verify about one pair after another: `python -m filters.verify.math.worker`.

JSON lines: first `[memory_bytes, deadline_s]`, then one `[reference, answer]` a line; each is
answered by a line with one of `equal`, `different`, `unparsed`, `asymmetric`, `unconfirmed`, `memory`,
`error`. The first line written is `ready`.

The parent kills the process at the deadline, so math-verify's own limits (SIGALRM, whole seconds,
silent `False`) are switched off. A `different` is confirmed by evaluating both sides as numbers
where they are numbers or formulas, because a false one teaches a model to mend what is right.

A second limit is the kernel's timer with its default action: it ends the process although one long
C call holds the interpreter and although the parent may be gone. (PR_SET_PDEATHSIG is no good here:
it fires when the *thread* that started the worker ends.)
"""

import json
import logging
import os
import resource
import signal
import sys
from functools import lru_cache
from typing import Any, TextIO

Parsed = Any
"""What sympy and math-verify give: an expression, a set, a matrix, a relation or a string."""

GRACE = 2.0
"""The kernel's timer runs this many times as long as the parent's deadline."""

POINTS = (0.7310585786, 1.9137205, 2.6457513)
"""Values of variables at which two formulas are compared; nothing special is at any of them."""

MIN_GAP = 1e-9
"""Relative difference of two evaluated formulas above which they are surely different."""


CLOSE = 2e-2
"""Relative difference of two numbers below which one may be the other, rounded."""


def main() -> None:
    """Serve pairs until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not look like a reply
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)
    memory_bytes, deadline_s = json.loads(sys.stdin.readline())
    import math_verify  # noqa: F401  (a second or two, before the first deadline starts)

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _reply(replies, "ready")
    for line in sys.stdin:
        reference, answer = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, deadline_s * GRACE)
        result = _judge(reference, answer)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _reply(replies, result)
        if result == "memory":
            return  # a process that ran out of memory is not trusted with the next pair


def _reply(replies: TextIO, word: str) -> None:
    replies.write(word + "\n")
    replies.flush()


def _judge(reference: str, answer: str) -> str:
    try:
        return _verdict(reference, answer)
    except MemoryError:
        return "memory"
    except RecursionError:
        return "unparsed"
    except Exception:
        return "error"


def _verdict(reference: str, answer: str) -> str:
    from math_verify import verify

    gold, said = _parsed(reference), _parsed(answer)
    # a parse that yields only its own text was not understood
    if not _understood(gold) or not _understood(said):
        return "unparsed"
    forth = verify(gold, said, timeout_seconds=None, strict=True)
    back = verify(said, gold, timeout_seconds=None, strict=True)
    if forth != back:
        return "asymmetric"
    if forth:
        return "equal" if _differs(gold[0], said[0]) is not True else "asymmetric"
    return "different" if _differs(gold[0], said[0]) else "unconfirmed"


@lru_cache(maxsize=64)
def _parsed(text: str) -> list[Parsed]:
    """math-verify's reading; always as LaTeX, since plain equations are read as their last number."""
    from math_verify import LatexExtractionConfig, parse

    return list(parse(f"${text}$", [LatexExtractionConfig()], parsing_timeout=None))


def _understood(reading: list[Parsed]) -> bool:
    return bool(reading) and not isinstance(reading[0], str)


def _differs(one: Parsed, other: Parsed) -> bool | None:
    """True: surely different; False: no difference seen; None: cannot say."""
    import sympy

    verdict: bool | None = None
    if isinstance(one, sympy.MatrixBase) and isinstance(other, sympy.MatrixBase):
        verdict = one.shape != other.shape or _any_differs(list(one), list(other))
    elif isinstance(one, sympy.Tuple) and isinstance(other, sympy.Tuple):
        verdict = len(one) != len(other) or _any_differs(list(one), list(other))
    elif isinstance(one, sympy.Interval) and isinstance(other, sympy.Interval):
        ends = (one.left_open, one.right_open) != (other.left_open, other.right_open)
        verdict = bool(ends) or _any_differs([one.start, one.end], [other.start, other.end])
    elif isinstance(one, sympy.Set) and isinstance(other, sympy.Set):
        if not one.free_symbols | other.free_symbols:
            verdict = bool(one.symmetric_difference(other) != sympy.S.EmptySet)
    elif isinstance(one, sympy.Expr) and isinstance(other, sympy.Expr):
        verdict = _formulas_differ(one, other)
    return verdict


def _any_differs(ones: list[Parsed], others: list[Parsed]) -> bool | None:
    found = [_differs(a, b) for a, b in zip(ones, others, strict=True)]
    if True in found:
        return True
    return None if None in found else False


def _formulas_differ(one: Parsed, other: Parsed) -> bool | None:
    """Whether two formulas differ as numbers when their variables are given values."""
    import sympy

    if sympy.oo in (one, other) or -sympy.oo in (one, other):
        return bool(one != other)
    if {"e", "i"} & {str(symbol) for symbol in one.free_symbols | other.free_symbols}:
        return None  # a constant or a variable
    symbols = sorted(one.free_symbols | other.free_symbols, key=str)
    for shift in range(len(POINTS)):
        values = {s: sympy.Float(POINTS[(n + shift) % 3] + n, 30) for n, s in enumerate(symbols)}
        first, second = (complex(side.subs(values).evalf(30)) for side in (one, other))
        if first.imag or second.imag:
            return None  # sympy takes the complex branch of \\sqrt[3]{-8}, people the real one
        gap, size = abs(first - second), max(abs(first), abs(second))
        if gap > MIN_GAP * max(1.0, size):
            return True if symbols or gap > CLOSE * size else None
        if not symbols:
            break
    return False


if __name__ == "__main__":
    main()
