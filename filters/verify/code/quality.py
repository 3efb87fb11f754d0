"""How good tests are: the share of a reference's mutants that they kill."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from filters.verify.code.judge import ProgramJudge
from filters.verify.code.mutants import Mutant, mutants
from filters.verify.code.task import ProgramTask

MAX_MUTANTS = 40
"""Mutants judged per problem; a random share of more, the same every time."""


@dataclass(frozen=True, slots=True)
class MutantScore:
    """Mutants killed (judged wrong), mutants decided, and those that passed every test.

    Survivors may be equivalent to the reference, which no test can tell: 1.0 is not always reachable.
    """

    killed: int
    total: int
    survivors: tuple[Mutant, ...] = ()

    @property
    def score(self) -> float | None:
        """The share killed; None where there was no mutant."""
        return self.killed / self.total if self.total else None


def chosen_mutants(reference: str, most: int = MAX_MUTANTS) -> list[Mutant]:
    """At most `most` mutants, in the order of the program."""
    found = list(mutants(reference))
    if len(found) <= most:
        return found
    kept = sorted(random.Random(0).sample(range(len(found)), most))
    return [found[number] for number in kept]


def mutant_score(
    task: ProgramTask, reference: str, judge: ProgramJudge, most: int = MAX_MUTANTS
) -> MutantScore:
    """Judge the mutants of a right program by its tests; those left unknown do not count."""
    return mutant_scores([(task, reference)], judge, most)[0]


def mutant_scores(
    pairs: Sequence[tuple[ProgramTask, str]], judge: ProgramJudge, most: int = MAX_MUTANTS
) -> list[MutantScore]:
    """Scores of many problems, all their mutants run together."""
    chosen = [chosen_mutants(reference, most) for _, reference in pairs]
    asked = [
        (task, mutant.program) for (task, _), group in zip(pairs, chosen, strict=True) for mutant in group
    ]
    reports = iter(judge.reports(asked))
    scores = []
    for group in chosen:
        judged = [(mutant, next(reports)) for mutant in group]
        killed = sum(report.verdict.is_wrong for _, report in judged)
        survivors = tuple(m for m, r in judged if not r.verdict.is_wrong and all(r.passed))
        scores.append(MutantScore(killed, killed + len(survivors), survivors))
    return scores
