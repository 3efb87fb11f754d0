"""Truth: every right side is proven right again and every wrong side not right, from the row alone.

What a recipe believed when it wrote a row is not asked: the texts that will be trained on are.

* SFT: what the last assistant message must end in is what `verified_by` says is proven: the right
  answer (`answer:`), a wrong one (`wrong:`), a verdict that agrees with the judge's on the first
  parent (`verdict:`); feedback on the first parent, a wrong one, that does not give the answer away
  and names a false step where it rests on equations (`feedback:`); from where it ends the answer is
  reached (`continued:`, sampled, so not proven again). A mistake that states an answer must state a
  wrong one; learnt text states no wrong answer before the right one, and no false equation outside
  talk about mistakes (which may quote one). Every learnt verdict that can be read agrees with the
  judge's verdict on the text before it, which is the assistant's message before where the verdict
  begins its own.
* Preference: of two whole answers chosen is right and rejected wrong, each read behind the prompt's last
  message where that is the assistant's; of two verdicts (`verdict:`) the chosen one agrees with the judge's on
  the first parent, and the rejected one does not. Of two next steps the chosen one states no false
  equation, and where the pair rests on equations the rejected one does.
* Step labels: no step labelled right states a false equation; a first wrong step found by
  equations states one.

Objections: `right_side_fails`, `right_side_unknown`, `wrong_side_right`, `wrong_side_unknown`,
`wrong_answer_learnt`, `false_equation_learnt`, `mistake_not_false`, `verdict_unread`, `verdict_disagrees`,
`feedback_reveals`, `feedback_on_right`, `feedback_elsewhere`.
"""

import re

from filters.base import RowFilter
from filters.verify.equations import states_falsehood
from filters.verify.math.extract import extract_answer
from filters.verify.math.judge import Judge
from filters.verify.stated_feedback import named_steps, reveals
from filters.verify.stated_verdict import stated_verdict
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample, StepwiseExample
from schemas.problem import Problem
from schemas.segment import Message, Span

_MAY_QUOTE = ("mistake", "reflection", "critique", "verdict", "false_verdict")
"""Span kinds that may state a false equation: the mistake itself, and talk about it."""


class Truth(RowFilter):
    """Drops rows whose sides do not verify."""

    check_equations: bool = True
    """Also refuse rows that would teach a false equation."""

    def objection(self, example: Example, case: Case, judge: Judge) -> str | None:
        if isinstance(example, SFTExample):
            return self._sft(example, case, judge)
        if isinstance(example, PreferenceExample):
            return self._preference(example, case, judge)
        if isinstance(example, StepwiseExample) and self.check_equations:
            return _stepwise(example)
        return None

    def _sft(self, example: SFTExample, case: Case, judge: Judge) -> str | None:
        problem, ends_wrong = case.problem, example.verified_by.startswith("wrong:")
        objection = _end(example, case, judge)
        if objection is not None:
            return objection
        for span in example.spans:
            if span.kind == "mistake":
                upto = example.messages[span.message].content[span.start : span.end]
                if judge.verdict(problem, upto, explicit_only=True).is_right:
                    return "wrong_side_right"
        learnt = _learnt(example.messages, example.spans)
        if not ends_wrong and any(answers_wrongly_first(text, problem, judge) for text in learnt):
            return "wrong_answer_learnt"
        if self.check_equations and not ends_wrong and any(map(states_falsehood, learnt)):
            return "false_equation_learnt"
        return _verdicts(example, problem, judge)

    def _preference(self, example: PreferenceExample, case: Case, judge: Judge) -> str | None:
        chosen, rejected = example.chosen[-1].content, example.rejected[-1].content
        if example.verified_by.startswith("verdict:"):
            objection = _stated(chosen, example, case, True) or _stated(rejected, example, case, False)
            if objection is not None:
                return objection
        last = example.prompt[-1]
        lead = f"{last.content}\n" if last.role == "assistant" else ""
        if example.verified_by.startswith("answer:"):
            right = judge.verdict(case.problem, lead + chosen)
            wrong = judge.verdict(case.problem, lead + rejected)
            if not right.is_right:
                return "right_side_fails" if right.is_wrong else "right_side_unknown"
            if not wrong.is_wrong:
                return "wrong_side_right" if wrong.is_right else "wrong_side_unknown"
        if not self.check_equations:
            return None
        if states_falsehood(chosen):
            return "false_equation_learnt"
        if example.located_by == "equations" and not states_falsehood(lead + rejected):
            return "mistake_not_false"
        return None


def _end(example: SFTExample, case: Case, judge: Judge) -> str | None:
    """What is wrong with what the row ends in, by what its `verified_by` claims."""
    claim = example.verified_by.partition(":")[0]
    if claim == "verdict":
        last, text = example.spans[-1], example.messages[-1].content
        return _stated(text[last.start : last.end] if last.kind == "verdict" else text, example, case, True)
    if claim == "feedback":
        return _feedback(example, case)
    if claim not in {"answer", "wrong"}:
        return None
    final = judge.verdict(case.problem, example.messages[-1].content)
    if claim == "wrong":
        return None if final.is_wrong else "wrong_side_right" if final.is_right else "wrong_side_unknown"
    return None if final.is_right else "right_side_fails" if final.is_wrong else "right_side_unknown"


def _stated(text: str, example: Example, case: Case, agrees: bool) -> str | None:
    """What is wrong with a verdict on the first parent that is to agree with the judge's, or not to."""
    said = stated_verdict(text)
    judged = next((a.verdict for a in case.attempts if a.id == example.parents[0]), None)
    if said is None or judged is None or not (judged.is_right or judged.is_wrong):
        return "verdict_unread"
    return None if (said == judged.is_right) == agrees else "verdict_disagrees"


def _feedback(example: SFTExample, case: Case) -> str | None:
    text = example.messages[-1].content
    parent = next((a for a in case.attempts if a.id == example.parents[0]), None)
    if parent is None or not parent.verdict.is_wrong:
        return "feedback_on_right"
    if reveals(text, case.problem.answer):
        return "feedback_reveals"
    named = named_steps(text, parent)
    by_equations = example.verified_by == "feedback:equations" and named
    return "feedback_elsewhere" if by_equations and not states_falsehood(parent.step_text(named[0])) else None


def _verdicts(example: SFTExample, problem: Problem, judge: Judge) -> str | None:
    """Learnt verdicts against what they follow, where both can be read."""
    for span in example.spans:
        if span.kind != "verdict" or span.weight <= 0:
            continue
        if span is example.spans[-1] and example.verified_by.startswith("verdict:"):
            continue  # checked against its attempt, which may stand in the prompt
        text = example.messages[span.message].content
        said = stated_verdict(text[span.start : span.end])
        known = judge.verdict(problem, text[: span.start] or _spoken_before(example, span.message))
        if said is not None and (known.is_right or known.is_wrong) and said != known.is_right:
            return "verdict_disagrees"
    return None


def _spoken_before(example: SFTExample, number: int) -> str:
    """The assistant's message before this one; empty where there is none."""
    earlier = [m.content for m in example.messages[:number] if m.role == "assistant"]
    return earlier[-1] if earlier else ""


def _stepwise(example: StepwiseExample) -> str | None:
    right = [text for text, label in zip(example.completions, example.labels, strict=True) if label]
    if any(map(states_falsehood, right)):
        return "false_equation_learnt"
    if example.located_by == "equations" and example.first_error is not None:
        return None if states_falsehood(example.completions[example.first_error]) else "mistake_not_false"
    return None


def _learnt(messages: tuple[Message, ...], spans: tuple[Span, ...]) -> list[str]:
    return [
        messages[s.message].content[s.start : s.end]
        for s in spans
        if s.weight > 0 and s.kind not in _MAY_QUOTE
    ]


def answers_wrongly_first(text: str, problem: Problem, judge: Judge) -> bool:
    """Whether the text states a wrong answer before its last one."""
    last = extract_answer(text, explicit_only=True)
    if last is None:
        return False
    before = re.sub(
        r"[^.\n]*\Z", "", text[: last.start]
    )  # without the beginning of the last answer's sentence
    return judge.verdict(problem, before, explicit_only=True).is_wrong
