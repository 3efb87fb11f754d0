"""Injecting by quota: which kinds of mistakes, at which places of a solution, until so many are proven.

    result = inject(subject, [Numbers()], {"calculation": 2, "operator": 1}, random.Random("7/p1"), judge)

The weights are normalised over the kinds that apply: a kind that can put nothing into this solution
leaves its share to the others. The same arguments give the same result.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from filters.verify.math.judge import Judge
from generators.injectors.base import Injector, Subject
from generators.steps import split_steps
from schemas.injection import Injection

POSITIONS = ("early", "middle", "late")
MOST_PROPOSALS = 60
"""Proposals of one injector and kind that are looked at for a place, in solutions of many steps."""

MOST_REFUSED = 8
"""Failed proofs after which a kind counts as not applying."""


@dataclass(frozen=True, slots=True)
class Injected:
    """Proven injections, in the order they were drawn, and the proposals whose proof failed."""

    accepted: tuple[Injection, ...]
    refused: tuple[Injection, ...]


def inject(
    subject: Subject,
    injectors: Sequence[Injector],
    weights: Mapping[str, float],
    rng: random.Random,
    judge: Judge,
    *,
    count: int = 1,
    positions: Mapping[str, float] | None = None,
) -> Injected:
    """`count` different proven injections of one solution, as far as there are so many.

    `weights` give each kind's share (kinds without a weight are not made); `positions` the shares of
    the `early`, `middle` and `late` third of the solution, alike if not given. A position that a drawn
    kind cannot reach yields to the nearest place that it can.
    """
    accepted: list[Injection] = []
    refused: list[Injection] = []
    made: set[str] = set()
    open_kinds = {kind: weight for kind, weight in weights.items() if weight > 0}
    while open_kinds and len(accepted) < count:
        kind = rng.choices(list(open_kinds), list(open_kinds.values()))[0]
        wanted = rng.choices(
            POSITIONS, [(positions or {}).get(p, 0.0 if positions else 1.0) for p in POSITIONS]
        )[0]
        found = _one(subject, injectors, kind, wanted, rng, judge, made, refused)
        if found is None:
            del open_kinds[kind]
        else:
            made.add(found.text)
            accepted.append(found)
    return Injected(tuple(accepted), tuple(refused))


def position(injection: Injection) -> str:
    """The third of the wrong solution in which the mistake is."""
    steps = max(1, len(split_steps(injection.text)))
    return POSITIONS[min(2, 3 * injection.step // steps)]


def _one(
    subject: Subject,
    injectors: Sequence[Injector],
    kind: str,
    wanted: str,
    rng: random.Random,
    judge: Judge,
    made: set[str],
    refused: list[Injection],
) -> Injection | None:
    """A proven injection of a kind, at the wanted place if one is there."""
    fallback: Injection | None = None
    most = len(refused) + MOST_REFUSED
    for injector, injection in _proposals(subject, injectors, kind, rng):
        if injection.text in made:
            continue
        here = position(injection) == wanted
        if not here and fallback is not None:
            continue
        proven = injector.prove(injection, subject, judge)
        if not proven.proven:
            refused.append(proven)
            if len(refused) >= most:
                break
        elif here:
            return proven
        else:
            fallback = proven
    return fallback


def _proposals(
    subject: Subject, injectors: Sequence[Injector], kind: str, rng: random.Random
) -> Iterator[tuple[Injector, Injection]]:
    for injector in injectors:
        if kind in injector.kinds:
            for injection in islice(injector.propose(subject, kind, rng), MOST_PROPOSALS):
                yield injector, injection
