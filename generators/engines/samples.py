"""Samples of one request that are asked for one by one: those that arrive are kept though others fail."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from generators.engines.base import Completion, Incomplete
from schemas.exceptions import EngineError


async def each_sample(
    samples: Sequence[int], ask: Callable[[int], Coroutine[Any, Any, Completion]]
) -> list[Completion]:
    """The completions of a request whose samples are asked for one by one, in their order.

    Where some fail, Incomplete with the others, all of which are waited for. Where the asker is cancelled,
    all are.
    """
    tasks = [asyncio.ensure_future(ask(sample)) for sample in samples]
    try:
        found = await asyncio.gather(*tasks, return_exceptions=True)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    failed = [one for one in found if isinstance(one, BaseException)]
    had = {at: one for at, one in zip(samples, found, strict=True) if isinstance(one, Completion)}
    if not failed:
        return [had[at] for at in samples]
    if not had or not all(isinstance(error, EngineError) for error in failed):
        raise failed[0]
    raise Incomplete(failed[0], had) from failed[0]
