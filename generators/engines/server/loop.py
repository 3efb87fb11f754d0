"""An event loop in a thread of its own, for an engine that may be called from any loop.

Connections belong to the loop that opened them; a build, a test and a notebook each bring loops of
their own, and `open` is called without one or inside a running one.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopClosed(Exception):
    """The thread has been closed."""


class LoopThread:
    """Runs coroutines in its thread until it is closed."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()
        self._closed = False

    def start(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        """Begin a coroutine. Raises LoopClosed."""
        if self._closed:
            coroutine.close()
            raise LoopClosed
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Block until the coroutine is done."""
        return self.start(coroutine).result()

    async def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Await the coroutine from another loop; cancelling this cancels it. Raises LoopClosed."""
        try:
            return await asyncio.wrap_future(self.start(coroutine))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._closed and task is not None and not task.cancelling():
                raise LoopClosed from None  # what was cancelled is the coroutine
            raise

    def close(self) -> None:
        """Cancel what runs and end the thread; idempotent. Blocks for milliseconds."""
        if self._closed:
            return
        self._closed = True
        asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
