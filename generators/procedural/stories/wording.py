"""Names, things and numbers for stories."""

import random
from dataclasses import dataclass

from generators.procedural.size import Size


@dataclass(frozen=True, slots=True)
class Person:
    """A name with its pronouns."""

    name: str
    she: str
    her: str


_WOMEN = ("Mia", "Ana", "Ruth", "Nora", "Lena", "Priya", "Zoe", "Amara")
_MEN = ("Tom", "Omar", "Ben", "Luis", "Ivan", "Kofi", "Hugo", "Ken")


def people(rng: random.Random, count: int) -> list[Person]:
    """Different people."""
    women = [Person(name, "she", "her") for name in _WOMEN]
    men = [Person(name, "he", "his") for name in _MEN]
    return rng.sample([*women, *men], count)


def small(rng: random.Random, size: Size) -> int:
    """A number to multiply or divide by."""
    return rng.randint(2, size.factor)


def large(rng: random.Random, size: Size) -> int:
    """A number to add or take away."""
    return rng.randint(2, size.largest)


def part(rng: random.Random, whole: int, size: Size) -> int:
    """What may be taken from `whole` so that at least 2 are left; `whole` is at least 4."""
    return rng.randint(2, max(2, min(whole - 2, size.largest)))
