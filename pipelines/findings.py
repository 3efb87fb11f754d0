"""Findings: what `corrigenda doctor` and the health of a run say, each of a kind that is explained once.

A kind is a constant beside the code that finds it; `docs/operations.md` lists them all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

Level = Literal["ok", "note", "warning", "error"]
"""`ok`: looked at and well. `note`: good to know. `warning`: works, and not as well as it could. `error`: a build
or its publication would fail."""

LEVELS: tuple[Level, ...] = ("ok", "note", "warning", "error")


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of finding: its slug, how bad it is, what it means and what to do about it."""

    slug: str
    level: Level
    means: str
    todo: str = ""
    """Empty where nothing has to be done."""

    def found(self, said: str, todo: str = "") -> "Finding":
        """A finding of this kind; `todo` where this one's next step is better known than the kind's."""
        return Finding(self.slug, self.level, said, self.means, todo or self.todo)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, in words."""

    slug: str
    level: Level
    found: str
    """What is there, with its values."""
    means: str
    todo: str


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among them; `ok` where there are none."""
    return max((finding.level for finding in findings), key=LEVELS.index, default="ok")


def kinds_in(module: ModuleType) -> list[Kind]:
    """The kinds that a module defines, in its order."""
    return [value for value in vars(module).values() if isinstance(value, Kind)]
