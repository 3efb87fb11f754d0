"""A batch of rows in the model, which rows join and leave at any step."""

import inspect
import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from generators.engines.local.attention import in_float32, row_lengths
from generators.engines.local.cache import RowCache, can_join
from generators.engines.local.decoder import Decoder
from generators.engines.local.model import CausalModel
from generators.engines.local.rows import Row
from generators.engines.local.sampler import RowSampler, Sampled
from schemas.exceptions import EngineError

_PREFILL_TOKENS = 16_384  # most that are computed at once, padding included: their activations take memory
_PADDING = 1.25  # most tokens computed for each that is wanted, before prompts are computed apart
_BURST = 8  # steps between looks at what a GPU has sampled; each look waits for it


class Batch:
    """Rows that are sampled together. Shapes: B rows, S steps, L ids of prompts and tokens so far."""

    def __init__(self, model: CausalModel, decoder: Decoder, most: int) -> None:
        self.rows: list[Row] = []
        self._model = model
        self._decoder = decoder
        self._most = most
        self._burst = 1 if model.device.type == "cpu" else _BURST
        self._cache_dtype = torch.float32 if in_float32(model) else None
        self._cache: RowCache | None = None
        self._sampler: RowSampler | None = None

    def join(self, rows: Sequence[Row]) -> None:
        """Take in rows: compute their prompts, each once, and sample one token for each."""
        for part in _alike(rows):
            prompts = sorted({_known(row) for row in part}, key=len)
            places = {prompt: number for number, prompt in enumerate(prompts)}
            logits_P_V, cache = self._prefill(prompts)
            lines = torch.tensor([places[_known(row)] for row in part], device=self._model.device)
            sampled = RowSampler(part, self._model.device).sample(logits_P_V[lines], self._draws(part, 1)[0])
            self._cache = self._cache or RowCache(cache, self._most, self._cache_dtype)
            self._cache.join(cache, lines)
            self.rows += part
            self._sampler = None
            self._note([sampled], len(part))
        self._leave()

    def step(self) -> None:
        """Sample one token for every row, or some where the device is not to be waited for.

        Finished rows get their completion and leave; so do those that nobody waits for.
        """
        steps = min(self._burst, min(row.left for row in self.rows))
        tokens_B = torch.tensor([row.tokens[-1] for row in self.rows], device=self._model.device)
        lengths_B = torch.tensor([row.length for row in self.rows], device=self._model.device)
        self._sampler = self._sampler or RowSampler(self.rows, self._model.device)
        sampled: list[Sampled] = []
        for step, draws_B in enumerate(self._draws(self.rows, steps)):
            with row_lengths([row.length + step for row in self.rows]):
                logits_B_V = self._logits(tokens_B, lengths_B)
            sampled.append(self._sampler.sample(logits_B_V, draws_B))
            tokens_B, lengths_B = sampled[-1].tokens, lengths_B + 1
        self._note(sampled, len(self.rows))
        self._leave()

    def _logits(self, tokens_B: torch.Tensor, lengths_B: torch.Tensor) -> torch.Tensor:
        """Scores [B, V] after each row's newest token, which is its `lengths_B`-th."""
        assert self._cache is not None
        self._cache.make_room()
        columns_L = torch.arange(self._cache.frame.width, -1, -1, device=tokens_B.device)
        with torch.inference_mode():
            output = self._model(
                input_ids=tokens_B[:, None],
                attention_mask=columns_L < lengths_B[:, None],
                position_ids=lengths_B[:, None] - 1,
                past_key_values=self._cache,
                use_cache=True,
            )
        self._cache.advance()
        return output.logits[:, -1]

    def _prefill(self, prompts: Sequence[Sequence[int]]) -> tuple[torch.Tensor, Any]:
        """Scores after each prompt, and their cache."""
        ids_P_L, mask_P_L = (t.to(self._model.device) for t in left_padded(prompts))
        with torch.inference_mode():
            output = self._model(
                input_ids=ids_P_L,
                attention_mask=mask_P_L,
                position_ids=positions(mask_P_L),
                use_cache=True,
                **last_only(self._model),
            )
        return output.logits[:, -1], output.past_key_values

    def _draws(self, rows: Sequence[Row], steps: int) -> torch.Tensor:
        """The rows' own numbers for their next tokens, [S, B]."""
        draws = [row.draws[len(row.tokens) : len(row.tokens) + steps] for row in rows]
        return torch.tensor(draws, dtype=torch.float64).T.to(self._model.device)

    def _note(self, sampled: Sequence[Sampled], count: int) -> None:
        """Give the last `count` rows their tokens, up to where each ends."""
        rows = self.rows[-count:]
        tokens = torch.stack([s.tokens for s in sampled], dim=1).tolist()
        logprobs = torch.stack([s.logprobs for s in sampled], dim=1).double().tolist()
        entropies = [s.entropies for s in sampled if s.entropies is not None]
        measured = torch.stack(entropies, dim=1).double().tolist() if entropies else [()] * count
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
        self._sampler = None
        holes = sorted(set(range(len(stay))) - set(stay))
        sources = stay[len(stay) - len(holes) :]
        for source, hole in zip(sources, holes, strict=True):
            self.rows[hole] = self.rows[source]
        del self.rows[len(stay) :]
        if not self.rows:
            self._cache = None
        elif self._cache is not None:
            self._cache.move(sources, holes, len(stay), max(row.length for row in self.rows) - 1)

    def _finish(self, row: Row) -> None:
        if not math.isfinite(sum(row.logprobs)):
            row.fail(EngineError("the model's scores are not finite numbers; try dtype: float32"))
        else:
            row.succeed(self._decoder.completion(row))


def _known(row: Row) -> tuple[int, ...]:
    """All ids of a row so far."""
    return (*row.prompt, *row.tokens)


def _alike(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows by length, in parts whose padding is bounded."""
    part: list[Row] = []
    real = 0
    for row in sorted(rows, key=lambda row: row.length):
        padded = row.length * (len(part) + 1)
        if part and (padded > _PREFILL_TOKENS or padded > _PADDING * (real + row.length)):
            yield part
            part, real = [], 0
        part.append(row)
        real += row.length
    if part:
        yield part


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


def last_only(model: CausalModel) -> dict[str, int]:
    """Asks for the logits of the last place alone, where the model can: all of them may be gigabytes."""
    return {"logits_to_keep": 1} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}
