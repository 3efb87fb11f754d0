"""Attention of one new token per row on the CPU, where the rows' lengths differ.

torch's own kernel is made for many tokens. Milliseconds for 128 rows, 6 heads of 32 channels and 100 / 300
columns on one core of an AMD EPYC: its own in bfloat16 6.4 / 12.6, in float32 4.0 / 5.7; two matrix products
in float32 1.0 / 4.4. So keys and values are kept in float32 there, which is also more exact.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch

from generators.engines.local.model import CausalModel

_NAME = "corrigenda_rows"
_GROUP = 16  # rows whose attention is computed together, over the columns of the longest of them
_Group = tuple[int, int, int]  # first row, behind the last row, columns of the longest
_groups: ContextVar[Sequence[_Group]] = ContextVar("groups", default=())


def in_float32(model: CausalModel) -> bool:
    """Whether keys and values are to be kept in float32."""
    return bool(model.config._attn_implementation == _NAME)


def attend_by_rows(model: CausalModel) -> None:
    """Let a model on the CPU compute its attention here, if it would use torch's."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.integrations.sdpa_attention import sdpa_attention_forward
    from transformers.masking_utils import sdpa_mask

    def forward(
        module: torch.nn.Module,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attention_mask: torch.Tensor | None,
        dropout: float = 0.0,
        scaling: float | None = None,
        **options: Any,  # noqa: ANN401 what a model adds for other kernels
    ) -> tuple[torch.Tensor, None]:
        plain = options.get("position_bias") is None and options.get("softcap") is None
        if plain and query.shape[2] == 1 and _groups.get():
            scale = query.shape[3] ** -0.5 if scaling is None else scaling
            return _attend(query, key, value, attention_mask, scale), None
        same = query.to(key.dtype)
        found: torch.Tensor = sdpa_attention_forward(
            module, same, key, value, attention_mask, dropout=dropout, scaling=scaling, **options
        )[0]
        return found.to(query.dtype), None

    if model.device.type != "cpu" or model.config._attn_implementation != "sdpa":
        return
    AttentionInterface.register(_NAME, forward)
    AttentionMaskInterface.register(_NAME, sdpa_mask)
    model.set_attn_implementation(_NAME)


@contextmanager
def row_lengths(lengths: Sequence[int]) -> Iterator[None]:
    """While open: the rows' columns, the new token's included; what is further left is not looked at."""
    groups = [
        (start, min(start + _GROUP, len(lengths)), max(lengths[start : start + _GROUP]))
        for start in range(0, len(lengths), _GROUP)
    ]
    token = _groups.set(groups)
    try:
        yield
    finally:
        _groups.reset(token)


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None, scale: float
) -> torch.Tensor:
    """Queries [B, H, 1, D] on keys [B, K, L, D] and values [B, K, L, E], mask bool [B, 1, 1, L] or None where
    all is seen: [B, 1, H, E]."""
    rows, heads, _, channels = query.shape
    kinds, places = key.shape[1:3]
    queries = (query * scale).to(key.dtype).reshape(rows, kinds, heads // kinds, channels)
    found = value.new_empty((rows, kinds, heads // kinds, value.shape[3]))
    hidden = None if mask is None else ~mask.expand(rows, 1, 1, places)
    for start, end, length in _groups.get():
        left = max(0, places - length)
        scores = queries[start:end] @ key[start:end, :, left:].transpose(2, 3)
        if hidden is not None:
            scores.masked_fill_(hidden[start:end, ..., left:], -torch.inf)
        torch.matmul(scores.softmax(-1), value[start:end, :, left:], out=found[start:end])
    return found.reshape(rows, 1, heads, -1).to(query.dtype)
