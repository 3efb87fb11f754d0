"""Loading a model's tokenizer and chat template from its folder, without the network. No torch here."""

from generators.engines.local.folder import ModelFolder
from generators.engines.render import ChatRenderer
from schemas.exceptions import ConfigError


def load_renderer(folder: ModelFolder, remote_code: bool) -> ChatRenderer:
    """The model's own tokenizer and chat template."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder.path, local_files_only=True, trust_remote_code=remote_code
        )
    except Exception as error:  # transformers raises OSError, ValueError, KeyError, … for a bad folder
        raise ConfigError(f"the tokenizer in {folder.path} cannot be loaded: {error}") from error
    return ChatRenderer(tokenizer)
