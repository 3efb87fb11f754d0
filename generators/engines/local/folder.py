"""A model's folder: where it is, whether it can be used, and which model it holds. No torch here."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from schemas.exceptions import ConfigError

EMBEDDED = Path(__file__).parent.parent / "embedded"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model")
_TEMPLATES = ("chat_template.jinja", "chat_template.json")
_WEIGHTS = "*.safetensors"
_IDENTITY = ("config.json", "tokenizer*", "chat_template*", "vocab*", "merges.txt", "*.model", _WEIGHTS)
# What is fetched from the Hub. Some repositories hold their weights twice: once in these files.
_FETCHED = ("*.json", "*.jinja", "*.model", "*.txt", _WEIGHTS)
_NOT_FETCHED = ("consolidated*", "original/*", "onnx/*")


@dataclass(frozen=True)
class ModelFolder:
    """A folder with a model, its name for people, and its fingerprint."""

    path: Path
    model: str
    fingerprint: str


def local_folder(model: str) -> Path | None:
    """The folder that `model` names; None where it is a Hub name. ConfigError where it is neither."""
    if model == "embedded":
        return EMBEDDED
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if _HUB_NAME.fullmatch(model) and not model.startswith("."):
        return None
    raise ConfigError(
        f"model {model!r} is neither a folder that exists nor a Hub name such as owner/name; "
        "check the path, or write `embedded` for the small model that comes along"
    )


def check_folder(folder: Path) -> None:
    """ConfigError where a folder cannot be a chat model that transformers loads."""
    if not (folder / "config.json").is_file():
        adapter = " (it holds an adapter: merge it into its base model first)"
        hint = adapter if (folder / "adapter_config.json").exists() else ""
        raise ConfigError(f"{folder} has no config.json, so it is not a transformers model{hint}")
    if not any((folder / name).is_file() for name in _TOKENIZERS):
        raise ConfigError(f"{folder} has no tokenizer files; copy those of the model's base into it")
    if not any(folder.glob(_WEIGHTS)):
        raise ConfigError(f"{folder} has no .safetensors weights; convert the model with save_pretrained")
    options = folder / "tokenizer_config.json"
    inside = options.is_file() and '"chat_template"' in options.read_text(encoding="utf-8")
    if not inside and not any((folder / name).is_file() for name in _TEMPLATES):
        raise ConfigError(
            f"{folder} has no chat template; use an instruct model, or add a chat_template.jinja"
        )


def check_hub(model: str, revision: str | None) -> None:
    """ConfigError where the network is switched off and the model is not in the local cache."""
    from huggingface_hub import constants, try_to_load_from_cache

    if constants.HF_HUB_OFFLINE and not try_to_load_from_cache(model, "config.json", revision=revision):
        raise ConfigError(
            f"HF_HUB_OFFLINE is set and {model} is not in the cache (nor is there such a folder here); "
            f"run `hf download {model}` with a network first, or name a folder"
        )


def find_model(model: str, revision: str | None, remote_code: bool) -> ModelFolder:
    """The model's folder, fetched from the Hub where `model` is a Hub name."""
    folder = local_folder(model)
    if folder is not None:
        check_folder(folder)
        name = "corrigenda-embedded" if folder == EMBEDDED else folder.resolve().name
        return ModelFolder(folder, name, _content_fingerprint(folder))
    from huggingface_hub import snapshot_download

    wanted = [*_FETCHED, "*.py"] if remote_code else list(_FETCHED)
    try:
        path = snapshot_download(
            model, revision=revision, allow_patterns=wanted, ignore_patterns=list(_NOT_FETCHED)
        )
    except Exception as error:  # the Hub's client has a dozen unrelated ones: network, rights, name
        raise ConfigError(
            f"{model} (revision {revision or 'main'}) could not be fetched from the Hub, and there is no "
            f"such folder here: {error}"
        ) from error
    found = Path(path)
    check_folder(found)
    commit = found.name  # the cache names a snapshot's folder by its commit
    return ModelFolder(found, model, hashlib.sha256(f"{model}@{commit}".encode()).hexdigest())


def _content_fingerprint(folder: Path) -> str:
    """SHA-256 over names and bytes of what decides the model's answers: config, tokenizer, weights.

    A model that is moved or renamed keeps it. Costs about a second per two gigabytes.
    """
    names = sorted({path.name for pattern in _IDENTITY for path in folder.glob(pattern) if path.is_file()})
    total = hashlib.sha256()
    for name in names:
        with (folder / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{name} {digest}\n".encode())
    return total.hexdigest()
