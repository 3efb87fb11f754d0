"""A LoRA adapter's folder, as peft saves it: whether it can be used, its rank, which adapter it is."""

import hashlib
import json
from pathlib import Path

from schemas.exceptions import ConfigError

_CONFIG = "adapter_config.json"
_WEIGHTS = "adapter_model.safetensors"


def check_lora(folder: Path) -> None:
    """ConfigError where a folder holds no LoRA adapter that vLLM can load."""
    for name in (_CONFIG, _WEIGHTS):
        if not (folder / name).is_file():
            raise ConfigError(f"{folder} has no {name}, so it is no LoRA adapter; save one there with peft")
    kind = json.loads((folder / _CONFIG).read_text(encoding="utf-8")).get("peft_type")
    if kind != "LORA":
        raise ConfigError(f"{folder} holds an adapter of type {kind!r}; only LORA is supported")


def lora_rank(folder: Path) -> int:
    """The rank r of the adapter's matrices, the largest where layers have their own."""
    config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    own = (config.get("rank_pattern") or {}).values()
    return max(map(int, (config["r"], *own)))


def lora_fingerprint(base: str, folder: Path) -> str:
    """SHA-256 over the base model's fingerprint and the adapter's config and weights."""
    total = hashlib.sha256(f"lora {base}\n".encode())
    for name in (_CONFIG, _WEIGHTS):
        with (folder / name).open("rb") as file:
            total.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()
