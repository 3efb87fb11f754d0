"""What happens when vLLM's engine process dies."""

import asyncio
import multiprocessing

import pytest

from generators.engines.base import Completion, Engine, Request, Sampling
from generators.engines.vllm import Vllm
from schemas.exceptions import EngineError
from schemas.segment import Message

pytest.importorskip("vllm")

SAMPLES = tuple(range(8))


def children() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


async def ask_and_kill(engine: Engine, before: set[int]) -> list[Completion]:
    ids = engine.renderer.render([Message("user", "What is 12 + 7 * 3?")])
    request = Request(ids, Sampling(temperature=1.5, max_tokens=400), SAMPLES)
    asked = asyncio.create_task(engine.generate(request))
    await asyncio.sleep(0.3)
    assert not asked.done()
    for child in multiprocessing.active_children():
        if child.pid not in before:
            child.kill()
    return await asked


def test_a_dead_engine_is_started_again_once_and_its_requests_are_asked_again() -> None:
    before = children()
    engine = Vllm(model="embedded").open()
    found = asyncio.run(ask_and_kill(engine, before))
    assert [bool(c.token_ids) for c in found] == [True] * len(SAMPLES)
    assert engine.incidents == {"engine_restart": 1}
    with pytest.raises(EngineError, match=r"second time.*max_num_seqs"):
        asyncio.run(ask_and_kill(engine, before))
    with pytest.raises(EngineError, match="second time"):  # and at once, without another start
        asyncio.run(asyncio.wait_for(engine.generate(Request((5,), Sampling())), 10))
    asyncio.run(engine.close())
    with pytest.raises(EngineError, match="closed"):
        asyncio.run(engine.generate(Request((5,), Sampling())))
