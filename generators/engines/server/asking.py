"""One request, sent until it is answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from generators.engines.server.client import Client
from generators.engines.server.dialect import Dialect
from generators.engines.server.faults import Fault, Refusal
from generators.engines.server.fleet import Fleet
from generators.engines.server.identity import Identity
from generators.engines.server.member import Server
from generators.engines.server.replies import read_model
from generators.engines.server.retry import Tries
from schemas.exceptions import EngineError

T = TypeVar("T")
_NOT_FOUND = 404  # the model is not there any more, or never was at that address


@dataclass(frozen=True)
class Asking:
    """How requests are sent. A request is written, and its reply read, in the dialect of its server."""

    fleet: Fleet
    client: Client
    identity: Identity
    retries: int
    patience_s: float
    incidents: Counter[str]

    async def send(
        self,
        ids: Sequence[int],
        body: Callable[[Dialect], dict[str, object]],
        read: Callable[[object, Dialect], T],
    ) -> T:
        """Ask until there is an answer; EngineError where there will be none."""
        tries = Tries(self.retries, self.patience_s)
        avoid: Server | None = None
        while True:
            server = await self.fleet.acquire(ids, avoid=avoid, again=avoid is not None)
            sent_at = time.monotonic()
            try:
                answer = await self._once(server, body, read)
                self.fleet.answered(server)
                return answer
            except Fault as fault:
                self.fleet.failed(server, fault, sent_at)
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
                self.fleet.release(server)
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
            reply = await self.client.ask(server.url + dialect.path, body(dialect))
        except Refusal as refusal:
            if refusal.status == _NOT_FOUND:
                raise Fault("wrong_model", str(refusal), down=True) from None
            raise
        if isinstance(reply, dict) and not self.identity.is_mine(read_model(reply)):
            raise Fault("wrong_model", f"{server.url} answers as {read_model(reply)!r}", down=True)
        try:
            return read(reply, dialect)
        except Fault as fault:  # the reader does not know the address
            raise Fault(fault.slug, f"{server.url}: {self.client.shown(fault)}", down=fault.down) from None
