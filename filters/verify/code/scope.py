"""Which names of a test only the program can define, and what the test's own names stand for."""

import ast
import builtins
from collections.abc import Iterable
from typing import Literal

from filters.verify.code.program_tree import program_tree

Kind = Literal["program", "shared", "own"]
"""`program`: only the program can say what it is. `shared`: the test made it, but the program was
given it and may have changed it. `own`: the test's own, a builtin or an import; never asked inside."""

BUILTINS = frozenset(dir(builtins))
_OUTSIDE = ("_value_", "_message_", "_given_", "_almost_", "_approx_", "_count_equal_", "_contains_")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def free_names(node: ast.AST) -> set[str]:
    """Names that a piece of source reads and does not bind by comprehension, lambda or argument."""
    found: set[str] = set()
    bound: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (found if isinstance(part.ctx, ast.Load) else set()).add(part.id)
        if isinstance(part, ast.AugAssign):
            found |= {part.target.id} if isinstance(part.target, ast.Name) else set()
        if isinstance(part, ast.arg):
            bound.add(part.arg)
        elif isinstance(part, _COMPREHENSIONS):
            for loop in part.generators:
                bound |= stored_names(loop.target)
        elif isinstance(part, ast.FunctionDef | ast.ClassDef):
            bound.add(part.name)
            bound |= stored_names(*part.body)
        elif isinstance(part, ast.ExceptHandler) and part.name:
            bound.add(part.name)
    return found - bound


def stored_names(*nodes: ast.AST) -> set[str]:
    """Names that are assigned, imported, defined or deleted."""
    found: set[str] = set()
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                found.add(part.id)
            elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(part.name)
            elif isinstance(part, ast.alias):
                found.add((part.asname or part.name).split(".")[0])
    return found


def imported_modules(statements: Iterable[ast.stmt]) -> set[str]:
    """Names that stand for whole modules of the same name (`import math`)."""
    return {
        alias.name
        for statement in statements
        if isinstance(statement, ast.Import)
        for alias in statement.names
        if alias.asname is None
    }


def defined_names(source: str) -> set[str]:
    """Names that a text defines at its top; empty where it does not parse."""
    tree = program_tree(source)
    return {
        name
        for statement in (tree.body if tree else ())
        for name in (
            {statement.name}
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            else stored_names(statement)
        )
    }


def immutable(node: ast.expr) -> bool:
    """Whether an expression is written as a value that nobody can change."""
    match node:
        case ast.Constant():
            return True
        case ast.Tuple(elts=items):
            return all(immutable(item) for item in items)
        case ast.UnaryOp(operand=operand):
            return immutable(operand)
        case ast.BinOp(left=left, right=right):
            return immutable(left) and immutable(right)
    return False


class Scope:
    """The names of one test while it is taken apart; assignments change it."""

    def __init__(self, subject: frozenset[str], library: Iterable[str]) -> None:
        self._subject = subject
        self.library = set(library) - subject
        self.own: dict[str, ast.expr] = {}
        """The test's own variables and the expressions they were given."""
        self.helpers: dict[str, list[ast.stmt]] = {}
        """The test's own names that took statements to make, and the statements."""
        self.shared: set[str] = set()
        self.original: dict[str, ast.expr] = {}
        """What shared names were when the program was given them, where that is known."""
        self.taken: set[str] = set()
        """Names that hold what the program gave."""

    def name_kind(self, name: str) -> Kind:
        """What one name is."""
        if name in self.shared:
            return "shared"
        if name in self.taken or name in self._subject:
            return "program"
        known = name.startswith(_OUTSIDE)
        known = known or name in self.own or name in self.helpers or name in self.library or name in BUILTINS
        return "own" if known else "program"

    def kind(self, node: ast.AST, bound: frozenset[str] = frozenset()) -> Kind:
        """`program` where any name is, else `shared` where any is, else `own`."""
        kinds = {self.name_kind(name) for name in free_names(node) - bound}
        return "program" if "program" in kinds else "shared" if "shared" in kinds else "own"

    def forget(self, names: Iterable[str]) -> None:
        """The names are about to be given something else."""
        for name in names:
            self.own.pop(name, None)
            self.helpers.pop(name, None)
            self.shared.discard(name)
            self.original.pop(name, None)
            self.taken.discard(name)
            self.library.discard(name)
