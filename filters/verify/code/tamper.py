"""Static signs that a program reaches for its judge instead of the problem.

A flag sends a record to review; it decides nothing by itself (`ProgramOptions.exclude_tampering`). It
cannot be complete: what makes verdicts sound is that expected values are never where the program is.
"""

import ast
from collections.abc import Iterator, Sequence

from filters.verify.code.program_tree import program_tree

ATTRIBUTES: dict[str, str] = {
    "_getframe": "frames", "f_back": "frames", "f_locals": "frames", "f_globals": "frames", "tb_frame": "frames",
    "gi_frame": "frames", "currentframe": "frames", "_exit": "exit", "_MEIPASS": "frames",
    "settrace": "tracing", "setprofile": "tracing", "__subclasses__": "introspection",
}  # fmt: skip
"""Attribute -> flag. `frames`: reads its callers. `exit`: ends the process before anything is compared.
`tracing`: watches the judge's code run. `introspection`: the usual way out of a restricted namespace."""

MODULES: dict[str, str] = {
    "gc": "gc", "ctypes": "ctypes", "inspect": "frames", "builtins": "builtins", "unittest": "test_framework",
    "pytest": "test_framework", "_posixsubprocess": "process", "posix": "process", "subprocess": "process",
    "socket": "network", "atexit": "exit", "signal": "signal", "importlib": "importlib", "faulthandler": "tracing",
}  # fmt: skip
"""Imported module -> flag. `gc` finds objects of the judge, `ctypes` writes memory, `builtins` and the
test frameworks are there to be patched, `signal` disarms alarms, `atexit` acts after the tests."""

MIN_LITERAL = 8
"""Characters of an expected literal that are no coincidence in a program's source."""


def tamper_flags(program: str, expected: Sequence[str] = ()) -> tuple[str, ...]:
    """Flags found, sorted. `expected`: literals of the tests, as source; empty for a text that does not parse.

    `expected_literals`: at least two of the longer expected values stand in the program.
    """
    tree = program_tree(program)
    if tree is None:
        return ()
    found = {flag for node in ast.walk(tree) for flag in _flags(node)}
    if _held_literals(tree, expected) >= 2:
        found.add("expected_literals")
    return tuple(sorted(found))


def _flags(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(attr=name, ctx=ast.Load()) if name in ATTRIBUTES:
            yield ATTRIBUTES[name]
        case ast.Attribute(value=ast.Name(id="builtins" | "__builtins__"), ctx=ast.Store() | ast.Del()):
            yield "builtins"
        case ast.Name(id="__builtins__") | ast.Name(id="AssertionError", ctx=ast.Store()):
            yield "builtins"
        case ast.Call(func=ast.Name(id="exec" | "compile")):
            yield "exec"
        case ast.Call(func=ast.Name(id="open"), args=[ast.Name(id="__file__"), *_]):
            yield "own_source"
        case ast.FunctionDef() | ast.ClassDef() if _constant_equality(node):
            yield "constant_eq"
        case _:
            yield from _named(node)


def _named(node: ast.AST) -> Iterator[str]:
    """Flags of modules and attributes that are named as imports or texts."""
    match node:
        case ast.Import(names=names):
            yield from (MODULES[a.name.split(".")[0]] for a in names if a.name.split(".")[0] in MODULES)
        case ast.ImportFrom(module=str(module), names=names):
            if module.split(".")[0] in MODULES:
                yield MODULES[module.split(".")[0]]
            yield from (ATTRIBUTES[a.name] for a in names if a.name in ATTRIBUTES)
        case ast.Constant(value=str(text)) if text in ("_getframe", "_exit", "__builtins__"):
            yield "builtins" if text == "__builtins__" else ATTRIBUTES[text]


def _constant_equality(node: ast.FunctionDef | ast.ClassDef) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name in ("__eq__", "__ne__", "__instancecheck__") and _constant(node.body)
    return any(_constant_lambda(statement) for statement in node.body)


def _constant(body: list[ast.stmt]) -> bool:
    """A body that returns a constant whatever it is given."""
    body = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Constant)


def _constant_lambda(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id="__eq__" | "__ne__")], value=ast.Lambda(body=ast.Constant())):
            return True
    return False


def _held_literals(tree: ast.AST, expected: Sequence[str]) -> int:
    wanted = {text for text in expected if len(text) >= MIN_LITERAL}
    if not wanted:
        return 0
    kinds = ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set
    return len(wanted & {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, kinds)})
