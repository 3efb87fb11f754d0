"""The checks a server passes before its first request: model, tokenizer, and what it understands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

from generators.engines.base import Sampling
from generators.engines.render import ChatRenderer
from generators.engines.server.client import Client
from generators.engines.server.dialect import Dialect, chat_prompt
from generators.engines.server.faults import Fault, Refusal
from generators.engines.server.identity import Identity
from generators.engines.server.member import Server
from generators.engines.server.replies import (
    Card,
    read_cards,
    read_chat,
    read_completion,
    read_model,
    read_prompt_tokens,
    read_tokens,
)
from generators.engines.server.tokenizer import PROBE, compare, compare_counts
from schemas.exceptions import ConfigError
from schemas.segment import Message

_LIMIT_S = 60.0
_NO_ROUTE = (404, 405, 501)
_NO_RIGHT = (401, 402, 403)
_ONE_TOKEN = Sampling(temperature=0.0, max_tokens=1)
_HELLO = (Message("user", "Hi"),)


@dataclass(frozen=True)
class Admission:
    """How to check a server. `renderer` and its `tokenizer` name are None where the chat route is used.
    `context`: what the engine counts on, None while it does not know."""

    client: Client
    identity: Identity
    renderer: ChatRenderer | None
    tokenizer: str
    timeout_s: float
    key_env: str
    incidents: Counter[str]

    async def check(self, server: Server, context: int | None) -> Dialect:
        """How to speak with the server. Raises Fault (try later), Refusal, or ConfigError (never)."""
        try:
            card = await self._card(server.url)
            if context is not None and card.context is not None and card.context < context:
                raise ConfigError(
                    f"{server.url} has a context of {card.context} tokens; the config or the other servers "
                    f"have {context}"
                )
            if self.renderer is not None:
                await self._check_tokenizer(server.url, self.renderer)
            return await self._dialect(server.url, card)
        except Refusal as refusal:
            if refusal.status in _NO_RIGHT:
                raise ConfigError(
                    f"{refusal}; the key is read from the environment variable {self.key_env}"
                ) from None
            raise

    async def _ask(self, url: str, body: object = None) -> object:
        return await self.client.ask(url, body, min(self.timeout_s, _LIMIT_S))

    async def _card(self, url: str) -> Card:
        try:
            reply = await self._ask(f"{url}/models")
        except Refusal as refusal:
            if refusal.status not in _NO_ROUTE:
                raise
            # Without a list of models the first answer must say whose it is.
            return Card(self.identity.asked, None, None, "")
        return self.identity.card(url, read_cards(reply))

    async def _check_tokenizer(self, url: str, renderer: ChatRenderer) -> None:
        text, ids = renderer.text(PROBE), renderer.render(PROBE)
        body: dict[str, object] = {"model": self.identity.asked, "prompt": text}
        try:
            reply = await self._ask(f"{_origin(url)}/tokenize", {**body, "add_special_tokens": False})
        except (Refusal, Fault) as error:
            if isinstance(error, Fault) and (error.down or error.overload):
                raise
        else:
            compare(url, self.tokenizer, ids, read_tokens(reply))
            return
        # One answer tells how many tokens a text is; a short text, which fits any context.
        text, ids = renderer.text(PROBE[:1]), renderer.render(PROBE[:1])
        try:
            reply = await self._ask(f"{url}/completions", {**body, "prompt": text, "max_tokens": 1})
            count = read_prompt_tokens(reply)
        except Refusal:
            count = None
        if count is None:
            self.incidents["tokenizer.unchecked"] += 1
        else:
            # A server may put the special tokens of its tokenizer around a text.
            around = len(renderer.tokenizer(text, verbose=False)["input_ids"])
            compare_counts(url, self.tokenizer, {len(ids), around}, count)

    async def _dialect(self, url: str, card: Card) -> Dialect:
        """By a first request of one token; what the server complains of is left out."""
        dialect: Dialect | None = Dialect(self.renderer is None, card.vendor, context=card.context)
        ids = self.renderer.render(_HELLO) if self.renderer else ()
        prompt = {"prompt": list(ids)} if self.renderer else chat_prompt(_HELLO, "", False)
        while dialect is not None:
            body = dialect.body(self.identity.asked, prompt, _ONE_TOKEN, 0, 1)
            try:
                reply = await self._ask(url + dialect.path, body)
            except Refusal as refusal:
                if refusal.status in (*_NO_ROUTE, *_NO_RIGHT):
                    raise self._no_route(url, dialect, refusal) from None
                dialect, last = dialect.without(str(refusal)), refusal
                continue
            self.identity.check_reply(url, read_model(reply))
            return self._seen(url, dialect, reply, ids)
        raise self._no_route(url, Dialect(self.renderer is None), last)

    def _seen(self, url: str, dialect: Dialect, reply: object, ids: Sequence[int]) -> Dialect:
        """The dialect after a first answer."""
        if dialect.chat:
            read_chat(reply)
            return dialect
        answer = read_completion(reply)
        count = read_prompt_tokens(reply)
        if count is not None and count != len(ids):
            raise ConfigError(
                f"{url} reads a prompt of {len(ids)} token ids as {count} tokens: its /completions does not "
                "take token ids. Set `api: chat`"
            )
        # vLLM behind a proxy goes by another name; nobody else returns the sampled ids.
        return replace(dialect, vendor="vllm") if answer.token_ids is not None else dialect

    def _no_route(self, url: str, dialect: Dialect, refusal: Refusal) -> ConfigError | Refusal:
        if refusal.status in _NO_RIGHT:
            return refusal
        other = "completions" if dialect.chat else "chat"
        return ConfigError(
            f"{url} refuses a first request of one token: {refusal}. Perhaps `api: {other}` works"
        )


def _origin(url: str) -> str:
    """The base URL without its version: vLLM and SGLang have /tokenize there."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/").removesuffix("/v1")))
