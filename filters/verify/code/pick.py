"""Takes one item out of a test's own data, so that the program is sent that item and not the whole.

In `for case in [{"in": 3, "out": 9}]: assert f(case["in"]) == case["out"]` only the 3 may go inside:
a program can read what it is sent, and the 9 stands beside it.
"""

import ast
from collections.abc import Sequence

from filters.verify.code.asserts import NodeT, inlined
from filters.verify.code.outside import NeedsPython, evaluate
from filters.verify.code.scope import Scope, immutable, stored_names
from filters.verify.code.values import Unplain, Value, source_of


def picked(node: NodeT, scope: Scope, text: Sequence[ast.stmt]) -> NodeT:
    """A copy in which items of the test's own data stand for themselves.

    `text` is the test: an item that the program could change stays where it is if the test looks at it again.
    """
    bound = stored_names(node) | {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    made: NodeT = _Pick(scope, text, bound).visit(node)
    return made


def literal_parts(node: ast.expr, scope: Scope) -> ast.Tuple | None:
    """What `x, y = node` gives each name, None where the test does not say so plainly."""
    if scope.kind(node) != "own":
        return None
    made = _literal(node, scope)
    return ast.Tuple(made.elts, ast.Load()) if isinstance(made, ast.Tuple | ast.List) else None


class _Pick(ast.NodeTransformer):
    def __init__(self, scope: Scope, text: Sequence[ast.stmt], bound: set[str]) -> None:
        self._scope, self._text, self._bound = scope, text, bound

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        plain = isinstance(node.ctx, ast.Load) and self._scope.kind(node) == "own"
        made = _literal(node, self._scope) if plain and not names & self._bound else None
        if made is None or not (immutable(made) or self._seen_once(node)):
            self.generic_visit(node)
            return node
        return made

    def _seen_once(self, node: ast.Subscript) -> bool:
        """Whether nothing else in the test looks at the item or at the whole."""
        root: ast.expr = node
        while isinstance(root, ast.Subscript):
            root = root.value
        if not isinstance(root, ast.Name):
            return True  # a literal, made anew where it stands
        parts = [part for statement in self._text for part in ast.walk(statement)]
        within = [part.value for part in parts if isinstance(part, ast.Subscript)]
        bare = [p for p in parts if isinstance(p, ast.Name) and p.id == root.id and p not in within]
        if any(isinstance(name.ctx, ast.Load) for name in bare):
            return False
        written = ast.unparse(node)
        return sum(isinstance(p, ast.Subscript) and ast.unparse(p) == written for p in parts) <= 1


def _literal(node: ast.expr, scope: Scope) -> ast.expr | None:
    try:
        value = evaluate(inlined(node, scope), _no_name)
        return ast.parse(source_of(value), mode="eval").body
    except (NeedsPython, Unplain, TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
        return None


def _no_name(name: str) -> Value:
    raise KeyError(name)
