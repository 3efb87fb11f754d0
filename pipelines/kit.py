"""What a build works with: recipes, filters, judge, and engines behind the journal."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from filters.base import RowFilter
from filters.verify.math.judge import Judge
from generators.ask import Tools
from generators.engines.journal import Journal
from generators.engines.journaled import JournaledEngine
from generators.recipes.base import Recipe
from generators.roles import Role
from pipelines.config import BuildConfig


@dataclass(frozen=True)
class Kit:
    """Everything a chunk needs, opened once per process: loading a model can cost minutes."""

    config: BuildConfig
    tools: Tools
    recipes: list[Recipe]
    filters: list[RowFilter]
    engines: dict[str, JournaledEngine] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """The config's hash: every chunk asks for it, and making it checks every member again."""
        return self.config.digest()

    def spent(self) -> dict[str, float]:
        """Completions and tokens so far, over all roles."""
        engines = self.engines.values()
        return {
            "bought": sum(e.bought for e in engines),
            "replayed": sum(e.replayed for e in engines),
            "new_tokens": sum(e.bought_tokens for e in engines),
        }

    def models(self) -> dict[str, dict[str, str]]:
        """Name, weights' fingerprint and sampling of every role, for the manifest."""
        roles = {"policy": self.tools.policy, "teacher": self.tools.teacher}
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
async def open_kit(config: BuildConfig, work: Path) -> AsyncIterator[Kit]:
    """Open judge, journal and engines; close them whatever happens. ConfigError, EngineError."""
    async with AsyncExitStack() as stack:
        judge = stack.enter_context(Judge(config.judge))
        engines: dict[str, JournaledEngine] = {}
        roles: dict[str, Role] = {}
        if config.roles():
            journal = Journal(Path(config.run.journal) if config.run.journal else work / "journal")
            stack.callback(journal.close)
        for name, options in config.engines_made().items():
            replay = config.run.replay_only
            opened = options.open_for_replay() if replay else options.open()
            engine = JournaledEngine(opened, journal, replay_only=replay)
            stack.push_async_callback(engine.close)
            engines[name] = engine
            roles[name] = Role(engine, config.roles()[name].sampling.sampling())
        tools = Tools(
            judge=judge,
            policy=roles.get("policy"),
            teacher=roles.get("teacher"),
            prompt=config.prompt,
            style=config.steps,
            locate=config.locate,
            seed=config.seed,
        )
        yield Kit(config, tools, config.recipes_made(), config.filters_made(), engines)
