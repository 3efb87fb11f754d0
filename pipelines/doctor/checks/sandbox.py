"""How programs of models can be held here. Each level is tried with a program that looks for a way out."""

from collections.abc import Iterator, Sequence

from filters.verify.sandbox.levels import LevelReport, sandbox_report
from pipelines.doctor.base import Situation
from pipelines.findings import Finding, Kind

STRONG = Kind(
    "sandbox.namespaces",
    "ok",
    "Programs run as nobody in namespaces of their own: nothing to read, no network, nothing left behind.",
)
GOOD = Kind(
    "sandbox.seccomp",
    "note",
    "Programs have harmless system calls only: no network, no new process, no file written. It is enough for a "
    "build; namespaces would hold them even where the kernel's filter has a hole.",
    "Install bubblewrap and allow user namespaces; docs/sandbox.md says how.",
)
OPEN_FILES = Kind(
    "sandbox.no_landlock",
    "warning",
    "This kernel has no Landlock, so a program can read whatever the build's user may read (and can send it nowhere).",
    "Install bubblewrap, or run builds of code as a user who may read nothing of worth.",
)
SLOW = Kind(
    "sandbox.wasm_only",
    "warning",
    "Only the WebAssembly Python holds programs here: safe, and 20 times slower.",
    "Install bubblewrap and allow user namespaces; docs/sandbox.md says how.",
)
NONE = Kind(
    "sandbox.none",
    "warning",
    "Nothing here holds a program but limits of time and memory: it could read files and reach the network. Builds of "
    "problems with tests, and `verify code`, refuse to run; problems with answers need no sandbox.",
    "What each level lacks is said above; docs/sandbox.md says how to get it. Only for programs you trust: "
    "`verify code --minimum rlimits`.",
)


def look(at: Situation) -> Iterator[Finding]:
    """Every level, tried."""
    yield from about(sandbox_report())


def about(reports: Sequence[LevelReport]) -> Iterator[Finding]:
    """What there is to say of the levels."""
    works = {report.level: report.detail for report in reports if report.works}
    lacks = "; ".join(f"{r.level}: {r.detail}" for r in reports if not r.works)
    if "namespaces" in works:
        yield STRONG.found("programs are held in namespaces (tried)")
    elif "seccomp" in works:
        yield GOOD.found(f"programs are held by seccomp (tried); {lacks}")
        if "no Landlock" in works["seccomp"]:
            yield OPEN_FILES.found("seccomp without Landlock")
    elif "wasm" in works:
        yield SLOW.found(f"wasm alone; {lacks}")
    else:
        yield NONE.found(lacks or "no level works")
