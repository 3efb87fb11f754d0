"""A row: one sample on its way through the model, with everything that is its own.

Nothing of a row depends on the rows it shares a batch with: its random numbers come from its own
seed and are indexed by its own position, so it can join and leave batches at any token.
"""

from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field

import torch

from generators.engines.base import Completion, Request, Sampling


@dataclass(eq=False, slots=True)
class Row:
    """One sample. `draws` holds a uniform number in [0, 1) for every position, from its seed.

    `logprobs` has an entry per token, `entropies` too where `details` are wanted.
    """

    prompt: tuple[int, ...]
    sampling: Sampling
    limit: int
    """Most new tokens: max_tokens, or what room the context leaves."""
    draws: list[float]
    details: bool = False
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    entropies: list[float] = field(default_factory=list)
    done: bool = False
    future: "Future[Completion]" = field(default_factory=Future)

    @property
    def left(self) -> int:
        """How many tokens may still be sampled."""
        return self.limit - len(self.tokens)

    @property
    def ids(self) -> tuple[int, ...]:
        """Tokens of prompt and answer so far."""
        return (*self.prompt, *self.tokens)

    @property
    def length(self) -> int:
        """How many these are."""
        return len(self.prompt) + len(self.tokens)

    def succeed(self, completion: Completion) -> None:
        """Hand the completion to whoever waits for it, if anyone still does."""
        with suppress(InvalidStateError):
            self.future.set_result(completion)

    def fail(self, error: Exception) -> None:
        """Hand the error to whoever waits, if anyone still does."""
        with suppress(InvalidStateError):
            self.future.set_exception(error)


def rows_of(request: Request, limit: int) -> list[Row]:
    """One row per sample of a request."""
    return [
        Row(request.ids, request.sampling, limit, _draws(request.seed(sample), limit), request.details)
        for sample in request.samples
    ]


def _draws(seed: int, count: int) -> list[float]:
    """`count` uniform float64 numbers; a longer call begins with the numbers of a shorter one."""
    generator = torch.Generator().manual_seed(seed)
    draws: list[float] = torch.rand(count, dtype=torch.float64, generator=generator).tolist()
    return draws
