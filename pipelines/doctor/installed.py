"""What is installed, by the packages' metadata alone: nothing is imported."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@dataclass(frozen=True)
class Installed:
    """Versions by canonical name, and what packages ask for."""

    versions: Mapping[str, str]
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By canonical name: requirements as the package writes them."""

    def version(self, name: str) -> str:
        """Of a package, empty where it is not installed."""
        return self.versions.get(canonicalize_name(name), "")

    def meets(self, requirement: Requirement) -> bool:
        """Whether it is installed in a version that suits."""
        version = self.version(requirement.name)
        return bool(version) and requirement.specifier.contains(version, prereleases=True)

    def has(self, written: str) -> bool:
        """The same of a requirement as text."""
        return self.meets(Requirement(written))

    def requirements(self, name: str) -> list[Requirement]:
        """What a package asks for on this machine without extras."""
        return wanted(self.asks.get(canonicalize_name(name), ()))


@cache
def installed() -> Installed:
    """Of this environment, as it was when it was first asked for. What stands first on the path counts."""
    versions: dict[str, str] = {}
    asks: dict[str, tuple[str, ...]] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name and canonicalize_name(name) not in versions:
            versions[canonicalize_name(name)] = distribution.version
            asks[canonicalize_name(name)] = tuple(distribution.requires or ())
    return Installed(versions, asks)


def own_requirements() -> list[Requirement]:
    """What Corrigenda itself asks for: by its pyproject.toml, else by its metadata."""
    if _PYPROJECT.is_file():
        project = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))["project"]
        return wanted(project["dependencies"])
    return wanted(metadata.requires("corrigenda") or ())


def wanted(written: "tuple[str, ...] | list[str]", extra: str = "") -> list[Requirement]:
    """Requirements that count here; what cannot be read counts as none."""
    found = []
    for line in written:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            found.append(requirement)
    return found
