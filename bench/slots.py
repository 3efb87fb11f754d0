"""An engine in place of a real one: so many slots, answers of very different lengths, one speed.

What it says comes from the scripted engine; how long an answer takes is drawn from a lognormal, as answers
of reasoning models are, and is the same whenever the same sample is asked for.
"""

import asyncio
import math
import random
from collections import deque

from generators.engines.base import Completion, Engine, Request
from schemas.ids import seed_of


class Slots(Engine):
    """`slots` answers at once, first come first served, each at `tokens_per_s`.

    A whole answer of the table takes `median` tokens in the median, `sigma` is the lognormal's; part of an
    answer takes its share.
    """

    def __init__(
        self, told: Engine, slots: int, tokens_per_s: float = 40.0, median: float = 300.0, sigma: float = 0.8
    ) -> None:
        self.told = told
        self.slots = slots
        self.tokens_per_s = tokens_per_s
        self.median, self.sigma = median, sigma
        self.fingerprint, self.model, self.renderer = told.fingerprint, "slots", told.renderer
        self.tokens = 0
        """Tokens given so far."""
        self._free = slots
        self._queue: deque[asyncio.Future[None]] = deque()

    async def generate(self, request: Request) -> list[Completion]:
        """The told answers, each when its slot is done with it."""
        said = await self.told.generate(request)
        await asyncio.gather(
            *(self._serve(self._length(request, s, c)) for s, c in zip(request.samples, said, strict=True))
        )
        return said

    def _length(self, request: Request, sample: int, completion: Completion) -> int:
        rng = random.Random(seed_of("slots", list(request.ids), list(request.sampling.stop), sample))
        share = min(1.0, len(completion.text) / 90)  # an answer of the world has about 90 characters
        return max(1, round(math.exp(rng.gauss(math.log(self.median), self.sigma)) * share))

    async def _serve(self, tokens: int) -> None:
        if self._free:
            self._free -= 1
        else:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            await turn
        await asyncio.sleep(tokens / self.tokens_per_s)
        self.tokens += tokens
        if self._queue:
            self._queue.popleft().set_result(None)
        else:
            self._free += 1
