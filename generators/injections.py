"""Proven injections for recipes: by program first, by the teacher where one is configured.

The random numbers are those of the problem, the solution and the weights, so the same question has the
same answer whichever recipe asks first; the teacher's replies are kept in the journal as all others.
"""

import asyncio
import random
from collections.abc import Mapping

from filters.verify.math.judge import Judge
from generators.injectors import model
from generators.injectors.algebra import Algebra
from generators.injectors.base import Subject
from generators.injectors.inject import inject
from generators.injectors.model import ModelInjector
from generators.injectors.numbers import Numbers
from generators.roles import Role
from generators.steps import split_steps
from schemas.injection import Injection

MOST_ASKED = 4
"""Places at which a teacher is asked for one missing injection."""


async def injections(
    subject: Subject,
    weights: Mapping[str, float],
    count: int,
    judge: Judge,
    teacher: Role | None,
    rng: random.Random,
    injector: ModelInjector | None = None,
) -> list[Injection]:
    """Up to `count` different proven injections of the kinds that have a weight. Raises EngineError."""
    symbolic = [Numbers(), Algebra(cut=False)]
    made = await asyncio.to_thread(inject, subject, symbolic, weights, rng, judge, count=count)
    found = {i.text: i for i in made.accepted}
    if teacher is None or not any(weights.values()):
        return list(found.values())
    asks = injector or ModelInjector()
    steps = len(split_steps(subject.solution, asks.style))
    order = rng.sample(range(steps), steps)
    for number in range(MOST_ASKED * max(0, count - len(found)) if steps else 0):
        if len(found) >= count:
            break
        kind = rng.choices(list(weights), list(weights.values()))[0]
        place = order[number % steps]
        for proposed in await asks.propose(subject, kind, place, teacher, rng):
            proven = await asyncio.to_thread(model.prove, proposed, subject, judge)
            if proven.proven and len(found) < count:
                found.setdefault(proven.text, proven)
    return list(found.values())
