"""The config of a build: YAML, validated whole before anything starts.

Everything except `gates`, `publish` and `run` decides what the rows are; a build can only be resumed with the same.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from filters.base import FILTERS, RowFilter
from filters.verify.math.options import HOUSEKEEPING, JudgeOptions
from generators.ask import LocateOptions
from generators.attempts_file import AttemptsFile
from generators.engines.base import ENGINES, EngineOptions, policy_id
from generators.engines.budget import BudgetOptions
from generators.engines.journals.url import check_place
from generators.recipes.base import RECIPES, Recipe
from generators.roles import PromptOptions, SamplingOptions
from generators.sources.base import SOURCES, Source
from generators.steps import StepStyle
from pipelines.config_schema import MemberOf
from pipelines.gates.base import GATES, Gate
from pipelines.members import member
from pipelines.publish.options import PublishOptions
from pipelines.running import RunnerOptions, TaskOptions, check_runner
from pipelines.targets import CapOptions, TargetOptions
from schemas.exceptions import ConfigError
from schemas.family import Options, nearest
from schemas.ids import content_hash

RUNS = Path(__file__).parent / "runs"
"""Ready configs; `corrigenda build` without one takes demo.yaml."""


ROLES = ("policy", "teacher", "critic")
"""Who may be asked, in the order of the manifest."""


Written = dict[str, Any]
"""A member of a family as a person writes it: its `type` with its options."""

EngineMember = Annotated[Written, MemberOf(ENGINES)]
SourceMember = Annotated[Written, MemberOf(SOURCES)]
RecipeMember = Annotated[Written, MemberOf(RECIPES)]
FilterMember = Annotated[Written, MemberOf(FILTERS)]
GateMember = Annotated[Written, MemberOf(GATES)]

DEFAULT_GATES: tuple[dict[str, Any], ...] = ({"type": "truth"}, {"type": "masks", "allow_unchecked": True})
"""What every dataset must show where a config names no gates."""


class RoleConfig(Options):
    """Who is asked, and how."""

    engine: EngineMember | str
    """An engine by `type` with its options, or the name of the role whose engine this one shares."""
    sampling: SamplingOptions = SamplingOptions()
    """Temperature, top_p, max_tokens, seed."""
    terms: str = ""
    """Licence or terms of use of the model, in your own words, for the dataset's card. Who writes rows may bind what
    they may be used for; without this the card says that nobody stated it."""


class PolicyConfig(RoleConfig):
    """The model being trained."""

    samples: int = Field(default=8, ge=1)
    """Attempts per problem."""
    details: bool = False
    """Keep every token's log-probability and entropy in the attempts table, where the engine knows them."""


class Prices(Options):
    """Price of a role's tokens, in any currency."""

    input: float = Field(default=0.0, ge=0, alias="in")
    """Per million prompt tokens."""
    output: float = Field(default=0.0, ge=0, alias="out")
    """Per million sampled tokens."""


class RunConfig(Options):
    """How a build runs. Changes no row, so a resumed build may differ in it."""

    cases_in_flight: int = Field(default=512, ge=1)
    """Problems worked on at once. More than the engine has slots, so that slow ones leave it no gap."""
    store: str = ""
    """Folder that builds share: journal, chunk results, plans and the judge's verdicts, so that a build costs what is
    new in it. Empty: `work` of the build's own folder."""
    journal: str = ""
    """Folder or URL (`s3://BUCKET/PREFIX`, and what else fsspec knows) of the journal alone; empty: `journal` of the
    store. May be shared between builds and machines."""
    journal_cache: str = ""
    """Folder on this machine that keeps whole files of a journal at a URL, for who reads much of it; empty: none."""
    replay_only: bool = False
    """Never ask the model: a completion that is not journaled fails its case."""
    replay_processes: int | None = Field(default=None, ge=0)
    """Processes that rebuild from the journal what is in it, chunk by chunk, before the model is asked for the
    rest; 0: none, all is done in this process; null: one for each core, four at most, where the journal is
    large enough to be worth their start."""
    max_failed_share: float = Field(default=0.05, ge=0, le=1)
    """Share of failed cases above which the build ends with exit code 3."""
    budget: BudgetOptions = BudgetOptions()
    """What the build may spend."""
    runner: RunnerOptions = RunnerOptions()
    """Who works on the chunks."""
    tasks: TaskOptions = TaskOptions()
    """How Prefect runs them as tasks."""
    prices: dict[str, Prices] = {}
    """What a role's tokens cost, by role; `corrigenda plan` works out the cost."""


class BuildConfig(Options):
    """One build."""

    name: str = "corrigenda"
    """Name of the dataset, for its card."""
    seed: int = 0
    """Seed of every choice a recipe makes."""
    data_dir: str = "."
    """Folder that relative paths in `sources` and `attempts` start from."""
    limit: int | None = Field(default=None, ge=1)
    """Most problems used; null: all."""
    chunk_size: int = Field(default=200, ge=1)
    """Problems per chunk on average, from half to twice as many: the unit of work that is written whole."""
    sources: list[SourceMember] = Field(min_length=1)
    """Where problems come from: sources by `type` with their options."""
    attempts: list[AttemptsFile] = []
    """Files of attempts somebody has already sampled."""
    policy: PolicyConfig | None = None
    """The model to sample; none where attempts come from files."""
    teacher: RoleConfig | None = None
    """A stronger model that writes reflections; never required."""
    critic: RoleConfig | None = None
    """The model that is asked where an attempt first goes wrong; without one the teacher is."""
    prompt: PromptOptions = PromptOptions()
    """How a problem is put to the policy."""
    steps: StepStyle = "auto"
    """How attempts are cut into steps."""
    judge: JudgeOptions = JudgeOptions()
    """How answers are compared."""
    locate: LocateOptions = LocateOptions()
    """How first wrong steps are found."""
    recipes: list[RecipeMember] = Field(min_length=1)
    """What is built: recipes by `type` with their options."""
    filters: list[FilterMember] = [{"type": "shape"}, {"type": "truth"}]
    """Row filters by `type` with their options, in order."""
    targets: TargetOptions = TargetOptions()
    """Rows wanted, by what they are; more problems and samples are drawn until they are there."""
    caps: CapOptions = CapOptions()
    """Most rows from one problem and of one kind of mistake."""
    test_share: float = Field(default=0.05, ge=0, lt=1)
    """Share of problems whose rows go to the test split, by hash of the statement."""
    gates: list[GateMember] = [*DEFAULT_GATES]
    """What the dataset must show before it is published: gates by `type` with their options. They change no row,
    so a finished build may be examined again under others."""
    run: RunConfig = RunConfig()
    """How it runs."""
    publish: PublishOptions | None = None
    """Where it is published."""

    def sources_made(self) -> list[Source]:
        """The sources with their options checked and their paths under `data_dir`."""
        return [member(SOURCES, self._placed(s), f"sources.{i}") for i, s in enumerate(self.sources)]

    def attempts_made(self) -> list[AttemptsFile]:
        """The attempts files with their paths under `data_dir`."""
        return [a.model_copy(update=self._placed({"paths": a.paths})) for a in self.attempts]

    def _placed(self, written: dict[str, Any]) -> dict[str, Any]:
        paths = written.get("paths")
        if not isinstance(paths, list):
            return written
        return {**written, "paths": [str(Path(self.data_dir, str(p))) for p in paths]}

    def recipes_made(self) -> list[Recipe]:
        """The recipes with their options checked; each type at most once."""
        made = [member(RECIPES, r, f"recipes.{i}") for i, r in enumerate(self.recipes)]
        names = [r.name for r in made]
        if len(set(names)) < len(names):
            raise ConfigError(f"recipes: each recipe may stand once, got {', '.join(names)}")
        return made

    def filters_made(self) -> list[RowFilter]:
        """The row filters with their options checked."""
        return [member(FILTERS, f, f"filters.{i}") for i, f in enumerate(self.filters)]

    def gates_made(self) -> list[Gate]:
        """The gates with their options checked; the same one may stand several times."""
        return [member(GATES, g, f"gates.{i}") for i, g in enumerate(self.gates)]

    def roles(self) -> dict[str, RoleConfig]:
        """The roles that somebody plays, by name."""
        named = {name: getattr(self, name) for name in ROLES}
        return {name: role for name, role in named.items() if role}

    def engines_made(self) -> dict[str, EngineOptions]:
        """Every role's engine options, checked; roles that share an engine have equal ones."""
        return {name: member(ENGINES, self._engine(name), f"{name}.engine") for name in self.roles()}

    def engine_types(self) -> dict[str, str]:
        """Every role's type of engine."""
        return {name: str(self._engine(name).get("type")) for name in self.roles()}

    def _engine(self, name: str) -> dict[str, Any]:
        """What is written for a role's engine, or for that of the role it names."""
        roles, passed = self.roles(), [name]
        while not isinstance(written := roles[passed[-1]].engine, dict):
            if written not in roles:
                raise ConfigError(
                    f"{passed[-1]}.engine: {written!r} is no role of this config{nearest(written, roles)} "
                    f"There are: {', '.join(roles)}"
                )
            if written in passed:
                raise ConfigError(f"{name}.engine: {' -> '.join([*passed, written])} names no engine")
            passed.append(written)
        return written

    def check(self) -> None:
        """Everything that can be refused before work starts; ConfigError."""
        self.sources_made()
        names = [recipe.name for recipe in self.recipes_made()]
        for number, cell in enumerate(self.targets.cells):
            if cell.recipe and cell.recipe not in names:
                raise ConfigError(
                    f"targets.cells.{number}.recipe: {cell.recipe!r} is no recipe of this config"
                    f"{nearest(cell.recipe, names)} There are: {', '.join(names)}"
                )
        self.filters_made()
        for gate in self.gates_made():
            gate.check(Path(self.data_dir))
        if self.policy is None and not self.attempts:
            raise ConfigError(
                "a build needs attempts: give `policy` (a model to sample) or `attempts` (files)"
            )
        for engine in self.engines_made().values():
            engine.check()
        check_place(self.run.journal)
        check_place(self.run.store)
        check_runner(self.run.runner, self.run.store)
        for role in self.run.prices:
            if role not in ROLES:
                raise ConfigError(f"run.prices: {role!r} is no role{nearest(role, ROLES)}")

    def identity(self) -> dict[str, Any]:
        """What decides the rows: everything but `gates`, `publish`, `run` and what is only said of them."""
        return identity_of(self.described())

    def described(self) -> dict[str, Any]:
        """The identity with the terms of use that the card states: what a manifest says of the config."""
        # Where files lie does not decide the rows; what is in them is checked by the plan's hashes.
        left_out = dict.fromkeys(("run", "gates", "data_dir", "publish"), True)
        whole = self.model_dump(mode="json", exclude={**left_out, "judge": set(HOUSEKEEPING)})
        sources = [member(SOURCES, s, f"sources.{i}") for i, s in enumerate(self.sources)]
        for key, made in (
            ("sources", sources),
            ("recipes", self.recipes_made()),
            ("filters", self.filters_made()),
        ):
            whole[key] = [
                {"type": written["type"], **options.model_dump(mode="json")}
                for written, options in zip(whole[key], made, strict=True)
            ]
        for name, engine in self.engines_made().items():
            options = engine.model_dump(mode="json", exclude=set(engine.runtime))
            # Sharing an engine by its role's name or by equal options is the same build.
            whole[name]["engine"] = {"type": self._engine(name)["type"], **options}
        return whole

    def digest(self) -> str:
        """Hash of the identity."""
        return content_hash(self.identity())


def identity_of(described: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the rows, of a described config or a manifest's."""
    whole = {name: value for name, value in described.items() if name != "gates"}
    whole.update({name: _without_terms(whole[name]) for name in ROLES if whole.get(name)})
    return {**whole, "attempts": [_without_terms(file) for file in whole.get("attempts", ())]}


def _without_terms(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in written.items() if name != "terms"}


def model_ids(config: BuildConfig) -> dict[str, str]:
    """Id of every role's model and sampling, as rows carry it, without loading weights."""
    return {
        name: policy_id(options.open_for_replay().fingerprint, config.roles()[name].sampling.sampling())
        for name, options in config.engines_made().items()
    }
