"""The running vllm engine: requests to samples, answers to completions, and one restart.

Each sample is a request of its own to vLLM, with its own seed. vLLM's own `n` would give the samples the
seeds s, s + 1, …, which are not those of the journal; inside it is nothing but separate requests either, and
they share their prompt's blocks in the prefix cache all the same.
"""

import asyncio
import atexit
import copy
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from generators.engines.base import Completion, Engine, Request, Sampling, ScoreRequest, Scores
from generators.engines.local.decoder import Decoder
from generators.engines.local.folder import ModelFolder
from generators.engines.render import ChatRenderer
from generators.engines.vllm_inside.adapter import EngineDied, Launch, Running, Sampled, Wanted
from generators.engines.vllm_inside.config import ends_of
from generators.engines.vllm_inside.loop import LoopThread
from schemas.exceptions import ConfigError, EngineError

Result = TypeVar("Result")
_RESTARTS = 1  # a model that fits its memory badly dies again and again, each time for a minute


class VllmEngine(Engine):
    """One vLLM engine, and a loop for it."""

    def __init__(
        self, folder: ModelFolder, renderer: ChatRenderer, launch: Launch, *, entropy_vocabulary: int
    ) -> None:
        """ConfigError where vLLM does not start."""
        self.fingerprint = folder.fingerprint
        self.model = folder.model
        self.renderer = renderer
        self._launch = launch
        self._loop = LoopThread(f"engine {self.model}")
        self._running: Running | None = None
        try:
            self._loop.submit(self._start()).result()
        except BaseException:
            self._loop.close()
            raise
        atexit.register(self._close)  # else vLLM would find its processes gone, and complain for a page
        running = self._here()
        self._context, self._vocabulary = running.context, running.vocabulary
        self._entropies = self._vocabulary <= entropy_vocabulary
        ends = ends_of(folder.path, renderer.tokenizer.eos_token_id)
        # A copy: tokenizers must not be used from two threads, and the loop's thread encodes with it.
        self._decoder = Decoder(copy.deepcopy(renderer.tokenizer), ends, self._vocabulary)

    async def generate(self, request: Request) -> list[Completion]:
        """Ask vLLM for every sample at once; those whose asker is cancelled are given up."""
        limit = self._limit(request)
        samples = [self._sample(request, sample, limit) for sample in request.samples]
        return await self._run(_together(samples))

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """Ask vLLM for every continuation at once; each costs its prompt anew."""
        if not request.ids:
            raise EngineError("a text can be scored only after a prompt")
        for continuation in request.continuations:
            self._check((*request.ids, *continuation))
            length = len(request.ids) + len(continuation)
            if length > self._context:
                raise EngineError(f"{length} tokens do not fit the {self._context} of {self.model}")
        whole = request.entropies and self._entropies
        return await self._run(_together([self._score(request.ids, c, whole) for c in request.continuations]))

    async def close(self) -> None:
        """End vLLM's processes, fail what is in flight; idempotent."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        atexit.unregister(self._close)
        running, self._running = self._running, None
        if running is not None:
            self._loop.submit(_shutdown(running)).result()
        self._loop.close()

    async def _run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        if self._running is None:
            coroutine.close()
            raise self._closed()
        try:
            return await self._loop.run(coroutine)
        except asyncio.CancelledError:
            asker = asyncio.current_task()
            if self._running is None and asker is not None and not asker.cancelling():
                raise EngineError(f"the engine {self.model} was closed before this was answered") from None
            raise

    async def _sample(self, request: Request, sample: int, limit: int) -> Completion:
        sampling, whole = request.sampling, request.details and self._entropies
        ends = {*self._decoder.ends, *sampling.stop_ids}
        wanted = Wanted(sampling, request.seed(sample), limit, tuple(ends), whole)
        sampled = await self._ask(request.ids, wanted)
        logprobs, entropies = sampled.logprobs, sampled.entropies
        if sampling.json_schema:
            # vLLM takes them from what the schema has left of the distribution.
            scores = await self._score(request.ids, sampled.token_ids, whole)
            logprobs, entropies = scores.logprobs, scores.entropies or ()
        text, ended = self._read(request, sampled)
        return Completion(
            text,
            sampled.token_ids,
            "stop" if ended else "length",
            sum(logprobs),
            logprobs if request.details else None,
            entropies if whole else None,
        )

    def _read(self, request: Request, sampled: Sampled) -> tuple[str, bool]:
        """The text up to its first stop string, and whether it ended by itself."""
        sampling, tokens = request.sampling, sampled.token_ids
        stopped = tokens[-1] in sampling.stop_ids
        cut = stopped and not sampling.keep_stop
        text = self._decoder.text(request.ids, tokens[:-1] if cut else tokens)
        found = [(text.find(stop), stop) for stop in sampling.stop if stop and stop in text]
        if found:
            at, stop = min(found)
            text = text[: at + len(stop)] if sampling.keep_stop else text[:at]
        return text, bool(found) or stopped or tokens[-1] in self._decoder.ends

    async def _score(self, ids: Sequence[int], continuation: Sequence[int], whole: bool) -> Scores:
        """The last token is sampled where nothing else may be: so a text may fill the context, and that of
        one token needs no more than what the prefix cache holds (vLLM does not read it for the others)."""
        if not continuation:
            return Scores((), () if whole else None)
        *before, last = continuation
        wanted = Wanted(Sampling(temperature=0), 0, 1, (), whole, forced=last, prompt=bool(before))
        found = await self._ask((*ids, *before), wanted)
        start = len(ids) - 1  # a prompt's first token has no log-probability
        logprobs = (*found.prompt_logprobs[start:], *found.logprobs)
        entropies = (*found.prompt_entropies[start:], *found.entropies)
        return Scores(logprobs, entropies if whole else None)

    async def _ask(self, ids: Sequence[int], wanted: Wanted) -> Sampled:
        while True:
            running = self._here()
            try:
                sampled = await running.ask(ids, wanted)
            except EngineDied as error:
                await self._restart(running, error)
                continue
            if not all(value > -float("inf") for value in sampled.logprobs):  # nor is nan
                raise EngineError("the model's scores are not finite numbers; try dtype: float32")
            return sampled

    async def _restart(self, dead: Running, error: EngineDied) -> None:
        """Start vLLM anew, once; EngineError where it has died before."""
        if self._running is not dead:  # another request has seen to it, or the engine was closed
            return
        if self.incidents["engine_restart"] >= _RESTARTS:
            raise EngineError(
                f"vLLM died a second time with {self.model}; its log above says why. Where it is memory, lower "
                "in engine_args max_num_seqs or gpu_memory_utilization, or max_model_len, and resume the build"
            ) from error
        self.incidents["engine_restart"] += 1
        dead.shutdown()
        try:
            await self._start()
        except ConfigError as reason:
            raise EngineError(f"vLLM died with {self.model} and could not be restarted: {reason}") from reason

    async def _start(self) -> None:
        """Blocks the loop, on which nothing else could go on meanwhile."""
        self._running = Running(self._launch)

    def _here(self) -> Running:
        if self._running is None:
            raise self._closed()
        return self._running

    def _closed(self) -> EngineError:
        return EngineError(f"the engine {self.model} is closed")

    def _limit(self, request: Request) -> int:
        """How many tokens each sample may have; EngineError where the request cannot be answered."""
        length, wanted = len(request.ids), request.sampling.max_tokens
        if not length or wanted < 1:
            raise EngineError(f"a request of {length} prompt tokens for {wanted} new tokens asks for nothing")
        self._check(request.ids)
        if length >= self._context:
            raise EngineError(
                f"a prompt of {length} tokens leaves no room in the context of {self._context} tokens "
                f"of {self.model}"
            )
        return min(wanted, self._context - length)

    def _check(self, ids: Sequence[int]) -> None:
        if not 0 <= min(ids) <= max(ids) < self._vocabulary:
            raise EngineError(
                f"token ids must lie in 0..{self._vocabulary - 1}: these were made by another renderer"
            )


async def _together(coroutines: Sequence[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Their results in order; where one fails or all are cancelled, none goes on."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()


async def _shutdown(running: Running) -> None:
    running.shutdown()
