"""The number format of a model's weights, and what it does to the model's identity. No torch here."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from generators.engines.local.folder import ModelFolder

_FORMATS = {"F32": "float32", "BF16": "bfloat16", "F16": "float16"}


def with_dtype(folder: ModelFolder, dtype: str) -> ModelFolder:
    """The folder with a fingerprint of its own where weights are not run as they are stored.

    `auto` runs them as stored on every device, a GPU too: were it the device's choice, a build that goes on
    on another machine would find none of its completions.
    """
    if dtype in ("auto", stored_dtype(folder.path)):
        return folder
    return replace(folder, fingerprint=hashlib.sha256(f"{folder.fingerprint} {dtype}".encode()).hexdigest())


def stored_dtype(folder: Path) -> str | None:
    """What `auto` comes to: the config's word, else the first weight's own format; None where neither says."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for part in (config, config.get("text_config") or {}):
        named = part.get("dtype") or part.get("torch_dtype")
        if isinstance(named, str):
            return named.removeprefix("torch.")
    formats = [_first_format(path) for path in sorted(folder.glob("*.safetensors"))]
    return next((found for found in formats if found), None)


def _first_format(path: Path) -> str | None:
    """The first floating format named in a safetensors header: 8 bytes of length, then JSON."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    named = [tensor.get("dtype") for name, tensor in header.items() if name != "__metadata__"]
    return next((_FORMATS[name] for name in named if name in _FORMATS), None)
