"""Works out what a test computes of its own data, so that the program is sent that and not the data.

In `for case in [{"in": 3, "out": 9}]: assert f(case["in"]) == case["out"]` only the 3 may go inside:
a program can read what it is sent, and the 9 stands beside it. Simple expressions are worked out here;
others become `_given_N`, which a sandbox without the program works out (see `prepare`).
"""

import ast
from collections.abc import Callable, Sequence
from typing import cast

from filters.verify.code.asserts import CannotSplit, NodeT, inlined
from filters.verify.code.outside import NeedsPython, evaluate
from filters.verify.code.scope import Scope, free_names, immutable, stored_names
from filters.verify.code.values import Unplain, Value, source_of

Later = Callable[[ast.expr], ast.expr]
"""Notes an expression to be worked out without the program; gives the name that stands for it."""

_DESCENDED = (
    ast.Name, ast.Constant, ast.Starred, ast.Lambda, ast.Tuple, ast.List, ast.Dict, ast.Slice, ast.FormattedValue,
)  # fmt: skip
_ITERATES = frozenset({"map", "filter", "sorted", "list", "tuple", "set", "sum", "min", "max", "enumerate"})


def picked(node: NodeT, scope: Scope, text: Sequence[ast.stmt], data: frozenset[str], later: Later) -> NodeT:
    """A copy in which what is computed of the test's own data stands as a value.

    `text` is the test: an item that the program could change stays where it is if the test looks at it again.
    `data`: the test's own names that hold data and no functions.
    """
    bound = stored_names(node) | {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    return cast(NodeT, _Pick(scope, text, bound, data, later).visit(node))


def literal_parts(node: ast.expr, scope: Scope) -> ast.Tuple | None:
    """What `x, y = node` gives each name, None where the test does not say so plainly."""
    if scope.kind(node) != "own":
        return None
    made = _literal(node, scope)
    return ast.Tuple(made.elts, ast.Load()) if isinstance(made, ast.Tuple | ast.List) else None


def selects(node: ast.AST) -> bool:
    """Whether an expression may leave out some of the data that it is written with."""
    kinds = (
        ast.Subscript | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.IfExp | ast.BoolOp
    )
    if isinstance(node, ast.Lambda):
        return False
    if isinstance(node, kinds) or _method_of_data(node):
        return True
    return any(selects(part) for part in ast.iter_child_nodes(node))


def _method_of_data(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name())):
            return False  # `np.array(…)`, `json.loads(…)`; a name with data was replaced by it
        case ast.Call(func=ast.Attribute(value=value)):
            names = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
            return not names & _LIBRARIES
    return False


_LIBRARIES = frozenset({"np", "numpy", "pd", "pandas", "datetime", "date"})
"""Their values have no plain form, or are made by chains of methods: `np.arange(4).reshape(2, 2)`."""


class _Pick(ast.NodeTransformer):
    def __init__(
        self, scope: Scope, text: Sequence[ast.stmt], bound: set[str], data: frozenset[str], later: Later
    ) -> None:
        self._scope, self._text, self._bound = scope, text, bound
        self._data, self._later = data, later

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and self._own(node):
            made = self._worked_out(node)
            return node if made is None else made
        made_node: ast.AST = super().visit(node)
        return made_node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id in _ITERATES:
            node.args = [self._keys(argument) for argument in node.args]
        if isinstance(node.func, ast.Attribute):
            node.func.value = cast(ast.expr, self.visit(node.func.value))
        node.args = [cast(ast.expr, self.visit(argument)) for argument in node.args]
        node.keywords = [cast(ast.keyword, self.visit(keyword)) for keyword in node.keywords]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        node.iter = self._keys(node.iter)
        self.generic_visit(node)
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        node.iter = self._keys(node.iter)
        self.generic_visit(node)
        return node

    def _keys(self, node: ast.expr) -> ast.expr:
        """A dict that is only gone through, as the list of its keys."""
        if isinstance(node, ast.Name) and node.id in self._data and node.id not in self._bound:
            made = _literal(ast.Call(ast.Name("list", ast.Load()), [node], []), self._scope)
            whole = _literal(node, self._scope)
            if made is not None and isinstance(whole, ast.Dict):
                return made
        if isinstance(node, ast.Call) and self._own(node):
            return ast.Call(ast.Name("list", ast.Load()), [node], [])  # `d.keys()` has no plain form
        return node

    def _own(self, node: ast.expr) -> bool:
        if isinstance(node, _DESCENDED):
            return False
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            return False
        names = free_names(node)
        if names & self._bound or self._scope.kind(node) != "own":
            return False
        return bool(names & self._data) or selects(node)

    def _worked_out(self, node: ast.expr) -> ast.expr | None:
        if isinstance(node, ast.GeneratorExp):
            items = self._later(inlined(ast.ListComp(node.elt, node.generators), self._scope))
            return ast.Call(ast.Name("iter", ast.Load()), [items], [])
        made = _literal(node, self._scope)
        if made is not None and immutable(made):
            return made
        if isinstance(node, ast.Subscript | ast.Call) and not self._seen_once(node):
            if self._only_use(node):
                return None  # `f(d["xs"]); assert d["xs"] == [1]`: the same object must be looked at
            raise CannotSplit("an item that the program may change lies beside others")
        return made if made is not None else self._later(inlined(node, self._scope))

    def _root(self, node: ast.expr) -> ast.Name | None:
        root: ast.expr = node
        while True:
            match root:
                case ast.Subscript(slice=ast.Slice()):
                    return None  # a new object
                case ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=inner)):
                    root = inner
                case _:
                    return root if isinstance(root, ast.Name) else None

    def _parts(self) -> list[ast.AST]:
        return [part for statement in self._text for part in ast.walk(statement)]

    def _seen_once(self, node: ast.expr) -> bool:
        """Whether nothing else in the test looks at the item or at the whole."""
        root = self._root(node)
        if root is None or root.id not in self._data:
            return True  # a literal, made anew where it stands
        parts = self._parts()
        within = [part.value for part in parts if isinstance(part, ast.Subscript)]
        bare = [p for p in parts if isinstance(p, ast.Name) and p.id == root.id and p not in within]
        if isinstance(node, ast.Subscript) and any(isinstance(name.ctx, ast.Load) for name in bare):
            return False
        written = ast.unparse(node)
        read = [p for p in parts if isinstance(p, ast.Call) or (isinstance(p, ast.Subscript) and _loads(p))]
        return sum(ast.unparse(p) == written for p in read) <= 1

    def _only_use(self, node: ast.expr) -> bool:
        """Whether the test looks at no other item of the whole."""
        root = self._root(node)
        assert root is not None
        written = ast.unparse(node)
        for part in self._parts():
            if isinstance(part, ast.Subscript | ast.Attribute) and root.id in _base_names(part):
                other = ast.unparse(part)
                if not (written.startswith(other) or other.startswith(written)):
                    return False
        return True


def _loads(node: ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Load)


def _base_names(node: ast.expr) -> set[str]:
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _literal(node: ast.expr, scope: Scope) -> ast.expr | None:
    try:
        value = evaluate(inlined(node, scope), _no_name)
        return ast.parse(source_of(value), mode="eval").body
    except (NeedsPython, Unplain, TypeError, ValueError, ArithmeticError, LookupError, AttributeError):
        return None


def _no_name(name: str) -> Value:
    raise KeyError(name)
