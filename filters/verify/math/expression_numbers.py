"""Numbers inside an expression: digits, `1 4/5`, `12\\frac{3}{5}`, and arguments such as those of `\\frac12`."""

from abc import ABC, abstractmethod
from fractions import Fraction

from filters.verify.math.expression_tokens import OVER, Cursor, Token
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Surd


class NumberReader(Cursor, ABC):
    """The part of the reader of expressions that knows numbers."""

    @abstractmethod
    def _atom(self) -> Surd:
        """A number, a bracket, a symbol or a function."""

    def _argument(self) -> Surd:
        """`{...}`, or one digit or symbol as in `\\frac12` and `\\sqrt2`."""
        token = self._peek()
        if token is not None and token.kind == "number" and not token.text.isdigit():
            raise Undecidable("argument")
        return self._one_digit() or self._atom()

    def _one_digit(self) -> Surd | None:
        """The first digit of a number, all that `\\frac12` takes in LaTeX."""
        token = self._peek()
        if token is None or not token.text.isdigit() or len(token.text) == 1:
            return None
        digits = [Token("number", digit, False) for digit in token.text]
        self._tokens[self._at : self._at + 1] = digits
        return Surd.rational(int(self._take().text))

    def _number(self, token: Token) -> Surd:
        value = Fraction(token.text)
        following = self._peek()
        if following is not None and following.kind == "number":
            part = self._plain_part()
        elif following is not None and following.text == "\\frac" and token.text.isdigit():
            latex = self._latex_part()
            if latex is None:
                return Surd.rational(value)
            part = latex
        else:
            return Surd.rational(value)
        if not 0 < part < 1 or not token.text.isdigit():
            raise Undecidable("mixed number")
        return Surd.rational(value + part)

    def _plain_part(self) -> Fraction:
        """`4/5` of `1 4/5`."""
        part = self._tokens[self._at : self._at + 3]
        if len(part) < 3 or part[1].text not in OVER or not part[0].spaced or not part[2].text.isdigit():
            raise Undecidable("two numbers")
        self._at += 3
        return Fraction(part[0].text) / (int(part[2].text) or _zero())

    def _latex_part(self) -> Fraction | None:
        """The fraction of `12\\frac{3}{5}`; None where it is a factor such as `2\\frac{x}{3}`."""
        start = self._at
        self._take()
        part = (self._argument() / self._argument()).as_rational()
        if part is None:
            self._at = start
        return part


def _zero() -> int:
    raise Undecidable("division by zero")
