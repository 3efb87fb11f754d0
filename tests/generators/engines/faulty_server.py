"""A real OpenAI-compatible HTTP server on 127.0.0.1, answering from an engine, that can misbehave.

Runs in a thread of the tests (`FaultyServer`) or as a process that can be killed:

    python -m tests.generators.engines.faulty_server REPLIES.jsonl PORT LOG

which starts a server process after each line on its standard input and writes its number.

Its forms are those of vLLM 0.32 (`token_ids`, `prompt_logprobs`, `/tokenize`, `max_model_len`), or with
`plain` those of a hosted API, which refuses every field that OpenAI does not have.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from generators.engines.base import Completion, Engine, Request, Sampling, ScoreRequest
from generators.engines.render import ChatRenderer
from schemas.exceptions import EngineError
from schemas.ids import content_hash
from schemas.segment import Message

HTML = b"<html><body>502 Bad Gateway (nginx)</body></html>"
_CORE = {"model", "prompt", "messages", "temperature", "top_p", "max_tokens", "seed", "stop", "logprobs"}
"""Fields that OpenAI has."""


@dataclass
class FaultyServer:
    """One server. `faults` are spent one per completion asked for, oldest first; `always` on each."""

    engine: Engine
    model: str = "tiny"
    root: str | None = None
    context: int | None = None
    owner: str = "vllm"
    port: int = 0
    key: str = ""
    """Key that requests must carry, where not empty."""
    plain: bool = False
    tokenize: bool = True
    tokenizer: ChatRenderer | None = None
    """Another tokenizer than the engine's for texts."""
    answers_as: str | None = None
    delay_s: float = 0.0
    most: int | None = None
    """Completions at once, above which it answers 429."""
    always: str = ""
    log: Path | None = None
    faults: deque[str] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of all completions asked for, first requests of one token included."""
    paths: list[str] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def wanted(self) -> list[dict[str, Any]]:
        """What was asked for after the checks of a start, which want one token."""
        return [body for body in self.asked if not is_check(body)]

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._writers: set[asyncio.StreamWriter] = set()
        asyncio.run_coroutine_threadsafe(self.listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def stop(self) -> None:
        """As if it were killed: no more connections, and those that are open are reset."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()

    def restart(self) -> None:
        """Listen again on the same port."""
        asyncio.run_coroutine_threadsafe(self.listen(), self._loop).result()

    async def _stop(self) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def listen(self) -> None:
        self._writers = set()
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (head := await _head(reader)) is not None:
                method, path, headers = head
                raw = await reader.readexactly(int(headers.get("content-length", 0)))
                self.paths.append(f"{method} {path}")
                await self._serve(path, headers, json.loads(raw) if raw else {}, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _serve(
        self, path: str, headers: dict[str, str], body: dict[str, Any], writer: asyncio.StreamWriter
    ) -> None:
        if self.key and headers.get("authorization") != f"Bearer {self.key}":
            said = f"Incorrect API key provided: {headers.get('authorization')}"
            await _reply(writer, 401, {"error": {"message": said}})
        elif path.endswith("/models"):
            card = {"id": self.model, "object": "model", "owned_by": self.owner, "root": self.root}
            await _reply(writer, 200, {"data": [{**card, "max_model_len": self.context}]})
        elif path.endswith("/tokenize") and self.tokenize:
            await _reply(writer, 200, {"tokens": self._read(body["prompt"])})
        elif path.endswith("/completions"):
            await self._completion(body, path, writer)
        else:
            await _reply(writer, 404, {"error": {"message": f"no {path}"}})

    async def _completion(self, body: dict[str, Any], path: str, writer: asyncio.StreamWriter) -> None:
        self.asked.append(body)
        self._note("asked", body)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            check = is_check(body)
            if self.most is not None and self.in_flight > self.most and not check:
                return await _reply(writer, 429, {"error": {"message": "busy"}})
            fault = self.always or (self.faults.popleft() if self.faults and not check else "")
            if await self._misbehave(fault, writer):
                return None
            status, found = await self._answer(body, path.endswith("chat/completions"))
            if status == 200:
                _distort(fault, found)
            await asyncio.sleep(self.delay_s)
            return await _reply(writer, status, found, fault)
        finally:
            self.in_flight -= 1
            self._note("done", body)

    async def _misbehave(self, fault: str, writer: asyncio.StreamWriter) -> bool:
        """Whether the fault was the whole answer."""
        name, _, value = fault.partition(":")
        if name == "reset":
            writer.transport.abort()
            raise ConnectionResetError
        if name == "hang":
            await asyncio.sleep(3600)
        if name == "html":
            await _send(writer, 200, HTML, "text/html")
        elif name.isdigit():
            extra = f"Retry-After: {value}\r\n" if value else ""
            message = {"400": "This model's maximum context length is 128 tokens"}.get(name, "no")
            await _send(writer, int(name), json.dumps({"error": {"message": message}}).encode(), extra=extra)
        else:
            return False
        return True

    async def _answer(self, body: dict[str, Any], chat: bool) -> tuple[int, dict[str, Any]]:
        foreign = sorted(set(body) - _CORE)
        if self.plain and foreign:
            return 400, {"error": {"message": f"Unrecognized request argument supplied: {foreign[0]}"}}
        if body["model"] != self.model:
            return 404, {"error": {"message": f"The model `{body['model']}` does not exist."}}
        try:
            ids = self._chat_ids(body) if chat else self._ids(body["prompt"])
            choice = {"index": 0, **await self._choice(ids, body, chat)}
        except EngineError as error:
            return 400, {"error": {"message": str(error)}}
        reply = {"model": self.answers_as or self.model, "choices": [choice]}
        return 200, {**reply, "usage": {"prompt_tokens": len(ids)}}

    async def _choice(self, ids: tuple[int, ...], body: dict[str, Any], chat: bool) -> dict[str, Any]:
        if body.get("echo") or body.get("prompt_logprobs") is not None:
            return await self._prompt_scores(ids, body)
        sampling = Sampling(
            body.get("temperature", 1.0),
            body.get("top_p", 1.0),
            body["max_tokens"],
            tuple(body.get("stop", ())),
            keep_stop=body.get("include_stop_str_in_output", False),
        )
        # The seed picks the sample, so the same request has the same answer.
        [found] = await self.engine.generate(Request(ids, sampling, (body.get("seed", 0),)))
        if chat:
            return {"message": {"content": found.text}, "finish_reason": found.finish}
        return await self._text_choice(ids, found, body)

    async def _text_choice(
        self, ids: tuple[int, ...], found: Completion, body: dict[str, Any]
    ) -> dict[str, Any]:
        [scores] = await self.engine.score(ScoreRequest(ids, (found.token_ids,)))
        choice: dict[str, Any] = {"text": found.text, "finish_reason": found.finish, "stop_reason": None}
        if body.get("logprobs") is not None:
            choice["logprobs"] = {"token_logprobs": list(scores.logprobs)}
        if body.get("return_token_ids"):
            choice["token_ids"] = list(found.token_ids)
        return choice

    async def _prompt_scores(self, ids: tuple[int, ...], body: dict[str, Any]) -> dict[str, Any]:
        [scores] = await self.engine.score(ScoreRequest(ids[:1], (ids[1:],)))
        choice: dict[str, Any] = {"text": "", "finish_reason": "length"}
        if body.get("echo"):
            return {**choice, "logprobs": {"token_logprobs": [None, *scores.logprobs]}}
        places = [{str(i): {"logprob": s}} for i, s in zip(ids[1:], scores.logprobs, strict=True)]
        return {**choice, "prompt_logprobs": [None, *places]}

    def _chat_ids(self, body: dict[str, Any]) -> tuple[int, ...]:
        messages, prefix = [Message(m["role"], m["content"]) for m in body["messages"]], ""
        if body.get("continue_final_message"):
            prefix = messages.pop().content
        return self.engine.renderer.render(messages, prefix)

    def _ids(self, prompt: str | list[int]) -> tuple[int, ...]:
        return tuple(self._read(prompt) if isinstance(prompt, str) else prompt)

    def _read(self, text: str) -> list[int]:
        renderer = self.tokenizer or self.engine.renderer
        assert isinstance(renderer, ChatRenderer)
        return list(renderer.tokenizer(text, add_special_tokens=False)["input_ids"])

    def _note(self, what: str, body: dict[str, Any]) -> None:
        if self.log is not None and not is_check(body):
            file = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(file, f"{os.getpid()} {what} {content_hash(body)}\n".encode())
            os.close(file)


def is_check(body: dict[str, Any]) -> bool:
    """Whether a request belongs to the checks of a start."""
    return body.get("max_tokens") == 1 and body.get("prompt_logprobs") is None


def _distort(fault: str, reply: dict[str, Any]) -> None:
    """Change a good reply into a wrong one."""
    choices = reply["choices"]
    if fault == "no_choice":
        choices.clear()
    elif fault == "two_choices":
        choices.append(choices[0])
    elif fault == "no_text":
        choices[0].update(text=None, message={"content": 7})
    elif fault == "other_model":
        reply["model"] = "another"
    elif fault == "unfinished":
        choices[0]["finish_reason"] = None
    elif fault == "empty":
        choices[0].update(text="", message={"content": ""})
    elif fault == "lost_logprob":
        choices[0]["logprobs"]["token_logprobs"].pop()
    elif fault == "no_prompt_logprobs":
        choices[0].pop("prompt_logprobs")


async def _head(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]] | None:
    """Method, path and headers (names in lower case) of the next request; None at the end."""
    first = (await reader.readline()).decode().split()
    if not first:
        return None
    headers = {}
    while line := (await reader.readline()).decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return first[0], first[1], headers


async def _reply(writer: asyncio.StreamWriter, status: int, content: object, fault: str = "") -> None:
    data = json.dumps(content).encode()
    if fault == "half_json":
        data = data[: len(data) // 2]
    await _send(writer, status, data, fault=fault)


async def _send(
    writer: asyncio.StreamWriter,
    status: int,
    data: bytes,
    kind: str = "application/json",
    extra: str = "",
    fault: str = "",
) -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{extra}\r\n"
    writer.write(head.encode())
    if fault == "cut":
        writer.write(data[: len(data) // 2])
        await writer.drain()
        writer.close()
        raise ConnectionResetError
    if fault == "drip":
        for at in range(len(data)):
            writer.write(data[at : at + 1])
            await writer.drain()
            await asyncio.sleep(0.05)
    else:
        writer.write(data)
    await writer.drain()


async def _serve_until_killed(engine: Engine, port: int, log: Path) -> None:
    await FaultyServer(engine, model="jars", port=port, log=log, delay_s=0.01).listen()
    await asyncio.sleep(3600)


def _main(replies: Path, port: int, log: Path) -> None:
    from generators.engines.scripted import Scripted

    engine = Scripted(replies=replies, otherwise="").open()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to wait for the killed
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            asyncio.run(_serve_until_killed(engine, port, log))
        print(child, flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
