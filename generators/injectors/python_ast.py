"""Mistakes in Python programs, one edit each on the concrete syntax tree.

Example: `for i in range(1, n + 1):` with `off_by_one` becomes `for i in range(1, n):`; the edit is the
removal of ` + 1` and every other character of the program stays. Kinds and operators follow
HumanEvalFix (arXiv 2308.07124), DebugBench (2401.04621) and Tambon et al. (2403.08937), where plain
mutation testing would change what no model gets wrong.
"""

import ast
import random
from collections.abc import Iterator
from typing import ClassVar

from generators.injectors.base import Injector, Subject
from generators.injectors.python_operators.absurd import absurdities
from generators.injectors.python_operators.source import parsed, source
from generators.injectors.python_operators.table import OPERATORS
from generators.injectors.single_edit import Change, likeliest_first, single_edit
from schemas.error_kind import ErrorDomain
from schemas.injection import Edit, Injection, apply


class PythonAst(Injector):
    """Single-edit mistakes in Python programs, by execution to be proven."""

    domain: ClassVar[ErrorDomain] = "code"
    kinds: ClassVar[tuple[str, ...]] = tuple(OPERATORS)

    def propose(self, subject: Subject, kind: str, rng: random.Random) -> Iterator[Injection]:
        """Programs that compile and differ, as trees, from the original and from each other."""
        program = source(subject.solution)
        if program is None or kind not in OPERATORS:
            return
        seen, absurd = {ast.dump(program.tree)}, absurdities(program.tree)
        for change in likeliest_first(OPERATORS[kind](program), rng):
            edit = _edit(program.text, change)
            text = apply(program.text, (edit,))
            tree = parsed(text)
            if tree is None or (dump := ast.dump(tree)) in seen or absurdities(tree) > absurd:
                continue
            seen.add(dump)
            yield single_edit(self.name, kind, program.text, text, edit)


def _edit(text: str, change: Change) -> Edit:
    """The change; lines left out at the end of the text take the line end before them along."""
    start, end = change.start, change.end
    if (
        not change.after
        and end == len(text)
        and text[start:end].count("\n") == 0
        and text[:start].endswith("\n")
    ):
        start -= 1
    return Edit(start, end, change.after)
