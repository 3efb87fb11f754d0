"""Goes through the statements of a test and makes its script.

What the program must do becomes calls in its process, in order; the test's own variables stay outside
until a call needs them; assertions become checks.
"""

import ast
import copy
from collections.abc import Sequence

from filters.verify.code.asserts import (
    CannotSplit,
    NodeT,
    Splitter,
    bindings,
    inlined,
    literal_items,
    substituted,
    taken_apart,
)
from filters.verify.code.must_raise import Message, caught_kinds, fails
from filters.verify.code.outside import NeedsPython, evaluate
from filters.verify.code.pick import literal_parts, picked, selects
from filters.verify.code.scope import Scope, free_names, immutable, stored_names
from filters.verify.code.script import (
    GIVEN,
    Check,
    MustRaise,
    MustRun,
    Script,
    holds_placeholder,
    source_text,
)
from filters.verify.code.unchanged import inputs_unchanged, placeholders
from filters.verify.sandbox.job import Call


class ScriptMaker:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._calls: list[Call] = []
        self._checks: list[Check | MustRun | MustRaise] = []
        self._imports: list[str] = []
        self._helpers: list[tuple[ast.stmt, set[str]]] = []
        self._splitter = Splitter(scope, self._ask)
        self._text: tuple[ast.stmt, ...] = ()
        self._given: list[ast.expr] = []
        self._looked: dict[int, ast.expr | None] = {}
        """Calls that look at what the program was given, and what that was where it is known."""

    def script(self) -> Script:
        """What was made of the statements given so far."""
        setup = [*self._imports, *(source_text(statement) for statement, _ in self._helpers)]
        return Script(tuple(self._calls), tuple(self._checks), "\n".join(setup), given=tuple(self._given))

    def block(self, body: Sequence[ast.stmt]) -> None:
        """Take statements in order."""
        self._text = self._text or tuple(body)
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:  # noqa: C901, PLR0912 - one case a kind
        match statement:
            case ast.Assert(test=ast.Tuple(elts=[_, *_])):
                raise CannotSplit("an assertion of a tuple, which is always true")
            case ast.Assert(test=test):
                condition = self._splitter.outside(test)
                unchanged = inputs_unchanged(condition, self._looked)
                self._checks.append(Check(condition, source_text(statement), unchanged))
            case ast.Import() | ast.ImportFrom():
                self._import(statement)
            case ast.Pass():
                pass
            case ast.For() if self._unroll(statement):
                pass
            case ast.Try() if _has_assert(statement):
                self._try(statement)
            case ast.If(test=test) if self._scope.kind(test) == "own" and _has_assert(statement):
                self.block(statement.body if self._truth(test) else statement.orelse)
            case _ if _has_assert(statement):
                raise CannotSplit(f"assertions within a {type(statement).__name__.lower()}")
            case ast.Expr(value=value):
                self._expression(statement, value)
            case ast.Assign(targets=[target], value=value):
                self._assign(statement, target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(ast.Assign([target], value), target, value)
            case ast.AugAssign(target=ast.Name(id=name, ctx=_), op=op, value=value) if (
                name in self._scope.own
            ):
                total = ast.BinOp(self._scope.own[name], op, self._splitter.outside(value))
                self._scope.own[name] = total
            case _ if self._scope.kind(statement) == "own":
                self._helper(statement)
            case _:
                self._compound(statement)

    def _import(self, statement: ast.stmt) -> None:
        names = stored_names(statement)
        self._scope.forget(names)
        self._scope.library |= names
        self._imports.append(source_text(statement))
        self._run([statement])

    def _truth(self, test: ast.expr) -> bool:
        try:
            return bool(evaluate(inlined(test, self._scope), _no_name))
        except (NeedsPython, TypeError, ArithmeticError, ValueError, LookupError):
            raise CannotSplit("a condition on the test's own values") from None

    def _expression(self, statement: ast.stmt, value: ast.expr) -> None:
        names = free_names(value)
        if self._scope.kind(value) == "own":
            if names & (self._scope.own.keys() | self._scope.helpers.keys()):
                self._helper(statement)
            elif isinstance(value, ast.Call):
                self._run([statement])  # `random.seed(0)`: it may matter inside
        elif self._splitter.may_ask(value) or self._scope.kind(value) == "shared":
            self._run([statement])
        else:
            made = self._splitter.outside(value)  # the calls are made, what they come to is not used
            self._checks += [MustRun(number) for number in sorted(placeholders(made))]

    def _assign(self, statement: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        kind = self._scope.kind(value)
        if isinstance(target, ast.Name):
            if kind == "own" or not (kind == "shared" or self._splitter.may_ask(value)):
                made = self._splitter.outside(value)
                self._scope.forget({target.id})
                self._scope.own[target.id] = made
                return
        elif (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
        ):
            pairs = list(zip(target.elts, value.elts, strict=True))
            if not any(stored_names(t) & free_names(value) for t, _ in pairs):
                for one, given in pairs:
                    self._assign(ast.Assign([one], given), one, given)
                return
        elif isinstance(target, ast.Tuple) and (parts := literal_parts(value, self._scope)):
            self._assign(ast.Assign([target], parts), target, parts)
            return
        elif kind == "own" and self._scope.kind(target) == "own":
            self._helper(statement)
            return
        if kind == "program" and not self._splitter.may_ask(value):
            raise CannotSplit("an assignment that mixes the program's values with others")
        self._run([statement])

    def _helper(self, statement: ast.stmt) -> None:
        """A statement of the test's own: outside it is part of the setup, inside it comes when needed."""
        stored = stored_names(statement)
        touched = stored | (free_names(statement) & (self._scope.own.keys() | self._scope.helpers.keys()))
        for name in touched & self._scope.own.keys():
            made = ast.Assign([ast.Name(name, ast.Store())], self._scope.own.pop(name))
            if holds_placeholder(made):
                raise CannotSplit("a statement on what the program gave")
            self._helpers.append((made, {name}))
        self._helpers.append((statement, touched))
        for name in touched:
            self._scope.helpers[name] = []

    def _compound(self, statement: ast.stmt) -> None:
        """Control flow around the program's calls, without assertions."""
        allowed = (
            ast.For | ast.While | ast.If | ast.With | ast.FunctionDef | ast.ClassDef | ast.Delete | ast.Try
        )
        if not isinstance(statement, allowed | ast.AugAssign | ast.Assign):
            raise CannotSplit(f"a {type(statement).__name__.lower()}")
        if any(isinstance(part, ast.Compare) for part in ast.walk(statement)):
            raise CannotSplit("a comparison among the program's calls")
        self._run([statement])

    def _unroll(self, loop: ast.For) -> bool:
        """Write a loop over literal items out; False where it is not one or need not be."""
        items = literal_items(loop.iter, self._scope)
        if self._scope.kind(loop) == "own" or (items is None and not _has_assert(loop)):
            return False
        if (
            items is None
            or loop.orelse
            or any(isinstance(p, ast.Break | ast.Continue) for p in ast.walk(loop))
        ):
            if _has_assert(loop):
                raise CannotSplit("a loop that is not over literal cases")
            return False
        plain = isinstance(loop.target, ast.Name) and not _has_assert(loop)
        plain = plain and not (isinstance(loop.target, ast.Name) and taken_apart(loop.target.id, loop.body))
        if plain and not any(isinstance(p, ast.Compare) for p in ast.walk(loop)):
            return False  # `for i in range(5): s.push(i)` goes inside as it stands
        for item in items:
            given = bindings(loop.target, item)
            self._scope.forget(given)
            self._scope.own |= given
            self.block(loop.body)
        return True

    def _try(self, statement: ast.Try) -> None:
        """`try: f() / assert False` with a handler: the call must raise."""
        body = list(statement.body)
        ends = fails(body[-1]) if body else False
        body = body[:-1] if ends else body
        otherwise = statement.orelse and all(fails(s) for s in statement.orelse)
        if (
            len(statement.handlers) != 1
            or statement.finalbody
            or not (ends or otherwise)
            or _has_assert(*body)
        ):
            raise CannotSplit("a try with assertions")
        handler = statement.handlers[0]
        kinds = caught_kinds(handler.type)
        catches = ends and not otherwise and kinds & {"AssertionError", "Exception", "BaseException"}
        if catches and not any(isinstance(s, ast.Assert) for s in handler.body):
            raise CannotSplit("a handler that also catches the assertion")
        number = self._run(body, must_run=False)
        conditions = [self._condition(s, handler.name or "", number) for s in handler.body]
        found = tuple(c for c in conditions if c is not None)
        if catches and not self._told_apart(found, statement.body[-1]):
            raise CannotSplit("a handler that also catches the assertion")
        self._checks.append(MustRaise(number, tuple(sorted(kinds)), found, source_text(statement)))

    def _told_apart(self, conditions: Sequence[ast.expr], failure: ast.stmt) -> bool:
        """Whether the handler's own assertion fails on the message of the test's `assert False`."""
        match failure:
            case ast.Assert(msg=None):
                message = ""
            case ast.Assert(msg=ast.Constant(value=str(text))):
                message = text
            case _:
                return False
        try:
            return not all(evaluate(condition, lambda name: _said(name, message)) for condition in conditions)
        except (NeedsPython, TypeError, ArithmeticError, ValueError, LookupError):
            return False

    def _condition(self, statement: ast.stmt, error: str, number: int) -> ast.expr | None:
        match statement:
            case ast.Pass() | ast.Assert(test=ast.Constant(value=True)):
                return None
            case ast.Assert(test=test):
                made = Message(error, number).visit(copy.deepcopy(test))
                if error not in free_names(made) and self._scope.kind(made) == "own":
                    return inlined(made, self._scope)
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
                return None
        raise CannotSplit("a handler that does more than look at the exception")

    def _ask(self, node: ast.expr) -> int:
        made = self._with_own_names(node)
        self._calls.append(Call(source_text(made)))
        number = len(self._calls) - 1
        if self._scope.kind(node) == "shared":
            name = node.id if isinstance(node, ast.Name) else ""
            self._looked[number] = self._scope.original.get(name)
        return number

    def _run(self, body: Sequence[ast.stmt], must_run: bool = True) -> int:
        made: list[ast.stmt] = [self._with_own_names(statement) for statement in body]
        stored = stored_names(*made)
        library = all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in made)
        if not library:
            shared = self._scope.kind(ast.Module(list(body), [])) == "shared"
            original = self._original(body) if shared else {}
            self._scope.forget(stored)
            (self._scope.shared if shared else self._scope.taken).update(stored)
            self._scope.original |= original
        self._calls.append(Call("\n".join(source_text(statement) for statement in made), "exec"))
        number = len(self._calls) - 1
        if must_run:
            self._checks.append(MustRun(number))
        return number

    def _original(self, body: Sequence[ast.stmt]) -> dict[str, ast.expr]:
        """What `b = sorted(a)` gives b where the program left a as it was; a call on `a` may change it."""
        known = self._scope.original
        names = {n for s in body for n in free_names(s)} & self._scope.shared
        made: dict[str, ast.expr] = {}
        match body:
            case [ast.Assign(targets=[ast.Name(id=name)], value=value)] if names <= known.keys():
                made = {name: substituted(value, known)}
            case _:
                for name in names:
                    known.pop(name, None)
        return made

    def _later(self, node: ast.expr) -> ast.expr:
        if holds_placeholder(node):
            raise CannotSplit("a call on what was decided outside")
        self._given.append(node)
        return ast.Name(GIVEN.format(len(self._given) - 1), ast.Load())

    def _data(self) -> frozenset[str]:
        """The test's own names that hold data which can be changed."""
        own = {n for n, v in self._scope.own.items() if not (immutable(v) or isinstance(v, ast.Lambda))}
        defined = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
        functions = {statement.name for statement, _ in self._helpers if isinstance(statement, defined)}
        return frozenset(own | (self._scope.helpers.keys() - functions))

    def _with_own_names(self, node: NodeT) -> NodeT:
        """What goes inside: constants are written in place, other variables of the test are sent first."""
        constants: dict[str, ast.expr] = {}
        data = self._data()
        node = picked(node, self._scope, self._text, data, self._later)
        for name in sorted(free_names(node)):
            if name in self._scope.own:
                value = self._scope.own[name]
                if immutable(value) and name not in stored_names(node):
                    constants[name] = value
                    continue
                value = self._later(value) if selects(value) else self._with_own_names(value)
                self._give(name, value)
            elif name in self._scope.helpers and name in data:
                self._give(name, self._later(ast.Name(name, ast.Load())))
            elif name in self._scope.helpers:
                self._send_helpers(name)
        return substituted(node, constants)

    def _give(self, name: str, value: ast.expr) -> None:
        self._send([ast.Assign([ast.Name(name, ast.Store())], value)], {name})
        self._scope.original[name] = value

    def _send(self, statements: Sequence[ast.stmt], names: set[str]) -> None:
        if any(holds_placeholder(statement) for statement in statements):
            raise CannotSplit("a call on what was decided outside")
        self._scope.forget(names)
        self._scope.shared |= names
        self._calls.append(Call("\n".join(source_text(statement) for statement in statements), "exec"))

    def _send_helpers(self, name: str) -> None:
        """All helper statements that the name hangs on."""
        names = {name}
        while True:
            needed = [(s, t) for s, t in self._helpers if t & names]
            wider = names.union(*(t | (free_names(s) & self._scope.helpers.keys()) for s, t in needed))
            if wider == names:
                break
            names = wider
        for own in names & self._scope.own.keys():
            self._send([ast.Assign([ast.Name(own, ast.Store())], self._scope.own[own])], {own})
        self._send([statement for statement, _ in needed], names & self._scope.helpers.keys())


def _has_assert(*nodes: ast.AST) -> bool:
    return any(isinstance(part, ast.Assert | ast.Raise) for node in nodes for part in ast.walk(node))


def _said(name: str, message: str) -> object:
    if name.startswith("_message_"):
        return message
    raise KeyError(name)


def _no_name(name: str) -> object:
    raise KeyError(name)
