"""Runs one job inside the sandbox, in the process that is given up to it. Standard library only.

What it emits, one JSON object each: `{"stage": name}` before setup, program and calls; then for each
call `{"value": …}` or `{"raised": […]}` (with `"steps"` where traced); `{"raised": […]}` after a stage that
failed; `{"done": true}` at the end. The program can emit the same lines itself. That is no matter: it
does not know which values are expected.
"""

import builtins
import sys
import types
from collections.abc import Callable
from typing import Any

from filters.verify.sandbox.inside.encode import TooLarge, encode

Emit = Callable[[dict[str, Any]], None]
Trace = Any
"""A trace function, as `sys.settrace` takes and returns it."""

PROGRAM, SETUP, CALL = "<program>", "<setup>", "<call>"
MAX_MESSAGE = 500
MAX_STEPS = 2_000
MAX_LINEAGE = 20

# Taken before any program runs: it can put another class under the same name.
_BUILTIN_ERRORS = {
    error: name
    for name, error in vars(builtins).items()
    if isinstance(error, type) and issubclass(error, BaseException)
}


def run(job: dict[str, Any], emit: Emit) -> None:
    """Run the job; exceptions of the program end in what is emitted, `SystemExit` ends the process."""
    name = "program" if job["stdin"] is None else "__main__"
    module = types.ModuleType(name)
    sys.modules[name] = module
    space = module.__dict__
    if _execute("setup", SETUP, job["setup"], space, emit) and _execute(
        "program", PROGRAM, job["program"], space, emit
    ):
        emit({"stage": "calls"})
        for number, (source, mode) in enumerate(job["calls"]):
            emit(_call(source, mode, space, number in job["trace"], job["program"]))
        emit({"done": True})


def _execute(stage: str, file: str, source: str, space: dict[str, Any], emit: Emit) -> bool:
    emit({"stage": stage})
    if not source:
        return True
    try:
        exec(compile(source, file, "exec", dont_inherit=True), space)
    except SystemExit as error:
        if space["__name__"] == "__main__" and error.code in (None, 0):
            return True  # a script that ends itself has ended
        raise
    except BaseException as error:
        emit({"raised": raised(error, source)})
        return False
    return True


def _call(source: str, mode: str, space: dict[str, Any], traced: bool, program: str) -> dict[str, Any]:
    steps: list[Any] = []
    try:
        code = compile(source, CALL, mode, dont_inherit=True)
        if traced:
            sys.settrace(_tracer(steps))
        try:
            value = eval(code, space)
        finally:
            sys.settrace(None)
        reply = {"value": encode(value)}
    except TooLarge:
        reply = {"value": ["object", "too large", ""]}
    except SystemExit:
        raise
    except BaseException as error:
        reply = {"raised": raised(error, program)}
    if traced:
        reply["steps"] = steps
    return reply


def raised(error: BaseException, program: str) -> list[Any]:
    """`[class, message, line, source, lineage]` of an exception, the line being the program's innermost.

    The lineage are the classes that it is an instance of; only the real ones are called `builtins.ValueError`.
    """
    line = None
    trace: types.TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == PROGRAM:
            line = trace.tb_lineno
        trace = trace.tb_next
    if line is None and isinstance(error, SyntaxError) and error.filename == PROGRAM:
        line = error.lineno
    lines = program.splitlines()
    source = lines[line - 1].strip() if line and line <= len(lines) else ""
    return [type(error).__name__, _message(error), line, source, _lineage(error)]


def _lineage(error: BaseException) -> list[str]:
    try:
        classes = type.mro(type(error))[:MAX_LINEAGE]
        return [
            f"builtins.{_BUILTIN_ERRORS[c]}" if c in _BUILTIN_ERRORS else f"own.{c.__name__}" for c in classes
        ]
    except BaseException:
        return []


def _message(error: BaseException) -> str:
    try:
        text = error.msg if type(error) is SyntaxError else str(error)
        return str(text)[:MAX_MESSAGE]
    except BaseException:
        return ""


def _tracer(steps: list[Any]) -> Trace:
    """Records `[line, {name: repr}]` for each line of the program, only the variables that changed."""
    last: dict[int, dict[str, str]] = {}

    def trace(frame: types.FrameType, event: str, argument: object) -> Trace:
        if frame.f_code.co_filename != PROGRAM:
            return None
        if event in ("line", "return") and len(steps) < MAX_STEPS:
            now = {name: _short(value) for name, value in frame.f_locals.items()}
            before = last.get(id(frame), {})
            steps.append([frame.f_lineno, {n: v for n, v in now.items() if before.get(n) != v}])
            last[id(frame)] = now
        return trace

    return trace


def _short(value: object) -> str:
    try:
        return repr(value)[:80]
    except BaseException:
        return "?"
