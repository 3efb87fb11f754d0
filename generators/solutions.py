"""Right solutions of a case: the policy's own right attempts, and the reference finished like them.

Reference solutions of many datasets end without stating the answer in the form attempts do
(GSM8K's end at the last computation). A learner should see one form, so the reference gets a last
line in the form the attempts use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filters.truth import answers_wrongly_first
from filters.verify.arithmetic import tokens_of, value_of
from filters.verify.doubtful import doubtful
from filters.verify.equations import equations, states_falsehood
from filters.verify.math.judge import Judge
from generators.steps import StepStyle, split_steps
from schemas.attempt import Attempt, Step
from schemas.case import Case
from schemas.problem import Problem

REFERENCE = "reference"
"""The parent id of text taken from the problem's own reference solution."""

_FORMS = (
    (re.compile(r"^A: .+$", re.M), "A: {}"),
    (re.compile(r"^#### .+$", re.M), "#### {}"),
    (re.compile(r"The answer is \\boxed\{"), "The answer is \\boxed{{{}}}."),
    (re.compile(r"\\boxed\{"), "The answer is \\boxed{{{}}}."),
)


_NOTES = re.compile(r"<<[^<>\n]*>>")
"""GSM8K's calculator notes, foreign to a policy that writes none."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A right solution: text, steps, and the parent id rows made of it carry."""

    text: str
    steps: tuple[Step, ...]
    parent: str
    verified_by: str = ""
    """How it is known to be right, as rows say it (`answer:exact`)."""

    def step_text(self, number: int) -> str:
        """Text of one step, trailing white space included."""
        return self.text[self.steps[number].start : self.steps[number].end]


def right_solutions(
    case: Case, style: StepStyle, judge: Judge, with_reference: bool = True
) -> list[Solution]:
    """Own right attempts that hold in every way checked, shortest first, then the finished reference."""
    own = [
        Solution(a.text, a.steps, a.id, f"answer:{a.verdict.method}")
        for a in case.rights
        if holds_up(a, case.problem, judge)
    ]
    own.sort(key=lambda s: (len(s.text), s.parent))
    distinct = list({s.text: s for s in reversed(own)}.values())[::-1]
    reference = finished_reference(case, style, judge) if with_reference else None
    return [*distinct, reference] if reference else distinct


def holds_up(right: Attempt, problem: Problem, judge: Judge) -> bool:
    """Whether a right attempt states nothing false or doubtful, no other answer first, and computes its answer."""
    return (
        not states_falsehood(right.text)
        and not doubtful(right.text, problem.solution)
        and not answers_wrongly_first(right.text, problem, judge)
        and computes(right.text, right.verdict.evidence)
    )


def computes(text: str, answer: str) -> bool:
    """Whether a numeric answer is the result of some equation of the text, where it states equations.

    "90 - 180 = -90. A: 90" is right by luck; its steps do not hold.
    """
    value = value_of(tokens_of(answer))
    stated = equations(text)
    return value is None or not stated or any(e.stated_value == value for e in stated)


def finished_reference(case: Case, style: StepStyle, judge: Judge) -> Solution | None:
    """The reference solution, ending as the attempts end; None where there is none or it does not verify."""
    text = case.problem.solution.strip()
    if not any("<<" in a.text for a in case.attempts):
        text = _NOTES.sub("", text)
    if not text or states_falsehood(text):
        return None
    form = answer_form(case.attempts)
    if not any(pattern.search(text) for pattern, _ in _FORMS):
        text = f"{text}\n{form.format(case.problem.answer)}"
    verdict = judge.verdict(case.problem, text)
    if not verdict.is_right:
        return None
    return Solution(text, split_steps(text, style), REFERENCE, f"answer:{verdict.method}")


def answer_form(attempts: Sequence[Attempt]) -> str:
    """How the attempts state their answers, as a format string; boxed where none does."""
    for pattern, form in _FORMS:
        if any(pattern.search(a.text) for a in attempts):
            return form
    return _FORMS[-1][1]
