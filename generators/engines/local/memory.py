"""What a batch remembers of its rows, so that each token is computed once: two ways, by what a model keeps."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from generators.engines.local.attention import in_float32, row_lengths
from generators.engines.local.cache import RowCache
from generators.engines.local.model import CausalModel
from generators.engines.local.prefill import known, positions, prefill
from generators.engines.local.rows import Row

_PREFILL_TOKENS = 16_384  # most that are computed at once, padding included: their activations take memory
_PADDING = 1.25  # most tokens computed for each that is wanted, before prompts are computed apart


class Memory(ABC):
    """What is known of some rows. Shapes: B rows, V vocabulary."""

    @abstractmethod
    def join(self, rows: Sequence[Row]) -> Iterator[tuple[list[Row], torch.Tensor]]:
        """Rows that join behind those that are there, and the scores [rows, V] of their next tokens."""

    @abstractmethod
    def scores(self, rows: Sequence[Row], tokens_B: torch.Tensor, ahead: int) -> torch.Tensor:
        """Scores [B, V] after each row's newest token, where `ahead` tokens are not yet in the rows."""

    @abstractmethod
    def leave(self, moves: Sequence[tuple[int, int]], rows: Sequence[Row]) -> None:
        """Only `rows` remain, after moves of the row of one number into the place of another."""


class RowMemory(Memory):
    """Keys and values alone: rows join and leave without a second computation."""

    def __init__(self, model: CausalModel, most: int) -> None:
        self._model = model
        self._most = most
        self._dtype = torch.float32 if in_float32(model) else None
        self._cache: RowCache | None = None

    def join(self, rows: Sequence[Row]) -> Iterator[tuple[list[Row], torch.Tensor]]:
        """Every prompt is computed once, together with others of about its length."""
        for part in _alike(rows):
            prompts = list(dict.fromkeys(row.ids for row in part))
            places = {prompt: number for number, prompt in enumerate(prompts)}
            output, _ = prefill(self._model, prompts)
            lines = torch.tensor([places[row.ids] for row in part], device=self._model.device)
            if self._cache is None:
                self._cache = RowCache(output.past_key_values, self._most, self._dtype)
            self._cache.join(output.past_key_values, lines)
            yield part, output.logits[:, -1][lines]

    def scores(self, rows: Sequence[Row], tokens_B: torch.Tensor, ahead: int) -> torch.Tensor:
        """One step of the model."""
        assert self._cache is not None
        self._cache.make_room()
        lengths = [row.length + ahead for row in rows]
        lengths_B = torch.tensor(lengths, device=tokens_B.device)
        columns_L = torch.arange(self._cache.frame.width, -1, -1, device=tokens_B.device)
        with torch.inference_mode(), row_lengths(lengths):
            output = self._model(
                input_ids=tokens_B[:, None],
                attention_mask=columns_L < lengths_B[:, None],
                position_ids=lengths_B[:, None] - 1,
                past_key_values=self._cache,
                use_cache=True,
            )
        self._cache.advance()
        return output.logits[:, -1]

    def leave(self, moves: Sequence[tuple[int, int]], rows: Sequence[Row]) -> None:
        """Holes are filled; of what is left, no more columns are kept than the longest row has."""
        if not rows:
            self._cache = None
        elif self._cache is not None:
            self._cache.move(moves, len(rows), max(row.length for row in rows) - 1)


class WholeMemory(Memory):
    """Whatever a model keeps of a whole batch, such as the states of linear attention.

    Rows that leave are computed on as long as they are less than half; rows that join make all of it
    to be computed again.
    """

    def __init__(self, model: CausalModel) -> None:
        self._model = model
        self._name = next(iter(known(model, past_key_values=None, cache_params=None)), "past_key_values")
        self._cache: Any = None
        self._mask: torch.Tensor | None = None
        self._lines: list[int] = []
        """Where in the cache each row is."""

    def join(self, rows: Sequence[Row]) -> Iterator[tuple[list[Row], torch.Tensor]]:
        """The rows alone are computed here; all of them at the next step."""
        self._cache = None
        for part in _alike(rows):
            yield part, prefill(self._model, [row.ids for row in part])[0].logits[:, -1]

    def scores(self, rows: Sequence[Row], tokens_B: torch.Tensor, ahead: int) -> torch.Tensor:
        """One step of the model, or all of it."""
        if self._cache is None:
            assert not ahead
            output, self._mask = prefill(self._model, [row.ids for row in rows])
            self._lines = list(range(len(rows)))
        else:
            assert self._mask is not None
            fed = torch.zeros(len(self._mask), dtype=torch.long, device=tokens_B.device)
            fed[self._lines] = tokens_B
            self._mask = torch.nn.functional.pad(self._mask, (0, 1), value=1)
            with torch.inference_mode():
                output = self._model(
                    input_ids=fed[:, None],
                    # A model of states alone would take the mask of what came before for that of the new token.
                    attention_mask=self._mask if self._name == "past_key_values" else None,
                    use_cache=True,
                    **known(self._model, position_ids=positions(self._mask)[:, -1:]),
                    **{self._name: self._cache},
                )
        self._cache = getattr(output, self._name)
        return output.logits[:, -1][self._lines]

    def leave(self, moves: Sequence[tuple[int, int]], rows: Sequence[Row]) -> None:
        """The rows' places change hands; when half are of no use, all is computed again."""
        for source, hole in moves:
            self._lines[hole] = self._lines[source]
        del self._lines[len(rows) :]
        if self._mask is None or len(rows) * 2 <= len(self._mask):
            self._cache = None


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
