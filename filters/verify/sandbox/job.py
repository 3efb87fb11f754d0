"""What a sandbox is given and what it gives back. Expected values never appear here.

A job is a program and either a script of calls on it or a standard input. Whatever comes back was
said by the process that ran the program: it may be a lie, but never a verdict, because the process
does not know what would be right. Verdicts are made from it outside (`tests`, `judge`).
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Encoded = Any
"""A value as `inside/encode.py` writes it: None, bool, str, or a list that begins with a type's name."""

Level = Literal["rlimits", "seccomp", "namespaces", "wasm"]
"""How a program is held, weakest first.

`rlimits`: its own process with limits; can read files and reach the network. `seccomp`: besides, only
harmless system calls: no network, no new process, no file written; files to read are the standard
library only where the kernel has Landlock, else whatever its user may read. `namespaces`: besides,
an unprivileged user in its own process and mount namespaces and one network namespace without a
network: nothing to read, a folder of its own in memory, nothing left behind. `wasm`: a WebAssembly
Python, which has no system calls at all, ten times slower.
"""

LEVELS: tuple[Level, ...] = ("rlimits", "seccomp", "namespaces", "wasm")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use."""

    cpu_s: float = 2.0
    """Seconds of processor time of all its threads."""
    wall_s: float = 6.0
    """Seconds from its start; for programs that sleep or wait, since a loop meets `cpu_s`.

    The time for which the sandbox itself stopped the program, to let others run, is not counted. A
    program that is computing all the while, on a busy machine, gets three times as long.
    """
    memory_bytes: int = 512 << 20
    """Address space, the interpreter's own (about 40 MB) included."""
    output_bytes: int = 64 << 10
    """Bytes kept of each of stdout, stderr and what the calls return; more ends the job."""
    files_bytes: int = 4 << 20
    """Bytes it may write into its own folder, which is gone afterwards."""


@dataclass(frozen=True, slots=True)
class Call:
    """A piece of Python run in the program's namespace: `eval` gives a value, `exec` does something."""

    source: str
    mode: Literal["eval", "exec"] = "eval"


@dataclass(frozen=True, slots=True)
class Job:
    """One process: `setup` (imports and helpers of the test's author), the program, then what is asked of it.

    With `stdin` the program runs as a script (`__name__ == "__main__"`) and `calls` is empty; without,
    it runs as a module and then the calls run in order in its namespace. A call that raises does
    not stop the next one.
    """

    program: str
    calls: tuple[Call, ...] = ()
    setup: str = ""
    stdin: str | None = None
    limits: Limits = field(default_factory=Limits)
    trace: tuple[int, ...] = ()
    """Numbers of the calls whose steps are recorded: line and changed local variables, capped."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception: class, message (capped) and where it came from in the program's own text."""

    kind: str
    message: str
    line: int | None = None
    """1-based line of the program that was running, the innermost one; None where none was."""
    source: str = ""
    """That line's text."""
    lineage: tuple[str, ...] = ()
    """The classes it is an instance of: `builtins.ValueError` for the real one, else `own.Name`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one call gave: a value or an exception; `steps` where it was traced."""

    value: Encoded = None
    raised: Raised | None = None
    steps: tuple[tuple[int, dict[str, str]], ...] = ()


Ended = Literal["finished", "exited", "killed", "timeout", "cpu", "memory", "output", "crashed"]
"""How a job ended.

`finished`: it ran to its end and said so. `exited`: it ended itself before that (`sys.exit`,
`os._exit`). `killed`: by a signal (segmentation fault). `timeout` (wall), `cpu`, `memory`, `output`: by
its limits; `memory` also where a call or the program raised MemoryError.
`crashed`: the sandbox's own fault; nothing may be concluded.
"""


@dataclass(frozen=True, slots=True)
class Finished:
    """What came back. `replies` holds the calls that were reached, in order."""

    ended: Ended
    isolation: Level
    replies: tuple[Reply, ...] = ()
    raised: Raised | None = None
    """What the program itself raised before any call (`SyntaxError` where it does not compile)."""
    stage: Literal["setup", "program", "calls"] = "calls"
    """How far it came; `setup` with `raised` is a fault of the tests, not of the program."""
    stdout: str = ""
    stderr: str = ""
    exit_status: int | None = None
    wall_s: float = 0.0
    cpu_s: float = 0.0
