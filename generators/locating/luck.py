"""Right answers reached by luck: 42 - 21 = 21, 21 / 7 = 3 times, where 42 / (7 + 7) = 3 was asked.

Of 83 right GSM8K rollouts whose equations hold (60 problems, docs/log.md) six are found; read one by one, four
are nonsense and two are right in an unusual way. Not found: right computations with wrong words.
"""

from collections.abc import Sequence

from generators.locating.flow import Evidence
from generators.locating.known import known_of
from generators.locating.reference import is_strange, redeemed
from generators.solutions import REFERENCE, Solution
from schemas.case import Case


def without_luck(case: Case, solutions: Sequence[Solution]) -> list[Solution]:
    """The solutions but those that reach the answer by luck, as the reference tells; all where there is none."""
    statement = case.problem.statement
    known = known_of([s for s in solutions if s.parent == REFERENCE], statement)
    if not known.results:
        return list(solutions)
    attempts = {a.id: a for a in case.attempts}
    return [
        s
        for s in solutions
        if s.parent == REFERENCE or not by_luck(Evidence(statement, attempts[s.parent], known))
    ]


def by_luck(evidence: Evidence) -> bool:
    """Whether the answer means nothing that the reference computes, and comes by a result that nothing redeems."""
    places = range(len(evidence.computations))
    answers = [n for n in places if evidence.computations[n].result == evidence.answer]
    if any(evidence.means_known(n) for n in answers):
        return False
    return any(is_strange(evidence, evidence.computations[n]) and not redeemed(evidence, n) for n in places)
