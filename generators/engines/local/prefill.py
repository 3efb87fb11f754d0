"""Computing whole sequences: padded on the left, each place told its position."""

import inspect
from collections.abc import Sequence

import torch

from generators.engines.local.model import CausalModel, Output


def prefill(model: CausalModel, sequences: Sequence[Sequence[int]]) -> tuple[Output, torch.Tensor]:
    """What a model says after each of some sequences, and the attention mask [rows, longest] it was given."""
    ids, mask = (t.to(model.device) for t in left_padded(sequences))
    # The logits of all places may be gigabytes.
    options = known(model, position_ids=positions(mask), logits_to_keep=1)
    with torch.inference_mode():
        return model(input_ids=ids, attention_mask=mask, use_cache=True, **options), mask


def known(model: CausalModel, **options: object) -> dict[str, object]:
    """Those of some options that a model takes."""
    inputs = inspect.signature(model.forward).parameters
    return {name: value for name, value in options.items() if name in inputs}


def left_padded(sequences: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask, [rows, longest]; padding comes first so that all rows end together."""
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.zeros(len(sequences), longest, dtype=torch.long)
    mask = torch.zeros(len(sequences), longest, dtype=torch.long)
    for number, sequence in enumerate(sequences):
        ids[number, longest - len(sequence) :] = torch.tensor(sequence)
        mask[number, longest - len(sequence) :] = 1
    return ids, mask


def positions(mask: torch.Tensor) -> torch.Tensor:
    """Position of every id among those that are no padding."""
    return (mask.cumsum(1) - 1).clamp_(min=0)
