"""A finished dataset examined again: under other gates, or after somebody had it in hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic
import yaml

from generators.engines.base import ENGINES, EngineOptions
from generators.recipes.base import RECIPES
from pipelines.card import write_card
from pipelines.config import DEFAULT_GATES, BuildConfig, identity_of
from pipelines.config_file import first_difference, load
from pipelines.figures.columns import read_columns
from pipelines.files import write_json
from pipelines.gates.base import GATES, Examined
from pipelines.gates.examine import BY_CHAT, NO_POLICY, examine, with_results
from pipelines.members import explain, member
from pipelines.report import write_report
from schemas.exceptions import ConfigError, CorrigendaError, InputError
from schemas.family import Options
from schemas.manifest import Manifest

if TYPE_CHECKING:
    from generators.engines.base import Renderer


class GatesFile(Options):
    """A file with gates alone, for a dataset whose config is not at hand."""

    gates: list[dict[str, Any]]
    """Gates by `type` with their options."""
    data_dir: str = "."
    """Folder that their paths start from."""


@dataclass(frozen=True)
class Asked:
    """The gates to examine by, where their paths start, and the policy's engine."""

    gates: Sequence[Mapping[str, Any]]
    data_dir: Path
    engine: EngineOptions | None
    no_engine: str = ""


def examined_again(folder: Path, path: Path | None = None) -> Manifest:
    """Examine a finished dataset and write the results into its manifest and card.

    `path` is its build's config, maybe with other gates, or a file of gates alone; without one the gates that the
    manifest has count. InputError where there is no finished dataset, ConfigError for what is no config of it.
    """
    manifest = read_manifest(folder)
    return _examined(folder, manifest, _asked(folder, manifest, path))


def under_its_gates(config: BuildConfig, folder: Path, manifest: Manifest) -> Manifest:
    """The manifest of a finished build; examined again where the config's gates are no longer those it has, or the
    terms that its card states."""
    described = {**config.described(), "gates": config.gates}
    if manifest.config == described:
        return manifest
    return _examined(folder, replace(manifest, config=described), _of_config(config))


def _examined(folder: Path, manifest: Manifest, asked: Asked) -> Manifest:
    gates = [member(GATES, gate, f"gates.{number}") for number, gate in enumerate(asked.gates)]
    for gate in gates:
        gate.check(asked.data_dir)
    renderer, why = _renderer(asked)
    results = examine(gates, Examined(folder, manifest, asked.data_dir, renderer, why))
    manifest = with_results(manifest, asked.gates, results)
    recipes = [member(RECIPES, r, f"recipes.{i}") for i, r in enumerate(manifest.config["recipes"])]
    columns = read_columns(folder, manifest)
    write_card(folder, manifest, recipes, columns)
    write_report(folder, manifest, recipes, columns)
    write_json(folder / "manifest.json", manifest.as_json())
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a finished dataset; InputError where it is not there or is none."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise InputError(f"{folder} holds no finished dataset: there is no {path}; let its build end first")
    try:
        return Manifest.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} is no manifest of this version: {error}") from None


def _asked(folder: Path, manifest: Manifest, path: Path | None) -> Asked:
    if path is None:
        return Asked(manifest.config.get("gates", DEFAULT_GATES), Path(), *_kept_engine(manifest))
    alone = _gates_file(path)
    if alone is not None:
        return Asked(alone.gates, Path(alone.data_dir), *_kept_engine(manifest))
    config = load(path, [])
    difference = first_difference(identity_of(manifest.config), config.identity())
    if difference:
        raise ConfigError(f"{path} is not the config that {folder} was built with; {difference}")
    return _of_config(config)


def _of_config(config: BuildConfig) -> Asked:
    engine = config.engines_made().get("policy")
    return Asked(config.gates, Path(config.data_dir), engine, "" if engine else NO_POLICY)


def _gates_file(path: Path) -> GatesFile | None:
    """The file where it holds gates alone; None for what is to be read as a whole config."""
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
        if not isinstance(written, dict) or not written.keys() <= GatesFile.model_fields.keys():
            return None
        return GatesFile(**written)
    except pydantic.ValidationError as error:
        raise ConfigError(f"{path}: {explain(error, '', GatesFile)}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        return None


def _kept_engine(manifest: Manifest) -> tuple[EngineOptions | None, str]:
    """The policy's engine as far as a manifest tells: not where a server is, for one."""
    policy = manifest.config.get("policy")
    if not policy:
        return None, NO_POLICY
    try:
        return member(ENGINES, policy["engine"], "policy.engine"), ""
    except ConfigError as error:
        return (
            None,
            f"the manifest does not say all of the policy's engine ({error}): give the build's --config",
        )


def _renderer(asked: Asked) -> tuple["Renderer | None", str]:
    if asked.engine is None:
        return None, asked.no_engine
    if asked.engine.counts_characters:
        return None, BY_CHAT
    try:
        return asked.engine.open_for_replay().renderer, ""
    except CorrigendaError as error:
        return None, f"the policy's tokenizer cannot be opened ({error})"
