"""What a build works with: recipes, filters, judge, and engines behind the journal."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from filters.base import RowFilter
from filters.verify.math.judge import Judge
from filters.verify.math.options import JudgeOptions
from generators.ask import Tools
from generators.engines.base import Engine, EngineOptions
from generators.engines.budget import Budget
from generators.engines.journaled import JournaledEngine
from generators.engines.journals.place import open_journal
from generators.recipes.base import Recipe
from generators.roles import Role
from pipelines.address import case_address, chunk_address
from pipelines.config import ROLES, BuildConfig
from pipelines.files import write_json
from pipelines.store import Store, open_store
from pipelines.window import Window

if TYPE_CHECKING:
    from pipelines.chunk_input import ChunkInput


@dataclass(frozen=True)
class Kit:
    """Everything a chunk needs, opened once per process: loading a model can cost minutes."""

    config: BuildConfig
    store: Store
    tools: Tools
    recipes: list[Recipe]
    filters: list[RowFilter]
    window: Window
    budget: Budget
    spending: Path
    """File in which what the build has spent outlives the process."""
    engines: dict[str, JournaledEngine] = field(default_factory=dict)
    """By role; roles that share an engine have the same one."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """What other processes did for this build, by the names of `spent`."""
    incidents_elsewhere: Counter[str] = field(default_factory=Counter)

    @cached_property
    def case_address(self) -> str:
        """What decides what becomes of a case: every chunk asks for it, and making it reads our source files."""
        return case_address(self.config, {role: model["id"] for role, model in self.models().items()})

    def address(self, chunk: "ChunkInput") -> str:
        """Address of a chunk's result in the store."""
        return chunk_address(chunk.sha256, chunk.samples, self.case_address)

    def spent(self) -> dict[str, float]:
        """Completions and tokens so far, over all roles; `total_*` with the build's earlier runs."""
        engines, elsewhere = self._opened(), self.elsewhere
        return {
            "bought": sum(e.bought for e in engines) + elsewhere["bought"],
            "replayed": sum(e.replayed for e in engines) + elsewhere["replayed"],
            "new_tokens": sum(e.bought_tokens for e in engines) + elsewhere["new_tokens"],
            "prompt_tokens": self.budget.prompt_tokens + elsewhere["prompt_tokens"],
            **{f"total_{name}": amount for name, amount in self.budget.spending().items()},
        }

    def incidents(self) -> dict[str, int]:
        """What went wrong with any engine and was dealt with, by slug."""
        counts: Counter[str] = Counter(self.incidents_elsewhere)
        for engine in self._opened():
            counts.update(engine.incidents)
        return dict(sorted(counts.items()))

    def save_spending(self) -> None:
        """Write down what the build has spent: the next run's budget begins there."""
        write_json(self.spending, self.budget.spending())

    async def refresh(self, at_once: bool = False) -> None:
        """See what other builds and workers have put into a journal that is shared."""
        for engine in self._opened()[:1]:  # all have the same journal
            await asyncio.to_thread(engine.journal.refresh, at_once)

    def _opened(self) -> list[JournaledEngine]:
        return list({id(e): e for e in self.engines.values()}.values())

    def models(self) -> dict[str, dict[str, str]]:
        """Name, weights' fingerprint and sampling of every role, for the manifest."""
        roles = {name: getattr(self.tools, name) for name in ROLES}
        return {
            name: {
                "model": role.engine.model,
                "fingerprint": role.engine.fingerprint,
                "sampling": role.sampling_text,
                "id": role.id,
            }
            for name, role in roles.items()
            if role
        }


@asynccontextmanager
async def open_kit(
    config: BuildConfig,
    work: Path,
    around: Callable[[Engine], Engine] | None = None,
    opener: Callable[[str, EngineOptions], Engine] | None = None,
) -> AsyncIterator[Kit]:
    """Open judge, journal and engines; close them whatever happens. ConfigError, EngineError.

    `around` puts something between every engine and its journal: what fails on purpose, or takes its time.
    `opener` opens a role's engine where that is not the options' own affair.
    """
    async with AsyncExitStack() as stack:
        store = open_store(config, work)
        judge = stack.enter_context(Judge(_judging(config, store)))
        spending = work / "spent.json"
        before = json.loads(spending.read_text(encoding="utf-8")) if spending.is_file() else {}
        budget = Budget(config.run.budget, before)
        # After the engines are closed: what is in flight then is still bought.
        stack.callback(lambda: write_json(spending, budget.spending()))
        engines = _open_engines(config, store, budget, stack, around or _same, opener or _opened)
        sampling = {name: role.sampling.sampling() for name, role in config.roles().items()}
        roles = {name: Role(engine, sampling[name]) for name, engine in engines.items()}
        tools = Tools(
            judge=judge,
            policy=roles.get("policy"),
            teacher=roles.get("teacher"),
            critic=roles.get("critic"),
            prompt=config.prompt,
            style=config.steps,
            locate=config.locate,
            seed=config.seed,
        )
        window = Window(config.run.cases_in_flight, 2 * config.chunk_size)
        recipes, filters = config.recipes_made(), config.filters_made()
        yield Kit(config, store, tools, recipes, filters, window, budget, spending, engines)


def _same(engine: Engine) -> Engine:
    return engine


def _opened(role: str, options: EngineOptions) -> Engine:
    return options.open()


def _judging(config: BuildConfig, store: Store) -> JudgeOptions:
    """The judge's options; what its workers said is kept in the store unless the config names another place."""
    if config.judge.cache_dir:
        return config.judge
    return config.judge.model_copy(update={"cache_dir": store.verdicts})


def _open_engines(
    config: BuildConfig,
    store: Store,
    budget: Budget,
    stack: AsyncExitStack,
    around: Callable[[Engine], Engine],
    opener: Callable[[str, EngineOptions], Engine],
) -> dict[str, JournaledEngine]:
    """Every role's engine behind the journal and the budget; equal options are opened once."""
    engines: dict[str, JournaledEngine] = {}
    made = config.engines_made()
    if made:
        cache = Path(config.run.journal_cache) if config.run.journal_cache else None
        journal = open_journal(config.run.journal or store.journal, store.folder / "unstored", cache)
        stack.callback(journal.close)
    for name, options in made.items():
        twin = next((other for other in engines if made[other] == options), None)
        if twin is not None:
            engines[name] = engines[twin]
            continue
        replay = config.run.replay_only
        opened = options.open_for_replay() if replay else opener(name, options)
        engines[name] = JournaledEngine(around(opened), journal, replay_only=replay, budget=budget)
        stack.push_async_callback(engines[name].close)
    return engines
