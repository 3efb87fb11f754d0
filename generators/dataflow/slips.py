"""Wrong results such as people and language models compute: one slip of the pen, not a random number.

A carry forgotten or made twice, a borrow forgotten, digits swapped, the neighbour in the
times table, a factor of ten, left to right instead of by precedence.
"""

import random
from fractions import Fraction

from generators.dataflow.graph import Node


def wrong_results(node: Node, rng: random.Random) -> list[Fraction]:
    """Wrong values for an equation's result, likeliest first: slips of its own operation before general ones."""
    if node.result < 0 or any(o.value < 0 for o in node.operands):
        return _near_below_zero(node)
    scale = 1
    while scale < 10_000 and any((v * scale).denominator != 1 for v in _values(node)):
        scale *= 10
    if any((v * scale).denominator != 1 for v in _values(node)):
        return []
    own = [Fraction(v, scale) for v in _own(node, scale)]
    general = [Fraction(v, scale) for v in _general(int(node.result * scale))]
    rng.shuffle(own)
    rng.shuffle(general)
    # Slips of the operation itself are the likelier ones; every fourth first choice is a general one.
    ordered = [*own, *general] if rng.random() < 0.75 else [*general[:1], *own, *general[1:]]
    return [v for v in dict.fromkeys(ordered) if v != node.result and _believable(node, v)]


def _near_below_zero(node: Node) -> list[Fraction]:
    """Off by ten or one on the same side of zero."""
    if node.result.denominator != 1:
        return []
    near = [node.result + d for d in (10, -10, 1, -1)]
    return [v for v in near if v * node.result > 0 and 2 * abs(v - node.result) <= abs(node.result)]


def _believable(node: Node, value: Fraction) -> bool:
    """No sum below its parts, no difference above what it was taken from, no product below its factors."""
    values = [o.value for o in node.operands]
    signs = {s.plain for s in node.signs}
    if value <= 0 or (signs == {"-"} and value >= values[0]):
        return False
    if signs == {"+"} or (signs == {"*"} and min(values) > 1):
        return value > max(values)
    return not (signs == {"/"} and min(values) > 1 and value >= values[0])


def difficulty(node: Node) -> int:
    """Digits to work through: long numbers are where slips happen."""
    return sum(len(str(o.value.numerator)) + len(str(o.value.denominator)) - 1 for o in node.operands)


def _values(node: Node) -> list[Fraction]:
    return [*(o.value for o in node.operands), node.result]


def _own(node: Node, scale: int) -> list[int]:
    """Slips of a single operation; by precedence where there are several."""
    result = int(node.result * scale)
    if len(node.operands) != 2 or len(node.signs) != 1:
        return [int(v * scale) for v in _left_to_right(node) if (v * scale).denominator == 1]
    a, b = (int(o.value * scale) for o in node.operands)
    sign = node.signs[0].plain
    if sign == "+":
        return [result + d for d in carries(a, b)]
    if sign == "-":
        return [result + d for d in borrows(a, b)]
    x, y = (o.value for o in node.operands)
    if sign == "*":
        found = [int(n * scale) for n in times_table(x, y)]
        zeros = any((v >= 20 and v % 10 == 0) or v.denominator > 1 for v in (x, y))
        return [*found, *([result * 10, result // 10] if zeros and result % 10 == 0 else [])]
    steps = [scale, -scale] if node.result.denominator == 1 else []
    return [result + d for d in steps if result + d > 0] + (
        [result // 10] if result % (10 * scale) == 0 else []
    )


def carries(a: int, b: int) -> list[int]:
    """By how much a sum is off where a carry is forgotten, and where one is made that is none.

    >>> carries(48, 24)
    [-10]
    """
    found, carry, column = [], 0, 1
    while a or b:
        digit = a % 10 + b % 10 + carry
        carry = int(digit > 9)
        if carry:
            found.append(-10 * column)
        elif digit > 6 and (a >= 10 or b >= 10):
            found.append(10 * column)
        a, b, column = a // 10, b // 10, column * 10
    return found


def borrows(a: int, b: int) -> list[int]:
    """By how much a difference is off where a borrow is forgotten, or a smaller digit taken from a larger.

    >>> borrows(52, 27)
    [10]
    """
    found, borrow, column = [], 0, 1
    while b:
        digit = a % 10 - b % 10 - borrow
        borrow = int(digit < 0)
        if borrow:
            found.append(10 * column)
            swapped = 10 - digit % 10
            if swapped != digit % 10 and column == 1:
                found.append((10 + swapped - digit % 10) * column if a >= 10 else 0)
        a, b, column = a // 10, b // 10, column * 10
    return [d for d in found if d]


def times_table(x: Fraction, y: Fraction) -> list[Fraction]:
    """Products next to the right one: a factor off by one, a carry of a partial product forgotten."""
    found: list[Fraction] = []
    for factor, other in ((x, y), (y, x)):
        if factor.denominator == 1 and 2 < factor <= 12:
            found += [(factor - 1) * other, (factor + 1) * other]
    if x.denominator == y.denominator == 1 and min(x, y) < 10 <= max(x, y) < 100:
        one, ten = divmod(int(max(x, y)), 10)[::-1], int(min(x, y))
        carry = one[0] * ten // 10
        if carry:
            found.append(x * y - 10 * carry)
    return found


def _left_to_right(node: Node) -> list[Fraction]:
    """The value of `2 + 3 * 4` where precedence is forgotten; nothing where it makes no difference."""
    if not node.flat or len(node.signs) != len(node.operands) - 1:
        return []
    value = node.operands[0].value
    for sign, operand in zip(node.signs, node.operands[1:], strict=True):
        if sign.plain == "/" and operand.value == 0:
            return []
        value = _apply(value, sign.plain, operand.value)
    return [value]


def _apply(a: Fraction, sign: str, b: Fraction) -> Fraction:
    return {"+": a + b, "-": a - b, "*": a * b}[sign] if sign != "/" else a / b


def _general(result: int) -> list[int]:
    """Off by one or ten, two digits swapped, a digit off."""
    digits = str(result)
    found = []
    if result > 9:
        found += [result + 10, result - 10]
    if result > 4:
        found += [result + 1, result - 1]
    if result > 99:
        found += [result + 100, result - 100]
    for at in range(len(digits) - 1):
        swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        if swapped[0] != "0":
            found.append(int(swapped))
    # A slip that moves the result by half is noticed at once.
    return [v for v in found if v > 0 and v != result and abs(v - result) * 2 <= result]


def sign_slips(node: Node) -> list[Fraction]:
    """Results where a sign was lost while computing, the expression being written rightly.

    `20 - 5 - 3` as 20 - 5 + 3, `45 - 47` as 2, `-2 + 19` as 2 + 19.
    """
    values = tuple(o.value for o in node.operands)
    plain = [s.plain for s in node.signs]
    found: list[Fraction | None] = []
    for at in range(len(values)):
        if values[at] < 0:
            found.append(node.value_with((*values[:at], -values[at], *values[at + 1 :])))
    if node.result < 0:
        found.append(-node.result)
    if len(plain) > 1:
        for at in range(len(plain) - 1, -1, -1):
            if plain[at] == "-":
                found.append(node.value_with(values, (*plain[:at], "+", *plain[at + 1 :])))
    return [v for v in dict.fromkeys(found) if v is not None and v != node.result]
