"""Loading weights from a model's folder, without the network."""

from collections.abc import Callable
from typing import cast

import torch

from generators.engines.local.attention import attend_by_rows
from generators.engines.local.folder import ModelFolder
from generators.engines.local.model import CausalModel
from generators.engines.render import ChatRenderer
from schemas.exceptions import ConfigError


def load_model(folder: ModelFolder, dtype: str, device: str, remote_code: bool) -> CausalModel:
    """The weights, in evaluation mode, on the device."""
    from transformers import AutoModelForCausalLM
    from transformers.utils.logging import disable_progress_bar

    cast(Callable[[], None], disable_progress_bar)()  # it would write into the build's own

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder.path, dtype=dtype, local_files_only=True, trust_remote_code=remote_code
        )
        loaded = cast(CausalModel, torch.nn.Module.to(model, device))
    except Exception as error:  # as above, and RuntimeError where the device does not exist
        raise ConfigError(
            f"the model in {folder.path} cannot be loaded on {device} as {dtype}: {error}"
        ) from error
    attend_by_rows(loaded)
    return loaded


def take_ends(model: CausalModel, renderer: ChatRenderer) -> list[int]:
    """The ids that end a turn; the model's own sampling defaults are thrown away on the way.

    Models come with temperature, top_k, repetition penalties and suppressed tokens of their own, and
    `generate` fills them in wherever a caller says nothing. The end-of-turn token may be named by
    any of the three files, and not by all of them.
    """
    named = (
        model.generation_config.eos_token_id,
        model.config.get_text_config().eos_token_id,
        renderer.tokenizer.eos_token_id,
    )
    ends = {end for ids in named for end in (ids if isinstance(ids, list | tuple) else [ids])}
    model.generation_config = type(model.generation_config)()
    return sorted(end for end in ends if end is not None)
