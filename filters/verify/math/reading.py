"""math-verify's reading of an answer, in a worker: LaTeX only, without time limits, twice as fast.

The parser underneath (antlr) first tries to predict with whole context, which takes three fifths of
parsing (5.9 ms a formula, 2.4 ms without it); the cheaper prediction either gives the same tree or
fails, and what fails is read again the dear way.
"""

from functools import lru_cache
from typing import Any

Parsed = Any
"""What sympy and math-verify give: an expression, a set, a matrix, a relation or a string."""


@lru_cache(maxsize=512)
def read(text: str) -> list[Parsed]:
    """The readings of a text, best first; always as LaTeX, since plain equations are read as their last number."""
    reading = _read(text, cheap=True)
    return reading if understood(reading) else _read(text, cheap=False)


def understood(reading: list[Parsed]) -> bool:
    """Whether there is a reading that is not only the text itself."""
    return bool(reading) and not isinstance(reading[0], str)


def _read(text: str, cheap: bool) -> list[Parsed]:
    from math_verify import LatexExtractionConfig, parse

    _Prediction.set(cheap)
    return list(parse(f"${text}$", [LatexExtractionConfig()], parsing_timeout=None))


class _Prediction:
    """How parsers made from now on predict; math-verify gives no way to say so."""

    cheap = False
    installed = False

    @classmethod
    def set(cls, cheap: bool) -> None:
        """Choose for the parsers made from now on in this process."""
        cls.cheap = cheap
        if not cls.installed:
            cls._install()

    @classmethod
    def _install(cls) -> None:
        from antlr4.atn.ParserATNSimulator import ParserATNSimulator
        from antlr4.atn.PredictionMode import PredictionMode

        made = ParserATNSimulator.__init__

        def make(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (whatever antlr passes)
            made(self, *args, **kwargs)
            self.predictionMode = PredictionMode.SLL if cls.cheap else PredictionMode.LL

        ParserATNSimulator.__init__ = make
        cls.installed = True
