"""Small changes of a right program, to measure whether its tests would notice a mistake.

A mutant may be equivalent: another text that computes the same. No test can kill such a one, so a
score below 1 need not mean that the tests are poor; compare scores, and read the survivors.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from filters.verify.code.program_tree import program_tree

Change = Callable[[ast.AST], Iterator[ast.AST]]
"""Gives the replacements of one node."""

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed program, the operator that changed it and the line."""

    program: str
    operator: str
    line: int


def mutants(program: str) -> Iterator[Mutant]:
    """Every mutant of a program, none the same text as another; none of a text that does not parse."""
    tree = program_tree(program)
    if tree is None:
        return
    seen = {ast.unparse(tree)}
    for number, node in enumerate(ast.walk(tree)):
        for name, change in OPERATORS.items():
            for new in change(node):
                text = _replaced(tree, number, new)
                if text not in seen:
                    seen.add(text)
                    yield Mutant(text, name, getattr(node, "lineno", 0))


def _replaced(tree: ast.Module, number: int, new: ast.AST) -> str:
    made = copy.deepcopy(tree)
    target = next(node for n, node in enumerate(ast.walk(made)) if n == number)
    changed: ast.AST = _Put(target, new).visit(made)
    return ast.unparse(ast.fix_missing_locations(changed))


class _Put(ast.NodeTransformer):
    def __init__(self, target: ast.AST, new: ast.AST) -> None:
        self._target, self._new = target, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._target else self.generic_visit(node)


def _comparison(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            for other in _COMPARISONS[type(op)]:
                ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)


def _arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)
    if isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        yield ast.AugAssign(node.target, _ARITHMETIC[type(node.op)](), node.value)


def _constant(node: ast.AST) -> Iterator[ast.AST]:
    """Off by one; strings are left alone."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)  # type: ignore[operator]
        yield ast.Constant(node.value - 1)  # type: ignore[operator]


def _negation(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If | ast.While):
        made = copy.copy(node)
        made.test = ast.UnaryOp(ast.Not(), node.test)
        yield made
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)


def _return_none(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(ast.Constant(None))


def _range(node: ast.AST) -> Iterator[ast.AST]:
    """One round more or fewer."""
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[*bounds]) if bounds:
            place = min(1, len(bounds) - 1)
            for op in (ast.Add(), ast.Sub()):
                moved = ast.BinOp(bounds[place], op, ast.Constant(1))
                yield ast.Call(node.func, [*bounds[:place], moved, *bounds[place + 1 :]], [])


def _connective(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _slice(node: ast.AST) -> Iterator[ast.AST]:
    """A slice or index one place further, and a slice without its end."""
    if isinstance(node, ast.Slice):
        for name in ("lower", "upper"):
            bound = getattr(node, name)
            if bound is not None:
                made = copy.copy(node)
                setattr(made, name, ast.BinOp(bound, ast.Add(), ast.Constant(1)))
                yield made
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.BinOp):
        yield ast.Subscript(node.value, ast.BinOp(node.slice, ast.Sub(), ast.Constant(1)), node.ctx)


def _loop_control(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()


OPERATORS: dict[str, Change] = {
    "comparison": _comparison,
    "arithmetic": _arithmetic,
    "constant": _constant,
    "negation": _negation,
    "return_none": _return_none,
    "range": _range,
    "connective": _connective,
    "slice": _slice,
    "loop_control": _loop_control,
}
