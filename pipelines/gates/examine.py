"""Examining a written dataset by its gates, at the end of the build that wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.gates.base import Examined, Gate
from schemas.exceptions import CorrigendaError
from schemas.manifest import GateResult, Manifest

if TYPE_CHECKING:
    from pipelines.config import BuildConfig
    from pipelines.kit import Kit

NO_POLICY = "the attempts are from files, so no policy's tokenizer is known"
BY_CHAT = "the policy's server is asked through chat, which tells nothing of its tokenizer"


def examine(gates: Sequence[Gate], dataset: Examined) -> tuple[GateResult, ...]:
    """What every gate finds, in their order. A gate that cannot look has not passed: the dataset is kept, and the
    result says why. Files that are damaged or missing are no reason to lose a build."""
    return tuple(_examined(gate, dataset) for gate in gates)


def _examined(gate: Gate, dataset: Examined) -> GateResult:
    try:
        return gate.examine(dataset)
    except Exception as error:  # pyarrow, polars and file systems raise what they like
        said = str(error) if isinstance(error, CorrigendaError) else f"{type(error).__name__}: {error}"
        return gate.result(False, f"could not look: {_without(said, dataset.folder)}")


def _without(said: str, folder: Path) -> str:
    """One line, without the folder's own path: a manifest names no place on a machine."""
    return said.replace(f"{folder.resolve()}/", "").replace(f"{folder}/", "").partition("\n")[0]


def examined(config: "BuildConfig", out: Path, manifest: Manifest, kit: "Kit") -> Manifest:
    """The manifest of a dataset whose shards are written, with what the config's gates find."""
    policy = kit.tools.policy
    renderer, why = None, NO_POLICY
    if policy is not None:
        by_chat = config.engines_made()["policy"].counts_characters
        renderer, why = (None, BY_CHAT) if by_chat else (policy.engine.renderer, "")
    dataset = Examined(out, manifest, Path(config.data_dir), renderer, why)
    return with_results(manifest, config.gates, examine(config.gates_made(), dataset))


def with_results(
    manifest: Manifest, written: Sequence[Mapping[str, Any]], results: tuple[GateResult, ...]
) -> Manifest:
    """The manifest with results, and with the gates they are of in its config."""
    return replace(manifest, config={**manifest.config, "gates": [dict(g) for g in written]}, gates=results)
