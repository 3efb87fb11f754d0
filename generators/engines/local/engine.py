"""The running local engine: a queue, and one thread that samples for whatever is in it.

Queued rows join the batch while it runs, first come, first served: their prompts are computed together,
those of about one length at once, and from then on they are rows like the others. Finished rows leave at
the same step. `python -m bench.local_stream` compares a stream of small requests, each asked when the one
before is answered, with the same requests all at once.

The batching of transformers itself (`ContinuousBatchingManager`, 5.23) is not used: it samples all rows
from one random generator (generation/continuous_batching/model_runner.py), so that an answer would depend
on its company and on its arrival, and it gives no entropies.
"""

import asyncio
import copy
import threading
import time
from collections import deque
from collections.abc import Sequence

import torch

from generators.engines.base import Completion, Engine, Request, ScoreRequest, Scores
from generators.engines.local.batch import Batch
from generators.engines.local.decoder import Decoder
from generators.engines.local.folder import ModelFolder
from generators.engines.local.limits import is_memory, threads_for
from generators.engines.local.model import CausalModel
from generators.engines.local.rows import Row, rows_of
from generators.engines.local.scorer import Scoring, score
from generators.engines.render import ChatRenderer
from schemas.exceptions import EngineError

_GATHER_S = 0.005  # an idle engine waits this long, so that coroutines started together share a batch
_JOIN_ROWS = 8  # so many queued rows join at once; their prompts are computed together
_JOIN_STEPS = 4  # fewer wait so many steps for others
_THIN = 0.25  # where rows that join make all be computed again, they wait until so few are left


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
        self._threads = threads or threads_for(model)
        self._queue: deque[Row] = deque()
        self._scorings: deque[Scoring] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._worker = threading.Thread(target=self._work, name=f"engine {self.model}", daemon=True)
        self._worker.start()

    async def generate(self, request: Request) -> list[Completion]:
        """Queue the request's samples; a sample whose asker is cancelled is given up."""
        rows = rows_of(request, self._limit(request))
        with self._changed:
            self._refuse_closed()
            self._queue.extend(rows)
            self._changed.notify()
        try:
            return list(await asyncio.gather(*(asyncio.wrap_future(row.future) for row in rows)))
        finally:
            for row in rows:
                row.future.cancel()

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """Queue the request; what is queued together is scored together, before any new sample."""
        if not request.ids:
            raise EngineError("a text can be scored only after a prompt")
        for continuation in request.continuations:
            self._check((*request.ids, *continuation))
            length = len(request.ids) + len(continuation)
            if self._context is not None and length > self._context:
                raise EngineError(f"{length} tokens do not fit the {self._context} of {self.model}")
        scoring = Scoring(request)
        with self._changed:
            self._refuse_closed()
            self._scorings.append(scoring)
            self._changed.notify()
        return await asyncio.wrap_future(scoring.future)

    async def close(self) -> None:
        """End the worker within a few tokens, fail what is in flight, and free the weights."""
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
        if request.sampling.json_schema:
            raise EngineError(
                "transformers_local cannot hold an answer to a JSON Schema; use the engine vllm or openai_server"
            )
        if not length or wanted < 1:
            raise EngineError(f"a request of {length} prompt tokens for {wanted} new tokens asks for nothing")
        self._check(request.ids)
        if self._context is None:
            return wanted
        if length >= self._context:
            raise EngineError(
                f"a prompt of {length} tokens leaves no room in the context of {self._context} tokens "
                f"of {self.model}"
            )
        return int(min(wanted, self._context - length))

    def _check(self, ids: tuple[int, ...]) -> None:
        if not 0 <= min(ids) <= max(ids) < self._vocabulary:
            raise EngineError(
                f"token ids must lie in 0..{self._vocabulary - 1}: these were made by another renderer"
            )

    def _refuse_closed(self) -> None:
        if self._closed:
            raise EngineError(f"the engine {self.model} is closed")

    def _work(self) -> None:
        if self._threads:
            torch.set_num_threads(self._threads)  # counts for the thread that calls it
        batch = self._new_batch()
        steps = 0  # since rows last joined
        while True:
            with self._changed:
                while not (self._closed or batch.rows or self._queue or self._scorings):
                    self._changed.wait()
            if not batch.rows:
                time.sleep(_GATHER_S)
            with self._changed:
                if self._closed:
                    break
                joining = self._joining(batch, steps)
                scorings = [*self._scorings]
                self._scorings.clear()
            self._score([s for s in scorings if not s.future.cancelled()])
            steps = 0 if joining else steps + 1
            if not self._advance(batch, joining):
                batch = self._new_batch()
                if torch.cuda.is_available():
                    torch.cuda.empty_cache()
        self._give_up(batch.rows)

    def _new_batch(self) -> Batch:
        return Batch(self._model, self._decoder, self._max_batch)

    def _joining(self, batch: Batch, steps: int) -> list[Row]:
        """Queued rows that join now; first come, first served, so that none waits for ever."""
        rows = len(batch.rows)
        if rows and len(self._queue) < _JOIN_ROWS and steps < _JOIN_STEPS:
            return []
        if not batch.joins_cheaply and rows > self._max_batch * _THIN:
            return []
        chosen: list[Row] = []
        while self._queue and rows + len(chosen) < self._max_batch:
            row = self._queue.popleft()
            if not row.future.cancelled():
                chosen.append(row)
        return chosen

    def _advance(self, batch: Batch, joining: list[Row]) -> bool:
        """Let rows join and sample for all of them; False where that failed and the batch is lost."""
        try:
            if joining:
                batch.join(joining)
            if batch.rows:
                batch.step()
            return True
        except Exception as error:
            rows = [row for row in dict.fromkeys([*batch.rows, *joining]) if not row.future.done()]
            if is_memory(error) and len(rows) > 1:
                self._halve(rows)
                return False
            reason = EngineError(f"{self.model} failed on a batch of {len(rows)}: {error!r}")
            reason.__cause__ = error
            for row in rows:
                row.fail(reason)
            return False

    def _score(self, scorings: list[Scoring]) -> None:
        """Score all of these together, or say to each why not."""
        while scorings:
            try:
                found = score(self._model, [s.request for s in scorings], self._max_batch)
            except Exception as error:
                if is_memory(error) and self._max_batch > 1:
                    self.incidents["out_of_memory"] += 1
                    self._max_batch //= 2
                    continue
                reason = EngineError(f"{self.model} failed to score {len(scorings)} requests: {error!r}")
                reason.__cause__ = error
                for scoring in scorings:
                    scoring.fail(reason)
                return
            for scoring, scores in zip(scorings, found, strict=True):
                scoring.succeed(scores)
            return

    def _halve(self, rows: list[Row]) -> None:
        """After running out of memory: all rows go back to the front, to be run in smaller batches."""
        self.incidents["out_of_memory"] += 1
        self._max_batch = len(rows) // 2
        with self._changed:
            self._queue.extendleft(reversed(rows))

    def _give_up(self, active: Sequence[Row]) -> None:
        with self._changed:
            rows = [*active, *self._queue]
            self._queue.clear()
            scorings = [*self._scorings]
            self._scorings.clear()
        closed = EngineError(f"the engine {self.model} was closed before this request was answered")
        for row in rows:
            row.fail(closed)
        for scoring in scorings:
            scoring.fail(closed)
