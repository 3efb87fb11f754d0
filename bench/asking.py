"""The cost of asking: framework time per request, fresh and replayed, and memory.

    python -m bench.asking [REQUESTS]

100,000 requests of one sample each, 100-token prompts that all differ, go through `Role.ask` to a journaled
scripted engine, 512 at a time; then once more from the journal, opened anew. Counted is CPU time of the
process (system time included) per request: asking, hashing, journaling, handing back and, at the end,
sealing the journal's file. Not counted: rendering (done before; the renderer here looks it up) and the
scripted engine's own look-up, which is measured bare in the same run and subtracted.
"""

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from generators.engines.base import Engine, Request, Sampling
from generators.engines.journal import Journal
from generators.engines.journaled import JournaledEngine
from generators.engines.render import PlainRenderer
from generators.engines.scripted import Scripted
from generators.roles import Role
from schemas.segment import Message

REQUESTS = 100_000
AT_ONCE = 512
REPLY = "48 / 2 = 24. 48 + 24 = 72. She sold 72 clips altogether in April and May, so the answer is 72."


class Rendered:
    """A renderer that has rendered before."""

    def __init__(self, prompts: Sequence[str]) -> None:
        plain = PlainRenderer()
        self._ids = {prompt: plain.render([Message("user", prompt)]) for prompt in prompts}

    def render(self, messages: Sequence[Message], prefix: str = "") -> tuple[int, ...]:
        """The ids of the last message's conversation."""
        return self._ids[messages[-1].content]


def cpu() -> float:
    """CPU seconds of this process so far."""
    return time.process_time()


def resident_mb() -> float:
    """Resident memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


async def ask_all(role: Role, prompts: Sequence[str]) -> dict[str, float]:
    """Ask everything; milliseconds of CPU per request, and memory grown from the first tenth to the end."""
    queue = iter(prompts)
    tenth: list[float] = []

    async def worker() -> None:
        for number, prompt in enumerate(queue):
            await role.ask((Message("user", prompt),))
            if number == len(prompts) // AT_ONCE // 10 and not tenth:
                tenth.append(resident_mb())

    before = cpu()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    grown = resident_mb() - tenth[0]
    await role.engine.close()
    return {"ms": 1000 * (cpu() - before) / len(prompts), "grown_mb": grown}


async def bare(engine: Engine, prompts: Sequence[str]) -> float:
    """Milliseconds of CPU per request of the engine alone."""
    render = engine.renderer.render
    requests = [Request(render([Message("user", prompt)]), Sampling()) for prompt in prompts]
    before = cpu()
    for request in requests:
        await engine.generate(request)
    return 1000 * (cpu() - before) / len(prompts)


def prompts_of(count: int) -> list[str]:
    """Questions that all differ; 100 tokens with the conversation around them."""
    return [f"Natalia sold {n:7d} clips in April and half in May, how many?"[:58] for n in range(count)]


def main() -> int:
    """Measure, and print one JSON object."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    prompts = prompts_of(count)
    engine = Scripted(otherwise=REPLY).open()
    engine.renderer = Rendered(prompts)
    first = Request(engine.renderer.render([Message("user", prompts[0])]), Sampling())
    (completion,) = asyncio.run(engine.generate(first))
    alone = asyncio.run(bare(engine, prompts[: count // 10]))
    with tempfile.TemporaryDirectory() as folder:
        fresh = asyncio.run(ask_all(Role(JournaledEngine(engine, Journal(folder)), Sampling()), prompts))
        before = cpu()
        journal = Journal(folder)
        opened = cpu() - before
        journaled = JournaledEngine(engine, journal, replay_only=True)
        replayed = asyncio.run(ask_all(Role(journaled, Sampling()), prompts))
        disk = sum(path.stat().st_size for path in Path(folder).iterdir())
    report = {
        "requests": count,
        "prompt_tokens": len(first.ids),
        "completion_tokens": len(completion.token_ids),
        "bare_engine_ms": round(alone, 4),
        "fresh_ms": round(fresh["ms"], 4),
        "fresh_framework_ms": round(fresh["ms"] - alone, 4),
        "replayed_ms": round(replayed["ms"], 4),
        "open_s": round(opened, 3),
        "fresh_grown_mb": round(fresh["grown_mb"], 1),
        "replayed_grown_mb": round(replayed["grown_mb"], 1),
        "disk_bytes_per_record": round(disk / count),
    }
    print(json.dumps(report, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
