"""Tokenizers and model folders that are on this machine. Nothing is fetched, no weights are read."""

from pathlib import Path

from generators.engines.local.folder import EMBEDDED, local_folder
from generators.engines.openai_server import OpenAIServer
from generators.engines.render import ChatRenderer
from schemas.exceptions import ConfigError


def folder_of(model: str, revision: str | None = None) -> Path | None:
    """The folder of a model by its path or Hub name, None where it would have to be fetched. ConfigError."""
    folder = local_folder(model)
    return folder if folder is not None else cached(model, revision)


def cached(model: str, revision: str | None = None) -> Path | None:
    """A Hub model's folder in the local cache, None where it is not there."""
    from huggingface_hub import try_to_load_from_cache

    for name in ("tokenizer_config.json", "tokenizer.json", "config.json"):
        found = try_to_load_from_cache(model, name, revision=revision)
        if isinstance(found, str):
            return Path(found).parent
    return None


def served_renderer(options: OpenAIServer) -> tuple[ChatRenderer | None, str]:
    """What prompts for a server are rendered by, and why it cannot be had here (empty where it can, or where none
    is needed)."""
    if options.counts_characters:
        return None, ""
    name = options.tokenizer or options.root or options.model
    from generators.engines.server.tokenizer import load_tokenizer

    try:
        folder = EMBEDDED if name == "embedded" else Path(name).expanduser()
        if not folder.is_dir():
            there = cached(name, None if options.tokenizer else options.revision)
            if there is None:
                return None, f"no tokenizer of {name} on this machine yet"
            folder = there
        return load_tokenizer(str(folder), None), ""
    except ConfigError as error:
        return None, str(error)
