"""Buying each thing once: from the journal, from a purchase in flight, else from the engine."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Generic, TypeVar

Wanted = TypeVar("Wanted")
Bought = TypeVar("Bought")


class Purchases(Generic[Wanted, Bought]):
    """One kind of purchase, by key.

    `load` reads the journal, `fetch` brings near what it will be asked for, `buy` asks the engine and keeps
    what it gave.
    """

    def __init__(
        self, load: Callable[[str], Bought | None], fetch: Callable[[Iterable[str]], Awaitable[None]]
    ) -> None:
        self._load = load
        self._fetch = fetch
        self._buying: dict[str, asyncio.Task[dict[str, Bought]]] = {}

    async def get(
        self,
        keys: Mapping[Wanted, str],
        buy: Callable[[dict[Wanted, str]], Awaitable[dict[str, Bought]]],
    ) -> tuple[dict[str, Bought], int]:
        """What belongs to the keys, and how many of them this call had to buy.

        A purchase whose asker is cancelled is finished and kept.
        """
        await self._fetch(keys.values())
        # From here to `create_task` nothing awaits, so no other coroutine can start the same purchase.
        tasks = {key: self._buying[key] for key in keys.values() if key in self._buying}
        loaded = {key: self._load(key) for key in keys.values() if key not in tasks}
        found = {key: value for key, value in loaded.items() if value is not None}
        missing = {want: key for want, key in keys.items() if key not in found and key not in tasks}
        if missing:
            task = asyncio.create_task(self._buy(missing, buy))
            # A task that every asker has left must not complain that nobody looked at its exception.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._buying.update(dict.fromkeys(missing.values(), task))
            tasks.update(dict.fromkeys(missing.values(), task))
        for key, task in tasks.items():
            found[key] = (await asyncio.shield(task))[key]
        return found, len(missing)

    async def finish(self) -> None:
        """Wait for what is in flight."""
        await asyncio.gather(*set(self._buying.values()), return_exceptions=True)

    async def _buy(
        self,
        keys: dict[Wanted, str],
        buy: Callable[[dict[Wanted, str]], Awaitable[dict[str, Bought]]],
    ) -> dict[str, Bought]:
        try:
            return await buy(keys)
        finally:
            for key in keys.values():
                self._buying.pop(key, None)
