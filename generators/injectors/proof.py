"""The proof of an injection: what is looked at, from the two texts alone, before a mistake may be used.

Nothing the injector knew is believed: the wrong text is read anew. Checks by name, each with what was seen:

* `prefix_untouched`: everything before the wrong step stands in the original verbatim.
* `prefix_valid`: every equation there holds.
* `step_false`: the step states a false equation, or what it computes is not what the right solution
  computes there (another expression with another value), or a value the right one needs exactly is rounded.
* `answer_wrong`: the judge calls the original's answer right and this one wrong.
* `one_cause`: no later equation is false, and no later number is a value that the mistake has changed.

A failed check is kept with its reason; doubt is failure.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from filters.verify.equations import Equation, equations
from filters.verify.math.judge import Judge
from generators.dataflow.graph import Graph
from generators.dataflow.reading import read
from generators.dataflow.reordered import reordered
from generators.injectors.base import Subject
from generators.steps import split_steps
from schemas.attempt import Step
from schemas.injection import Check, Injection

CHECKS = ("prefix_untouched", "prefix_valid", "step_false", "answer_wrong", "one_cause")
_FALSE_EQUATION = frozenset({"calculation", "sign"})
"""Kinds whose step states a false equation; the others' equations hold, of the wrong quantities."""


def prove(injection: Injection, subject: Subject, judge: Judge) -> Injection:
    """The injection with `checks` filled; later checks are not tried where an earlier one failed."""
    wrong = _Text(injection.text)
    checks: list[Check] = []
    for name, look in _LOOKS.items():
        seen, passed = look(injection, subject, wrong, judge)
        checks.append(Check(name, passed, seen))
        if not passed:
            break
    return replace(injection, checks=tuple(checks))


class _Text:
    """A text with its steps and their equations."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps: tuple[Step, ...] = _steps(text)

    def step(self, number: int) -> str:
        return self.text[self.steps[number].start : self.steps[number].end]

    def equations(self, numbers: Iterable[int]) -> list[Equation]:
        return [e for number in numbers for e in equations(self.step(number))]


Look = Callable[[Injection, Subject, _Text, Judge], tuple[str, bool]]


def _prefix_untouched(injection: Injection, subject: Subject, wrong: _Text, judge: Judge) -> tuple[str, bool]:
    if injection.original != subject.solution or injection.step >= len(wrong.steps):
        return "not made of this solution", False
    start = wrong.steps[injection.step].start
    own = _steps(injection.original)
    if injection.step >= len(own) or own[injection.step].start != start:
        return "the steps are cut elsewhere", False
    same = injection.original[:start] == injection.text[:start]
    return f"{start} characters, {injection.step} steps", same


def _prefix_valid(injection: Injection, subject: Subject, wrong: _Text, judge: Judge) -> tuple[str, bool]:
    stated = wrong.equations(range(injection.step))
    doubtful = next((e for e in stated if e.holds is not True), None)
    if doubtful is not None:
        return f"{doubtful.left} = {doubtful.stated} is not known to hold", False
    return f"{len(stated)} equations hold", True


def _step_false(injection: Injection, subject: Subject, wrong: _Text, judge: Judge) -> tuple[str, bool]:
    stated = equations(wrong.step(injection.step))
    false = [e for e in stated if e.holds is False]
    if injection.kind in _FALSE_EQUATION:
        if len(false) != 1:
            return f"{len(false)} false equations", False
        return f"{false[0].left} = {false[0].stated} is false", True
    if false and (injection.kind != "rounding" or len(false) > 1):
        return f"{false[0].left} = {false[0].stated} is false", False
    right = equations(_original_step(injection))
    if injection.kind == "final_answer" or (not stated and not right):
        return _ends_elsewhere(injection, wrong)
    if injection.kind == "missing_step" and not stated:
        return _ends_elsewhere(injection, wrong)
    return _other_quantity(injection, right, stated)


def _original_step(injection: Injection) -> str:
    """The original's step that the wrong one stands for: after a left-out step, the one after it."""
    steps = _steps(injection.original)
    number = injection.step + (injection.kind == "missing_step")
    return injection.original[steps[number].start : steps[number].end] if number < len(steps) else ""


def _other_quantity(
    injection: Injection, right: tuple[Equation, ...], stated: tuple[Equation, ...]
) -> tuple[str, bool]:
    """The first equation that differs must compute a value that no equation of the right solution has."""
    if len(right) != len(stated) or any(e.holds is not True for e in right):
        return "the original's step has other equations", False
    pair = next(
        ((r, s) for r, s in zip(right, stated, strict=True) if r.left != s.left or r.stated != s.stated), None
    )
    if pair is None:
        return "the step is as it was", False
    needed, found = pair
    seen = f"the solution needs {needed.left} = {needed.stated}; this states {found.left} = {found.stated}"
    if injection.kind == "rounding":
        return (
            seen,
            needed.left == found.left and needed.left_value == needed.stated_value != found.stated_value,
        )
    rest = equations_of(injection.original, injection.step)
    if injection.kind != "dropped_case" and reordered(found.left, rest):
        return f"{seen}, terms of the same sum", False
    known = {e.stated_value for e in equations_of(injection.original)}
    return seen, found.holds is True and found.stated_value not in known


def equations_of(text: str, first: int = 0) -> list[Equation]:
    """The equations of a text's steps from the first one asked for on."""
    return [e for s in _steps(text)[first:] for e in equations(text[s.start : s.end])]


@lru_cache(maxsize=512)
def _steps(text: str) -> tuple[Step, ...]:
    return split_steps(text)


def _ends_elsewhere(injection: Injection, wrong: _Text) -> tuple[str, bool]:
    """The step states only the answer: it is not the result that the right solution ends in."""
    results = [e.stated for e in equations_of(injection.original)]
    if not results:
        return "no equations", False
    return f"the solution ends in {results[-1]}; this states {injection.answer}", results[
        -1
    ] != injection.answer


def _answer_wrong(injection: Injection, subject: Subject, wrong: _Text, judge: Judge) -> tuple[str, bool]:
    right = judge.verdict(subject.problem, injection.original)
    if not right.is_right:
        return f"the original's answer {right.evidence!r} is {right.outcome.value}", False
    verdict = judge.verdict(subject.problem, injection.text)
    return f"{verdict.evidence} against {subject.problem.answer}: {verdict.outcome.value}", verdict.is_wrong


def _one_cause(injection: Injection, subject: Subject, wrong: _Text, judge: Judge) -> tuple[str, bool]:
    statement = subject.problem.statement
    old, new = read(statement, injection.original), read(statement, injection.text)
    later = [n for n in new.nodes if n.step > injection.step]
    bad = next((n for n in later if n.holds is not True), None)
    if bad is not None:
        return f"step {bad.step} does not hold", False
    stale = _stale(injection, old, new)
    if stale is not None:
        return f"{stale} still stands after it was changed", False
    loose = _loose(injection, old, new)
    if loose is not None:
        return f"{loose} comes from nowhere", False
    return f"{len(later)} later equations hold", True


def _stale(injection: Injection, old: Graph, new: Graph) -> Fraction | None:
    """A later number that is a result of the right solution and none of the wrong one, nor given."""
    results = {n.result for n in new.nodes}
    gone = {n.result for n in old.nodes} - results - new.explained - {Fraction(1)}
    gone = {v for v in gone if not new.is_elsewhere(v)}
    later = [m.value for m in new.mentions if m.step >= injection.step]
    later += [o.value for n in new.nodes if n.step > injection.step for o in n.operands]
    return next((value for value in later if value in gone), None)


def _loose(injection: Injection, old: Graph, new: Graph) -> Fraction | None:
    """An operand of a later equation that is no earlier result, nor written in the right solution's operands."""
    literals = {o.value for n in old.nodes for o in n.operands}
    for at, node in enumerate(new.nodes):
        if node.step > injection.step:
            results = {n.result for n in new.nodes[:at]}
            loose = next((o.value for o in node.operands if o.value not in results | literals), None)
            if loose is not None and not (injection.kind == "missing_step" and loose in new.explained):
                return loose
    return None


_LOOKS: dict[str, Look] = {
    "prefix_untouched": _prefix_untouched,
    "prefix_valid": _prefix_valid,
    "step_false": _step_false,
    "answer_wrong": _answer_wrong,
    "one_cause": _one_cause,
}
