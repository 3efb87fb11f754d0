"""Injecting what the policy would have got wrong itself: of many proposals, those likely under it.

    result = await select(subject, [Numbers()], policy, messages, random.Random("7/p1"), judge)

`proportional` draws mistakes with the probability that the policy has of making them, which is what its
own mistakes look like; `likeliest` takes the most probable one, which is the same mistake again and
again. Only proven mistakes are kept. Deterministic given the scores, and those are in the journal.
"""

import math
import random
from collections.abc import Mapping, Sequence
from typing import Literal

from filters.verify.math.judge import Judge
from generators.injectors.base import Injector, Subject
from generators.injectors.inject import Injected
from generators.injectors.likelihood import Likely, likelihoods
from generators.injectors.proof import prove
from generators.roles import Role
from schemas.injection import Injection
from schemas.segment import Message

Choice = Literal["proportional", "likeliest"]
ROUNDS = 4
"""Times that every injector is asked: with other random numbers it has other wrong results first."""
MOST_CANDIDATES = 32
"""Proposals of one kind in a round."""


async def select(
    subject: Subject,
    injectors: Sequence[Injector],
    policy: Role,
    messages: tuple[Message, ...],
    rng: random.Random,
    judge: Judge,
    *,
    count: int = 1,
    weights: Mapping[str, float] | None = None,
    choice: Choice = "proportional",
    least: float = -math.inf,
) -> Injected:
    """Up to `count` different proven injections of one solution, with `logprob`. Raises EngineError.

    `weights` give each kind's share and a kind without one is not made; without weights the policy
    decides on the kind too. `messages` are what it is asked with. A mistake whose step has a
    log-probability below `least` nats is nobody's and not made: a solution in which the policy makes
    none of the proposed mistakes is better left alone than given an odd one.
    """
    kinds = [k for i in injectors for k in i.kinds if weights is None or weights.get(k, 0.0) > 0]
    proposed = candidates(subject, injectors, list(dict.fromkeys(kinds)), rng)
    likely = await likelihoods(proposed, subject, policy, messages)
    pool = _ordered([one for one in likely if one.step >= least], choice, rng)
    accepted: list[Injection] = []
    refused: list[Injection] = []
    while pool and len(accepted) < count:
        candidate = _next(pool, weights, rng)
        pool.remove(candidate)
        proven = prove(candidate, subject, judge)
        (accepted if proven.proven else refused).append(proven)
    return Injected(tuple(accepted), tuple(refused))


def candidates(
    subject: Subject, injectors: Sequence[Injector], kinds: Sequence[str], rng: random.Random
) -> list[Injection]:
    """Different proposals of all kinds, in the order in which they were made."""
    found: dict[str, Injection] = {}
    for _ in range(ROUNDS):
        for injector in injectors:
            for kind in kinds:
                if kind in injector.kinds:
                    proposals = injector.propose(subject, kind, rng)
                    for _, injection in zip(range(MOST_CANDIDATES), proposals, strict=False):
                        found.setdefault(injection.text, injection)
    return list(found.values())


def _ordered(likely: Sequence[Likely], choice: Choice, rng: random.Random) -> list[Injection]:
    """The order in which to take them; for `proportional` by Gumbel's trick, drawing without replacement."""
    keys = [one.whole + (_gumbel(rng) if choice == "proportional" else 0.0) for one in likely]
    order = sorted(range(len(likely)), key=lambda i: -keys[i])
    return [likely[i].injection for i in order]


def _next(pool: Sequence[Injection], weights: Mapping[str, float] | None, rng: random.Random) -> Injection:
    """The first of the pool, or the first of a kind drawn by weight."""
    if weights is None:
        return pool[0]
    kinds = list(dict.fromkeys(injection.kind for injection in pool))
    kind = rng.choices(kinds, [weights[k] for k in kinds])[0]
    return next(injection for injection in pool if injection.kind == kind)


def _gumbel(rng: random.Random) -> float:
    return -math.log(-math.log(rng.uniform(1e-12, 1 - 1e-12)))
