"""Keys and values of a batch whose rows come and go.

Every row's newest token stands in the same column, so that a step writes one column and reads one
block; what a row has not filled on the left is masked. New rows are copied in behind the others, and
the hole that a finished row leaves is filled with the last row. Only a full buffer is copied whole.
(`DynamicCache` copies all keys and values at every step, and whenever a row leaves.)
"""

import inspect
from collections.abc import Sequence

import torch
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from generators.engines.local.model import CausalModel

_SPARE_COLUMNS = 128  # a new buffer has these or half its columns to spare; a full one is moved so rarely


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


class BufferLayer(DynamicLayer):  # type: ignore[misc]
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
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: object, **__: object
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

    def shift(self, distance: int) -> None:
        """Move the frame's content to the left, in place."""
        frame = self._frame
        for buffer in (self.keys, self.values):
            # Blocks of at most `distance` columns, so that none is copied onto itself.
            for start in range(frame.start, frame.end, distance):
                end = min(start + distance, frame.end)
                block = buffer[: frame.rows, :, start:end]
                buffer[: frame.rows, :, start - distance : end - distance] = block

    def grow(self, rows: int, columns: int, end: int) -> None:
        """Larger buffers with the frame's content, which then ends before column `end`."""
        self.keys = self._larger(self.keys, rows, columns, end)
        self.values = self._larger(self.values, rows, columns, end)

    def _larger(self, buffer: torch.Tensor, rows: int, columns: int, end: int) -> torch.Tensor:
        frame = self._frame
        _, heads, _, channels = buffer.shape
        # Zeros: a masked column counts nothing only as long as it holds a finite number.
        larger = buffer.new_zeros((rows, heads, columns, channels))
        larger[: frame.rows, :, end - frame.width : end] = buffer[: frame.rows, :, frame.start : frame.end]
        return larger


class RowCache(Cache):  # type: ignore[misc]
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

    def move(self, moves: Sequence[tuple[int, int]], rows: int, longest: int) -> None:
        """Move rows into the holes others left; `rows` remain, of which the longest has `longest` columns."""
        frame = self.frame
        used = slice(frame.start, frame.end)
        for layer in self.layers if moves else ():
            for buffer in (layer.keys, layer.values):
                for source, hole in moves:
                    buffer[hole, :, used] = buffer[source, :, used]
        frame.rows = rows
        frame.start = max(frame.start, frame.end - longest)

    def _fit(self, rows: int, width: int) -> None:
        """Room for so many rows, so many columns up to the end, and one behind it."""
        frame = self.frame
        capacity, _, columns, _ = self.layers[0].keys.shape
        if rows <= capacity and width <= frame.end < columns:
            return
        distance = frame.end - width
        if rows <= capacity and distance >= _SPARE_COLUMNS // 2:
            for layer in self.layers:
                layer.shift(distance)
        else:
            if rows > capacity:
                capacity = max(rows, min(2 * capacity, self._most))
            spare = max(_SPARE_COLUMNS, width // 2)
            for layer in self.layers:
                layer.grow(capacity, width + spare, width)
        frame.start, frame.end = width - frame.width, width


def can_join(model: CausalModel) -> bool:
    """Whether a model keeps nothing but keys and values, column by column, and is told its positions."""
    kinds = (DynamicLayer, DynamicSlidingWindowLayer)
    layers = DynamicCache(config=model.config).layers
    inputs = inspect.signature(model.forward).parameters
    told = {"past_key_values", "position_ids", "attention_mask"} <= inputs.keys()
    return told and bool(layers) and all(type(layer) in kinds for layer in layers)
