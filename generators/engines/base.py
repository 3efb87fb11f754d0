"""Engines: what turns token ids into completions. Whatever is in flight is batched.

A member file holds an options class (`EngineOptions`, what a person writes) whose `open`
makes the running `Engine`. Prompts go in as token ids made by the engine's own renderer, so that
continuing an assistant prefix is exact.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, Protocol

from schemas.exceptions import EngineError
from schemas.family import Family, Options
from schemas.ids import content_id, seed_of
from schemas.segment import Message


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to sample. `temperature` 0 is greedy; `max_tokens` counts new tokens.

    Generation ends before the first occurrence of any `stop` string (the string itself is not
    returned, except with `keep_stop`), at any of the token ids `stop_ids`, or at the model's end-of-turn
    token. `json_schema` is the JSON Schema, as canonical JSON text, that the answer must fit; an engine
    that cannot hold an answer to one raises EngineError.
    """

    temperature: float = 0.8
    top_p: float = 1.0
    max_tokens: int = 512
    stop: tuple[str, ...] = ()
    keep_stop: bool = False
    seed: int = 0
    stop_ids: tuple[int, ...] = ()
    json_schema: str = ""

    def distribution(self) -> tuple[object, ...]:
        """What shapes the answers: everything but the seed, in a form that JSON writes one way.

        A temperature of 1 and one of 1.0 are the same purchase.
        """
        rarely = {"stop_ids": list(self.stop_ids), "json_schema": self.json_schema}
        used = {name: value for name, value in rarely.items() if value}
        return (
            float(self.temperature),
            float(self.top_p),
            self.max_tokens,
            tuple(self.stop),
            self.keep_stop,
            *([used] if used else []),
        )


@dataclass(frozen=True, slots=True)
class Request:
    """Some samples of one prompt. `samples` are sample indices: sample 3 of a prompt is the same
    purchase in every build, so raising k from 4 to 8 asks for 4 more. With `details` every token's
    log-probability and entropy are wanted too; asking for them does not make it another purchase."""

    ids: tuple[int, ...]
    sampling: Sampling
    samples: tuple[int, ...] = (0,)
    details: bool = False

    def seed(self, sample: int) -> int:
        """The seed of one sample: depends on nothing but what is asked."""
        return seed_of(self.sampling.seed, list(self.ids), sample)


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer. `text` excludes special tokens; `token_ids` are those sampled, the end-of-turn
    token and the tokens of a stop string included, so they may say more than `text`; `logprob` is
    their sum in nats under the model itself (temperature 1, nothing cut off), where it is known.
    `finish`: `stop` (end of turn or stop string) or `length` (cut by max_tokens or by the model's
    context). `logprobs` and `entropies` are per token of `token_ids`, in nats, both under the model itself;
    None where they were not asked for, `entropies` also where the engine cannot know them."""

    text: str
    token_ids: tuple[int, ...]
    finish: Literal["stop", "length"]
    logprob: float | None = None
    logprobs: tuple[float, ...] | None = None
    entropies: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Texts that already exist, to be scored: token ids, each continuation after the same `ids`."""

    ids: tuple[int, ...]
    continuations: tuple[tuple[int, ...], ...]
    entropies: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """Log-probability of every token of a continuation in nats, under the model itself (temperature 1),
    and, where asked for and known, the entropy in nats of the distribution that each was drawn from."""

    logprobs: tuple[float, ...]
    entropies: tuple[float, ...] | None = None


class Incomplete(EngineError):
    """Some samples of a request failed for good. `had` are those that arrived, by sample index: they are paid for."""

    def __init__(self, error: BaseException, had: Mapping[int, Completion]) -> None:
        super().__init__(str(error))
        self.had = dict(had)

    def __reduce__(self) -> tuple[type["Incomplete"], tuple[EngineError, dict[int, Completion]]]:
        return Incomplete, (EngineError(str(self)), self.had)


class Renderer(Protocol):
    """Messages to token ids, by the model's own chat template."""

    def render(self, messages: Sequence[Message], prefix: str = "") -> tuple[int, ...]:
        """Ids of the conversation up to the assistant's turn, which begins with `prefix`.

        Raises EngineError where a message contains one of the model's special tokens.
        """
        ...


class Engine(ABC):
    """A running engine. All methods may be called from one event loop, concurrently."""

    fingerprint: str
    """Identity of the weights: what a completion's journal key starts with."""
    model: str
    """Name for people: a Hub name or folder name."""
    renderer: Renderer

    @cached_property
    def incidents(self) -> Counter[str]:
        """What went wrong and was dealt with, by slug (`retry.429`, `out_of_memory`, …): the build reports it."""
        return Counter()

    @abstractmethod
    async def generate(self, request: Request) -> list[Completion]:
        """One completion per index of `request.samples`, in that order. Raises EngineError.

        A member that asks for its samples one by one raises Incomplete where only some of them fail.
        """

    async def score(self, request: ScoreRequest) -> list[Scores]:
        """The scores of every continuation, in their order; its tokens' sum is its own `logprob` had it
        been sampled. Raises EngineError, also where the engine cannot score.
        """
        raise EngineError(f"the engine of {self.model} cannot score given texts")

    async def close(self) -> None:
        """Free what the engine holds; idempotent."""
        return None


class EngineOptions(Options, ABC):
    """A person's description of an engine."""

    runtime: ClassVar[frozenset[str]] = frozenset()
    """Options that say how it runs and not what it answers: a resumed build may change them."""

    @property
    def counts_characters(self) -> bool:
        """Whether its token ids are characters, as no tokenizer is known: there are some four times as many."""
        return False

    @abstractmethod
    def open(self) -> Engine:
        """Load the model; ConfigError with the next step where that cannot work."""

    def check(self) -> None:
        """Cheap checks before any work starts (the folder exists, it has a tokenizer); ConfigError."""

    def open_for_replay(self) -> Engine:
        """The engine as a rebuild from a journal needs it: its fingerprint and renderer.

        A member that can know these without loading weights returns an `Absent` engine here.
        """
        return self.open()


ENGINES: Family[EngineOptions] = Family(
    "engine",
    "generators.engines",
    EngineOptions,
    support=frozenset(
        {
            "absent",
            "budget",
            "embedded",
            "journal",
            "journaled",
            "journals",
            "local",
            "purchases",
            "render",
            "samples",
            "server",
            "stages",
            "vllm_inside",
        }
    ),
)


def policy_id(fingerprint: str, sampling: Sampling) -> str:
    """Fingerprint of model and sampling together, as rows carry it."""
    return content_id("m", [fingerprint, *sampling.distribution()])
