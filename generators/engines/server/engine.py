"""The running engine: one HTTP request per sample, sent to a fleet until it is answered.

Each sample has a request and a seed of its own, not a share of one request with `n`: sample 5 is then
the same purchase whether four or eight are wanted, and a failure costs one sample. The prompt is sent
again each time, which a prefix cache makes nearly free (vLLM and SGLang have one, on by default; the
fleet sends a prompt's samples to the same server); hosted APIs charge for it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from generators.engines.base import Completion, Engine, Renderer, Request, ScoreRequest, Scores
from generators.engines.render import ChatRenderer, PlainRenderer
from generators.engines.server.admission import Admission
from generators.engines.server.answers import chat_completion, ids_completion
from generators.engines.server.asking import Asking
from generators.engines.server.client import Client
from generators.engines.server.dialect import Dialect, chat_prompt
from generators.engines.server.faults import Fault, Refusal
from generators.engines.server.fleet import Fleet
from generators.engines.server.identity import Identity
from generators.engines.server.loop import LoopClosed, LoopThread
from generators.engines.server.member import Server
from generators.engines.server.replies import (
    read_chat,
    read_completion,
    read_prompt_logprobs,
)
from generators.engines.server.start import open_fleet
from schemas.exceptions import EngineError

T = TypeVar("T")
W = TypeVar("W")


class ServerEngine(Engine):
    """A fleet of servers of one model."""

    def __init__(
        self,
        identity: Identity,
        renderer: Renderer,
        servers: Sequence[Server],
        client: Client,
        *,
        tokenizer: str,
        key_env: str,
        timeout_s: float,
        retries: int,
        patience_s: float,
        context: int | None,
        continues: bool,
    ) -> None:
        self.fingerprint = identity.fingerprint()
        self.model = identity.model
        self.renderer = renderer
        self._identity = identity
        self._client = client
        self._patience_s = patience_s
        self._context = context
        self._continues = continues
        chat = renderer if isinstance(renderer, ChatRenderer) else None
        self._admission = Admission(client, identity, chat, tokenizer, timeout_s, key_env, self.incidents)
        self._fleet = Fleet(servers, self._admit, patience_s, self.incidents)
        self._asking = Asking(self._fleet, client, identity, retries, patience_s, self.incidents)
        self._loop = LoopThread(f"engine {self.model}")

    def start(self) -> None:
        """Check every server; ConfigError where one serves something else, or none answers."""
        try:
            self._loop.run(self._start())
        except BaseException:
            self._loop.run(self._client.close())
            self._loop.close()
            raise

    async def generate(self, request: Request) -> list[Completion]:
        """One answer per sample. EngineError where one of them fails for good; the others are given up."""
        return await self._call(self._all(partial(self._sample, request), request.samples))

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """One request per continuation that is not empty. EngineError where the server gives no
        log-probabilities of a prompt (vLLM does)."""
        return await self._call(self._all(partial(self._score, request.ids), request.continuations))

    async def close(self) -> None:
        """Fail what is in flight and close all connections."""
        with suppress(LoopClosed):
            await self._loop.call(self._shut())
        await asyncio.to_thread(self._loop.close)

    async def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return await self._loop.call(coroutine)
        except LoopClosed as error:
            raise EngineError(f"the engine of {self.model} is closed") from error

    async def _shut(self) -> None:
        await self._fleet.close()
        await self._client.close()

    async def _all(self, one: Callable[[W], Coroutine[Any, Any, T]], wanted: Sequence[W]) -> list[T]:
        """All at once, in their order; the first that fails ends the others."""
        tasks = [asyncio.ensure_future(one(each)) for each in wanted]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def _sample(self, request: Request, sample: int) -> Completion:
        if isinstance(self.renderer, PlainRenderer):
            prompt = chat_prompt(*self.renderer.decode_messages(request.ids), self._continues)
        else:
            prompt = {"prompt": list(request.ids)}
        limit = self._limit(request)

        def body(dialect: Dialect) -> dict[str, object]:
            seed = request.seed(sample)
            return dialect.body(self._identity.asked, prompt, request.sampling, seed, limit)

        def read(reply: object, dialect: Dialect) -> Completion:
            if isinstance(self.renderer, ChatRenderer):
                answer = read_completion(reply)
                return ids_completion(answer, request, dialect, self.renderer.tokenizer)
            return chat_completion(read_chat(reply), request, dialect)

        completion = await self._asking.send(request.ids, body, read)
        self.incidents["answer.length"] += completion.finish == "length"
        self.incidents["answer.empty"] += not completion.text
        return completion

    async def _score(self, ids: tuple[int, ...], continuation: tuple[int, ...]) -> Scores:
        if not isinstance(self.renderer, ChatRenderer):
            raise EngineError(f"{self.model} is asked through chat, which cannot score given texts")
        if not ids:
            raise EngineError("a text can be scored only after a prompt")
        if not continuation:
            return Scores(())
        whole = (*ids, *continuation)
        if self._context is not None and len(whole) > self._context:
            raise EngineError(f"{len(whole)} tokens do not fit the {self._context} of {self.model}")

        def body(dialect: Dialect) -> dict[str, object]:
            return dialect.score_body(self._identity.asked, whole, self._context)

        def read(reply: object, dialect: Dialect) -> Scores:
            found = read_prompt_logprobs(reply, whole)
            if found is None:
                raise Refusal(0, f"the servers of {self.model} give no log-probabilities of a prompt")
            wanted = [value for value in found[len(ids) :] if value is not None]
            if len(wanted) != len(continuation):
                raise Fault("bad_reply", "a reply without the log-probability of some token of the prompt")
            return Scores(tuple(wanted))

        return await self._asking.send(ids, body, read)

    def _limit(self, request: Request) -> int:
        """How many tokens an answer may have; EngineError where the prompt leaves no room."""
        length, wanted = len(request.ids), request.sampling.max_tokens
        if not length or wanted < 1:
            raise EngineError(f"a prompt of {length} tokens and max_tokens {wanted} leave nothing to do")
        if self._context is None or not isinstance(self.renderer, ChatRenderer):
            return wanted
        if length >= self._context:
            raise EngineError(
                f"a prompt of {length} tokens leaves no room in the context of {self._context} tokens"
            )
        return min(wanted, self._context - length)

    async def _start(self) -> None:
        contexts = await open_fleet(self._fleet, self._admit, self.incidents, self._patience_s)
        if self._context is None:
            self._context = min(contexts, default=None)

    async def _admit(self, server: Server) -> Dialect:
        """The checks of a server, at the start and after it was set aside."""
        return await self._admission.check(server, self._context)
