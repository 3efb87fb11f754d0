"""One build of a plan, simulated: chunks on workers, a fleet of GPUs, machines that are lost or slow.

    python -m bench.scale

Events are discrete, work between them is a fluid. A worker samples its chunk at the rate that its core can judge and
its requests can draw, and all together at no more than the fleet gives. Then it waits for the chunk's longest case,
whose answers come at the speed of one sequence, and the next order takes its time. Of a GPU node that is lost the
answers in flight are sampled again, half of each on average; so are those of a node of workers. What that node's
chunks had bought is in the journal, and is judged again by whoever gets the order. Both come back after a while.
Seeded. Not simulated: a slow store, retries, rounds of targets, reading and writing chunks.
"""

import random
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bench import scale_figures as f
from bench.scale_scenario import HOUR, Scenario

Floats = npt.NDArray[np.float64]

LONGEST = 4.0
"""Tokens of a chunk's longest answer over those of an average one: where `max_tokens` cuts."""
GPUS_A_NODE, WORKERS_A_NODE = 8, 32
MOST_CHUNKS = 1500
NEVER = float("inf")


@dataclass(frozen=True)
class Trouble:
    """What goes wrong."""

    losses_a_day: float = 0.0
    """Of each node, of GPUs as of workers."""
    back_s: float = 600.0
    """After which a node is there again."""
    slow_share: float = 0.0
    """Workers of half the speed."""
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """How it went."""

    hours: float
    busy: float
    """Tokens used over those that all GPUs could have sampled until the last chunk was done."""
    losses: int
    """Of nodes."""
    again_tokens: float
    """Tokens sampled twice, over those used."""
    again_cpu: float
    """CPU time of judging again, over that of the build."""


@dataclass
class _Chunk:
    tokens: float
    left: float
    """To sample: where the chunk is begun anew, the rest is in the journal."""
    replay_s: float = 0.0
    """CPU time of judging what is in the journal."""


class Fleet:
    """Workers, GPUs and chunks between two events."""

    def __init__(self, s: Scenario, trouble: Trouble) -> None:
        self.s, self.trouble, self.rng = s, trouble, random.Random(trouble.seed)
        self.attempt_tokens = s.tokens * s.recipes.tokens
        speed = f.GPU_TOKENS.value / f.GPU_SEQUENCES.value
        slow = np.array([self.rng.random() < trouble.slow_share for _ in range(s.workers)])
        drawn = min(s.in_flight, s.chunk) * s.samples * speed
        self.caps: Floats = np.minimum(np.where(slow, 0.5, 1.0) * self.attempt_tokens / s.cpu_s, drawn)
        """Tokens a second of each worker that has the fleet for itself."""
        self.tail_s = LONGEST * s.tokens * s.recipes.turns / speed + f.RAY_TASK_S.value
        self.tokens: Floats = np.zeros(s.workers)
        """Left to sample of each worker's chunk."""
        self.until: Floats = np.zeros(s.workers)
        """Before which a worker does not sample: its longest case, its node."""
        self.chunks: list[_Chunk | None] = [None] * s.workers
        """Of each worker."""
        self.waiting = [_Chunk(tokens, tokens) for tokens in self._sizes()]
        self.useful = sum(chunk.tokens for chunk in self.waiting)
        self.left, self.gpus, self.now = len(self.waiting), s.gpus, 0.0
        self.again_tokens = self.again_cpu_s = 0.0
        self.losses, self.returns = 0, [NEVER]
        self.gpu_nodes, self.worker_nodes = s.gpus // GPUS_A_NODE, -(-s.workers // WORKERS_A_NODE)
        self.next_loss = self._next_loss()
        for worker in range(s.workers):
            self._give(worker)

    def step(self) -> None:
        """To the next event, and what it does."""
        sampling = (self.tokens > 0) & (self.until <= self.now)
        rates = self._rates(sampling)
        ends = self.now + self.tokens[sampling] / rates[sampling]
        wakes = self.until[self.until > self.now]
        own = float(np.concatenate([ends, wakes]).min(initial=NEVER))
        then = min(own, self.next_loss, *self.returns)
        self.tokens -= rates * (then - self.now)
        self.now = then
        for worker in np.flatnonzero(sampling & (self.tokens < 1e-2)):  # less is rounding
            self.tokens[worker], self.until[worker] = 0.0, then + self.tail_s
        for worker in np.flatnonzero((self.tokens == 0) & (self.until <= then)):
            self.left -= self.chunks[worker] is not None
            self._give(int(worker))
        if then >= min(self.returns):
            self.returns.remove(min(self.returns))
            self.gpus += GPUS_A_NODE
        if then >= self.next_loss:
            self._lose()

    def _rates(self, sampling: npt.NDArray[np.bool_]) -> Floats:
        """Tokens a second: the fleet's in equal shares, none above what a worker can take."""
        caps, room = np.where(sampling, self.caps, 0.0), self.gpus * f.GPU_TOKENS.value
        if caps.sum() <= room:
            return caps
        order = np.sort(caps)
        levels = (room - np.cumsum(order) + order) / np.arange(len(order), 0, -1)
        shares: Floats = np.minimum(caps, levels[np.argmax(levels <= order)])
        return shares

    def _sizes(self) -> list[float]:
        """Tokens of each chunk: where one ends is decided by hashes, as `pipelines.plan_writing` has it."""
        sizes, least, left = [], -(-self.s.chunk // 2), round(self.s.problems)
        while left > 0:
            more = int(self.rng.expovariate(1 / (self.s.chunk - least + 1)))
            sizes.append(min(left, least + more, 2 * self.s.chunk))
            left -= sizes[-1]
        return [size * self.s.samples * self.attempt_tokens for size in reversed(sizes)]

    def _give(self, worker: int) -> None:
        chunk = self.chunks[worker] = self.waiting.pop() if self.waiting else None
        if chunk:
            self.tokens[worker], self.until[worker] = chunk.left, self.now + chunk.replay_s

    def _lose(self) -> None:
        self.losses += 1
        self.next_loss = self._next_loss()
        if self.rng.random() * (self.gpu_nodes + self.worker_nodes) < self.gpu_nodes:
            self._lose_gpus()
        else:
            self._lose_workers(self.rng.randrange(self.worker_nodes) * WORKERS_A_NODE)

    def _lose_gpus(self) -> None:
        sampling = self.tokens > 0
        if self.gpus > GPUS_A_NODE and sampling.any():
            lost = GPUS_A_NODE * f.GPU_SEQUENCES.value * self.s.tokens / 2
            self.gpus -= GPUS_A_NODE
            self.returns.append(self.now + self.trouble.back_s)
            self.again_tokens += lost
            self.tokens[sampling] += lost / int(sampling.sum())

    def _lose_workers(self, first: int) -> None:
        in_flight = self.s.gpus * f.GPU_SEQUENCES.value / self.s.workers * self.s.tokens / 2
        for worker in range(first, min(first + WORKERS_A_NODE, self.s.workers)):
            chunk, left = self.chunks[worker], float(self.tokens[worker])
            if chunk:
                lost = min(in_flight, chunk.tokens - left)
                chunk.left = max(left + lost, 1.0)
                chunk.replay_s = (chunk.tokens - chunk.left) / self.attempt_tokens * f.CASE_MS.value / 1000
                self.waiting.append(chunk)
                self.again_tokens += lost
                self.again_cpu_s += chunk.replay_s
            self.chunks[worker], self.tokens[worker] = None, 0.0
            self.until[worker] = self.now + self.trouble.back_s

    def _next_loss(self) -> float:
        rate = (self.gpu_nodes + self.worker_nodes) * self.trouble.losses_a_day / 86_400
        return self.now + self.rng.expovariate(rate) if rate else NEVER


def simulate(s: Scenario, trouble: Trouble | None = None) -> Outcome:
    """Work on the chunks of a scenario: all, or the first so many, where `hours` are those of all at that rate."""
    whole, s = s, replace(s, problems=min(s.problems, MOST_CHUNKS * s.chunk))
    fleet = Fleet(s, trouble or Trouble())
    while fleet.left:
        fleet.step()
    return Outcome(
        hours=fleet.now / HOUR * whole.problems / s.problems,
        busy=fleet.useful / (s.gpus * f.GPU_TOKENS.value * fleet.now),
        losses=fleet.losses,
        again_tokens=fleet.again_tokens / fleet.useful,
        again_cpu=fleet.again_cpu_s / (s.attempts * s.cpu_s),
    )


CASES: tuple[tuple[str, dict[str, Any], Trouble], ...] = (
    ("as planned", {}, Trouble()),
    ("chunks of 200 problems, the default", {"chunk": 200}, Trouble()),
    ("chunks of 1,000", {"chunk": 1000}, Trouble()),
    ("chunks of 10,000", {"chunk": 10_000}, Trouble()),
    ("64 workers, the default", {"workers": 64}, Trouble()),
    ("192 workers", {"workers": 192}, Trouble()),
    ("a worker in 20 at half the speed", {}, Trouble(slow_share=0.05)),
    ("every node lost once a day, back in 10 minutes", {}, Trouble(1.0)),
    ("every node lost once an hour", {}, Trouble(24.0)),
)
"""Name, what differs from the plan, what goes wrong."""
