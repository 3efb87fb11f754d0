"""The shape of an expression: which operands stand in it and how they are joined.

    >>> shape_of("16 - (3 + 4)").form == shape_of("16 - 4 - 3").form
    True

Two expressions of one form compute the same from the same numbers: order, brackets, ones and the
spelling of a fraction (12 * 1/4, 12 / 4, 12 * 0.25) make no difference.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from filters.verify.arithmetic import number_value, tokens_of


class Form(NamedTuple):
    """A number (`joined` empty), a sum of signed parts (`+`: 1 or -1) or a product of powers (`*`: 1 or -1)."""

    joined: str
    value: int = 0
    parts: tuple[tuple[int, "Form"], ...] = ()


Item = Fraction | str | Form
"""An operand, one of `+ - * / ( )`, or a form in an operand's place."""

_SIGNS = {"×": "*", "·": "*", "x": "*", "X": "*", "÷": "/", "−": "-", "–": "-"}
_LONGEST = 40
ONE = Form("", 1)


@dataclass(frozen=True)
class Shape:
    """Operands and operators in order, and the form they come down to."""

    items: tuple[Item, ...]
    form: Form

    @property
    def operands(self) -> tuple[Fraction, ...]:
        """The numbers, in order, repeated ones repeated."""
        return tuple(i for i in self.items if isinstance(i, Fraction))

    def with_operand(self, place: int, value: Fraction) -> Form | None:
        """The form with another number at `items[place]`."""
        return form_of((*self.items[:place], value, *self.items[place + 1 :]))

    def places(self) -> Iterator[int]:
        """Where in `items` the numbers are."""
        return (n for n, item in enumerate(self.items) if isinstance(item, Fraction))


@lru_cache(maxsize=16_384)
def shape_of(expression: str) -> Shape | None:
    """The shape of an expression as `Equation.left` writes it; None where it cannot be read."""
    items: list[Item] = []
    try:
        for token in tokens_of(expression):
            if token.kind in {"number", "fraction"}:
                items.append(number_value(token))
            elif token.kind == "percent" and items and isinstance(items[-1], Fraction):
                items[-1] /= 100
            elif token.kind in {"operator", "open", "close"}:
                items.append(_SIGNS.get(token.text, token.text))
            elif token.kind != "skip":
                return None
    except ValueError:
        return None
    form = form_of(tuple(items))
    return Shape(tuple(items), form) if form is not None else None


def form_of(items: tuple[Item, ...]) -> Form | None:
    """The form of a list of operands and signs; None where it is no expression."""
    if not items or len(items) > _LONGEST:
        return None
    reader = _Reader(items)
    try:
        form = reader.sum()
    except ValueError:
        return None
    return form if reader.at_end else None


def joined(sign: str, parts: Iterable[tuple[int, Form]]) -> Form:
    """A sum or product of parts in a fixed order, those of its own sort opened, factors of one left out."""
    opened: list[tuple[int, Form]] = []
    for power, part in parts:
        if part.joined == sign:
            opened += [(power * p, inner) for p, inner in part.parts]
        elif sign == "+" or part != ONE:
            opened.append((power, part))
    if not opened:
        return ONE
    return opened[0][1] if len(opened) == 1 and opened[0][0] == 1 else Form(sign, 0, tuple(sorted(opened)))


class _Reader:
    """Recursive descent over operands and signs; ValueError on anything that is not an expression."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self._items, self._at = items, 0

    @property
    def at_end(self) -> bool:
        return self._at == len(self._items)

    def sum(self) -> Form:
        terms = [(1, self._product())]
        while (sign := self._peek()) in ("+", "-"):
            self._at += 1
            terms.append((1 if sign == "+" else -1, self._product()))
        return joined("+", terms)

    def _product(self) -> Form:
        factors = [(1, self._single())]
        while (sign := self._peek()) in ("*", "/", "("):
            self._at += sign != "("
            factors.append((-1 if sign == "/" else 1, self._single()))
        return joined("*", factors)

    def _single(self) -> Form:
        item = self._peek()
        self._at += 1
        if isinstance(item, Form):
            return item
        if isinstance(item, Fraction):
            return joined("*", [(1, Form("", item.numerator)), (-1, Form("", item.denominator))])
        if item == "-":
            return joined("+", [(-1, self._single())])
        if item != "(":
            raise ValueError("no operand")
        inner = self.sum()
        if self._peek() != ")":
            raise ValueError("bracket stays open")
        self._at += 1
        return inner

    def _peek(self) -> Item:
        return "" if self.at_end else self._items[self._at]
