"""The first step after which the policy no longer reaches the right answer, by bisection over the steps.

Math-Shepherd's hard estimate (arXiv 2312.08935) with SPC's demand that the answer was well in reach before
(arXiv 2504.19162). Both ends are held against Wilson's bounds: the located step is sure where even the
lower bound before it lies above the upper bound after it.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.attempt import Attempt
from schemas.location import Location

if TYPE_CHECKING:
    from generators.ask import Ask

_Z = 1.645
"""Normal quantile of one-sided 95 % bounds."""


@dataclass(frozen=True, slots=True)
class Value:
    """Share of `samples` continuations that end right; `share` is None where none was judged."""

    share: float | None
    samples: int

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's bounds of the share, 95 % one-sided; (0, 1) where none was judged.

        >>> [round(b, 2) for b in Value(0.0, 8).bounds], [round(b, 2) for b in Value(0.75, 8).bounds]
        ([0.0, 0.25], [0.46, 0.91])
        """
        if self.share is None or self.samples == 0:
            return 0.0, 1.0
        n, p, z = self.samples, self.share, _Z
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, centre - half), min(1.0, centre + half)


async def by_continuations(ask: "Ask", attempt: Attempt, right: int) -> Location | None:
    """Bisect between step `right` (all before it is right) and the end; None where it cannot be told.

    None also where the budget (`LocateOptions.budget`, continuations for one attempt) does not reach.
    """
    options = ask.tools.locate
    tries, left = options.continuations, options.budget
    reached, lost = right, len(attempt.steps)
    rounds = 1 + math.ceil(math.log2(max(1, lost - reached)))
    if left and rounds * tries > left:
        tries = left // rounds
    if tries == 0 or reached >= lost:
        return None
    before = await ask.value(attempt.before(reached), tries)
    after = Value(None, 0)
    while lost - reached > 1:
        middle = (reached + lost) // 2
        value = await ask.value(attempt.before(middle), tries)
        if value.share is None:  # all cut off or without a verdict: unknown is not lost
            return None
        if value.share:
            reached, before = middle, value
        else:
            lost, after = middle, value
    if (before.share or 0.0) < options.drop:
        return None
    # Where the last step is the one, nothing was sampled after it: its answer is known to be wrong.
    last = lost == len(attempt.steps)
    apart = last or before.bounds[0] > after.bounds[1]
    return Location(reached, "continuations", proven=False, confidence=0.7 if apart else 0.5)
