"""The code fingerprint of a stage: a hash of every file of ours that its modules import, directly or not.

A changed recipe, judge or bank of phrasings makes what was built with the old one stale; a changed command
or Prefect flow does not. Imports inside functions count, and so do those for types alone; what is found by
listing a folder (a recipe by its name) has to be named by the caller.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("schemas", "filters", "generators", "pipelines")
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.MULTILINE
)
_COMMENT = re.compile(r"#[^\n]*")


def code_fingerprint(modules: Collection[str], without: Collection[str] = (), root: Path = ROOT) -> str:
    """Hash of the source of the modules and of all they import, 64 hexadecimal digits.

    `without` names modules and packages that are not entered: what only says how a stage runs.
    """
    digest = hashlib.sha256()
    for module, path in sorted(closure(modules, without, root).items()):
        digest.update(f"{module}\0{_sha256(path, path.stat().st_mtime_ns)}\n".encode())
    return digest.hexdigest()


def closure(modules: Collection[str], without: Collection[str] = (), root: Path = ROOT) -> dict[str, Path]:
    """The modules and all they import of our packages, by name, with their files. ValueError for an unknown one."""
    found: dict[str, Path] = {}
    seen: set[str] = set()
    waiting = list(modules)
    for module in modules:
        if _file(module, root) is None:
            raise ValueError(f"there is no module {module!r} under {root}")
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        path = None if _within(module, without) else _file(module, root)
        if path is None:
            continue
        found[module] = path
        waiting += [module.rpartition(".")[0]] * ("." in module)  # a package's own code runs before
        waiting += _imports(path, path.stat().st_mtime_ns)
    return found


def _within(module: str, packages: Collection[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in packages)


def _file(module: str, root: Path) -> Path | None:
    """The file of a module of ours; None where it is no module (a name imported from one, or another's)."""
    if module.partition(".")[0] not in PACKAGES:
        return None
    path = root.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


@cache
def _imports(path: Path, changed_ns: int) -> tuple[str, ...]:
    """Names that may be modules: what is imported, and what is imported from it. The time is the cache's key."""
    return tuple(named_in(path.read_text(encoding="utf-8")))


def named_in(source: str) -> Iterator[str]:
    """The same of a source's text, an import that stands in a docstring too. Every build asks it of 200 files: parsing
    them takes half a second, this a fiftieth of it."""
    for package, names, modules in _IMPORT.findall(source):
        if package:
            yield package
        for name in _COMMENT.sub("", names or modules).strip("()").split(","):
            if words := name.split():  # `name as other`; behind a last comma is nothing
                yield f"{package}.{words[0]}" if package else words[0]


@cache
def _sha256(path: Path, changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
