"""Which sandboxes work on this machine, and the strongest of them.

`open_sandbox` tries namespaces, then seccomp, then wasm, and plain limits only where the minimum
allows them. Each is tried in earnest: a probing program must find nothing to read, to reach or to start.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filters.verify.sandbox import enclosure
from filters.verify.sandbox.base import Sandbox
from filters.verify.sandbox.job import LEVELS, Call, Job, Level
from filters.verify.sandbox.plain import PlainSandbox
from filters.verify.sandbox.warm import WarmSandbox
from filters.verify.sandbox.zygote_process import ZygoteFailed
from schemas.exceptions import ConfigError

TRIED: tuple[Level, ...] = ("namespaces", "seccomp", "wasm", "rlimits")
"""The order in which levels are tried: the strongest of the quick ones first."""


class NoSandbox(ConfigError):
    """No sandbox of the demanded level works here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LevelReport:
    """One level on this machine."""

    level: Level
    works: bool
    detail: str
    """What it lacks, or why it does not work and what would help; empty where all is well."""


def open_sandbox(
    minimum: Level = "seccomp",
    *,
    slots: int | None = None,
    site_packages: bool = False,
    levels: tuple[Level, ...] = TRIED,
) -> Sandbox:
    """The first sandbox that works, of `levels` at least as strong as `minimum`.

    slots: jobs at once, four for each core where None. site_packages: programs may import the
    packages of the running environment. Raises `NoSandbox` where none works.
    """
    reasons = []
    for level in levels:
        if LEVELS.index(level) < LEVELS.index(minimum):
            continue
        try:
            return _open(level, slots, site_packages)
        except NoSandbox as error:
            reasons.append(f"  {level}: {error}")
    lower = [level for level in LEVELS if LEVELS.index(level) < LEVELS.index(minimum)]
    allowed = f"\nOr allow a weaker one: {', '.join(reversed(lower))}." if lower else ""
    raise NoSandbox("\n".join([f"no sandbox of level {minimum} or stronger works here:", *reasons]) + allowed)


def sandbox_report() -> list[LevelReport]:
    """Every level, strongest of the quick ones first. Takes about a second; wasm is not started."""
    return [_report(level) for level in TRIED]


def _report(level: Level) -> LevelReport:
    try:
        if level == "wasm":
            from filters.verify.sandbox.wasm import missing

            return LevelReport(level, not missing(), missing())
        with _open(level, 1, False) as sandbox:
            notes = sandbox.notes if isinstance(sandbox, WarmSandbox) else []
            return LevelReport(level, True, ", ".join(notes))
    except NoSandbox as error:
        return LevelReport(level, False, str(error))


def _open(level: Level, slots: int | None, site_packages: bool) -> Sandbox:
    if level == "wasm":
        return _open_wasm(slots)
    if level == "rlimits":
        return PlainSandbox(slots or 2, site_packages=site_packages)
    if reason := _impossible(level):
        raise NoSandbox(reason)
    try:
        sandbox = WarmSandbox(level, slots=slots, site_packages=site_packages)
    except (ZygoteFailed, OSError) as error:
        raise NoSandbox(f"{error}{_advice(level)}") from error
    holes = probe(sandbox)
    if holes:
        sandbox.close()
        raise NoSandbox(f"a probing program could {', '.join(holes)}")
    return sandbox


def _open_wasm(slots: int | None) -> Sandbox:
    from filters.verify.sandbox.wasm import WasmSandbox, missing

    if reason := missing():
        raise NoSandbox(reason)
    return WasmSandbox(slots or 1)


def _impossible(level: Level) -> str:
    """What is plainly missing for a level."""
    if not sys.platform.startswith("linux"):
        return "only Linux has it"
    if os.uname().machine not in ("x86_64", "aarch64"):
        return f"the system calls of {os.uname().machine} are not known here"
    if level == "namespaces" and enclosure.bubblewrap() is None:
        return "bubblewrap is not installed: apt-get install bubblewrap (dnf, apk and pacman call it so too)"
    return ""


_SWITCHES: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    (
        "/proc/sys/kernel/unprivileged_userns_clone",
        lambda value: value == "0",
        "sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    (
        "/proc/sys/user/max_user_namespaces",
        lambda value: value == "0",
        "sysctl -w user.max_user_namespaces=10000",
    ),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        lambda value: value == "1",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap",
    ),
)


def _advice(level: Level) -> str:
    if level != "namespaces":
        return ""
    for path, closed, remedy in _SWITCHES:
        file = Path(path)
        if file.exists() and closed(file.read_text().strip()):
            return f"; user namespaces are switched off: {remedy}"
    return "; in a container, user namespaces may be refused: run it with --security-opt seccomp=unconfined"


_PROBE = """
def reads(path):
    with open(path, "rb") as file:
        return len(file.read(1))
def writes():
    with open({written!r}, "wb") as file:
        return 1
def connects():
    import socket
    return socket.socket().fileno()
def starts():
    import os
    pid = os.fork()
    if not pid:
        os._exit(0)
    return os.waitpid(pid, 0)[0]
def runs():
    import os
    try:
        os.execv("/no/such/program", ["program"])
    except FileNotFoundError:
        return 1
"""
_QUESTIONS = {
    "read /etc/passwd": "reads('/etc/passwd')",
    "read the environment of its process": "reads('/proc/self/environ')",
    "read the launcher's environment": "reads('/proc/{pid}/environ')",
    "write a file outside its folder": "writes()",
    "open a socket": "connects()",
    "start a process": "starts()",
    "run another program": "runs()",
}


def probe(sandbox: Sandbox) -> list[str]:
    """What a program could do in the sandbox that it must not."""
    written = f"/var/tmp/corrigenda-probe-{os.getpid()}"
    program = _PROBE.format(written=written)
    calls = [Call(source.format(pid=os.getpid())) for source in _QUESTIONS.values()]
    result = sandbox.run(Job(program, (*calls, Call("1"))))
    Path(written).unlink(missing_ok=True)
    if result.ended != "finished" or len(result.replies) != len(calls) + 1:
        return [f"not be run to its end ({result.ended}: {result.stderr[-300:] or result.raised})"]
    reads = sandbox.notes if isinstance(sandbox, WarmSandbox) else []
    excused = 2 if "no Landlock" in reads else 0
    return [
        what
        for number, (what, reply) in enumerate(zip(_QUESTIONS, result.replies, strict=False))
        if reply.raised is None and number >= excused
    ]
