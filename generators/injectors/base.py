"""Injectors: each puts mistakes of some kinds into right solutions, with every changed place recorded.

An injector proposes; `proof` accepts or refuses. The same subject, kind and random numbers give
the same proposals. What every injector promises is held by tests/contracts/test_injectors.py: its
kinds are in the taxonomy, edits rebuild the text exactly, the text before the mistake is untouched,
nothing differs outside the recorded places, it never raises whatever the text.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from filters.verify.math.judge import Judge
from schemas.error_kind import ErrorDomain
from schemas.family import Family, Options
from schemas.injection import Injection
from schemas.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a mistake is put into: a problem and a right solution of it (a text, a program or a query)."""

    problem: Problem
    solution: str


class Injector(Options, ABC):
    """One way of making mistakes."""

    domain: ClassVar[ErrorDomain]
    """What it works on."""
    kinds: ClassVar[tuple[str, ...]]
    """Slugs of `schemas.errors` it can make."""

    @abstractmethod
    def propose(self, subject: Subject, kind: str, rng: random.Random) -> Iterator[Injection]:
        """Unproven injections of one kind, likeliest first, lazily; none where the kind does not apply."""

    def prove(self, injection: Injection, subject: Subject, judge: Judge) -> Injection:
        """The injection with `checks` filled. Programs and queries are proven by running them, elsewhere."""
        from generators.injectors.proof import prove

        return prove(injection, subject, judge)

    @property
    def name(self) -> str:
        """The injector's file name."""
        return type(self).__module__.rpartition(".")[2]


INJECTORS: Family[Injector] = Family(
    "injector",
    "generators.injectors",
    Injector,
    support=frozenset(
        {
            "continued",
            "gate",
            "model",
            "inject",
            "likelihood",
            "proof",
            "prove_code",
            "prove_sql",
            "python_operators",
            "run_mutants",
            "selected",
            "single_edit",
            "sql_operators",
        }
    ),
)
