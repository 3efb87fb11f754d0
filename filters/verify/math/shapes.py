"""The shapes that an answer can have, as values."""

from dataclasses import dataclass

from filters.verify.math.quantity import Quantity
from filters.verify.math.surd import Surd


@dataclass(frozen=True, slots=True)
class Group:
    """Several answers; `brackets` is `()`, `[)`, `{}`, … and empty for a bare list."""

    brackets: str
    items: tuple["Answer", ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name = value`; the name is as written, without spaces."""

    name: str
    value: "Answer"


@dataclass(frozen=True, slots=True)
class Equation:
    """`difference = 0`, without denominators."""

    difference: Surd


@dataclass(frozen=True, slots=True)
class Inequality:
    """`below < 0`, or `below <= 0` where not strict; not solved for one variable."""

    below: Surd
    strict: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval of the real line; None is an end at infinity, which is open."""

    low: Surd | None
    low_closed: bool
    high: Surd | None
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A union of intervals, in order and apart from each other; `name` is the variable, if any."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of equal length; a determinant is not the matrix between its bars."""

    rows: tuple[tuple["Answer", ...], ...]
    determinant: bool = False


@dataclass(frozen=True, slots=True)
class Approximate:
    """A value after ≈."""

    value: "Answer"


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words, lower case, without articles."""

    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A letter of a multiple choice, perhaps with the words after it."""

    letter: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Coded:
    """Digits that are not decimal arithmetic: clock time, ratio, number in another base."""

    kind: str
    parts: tuple[str, ...]


Answer = (
    Quantity
    | Group
    | Assignment
    | Equation
    | Inequality
    | Region
    | Matrix
    | Approximate
    | Words
    | Choice
    | Coded
)
