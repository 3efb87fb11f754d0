"""A batch of rows in the model, which rows join and leave at any step."""

import math
from collections.abc import Sequence

import torch

from generators.engines.local.cache import can_join
from generators.engines.local.decoder import Decoder
from generators.engines.local.memory import Memory, RowMemory, WholeMemory
from generators.engines.local.model import CausalModel
from generators.engines.local.rows import Row
from generators.engines.local.sampler import RowSampler, Sampled
from schemas.exceptions import EngineError

_BURST = 8  # steps between looks at what a GPU has sampled; each look waits for it


class Batch:
    """Rows that are sampled together. Shapes: B rows, S steps."""

    def __init__(self, model: CausalModel, decoder: Decoder, most: int) -> None:
        self.rows: list[Row] = []
        self.joins_cheaply = can_join(model)
        """Whether rows that join cost nothing but their own prompts."""
        self._decoder = decoder
        self._device = model.device
        self._burst = 1 if model.device.type == "cpu" else _BURST
        self._memory: Memory = RowMemory(model, most) if self.joins_cheaply else WholeMemory(model)
        self._sampler: RowSampler | None = None

    def join(self, rows: Sequence[Row]) -> None:
        """Take in rows: compute their prompts and sample one token for each."""
        for part, scores in self._memory.join(rows):
            sampled = RowSampler(part, self._device).sample(scores, self._draws(part, 1)[0])
            self.rows += part
            self._note([sampled], part)
        self._sampler = None
        self._leave()

    def step(self) -> None:
        """Sample one token for every row, or some where the device is not to be waited for.

        Finished rows get their completion and leave; so do those that nobody waits for.
        """
        steps = min(self._burst, *(row.left for row in self.rows))
        tokens_B = torch.tensor([row.tokens[-1] for row in self.rows], device=self._device)
        self._sampler = self._sampler or RowSampler(self.rows, self._device)
        sampled: list[Sampled] = []
        for ahead, draws_B in enumerate(self._draws(self.rows, steps)):
            sampled.append(self._sampler.sample(self._memory.scores(self.rows, tokens_B, ahead), draws_B))
            tokens_B = sampled[-1].tokens
        self._note(sampled, self.rows)
        self._leave()

    def _draws(self, rows: Sequence[Row], steps: int) -> torch.Tensor:
        """The rows' own numbers for their next tokens, [S, B]."""
        draws = [row.draws[len(row.tokens) : len(row.tokens) + steps] for row in rows]
        return torch.tensor(draws, dtype=torch.float64).T.to(self._device)

    def _note(self, sampled: Sequence[Sampled], rows: Sequence[Row]) -> None:
        """Give rows their tokens, up to where each ends."""
        tokens = torch.stack([s.tokens for s in sampled], dim=1).tolist()
        logprobs = torch.stack([s.logprobs for s in sampled], dim=1).double().tolist()
        entropies = [s.entropies for s in sampled if s.entropies is not None]
        measured = torch.stack(entropies, dim=1).double().tolist() if entropies else [[]] * len(rows)
        for number, row in enumerate(rows):
            for step, token in enumerate(tokens[number]):
                row.tokens.append(token)
                row.logprobs.append(logprobs[number][step])
                if row.details:
                    row.entropies.append(measured[number][step])
                if self._decoder.is_done(row):
                    row.done = True
                    break

    def _leave(self) -> None:
        """Rows that are done, or that nobody waits for, leave."""
        stay: list[int] = []
        for number, row in enumerate(self.rows):
            if row.done:
                self._finish(row)
            elif not row.future.cancelled():
                stay.append(number)
        if len(stay) == len(self.rows):
            return
        holes = sorted(set(range(len(stay))) - set(stay))
        moves = list(zip(stay[len(stay) - len(holes) :], holes, strict=True))
        for source, hole in moves:
            self.rows[hole] = self.rows[source]
        del self.rows[len(stay) :]
        self._memory.leave(moves, self.rows)
        self._sampler = None

    def _finish(self, row: Row) -> None:
        if not math.isfinite(sum(row.logprobs)):
            row.fail(EngineError("the model's scores are not finite numbers; try dtype: float32"))
        else:
            row.succeed(self._decoder.completion(row))
