r"""Right answers reached by luck: 42 - 21 = 21, 21 / 7 = 3 times, where 42 / (7 + 7) = 3 was asked.

Of 745 right GSM8K rollouts whose equations hold (500 problems) 23 are found: read one by one, 14 are luck and 9
an unusual way, the lesser loss. Not found: right computations with wrong words. Texts in LaTeX are left alone, as
their arithmetic is not all there is (of 145 right MATH rollouts 33 would be found; the seven that were read are
right), and so are problems whose reference is not read from the problem's numbers to the answer.
"""

from collections.abc import Sequence
from dataclasses import replace

from filters.verify.doubtful import LATEX
from generators.locating.flow import Evidence, number_in
from generators.locating.known import Known, known_of
from generators.locating.reference import is_strange, redeemed
from generators.procedural.countdown import keeps_the_rules
from generators.solutions import REFERENCE, Solution
from schemas.attempt import Attempt
from schemas.case import Case


def without_luck(case: Case, solutions: Sequence[Solution]) -> list[Solution]:
    """The solutions but those that reach the answer by luck, as the reference tells; all where it cannot tell."""
    solutions = [s for s in solutions if keeps_the_rules(case.problem.statement, s.text)]
    reference = next((s for s in solutions if s.parent == REFERENCE), None)
    if reference is None or not traced(case, reference):
        return solutions
    statement = case.problem.statement
    known = known_of([reference], statement)
    attempts = {a.id: a for a in case.attempts}
    return [
        s for s in solutions if s is reference or not by_luck(Evidence(statement, attempts[s.parent], known))
    ]


def confirmed(case: Case, solutions: Sequence[Solution], attempt: Attempt) -> bool:
    """Whether a further right answer is none by luck, as the reference among the known solutions tells."""
    own = Solution(attempt.text, attempt.steps, attempt.id)
    known = [s for s in solutions if s.text != attempt.text]
    return own in without_luck(replace(case, attempts=(*case.attempts, attempt)), [own, *known])


def traced(case: Case, reference: Solution) -> bool:
    """Whether the reference ends in an equation for the answer, made of given numbers and earlier results."""
    text = Attempt(
        problem_id=case.problem.id,
        text=reference.text,
        steps=reference.steps,
        model="",
        policy="",
        index=0,
    )
    nothing = Known(frozenset(), frozenset(), frozenset())
    evidence = Evidence(case.problem.statement, text, nothing)
    last = evidence.computations[-1:]
    if LATEX.search(reference.text) or not last or last[0].result != number_in(case.problem.answer):
        return False
    needed = [(n, evidence.computations[n].operands) for n in evidence.ancestors]
    return all(operands and all(evidence.sourced(o, n) for o in operands) for n, operands in needed)


def by_luck(evidence: Evidence) -> bool:
    """Whether the answer means nothing that the reference computes, and comes by a result that nothing redeems."""
    if LATEX.search(evidence.attempt.text):
        return False
    places = range(len(evidence.computations))
    answers = [n for n in places if evidence.computations[n].result == evidence.answer]
    if any(evidence.means_known(n) for n in answers):
        return False
    return any(is_strange(evidence, evidence.computations[n]) and not redeemed(evidence, n) for n in places)
