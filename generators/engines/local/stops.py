"""When a row is finished: end of turn, its own stop strings, its own token limit."""

from collections.abc import Callable, Sequence

import torch

from generators.engines.local.decoder import Decoder
from generators.engines.local.rows import Row

_CHECK_EVERY = 8  # steps between looks at how many have finished; each is a device sync


class RowStops:
    """A stopping criterion with an answer per row, which can also end the batch early.

    `done` [B] says which rows have finished and `lengths` [B] how many tokens each has sampled.
    `leave(finished rows)` says whether to end the batch early, to change what rows are in it.
    """

    def __init__(
        self, rows: Sequence[Row], decoder: Decoder, device: torch.device, leave: Callable[[int], bool]
    ) -> None:
        self._rows = rows
        self._decoder = decoder
        self._leave = leave
        self._left = torch.tensor([row.left for row in rows], device=device)
        self._ends = torch.zeros(decoder.vocabulary, dtype=torch.bool)
        self._ends[[end for end in decoder.ends if end < decoder.vocabulary]] = True
        self._ends = self._ends.to(device)
        self._completing = self._table(device)
        self.done = torch.zeros(len(rows), dtype=torch.bool, device=device)
        self.lengths = torch.zeros(len(rows), dtype=torch.long, device=device)
        self._steps = 0

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: object) -> torch.Tensor:
        """Bool [B]: which rows need no more tokens. `input_ids` [B, prompt and new tokens]."""
        self._steps += 1
        newest = input_ids[:, -1]
        self.lengths += ~self.done
        finished = self._ends[newest] | (self.lengths >= self._left)
        if self._completing is not None:
            self._find_stops(input_ids, newest, finished)
        self.done = self.done | finished
        if self._steps % _CHECK_EVERY == 0 and self._leave(int(self.done.sum())):
            return torch.ones_like(self.done)
        return self.done

    def _find_stops(self, input_ids: torch.Tensor, newest: torch.Tensor, finished: torch.Tensor) -> None:
        """Mark the rows whose text now holds one of their stop strings."""
        assert self._completing is not None
        rows, tokens = self._completing
        candidates = tokens[rows, newest] & ~finished & ~self.done
        for number in candidates.nonzero().flatten().tolist():
            row = self._rows[number]
            tokens_here = [*row.tokens, *input_ids[number, -self._steps :].tolist()]
            text = self._decoder.text(row.prompt, tokens_here)
            if any(stop and stop in text for stop in row.sampling.stop):
                finished[number] = True

    def _table(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor] | None:
        """For each row the number of its set of stop strings; for each set, the tokens to look at."""
        sets = sorted({row.sampling.stop for row in self._rows})
        if not any(sets):
            return None
        numbers = torch.tensor([sets.index(row.sampling.stop) for row in self._rows], device=device)
        return numbers, torch.stack([self._decoder.completing(stops) for stops in sets]).to(device)
