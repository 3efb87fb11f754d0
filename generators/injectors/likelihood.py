"""How likely the policy is to make an injected mistake itself.

A mistake is the policy's own where it would write the right steps before it and then this step:

    log P(right prefix and wrong step) = log P(prefix) + log P(step | prefix)

The first term tells places apart (what a policy gets wrong early it never reaches the end of), the
second the wrong results of one place. Measured in bench/README.md, "Realism".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generators.injectors.base import Subject
from generators.roles import Role, Scored
from generators.steps import split_steps
from schemas.injection import Injection
from schemas.segment import Message


@dataclass(frozen=True, slots=True)
class Likely:
    """An injection with its `logprob`, and log-probabilities in nats: of the wrong step given the right
    prefix, and of both."""

    injection: Injection
    step: float
    whole: float


def wrong_step(injection: Injection) -> tuple[str, str]:
    """The right text before the wrong step, and the wrong step without the white space after it."""
    step = split_steps(injection.text)[injection.step]
    return injection.text[: step.start], injection.text[step.start : step.end].rstrip()


async def likelihoods(
    injections: Sequence[Injection], subject: Subject, policy: Role, messages: tuple[Message, ...]
) -> list[Likely]:
    """Every injection with what the policy thinks of it, in order. Raises EngineError."""
    places: dict[str, list[tuple[int, str]]] = {}
    for number, injection in enumerate(injections):
        prefix, step = wrong_step(injection)
        places.setdefault(prefix, []).append((number, step))
    scored: dict[int, tuple[float, Scored]] = {}
    prefixes = list(places)
    before = await policy.score(messages, "", prefixes)
    for prefix, reached in zip(prefixes, before, strict=True):
        steps = await policy.score(messages, prefix, [step for _, step in places[prefix]])
        for (number, _), one in zip(places[prefix], steps, strict=True):
            scored[number] = reached.total, one
    return [
        Likely(replace(injection, logprob=one.mean), one.total, reached + one.total)
        for number, injection in enumerate(injections)
        for reached, one in [scored[number]]
    ]
