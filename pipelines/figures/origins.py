"""Where the rows come from: the models, their terms as stated, the sources and their licences."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.figures.columns import Columns
from pipelines.figures.grid import Cell, Code, Grid, grid
from schemas.manifest import Manifest

NOT_STATED = "not stated"


def models(manifest: Manifest) -> Grid:
    """The models by role: what they are, how they were sampled, their terms."""
    return grid(
        ("role", "model", "revision", "engine", "fingerprint", "sampling", "terms"),
        (_model(role, model, manifest) for role, model in manifest.models.items()),
        "Models",
        "The fingerprint is of the weights where the engine loads them, else of the server's name for the model; "
        "whole in `manifest.json`.",
    )


def _model(role: str, model: Mapping[str, str], manifest: Manifest) -> tuple[Cell, ...]:
    engine = _engine(manifest, role)
    sampling = json.loads(model["sampling"])
    return (
        role,
        Code(model["model"]),
        Code(engine.get("revision") or ""),
        Code(engine.get("type", "")),
        Code(model["fingerprint"][:16]),
        ", ".join(f"{name} {value:g}" for name, value in sorted(sampling.items())),
        terms(manifest, role) or NOT_STATED,
    )


def _engine(manifest: Manifest, role: str) -> Mapping[str, Any]:
    written = (manifest.config.get(role) or {}).get("engine")
    return written if isinstance(written, Mapping) else {}


def terms(manifest: Manifest, role: str) -> str:
    """What the config says of a role's model; empty where it says nothing."""
    return str((manifest.config.get(role) or {}).get("terms") or "").strip()


def unstated(manifest: Manifest, columns: Columns) -> list[str]:
    """Models whose text is in the rows and whose terms nobody stated."""
    asked = [f"{role} `{m['model']}`" for role, m in manifest.models.items() if not terms(manifest, role)]
    brought = [name for name in _brought(manifest, columns) if not _brought_terms(manifest, name)]
    return [*asked, *(f"brought attempts `{name}`" for name in brought)]


def _brought(manifest: Manifest, columns: Columns) -> list[str]:
    """Models of attempts from files."""
    known = {model["model"] for model in manifest.models.values()}
    return sorted({name or "unnamed" for name in columns.attempts["model"].unique() if name not in known})


def _brought_terms(manifest: Manifest, name: str) -> str:
    """What the config says of the files that may hold a model's attempts; empty where one of them says nothing."""
    files = manifest.config.get("attempts") or []
    stated = [str(f.get("terms") or "") for f in files if f.get("model_name") in ("", None, name)]
    return "; ".join(dict.fromkeys(stated)) if all(stated) else ""


def written_by(manifest: Manifest, columns: Columns) -> Grid:
    """Per config, the models whose text its rows hold, with their terms."""
    lines: list[tuple[Cell, ...]] = []
    brought = _brought(manifest, columns)
    for table, frame in columns.frames.items():
        if table == "attempts":
            counts = sorted(
                (name or "unnamed", number) for name, number in frame["model"].value_counts().iter_rows()
            )
            lines += [(Code(table), *_attributed(manifest, name), number) for name, number in counts]
            continue
        for role in ("policy", "teacher"):
            number = frame.filter(pl.col(role) != "").height
            if number and role in manifest.models:
                lines.append(
                    (Code(table), *_attributed(manifest, manifest.models[role]["model"], role), number)
                )
        if "policy" not in manifest.models and frame.height:
            whole = frame.height if len(brought) == 1 else None  # rows do not name the model
            lines += [(Code(table), *_attributed(manifest, name), whole) for name in brought]
    rows = ((config, model, role, number, said) for config, model, role, said, number in lines)
    return grid(("config", "model", "as", "rows with its text", "terms"), rows, "Whose text is in the rows")


def _attributed(manifest: Manifest, name: str, role: str = "") -> tuple[Code, str, str]:
    """A model, what it is here, and its terms."""
    role = role or next((r for r, m in manifest.models.items() if m["model"] == name), "")
    said = terms(manifest, role) if role else _brought_terms(manifest, name)
    return Code(name), role or "brought", said or NOT_STATED


def licences(columns: Columns) -> Grid:
    """Rows and problems by config, source and licence."""
    lines: list[tuple[Cell, ...]] = []
    for table, frame in columns.frames.items():
        sizes = frame.group_by("source", "licence").agg(pl.len(), pl.col("problem_id").n_unique())
        for source, licence, rows, problems in sorted(sizes.iter_rows(), key=lambda s: (-s[2], s[:2])):
            lines.append((Code(table), source or "-", licence or "unknown", rows, problems))
    return grid(("config", "source", "licence", "rows", "problems"), lines, "Licences of the sources")


def licence_names(columns: Columns) -> list[str]:
    """All licences of the sources as the rows state them, the most frequent first; empty where one has none."""
    counts: dict[str, int] = {}
    for frame in columns.frames.values():
        for name, number in frame["licence"].value_counts().iter_rows():
            counts[name] = counts.get(name, 0) + number
    return sorted(counts, key=lambda name: (-counts[name], name))
