"""The budget of a build: how much may be bought, and the purse that keeps count.

A purchase that would begin after the budget is spent raises BudgetError; what is in flight then is still
finished and kept, so a build overshoots `tokens` by at most that. What the journal already holds costs
nothing and is answered still.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from pydantic import Field

from generators.engines.base import Completion
from schemas.exceptions import BudgetError
from schemas.family import Options


class BudgetOptions(Options):
    """What one build may spend, all its runs together; null sets no limit. Of a run that was killed, what it
    spent after its last finished chunk is not counted."""

    tokens: int | None = Field(default=None, ge=0)
    """Prompt and sampled tokens together. A prompt is counted once for all its samples. Of a server that is asked
    through chat, whose tokenizer is unknown, characters."""
    requests: int | None = Field(default=None, ge=0)
    """Completions asked for; a text to be scored counts as one."""
    hours: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """Time spent building."""
    publish: bool = False
    """Where the budget ends the build: write the dataset of what it paid for. Not a whole one: the next
    run with a higher budget goes on and writes it anew."""


def share(
    options: BudgetOptions, spending: Mapping[str, float], reserved: Mapping[str, float], among: int
) -> BudgetOptions:
    """What one of so many orders to come may spend, where others have `reserved` parts of what is left."""

    def part(name: str, limit: int | None) -> int | None:
        if limit is None:
            return None
        left = max(0, limit - int(spending.get(name, 0)) - int(reserved.get(name, 0)))
        return -(-left // max(1, among))

    hours = None if options.hours is None else max(0.0, options.hours - spending.get("hours", 0.0))
    tokens, requests = part("tokens", options.tokens), part("requests", options.requests)
    return BudgetOptions(tokens=tokens, requests=requests, hours=hours)


class Budget:
    """Counts what is bought, and refuses to begin purchases once a limit is reached.

    `before` is what earlier runs of the build spent: `tokens`, `requests`, `hours`. Used from one event loop.
    """

    def __init__(
        self,
        options: BudgetOptions,
        before: Mapping[str, float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.options = options
        self.before = dict(before or {})
        self.tokens = int(self.before.get("tokens", 0))
        self.requests = int(self.before.get("requests", 0))
        self.prompt_tokens = 0
        """Prompt tokens of this run alone."""
        self.refused = 0
        """Purchases that were not made."""
        self.stopped = ""
        """Why the first of them was not."""
        self._clock = clock
        self._started = clock()

    @property
    def hours(self) -> float:
        """Hours spent building, earlier runs included."""
        return self.before.get("hours", 0.0) + (self._clock() - self._started) / 3600

    def spending(self) -> dict[str, float]:
        """What all runs together have spent, as `before` of the next one."""
        return {"tokens": self.tokens, "requests": self.requests, "hours": round(self.hours, 6)}

    def begin(self, options: BudgetOptions) -> None:
        """Count from nothing under other limits: a worker's share of a build's budget."""
        self.options, self.before, self._started = options, {}, self._clock()
        self.tokens = self.requests = self.refused = 0
        self.stopped = ""

    def reached(self) -> str:
        """The first limit that is reached, in words; empty while there is none."""
        limits = (
            ("tokens", self.options.tokens, self.tokens),
            ("requests", self.options.requests, self.requests),
            ("hours", self.options.hours, self.hours),
        )
        for name, limit, spent in limits:
            if limit is not None and spent >= limit:
                return f"run.budget.{name}: {spent:,.6g} of {limit:,.6g} spent"
        return ""

    def admit(self, samples: int) -> None:
        """A purchase of so many samples is about to begin. BudgetError where it may not."""
        limit = self.options.requests
        short = limit is not None and self.requests + samples > limit
        reason = self.reached() or (
            f"run.budget.requests: {self.requests:,} of {limit:,} spent, {samples} more wanted"
            if short
            else ""
        )
        if reason:
            self.refused += 1
            self.stopped = self.stopped or reason
            raise BudgetError(reason)
        self.requests += samples

    def spent(self, completions: Sequence[Completion], prompt_tokens: int) -> None:
        """A purchase is done: its completions, and the tokens of the prompt they share."""
        self.prompt_tokens += prompt_tokens
        self.tokens += prompt_tokens + sum(len(c.token_ids) for c in completions)
