"""Right solutions of a case: the policy's own right attempts, and the reference finished like them.

Reference solutions of many datasets end without stating the answer in the form attempts do
(GSM8K's end at the last computation). A learner should see one form, so the reference gets a last
line in the form the attempts use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filters.verify.equations import equations
from generators.steps import StepStyle, split_steps
from schemas.attempt import Attempt, Step
from schemas.case import Case

REFERENCE = "reference"
"""The parent id of text taken from the problem's own reference solution."""

_FORMS = (
    (re.compile(r"^A: .+$", re.M), "A: {}"),
    (re.compile(r"^#### .+$", re.M), "#### {}"),
    (re.compile(r"The answer is \\boxed\{"), "The answer is \\boxed{{{}}}."),
    (re.compile(r"\\boxed\{"), "The answer is \\boxed{{{}}}."),
)


@dataclass(frozen=True, slots=True)
class Solution:
    """A right solution: text, steps, and the parent id rows made of it carry."""

    text: str
    steps: tuple[Step, ...]
    parent: str

    def step_text(self, number: int) -> str:
        """Text of one step, trailing white space included."""
        return self.text[self.steps[number].start : self.steps[number].end]


def right_solutions(case: Case, style: StepStyle, with_reference: bool = True) -> list[Solution]:
    """Own right attempts that state nothing false, shortest first, then the finished reference."""
    own = [Solution(a.text, a.steps, a.id) for a in case.rights if states_nothing_false(a.text)]
    own.sort(key=lambda s: (len(s.text), s.parent))
    distinct = list({s.text: s for s in reversed(own)}.values())[::-1]
    reference = finished_reference(case, style) if with_reference else None
    return [*distinct, reference] if reference else distinct


def states_nothing_false(text: str) -> bool:
    """No equation in the text is false."""
    return all(e.holds is not False for e in equations(text))


def finished_reference(case: Case, style: StepStyle) -> Solution | None:
    """The reference solution, ending as the attempts end; None where there is none or it is doubtful."""
    text = case.problem.solution.strip()
    if not text or not states_nothing_false(text):
        return None
    form = answer_form(case.attempts)
    if not any(pattern.search(text) for pattern, _ in _FORMS):
        text = f"{text}\n{form.format(case.problem.answer)}"
    return Solution(text, split_steps(text, style), REFERENCE)


def answer_form(attempts: Sequence[Attempt]) -> str:
    """How the attempts state their answers, as a format string; boxed where none does."""
    for pattern, form in _FORMS:
        if any(pattern.search(a.text) for a in attempts):
            return form
    return _FORMS[-1][1]
