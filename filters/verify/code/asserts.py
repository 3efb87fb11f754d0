"""Takes one expression of a test apart: what the program is asked, and what is decided outside.

`abs(area(3) - 28.27) < 0.01` asks the program for `area(3)` alone and decides `abs(_0 - 28.27) < 0.01`
outside. Anything that says what is expected stays outside; `CannotSplit` where that is impossible.
"""

import ast
import copy
from collections.abc import Callable, Sequence
from typing import TypeGuard, TypeVar, cast

from filters.verify.code.outside import NeedsPython, evaluate
from filters.verify.code.scope import Scope
from filters.verify.code.values import Unplain, Value, source_of

NodeT = TypeVar("NodeT", bound=ast.AST)

MAX_UNROLLED = 200
"""Most rounds of a loop over literal cases that is written out."""

PLACEHOLDER = "_value_{}"

# Run on what the program gave, in its own process: they make values of iterators and objects.
_WRAPPERS = frozenset(
    {
        "list", "tuple", "set", "frozenset", "dict", "sorted", "len", "sum", "str", "repr", "int", "float", "bool",
        "next", "iter", "min", "max", "any", "all", "enumerate", "reversed", "zip", "map", "filter", "hash",
        "bytes", "Counter", "deque", "reduce", "islice", "chain",
    }
)  # fmt: skip
_WRAPPING_MODULES = frozenset({"asyncio", "itertools", "functools", "collections", "copy"})
# Methods of plain values that say yes or no to what is expected: a subclass of `str` may always say yes.
_ANSWERED_OUTSIDE = frozenset(
    {"startswith", "endswith", "issubset", "issuperset", "isdisjoint", "__eq__", "__ne__"}
)
_TAKES_FUNCTION = frozenset({"map", "filter", "reduce", "sorted", "min", "max"})


class CannotSplit(Exception):
    """Why a test cannot be taken apart."""


class Splitter:
    """Takes expressions apart; `ask(expression)` is given each piece for the program, returns its number."""

    def __init__(self, scope: Scope, ask: Callable[[ast.expr], int]) -> None:
        self._scope, self._ask = scope, ask

    def outside(self, node: ast.expr) -> ast.expr:  # noqa: C901 - one case a kind
        """The expression with placeholders for what the program must say."""
        if self._scope.kind(node) == "own":
            return inlined(node, self._scope)
        if self._inside(node):
            return self._asked(node)
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        unrolled = self._unrolled(node)
        if unrolled is not None:
            return self.outside(unrolled)
        if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp):
            return self._over_result(node)
        if isinstance(node, ast.Starred):
            value = ast.Call(ast.Name("list", ast.Load()), [node.value], [])
            return ast.Starred(self.outside(value), ast.Load())
        if _answered_outside(node) and isinstance(node.func, ast.Attribute):
            receiver = ast.Attribute(self.outside(node.func.value), node.func.attr, ast.Load())
            return self._rebuilt(ast.Call(receiver, node.args, node.keywords))
        if isinstance(node, ast.Call) and any(self._is_function(a, frozenset()) for a in node.args):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name not in ("isinstance", "issubclass", "callable", "_almost_", "_approx_", "_count_equal_"):
                raise CannotSplit("the program's function is handed to the test's own code")
        if isinstance(node, ast.Lambda | ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
            raise CannotSplit(f"a {type(node).__name__.lower()} holds the program's call")
        return self._rebuilt(node)

    def may_ask(self, node: ast.expr) -> bool:
        """Whether the whole expression may be evaluated by the program's process."""
        return self._inside(node)

    def _asked(self, node: ast.expr) -> ast.Name:
        return ast.Name(PLACEHOLDER.format(self._ask(node)), ast.Load())

    def _rebuilt(self, node: ast.expr) -> ast.expr:
        made = copy.copy(node)
        for name, part in ast.iter_fields(node):
            if isinstance(part, ast.expr):
                setattr(made, name, self.outside(part))
            elif isinstance(part, ast.keyword | ast.slice):
                raise CannotSplit("an unusual form")
            elif isinstance(part, list):
                setattr(made, name, [self._part(item) for item in part])
        return made

    def _part(self, item: object) -> object:
        if isinstance(item, ast.expr):
            return self.outside(item)
        if isinstance(item, ast.keyword):
            return ast.keyword(item.arg, self.outside(item.value))
        return item

    def _comparison(self, node: ast.Compare) -> ast.expr:
        sides = [node.left, *node.comparators]
        if any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
            kinds = [self._scope.kind(side) != "own" for side in sides]
            if sum(kinds) > 1:
                raise CannotSplit("identity of two objects of the program")
        container = node.comparators[0]
        if (
            len(node.ops) == 1
            and isinstance(node.ops[0], ast.In | ast.NotIn)
            and isinstance(container, ast.Name | ast.Attribute)
            and self._scope.kind(container) == "program"
            and self._askable_item(node.left)
        ):
            said = self._asked(ast.Compare(node.left, [ast.In()], [container]))
            item, held = self.outside(node.left), self.outside(container)
            call = ast.Call(ast.Name("_contains_", ast.Load()), [item, held, said], [])
            return call if isinstance(node.ops[0], ast.In) else ast.UnaryOp(ast.Not(), call)
        return self._rebuilt(node)

    def _askable_item(self, node: ast.expr) -> bool:
        return self._scope.kind(node) == "own" or isinstance(node, ast.Name)

    def _inside(self, node: ast.expr, bound: frozenset[str] = frozenset()) -> bool:  # noqa: PLR0911 - one return a form
        """Whether the whole expression may be asked of the program: it holds inputs and no expectation."""
        kind = self._scope.kind(node, bound)
        match node:
            case ast.Name():
                return kind != "own"
            case _ if kind != "program":
                return False
            case ast.Attribute(value=value) | ast.Subscript(value=value):
                return self._inside(value, bound)
            case _ if _answered_outside(node):
                return False
            case ast.Call(func=function):
                return self._inside(function, bound) or self._wrapped(node, bound)
            case ast.BinOp(left=left, right=right):
                return self._inside(left, bound) and self._inside(right, bound)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._inside(operand, bound)
            case ast.ListComp(elt=item) | ast.SetComp(elt=item) | ast.GeneratorExp(elt=item):
                return self._comprehension_inside(item, node.generators, bound)
            case ast.JoinedStr(values=values):
                return all(self._inside(v.value, bound) for v in values if isinstance(v, ast.FormattedValue))
        return False

    def _comprehension_inside(
        self, item: ast.expr, loops: Sequence[ast.comprehension], bound: frozenset[str]
    ) -> bool:
        names = {n.id for loop in loops for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
        if any(loop.ifs or loop.is_async for loop in loops):
            return False
        if any(isinstance(loop.target, ast.Tuple) and self._scope.kind(loop.iter) == "own" for loop in loops):
            return False  # pairs of input and expected value: only what the call needs may go inside
        if any(
            self._scope.kind(loop.iter) == "own" and taken_apart(name, [item])
            for loop in loops
            for name in names
        ):
            return False
        return self._scope.kind(item, bound | names) == "program" and self._inside(item, bound | names)

    def _wrapped(self, node: ast.Call, bound: frozenset[str]) -> bool:
        """A builtin around the program's values alone, such as `list(f(3))` or `map(f, [1, 2])`."""
        match node.func:
            case ast.Name(id=name) if name in _WRAPPERS:
                pass
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in _WRAPPING_MODULES:
                pass
            case _:
                return False
        arguments = [a.value if isinstance(a, ast.Starred) else a for a in node.args]
        options = [k.value for k in node.keywords]
        if name in _TAKES_FUNCTION and any(self._is_function(a, bound) for a in (*arguments, *options)):
            return True
        if any(self._scope.kind(o, bound) == "program" or isinstance(o, ast.Compare) for o in options):
            return False
        if name in ("str", "repr") and len(arguments) == 1:
            return self._inside(arguments[0], bound)
        if not arguments or not self._inside(arguments[0], bound):
            return bool(
                name in ("map", "filter") and len(arguments) == 2 and self._inside(arguments[1], bound)
            )
        few = name in ("islice", "next", "enumerate", "int")
        return all(self._inside(a, bound) or (few and isinstance(a, ast.Constant)) for a in arguments[1:])

    def _is_function(self, node: ast.expr, bound: frozenset[str]) -> bool:
        """A bare name that only the program defines, and that the test did not assign."""
        names = node.id if isinstance(node, ast.Name) else ""
        return bool(names) and names not in self._scope.taken and self._scope.kind(node, bound) == "program"

    def _unrolled(self, node: ast.expr) -> ast.expr | None:
        """`[f(x) for x in (1, 2)]` and `all(f(x) == y for x, y in …)` written out; None where they are not such."""
        match node:
            case ast.Call(
                func=ast.Name(id="all" | "any" as name), args=[ast.GeneratorExp() | ast.ListComp() as many]
            ):
                parts = self._rounds(many)
                if parts is None or not parts:
                    return None
                return ast.BoolOp(ast.And() if name == "all" else ast.Or(), parts)
            case ast.ListComp() | ast.GeneratorExp() if self._scope.kind(node) == "program":
                parts = self._rounds(node)
                return None if parts is None else ast.List(parts, ast.Load())
        return None

    def _rounds(self, many: ast.GeneratorExp | ast.ListComp) -> list[ast.expr] | None:
        if len(many.generators) != 1 or many.generators[0].ifs:
            return None
        loop = many.generators[0]
        items = literal_items(loop.iter, self._scope)
        if items is None:
            return None
        return [substituted(many.elt, bindings(loop.target, item)) for item in items]

    def _over_result(self, node: ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp) -> ast.expr:
        """A comprehension over what the program gave, decided outside."""
        made = copy.deepcopy(node)
        names = frozenset(
            n.id for loop in made.generators for n in ast.walk(loop.target) if isinstance(n, ast.Name)
        )
        first = made.generators[0]
        rest: list[ast.AST] = [part for part in ast.iter_child_nodes(made) if part is not first]
        rest += [*first.ifs, first.target]
        if any(self._scope.kind(part, names) != "own" for part in rest):
            raise CannotSplit("a loop over the program's values calls the program again")
        first.iter = self.outside(ast.Call(ast.Name("list", ast.Load()), [first.iter], []))
        return made


def _answered_outside(node: ast.expr) -> TypeGuard[ast.Call]:
    """Whether it asks a value, by a builtin's method, if it is what is expected."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=[_, *_]):
            return name in _ANSWERED_OUTSIDE
    return False


def inlined(node: ast.expr, scope: Scope) -> ast.expr:
    """The expression with the test's own variables replaced by what they were given."""
    return substituted(node, scope.own)


class _Substitute(ast.NodeTransformer):
    def __init__(self, given: dict[str, ast.expr]) -> None:
        self._given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if isinstance(node.ctx, ast.Load) and node.id in self._given:
            return copy.deepcopy(self._given[node.id])
        return node


def substituted(node: NodeT, given: dict[str, ast.expr]) -> NodeT:
    """A copy with names replaced by expressions."""
    return cast(NodeT, _Substitute(given).visit(copy.deepcopy(node))) if given else node


def taken_apart(name: str, parts: Sequence[ast.AST]) -> bool:
    """Whether only an item of what a name stands for is used somewhere: `case[0]`."""
    return any(
        isinstance(node, ast.Subscript | ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        for part in parts
        for node in ast.walk(part)
    )


def literal_items(node: ast.expr, scope: Scope) -> list[ast.expr] | None:
    """The items of a literal iterable, at most MAX_UNROLLED; None where it is not one."""
    if scope.kind(node) != "own":
        return None
    node = inlined(node, scope)
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            # kept as written: an item may itself be no literal (`math.pi`)
            literal = not any(isinstance(item, ast.Starred) for item in items)
            return list(items) if literal and len(items) <= MAX_UNROLLED else None
        case ast.Call(func=ast.Attribute(value=ast.Dict(keys=keys, values=values), attr="items"), args=[]):
            pairs = [
                ast.Tuple([k, v], ast.Load()) for k, v in zip(keys, values, strict=True) if k is not None
            ]
            return list(pairs)
    try:
        found: Value = evaluate(node, _no_name)
        if not isinstance(found, list | tuple | range | str | dict) or len(found) > MAX_UNROLLED:
            return None
        return [ast.parse(source_of(item), mode="eval").body for item in found]
    except (NeedsPython, Unplain, TypeError, ValueError, ArithmeticError, LookupError):
        return None


def _no_name(name: str) -> Value:
    raise KeyError(name)


def bindings(target: ast.expr, item: ast.expr) -> dict[str, ast.expr]:
    """What a loop's target is given in one round; `CannotSplit` where it cannot be seen."""
    match target, item:
        case ast.Name(id=name), _:
            return {name: item}
        case ast.Tuple(elts=targets) | ast.List(elts=targets), ast.Tuple(elts=items) | ast.List(elts=items):
            if len(targets) == len(items):
                given: dict[str, ast.expr] = {}
                for one, value in zip(targets, items, strict=True):
                    given |= bindings(one, value)
                return given
    raise CannotSplit("a loop target that is not plain names")
