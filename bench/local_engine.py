"""Tokens per CPU second of the transformers_local engine, and of ways to draw the random numbers.

    python -m bench.local_engine FOLDER --batch 64 128 256

Answers have between a quarter of and all of `--tokens` tokens, as real ones differ in length too.
Prints one JSON line per measurement. `bench.local_stream` measures requests that come one after the other.
"""

import argparse
import asyncio
import json
import time

import torch

from generators.engines.base import Engine, Request, Sampling
from generators.engines.transformers_local import TransformersLocal
from schemas.segment import Message


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("model", nargs="?", default="embedded")
    parser.add_argument("--batch", type=int, nargs="+", default=[64, 128, 256])
    parser.add_argument("--samples", type=int, default=512)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--top-p", type=float, default=1.0)
    parser.add_argument("--stop", nargs="*", default=[])
    parser.add_argument("--noise", action="store_true", help="compare ways to draw random numbers")
    arguments = parser.parse_args()
    if arguments.noise:
        for rows, vocabulary in ((128, 512), (64, 32_000), (32, 150_000)):
            print(json.dumps(_noise(rows, vocabulary)))
        return
    for batch in arguments.batch:
        options = TransformersLocal(
            model=arguments.model, max_batch=batch, dtype=arguments.dtype, threads=arguments.threads
        )
        sampling = Sampling(temperature=0.8, top_p=arguments.top_p, stop=tuple(arguments.stop))
        found = asyncio.run(_speed(options.open(), sampling, arguments.samples, arguments.tokens))
        print(json.dumps({"batch": batch, "dtype": arguments.dtype, **found}))


async def _speed(engine: Engine, sampling: Sampling, samples: int, tokens: int) -> dict[str, float]:
    requests = []
    for number in range(samples // 4):
        ids = engine.renderer.render([Message("user", f"What is {number} + {number * 7 % 50} * 3?")])
        limit = tokens // 4 + number * 37 % (tokens * 3 // 4)
        own = Sampling(sampling.temperature, sampling.top_p, limit, sampling.stop)
        requests.append(Request(ids, own, (0, 1, 2, 3)))
    await engine.generate(requests[0])
    started = time.process_time()
    answers = await asyncio.gather(*(engine.generate(request) for request in requests))
    seconds = time.process_time() - started
    count = sum(len(c.token_ids) for four in answers for c in four)
    await engine.close()
    return {"tokens": count, "cpu_s": round(seconds, 2), "tokens_per_cpu_s": round(count / seconds)}


def _noise(rows: int, vocabulary: int) -> dict[str, float]:
    """Milliseconds per step of three ways, for [rows, vocabulary] scores."""
    scores = torch.randn(rows, vocabulary)
    generators = [torch.Generator().manual_seed(seed) for seed in range(rows)]
    seeds = torch.arange(rows, dtype=torch.int64)[:, None] * 7919
    entries = torch.arange(vocabulary, dtype=torch.int64)[None, :]
    draws = torch.rand(rows, 1, dtype=torch.float64)

    def per_row() -> torch.Tensor:
        noise = torch.stack([torch.rand(vocabulary, generator=g) for g in generators])
        return (scores - (-noise.log()).log()).argmax(1)

    def hashed() -> torch.Tensor:
        mixed = entries * 2862933555777941757 + seeds
        for multiplier in (-49064778989728563, -4265267296055464877):
            mixed = (mixed ^ (mixed >> 32)) * multiplier
        noise = ((mixed >> 40) & 0xFFFFFF).float().add_(0.5).mul_(2.0**-24)
        return (scores - (-noise.log()).log()).argmax(1)

    def inverse() -> torch.Tensor:
        cumulative = torch.softmax(scores, 1).cumsum(1, dtype=torch.float64)
        return torch.searchsorted(cumulative, draws * cumulative[:, -1:], right=True)

    found: dict[str, float] = {"rows": rows, "vocabulary": vocabulary}
    for way in (per_row, hashed, inverse):
        way()
        started = time.perf_counter()
        for _ in range(20):
            way()
        found[f"{way.__name__}_ms"] = round((time.perf_counter() - started) * 50, 2)
    return found


if __name__ == "__main__":
    main()
