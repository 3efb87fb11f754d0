"""Scripted: replies from a table, in place of a model. The public test double.

It needs no weights, no tokenizer and no network, and its answers depend on what is asked and on
nothing else, so a build against it can be checked to the byte. A row of the table:

    {"statement": "What is 2 + 2?", "replies": ["2 + 2 = 4. The answer is 4.", "The answer is 5."]}

`statement` is looked for inside the user's messages, the last message first and the longest
statement first, so prompts may wrap it in instructions; `prompt` instead of `statement` must be the
whole last user message, and goes before statements. Sample i is reply i modulo their number, or,
where the assistant's turn has a prefix, the remainder of reply i among those that begin with it.
Temperature, top_p and seed have no effect.

Scores are those of a model that draws one of the fitting replies: a character's probability is the
share of the replies that begin with all up to it among those that begin with all before it.
A character that no reply has there costs `UNSEEN` nats.
"""

import asyncio
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from generators.engines.base import Completion, Engine, EngineOptions, Request, Sampling, ScoreRequest, Scores
from generators.engines.render import TURN_END, PlainRenderer
from schemas.exceptions import ConfigError, EngineError
from schemas.ids import content_id
from schemas.segment import Message

UNSEEN = -20.0
"""Log-probability in nats of a character that the replies do not go on with."""


class Scripted(EngineOptions):
    """Replies from a JSONL file or from a mapping."""

    runtime: ClassVar[frozenset[str]] = frozenset({"delay_s"})

    replies: Path | Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """A JSONL file of {"statement" or "prompt", "replies"} rows, or a mapping of statements to replies."""
    model: str = "scripted"
    """The model's name in rows and reports."""
    otherwise: str | None = None
    """Reply where the table has none; without it such a request fails."""
    delay_s: float = 0.0
    """Seconds every call takes, to imitate a slow engine."""
    fail: tuple[str, ...] = ()
    """Statements (looked up as those of the table) whose requests fail with an EngineError."""

    def check(self) -> None:
        """ConfigError where the file is missing or a row of it is not of the stated form."""
        self._table()

    def open(self) -> "ScriptedEngine":
        """The running engine."""
        return ScriptedEngine(self, self._table())

    def _table(self) -> "_Table":
        if isinstance(self.replies, Path):
            return _read_table(self.replies)
        return _Table(prompts={}, statements=dict(self.replies))


class ScriptedEngine(Engine):
    """A table that answers. `max_tokens` counts words (white space between them); `token_ids` are
    code points, as the plain renderer's, so there are more of them than words."""

    def __init__(self, options: Scripted, table: "_Table") -> None:
        self.options = options
        self.model = options.model
        self.renderer = self._plain = PlainRenderer()
        self.fingerprint = content_id(
            "scripted", [options.model, table.prompts, table.statements, options.otherwise]
        )
        self._table = table
        self._fail = _Table(prompts={}, statements=dict.fromkeys(options.fail, ()))

    async def generate(self, request: Request) -> list[Completion]:
        """Replies in the order of `request.samples`."""
        rests = await self._rests(request.ids)
        return [_cut(rests[sample % len(rests)], request.sampling) for sample in request.samples]

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """Scores by the shares of the replies; a continuation may hold the end of the turn."""
        rests = [rest + TURN_END for rest in await self._rests(request.ids)]
        return [_scores("".join(map(chr, wanted)), rests) for wanted in request.continuations]

    async def _rests(self, ids: tuple[int, ...]) -> list[str]:
        """What every fitting reply adds behind the assistant's prefix."""
        messages, prefix = self._plain.decode_messages(ids)
        if self.options.delay_s:
            await asyncio.sleep(self.options.delay_s)
        asked = messages[-1].content[:80] if messages else ""
        if self._fail.look_up(messages) is not None:
            raise EngineError(f"{self.model} is told to fail on {asked!r}")
        replies = self._table.look_up(messages) or ()
        rests = [r[len(prefix) :] for r in replies if r.startswith(prefix)]
        if not rests and self.options.otherwise is not None:
            rests = [self.options.otherwise]
        if not rests:
            raise EngineError(
                f"the replies of {self.model} have no answer to {asked!r} "
                f"that begins with {prefix[-80:]!r}; add one, or set `otherwise`"
            )
        return rests


@dataclass(frozen=True)
class _Table:
    """Replies by whole prompts and by statements."""

    prompts: Mapping[str, tuple[str, ...]]
    statements: Mapping[str, tuple[str, ...]]
    longest_first: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest_first", sorted(self.statements, key=len, reverse=True))

    def look_up(self, messages: tuple[Message, ...]) -> tuple[str, ...] | None:
        """The replies to a conversation; None where the table has no such row."""
        asked = [m.content for m in reversed(messages) if m.role == "user"]
        if asked and asked[0] in self.prompts:
            return self.prompts[asked[0]]
        for text in asked:
            if text in self.statements:
                return self.statements[text]
            for statement in self.longest_first:
                if statement in text:
                    return self.statements[statement]
        return None


def _read_table(path: Path) -> _Table:
    prompts: dict[str, tuple[str, ...]] = {}
    statements: dict[str, tuple[str, ...]] = {}
    for where, row in _rows(path):
        prompt, statement, replies = row.get("prompt"), row.get("statement"), row.get("replies")
        key = prompt if prompt is not None else statement
        if not isinstance(key, str) or not key:
            raise ConfigError(f'{where}: a row needs a text under "statement" or "prompt"')
        if not isinstance(replies, list) or not replies or not all(isinstance(r, str) for r in replies):
            raise ConfigError(f'{where}: "replies" must be a list of texts, with one at least')
        table = prompts if prompt is not None else statements
        table[key] = (*table.get(key, ()), *replies)
    return _Table(prompts, statements)


def _rows(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Every row of a JSONL file, with `file:line` for messages."""
    if not path.is_file():
        raise ConfigError(f"replies: there is no file {path}")
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ConfigError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise ConfigError(f"{path}:{number}: a row must be an object, not {type(row).__name__}")
        yield f"{path}:{number}", row


def _scores(wanted: str, replies: list[str]) -> Scores:
    """Log-probability of every character, where each reply is drawn alike."""
    found, fitting = [], replies
    for at, character in enumerate(wanted):
        onward = [reply for reply in fitting if reply[at : at + 1] == character]
        found.append(math.log(len(onward) / len(fitting)) if onward else UNSEEN)
        fitting = onward
    return Scores(tuple(found))


def _cut(reply: str, sampling: Sampling) -> Completion:
    """A reply cut at the word limit and at the first stop string, whichever comes first."""
    text, finish = reply, "stop"
    words = reply.split()
    if len(words) > sampling.max_tokens:
        text, finish = _first_words(reply, sampling.max_tokens), "length"
    ends = [(text.find(stop), stop) for stop in sampling.stop if stop and stop in text]
    if ends:
        at, stop = min(ends)
        text = text[: at + len(stop)] if sampling.keep_stop else text[:at]
        return Completion(text, tuple(map(ord, text)), "stop")
    if finish == "length":
        return Completion(text, tuple(map(ord, text)), "length")
    return Completion(text, tuple(map(ord, text + TURN_END)), "stop")


def _first_words(text: str, count: int) -> str:
    """Text up to the end of its `count`-th word, white space kept as it is."""
    end = 0
    for _ in range(count):
        while text[end].isspace():
            end += 1
        while end < len(text) and not text[end].isspace():
            end += 1
    return text[:end]
