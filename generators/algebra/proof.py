"""The proof of a false move in LaTeX, from the two texts alone.

* `prefix_untouched`: everything before the wrong step stands in the original verbatim.
* `prefix_valid`: no equation between numbers before the mistake is false.
* `step_false`: what the right solution states there holds, and what stands there now is false: by exact
  comparison, and again at random rational points.
* `answer_wrong`: the judge calls the original's answer right and this one wrong; or, where the text ends
  with the mistake, `cut_after_step`: nothing of the original follows it and no answer is stated.
* `one_cause`: no other equation between numbers is false, and no later number is one that has changed.
"""

import random
import re
from dataclasses import replace
from fractions import Fraction

from filters.verify.math.answer import known_answer
from filters.verify.math.judge import Judge
from filters.verify.math.options import JudgeOptions
from filters.verify.math.roots import Undecidable
from filters.verify.math.shape_equality import compare_answers
from filters.verify.math.surd import Opaque, Surd
from filters.verify.math.value_equality import same_value
from generators.algebra.change import holds
from generators.algebra.equation_moves import Statement, at, pairs, root_of, statements
from generators.algebra.reading import Chain, is_number, read
from generators.injectors.base import Subject
from generators.steps import split_steps
from schemas.injection import Check, Injection

POINTS = 3
"""Random rational points at which a false identity must be false."""

_RULES = JudgeOptions()


def prove(injection: Injection, subject: Subject, judge: Judge) -> Injection:
    """The injection with `checks` filled, as `generators.injectors.proof.prove`."""
    checks: list[Check] = []
    for name, (passed, seen) in (
        ("prefix_untouched", _prefix_untouched(injection, subject)),
        ("prefix_valid", _prefix_valid(injection)),
        ("step_false", _step_false(injection)),
    ):
        checks.append(Check(name, passed, seen))
        if not passed:
            return replace(injection, checks=tuple(checks))
    checks.append(_ending(injection, subject, judge))
    if checks[-1].passed:
        passed, seen = _one_cause(injection, subject)
        checks.append(Check("one_cause", passed, seen))
    return replace(injection, checks=tuple(checks))


def _prefix_untouched(injection: Injection, subject: Subject) -> tuple[bool, str]:
    steps = split_steps(injection.text)
    if injection.original != subject.solution or injection.step >= len(steps):
        return False, "not made of this solution"
    step = steps[injection.step]
    if not step.start <= injection.cause.start <= step.end:
        return False, "the mistake is in another step"
    same = injection.original[: injection.cause.start] == injection.text[: injection.cause.start]
    return same, f"{step.start} characters, {injection.step} steps"


def _prefix_valid(injection: Injection) -> tuple[bool, str]:
    known = 0
    for chain in read(injection.text):
        for left, relation, right in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
            if relation == "=" and left.is_number and right.is_number and right.end <= injection.cause.start:
                if holds(left, right) is False:
                    return False, f"{left.text} = {right.text} is false"
                known += 1
    return True, f"no equation is false, {known} are known to hold"


def _step_false(injection: Injection) -> tuple[bool, str]:
    old, new = read(injection.original), read(injection.text)
    for number, chain in enumerate(new):
        if number >= len(old):
            break
        for side in range(1, len(chain.sides)):
            here = chain.sides[side]
            if chain.sides[side - 1].end <= injection.cause.start <= here.end and side < len(
                old[number].sides
            ):
                return _false_here(injection, old, new, number, side)
    return False, "the place is not read"


def _false_here(
    injection: Injection, old: tuple[Chain, ...], new: tuple[Chain, ...], number: int, side: int
) -> tuple[bool, str]:
    right, wrong = old[number], new[number]
    left, said = wrong.sides[side - 1], wrong.sides[side]
    relation = wrong.relations[side - 1]
    if (
        relation == "="
        and right.sides[side - 1].text == left.text
        and holds(right.sides[side - 1], right.sides[side])
    ):
        if left.value is None or said.value is None or same_value(left.value, said.value) is not False:
            return False, f"{left.text} = {said.text} is not known to be false"
        differs, where = _differs(left.value, said.value, injection.id)
        return differs, f"{left.text} = {said.text} is false{where}"
    if injection.kind == "lost_root":
        return _root_is_lost(injection, old, new, number)
    return _does_not_follow(old, new, number)


def _does_not_follow(old: tuple[Chain, ...], new: tuple[Chain, ...], number: int) -> tuple[bool, str]:
    """A statement that had the solutions of the one before it has others now."""
    before = next((first for first, second in pairs(old) if second.chain == number), None)
    wrong = next((s for s in statements(new) if s.chain == number), None)
    if before is None or wrong is None:
        return False, "no statement that it follows from"
    one, other = known_answer(before.text), known_answer(wrong.text)
    verdict = compare_answers(one, other, _RULES) if one is not None and other is not None else None
    seen = f"{wrong.text} does not follow from {before.text}"
    return verdict is not None and verdict.is_wrong, seen


def _root_is_lost(
    injection: Injection, old: tuple[Chain, ...], new: tuple[Chain, ...], number: int
) -> tuple[bool, str]:
    """The original's roots all solve an equation before it; the wrong text names fewer of them there."""
    equation = next((s for s in reversed(statements(old[:number])) if s.relation == "="), None)
    if equation is None:
        return False, "no equation with two solutions before it"
    lost = injection.before
    named = [root_of(s) for s in statements(old[number : number + 2])]
    if "\\pm" in lost:
        value = new[number].sides[1].value
        named = [] if value is None else [value, -value]
    roots = {r for r in named if r is not None and _solves(equation, r)}
    kept = {root_of(s) for s in statements(new[number : number + 2])} & roots
    seen = f"{equation.text} has {len(roots)} solutions in the original, of which {len(kept)} is left"
    return len(roots) == 2 and len(kept) == 1, seen


def _solves(equation: Statement, root: Surd) -> bool:
    return not at(equation.difference, equation.name, root).terms


def _differs(one: Surd, other: Surd, seed: str) -> tuple[bool, str]:
    """Whether two values differ at every one of some random rational points, where there are variables."""
    names = sorted({str(n) for n in one.names() | other.names()} - {"π"})
    if not names or any(isinstance(n, Opaque) for n in one.names() | other.names()):
        return True, ""
    rng = random.Random(seed)
    shown = ""
    for _ in range(POINTS):
        point = {name: Fraction(rng.randint(2, 40), rng.randint(1, 7)) for name in names}
        left, right = one, other
        try:
            for name, value in point.items():
                left, right = (at(v, name, Surd.rational(value)) for v in (left, right))
        except Undecidable:
            return True, ""
        if left == right:
            return False, f": equal at {point}"
        if is_number(left) and is_number(right) and not shown:
            told = ", ".join(f"{name} = {value}" for name, value in point.items())
            shown = f", for example at {told}"
    return True, shown


def _ending(injection: Injection, subject: Subject, judge: Judge) -> Check:
    right = judge.verdict(subject.problem, injection.original)
    if not right.is_right:
        return Check(
            "answer_wrong", False, f"the original's answer {right.evidence!r} is {right.outcome.value}"
        )
    verdict = judge.verdict(subject.problem, injection.text, explicit_only=True)
    if verdict.reason == "no_answer" and not injection.answer:
        steps = len(split_steps(injection.text))
        last = injection.step == steps - 1
        return Check(
            "cut_after_step", last, f"the text ends with step {injection.step} of {steps}, without an answer"
        )
    seen = f"{verdict.evidence} against {subject.problem.answer}: {verdict.outcome.value}"
    return Check("answer_wrong", verdict.is_wrong, seen)


def _one_cause(injection: Injection, subject: Subject) -> tuple[bool, str]:
    old, new = read(injection.original), read(injection.text)
    later = 0
    for chain in new:
        for left, relation, right in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
            here = left.end <= injection.cause.start <= right.end
            if relation == "=" and left.is_number and right.is_number and not here:
                if holds(left, right) is False:
                    return False, f"{left.text} = {right.text} is false as well"
                later += left.start >= injection.cause.start
    stale = _stale(injection, subject, old, new)
    return stale is None, f"{later} later equations hold" if stale is None else f"{stale} still stands"


def _stale(
    injection: Injection, subject: Subject, old: tuple[Chain, ...], new: tuple[Chain, ...]
) -> str | None:
    """What the mistake has changed and a later side still has, where no place before it has it too."""
    start = injection.cause.start
    changed = {s.value for c in old for s in c.sides if s.start <= start <= s.end and s.is_number}
    early = {s.value for c in new for s in c.sides if s.end <= start}
    before = injection.before
    alone = re.compile(rf"(?<![\d.,]){re.escape(before)}(?![\d]|\.\d)") if before.isdigit() else None
    if alone and alone.search(f"{subject.problem.statement} {injection.text[:start]}"):
        alone = None
    for chain in new:
        for side in chain.sides:
            if side.start > start and side.is_number and side.value in changed - early:
                return side.text
            if alone and side.start > start and side.is_number and alone.search(side.text):
                return before
    return None
