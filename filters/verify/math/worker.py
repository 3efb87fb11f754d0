"""What a worker process does: ask math-verify and the second opinion about one pair after another.

Requests and replies are JSON lines on a socket: `[reference, answer, places]` (`places`: decimals to
which numbers need agree, or null) is answered by `{"word": …, "symbolic": …, "numeric": …}`. The word
is one of `equal`, `different`, `rounded` (equal to so many decimals), `unparsed`, `asymmetric`
(math-verify answers differently when the two change places), `unconfirmed` (the numeric opinion is
another, or there is none on a `different`), `memory`, `error`.

The parent has a worker killed at the deadline, so math-verify's own limits (SIGALRM, whole seconds,
silent `False`) are switched off. A second limit is the kernel's timer with its default action: it
ends the process although one long C call holds the interpreter and the parent may be gone.
"""

import json
import logging
import os
import resource
import signal
import socket

from filters.verify.math.reading import Parsed, read, understood
from filters.verify.math.rounding import rounds_alike
from filters.verify.math.second_opinion import differs

GRACE = 2.0
"""The kernel's timer runs this many times as long as the parent's deadline."""

EXACT_DIGITS = 15
"""math-verify rounds decimals to 6 places unless told otherwise; 0.333333 is not 1/3 here."""

_OPINIONS = {True: "different", False: "equal", None: "none"}

WARM_UP = (
    ("\\frac{\\sqrt{3}}{2}+2\\pi", "\\sin(2x)\\cos^2 x"),
    ("x^2+y^2=1", "[-1, \\frac12) \\cup (0, \\infty)"),
    ("\\begin{pmatrix}1 & x\\\\2 & 3\\end{pmatrix}", "\\{1, -2\\}"),
    ("x \\le 3", "-2 < x < 7"),
    ("(1, 2), (3, 4)", "x = 5 \\text{ or } y=3"),
    ("\\log_2 x + \\ln 3 - e^{x}", "\\left|x\\right| - \\sqrt[3]{5}"),
)
"""Pairs judged before the first fork: parsing builds tables that every worker then shares."""


def serve(connection: socket.socket, memory_bytes: int, deadline_s: float) -> None:
    """Answer requests until the other end closes."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with connection.makefile("r", encoding="utf-8") as requests:
        for line in requests:
            reference, answer, places = json.loads(line)
            signal.setitimer(signal.ITIMER_REAL, deadline_s * GRACE)
            reply = opinion(reference, answer, places)
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.sendall(json.dumps(reply).encode() + b"\n")
            if reply["word"] == "memory":
                return  # a process that ran out of memory is not trusted with the next pair


def prepare() -> None:
    """Import sympy and build the parser's tables; a second or two."""
    logging.disable(logging.CRITICAL)
    os.environ.pop("SYMPY_USE_CACHE", None)
    for reference, answer in WARM_UP:
        opinion(reference, answer, None)
    read.cache_clear()


def opinion(reference: str, answer: str, places: int | None) -> dict[str, str]:
    """The reply to one request; never raises."""
    try:
        return _opinion(reference, answer, places)
    except MemoryError:
        return _reply("memory")
    except RecursionError:
        return _reply("unparsed")
    except Exception:
        return _reply("error")


def _reply(word: str, symbolic: str = "", numeric: str = "") -> dict[str, str]:
    return {"word": word, "symbolic": symbolic, "numeric": numeric}


def _opinion(reference: str, answer: str, places: int | None) -> dict[str, str]:
    gold, said = read(reference), read(answer)
    # a parse that yields only its own text was not understood
    if not understood(gold) or not understood(said):
        return _reply("unparsed")
    if places is not None and rounds_alike(gold[0], said[0], places):
        return _reply("rounded", numeric="equal")
    different = differs(gold[0], said[0])
    forth = _verify(gold, said)
    # two opinions that agree need no third: math-verify is asked the other way round where they do not
    back = forth if different is (not forth) else _verify(said, gold)
    symbolic = "asymmetric" if forth != back else "equal" if forth else "different"
    word = symbolic
    if forth and back and (different or (different is None and _has_decimals(gold[0], said[0]))):
        word = "unconfirmed"
    if not forth and not back and not different:
        word = "unconfirmed"
    return _reply(word, symbolic, _OPINIONS[different])


def _verify(one: list[Parsed], other: list[Parsed]) -> bool:
    from math_verify import verify

    return bool(
        verify(
            one,
            other,
            float_rounding=EXACT_DIGITS,
            strict=True,
            allow_set_relation_comp=True,
            timeout_seconds=None,
        )
    )


def _has_decimals(one: Parsed, other: Parsed) -> bool:
    import sympy

    return any(bool(side.atoms(sympy.Float)) for side in (one, other))
