"""What a check is: one file in `checks/`, with its kinds of findings as constants and one function `look`.

    OLD = Kind("python.too_old", "error", "what it means", "what to do")

    def look(at: Situation) -> Iterator[Finding]:
        ...

Nothing is registered: adding the file adds the check. A check loads no weights, changes nothing and asks the
network only for what is configured, with the situation's time limits; what it raises becomes a finding.
"""

import importlib
import os
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from pipelines.doctor import checks
from pipelines.findings import Finding, Kind, kinds_in

if TYPE_CHECKING:
    from pipelines.config import BuildConfig


@dataclass(frozen=True)
class Situation:
    """What is looked at."""

    config: "BuildConfig | None" = None
    """None where none was given, or it cannot be read."""
    refused: str = ""
    """Why the config cannot be read."""
    out: Path | None = None
    """Folder of the build, there or to come."""
    hub: bool = False
    """Look at the Hub, because something will be published there."""
    namespace: str = ""
    """User or organisation on the Hub that will be written to."""
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    ask_s: float = 3.0
    """Seconds that a server has to answer a small question."""

    @property
    def journal(self) -> Path | None:
        """Folder of the journal, there or to come; None where nothing says which."""
        if self.config is not None and self.config.run.journal:
            return Path(self.config.run.journal)
        return self.out / "work" / "journal" if self.out is not None else None


class Check(Protocol):
    """A module of `checks/`."""

    def look(self, at: Situation) -> Iterator[Finding]:
        """What is found, one after the other."""
        ...


def check_names() -> list[str]:
    """All checks, sorted, without importing them."""
    return sorted(module.name for module in pkgutil.iter_modules(checks.__path__))


def find_check(name: str) -> ModuleType:
    """A check's module."""
    return importlib.import_module(f"{checks.__name__}.{name}")


def all_kinds() -> list[Kind]:
    """Every kind of finding, of the checks and of a run's health."""
    from pipelines import health_kinds
    from pipelines.doctor import examine

    modules = [*map(find_check, check_names()), examine, health_kinds]
    return [kind for module in modules for kind in kinds_in(module)]
