"""A case: a problem with its checked attempts. It is what a recipe is given."""

from dataclasses import dataclass
from functools import cached_property

from schemas.attempt import Attempt
from schemas.problem import Problem


@dataclass(frozen=True)
class Case:
    """A problem and its attempts, in sample order."""

    problem: Problem
    attempts: tuple[Attempt, ...]

    @cached_property
    def rights(self) -> tuple[Attempt, ...]:
        """Attempts proven right."""
        return tuple(a for a in self.attempts if a.verdict.is_right)

    @cached_property
    def wrongs(self) -> tuple[Attempt, ...]:
        """Attempts proven wrong and not merely cut off by the token limit."""
        return tuple(a for a in self.attempts if a.verdict.is_wrong and a.finish != "length")

    @property
    def decided(self) -> int:
        """How many attempts have a verdict: the size of the group that the pass rate is of."""
        return sum(1 for a in self.attempts if a.verdict.is_right or a.verdict.is_wrong)

    @property
    def pass_rate(self) -> float | None:
        """Share of right attempts among those with a verdict; None where none has one."""
        return len(self.rights) / self.decided if self.decided else None
