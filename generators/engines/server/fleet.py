"""Several servers of one model as one: who gets the next request, and who is set aside.

A request goes to the server with the smallest share of its window in use, except that one that read
the same leading ids before is preferred unless it is clearly busier: its prefix cache then saves the
prompt. So the samples of a prompt, and what continues them, go to the same server.

A server whose connection fails, or that fails several times in a row, is set aside. It is tried again
after growing waits, and comes back when it has passed the checks of a start: what answers at the old
address may be another model.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from generators.engines.server.affinity import Affinity
from generators.engines.server.dialect import Dialect
from generators.engines.server.faults import Fault, Refusal
from generators.engines.server.member import Server
from generators.engines.server.retry import back_off
from schemas.exceptions import ConfigError, EngineError

_SLACK = 0.25  # share of a window by which a preferred server may be busier than the least busy
_IN_A_ROW = 3  # failures without an answer between them


@dataclass(eq=False)
class _Waiting:
    ids: Sequence[int]
    avoid: Server | None
    placed: "asyncio.Future[Server]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Fleet:
    """The servers. All methods belong to one event loop.

    `admit` checks a server and returns how to speak with it; it raises Fault, Refusal or ConfigError.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        admit: Callable[[Server], Awaitable[Dialect]],
        patience_s: float,
        incidents: Counter[str],
    ) -> None:
        self.servers = list(servers)
        self._admit = admit
        self._patience_s = patience_s
        self._incidents = incidents
        self._waiting: deque[_Waiting] = deque()
        self._affinity: Affinity[Server] = Affinity()
        self._reviving: set[asyncio.Task[None]] = set()
        self._none_since: float | None = None

    def start(self) -> None:
        """Begin to bring back what is set aside; call it once some server has been admitted."""
        for server in self.servers:
            if server.aside:
                self._revive(server)

    async def acquire(
        self, ids: Sequence[int], *, avoid: Server | None = None, again: bool = False
    ) -> Server:
        """A server for a request with these ids, when one is free; `release` it afterwards.

        `avoid` is taken only where no other is free; `again`: before all that wait. EngineError where
        every server has been set aside for longer than the patience.
        """
        if self._none_since is not None and time.monotonic() - self._none_since > self._patience_s:
            raise self._nobody()
        waiting = _Waiting(ids, avoid)
        (self._waiting.appendleft if again else self._waiting.append)(waiting)
        self._place()
        try:
            return await waiting.placed
        except asyncio.CancelledError:
            if waiting.placed.done() and not waiting.placed.cancelled() and not waiting.placed.exception():
                self.release(waiting.placed.result())
            raise

    def release(self, server: Server) -> None:
        """The request is over, however it ended."""
        server.in_flight -= 1
        self._place()

    def answered(self, server: Server) -> None:
        """It gave what was asked for. To be called before `release`."""
        server.failures = server.turned_away = 0
        server.window.answered(server.in_flight)

    def failed(self, server: Server, fault: Fault, sent_at: float) -> None:
        """It did not, for a request sent then (monotonic seconds)."""
        self._incidents[f"retry.{fault.slug}"] += 1
        server.last = str(fault)
        if fault.overload and server.window.overloaded(sent_at):
            self._incidents["in_flight.halved"] += 1
        if fault.slug == "429" or fault.retry_after:
            self._pause(server, fault, sent_at)
        if fault.slug == "429":
            return  # it is well, and busy
        server.failures += 1
        # Requests in flight when a server is set aside all fail; only those sent later are news.
        if (fault.down or server.failures >= _IN_A_ROW) and not server.aside:
            self.set_aside(server)

    def set_aside(self, server: Server) -> None:
        """Give it nothing until it has passed its checks again."""
        server.aside = True
        self._incidents["server.set_aside"] += 1
        self._revive(server)

    def admitted(self, server: Server, dialect: Dialect) -> None:
        """It has passed its checks."""
        server.dialect = dialect
        server.aside = False
        server.failures = 0
        self._none_since = None
        self._place()

    async def close(self) -> None:
        """End what runs in the background and fail what waits."""
        for task in self._reviving:
            task.cancel()
        await asyncio.gather(*self._reviving, return_exceptions=True)
        self._fail(EngineError("the engine was closed before this request was answered"))

    def _pause(self, server: Server, fault: Fault, sent_at: float) -> None:
        now = time.monotonic()
        if sent_at >= server.paused_until:  # not one more of a round that was turned away together
            server.turned_away += 1
        wait = fault.retry_after if fault.retry_after is not None else back_off(server.turned_away)
        server.paused_until = max(server.paused_until, now + wait)
        asyncio.get_running_loop().call_later(wait + 0.001, self._place)

    def _place(self) -> None:
        """Give the longest waiting what is free."""
        while self._waiting:
            first = self._waiting[0]
            if first.placed.done():
                self._waiting.popleft()
                continue
            server = self._choose(first)
            if server is None:
                return
            self._waiting.popleft()
            server.in_flight += 1
            self._affinity.remember(first.ids, server)
            first.placed.set_result(server)

    def _choose(self, request: _Waiting) -> Server | None:
        free = [server for server in self.servers if server.free()]
        if not free:
            return None
        others = [server for server in free if server is not request.avoid] or free
        least = min(others, key=lambda server: (server.load, server.in_flight))
        before = self._affinity.server(request.ids) if len(others) > 1 else None
        if before in others and before is not None and before.load <= least.load + _SLACK:
            return before
        return least

    def _revive(self, server: Server) -> None:
        if self._none_since is None and all(other.aside for other in self.servers):
            self._none_since = time.monotonic()
            asyncio.get_running_loop().call_later(self._patience_s, self._lose_patience)
        task = asyncio.get_running_loop().create_task(self._bring_back(server))
        self._reviving.add(task)
        task.add_done_callback(self._reviving.discard)

    async def _bring_back(self, server: Server) -> None:
        failures = 0
        while True:
            failures += 1
            await asyncio.sleep(back_off(failures))
            try:
                dialect = await self._admit(server)
            except (Fault, Refusal) as fault:
                server.last = str(fault)
            except ConfigError as error:  # it serves something else now
                server.last = str(error)
                self._incidents["server.not_the_same"] += 1
            else:
                self._incidents["server.back"] += 1
                self.admitted(server, dialect)
                return

    def _lose_patience(self) -> None:
        since = self._none_since
        if since is not None and time.monotonic() - since >= self._patience_s * 0.99:
            self._fail(self._nobody())

    def _fail(self, error: EngineError) -> None:
        while self._waiting:
            placed = self._waiting.popleft().placed
            if not placed.done():
                placed.set_exception(error)

    def _nobody(self) -> EngineError:
        said = "; ".join(server.last for server in self.servers)
        return EngineError(f"no server has answered for {self._patience_s:g} s: {said}")
