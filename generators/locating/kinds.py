"""What kind of mistake a strange computation is, by the right computation it differs from in one thing.

Nothing is guessed: where no right computation, or several that say different things, differ in one
thing only, the kind stays `unknown`.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from generators.locating.flow import Evidence
from generators.locating.shape import Form, Shape, joined
from generators.locating.slips import near, plain_number
from generators.locating.stated import UNIT_FACTORS


@dataclass(frozen=True)
class Explained:
    """A kind, and what should have been computed where that is known."""

    kind: str = "unknown"
    right: str = ""


def explain(evidence: Evidence, place: int) -> Explained:
    """The one thing that is wrong with an equation that holds but computes the wrong thing."""
    computation = evidence.computations[place]
    if computation.shape is None or computation.equation.holds is not True:
        return Explained()
    done = {c.shape.form for c in evidence.computations[:place] if c.shape}
    kinds: dict[str, str] = {}
    for right, result in evidence.known.shapes:
        if right.form in done or result in evidence.before(place) or result == -computation.result:
            continue  # done already; or the same the other way round (3 - 5 for 5 - 3), which has no kind
        kind = difference(evidence, place, computation.shape, right)
        if kind and plays(evidence, place, result):
            kinds.setdefault(kind, plain_number(result))
    return Explained(*next(iter(kinds.items()))) if len(kinds) == 1 else Explained()


def difference(evidence: Evidence, place: int, wrong: Shape, right: Shape) -> str:
    """The kind of mistake that one change makes of `right`, empty where it takes more than one."""
    if len(wrong.operands) >= 2 and _same_operands(wrong, right):
        return "operator"
    kind = _other_operand(evidence, place, wrong, right)
    return kind or _other_length(evidence, wrong, right)


def plays(evidence: Evidence, place: int, result: Fraction) -> bool:
    """Whether the wrong result stands where a right solution has `result`: as the answer, or in a later equation."""
    wrong = evidence.computations[place].result
    if wrong == evidence.answer and result in evidence.known.last:
        return True
    for later in evidence.computations[place + 1 :]:
        if later.shape is None or wrong not in later.operands:
            continue
        at = next(n for n in later.shape.places() if later.shape.items[n] == wrong)
        if later.shape.with_operand(at, result) in evidence.known.forms:
            return True
    return False


def _same_operands(wrong: Shape, right: Shape) -> bool:
    return Counter(_without_ones(wrong)) == Counter(_without_ones(right)) and wrong.form != right.form


def _without_ones(shape: Shape) -> list[Fraction]:
    return [o for o in shape.operands if o != 1]


def _other_operand(evidence: Evidence, place: int, wrong: Shape, right: Shape) -> str:
    for at in wrong.places():
        used = wrong.items[at]
        assert isinstance(used, Fraction)
        for meant in set(right.operands) - {used}:
            if wrong.with_operand(at, meant) == right.form:
                return _operand_kind(evidence, place, used, meant)
    return ""


def _operand_kind(evidence: Evidence, place: int, used: Fraction, meant: Fraction) -> str:
    """Why `used` stands where `meant` belongs."""
    before, given = evidence.before(place), evidence.given
    ratios = {used / meant, meant / used} if used and meant else set()
    if meant not in before and any(_converts(evidence, ratio) for ratio in ratios):
        return "unit_conversion"
    if meant in before:
        return "previous_step_value" if meant not in given else ""
    if meant in given and meant in evidence.known.results:
        return ""  # either: copied from the wrong place, or not computed
    if meant in given:
        if used in given and used not in before:
            return "context_value"
        return "context_value" if near(used, meant) and used not in before else ""
    if meant in evidence.known.results:
        return "missing_step" if used in given or used in before else ""
    counted = used.denominator == 1 and used not in given and used and 1 / used not in given
    if abs(used - meant) == 1 and counted:
        return "counting"
    return ""


def _converts(evidence: Evidence, ratio: Fraction) -> bool:
    """Whether a number is a factor between units that the problem names, and not one of its own numbers."""
    words = UNIT_FACTORS.get(ratio)
    return words is not None and ratio not in evidence.given and words.search(evidence.statement) is not None


def _other_length(evidence: Evidence, wrong: Shape, right: Shape) -> str:
    """A term or factor of the right computation left out, all else the same."""
    lacking = Counter(right.operands) - Counter(wrong.operands)
    if Counter(wrong.operands) - Counter(right.operands) or sum(lacking.values()) != 1:
        return ""
    (left_out,) = lacking
    if not _with(wrong.form, left_out, right.form):
        return ""
    return "unit_conversion" if _converts(evidence, left_out) else "missing_step"


def _with(form: Form, operand: Fraction, wanted: Form) -> bool:
    """Whether one more term or factor makes the wanted form."""
    if operand.denominator != 1:
        return False
    number = Form("", operand.numerator)
    return any(joined(sign, [(1, form), (power, number)]) == wanted for sign in "+*" for power in (1, -1))
