"""Tests that demand an exception: how they are written, and which classes satisfy them."""

import ast
import builtins
from collections.abc import Sequence

from filters.verify.code.program_tree import program_tree
from filters.verify.code.scope import BUILTINS
from filters.verify.code.values import Unplain
from filters.verify.sandbox.job import Raised

MESSAGE = "_message_{}"
"""Stands for the message of the exception that call N raised."""


class Message(ast.NodeTransformer):
    """`str(e)` and `e.args[0]` as the message of call N."""

    def __init__(self, error: str, number: int) -> None:
        self._error, self._name = error, MESSAGE.format(number)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if ast.unparse(node) == f"str({self._error})":
            return ast.Name(self._name, ast.Load())
        self.generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if ast.unparse(node) == f"{self._error}.args[0]":
            return ast.Name(self._name, ast.Load())
        self.generic_visit(node)
        return node


def fails(statement: ast.stmt) -> bool:
    """`assert False`, `raise AssertionError(…)`, `self.fail()`."""
    match statement:
        case ast.Assert(test=ast.Constant(value=False | 0)):
            return True
        case ast.Raise(exc=ast.expr() as raised):
            return ast.unparse(raised).startswith("AssertionError")
        case ast.Expr(value=ast.Call(func=function)):
            return ast.unparse(function) in ("self.fail", "pytest.fail")
    return False


def caught_kinds(node: ast.expr | None) -> set[str]:
    if node is None:
        return {"BaseException"}
    kinds = node.elts if isinstance(node, ast.Tuple) else [node]
    return {ast.unparse(kind).rpartition(".")[2] for kind in kinds}


def raises_one_of(kind: str, wanted: Sequence[str], bases: dict[str, tuple[str, ...]]) -> bool:
    """Whether an exception class is one of the wanted; `bases` are the classes that the program defines."""
    if kind in wanted:
        return True
    if kind in bases:
        return any(
            raises_one_of(base, wanted, {k: v for k, v in bases.items() if k != kind}) for base in bases[kind]
        )
    found = getattr(builtins, kind, None) if kind in BUILTINS else None
    return isinstance(found, type) and any(base.__name__ in wanted for base in found.__mro__)


def raised_one_of(raised: Raised, wanted: Sequence[str], bases: dict[str, tuple[str, ...]]) -> bool:
    """Whether an exception is one of the wanted; `Unplain` where only its name is.

    A program may define its own `ValueError`: a test that means the builtin is not met by it.
    """
    if not raised.lineage:
        return raises_one_of(raised.kind, wanted, bases)
    if any(f"builtins.{kind}" in raised.lineage for kind in wanted if kind in BUILTINS):
        return True
    if any(f"own.{kind}" in raised.lineage for kind in wanted if kind not in BUILTINS):
        return True
    if any(f"own.{kind}" in raised.lineage for kind in wanted):
        raise Unplain(f"a class of its own called {raised.kind}")
    return False


def class_bases(program: str) -> dict[str, tuple[str, ...]]:
    """The classes that a program defines, with their bases' names."""
    tree = program_tree(program)
    return {
        node.name: tuple(ast.unparse(base).rpartition(".")[2] for base in node.bases)
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.ClassDef)
    }
