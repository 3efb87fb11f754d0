"""Tokens per second of a whole build with the vllm engine, and of vLLM alone on the same samples.

    python -m bench.sampling_vllm
    python -m bench.sampling_vllm pipelines/runs/recipes.yaml policy.samples=8

The build runs with its policy's engine replaced by the vllm engine, which notes every request that reached
it. Then vLLM's own `LLM.generate` gets the very same samples (prompt, seed, stop strings, limit) in one list.
Both rates are tokens per second of wall time: the build's from its first request to its last answer, with
planning and vLLM's start left out; vLLM's from the call to its return. Judging, recipes and the journal work
beside the build's sampling on the same cores, and the ratio says what that costs.

Both run in this process in turns, each time with a vLLM of its own: a machine that others share is now faster
and now slower by a fifth, and so may be the turns, which are all printed. The ratio is that of the sums.
Scores that recipes ask for count as time and not as tokens.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

from generators.engines.base import Completion, Engine, Request, Sampling, ScoreRequest, Scores
from generators.engines.vllm import Vllm
from pipelines.build import build
from pipelines.config_file import load
from schemas.segment import Message

_LARGER = "sources=[{type: procedural, count: 400, seed: 7}]"
"""The demo's 80 problems are begun and ended in a few seconds, in which no build fills an engine."""
Sample = tuple[tuple[int, ...], Sampling, int]
"""Token ids of the prompt, sampling and seed of one sample."""


def main() -> None:
    """Build, sample the same again, and print both rates as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("config", type=Path, nargs="?", help="config of a build; the demo's by default")
    parser.add_argument("changes", nargs="*", help="key=value changes to it; 400 problems by default")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--turns", type=int, default=2)
    arguments = parser.parse_args()
    changes = arguments.changes or ([] if arguments.config else [_LARGER])
    print(json.dumps(measure(arguments.config, changes, arguments.model, arguments.turns), indent=2))


def measure(
    config: Path | None = None, changes: Sequence[str] = (_LARGER,), model: str = "embedded", turns: int = 2
) -> dict[str, object]:
    """Both rates in every turn, the ratio of their means, what was sampled and the load of the machine."""
    engine = f"policy.engine={{type: vllm, model: {model}}}"
    load = [os.getloadavg()[0]]
    builds, raws = [], []
    for _ in range(turns):
        noted, seconds = asyncio.run(_build(config, [*changes, engine]))
        builds.append(_turn(noted.tokens, seconds))
        raws.append(_turn(*_raw(noted.samples, model)))
        load.append(os.getloadavg()[0])
    return {
        "samples": len(noted.samples),
        "scored": noted.scored,
        "build": builds,
        "raw": raws,
        "ratio": round(_rate(builds) / _rate(raws), 3),
        "load_1min": load,
        "cores": os.cpu_count(),
    }


def _turn(tokens: int, seconds: float) -> dict[str, float]:
    return {"tokens": tokens, "seconds": round(seconds, 2), "per_s": round(tokens / seconds)}


def _rate(turns: Sequence[Mapping[str, float]]) -> float:
    return sum(turn["tokens"] for turn in turns) / sum(turn["seconds"] for turn in turns)


async def _build(config: Path | None, changes: list[str]) -> tuple["Noting", float]:
    """The engine with what it was asked, and the seconds from its first request to its last answer."""
    opened: list[Noting] = []
    real = Vllm.open

    def noting(options: Vllm) -> Engine:
        opened.append(Noting(real(options)))
        return opened[-1]

    with tempfile.TemporaryDirectory() as folder, patch.object(Vllm, "open", noting):
        await build(load(config, changes), Path(folder, "out"))
    (engine,) = opened
    return engine, engine.last - engine.first


class Noting(Engine):
    """An engine that notes what it is asked, from when to when."""

    def __init__(self, engine: Engine) -> None:
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer
        self.samples: list[Sample] = []
        self.tokens = 0
        self.scored = 0
        self.first, self.last = 0.0, 0.0
        self._engine = engine
        self._warm: asyncio.Task[None] | None = None

    async def generate(self, request: Request) -> list[Completion]:
        """What the engine says."""
        await self._begin()
        self.samples += [(request.ids, request.sampling, request.seed(sample)) for sample in request.samples]
        found = await self._engine.generate(request)
        self.tokens += sum(len(completion.token_ids) for completion in found)
        self.last = time.perf_counter()
        return found

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """What the engine scores."""
        await self._begin()
        self.scored += len(request.continuations)
        return await self._engine.score(request)

    async def close(self) -> None:
        """Close the engine."""
        await self._engine.close()

    async def _begin(self) -> None:
        if self._warm is None:
            self._warm = asyncio.ensure_future(self._warm_up())
        await self._warm

    async def _warm_up(self) -> None:
        """The first samples of a fresh vLLM compile something, which is none of the build's doing."""
        ids = self.renderer.render([Message("user", "What is 1 + 1?")])
        for stop in ((), ("\n",)):
            await self._engine.generate(Request(ids, Sampling(stop=stop, max_tokens=20), tuple(range(8))))
        self.first = time.perf_counter()


def _raw(samples: Sequence[Sample], model: str) -> tuple[int, float]:
    """Sampled tokens and seconds of vLLM alone."""
    from generators.engines.local.folder import local_folder
    from generators.engines.vllm_inside.adapter import Launch, Wanted, arguments_of, params_of, require_vllm

    require_vllm()
    from vllm import LLM
    from vllm.inputs import TokensPrompt

    folder = local_folder(model)
    assert folder is not None, "name a folder, so that both runs read the same files"
    llm = LLM(**arguments_of(Launch(folder)))
    prompts = [TokensPrompt(prompt_token_ids=list(ids)) for ids, _, _ in samples]
    params = [params_of(Wanted(sampling, seed, sampling.max_tokens)) for _, sampling, seed in samples]
    llm.generate(prompts[:16], params[:16], use_tqdm=False)
    llm.reset_prefix_cache()
    started = time.perf_counter()
    found = llm.generate(prompts, params, use_tqdm=False)
    seconds = time.perf_counter() - started
    llm.llm_engine.engine_core.shutdown()
    return sum(len(answer.outputs[0].token_ids) for answer in found), seconds


if __name__ == "__main__":
    main()
