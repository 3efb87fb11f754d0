"""Tests written for pytest, unittest or HumanEval's `check(candidate)`, rewritten as plain statements.

    class TestStack(unittest.TestCase):          s = Stack()
        def test_pop(self):                      s.push(1)
            s = Stack()                  ->      assert s.pop() == 1
            s.push(1)
            self.assertEqual(s.pop(), 1)

A block that must raise becomes `try: … except E: pass / else: assert False`.
"""

import ast
import copy
from collections.abc import Sequence

from filters.verify.code.approx import SOURCE
from filters.verify.code.asserts import CannotSplit, substituted
from filters.verify.code.scope import free_names, stored_names

PROGRAM_MODULES = frozenset(
    {"solution", "program", "main", "answer", "candidate", "submission", "your_module"}
)
"""Modules that tests import the program from; the import is dropped, the names are the program's."""

_COMPARISONS: dict[str, type[ast.cmpop]] = {
    "assertEqual": ast.Eq, "assertEquals": ast.Eq, "assertListEqual": ast.Eq, "assertDictEqual": ast.Eq,
    "assertTupleEqual": ast.Eq, "assertSetEqual": ast.Eq, "assertSequenceEqual": ast.Eq,
    "assertMultiLineEqual": ast.Eq, "assertNotEqual": ast.NotEq, "assertIn": ast.In, "assertNotIn": ast.NotIn,
    "assertIs": ast.Is, "assertIsNot": ast.IsNot, "assertGreater": ast.Gt, "assertGreaterEqual": ast.GtE,
    "assertLess": ast.Lt, "assertLessEqual": ast.LtE,
}  # fmt: skip
_NAMED = {
    "assertAlmostEqual": "_almost_",
    "assertCountEqual": "_count_equal_",
    "assertIsInstance": "isinstance",
}
_RAISES = ("assertRaises", "assertRaisesRegex")

PRELUDE = (
    """\
def _almost_(a, b, places=7):
    return a == b or round(abs(a - b), places) == 0
def _count_equal_(a, b):
    rest = list(b)
    return all(item in rest and not rest.remove(item) for item in a) and not rest
"""
    + SOURCE
)
"""For a weak run: the helpers that rewritten tests may name."""


def plain_statements(body: Sequence[ast.stmt], entry_point: str) -> list[ast.stmt]:
    """The statements that a test comes to; `CannotSplit` where its form is not known."""
    if "." in entry_point:
        made = subject(entry_point)
        name = entry_point.rpartition(".")[2]
        if name not in stored_names(*body):
            body = [substituted(statement, {name: made}) for statement in body]
    return _Plain(entry_point).block(body)


def subject(entry_point: str) -> ast.expr:
    """What is under test: a name, or the method of a new object (`Solution().f`, `Solution.f`)."""
    head, dot, name = entry_point.rpartition(".")
    if not dot:
        return ast.Name(entry_point, ast.Load())
    made = ast.Call(ast.Name(head.removesuffix("()"), ast.Load()), [], [])
    return ast.Attribute(made, name, ast.Load())


class _Approx(ast.NodeTransformer):
    """`x == pytest.approx(y)` as `_approx_(x, y)`, which is decided outside."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            return node
        for one, other in ((node.comparators[0], node.left), (node.left, node.comparators[0])):
            if isinstance(one, ast.Call) and ast.unparse(one.func) in ("pytest.approx", "approx"):
                arguments = [other, *one.args]
                call = ast.Call(ast.Name("_approx_", ast.Load()), arguments, one.keywords)
                return call if isinstance(node.ops[0], ast.Eq) else ast.UnaryOp(ast.Not(), call)
        return node


def _without_approx(statement: ast.stmt) -> ast.stmt:
    if not any(
        isinstance(part, ast.Name | ast.Attribute) and "approx" in ast.unparse(part)
        for part in ast.walk(statement)
    ):
        return statement
    made = _Approx().visit(copy.deepcopy(statement))
    assert isinstance(made, ast.stmt)
    return made


class _Plain:
    def __init__(self, entry_point: str) -> None:
        self._entry_point = entry_point
        self._functions: dict[str, ast.FunctionDef] = {}
        self._called: set[str] = set()

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        made = [new for statement in body for new in self._top(statement)]
        for name, function in self._functions.items():
            if name not in self._called:
                made += self._uncalled(function)
        return made

    def _uncalled(self, function: ast.FunctionDef) -> list[ast.stmt]:
        parameters = len(function.args.args)
        if function.name.startswith("test") and not parameters:
            return self._body(function, [])
        if function.name.startswith(("check", "test")) and parameters == 1 and self._entry_point:
            return self._body(function, [subject(self._entry_point)])
        return [function]

    def _top(self, statement: ast.stmt) -> list[ast.stmt]:
        match statement:
            case ast.FunctionDef() if any(
                isinstance(part, ast.Assert | ast.With) for part in ast.walk(statement)
            ):
                if statement.decorator_list:
                    raise CannotSplit("a decorated test function")
                self._functions[statement.name] = statement
                return []
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=arguments)) if name in self._functions:
                self._called.add(name)
                return self._body(self._functions[name], arguments)
            case ast.ClassDef() if _is_test_case(statement):
                return self._test_case(statement)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                return [new for inner in statement.body for new in self._top(inner)]
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id="unittest" | "pytest"), attr="main"))
            ):
                return []
        return self._statement(statement)

    def _body(self, function: ast.FunctionDef, arguments: Sequence[ast.expr]) -> list[ast.stmt]:
        """A test function's body with its parameters replaced."""
        parameters = function.args.args
        if len(parameters) != len(arguments) or function.args.vararg or function.args.kwonlyargs:
            raise CannotSplit("a test function with arguments of its own")
        given = {p.arg: a for p, a in zip(parameters, arguments, strict=True)}
        body = [s for s in function.body if not isinstance(s, ast.Return)]
        if any(isinstance(part, ast.Return | ast.Yield) for s in body for part in _own_parts(s)):
            raise CannotSplit("a test function that returns early")
        return [new for s in body for new in self._statement(_replaced(s, given))]

    def _test_case(self, case: ast.ClassDef) -> list[ast.stmt]:
        methods = {s.name: s for s in case.body if isinstance(s, ast.FunctionDef)}
        made: list[ast.stmt] = []
        for name in methods:
            if name.startswith("test"):
                parts = [methods[n] for n in ("setUp", name, "tearDown") if n in methods]
                made += [
                    new for part in parts for s in part.body for new in self._statement(_without_self(s))
                ]
        if not made:
            raise CannotSplit("a test class without tests")
        return made

    def _statement(self, statement: ast.stmt) -> list[ast.stmt]:
        match statement:
            case ast.ImportFrom(module=module) if module in (*PROGRAM_MODULES, "pytest"):
                return []
            case ast.Import(names=names) if all(
                a.name in (*PROGRAM_MODULES, "unittest", "pytest") for a in names
            ):
                return []
            case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Global() | ast.Nonlocal():
                return []
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) as call):
                return self._assertion(name, call)
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr="raises")) as call
            ):
                return self._raises_call(call)
            case ast.With(
                items=[ast.withitem(context_expr=ast.Call() as call, optional_vars=None)], body=body
            ):
                if _raising(call):
                    return [_must_raise(self._inner(body), call.args[0], _pattern(call))]
                if isinstance(call.func, ast.Attribute) and call.func.attr == "subTest":
                    return self._inner(body)
        return [_without_approx(self._nested(statement))]

    def _inner(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        return [new for s in body for new in self._statement(s)]

    def _nested(self, statement: ast.stmt) -> ast.stmt:
        if isinstance(statement, ast.For | ast.While | ast.If | ast.With | ast.Try):
            statement = copy.copy(statement)
            statement.body = self._inner(statement.body) or [ast.Pass()]
        return statement

    def _assertion(self, name: str, call: ast.Call) -> list[ast.stmt]:
        arguments = call.args
        options = {k.arg: k.value for k in call.keywords if k.arg not in (None, "msg")}
        if name in _COMPARISONS:
            return [ast.Assert(ast.Compare(arguments[0], [_COMPARISONS[name]()], [arguments[1]]))]
        if name in ("assertTrue", "assertFalse"):
            return [
                ast.Assert(arguments[0] if name == "assertTrue" else ast.UnaryOp(ast.Not(), arguments[0]))
            ]
        if name in ("assertIsNone", "assertIsNotNone"):
            op = ast.Is() if name == "assertIsNone" else ast.IsNot()
            return [ast.Assert(ast.Compare(arguments[0], [op], [ast.Constant(None)]))]
        if name == "assertAlmostEqual" and "delta" in options:
            difference = ast.BinOp(arguments[0], ast.Sub(), arguments[1])
            distance = ast.Call(ast.Name("abs", ast.Load()), [difference], [])
            return [ast.Assert(ast.Compare(distance, [ast.LtE()], [options["delta"]]))]
        if name in _NAMED:
            places = (
                [options["places"]]
                if "places" in options
                else arguments[2:3]
                if name.endswith("AlmostEqual")
                else []
            )
            return [ast.Assert(ast.Call(ast.Name(_NAMED[name], ast.Load()), [*arguments[:2], *places], []))]
        if name in _RAISES:
            return self._raises_call(call)
        raise CannotSplit(f"self.{name}")

    def _raises_call(self, call: ast.Call) -> list[ast.stmt]:
        """`assertRaises(E, f, 1, 2)`."""
        skipped = 2 if isinstance(call.func, ast.Attribute) and call.func.attr == "assertRaisesRegex" else 1
        if len(call.args) <= skipped:
            raise CannotSplit("a context of exceptions outside `with`")
        made = ast.Call(call.args[skipped], call.args[skipped + 1 :], call.keywords)
        return [_must_raise([ast.Expr(made)], call.args[0], _pattern(call))]


def _own_parts(node: ast.AST) -> list[ast.AST]:
    """The parts of a statement that are not within a function of its own."""
    if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef | ast.AsyncFunctionDef):
        return []
    return [node, *(deep for child in ast.iter_child_nodes(node) for deep in _own_parts(child))]


def _is_test_case(case: ast.ClassDef) -> bool:
    bases = {ast.unparse(base) for base in case.bases}
    return bool(bases & {"unittest.TestCase", "TestCase"}) or (case.name.startswith("Test") and not bases)


def _raising(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return name in ("pytest.raises", "raises", "self.assertRaises", "self.assertRaisesRegex") and bool(
        call.args
    )


def _pattern(call: ast.Call) -> ast.expr | None:
    if ast.unparse(call.func) == "self.assertRaisesRegex":
        return call.args[1]
    return next((k.value for k in call.keywords if k.arg == "match"), None)


def _must_raise(body: list[ast.stmt], kind: ast.expr, pattern: ast.expr | None) -> ast.stmt:
    handler: list[ast.stmt] = [ast.Pass()]
    if pattern is not None:
        text = ast.Call(ast.Name("str", ast.Load()), [ast.Name("_error", ast.Load())], [])
        search = ast.parse("__import__('re').search", mode="eval").body
        handler = [
            ast.Assert(
                ast.Compare(ast.Call(search, [pattern, text], []), [ast.IsNot()], [ast.Constant(None)])
            )
        ]
    caught = ast.ExceptHandler(kind, "_error" if pattern is not None else None, handler)
    return ast.Try(body, [caught], [ast.Assert(ast.Constant(False))], [])


def _replaced(statement: ast.stmt, given: dict[str, ast.expr]) -> ast.stmt:
    if not given or not free_names(statement) & given.keys():
        return statement
    return substituted(statement, given)


class _SelfNames(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if (
            isinstance(node.value, ast.Name)
            and node.value.id == "self"
            and not node.attr.startswith("assert")
        ):
            if node.attr in ("fail", "subTest", "skipTest"):
                return node
            return ast.Name(f"self_{node.attr}", node.ctx)
        return node


def _without_self(statement: ast.stmt) -> ast.stmt:
    """`self.stack` as a variable `self_stack`."""
    made = _SelfNames().visit(copy.deepcopy(statement))
    assert isinstance(made, ast.stmt)
    return made
