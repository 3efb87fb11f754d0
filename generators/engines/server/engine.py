"""The running engine: one HTTP request per sample, sent to a fleet until it is answered.

Each sample has a request and a seed of its own, not a share of one request with `n`: sample 5 is then
the same purchase whether four or eight are wanted, and a failure costs one sample. The prompt is sent
again each time, which a prefix cache makes nearly free (vLLM and SGLang have one, on by default; the
fleet sends a prompt's samples to the same server); hosted APIs charge for it.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from generators.engines.base import Completion, Engine, Renderer, Request, ScoreRequest, Scores
from generators.engines.render import ChatRenderer, PlainRenderer
from generators.engines.server.admission import Admission
from generators.engines.server.answers import chat_completion, ids_completion
from generators.engines.server.client import Client
from generators.engines.server.dialect import Dialect, chat_prompt
from generators.engines.server.faults import Fault, Refusal
from generators.engines.server.fleet import Fleet, Server
from generators.engines.server.identity import Identity
from generators.engines.server.loop import LoopClosed, LoopThread
from generators.engines.server.replies import (
    read_chat,
    read_completion,
    read_model,
    read_prompt_logprobs,
)
from generators.engines.server.retry import Tries
from schemas.exceptions import ConfigError, EngineError

T = TypeVar("T")
W = TypeVar("W")
_START_TRIES = 3
_NOT_FOUND = 404  # the model is not there any more, or never was at that address


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
        self._retries = retries
        self._patience_s = patience_s
        self._context = context
        self._continues = continues
        chat = renderer if isinstance(renderer, ChatRenderer) else None
        self._admission = Admission(client, identity, chat, tokenizer, timeout_s, key_env, self.incidents)
        self._fleet = Fleet(servers, self._admit, patience_s, self.incidents)
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

        completion = await self._send(request.ids, body, read)
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

        return await self._send(ids, body, read)

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

    async def _send(
        self,
        ids: Sequence[int],
        body: Callable[[Dialect], dict[str, object]],
        read: Callable[[object, Dialect], T],
    ) -> T:
        """Ask until there is an answer; EngineError where there will be none."""
        tries = Tries(self._retries, self._patience_s)
        avoid: Server | None = None
        while True:
            server = await self._fleet.acquire(ids, avoid=avoid, again=avoid is not None)
            sent_at = time.monotonic()
            try:
                answer = await self._once(server, body, read)
                self._fleet.answered(server)
                return answer
            except Fault as fault:
                self._fleet.failed(server, fault, sent_at)
                avoid = server
                try:
                    wait = tries.after(fault)
                except EngineError:
                    self.incidents["given_up"] += 1
                    raise
            except Refusal as refusal:
                self.incidents[f"refused.{refusal.status}" if refusal.status else "refused"] += 1
                raise EngineError(f"not answered, and asking again would not help: {refusal}") from None
            finally:
                self._fleet.release(server)
            if wait:
                await asyncio.sleep(wait)

    async def _once(
        self,
        server: Server,
        body: Callable[[Dialect], dict[str, object]],
        read: Callable[[object, Dialect], T],
    ) -> T:
        dialect = server.dialect
        assert dialect is not None, "a server is free only when it has been admitted"
        try:
            reply = await self._client.ask(server.url + dialect.path, body(dialect))
        except Refusal as refusal:
            if refusal.status == _NOT_FOUND:
                raise Fault("wrong_model", str(refusal), down=True) from None
            raise
        if isinstance(reply, dict) and not self._identity.is_mine(read_model(reply)):
            raise Fault("wrong_model", f"{server.url} answers as {read_model(reply)!r}", down=True)
        try:
            return read(reply, dialect)
        except Fault as fault:  # the reader does not know the address
            raise Fault(fault.slug, f"{server.url}: {self._client.shown(fault)}", down=fault.down) from None

    async def _start(self) -> None:
        found = await asyncio.gather(*(self._first(s) for s in self._fleet.servers), return_exceptions=True)
        for error in found:
            if isinstance(error, BaseException) and not isinstance(error, Fault | Refusal):
                raise error
        for server, result in zip(self._fleet.servers, found, strict=True):
            if isinstance(result, Dialect):
                self._fleet.admitted(server, result)
            else:
                server.last = str(result)
                self.incidents["server.down_at_start"] += 1
        if all(server.aside for server in self._fleet.servers):
            said = "\n  ".join(server.last for server in self._fleet.servers)
            raise ConfigError(
                f"no server of {self._identity.asked} can be used:\n  {said}\n"
                "Start one and wait until it serves, or correct `urls`"
            )
        known = [d.context for d in found if isinstance(d, Dialect) and d.context is not None]
        self._context = self._context if self._context is not None else min(known, default=None)
        self._fleet.start()

    async def _first(self, server: Server) -> Dialect:
        """The checks of a start, with a second and third try where a server is well but busy."""
        tries = Tries(_START_TRIES, min(self._patience_s, 30.0))
        while True:
            try:
                return await self._admission.check(server, self._context)
            except Fault as fault:
                if fault.down or fault.slug == "timeout":
                    raise
                try:
                    wait = tries.after(fault)
                except EngineError:
                    raise fault from None
                await asyncio.sleep(max(wait, fault.retry_after or 0.0, 0.1))

    async def _admit(self, server: Server) -> Dialect:
        """The checks of a server that was set aside."""
        return await self._admission.check(server, self._context)
