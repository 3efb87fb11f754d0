"""The last line of an equation's solution, against the line before it.

    2*x = -22 ... -22 / 2 = -11, so x = -1      false: 2 * -1 is not -22

Only whole numbers, one variable and neighbouring statements; texts with cases ("or", "if") are left alone.
"""

import re

_STATED = re.compile(
    r"(?<![\w)^*/+.-])(?:(?P<factor>-?\d+) ?\*? ?)?(?P<name>[a-z]) = (?P<value>-?\d+)(?![\w.,]*\d| ?[-+*/^=(:]|[a-z%])"
)
_OPERATORS = tuple("+-*/^=(")
_CASES = re.compile(r"\b(?:or|case|cases|if|suppose|assume|try|tries|trying|check|not)\b", re.IGNORECASE)


def solved_wrongly(text: str) -> bool:
    """Whether "k*x = M" is followed by "x = N" that does not solve it."""
    if " = " not in text or _CASES.search(text):
        return False
    known: dict[str, tuple[int, int]] = {}
    for found in _STATED.finditer(text):
        name, value = found["name"], int(found["value"])
        if text[: found.start()].rstrip().endswith(_OPERATORS):  # the end of a sum
            known.pop(name, None)
        elif found["factor"] is not None:
            known[name] = (int(found["factor"]), value)
        elif name in known:
            factor, product = known.pop(name)
            if factor * value != product:
                return True
    return False
