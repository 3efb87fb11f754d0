"""The tokenizer of a served model, and whether the server reads text as it does."""

from pathlib import Path

from generators.engines.local.folder import EMBEDDED
from generators.engines.render import ChatRenderer
from schemas.exceptions import ConfigError
from schemas.segment import Message

PROBE = (
    Message("user", "What is 17 * 23?\n\n\tif x == 10: y = 3.1415 % 7  # déjà vu"),
    Message("assistant", "17 * 23 = 391 → \\boxed{391}; 漢字, Ωμέγα, 🙂.  So  two  spaces."),
    Message("user", "Why?"),
)
"""A conversation with the places in which tokenizers differ: digits, white space, other scripts."""


def load_tokenizer(name: str, revision: str | None) -> ChatRenderer:
    """The tokenizer and chat template in a folder, or of a Hub name. ConfigError."""
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise ConfigError(
            "the engine openai_server needs transformers for the tokenizer: pip install "
            "'corrigenda[server]', or use `api: chat`, which needs none"
        ) from error
    folder = EMBEDDED if name == "embedded" else Path(name).expanduser()
    here = folder.is_dir()
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder if here else name, revision=None if here else revision, local_files_only=here
        )
    except Exception as error:  # OSError, ValueError, KeyError, … for a bad folder or an unknown name
        raise ConfigError(
            f"no tokenizer can be loaded from {name!r}: {error}. Set `tokenizer` to the model's Hub name or "
            "to a folder with its tokenizer, or set `api: chat`, which needs none"
        ) from error
    return ChatRenderer(tokenizer)


def compare(url: str, name: str, ours: tuple[int, ...], theirs: list[int]) -> None:
    """ConfigError where the same text became different ids."""
    if tuple(theirs) == ours:
        return
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), None)
    at = min(len(ours), len(theirs)) if at is None else at
    raise ConfigError(
        f"{url} reads a text of {len(ours)} tokens as {len(theirs)}; they differ from token {at} on: "
        f"{list(ours[at : at + 5])} by the tokenizer {name!r}, {theirs[at : at + 5]} by the server's. "
        "Set `tokenizer` to that of the served model"
    )


def compare_counts(url: str, name: str, ours: set[int], theirs: int) -> None:
    """ConfigError where the server counts as many tokens as we do in none of our ways."""
    if theirs not in ours:
        raise ConfigError(
            f"{url} reads a text of {min(ours)} tokens (by the tokenizer {name!r}) as {theirs}. "
            "Set `tokenizer` to that of the served model"
        )
