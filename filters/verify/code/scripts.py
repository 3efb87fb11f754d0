"""Takes a test apart into a script of calls for the program and checks that are made outside.

    s = Stack(); s.push(1); assert s.pop() == 1

becomes the calls `s = Stack()`, `s.push(1)`, `s.pop()` and the check `_value_2 == 1`. The values that are
expected stay in the checks. What cannot be taken apart is run as it stands inside, and is weak.
"""

import ast
import contextlib
from collections.abc import Sequence
from dataclasses import replace

from filters.verify.code.asserts import CannotSplit
from filters.verify.code.frameworks import PRELUDE, plain_statements
from filters.verify.code.scope import Scope
from filters.verify.code.script import Check, MustRaise, MustRun, Script
from filters.verify.code.script_maker import ScriptMaker
from filters.verify.code.unchanged import grounded
from filters.verify.sandbox.job import Call

UNGROUNDED = "it sets nothing against what the program gives"
"""Why a test is weak that asks and does not compare; it is taken apart all the same."""


def make_script(text: str, entry_point: str, library: frozenset[str], subject: frozenset[str]) -> Script:
    """Take a test apart. `library`: names of the task's setup; `subject`: builtins the program defines.

    Raises SyntaxError where the test does not parse.
    """
    body = ast.parse(text).body
    try:
        body = plain_statements(body, entry_point)
        maker = ScriptMaker(Scope(subject, library))
        maker.block(body)
        script = maker.script()
        asks = any(not call.source.startswith(("import ", "from ")) for call in script.calls)
        if not asks:
            return Script((), (), unusable="it asks nothing of the program")
        return script if _grounded(script) else replace(script, weak=UNGROUNDED)
    except CannotSplit as why:
        return weak_script(body, str(why))
    except RecursionError:
        return weak_script(body, "nested too deeply")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # a test of an unforeseen form, such as `self.assertEqual(1)`, must not stop the other rows
        return weak_script(body, f"an unknown form: {error}")


def _grounded(script: Script) -> bool:
    """Whether some check sets an answer against what is expected."""
    sources = [call.source for call in script.calls]
    return any(
        isinstance(check, MustRaise)
        or (
            isinstance(check, Check)
            and (check.unchanged or grounded(check.condition, sources))
            and not _vouched(check, script)
        )
        for check in script.checks
    )


def _vouched(check: Check, script: Script) -> bool:
    """`assert f(3).ok(4)`: the program's own object says yes to what is expected."""
    condition = check.condition
    if not (isinstance(condition, ast.Name) and condition.id.startswith("_value_")):
        return False
    match ast.parse(script.calls[int(condition.id.rpartition("_")[2])].source, mode="eval").body:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id=name))), args=[_, *_]):
            return not name[:1].isupper()  # `Trie().search("x")` asks an object that the test made
    return False


def weak_script(body: Sequence[ast.stmt], why: str) -> Script:
    """The test as one call, run where the program can reach it."""
    if any(_is_test(statement) for statement in body):
        # defining it would run nothing, and everything would pass
        return Script((), (), unusable=why)
    source = ast.unparse(ast.fix_missing_locations(ast.Module(list(body), [])))
    source = (
        PRELUDE + source
        if any(f"{name}(" in source for name in ("_almost_", "_approx_", "_count_equal_"))
        else source
    )
    return Script((Call(source, "exec"),), (MustRun(0),), weak=why)


def whole_script(text: str, entry_point: str, why: str) -> Script:
    """Any test as a weak script."""
    body = ast.parse(text).body
    with contextlib.suppress(CannotSplit):
        body = plain_statements(body, entry_point)
    return weak_script(body, why)


def _is_test(statement: ast.stmt) -> bool:
    """A function or class that only a test runner would run."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return statement.name.lower().startswith(("test", "check")) or bool(
        isinstance(statement, ast.ClassDef)
        and any(ast.unparse(b).endswith("TestCase") for b in statement.bases)
    )
