"""Problems made by program: as many as wanted, at a chosen difficulty, with worked solutions.

    source:
      kind: procedural
      families: [chain, word]
      count: 200
      difficulty: medium

Families take turns, so any prefix of the stream holds them in equal shares. Raising `count` keeps
the problems there were. Example of one: `generators.procedural`.
"""

from collections.abc import Iterator

from pydantic import Field

from generators.procedural.families import draw
from generators.procedural.size import (
    LEVELS,
    POSSIBLE_STEPS,
    SMALLEST_BOUND,
    FamilyName,
    Level,
    Size,
)
from generators.procedural.worked import Worked
from generators.sources.base import Source
from schemas.dropped import Dropped
from schemas.exceptions import ConfigError
from schemas.problem import Problem

MOST_REDRAWS = 1000
"""Redraws of one problem before the family counts as exhausted at its size."""


class Procedural(Source):
    """Arithmetic chains, expressions, linear equations and word problems, no statement twice."""

    name: str = "procedural"
    """Written into every row as `source`."""

    licence: str = "Apache-2.0"
    """Licence of the problems, written into every row."""

    families: tuple[FamilyName, ...] = ("chain", "precedence", "linear", "word")
    """Which kinds of problems, in the order in which they take turns; there is also `countdown`, a search for signs."""

    count: int = Field(default=200, ge=1)
    """Problems in all."""

    seed: int = 0
    """Another seed, other problems."""

    difficulty: Level = "medium"
    """Number of steps and size of numbers, for each family as `generators/procedural/size.py` says."""

    steps: tuple[int, int] | None = None
    """Fewest and most steps, instead of the difficulty's own."""

    largest: int | None = None
    """Bound of numbers added or subtracted, instead of the difficulty's own."""

    factor: int | None = None
    """Bound of numbers multiplied or divided by, instead of the difficulty's own."""

    split: str = ""
    """A split all problems belong to; empty: by hash of the statement."""

    def problems(self) -> Iterator[Problem | Dropped]:
        if not self.families:
            raise ConfigError("procedural: `families` is empty; name at least one")
        if len(set(self.families)) != len(self.families):
            raise ConfigError(f"procedural: `families` names one twice: {', '.join(self.families)}")
        return self._stream({family: self._size(family) for family in self.families})

    def _size(self, family: FamilyName) -> Size:
        level = LEVELS[family][self.difficulty]
        size = Size(self.steps or level.steps, self.largest or level.largest, self.factor or level.factor)
        fewest, most = POSSIBLE_STEPS[family]
        if not fewest <= size.steps[0] <= size.steps[1] <= most:
            raise ConfigError(
                f"procedural: {family} has {fewest} to {most} steps, `steps` asks for "
                f"{size.steps[0]} to {size.steps[1]}"
            )
        for option, bound in (("largest", self.largest), ("factor", self.factor)):
            if bound is not None and bound < SMALLEST_BOUND:
                raise ConfigError(f"procedural: `{option}` is {bound}, it must be at least {SMALLEST_BOUND}")
        return size

    def _stream(self, sizes: dict[FamilyName, Size]) -> Iterator[Problem]:
        seen: dict[FamilyName, set[str]] = {family: set() for family in sizes}
        for number in range(self.count):
            index, turn = divmod(number, len(self.families))
            family = self.families[turn]
            worked = self._unseen(family, sizes[family], index, seen[family])
            seen[family].add(worked.statement)
            yield Problem(
                statement=worked.statement,
                answer=str(worked.answer),
                solution=worked.solution,
                source=self.name,
                licence=self.licence,
                family=family,
                difficulty="custom" if self.steps or self.largest or self.factor else self.difficulty,
                split=self.split,
            )

    def _unseen(self, family: FamilyName, size: Size, index: int, seen: set[str]) -> Worked:
        for again in range(MOST_REDRAWS):
            worked = draw(family, size, self.seed, index, again)
            if worked.statement not in seen:
                return worked
        raise ConfigError(
            f"procedural: {family} has no more than about {len(seen)} different problems at steps "
            f"{size.steps}, largest {size.largest}, factor {size.factor}; lower `count` or raise these"
        )
