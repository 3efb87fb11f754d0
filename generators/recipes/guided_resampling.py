"""GSI: problems that the policy rarely solves are sampled again with a hint, until there are enough right answers.

"Mitigating Tail Narrowing in LLM Self-Improvement via Socratic-Guided Sampling" (GSI, arXiv 2411.00750). Where
fewer than half of the samples are right, up to 8 more are drawn, each with help: the answer, a rationale, or a
right beginning that grows from try to try. Right ones that state no false equation are learnt from the plain problem.

    asked    What is 3 + 4 + 2?  It comes out as 9; do not say that you were told.
    row      user       What is 3 + 4 + 2?
             assistant  3 + 4 = 7. 7 + 2 = 9. The answer is 9.        answer  learnt

    asked    What is 3 + 4 + 2?  and the beginning "3 + 4 = 7."
    row      assistant  3 + 4 = 7.                                    prefix        learnt
                        7 + 2 = 9. The answer is 9.                   continuation  learnt

`interrupt` adds ID-Sampling (arXiv 2502.05449): a sample is stopped where a budget of steps that keeps doubling
ends, and goes on after a trigger, the span `trigger`.
How well the problem was sampled before is measured by B-STaR's balance score (arXiv 2412.17256), rounded to tenths
and shown in the funnel (`measured: guided_resampling.balance_0.3`). All samples, right or not, are attempts.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.balance import WANTED, balance_score
from generators.guidance import Guided, Hint, guided, interrupted
from generators.hinted import grounded, stands_alone
from generators.recipes.base import Recipe
from schemas.case import Case
from schemas.example import Example


class GuidedResampling(Recipe):
    """Right answers to hard problems, reached with a hint and learnt without it."""

    paper: ClassVar[str] = "GSI, arXiv 2411.00750; ID-Sampling, arXiv 2502.05449"
    makes = ("sft",)
    needs_policy = True

    hints: tuple[Hint, ...] = ("answer", "rationale", "state_reset")
    """Kinds of help, tried in this order until there are enough rows; `peers` shows how other attempts end."""
    enough: float = Field(default=0.5, gt=0, le=1)
    """Share of right samples from which a problem is not resampled (the paper: 4 of 8)."""
    tries: int = Field(default=8, ge=1)
    """Most samples drawn with help per problem, shared out among the kinds of help."""
    most: int = Field(default=4, ge=1)
    """Most rows per problem."""
    wanted: int = Field(default=WANTED, ge=1)
    """Right samples per problem that are enough for a balance score of 1 (n* of B-STaR)."""
    interrupt: int = Field(default=0, ge=0)
    """Samples per problem that are interrupted at growing budgets; 0 draws none."""
    budget: int = Field(default=2, ge=1)
    """Steps before the first interruption."""
    growth: float = Field(default=2.0, gt=1, allow_inf_nan=False)
    """Factor from one budget to the next."""
    triggers: int = Field(default=3, ge=1)
    """Most interruptions of one sample."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        score = balance_score(case.decided, len(case.rights), self.wanted)
        ask.count(f"balance_{score:.1f}")
        if not ask.has_policy:
            return []
        if case.decided and len(case.rights) >= self.enough * case.decided:
            ask.skip("not_hard")
            return []
        made: dict[str, Example] = {}
        lucky = {a.id for a in ask.rights() if not grounded(ask, a)}
        solutions = [s for s in ask.solutions() if s.parent not in lucky]
        for number, hint in enumerate(self.hints):
            share = (self.tries + len(self.hints) - 1 - number) // len(self.hints)
            solution = ask.rng.choice(solutions) if solutions else None
            if share and len(made) < self.most:
                self._keep(ask, made, await guided(ask, hint, solution, share), f"hint.{hint}")
        for _ in range(self.interrupt):
            got = await interrupted(ask, self.budget, self.growth, self.triggers)
            self._keep(ask, made, got, "interrupted")
        if not made:
            ask.skip("not_reached")
        return list(made.values())[: self.most]

    def _keep(self, ask: Ask, made: dict[str, Example], got: list[Guided], variant: str) -> None:
        """Add the rows of those samples that are right and may be learnt without their help."""
        for one in got:
            if one.attempt.text in made or not stands_alone(ask, one.attempt):
                continue
            parents = [one.source] if one.source else []
            made[one.attempt.text] = self.sft(
                ask, one.attempt, one.segments, variant=variant, parents=parents
            )
