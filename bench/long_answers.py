"""What an answer costs by its length: the client's CPU, and bytes in the journal.

    python -m bench.long_answers ../shared/data/math_rollouts.jsonl 40 500 2000

The server (a process of its own, 127.0.0.1) replies at once in the form of vLLM 0.32: text, token ids, and
log-probabilities with each token's text. The answers are stretches of the file's `response` texts of so many tokens,
all different, by a BPE of 16,384 tokens that is trained on the same texts; ids are spread over 151,936 numbers, as many
as Qwen3 has, since short numbers would take less room. 64 requests at once, journaled. Counted is CPU time of the
asking process: rendering, the request, reading the reply, the journal with sealing.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from generators.engines.base import Sampling
from generators.engines.journal import Journal
from generators.engines.journaled import JournaledEngine
from generators.engines.openai_server import OpenAIServer
from generators.roles import Role
from schemas.segment import Message

ANSWERS, AT_ONCE, VOCABULARY, IDS = 1_000, 64, 16_384, 151_936
EMBEDDED = Path(__file__).resolve().parents[1] / "generators" / "engines" / "embedded"
"""Its tokenizer renders the prompts."""
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def tokens_of(file: Path) -> list[tuple[int, str]]:
    """All tokens of the file's answers, one after another: id and text."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    texts = [json.loads(line)["response"] for line in file.read_text(encoding="utf-8").splitlines()]
    core = Tokenizer(models.BPE())
    # Words with their space and single digits, as Qwen's tokenizer cuts.
    cut = Regex(r" ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+")
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(cut, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    core.decoder = decoders.ByteLevel()
    core.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=VOCABULARY, show_progress=False))
    spread = random.Random(0).sample(range(IDS), VOCABULARY)
    words = [core.decode([i]) for i in range(core.get_vocab_size())]
    return [(spread[i], words[i]) for text in texts for i in core.encode(text).ids]


def replies(tokens: Sequence[tuple[int, str]], length: int) -> Iterator[bytes]:
    """Bodies of vLLM's form, each of `length` tokens from another place."""
    rng = random.Random(length)
    for _ in range(ANSWERS):
        start = rng.randrange(len(tokens) - length)
        some = tokens[start : start + length]
        said, logprobs = [word for _, word in some], [round(-rng.expovariate(4), 15) for _ in some]
        choice = {
            "index": 0,
            "text": "".join(said),
            "logprobs": {
                "text_offset": [0] * length,
                "token_logprobs": logprobs,
                "tokens": said,
                "top_logprobs": [{word: value} for word, value in zip(said, logprobs, strict=True)],
            },
            "finish_reason": "stop",
            "stop_reason": None,
            "token_ids": [number for number, _ in some],
            "prompt_token_ids": [1] * 100,
        }
        body = json.dumps({"id": "cmpl-0", "model": "bench", "choices": [choice], "usage": {}})
        yield body.replace(
            '"usage": {}', f'"usage": {{"prompt_tokens": PROMPT, "completion_tokens": {length}}}'
        ).encode()


def serve(pipe: Connection, bodies: Sequence[bytes]) -> None:
    """The server's process: one body after another for ever."""
    asyncio.run(_listen(pipe, bodies))


async def _listen(pipe: Connection, bodies: Sequence[bytes]) -> None:
    from generators.engines.server.tokenizer import load_tokenizer

    tokenizer, numbers = load_tokenizer(str(EMBEDDED), None).tokenizer, count()

    def reply(path: str, asked: dict[str, Any]) -> bytes:
        if path.endswith("tokenize"):
            ids = tokenizer(asked["prompt"], add_special_tokens=False)["input_ids"]
            return json.dumps({"tokens": ids}).encode()
        if path.endswith("models"):
            card = {"id": "bench", "owned_by": "vllm", "max_model_len": 32_768}
            return json.dumps({"data": [card]}).encode()
        # The client holds the server to the number of tokens that it sent.
        return bodies[next(numbers) % len(bodies)].replace(b"PROMPT", str(len(asked["prompt"])).encode())

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            path, size = head
            data = reply(path, json.loads(await reader.readexactly(size)) if size else {})
            writer.write(_HEAD % len(data) + data)
            await writer.drain()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(pipe.recv)
    server.close()


async def _head(reader: asyncio.StreamReader) -> tuple[str, int] | None:
    """Path and size of the next request."""
    lines = []
    while line := (await reader.readline()).decode().strip():
        lines.append(line)
    sizes = [int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length")]
    return (lines[0].split()[1], sum(sizes)) if lines else None


async def ask(port: int, folder: str) -> float:
    """Milliseconds of CPU an answer."""
    options = OpenAIServer(
        urls=(f"http://127.0.0.1:{port}/v1",), model="bench", tokenizer=str(EMBEDDED), api="completions"
    )
    role = Role(JournaledEngine(options.open(), Journal(folder)), Sampling(max_tokens=8192))
    await role.ask((Message("user", "warm up"),))
    numbers = iter(range(ANSWERS))

    async def worker() -> None:
        for number in numbers:
            await role.ask(
                (Message("user", f"Natalia sold {number} clips in April and half in May. How many?"),)
            )

    before = time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    await role.engine.close()
    return 1000 * (time.process_time() - before) / ANSWERS


def main() -> None:
    """Measure, one JSON object a line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="JSON lines with `response` texts")
    parser.add_argument("lengths", nargs="*", type=int, default=[40, 500, 2000])
    arguments = parser.parse_args()
    tokens = tokens_of(arguments.file)
    for length in arguments.lengths:
        bodies = [*replies(tokens, length)]
        here, there = get_context("spawn").Pipe()
        process = get_context("spawn").Process(target=partial(serve, there, bodies))
        process.start()
        with tempfile.TemporaryDirectory() as folder:
            cpu_ms = asyncio.run(ask(here.recv(), folder))
            disk = sum(path.stat().st_size for path in Path(folder).iterdir()) / ANSWERS
        here.send(None)
        process.join()
        texts = [json.loads(body.replace(b"PROMPT", b"0"))["choices"][0]["text"] for body in bodies]
        report = {
            "tokens": length,
            "reply_bytes": round(sum(map(len, bodies)) / ANSWERS),
            "characters_per_token": round(sum(map(len, texts)) / ANSWERS / length, 2),
            "client_cpu_ms": round(cpu_ms, 2),
            "journal_bytes": round(disk),
            "journal_bytes_per_token": round(disk / length, 2),
        }
        print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
