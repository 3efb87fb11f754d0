"""Whether two answers of any shapes are equal; None where only a computer algebra can tell."""

from filters.verify.math.group_equality import against_group, compare_groups
from filters.verify.math.options import JudgeOptions
from filters.verify.math.quantity import Quantity
from filters.verify.math.quantity_equality import compare_quantities
from filters.verify.math.regions import region_of
from filters.verify.math.relation_equality import compare_equations, compare_inequalities, compare_regions
from filters.verify.math.roots import Undecidable
from filters.verify.math.shapes import (
    Answer,
    Approximate,
    Assignment,
    Choice,
    Coded,
    Equation,
    Group,
    Inequality,
    Matrix,
    Region,
    Words,
)
from filters.verify.math.surd import Surd
from filters.verify.math.value_equality import cleared
from filters.verify.math.verdicts import MISMATCH, all_of, unknown
from filters.verify.math.words_equality import compare_choices, compare_coded, compare_words
from schemas.verdict import Verdict

_VERBAL = (Words, Choice, Coded)
_CONSTANTS = frozenset(["π", "e"])


def compare_answers(gold: Answer, said: Answer, options: JudgeOptions) -> Verdict | None:
    """The verdict on two answers that were read; symmetric."""
    if isinstance(gold, Quantity) and isinstance(said, Quantity):
        return compare_quantities(gold, said, options)
    if _either(gold, said, Approximate):
        return _approximately(gold, said, options)
    if _either(gold, said, Assignment):
        return _assignments(gold, said, options)
    if _either(gold, said, Region):
        return _regions(gold, said)
    if isinstance(gold, Group) and isinstance(said, Group):
        return compare_groups(gold, said, options, compare_answers)
    if _either(gold, said, Matrix):
        return _matrices(gold, said, options)
    if _either(gold, said, Group):
        return against_group(gold, said, options, compare_answers)
    return _unwrapped(gold, said)


def _unwrapped(gold: Answer, said: Answer) -> Verdict | None:
    if isinstance(gold, _VERBAL) or isinstance(said, _VERBAL):
        return _verbal(gold, said)
    if isinstance(gold, Equation) and isinstance(said, Equation):
        return compare_equations(gold, said)
    if isinstance(gold, Inequality) and isinstance(said, Inequality):
        return compare_inequalities(gold, said)
    solvable = any(isinstance(side, Equation) and len(side.difference.names()) == 1 for side in (gold, said))
    if solvable or not (_is_number(gold) or _is_number(said)):
        return unknown("relation")  # 2 is a solution of x^2 = 4
    return MISMATCH


def _either(gold: Answer, said: Answer, shape: type) -> bool:
    return isinstance(gold, shape) or isinstance(said, shape)


def _is_number(answer: Answer) -> bool:
    return isinstance(answer, Quantity) and answer.value.names() <= _CONSTANTS


def _verbal(gold: Answer, said: Answer) -> Verdict | None:
    if isinstance(gold, Choice) or isinstance(said, Choice):
        return compare_choices(gold, said)
    words = isinstance(gold, Words) or isinstance(said, Words)
    return compare_words(gold, said) if words else compare_coded(gold, said)


def _approximately(gold: Answer, said: Answer, options: JudgeOptions) -> Verdict | None:
    """A value after ≈ may be the rounded one: equal to the other side it is close, no more."""
    one, other = (side.value if isinstance(side, Approximate) else side for side in (gold, said))
    verdict = compare_answers(one, other, options)
    return unknown("close") if verdict is not None and verdict.is_right else verdict


def _assignments(gold: Answer, said: Answer, options: JudgeOptions) -> Verdict | None:
    """Values are compared where one side alone or both sides name the same; else as equations."""
    two = isinstance(gold, Assignment) and isinstance(said, Assignment)
    if two or isinstance(gold, Equation) or isinstance(said, Equation):
        one, other = _as_equation(gold), _as_equation(said)
        same_name = isinstance(gold, Assignment) and isinstance(said, Assignment) and gold.name == said.name
        if not same_name and one is not None and other is not None:
            verdict = compare_equations(one, other)
            return (
                unknown("names")
                if two and verdict is not None and _same_sides(gold, said, options)
                else verdict
            )
        if not same_name:
            return unknown("names") if two and _same_sides(gold, said, options) else unknown("shape")
    one_side, other_side = (side.value if isinstance(side, Assignment) else side for side in (gold, said))
    return compare_answers(one_side, other_side, options)


def _same_sides(gold: Answer, said: Answer, options: JudgeOptions) -> bool:
    assert isinstance(gold, Assignment) and isinstance(said, Assignment)
    verdict = compare_answers(gold.value, said.value, options)
    return verdict is None or not verdict.is_wrong


def _as_equation(answer: Answer) -> Equation | None:
    """`y = 2x + 3` as `y - 2x - 3 = 0`, where the name is one letter."""
    if isinstance(answer, Equation):
        return answer
    if not isinstance(answer, Assignment) or not isinstance(answer.value, Quantity) or len(answer.name) != 1:
        return None
    try:
        return Equation(cleared(Surd.symbol(answer.name) - answer.value.value))
    except Undecidable:
        return None


def _regions(gold: Answer, said: Answer) -> Verdict | None:
    """A region against an interval or a set of numbers is compared as a region."""
    region, other = (gold, said) if isinstance(gold, Region) else (said, gold)
    assert isinstance(region, Region)
    if isinstance(other, Group):
        found = region_of(other)
        if found is None:
            return unknown("shape") if any(not _is_number(item) for item in other.items) else MISMATCH
        other = found
    if isinstance(other, Region):
        return compare_regions(region, other)
    if _is_number(other):
        return unknown("brackets") if len(region.pieces) == 1 and _is_point(region) else MISMATCH
    return (
        MISMATCH if isinstance(other, Matrix) else unknown("text" if isinstance(other, _VERBAL) else "shape")
    )


def _is_point(region: Region) -> bool:
    piece = region.pieces[0]
    return piece.low is not None and piece.low == piece.high


def _matrices(gold: Answer, said: Answer, options: JudgeOptions) -> Verdict | None:
    if isinstance(gold, Matrix) and isinstance(said, Matrix):
        return _two_matrices(gold, said, options)
    matrix, other = (gold, said) if isinstance(gold, Matrix) else (said, gold)
    assert isinstance(matrix, Matrix)
    if isinstance(other, Group):
        entries = [entry for row in matrix.rows for entry in row]
        vector = 1 in (len(matrix.rows), len(matrix.rows[0]))
        if len(entries) != len(other.items) or not vector:
            return unknown("shape") if any(isinstance(item, Group) for item in other.items) else MISMATCH
        verdict = all_of([compare_answers(a, b, options) for a, b in zip(entries, other.items, strict=True)])
        return unknown("brackets") if verdict is not None and verdict.is_right else verdict
    if matrix.determinant or (len(matrix.rows), len(matrix.rows[0])) == (1, 1):
        return unknown("shape")
    return MISMATCH if _is_number(other) else unknown("text" if isinstance(other, _VERBAL) else "shape")


def _two_matrices(gold: Matrix, said: Matrix, options: JudgeOptions) -> Verdict | None:
    def entrywise(one: Matrix, other: Matrix) -> Verdict | None:
        pairs = [pair for a, b in zip(one.rows, other.rows, strict=True) for pair in zip(a, b, strict=True)]
        return all_of([compare_answers(a, b, options) for a, b in pairs])

    shapes = [(len(m.rows), len(m.rows[0])) for m in (gold, said)]
    turned = Matrix(tuple(zip(*said.rows, strict=True)))
    if shapes[0] != shapes[1]:
        if shapes[0] != shapes[1][::-1] or 1 not in shapes[0]:
            return MISMATCH
        verdict = entrywise(gold, turned)  # a row for a column
        return unknown("brackets") if verdict is not None and verdict.is_right else verdict
    verdict = entrywise(gold, said)
    if gold.determinant != said.determinant and verdict is not None and verdict.is_right:
        return unknown("brackets")
    return verdict
