"""Functions, roots and bars inside an expression, with their arguments: `\\sin^2 x`, `\\sqrt[3]{2}`, `|x-1|`."""

from abc import abstractmethod
from fractions import Fraction

from filters.verify.math.expression_numbers import NumberReader
from filters.verify.math.expression_tokens import Token
from filters.verify.math.functions import absolute, apply, logarithm
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Surd


class FunctionReader(NumberReader):
    """The part of the reader of expressions that knows functions."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self._depth = 0
        self._bars = 0
        self._angle = False

    @abstractmethod
    def _until(self, closing: str) -> Surd:
        """A sum and the mark that closes it."""

    @abstractmethod
    def _power(self) -> Surd:
        """A factor with its exponent."""

    @abstractmethod
    def _exponent(self) -> Surd:
        """What stands after `^`."""

    def _root_degree(self) -> int:
        if not self._opened("["):
            return 2
        token = self._take()
        self._take("]")
        if not token.text.isdigit() or len(token.text) > 2:
            raise Undecidable("root")
        return int(token.text)

    def _absolute(self) -> Surd:
        if self._bars:
            raise Undecidable("bars in bars")
        self._bars += 1
        value = self._until("|")
        self._bars -= 1
        return absolute(value)

    def _function(self, name: str) -> Surd:
        """`\\sin^2 x`, `\\log_2(x)`; the argument without brackets ends before a sign or function."""
        base = self._base() if name == "log" and self._opened("_") else None
        power = self._exponent().as_rational() if self._opened("^") else Fraction(1)
        if power is None or power.denominator != 1:
            raise Undecidable("power of a function")
        if power == -1:
            name, power = f"arc{name}", Fraction(1)
        around, self._angle = self._angle, True
        argument = self._function_argument()
        self._angle = around
        value = logarithm(base, argument) if base is not None else apply(name, argument)
        return value.power(power)

    def _base(self) -> Surd:
        """The subscript of a logarithm; `\\log_10 x` is meant as base ten."""
        token = self._peek()
        if token is not None and token.text.isdigit():
            return Surd.rational(int(self._take().text))
        return self._argument()

    def _function_argument(self) -> Surd:
        for opening, closing in (("(", ")"), ("{", "}")):
            if self._opened(opening):
                value = self._until(closing)
                if self._is("^", "!"):
                    raise Undecidable("sin(x)^2")
                return value
        value, previous = self._power(), None
        while (token := self._peek()) is not None and (token.kind == "letter" or token.text == "\\pi"):
            if token.spaced and previous is not None:
                raise Undecidable("sin x y")
            value, previous = value * self._power(), token
        if self._is("/", "(", "{", "!"):
            raise Undecidable("sin x/2")
        return value

    def _radicand(self) -> Surd:
        if self._opened("("):
            return self._until(")")
        token = self._peek()
        if token is not None and token.text.isdigit() and len(token.text) > 1:
            raise Undecidable("\\\\sqrt12 is √1·2 in LaTeX and √12 to its writer")
        return self._argument()
