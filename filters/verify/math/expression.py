"""Reading one mathematical expression into an exact value: a small subset of LaTeX and plain text.

    \\frac{3\\sqrt{8}}{2} - 1.5\\pi        12\\frac{3}{5} (a mixed number)        2^{10}        (x+1)(x-1)

Work is bounded by the length of the text and by the limits of `Surd`; nothing is evaluated. What
is ambiguous (`1/2x`, `2\\frac{5}{3}`, `\\sin x/2`) or outside the subset (±, sums over k, integrals) is
`Undecidable`.
"""

import re
from fractions import Fraction

from filters.verify.math.expression_functions import FunctionReader
from filters.verify.math.expression_tokens import FUNCTIONS, OVER, tokens_of
from filters.verify.math.functions import binomial, factorial, raised
from filters.verify.math.roots import Undecidable
from filters.verify.math.surd import Surd

MAX_CHARS = 400
"""Longest expression read; the longest reference of MATH-500 has 60 characters."""

MAX_DEPTH = 24
"""Deepest nesting, well inside Python's own recursion limit."""

_GREEK = re.compile(
    r"\\(?:alpha|beta|gamma|delta|(?:var)?epsilon|theta|lambda|mu|rho|sigma|tau|(?:var)?phi|omega|infty)"
)
_REPEATING = re.compile(r"(\d{0,20})\.(\d{0,20})\\(?:overline|bar)\s*\{(\d{1,20})\}")
_TIMES = frozenset(["*", "\\times", "\\cdot", "\\ast"])
_NAMED = frozenset("\\" + name for name in FUNCTIONS)
_DEGREE = (["^", "\\circ"], ["^", "{", "\\circ", "}"])


def read_expression(text: str) -> Surd:
    """The exact value of the whole text, or `Undecidable`."""
    if len(text) > MAX_CHARS:
        raise Undecidable("too long")
    if "\\" in text:
        text = _REPEATING.sub(_repeating, text)
    return _Reader(tokens_of(text)).whole()


def _repeating(found: re.Match[str]) -> str:
    """`0.1\\overline{6}` as a fraction."""
    whole, once, again = found[1] or "0", found[2], found[3]
    value = int(whole + once + again) - int(whole + once)
    return f"(\\frac{{{value}}}{{{(10 ** len(again) - 1) * 10 ** len(once)}}})"


class _Reader(FunctionReader):
    """Recursive descent over the tokens; each method reads what its name says."""

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
            elif token.text in OVER:
                self._take()
                value = value / self._signed_power()
                divided = True
            elif token.kind in ("letter", "command") or token.text in ("(", "{") or self._bar_opens():
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
        while self._opened("!"):
            base = factorial(base)
        if not self._is("^"):
            return base
        if self._angle:
            degree = next((d for d in _DEGREE if self._follows(d)), None)
            if degree is not None:
                self._at += len(degree)
                return base * Surd.symbol("π") * Surd.rational(Fraction(1, 180))
        self._take()
        exponent = self._exponent()
        if self._is("^", "!"):
            raise Undecidable("exponent")
        return raised(base, exponent)

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
        if token.text == "|":
            return self._absolute()
        if token.kind == "command":
            return self._command(token.text)
        raise Undecidable("syntax")

    def _command(self, name: str) -> Surd:
        if name == "\\pi":
            return Surd.symbol("π")
        if name == "\\frac":
            return self._argument() / self._argument()
        if name == "\\sqrt":
            degree = self._root_degree()
            return self._radicand().root(degree)
        if name == "\\binom":
            return binomial(self._argument(), self._argument())
        if name in _NAMED:
            return self._function(name[1:])
        if _GREEK.fullmatch(name):
            return self._symbol(name)
        raise Undecidable("command")

    def _bar_opens(self) -> bool:
        return self._is("|") and not self._bars

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
