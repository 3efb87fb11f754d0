"""Work done once, whoever asks first: the recipes of a case run at the same time and share what they find."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Once(Generic[Found]):
    """Results by key. Those who ask while the first is still at work wait for it.

    What failed is forgotten: the next one who asks tries again.
    """

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[Found]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Found]]) -> Found:
        """The result for a key, made by `make` if nobody has asked before. Raises what `make` raises."""
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.ensure_future(_awaited(make))
            # A task that every asker has left must not complain that nobody looked at its exception.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._tasks[key] = task
        try:
            return await asyncio.shield(task)
        except BaseException:
            if task.done() and (task.cancelled() or task.exception()):
                self._tasks.pop(key, None)
            raise

    def done(self) -> dict[Hashable, Found]:
        """What has been found so far."""
        return {
            key: task.result()
            for key, task in self._tasks.items()
            if task.done() and not task.cancelled() and not task.exception()
        }


async def _awaited(make: Callable[[], Awaitable[Found]]) -> Found:
    return await make()
