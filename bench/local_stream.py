"""A staggered stream of requests, as recipes make them, against the same requests all at once.

    python -m bench.local_stream --cases 160 --at-once 48

Every case asks for a burst of answers, then goes on from places in them with more bursts, each when the
one before is answered: 1 to 8 samples, prompts of some 50 to 250 tokens, answers of 5 to 200. Then all
requests of the stream are asked for at once. Prints tokens per CPU second of both, and their ratio.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Awaitable
from typing import TypeVar

from generators.engines.base import Completion, Engine, Request, Sampling
from generators.engines.transformers_local import TransformersLocal
from generators.roles import PromptOptions
from generators.sources.procedural import Procedural
from schemas.problem import Problem
from schemas.segment import Message

_T = TypeVar("_T")
_SHOTS = 3  # most solved examples put before a problem, to make prompts of different lengths


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("model", nargs="?", default="embedded")
    parser.add_argument("--cases", type=int, default=160)
    parser.add_argument("--at-once", type=int, default=48, help="cases that ask at the same time")
    parser.add_argument("--rounds", type=int, default=5, help="bursts of a case, one after the other")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--tokens", type=int, default=200)
    arguments = parser.parse_args()
    options = TransformersLocal(
        model=arguments.model, max_batch=arguments.batch, dtype=arguments.dtype, threads=arguments.threads
    )
    print(json.dumps(asyncio.run(_compare(options.open(), arguments))))


async def _compare(engine: Engine, arguments: argparse.Namespace) -> dict[str, float]:
    problems = [p for p in Procedural(count=arguments.cases).problems() if isinstance(p, Problem)]
    await engine.generate(Request((1, 2, 3), Sampling(max_tokens=8), tuple(range(8))))
    free = asyncio.Semaphore(arguments.at_once)
    asked: list[Request] = []

    async def case(number: int) -> int:
        async with free:
            return await _case(engine, problems, number, arguments, asked)

    stream, stream_s, wall_s = await _timed(asyncio.gather(*(case(n) for n in range(len(problems)))))
    whole, whole_s, _ = await _timed(asyncio.gather(*(engine.generate(request) for request in asked)))
    tokens = sum(_tokens(answers) for answers in whole)
    await engine.close()
    return {
        "requests": len(asked),
        "samples": sum(len(request.samples) for request in asked),
        "prompt_tokens": round(sum(len(r.ids) for r in asked) / len(asked)),
        "answer_tokens": round(tokens / sum(len(a) for a in whole)),
        "same_tokens": tokens == sum(stream),
        "stream_wall_s": round(wall_s, 2),
        "stream_cpu_s": round(stream_s, 2),
        "whole_cpu_s": round(whole_s, 2),
        "stream_tokens_per_cpu_s": round(sum(stream) / stream_s),
        "whole_tokens_per_cpu_s": round(tokens / whole_s),
        "ratio": round(sum(stream) / stream_s * whole_s / tokens, 3),
    }


async def _case(
    engine: Engine, problems: list[Problem], number: int, arguments: argparse.Namespace, asked: list[Request]
) -> int:
    """Tokens sampled for one case; its requests are added to `asked`."""
    rng = random.Random(number)
    talk: list[Message] = []
    for _ in range(rng.randint(0, _SHOTS)):
        shot = rng.choice(problems)
        talk += [Message("user", shot.statement), Message("assistant", shot.answer)]
    talk += PromptOptions().messages(problems[number])
    prefix, tokens = "", 0
    for _ in range(arguments.rounds):
        sampling = Sampling(max_tokens=rng.randint(5, arguments.tokens), seed=number)
        ids = engine.renderer.render(talk, prefix)
        asked.append(Request(ids, sampling, tuple(range(rng.randint(1, 8)))))
        answers = await engine.generate(asked[-1])
        tokens += _tokens(answers)
        longest = max((a.text for a in answers), key=len)
        prefix = longest[: rng.randint(0, len(longest))].strip()
    return tokens


def _tokens(answers: list[Completion]) -> int:
    return sum(len(a.token_ids) for a in answers)


async def _timed(work: Awaitable[_T]) -> tuple[_T, float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    found = await work
    return found, time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    main()
