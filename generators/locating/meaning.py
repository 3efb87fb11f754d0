"""What a computation means: its full expression in the numbers it starts from, as a fingerprint.

    16 - 3 = 13, 13 - 4 = 9        and        3 + 4 = 7, 16 - 7 = 9        mean the same 9

Every number gets a random residue of a prime field; an expression is evaluated there. Two expressions
with one fingerprint are the same function of their numbers (Schwartz-Zippel: a chance of less than
1 in 10^15 that they are not), so brackets, order, distribution and the cut
into steps make no difference, while 2 + 2 and 2 * 2 differ.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from generators.locating.shape import Form, Item, Shape, form_of, joined

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
        forms = list(self._expanded(shape))[:_MOST_MEANINGS] if shape else []
        self._forms[result] = [*forms, *self._forms.get(result, [])][:2]
        return forms

    def _expanded(self, shape: Shape) -> Iterator[Form]:
        """With every operand that an earlier computation gave replaced by that computation."""
        for items in _choices([self._options(item) for item in shape.items]):
            form = form_of(items)
            if form is not None and _size(form) <= _MOST_NODES:
                yield form

    def _options(self, item: Item) -> list[Item]:
        earlier = self._forms.get(item, []) if isinstance(item, Fraction) else []
        return [*earlier, item] if item in self._given or not earlier else [*earlier]


def _choices(parts: Sequence[list[Item]]) -> Iterator[tuple[Item, ...]]:
    """The first of every list, then each other one alone."""
    first = tuple(p[0] for p in parts)
    yield first
    for n, options in enumerate(parts):
        for other in options[1:]:
            yield (*first[:n], other, *first[n + 1 :])


def _size(form: Form) -> int:
    return 1 + sum(_size(part) for _, part in form.parts)


def fingerprint(form: Form) -> int | None:
    """The form's value in the field; None where it divides by zero."""
    if not form.joined:
        return _residue(form.value)
    form = _shares(form)
    total = 0 if form.joined == "+" else 1
    for sign, inner in form.parts:
        value = fingerprint(inner)
        if value is None or (value == 0 and form.joined == "*" and sign < 0):
            return None
        total = total + sign * value if form.joined == "+" else total * pow(value, sign, PRIME)
    return total % PRIME


def _shares(form: Form) -> Form:
    """A percentage as its share, so that 80 * 25 / 100 is 80 * 0.25."""
    hundred = (-1, Form("", 100))
    tops = [part for part in form.parts if part[0] == 1 and not part[1].joined and 1 < part[1].value < 100]
    if form.joined != "*" or hundred not in form.parts or len(tops) != 1:
        return form
    share = Fraction(tops[0][1].value, 100)
    rest = list(form.parts)
    rest.remove(hundred)
    rest.remove(tops[0])
    return Form("*", 0, (*rest, (1, Form("", share.numerator)), (-1, Form("", share.denominator))))


def partial(form: Form) -> Iterator[Form]:
    """What a person may compute on the way to a form: some terms of a sum, some factors of a product, within too."""
    for count in range(2, len(form.parts)):
        if len(form.parts) <= _MOST_PARTS:
            yield from (joined(form.joined, chosen) for chosen in combinations(form.parts, count))
    for _, inner in form.parts:
        if inner.joined:
            yield inner
            yield from partial(inner)


def fingerprints(forms: Iterable[Form]) -> frozenset[int]:
    """Fingerprints of several forms; those that come down to one of their own numbers (28 + 20 - 20) mean nothing."""
    return frozenset(
        found
        for form in forms
        if (found := fingerprint(form)) is not None and found not in set(_leaves(form))
    )


def _leaves(form: Form) -> Iterator[int]:
    if not form.joined:
        yield _residue(form.value)
    for _, part in form.parts:
        yield from _leaves(part)


@lru_cache(maxsize=65_536)
def _residue(number: int) -> int:
    """Random, zero and one excepted."""
    if number < 0:
        return -_residue(-number) % PRIME
    if number <= 1:
        return number
    digest = hashlib.sha256(f"corrigenda {number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % PRIME
