"""Keys and values of a batch whose rows come and go.

Every row's newest token stands in the same column, so that a step writes one column and reads one
block; what a row has not filled on the left is masked. New rows are copied in behind the others, and
the hole that a finished row leaves is filled with the last row. Only a full buffer is copied whole.
(`DynamicCache` copies all keys and values at every step, and whenever a row leaves.)
"""

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer, DynamicSlidingWindowLayer

_SPARE_COLUMNS = 64  # a full buffer grows by this or a quarter: copied so rarely, growing costs 3 % of a step


class Frame:
    """Where the rows stand in every layer's buffer: rows 0..rows, columns start..end."""

    def __init__(self) -> None:
        self.rows = 0
        self.start = 0
        self.end = 0

    @property
    def width(self) -> int:
        """Columns in use."""
        return self.end - self.start


class BufferLayer(DynamicLayer):
    """One layer's buffers [rows, heads, columns, channels], of which the frame is in use."""

    def __init__(
        self, frame: Frame, keys: torch.Tensor, values: torch.Tensor, dtype: torch.dtype | None
    ) -> None:
        super().__init__()
        self._frame = frame
        self.keys = keys.new_empty((0, keys.shape[1], 0, keys.shape[3]), dtype=dtype)
        self.values = values.new_empty((0, values.shape[1], 0, values.shape[3]), dtype=dtype)
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write one token's keys and values [rows, heads, 1, channels]; all in use, the new ones included."""
        frame = self._frame
        self.keys[: frame.rows, :, frame.end] = key_states[:, :, 0]
        self.values[: frame.rows, :, frame.end] = value_states[:, :, 0]
        block = (slice(frame.rows), slice(None), slice(frame.start, frame.end + 1))
        return self.keys[block], self.values[block]

    def get_seq_length(self) -> int:
        """Columns before the token that comes next."""
        return self._frame.width

    def moved(self, buffer: torch.Tensor, rows: int, columns: int, end: int) -> torch.Tensor:
        """A larger buffer with the frame's content, which then ends before column `end`."""
        frame = self._frame
        _, heads, _, channels = buffer.shape
        # Zeros: a masked column counts nothing only as long as it holds a finite number.
        larger = buffer.new_zeros((rows, heads, columns, channels))
        larger[: frame.rows, :, end - frame.width : end] = buffer[: frame.rows, :, frame.start : frame.end]
        return larger


class RowCache(Cache):
    """All layers' buffers, shaped as the first rows' own cache; `dtype` None: in its number format."""

    def __init__(self, first: Cache, most: int, dtype: torch.dtype | None = None) -> None:
        self.frame = Frame()
        self._most = most  # rows
        layers = [BufferLayer(self.frame, layer.keys, layer.values, dtype) for layer in first.layers]
        super().__init__(layers=layers)

    def join(self, prefilled: Cache, lines: torch.Tensor) -> None:
        """Add a row for each of `lines`, which are rows of a left-padded prefilled cache."""
        frame, count = self.frame, len(lines)
        longest = max(layer.keys.shape[2] for layer in prefilled.layers)
        self._fit(frame.rows + count, max(longest, frame.width))
        frame.start = min(frame.start, frame.end - longest)
        rows = slice(frame.rows, frame.rows + count)
        for layer, new in zip(self.layers, prefilled.layers, strict=True):
            # A sliding layer's own cache holds fewer columns: those that are never looked at are missing.
            columns = slice(frame.end - new.keys.shape[2], frame.end)
            layer.keys[rows, :, columns] = new.keys[lines]
            layer.values[rows, :, columns] = new.values[lines]
        frame.rows += count

    def advance(self) -> None:
        """After a step: the column it wrote counts."""
        self.frame.end += 1

    def make_room(self) -> None:
        """Before a step: there must be a column to write."""
        self._fit(self.frame.rows, self.frame.width)

    def move(self, sources: Sequence[int], holes: Sequence[int], rows: int, longest: int) -> None:
        """Move rows into the holes others left; `rows` remain, of which the longest has `longest` columns."""
        frame = self.frame
        if holes:
            for layer in self.layers:
                for buffer in (layer.keys, layer.values):
                    for source, hole in zip(sources, holes, strict=True):
                        buffer[hole, :, frame.start : frame.end] = buffer[source, :, frame.start : frame.end]
        frame.rows = rows
        frame.start = frame.end - longest

    def _fit(self, rows: int, width: int) -> None:
        """Room for so many rows, so many columns up to the end, and one behind it."""
        frame = self.frame
        capacity, _, columns, _ = self.layers[0].keys.shape
        if rows <= capacity and width <= frame.end < columns:
            return
        if rows > capacity:
            capacity = max(rows, min(2 * capacity, self._most))
        columns = width + max(_SPARE_COLUMNS, width // 4)
        for layer in self.layers:
            layer.keys = layer.moved(layer.keys, capacity, columns, width)
            layer.values = layer.moved(layer.values, capacity, columns, width)
        frame.start, frame.end = width - frame.width, width


def can_join(cache: object) -> bool:
    """Whether a model's own cache holds nothing but keys and values, column by column."""
    kinds = (DynamicLayer, DynamicSlidingWindowLayer)
    layers = getattr(cache, "layers", None)
    return bool(layers) and all(type(layer) in kinds and layer.is_initialized for layer in layers)
