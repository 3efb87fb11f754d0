"""Roles: who is asked. The policy is the model being trained, the teacher an optional stronger one that
writes, the critic an optional one that says where an attempt goes wrong. Roles may share one engine."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pydantic
from pydantic import Field

from generators.engines.base import Completion, Engine, Request, Sampling, ScoreRequest, policy_id
from schemas.family import Options
from schemas.ids import canonical_json
from schemas.problem import Problem
from schemas.segment import Message


class SamplingOptions(Options):
    """How a role samples."""

    temperature: float = Field(default=0.8, ge=0, allow_inf_nan=False)
    """Softmax temperature; 0 is greedy."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Nucleus mass to sample from."""
    max_tokens: int = Field(default=512, ge=1)
    """Most new tokens per answer."""
    seed: int = 0
    """Another seed buys other samples."""

    def sampling(self) -> Sampling:
        """The engine's form of the same."""
        return Sampling(self.temperature, self.top_p, self.max_tokens, seed=self.seed)


class PromptOptions(Options):
    """How a problem is put to the policy, and how it then stands in the rows."""

    user: str = "{statement}"
    """User message; `{statement}` is the problem's statement."""
    system: str = ""
    """System message; none where empty."""

    @pydantic.field_validator("user")
    @classmethod
    def _asks_the_problem(cls, user: str) -> str:
        if "{statement}" not in user:
            raise ValueError("the problem's statement belongs in it, as {statement}")
        return user

    def messages(self, problem: Problem) -> tuple[Message, ...]:
        """The conversation up to the model's turn."""
        # str.format would choke on the braces of LaTeX templates.
        user = Message("user", self.user.replace("{statement}", problem.statement))
        return (Message("system", self.system), user) if self.system else (user,)


@dataclass(frozen=True, slots=True)
class Scored:
    """Log-probabilities in nats of the tokens of a text behind a prefix.

    `exact` is False where the tokenizer merges across the border: the tokens then begin before it, at
    the last token that prefix and whole text have in common, so that a little of the prefix is scored too.
    """

    logprobs: tuple[float, ...]
    exact: bool

    @property
    def total(self) -> float:
        """Log-probability of the whole text."""
        return sum(self.logprobs)

    @property
    def mean(self) -> float:
        """Nats per token; 0 for an empty text."""
        return self.total / len(self.logprobs) if self.logprobs else 0.0


@dataclass(frozen=True)
class Role:
    """An engine and how it is sampled."""

    engine: Engine
    sampling: Sampling

    @cached_property
    def id(self) -> str:
        """Fingerprint of model and sampling, as rows carry it."""
        return policy_id(self.engine.fingerprint, self.sampling)

    @cached_property
    def sampling_text(self) -> str:
        """The sampling as JSON text."""
        s = self.sampling
        return canonical_json(
            {"temperature": s.temperature, "top_p": s.top_p, "max_tokens": s.max_tokens, "seed": s.seed}
        )

    async def ask(
        self,
        messages: tuple[Message, ...],
        prefix: str = "",
        n: int = 1,
        stop: tuple[str, ...] = (),
        temperature: float | None = None,
        details: bool = False,
    ) -> list[Completion]:
        """n samples continuing `prefix`; with `stop` they end after the stop string. Raises EngineError.

        With `details` they say how likely each token was and how open the choice.
        """
        sampling = replace(
            self.sampling,
            stop=stop,
            keep_stop=bool(stop),
            temperature=self.sampling.temperature if temperature is None else temperature,
        )
        ids = self.engine.renderer.render(messages, prefix)
        return await self.engine.generate(Request(ids, sampling, tuple(range(n)), details))

    async def score(
        self, messages: tuple[Message, ...], prefix: str, continuations: Sequence[str]
    ) -> list[Scored]:
        """How likely the model is to go on from `prefix` with each text (temperature 1). Raises EngineError.

        Prefix and text are tokenised together, as a trainer would. Texts that share their border with
        the prefix are scored together and cost the prefix once.
        """
        render = self.engine.renderer.render
        head = render(messages, prefix)
        wholes = [render(messages, prefix + text) for text in continuations]
        common = [_common(head, whole) for whole in wholes]
        found: dict[int, Scored] = {}
        for start in sorted(set(common)):
            places = [i for i, at in enumerate(common) if at == start]
            ends = tuple(wholes[i][start:] for i in places)
            scores = await self.engine.score(ScoreRequest(head[:start], ends))
            found.update(
                (i, Scored(one.logprobs, start == len(head))) for i, one in zip(places, scores, strict=True)
            )
        return [found[i] for i in range(len(wholes))]


def _common(head: tuple[int, ...], whole: tuple[int, ...]) -> int:
    """How many ids two sequences begin with alike."""
    pairs = zip(head, whole, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(head), len(whole)))
