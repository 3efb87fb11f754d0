"""What a machine allows: threads that pay, and running out of memory."""

import torch

from generators.engines.local.model import CausalModel

# Weights below which more threads gain nothing. They also cost: with two threads and another process on
# a two-core machine, threads that spin while they wait made a model of 1.4 M weights 30 times slower.
_SMALL = 50_000_000


def threads_for(model: CausalModel) -> int | None:
    """One CPU thread for a small model, else None: torch's own choice."""
    return 1 if sum(weights.numel() for weights in model.parameters()) < _SMALL else None


def is_memory(error: Exception) -> bool:
    """Whether an error is a lack of memory: CUDA has a class of its own, the CPU only a text."""
    texts = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(t in str(error) for t in texts)
