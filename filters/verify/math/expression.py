"""Reading one mathematical expression into an exact value: a small subset of LaTeX and plain text.

    \\frac{3\\sqrt{8}}{2} - 1.5\\pi        12\\frac{3}{5} (a mixed number)        2^{10}        (x+1)(x-1)

Work is bounded by the length of the text and by the limits of `Surd`; nothing is evaluated. What
is ambiguous (`1/2x`, `2\\frac{5}{3}`) or outside the subset (functions, ±, |x|) is `Undecidable`.
"""

import re
from fractions import Fraction

from filters.verify.math.expression_tokens import Cursor, Token, tokens_of
from filters.verify.math.surd import Surd, Undecidable

MAX_CHARS = 400
"""Longest expression read; the longest reference of MATH-500 has 60 characters."""

MAX_DEPTH = 24
"""Deepest nesting, well inside Python's own recursion limit."""

_GREEK = re.compile(
    r"\\(?:alpha|beta|gamma|delta|(?:var)?epsilon|theta|lambda|mu|rho|sigma|tau|(?:var)?phi|omega|infty)"
)
_TIMES = frozenset(["*", "\\times", "\\cdot", "\\ast"])
_OVER = frozenset(["/", "\\div"])


def read_expression(text: str) -> Surd:
    """The exact value of the whole text, or `Undecidable`."""
    if len(text) > MAX_CHARS:
        raise Undecidable("too long")
    return _Reader(tokens_of(text)).whole()


class _Reader(Cursor):
    """Recursive descent over the tokens; each method reads what its name says."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self._depth = 0

    def whole(self) -> Surd:
        value = self._sum()
        if self._at != len(self._tokens):
            raise Undecidable("unread text")
        return value

    def _sum(self) -> Surd:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Undecidable("nesting")
        value = self._product()
        while self._is("+", "-"):
            value = value + self._product() if self._take().text == "+" else value - self._product()
        self._depth -= 1
        return value

    def _product(self) -> Surd:
        sign = 1
        while self._is("+", "-"):
            sign = -sign if self._take().text == "-" else sign
        value = self._power()
        divided = False
        while (token := self._peek()) is not None:
            if token.text in _TIMES:
                self._take()
                value = value * self._signed_power()
            elif token.text in _OVER:
                self._take()
                value = value / self._signed_power()
                divided = True
            elif token.kind in ("letter", "command") or token.text in ("(", "{"):
                if divided:
                    raise Undecidable("1/2x")
                value = value * self._power()
            else:
                break
        return value if sign > 0 else -value

    def _signed_power(self) -> Surd:
        negative = False
        while self._is("+", "-"):
            negative ^= self._take().text == "-"
        return -self._power() if negative else self._power()

    def _power(self) -> Surd:
        base = self._atom()
        if not self._is("^"):
            return base
        self._take()
        exponent = self._exponent().as_rational()
        if exponent is None or self._is("^"):
            raise Undecidable("exponent")
        return base.power(exponent)

    def _exponent(self) -> Surd:
        return -self._atom() if self._opened("-") else self._atom()

    def _atom(self) -> Surd:
        token = self._take()
        if token.kind == "number":
            return self._number(token)
        if token.text in ("(", "{"):
            return self._until(")" if token.text == "(" else "}")
        if token.kind == "letter":
            return self._symbol(token.text)
        if token.text == "\\pi":
            return Surd.symbol("π")
        if token.text == "\\frac":
            return self._argument() / self._argument()
        if token.text == "\\sqrt":
            if self._is("["):
                raise Undecidable("root")
            return self._radicand().root()
        if token.kind == "command" and _GREEK.fullmatch(token.text):
            return self._symbol(token.text)
        raise Undecidable("syntax")

    def _until(self, closing: str) -> Surd:
        value = self._sum()
        self._take(closing)
        return value

    def _symbol(self, name: str) -> Surd:
        if not self._opened("_"):
            return Surd.symbol(name)
        token = self._take()
        if token.text == "{":
            token = self._take()
            self._take("}")
        if token.kind not in ("number", "letter"):
            raise Undecidable("subscript")
        return Surd.symbol(f"{name}_{token.text}")

    def _radicand(self) -> Surd:
        if self._opened("("):
            return self._until(")")
        token = self._peek()
        if token is not None and token.text.isdigit() and len(token.text) > 1:
            raise Undecidable("\\\\sqrt12 is √1·2 in LaTeX and √12 to its writer")
        return self._argument()

    def _argument(self) -> Surd:
        """`{...}`, or one digit or symbol as in `\\frac12` and `\\sqrt2`."""
        token = self._peek()
        if token is None or token.kind != "number":
            return self._atom()
        if not token.text.isdigit():
            raise Undecidable("argument")
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
        if len(part) < 3 or part[1].text not in _OVER or not part[0].spaced or not part[2].text.isdigit():
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
