"""What the local engine needs of a transformers model."""

from typing import Any, Protocol

import torch


class CausalModel(Protocol):
    """A causal language model of transformers, as far as it is used here."""

    config: Any
    generation_config: Any
    device: torch.device

    def generate(self, **options: object) -> torch.Tensor:
        """Ids [rows, prompt and new tokens]."""
        ...

    def get_output_embeddings(self) -> torch.nn.Module:
        """The layer that makes scores; its weight is [vocabulary, hidden]."""
        ...
