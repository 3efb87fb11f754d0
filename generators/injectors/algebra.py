r"""False moves in solutions written in LaTeX, where the solution really makes the move.

    $3(x+2) = 3x+6$  ->  $3(x+2) = 3x+2$              distribution
    $2p = 58$, or $p = 29$  ->  $2p = 58$, or $p = 56$  operator

What follows is worked out anew up to the answer where every later place is understood
(`generators.algebra.consequences`). Elsewhere the text is cut after the false move: `answer` is then
empty, and the proof has `cut_after_step` in place of `answer_wrong`. For rows that need a wrong step
and its place, not a wrong answer.
"""

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from filters.verify.math.extract import extract_answer
from filters.verify.math.judge import Judge
from generators.algebra.change import Change, links
from generators.algebra.consequences import Refused, carried, cut_after
from generators.algebra.equation_moves import EQUATION_KINDS, equation_moves
from generators.algebra.proof import prove
from generators.algebra.reading import read
from generators.algebra.value_moves import VALUE_KINDS, value_moves
from generators.injectors.base import Injector, Subject
from generators.steps import split_steps
from schemas.error_kind import ErrorDomain
from schemas.exceptions import RecordError
from schemas.injection import Edit, Injection, apply

MOST_CHANGES = 200
"""False moves of one kind that are looked at in one solution."""


class Algebra(Injector):
    """Wrong signs, distribution, cancellation, powers, roots and slips in LaTeX."""

    domain: ClassVar[ErrorDomain] = "math"
    kinds: ClassVar[tuple[str, ...]] = tuple(dict.fromkeys((*VALUE_KINDS, *EQUATION_KINDS)))

    cut: bool = True
    """Also make texts that end with the false move, where nothing else is sure."""

    def propose(self, subject: Subject, kind: str, rng: random.Random) -> Iterator[Injection]:
        text = subject.solution
        chains = read(text)
        changes: list[Change] = []
        if kind in VALUE_KINDS:
            changes += [c for link in links(chains) for c in value_moves(kind, link, rng)]
        if kind in EQUATION_KINDS:
            changes += equation_moves(kind, chains, text, rng)
        rng.shuffle(changes)
        changes = changes[:MOST_CHANGES]
        seen: set[str] = set()
        for whole in (True, False) if self.cut else (True,):
            for change in changes:
                try:
                    edits = (
                        carried(text, chains, change, subject.problem.statement)
                        if whole
                        else cut_after(text, change)
                    )
                    made = self._injection(text, kind, edits, whole)
                except (Refused, RecordError):
                    continue
                if made is not None and made.text not in seen:
                    seen.add(made.text)
                    yield made

    def _injection(self, text: str, kind: str, edits: tuple[Edit, ...], whole: bool) -> Injection | None:
        wrong = apply(text, edits)
        if edits[0].role != "cause" or wrong == text or _repeats(wrong) > _repeats(text):
            return None
        start = edits[0].start
        step = next((i for i, s in enumerate(split_steps(wrong)) if s.start <= start < s.end), None)
        found = extract_answer(wrong, True) if whole else None
        if step is None or (whole and found is None):
            return None
        return Injection(
            injector=self.name,
            kind=kind,
            original=text,
            text=wrong,
            edits=edits,
            step=step,
            answer=found.answer if found else "",
        )

    def prove(self, injection: Injection, subject: Subject, judge: Judge) -> Injection:
        """The injection with its checks: by the exact values of its LaTeX."""
        return prove(injection, subject, judge)


def _repeats(text: str) -> int:
    """How often a line says what the one before it says, white space and the marks of displays aside."""
    lines = [line.strip() for line in text.split("\n")]
    said = [line for line in lines if line not in {"", "\\[", "\\]", "$$"}]
    return sum(one == other for one, other in pairwise(said))
