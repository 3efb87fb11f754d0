"""Takes a test apart into a script of calls for the program and checks that are made outside.

    s = Stack(); s.push(1); assert s.pop() == 1

becomes the calls `s = Stack()`, `s.push(1)`, `s.pop()` and the check `_value_2 == 1`. The values that are
expected stay in the checks. What cannot be taken apart is run as it stands inside, and is weak.
"""

import ast
import contextlib
from collections.abc import Sequence

from filters.verify.code.asserts import CannotSplit
from filters.verify.code.frameworks import PRELUDE, plain_statements
from filters.verify.code.scope import Scope
from filters.verify.code.script import MustRun, Script
from filters.verify.code.script_maker import ScriptMaker
from filters.verify.sandbox.job import Call


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
        return script if asks else Script((), (), unusable="it asks nothing of the program")
    except CannotSplit as why:
        return weak_script(body, str(why))
    except RecursionError:
        return weak_script(body, "nested too deeply")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # a test of an unforeseen form, such as `self.assertEqual(1)`, must not stop the other rows
        return weak_script(body, f"an unknown form: {error}")


def weak_script(body: Sequence[ast.stmt], why: str) -> Script:
    """The test as one call, run where the program can reach it."""
    if any(_is_test(statement) for statement in body):
        # defining it would run nothing, and everything would pass
        return Script((), (), unusable=why)
    source = ast.unparse(ast.fix_missing_locations(ast.Module(list(body), [])))
    source = PRELUDE + source if "_almost_(" in source or "_count_equal_(" in source else source
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
