"""openai_server: a model behind one or more OpenAI-compatible servers (vLLM, SGLang, hosted APIs).

    engine: {type: openai_server, urls: [http://gpu1:8000/v1, http://gpu2:8000/v1], model: Qwen/Qwen3-8B}

Servers of the same model are one fleet: requests go where there is room, a server that fails is set
aside and tried again, and what serves another model than the config says is not used.

Routes. With a tokenizer, prompts go to /v1/completions as token ids, so that continuing an assistant
prefix is exact (vLLM, SGLang). Without one (`api: chat`, for hosted APIs) the conversation goes to
/v1/chat/completions, with limits: an assistant prefix is refused (unless `continue_final_message` is
set), given texts cannot be scored, and `token_ids`, which are unknown, are the code points of the
text. `api: auto` takes completions where a tokenizer is named or the model is named like one of the
Hub or like a folder, and chat for plain names such as gpt-5-mini.

What is guaranteed. Sample i of a prompt is sent with the seed `Request.seed(i)` in a request of its
own. The log-probability is what the server reports: vLLM's is the model's own unless it is started
with another --logprobs-mode. Entropies are unknown: servers give the likeliest few tokens, and the
entropy of those is not that of the distribution. JSON schemas go out as `response_format`.

Identity. The fingerprint comes from the config alone (`root`, else `model`, and `revision`), or from
the bytes of the weights where that is a folder on this machine: transformers_local and this engine
then share purchases. Every server is held to it: by /v1/models at the start and after each failure, by
the `model` of each reply, and by reading a probe text with its tokenizer. So a rebuild from a journal
needs no server. A server reports no revision: which one it serves is its operator's word.

Speed: 1.8 ms of this process's CPU per answer of 40 tokens with log-probabilities (128 samples from
vLLM 0.32, rendering included).

Incidents, by slug: `retry.<what>` (a request that was sent again: `unreachable`, `dropped`,
`truncated`, `timeout`, `not_json`, `bad_reply`, `wrong_model`, or the status, such as 429 and 503),
`given_up` (one that was not sent again), `refused.<status>` and `refused` (a reply of no use, such as
text where JSON was asked for), `in_flight.halved` (fewer requests at once after a 429 or a time-out),
`server.down_at_start`, `server.set_aside`, `server.back`, `server.not_the_same` (one that came back as
another model), `tokenizer.unchecked`, `answer.length` (cut by max_tokens or the context),
`answer.empty`.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from generators.engines.absent import Absent
from generators.engines.base import Engine, EngineOptions, Renderer
from generators.engines.render import PlainRenderer
from schemas.exceptions import ConfigError

if TYPE_CHECKING:
    from generators.engines.server.identity import Identity


_HIDDEN = "***@"


class OpenAIServer(EngineOptions):
    """A model behind OpenAI-compatible servers."""

    runtime: ClassVar[frozenset[str]] = frozenset(
        {"urls", "key_env", "timeout_s", "max_in_flight", "retries", "patience_s"}
    )

    urls: tuple[str, ...] = Field(min_length=1)
    """Base URLs, such as http://localhost:8000/v1; `/v1` is added to one without a path."""
    model: str = Field(min_length=1)
    """The name that requests ask for: an id of /v1/models."""
    root: str | None = None
    """What is behind that name, where it is not the name itself: the Hub name or folder that the servers
    report as the model's `root`, or the name that replies come under."""
    revision: str | None = None
    """Branch, tag or commit of the model and its tokenizer; part of the fingerprint, cannot be checked."""
    tokenizer: str | None = None
    """Folder or Hub name of the tokenizer; by default that of `root` or `model`."""
    api: Literal["auto", "completions", "chat"] = "auto"
    """Route: `completions` with token ids, or `chat`, which needs no tokenizer and can do less."""
    continue_final_message: bool = False
    """With `api: chat`: the servers can go on with an assistant message (vLLM, SGLang)."""
    context: int | None = Field(default=None, ge=2)
    """Most tokens of prompt and answer together; by default what the servers report."""
    key_env: str = "OPENAI_API_KEY"
    """Environment variable with the API key; nothing is sent where it is not set."""
    timeout_s: float = Field(default=600.0, gt=0)
    """Seconds a request may take from its first byte to the last of the reply."""
    max_in_flight: int = Field(default=256, ge=1)
    """Most requests that each server gets at once; how many it does get adapts itself."""
    retries: int = Field(default=6, ge=0)
    """Times a failed request is sent again; being turned away by a busy or absent server does not count."""
    patience_s: float = Field(default=900.0, ge=0)
    """Seconds for which a request may keep failing, and the whole fleet may be gone."""

    @field_validator("urls")
    @classmethod
    def _plain_urls(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(_base(url) for url in urls)
        if len(set(found)) < len(found):
            raise ValueError("each server may stand once")
        return found

    def check(self) -> None:
        """ConfigError where options do not fit each other or a key is promised and not there."""
        if any(_HIDDEN in url for url in self.urls):
            raise ConfigError(
                f"urls: {', '.join(self.urls)}: a URL must not hold a user or a key, because options are "
                f"written into manifests; put the key into the environment variable {self.key_env}"
            )
        if not (self._key.isascii() and self._key.isprintable()) or " " in self._key:
            raise ConfigError(
                f"key_env: the variable {self.key_env} holds more than a key: characters that no header can carry. "
                "Set it to the key alone"
            )
        if "key_env" in self.model_fields_set and not self._key:
            # Whoever puts the key itself here must not find it in a log.
            name = self.key_env if self.key_env.isidentifier() else "of that name"
            raise ConfigError(
                f"key_env: the environment has no variable {name}; set it to the key, and key_env to its name"
            )
        if self._chat and self.tokenizer is not None:
            raise ConfigError("a tokenizer has no use with `api: chat`; remove it, or set `api: completions`")
        if self.continue_final_message and not self._chat:
            raise ConfigError("continue_final_message is for `api: chat`; token ids continue any prefix")

    def open(self) -> Engine:
        """Connect to the servers and check them; one that does not answer is tried again later."""
        from generators.engines.server.client import Client
        from generators.engines.server.concurrency import Window
        from generators.engines.server.engine import ServerEngine
        from generators.engines.server.member import Server

        self.check()
        engine = ServerEngine(
            self._identity(),
            self._renderer(),
            [Server(url, Window(self.max_in_flight)) for url in self.urls],
            Client(self._key, self.timeout_s),
            tokenizer=self._tokenizer,
            key_env=self.key_env,
            timeout_s=self.timeout_s,
            retries=self.retries,
            patience_s=self.patience_s,
            context=self.context,
            continues=self.continue_final_message,
        )
        engine.start()
        return engine

    def open_for_replay(self) -> Engine:
        """Fingerprint and tokenizer; no server is asked."""
        identity = self._identity()
        return Absent(identity.fingerprint, identity.model, self._renderer())

    @property
    def counts_characters(self) -> bool:
        """Whether the chat route is used."""
        return self._chat

    @property
    def _key(self) -> str:
        return os.environ.get(self.key_env, "").strip()  # a file read into a variable ends with a line end

    @property
    def _tokenizer(self) -> str:
        return self.tokenizer or self.root or self.model

    @property
    def _chat(self) -> bool:
        if self.api != "auto":
            return self.api == "chat"
        name = self._tokenizer
        named = self.tokenizer is not None or "/" in name or Path(name).expanduser().is_dir()
        return not named

    def _identity(self) -> "Identity":
        from generators.engines.server.identity import Identity

        return Identity(self.model, self.root or self.model, self.revision)

    def _renderer(self) -> Renderer:
        from generators.engines.server.tokenizer import load_tokenizer

        if self._chat:
            return PlainRenderer()
        # The revision is the model's; a tokenizer named by itself has revisions of its own.
        return load_tokenizer(self._tokenizer, None if self.tokenizer else self.revision)


def _base(url: str) -> str:
    """The URL that routes are appended to; ValueError where it is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a base URL begins with http:// or https:// and a host")
    if parts.query or parts.fragment:
        raise ValueError("a base URL ends with its path; a query cannot be part of it")
    path = parts.path.rstrip("/") or "/v1"
    # An error raised here would quote the whole value, so `check` refuses what is hidden here.
    user, _, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{_HIDDEN if user else ''}{host}{path}"
