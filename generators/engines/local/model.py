"""What the local engine needs of a transformers model."""

from collections.abc import Iterator
from typing import Any, Protocol

import torch


class Output(Protocol):
    """`logits` [rows, places, vocabulary], and the keys and values of all places."""

    logits: torch.Tensor
    past_key_values: Any


class CausalModel(Protocol):
    """A causal language model of transformers, as far as it is used here."""

    config: Any
    generation_config: Any
    device: torch.device

    def set_attn_implementation(self, attn_implementation: str) -> None:
        """Use the attention registered under a name."""
        ...

    def forward(self, **inputs: object) -> Output:
        """Logits, keys and values of given ids."""
        ...

    def __call__(self, **inputs: object) -> Output:
        """`forward`, as modules are called."""
        ...

    def parameters(self) -> Iterator[torch.nn.Parameter]:
        """All weights."""
        ...

    def get_output_embeddings(self) -> torch.nn.Module:
        """The layer that makes scores; its weight is [vocabulary, hidden]."""
        ...
