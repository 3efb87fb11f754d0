"""What a computation means: its full expression in the numbers it starts from, as a fingerprint.

    16 - 3 = 13, 13 - 4 = 9        and        3 + 4 = 7, 16 - 7 = 9        mean the same 9

Every number gets a random residue of a prime field, products of numbers the product of their
residues; an expression is evaluated there. Two expressions with one fingerprint are the same function of
their numbers (Schwartz-Zippel: a chance of less than 1 in 10^15 that they are not), so brackets,
order, distribution, percents and the cut into steps make no difference, while 2 + 2 and 2 * 2 differ.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from generators.locating.shape import Form, Shape

PRIME = (1 << 61) - 1
_MOST_PARTS = 6
_MOST_MEANINGS = 6
_MOST_NODES = 60


class Meanings:
    """Expanded forms of a text's computations, one after another."""

    def __init__(self, given: frozenset[Fraction]) -> None:
        self._given = given
        self._forms: dict[Fraction, list[Form]] = {}

    def add(self, shape: Shape | None, result: Fraction) -> list[Form]:
        """The expanded forms of the next computation; several where a number may be one of two things."""
        forms = list(self._expanded(shape.form))[:_MOST_MEANINGS] if shape else []
        self._forms.setdefault(result, [])
        self._forms[result] = [*forms, *self._forms[result]][:2]
        return forms

    def _expanded(self, form: Form) -> Iterator[Form]:
        if len(form) == 1:
            value = Fraction(form[0])  # type: ignore[arg-type]
            earlier = self._forms.get(value, [])
            yield from earlier
            if value in self._given or not earlier:
                yield form
            return
        parts = [list(self._expanded(part[1])) for part in form[1:]]  # type: ignore[index]
        for chosen in _choices(parts):
            whole: Form = (form[0], *((part[0], c) for part, c in zip(form[1:], chosen, strict=True)))  # type: ignore[index]
            if _size(whole) <= _MOST_NODES:
                yield flat(whole)


def _choices(parts: Sequence[list[Form]]) -> Iterator[tuple[Form, ...]]:
    """The first of every list, then each other one alone."""
    first = tuple(p[0] for p in parts)
    yield first
    for n, options in enumerate(parts):
        for other in options[1:]:
            yield (*first[:n], other, *first[n + 1 :])


def _size(form: Form) -> int:
    return 1 if len(form) == 1 else 1 + sum(_size(part[1]) for part in form[1:])  # type: ignore[index]


def flat(form: Form) -> Form:
    """Sums within sums and products within products opened."""
    if len(form) == 1:
        return form
    parts: list[tuple[int, Form]] = []
    for sign, inner in form[1:]:  # type: ignore[misc]
        inner = flat(inner)
        if len(inner) > 1 and inner[0] == form[0]:
            parts += [(sign * s, f) for s, f in inner[1:]]  # type: ignore[misc]
        else:
            parts.append((sign, inner))
    return (form[0], *parts)


def fingerprint(form: Form) -> int | None:
    """The form's value in the field; None where it divides by zero."""
    if len(form) == 1:
        return _residue(int(form[0]))  # type: ignore[call-overload, no-any-return]
    total = 0 if form[0] == "+" else 1
    for sign, inner in form[1:]:  # type: ignore[misc]
        value = fingerprint(inner)
        if value is None:
            return None
        if form[0] == "+":
            total = (total + sign * value) % PRIME
        elif sign == 1:
            total = total * value % PRIME
        elif value == 0:
            return None
        else:
            total = total * pow(value, -1, PRIME) % PRIME
    return total


def partial(form: Form) -> Iterator[Form]:
    """Parts of a form that a person may compute on the way: sums of some terms, products of some factors, within too."""
    if len(form) == 1:
        return
    parts = form[1:]
    for count in range(2, len(parts)):
        if len(parts) <= _MOST_PARTS:
            yield from ((form[0], *chosen) for chosen in combinations(parts, count))
    for _, inner in parts:  # type: ignore[misc]
        if len(inner) > 1:
            yield inner
            yield from partial(inner)


def fingerprints(forms: Iterable[Form]) -> frozenset[int]:
    """Fingerprints of several forms, also of their negatives (`3 - 16` where `16 - 3` is meant is told apart by value)."""
    return frozenset(f for f in map(fingerprint, forms) if f is not None)


@lru_cache(maxsize=65_536)
def _residue(number: int) -> int:
    """Random, and multiplicative: 25 / 100 is 1 / 4. Numbers with large factors count as primes."""
    if number < 0:
        return -_residue(-number) % PRIME
    if number <= 1:
        return number
    for factor in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47):
        if number % factor == 0 and number != factor:
            return _residue(factor) * _residue(number // factor) % PRIME
    digest = hashlib.sha256(f"corrigenda {number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % PRIME
