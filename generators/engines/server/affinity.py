"""Which server has read these token ids before, so that its prefix cache still holds them.

Ids are hashed in blocks, each with all before it, as the servers' own caches do (vLLM's blocks are 16
tokens). A block remembers the server that was last sent it.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

_BLOCK = 32
_LONGEST = 1 << 17  # ids looked at
_SHARE = 0.5

T = TypeVar("T")


class Affinity(Generic[T]):
    """Servers by leading ids; the oldest are forgotten. Some 150 bytes per block."""

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._last: OrderedDict[int, T] = OrderedDict()

    def remember(self, ids: Sequence[int], server: T) -> None:
        """The server has just been sent these ids."""
        for block in _blocks(ids):
            self._last[block] = server
            self._last.move_to_end(block)
        while len(self._last) > self._most:
            self._last.popitem(last=False)

    def server(self, ids: Sequence[int]) -> T | None:
        """The server that read at least half of these ids; None where none did.

        Less than half is what all prompts share: the system message and the template's header.
        """
        found, known = None, 0
        for number, block in enumerate(_blocks(ids), start=1):
            if block not in self._last:
                break
            found, known = self._last[block], number * _BLOCK
        return found if known >= len(ids) * _SHARE else None


def _blocks(ids: Sequence[int]) -> Iterator[int]:
    """A hash per whole block of ids and all before it."""
    so_far = 0
    for start in range(0, min(len(ids), _LONGEST) - _BLOCK + 1, _BLOCK):
        so_far = hash((so_far, tuple(ids[start : start + _BLOCK])))
        yield so_far
