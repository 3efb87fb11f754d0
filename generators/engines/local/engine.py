"""The running local engine: a queue, and one thread that batches whatever is in it.

Rows that have finished leave the batch and queued ones take their places, so a long answer does not
hold the others up. Leaving and joining costs computing the prompts of the batch anew, which is cheap
beside sampling; when that pays is `_THIN_*` below.
"""

import asyncio
import copy
import threading
import time
from collections import deque
from collections.abc import Sequence

import torch

from generators.engines.base import Completion, Engine, Request
from generators.engines.local.batch import run_batch
from generators.engines.local.decoder import Decoder
from generators.engines.local.folder import ModelFolder
from generators.engines.local.model import CausalModel
from generators.engines.local.rows import Row, rows_of
from generators.engines.render import ChatRenderer
from schemas.exceptions import EngineError

_GATHER_S = 0.005  # an idle engine waits this long, so that coroutines started together share a batch
_THIN_SHARE = 0.5  # leave a batch when this share has finished
_THIN_ROWS = 8  # but never for fewer finished rows than this


class LocalEngine(Engine):
    """One model in this process."""

    def __init__(
        self,
        folder: ModelFolder,
        renderer: ChatRenderer,
        model: CausalModel,
        ends: Sequence[int],
        *,
        max_batch: int,
        threads: int | None,
    ) -> None:
        self.fingerprint = folder.fingerprint
        self.model = folder.model
        self.renderer = renderer
        self._model = model
        self._vocabulary = int(model.get_output_embeddings().get_parameter("weight").shape[0])
        # A copy: tokenizers must not be used from two threads, and the loop's thread encodes with it.
        self._decoder = Decoder(copy.deepcopy(renderer.tokenizer), ends, self._vocabulary)
        self._context = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        self._max_batch = max_batch
        self._threads = threads
        self._queue: deque[Row] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._worker = threading.Thread(target=self._work, name=f"engine {self.model}", daemon=True)
        self._worker.start()

    async def generate(self, request: Request) -> list[Completion]:
        """Queue the request's samples; a sample whose asker is cancelled is given up."""
        rows = rows_of(request, self._limit(request))
        with self._changed:
            if self._closed:
                raise EngineError(f"the engine {self.model} is closed")
            self._queue.extend(rows)
            self._changed.notify()
        try:
            return list(await asyncio.gather(*(asyncio.wrap_future(row.future) for row in rows)))
        finally:
            for row in rows:
                row.future.cancel()

    async def close(self) -> None:
        """End the worker after its batch, fail what is queued, and free the weights."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        await asyncio.to_thread(self._worker.join)
        if hasattr(self, "_model"):
            del self._model
            if torch.cuda.is_available():
                torch.cuda.empty_cache()

    def _limit(self, request: Request) -> int:
        """How many tokens each sample may have; EngineError where the request cannot be answered."""
        length, wanted = len(request.ids), request.sampling.max_tokens
        if not length or wanted < 1:
            raise EngineError(f"a request of {length} prompt tokens for {wanted} new tokens asks for nothing")
        if not 0 <= min(request.ids) <= max(request.ids) < self._vocabulary:
            raise EngineError(
                f"token ids must lie in 0..{self._vocabulary - 1}: these were made by another renderer"
            )
        if self._context is None:
            return wanted
        if length >= self._context:
            raise EngineError(
                f"a prompt of {length} tokens leaves no room in the context of {self._context} tokens "
                f"of {self.model}"
            )
        return int(min(wanted, self._context - length))

    def _work(self) -> None:
        if self._threads:
            torch.set_num_threads(self._threads)  # counts for the thread that calls it
        active: list[Row] = []
        while True:
            with self._changed:
                while not (self._closed or active or self._queue):
                    self._changed.wait()
            if not active:
                time.sleep(_GATHER_S)
            with self._changed:
                if self._closed:
                    break
                active = [row for row in active if not row.future.cancelled()]
                while self._queue and len(active) < self._max_batch:
                    row = self._queue.popleft()
                    if not row.future.cancelled():
                        active.append(row)
            if active:
                active = self._advance(active)
        self._give_up(active)

    def _advance(self, rows: list[Row]) -> list[Row]:
        """Run one batch; returns the rows that are not finished."""
        try:
            return run_batch(self._model, self._decoder, rows, lambda done: self._is_thin(done, len(rows)))
        except Exception as error:
            if _is_memory(error) and len(rows) > 1:
                return self._halve(rows)
            reason = EngineError(f"{self.model} failed on a batch of {len(rows)}: {error!r}")
            reason.__cause__ = error
            for row in rows:
                row.fail(reason)
            return []

    def _is_thin(self, done: int, rows: int) -> bool:
        return done >= max(_THIN_ROWS, rows * _THIN_SHARE)

    def _halve(self, rows: list[Row]) -> list[Row]:
        """After running out of memory: half the rows now, the others first in the queue."""
        self._max_batch = half = len(rows) // 2
        with self._changed:
            self._queue.extendleft(reversed(rows[half:]))
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return rows[:half]

    def _give_up(self, active: Sequence[Row]) -> None:
        with self._changed:
            rows = [*active, *self._queue]
            self._queue.clear()
        for row in rows:
            row.fail(EngineError(f"the engine {self.model} was closed before this request was answered"))


def _is_memory(error: Exception) -> bool:
    """Whether an error is a lack of memory: CUDA has a class of its own, the CPU only a text."""
    texts = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(t in str(error) for t in texts)
