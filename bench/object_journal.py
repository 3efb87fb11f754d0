"""A journal on an S3-compatible server: purchases kept a second, requests they take, and how fast it opens.

    python -m bench.object_journal [RECORDS] [--reply-ms N]

The server is that of the tests (in memory, 127.0.0.1, a process of its own), each of its replies held back by
`--reply-ms` (30, what an object store in the same region takes). 512 askers buy through a journaled scripted
engine at once. Then RECORDS (100,000) more are put, the journal is closed and opened anew, and 2,000
records are read: one after the other as a replay of one case at a time does, and fetched ahead.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from bench.asking import Rendered, prompts_of
from generators.engines.base import Completion, Request, Sampling
from generators.engines.journaled import JournaledEngine
from generators.engines.journals.keys import completion_key
from generators.engines.journals.object_journal import ObjectJournal
from generators.engines.scripted import Scripted
from generators.roles import Role
from schemas.segment import Message

PURCHASES, AT_ONCE, READ = 10_000, 512, 2_000
TEXT = "so then we add the two numbers of clips sold in April and in May which gives us the answer"
WORDS = TEXT.split()


def serve(pipe: Connection, reply_s: float) -> None:
    """The server's process; answers each message with its counts."""
    from tests.s3.server import serving

    with serving() as server:
        server.buckets.add("bench")
        server.delay_s = reply_s
        pipe.send(server.url)
        while pipe.recv():
            pipe.send((dict(server.asked), server.sent_bytes, sum(map(len, server.objects.values()))))


def counts(pipe: Connection) -> tuple[dict[str, int], int, int]:
    """Requests by kind, bytes sent and bytes held so far."""
    pipe.send(True)
    asked, sent, held = pipe.recv()
    return asked, sent, held


async def buy(prompts: Sequence[str], url: str) -> float:
    """Purchases kept a second."""
    engine = Scripted(otherwise=TEXT).open()
    engine.renderer = Rendered(prompts)
    role = Role(JournaledEngine(engine, ObjectJournal(url)), Sampling())
    queue = iter(prompts)

    async def worker() -> None:
        for prompt in queue:
            await role.ask((Message("user", prompt),))

    began = time.monotonic()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    seconds = time.monotonic() - began
    await role.engine.close()
    return len(prompts) / seconds


def key(number: int) -> str:
    """The key of a record."""
    return completion_key("bench", Request((number,), Sampling()), 0)


def fill(url: str, records: int) -> None:
    """Records of 165 tokens, as many writers in turn leave them."""
    rng = random.Random(0)
    journal = ObjectJournal(url)
    for number in range(records):
        ids = tuple(rng.randrange(50_000) for _ in range(165))
        journal.put(key(number), Completion(" ".join(rng.choices(WORDS, k=140)), ids, "stop"))
        if number % 2_000 == 1_999:
            asyncio.run(journal.kept())
    journal.close()


async def read(journal: ObjectJournal, numbers: Sequence[int], ahead: bool) -> float:
    """Milliseconds a record."""
    began = time.monotonic()
    keys = [key(number) for number in numbers]
    if ahead:
        await asyncio.gather(*(journal.fetch([one]) for one in keys))
    assert all(journal.get(one) for one in keys)
    return 1000 * (time.monotonic() - began) / len(numbers)


def main() -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="?", type=int, default=100_000)
    parser.add_argument("--reply-ms", type=float, default=30.0)
    args = parser.parse_args()
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there, args.reply_ms / 1000))
    process.start()
    os.environ |= {
        "AWS_ENDPOINT_URL": here.recv(),
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        before = counts(here)[0].get("put", 0)
        began = time.monotonic()
        rate = asyncio.run(buy(prompts_of(PURCHASES), "s3://bench/bought"))
        puts = counts(here)[0]["put"] - before
        seconds = time.monotonic() - began
        fill("s3://bench/large", args.records)
        asked, sent, held = counts(here)
        began = time.monotonic()
        journal = ObjectJournal("s3://bench/large")
        opened = time.monotonic() - began
        asked_then, sent_then, _ = counts(here)
        one = asyncio.run(read(journal, range(READ), ahead=False))
        fetched = asyncio.run(read(journal, range(args.records - READ, args.records), ahead=True))
        asked_last = counts(here)[0]
        report = {
            "purchases_kept_per_s": round(rate),
            "puts_per_s": round(puts / seconds, 1),
            "records": len(journal),
            "stored_mb": round(held / 1e6, 1),
            "open_s": round(opened, 2),
            "open_requests": sum(asked_then.values()) - sum(asked.values()),
            "open_mb": round((sent_then - sent) / 1e6, 2),
            "read_ms": round(one, 3),
            "read_ahead_ms": round(fetched, 3),
            "read_requests": asked_last["get"] - asked_then["get"],
        }
        print(json.dumps(report, indent=2))
    finally:
        here.send(False)
        process.join()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
