r"""Mistakes in solutions that state equations, carried through to the wrong answer they lead to.

    Natalia sold 48/2 = <<48/2=24>>24 clips in May.                 24 -> 34, by a carry
    Natalia sold 48+24 = <<48+24=72>>72 clips altogether in April and May.
    becomes
    Natalia sold 48/2 = <<48/2=34>>34 clips in May.
    Natalia sold 48+34 = <<48+34=82>>82 clips altogether in April and May.

One place is wrong (`generators.dataflow.causes`); what follows from it is computed anew and written in
the words and number formats of the original (`propagate`). Solutions that are not understood well
enough for that are left alone. Formulas, concepts and misread questions are not made here: no
program can tell that the words still fit.
"""

import random
from collections.abc import Iterator
from typing import ClassVar

from generators.dataflow.causes import MAKERS, causes
from generators.dataflow.propagate import Refused, propagate
from generators.dataflow.reading import read
from generators.injectors.base import Injector, Subject
from schemas.error_kind import ErrorDomain
from schemas.exceptions import RecordError
from schemas.injection import Injection, apply


class Numbers(Injector):
    """Wrong results, operands, operators and left-out steps in solutions that state equations."""

    domain: ClassVar[ErrorDomain] = "math"
    kinds: ClassVar[tuple[str, ...]] = (*MAKERS, "final_answer")

    def propose(self, subject: Subject, kind: str, rng: random.Random) -> Iterator[Injection]:
        graph = read(subject.problem.statement, subject.solution)
        seen: set[str] = set()
        for change in causes(graph, kind, rng):
            try:
                edits, answer = propagate(graph, change)
                text = apply(graph.text, edits)
            except (Refused, RecordError):
                continue
            if text in seen:
                continue
            seen.add(text)
            yield Injection(
                injector=self.name,
                kind=kind,
                original=graph.text,
                text=text,
                edits=edits,
                step=change.step,
                answer=answer,
            )
