"""Compares what a script printed with what it should have."""

import math

from filters.verify.code.options import ProgramOptions


def same_output(printed: str, expected: str, options: ProgramOptions) -> bool:
    """Whether two texts are the same under the options; a tolerance applies to numbers among tokens."""
    if options.stdout == "exact":
        return printed == expected
    if options.stdout == "lines" and not options.tolerance:
        return _lines(printed) == _lines(expected)
    pairs = [(printed.split(), expected.split())]
    if options.stdout == "lines":
        got, wanted = _lines(printed), _lines(expected)
        if len(got) != len(wanted):
            return False
        pairs = [(a.split(), b.split()) for a, b in zip(got, wanted, strict=True)]
    return all(
        len(a) == len(b) and all(_same_token(x, y, options.tolerance) for x, y in zip(a, b, strict=True))
        for a, b in pairs
    )


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").rstrip().split("\n")]


def _same_token(a: str, b: str, tolerance: float) -> bool:
    if a == b or not tolerance:
        return a == b
    try:
        return math.isclose(float(a), float(b), rel_tol=tolerance)
    except ValueError:
        return False
