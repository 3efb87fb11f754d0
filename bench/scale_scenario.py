"""What is wanted of a plan: recipes, problems, tokens, and the machines there are."""

from dataclasses import dataclass, replace

from bench import scale_figures as f

GB, TB, HOUR = 1e9, 1e12, 3600.0


@dataclass(frozen=True)
class Recipes:
    """What a set of recipes asks for and makes, per attempt of the policy's own."""

    name: str
    completions: float
    """Own attempts, continuations, revisions, …"""
    tokens: float
    """Tokens sampled over those of own attempts."""
    rows: float
    """Rows of all tables."""
    turns: int
    """Askings of a case that wait for one another, answers of full length each: assumed."""
    source: str


ALONE = Recipes(
    "six recipes, nothing else asked",
    1.0,
    1.0,
    5.71,
    1,
    "`gsm8k-rollouts.yaml`: 30,126 rows of 5,276 attempts",
)
DEMO = Recipes(
    "the demo's, with continuations",
    5.28,
    2.50,
    4.41,
    2,
    "`demo.yaml`: 2,534 completions, 95,517 tokens (own attempts: 38,146) and 2,116 rows of 480 attempts",
)
ALL = Recipes(
    "all 28 recipes",
    15.7,
    11.3,
    19.4,
    3,
    "`recipes.yaml`: 23,558 completions, 1.31 million tokens (own attempts: 115,506) and 29,129 rows of 1,500 attempts",
)


@dataclass(frozen=True)
class Scenario:
    """What is wanted, and on what machines."""

    recipes: Recipes = ALONE
    problems: float = 125e6
    samples: int = 8
    tokens: float = 500
    """Of an own attempt, on average."""
    gpus: int = 256
    workers: int = 128
    """Processes that work on chunks (`run.runner.at_once`), a core each."""
    in_flight: int = 128
    """Cases in flight of a chunk (`run.cases_in_flight`)."""
    chunk: int = 2000
    """Problems of a chunk (`chunk_size`)."""
    memory_gb: float = 128
    """Of the machine that finishes a build."""

    @property
    def attempts(self) -> float:
        """Own attempts of the policy."""
        return self.problems * self.samples

    @property
    def completions(self) -> float:
        """All that is asked for."""
        return self.attempts * self.recipes.completions

    @property
    def sampled(self) -> float:
        """Tokens sampled."""
        return self.attempts * self.tokens * self.recipes.tokens

    @property
    def rows(self) -> float:
        """Rows of all tables."""
        return self.attempts * self.recipes.rows

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the workers an attempt."""
        each = self.tokens * self.recipes.tokens / self.recipes.completions
        asking = self.recipes.completions * (f.CLIENT_MS.value + f.CLIENT_MS_TOKEN.value * each)
        return (f.CASE_MS.value + f.REPLAY_MS.value * (self.recipes.completions - 1) + asking) / 1000

    @property
    def row_bytes(self) -> float:
        """Of a row in shards."""
        return f.ROW_BYTES.value + f.ROW_CHARACTER.value * f.CHARACTERS.value * self.tokens

    @property
    def worker_gb(self) -> float:
        """Memory of a worker on the largest chunk there may be, in GB."""
        row = f.KEPT_ROW.value + f.KEPT_CHARACTER.value * f.CHARACTERS.value * self.tokens
        kept = 2 * self.chunk * self.samples * self.recipes.rows * row
        return (f.WORKER_MB.value * 1e6 + kept + self.completions * f.JOURNAL_INDEX.value) / GB

    @property
    def builds(self) -> int:
        """Builds that the plan is cut into, a power of two: each has 2,500 tasks at most and fits the memory."""
        needed = max(
            self.rows * f.PAGES_MEMORY.value / (0.6 * self.memory_gb * GB),
            self.problems / self.chunk / 2500,
            1,
        )
        builds = 1
        while builds < needed:
            builds *= 2
        return builds

    def of_one_build(self) -> "Scenario":
        """The same for one of the builds."""
        return replace(self, problems=self.problems / self.builds)
