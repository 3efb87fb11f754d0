"""An event loop that skips waiting: hours of a model's time in seconds, the program's own time counted in full.

The loop's clock is the CPU time of this process plus what was skipped. Where every task waits for a timer, the
clock jumps to it; while a thread still works for the loop, it does not. So a sleeping stand-in for an engine
costs nothing, the work between two sleeps costs what it costs, and other processes on the machine do not matter.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

_POLL_S = 0.001


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time."""

    def __init__(self) -> None:
        self.skipped = 0.0
        """Seconds of waiting that were skipped."""
        self.in_threads = 0
        super().__init__(_Skipping(self))

    def time(self) -> float:
        """CPU seconds of this process, and the seconds skipped."""
        return time.process_time() + self.skipped

    def run_in_executor(  # type: ignore[override]
        self,
        executor: Executor | None,
        func: Callable[..., T],
        *args: Any,  # noqa: ANN401 - as in asyncio
    ) -> asyncio.Future[T]:
        """As always; waiting for the thread is not skipped."""
        future = super().run_in_executor(executor, func, *args)
        self.in_threads += 1
        future.add_done_callback(lambda _: self._left_thread())
        return future

    def _left_thread(self) -> None:
        self.in_threads -= 1


class _Skipping(selectors.DefaultSelector):
    """A selector that does not wait for timers."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; where nothing is, the clock jumps."""
        found = super().select(0)
        if found or timeout is None or timeout <= 0:
            return found or (super().select(timeout) if timeout is None else found)
        if self._loop.in_threads:
            return super().select(min(timeout, _POLL_S))
        self._loop.skipped += timeout
        return []


def run(main: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """Run a coroutine; its result, and how many virtual seconds it took."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        started = loop.time()
        return runner.run(main), loop.time() - started
