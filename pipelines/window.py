"""The window: which cases are worked on at once.

Cases enter in problem order and one by one, whatever chunk they are of, so that neither the slowest case of
a chunk nor its judging and writing leaves the engine idle. Memory is bounded: results that wait for the
rest of their chunk count too.
"""

import asyncio

_WAITING = 4
"""Results kept at most, in windows, besides those of the chunk that all wait for."""


class Window:
    """Room for `cases` in flight, and for the results of unfinished chunks of `chunk` cases."""

    def __init__(self, cases: int, chunk: int) -> None:
        self._in_flight = asyncio.Semaphore(cases)
        # The oldest chunk has entered whole before another one begins, so that a chunk's own size beside
        # the rest always lets it end.
        self._kept = asyncio.Semaphore(_WAITING * cases + chunk)
        self._entering = 0
        self._all_entered = asyncio.Event()
        self._all_entered.set()

    async def open_chunk(self, cases: int) -> None:
        """Wait until all cases of the chunks before have entered; the next `cases` to enter are this one's."""
        # Again after waking: another chunk that waited may have been quicker.
        while not self._all_entered.is_set():
            await self._all_entered.wait()
        self._entering += cases
        self._all_entered.clear()

    async def enter(self) -> None:
        """Wait for room for one case."""
        await self._kept.acquire()
        try:
            await self._in_flight.acquire()
        except asyncio.CancelledError:
            self._kept.release()
            raise
        self.stay_out(1)

    def leave(self) -> None:
        """A case is done; its result is still kept."""
        self._in_flight.release()

    def written(self, cases: int) -> None:
        """The results of so many cases are on disk, or given up."""
        for _ in range(cases):
            self._kept.release()

    def stay_out(self, cases: int) -> None:
        """So many cases of an opened chunk will not enter."""
        self._entering -= cases
        if self._entering <= 0:
            self._all_entered.set()
