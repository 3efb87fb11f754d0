"""A config read from its YAML file, with the changes of the command line."""

from pathlib import Path
from typing import Any

import pydantic
import yaml

from pipelines.config import RUNS, BuildConfig
from pipelines.members import explain
from pipelines.setting import yaml_value
from schemas.exceptions import ConfigError


def load(path: Path | None, changes: list[str], limit: int | None = None) -> BuildConfig:
    """The config of a file with `key=value` changes, checked. ConfigError names what is wrong."""
    config = read(path, changes, limit)
    config.check()
    return config


def read(path: Path | None, changes: list[str], limit: int | None = None) -> BuildConfig:
    """The same without the checks of its members. ConfigError where it is no config."""
    path = path or RUNS / "demo.yaml"
    if not path.is_file():
        ready = ", ".join(sorted(p.stem for p in RUNS.glob("*.yaml")))
        raise ConfigError(f"no config at {path}; ready ones in pipelines/runs: {ready}")
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not YAML: {error}") from None
    if not isinstance(written, dict):
        raise ConfigError(f"{path} must hold a mapping of keys, it holds {type(written).__name__}")
    for change in changes:
        _apply(written, change)
    if limit is not None:
        written["limit"] = limit
    try:
        config = BuildConfig(**written)
    except pydantic.ValidationError as error:
        raise ConfigError(f"{path}: {explain(error, '', BuildConfig)}") from None
    return config


def _apply(written: dict[str, Any], change: str) -> None:
    """Set `a.b.0.c=value` in the config; the value is YAML."""
    key, sign, value = change.partition("=")
    if not sign or not key:
        raise ConfigError(f"--set takes key=value, got {change!r}")
    place: Any = written
    parts = key.split(".")
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if isinstance(place, list):
            if not part.isdigit() or int(part) >= len(place):
                raise ConfigError(
                    f"--set {key}: {'.'.join(parts[:number])} has {len(place)} entries, no {part!r}"
                )
            index: Any = int(part)
        elif isinstance(place, dict):
            index = part
            if not last:
                place.setdefault(part, {})
        else:
            raise ConfigError(f"--set {key}: {'.'.join(parts[:number])} is a value, not a mapping")
        if last:
            place[index] = yaml_value(key, value)
        else:
            if place[index] is None:
                place[index] = {}
            place = place[index]


def first_difference(old: object, new: object, path: str = "") -> str | None:
    """`field: was X, is Y` for the first field in which two identities differ, or None."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            inner = f"{path}.{key}" if path else key
            if key not in old or key not in new:
                was, now = old.get(key, "absent"), new.get(key, "absent")
                return f"{inner}: was {was!r}, is {now!r}"
            found = first_difference(old[key], new[key], inner)
            if found:
                return found
        return None
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return next(filter(None, (first_difference(a, b, f"{path}.{i}") for i, (a, b) in pairs)), None)
    return None if old == new else f"{path}: was {old!r}, is {new!r}"
