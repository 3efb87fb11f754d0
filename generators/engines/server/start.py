"""The first checks of a fleet: which servers can be used, or why none can."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from generators.engines.server.dialect import Dialect
from generators.engines.server.faults import Fault, Refusal
from generators.engines.server.fleet import Fleet
from generators.engines.server.member import Server
from generators.engines.server.retry import Tries
from schemas.exceptions import ConfigError, EngineError

_TRIES = 3
_LONGEST_S = 30.0

Admit = Callable[[Server], Awaitable[Dialect]]


async def open_fleet(fleet: Fleet, admit: Admit, incidents: Counter[str], patience_s: float) -> list[int]:
    """Check every server; the contexts that they report. ConfigError where one serves something else,
    or none answers."""
    patience_s = min(patience_s, _LONGEST_S)
    found = await asyncio.gather(
        *(_first(server, admit, patience_s) for server in fleet.servers), return_exceptions=True
    )
    for error in found:
        if isinstance(error, BaseException) and not isinstance(error, Fault | Refusal):
            raise error
    for server, result in zip(fleet.servers, found, strict=True):
        if isinstance(result, Dialect):
            fleet.admitted(server, result)
        else:
            server.last = str(result)
            incidents["server.down_at_start"] += 1
    if all(server.aside for server in fleet.servers):
        said = "\n  ".join(server.last for server in fleet.servers)
        raise ConfigError(
            f"none of the servers in `urls` can be used:\n  {said}\n"
            "Start one and wait until it serves, or correct `urls`"
        )
    fleet.start()
    return [d.context for d in found if isinstance(d, Dialect) and d.context is not None]


async def _first(server: Server, admit: Admit, patience_s: float) -> Dialect:
    """The checks, with a second and third try where a server is well but busy."""
    tries = Tries(_TRIES - 1, patience_s)
    while True:
        try:
            return await admit(server)
        except Fault as fault:
            if fault.down or fault.slug == "timeout":
                raise
            try:
                wait = tries.after(fault)
            except EngineError:
                raise fault from None
            await asyncio.sleep(max(wait, fault.retry_after or 0.0, 0.1))
