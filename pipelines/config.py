"""The config of a build: YAML, validated whole before anything starts.

Everything except `run` decides what the rows are; a build can only be resumed with the same.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import pydantic
import yaml
from pydantic import Field

from filters.base import FILTERS, RowFilter
from filters.verify.options import JudgeOptions
from generators.ask import LocateOptions
from generators.attempts_file import AttemptsFile
from generators.engines.base import ENGINES, EngineOptions
from generators.recipes.base import RECIPES, Recipe
from generators.roles import PromptOptions, SamplingOptions
from generators.sources.base import SOURCES, Source
from generators.steps import StepStyle
from schemas.exceptions import ConfigError
from schemas.family import Family, Options, nearest
from schemas.ids import content_hash

T = TypeVar("T", bound=Options)

RUNS = Path(__file__).parent / "runs"
"""Ready configs; `corrigenda build` without one takes demo.yaml."""


class RoleConfig(Options):
    """Who is asked, and how."""

    engine: dict[str, Any]
    """An engine by `type` with its options."""
    sampling: SamplingOptions = SamplingOptions()
    """Temperature, top_p, max_tokens, seed."""


class PolicyConfig(RoleConfig):
    """The model being trained."""

    samples: int = Field(default=8, ge=1)
    """Attempts per problem."""


class RunConfig(Options):
    """How a build runs. Changes no row, so a resumed build may differ in it."""

    chunks_in_flight: int = Field(default=2, ge=1)
    """Chunks worked on at once, so that no chunk's slowest sample leaves the engine idle."""
    journal: str = ""
    """Folder of the journal; empty: `work/journal` of the build. May be shared between builds."""
    replay_only: bool = False
    """Never ask the model: a completion that is not journaled fails its case."""
    max_failed_share: float = Field(default=0.05, ge=0, le=1)
    """Share of failed cases above which the build ends with exit code 3."""


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
    """Problems per chunk: the unit of work that is written whole."""
    sources: list[dict[str, Any]] = Field(min_length=1)
    """Where problems come from: sources by `type` with their options."""
    attempts: list[AttemptsFile] = []
    """Files of attempts somebody has already sampled."""
    policy: PolicyConfig | None = None
    """The model to sample; none where attempts come from files."""
    teacher: RoleConfig | None = None
    """A stronger model that writes reflections; never required."""
    prompt: PromptOptions = PromptOptions()
    """How a problem is put to the policy."""
    steps: StepStyle = "auto"
    """How attempts are cut into steps."""
    judge: JudgeOptions = JudgeOptions()
    """How answers are compared."""
    locate: LocateOptions = LocateOptions()
    """How first wrong steps are found."""
    recipes: list[dict[str, Any]] = Field(min_length=1)
    """What is built: recipes by `type` with their options."""
    filters: list[dict[str, Any]] = [{"type": "shape"}, {"type": "truth"}]
    """Row filters by `type` with their options, in order."""
    test_share: float = Field(default=0.05, ge=0, lt=1)
    """Share of problems whose rows go to the test split, by hash of the statement."""
    run: RunConfig = RunConfig()
    """How it runs."""

    def sources_made(self) -> list[Source]:
        """The sources with their options checked and their paths under `data_dir`."""
        return [_member(SOURCES, self._placed(s), f"sources.{i}") for i, s in enumerate(self.sources)]

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
        made = [_member(RECIPES, r, f"recipes.{i}") for i, r in enumerate(self.recipes)]
        names = [r.name for r in made]
        if len(set(names)) < len(names):
            raise ConfigError(f"recipes: each recipe may stand once, got {', '.join(names)}")
        return made

    def filters_made(self) -> list[RowFilter]:
        """The row filters with their options checked."""
        return [_member(FILTERS, f, f"filters.{i}") for i, f in enumerate(self.filters)]

    def engine_made(self, role: Literal["policy", "teacher"]) -> EngineOptions | None:
        """A role's engine options, checked."""
        config = self.policy if role == "policy" else self.teacher
        return _member(ENGINES, config.engine, f"{role}.engine") if config else None

    def check(self) -> None:
        """Everything that can be refused before work starts; ConfigError."""
        self.sources_made()
        self.recipes_made()
        self.filters_made()
        if self.policy is None and not self.attempts:
            raise ConfigError(
                "a build needs attempts: give `policy` (a model to sample) or `attempts` (files)"
            )
        roles: tuple[Literal["policy", "teacher"], ...] = ("policy", "teacher")
        for role in roles:
            engine = self.engine_made(role)
            if engine is not None:
                engine.check()

    def identity(self) -> dict[str, Any]:
        """What decides the rows: everything but `run`."""
        # Where files lie does not decide the rows; what is in them is checked by the plan's hashes.
        whole = self.model_dump(mode="json", exclude={"run", "data_dir"})
        sources = [_member(SOURCES, s, f"sources.{i}") for i, s in enumerate(self.sources)]
        for key, made in (
            ("sources", sources),
            ("recipes", self.recipes_made()),
            ("filters", self.filters_made()),
        ):
            whole[key] = [
                {"type": written["type"], **options.model_dump(mode="json")}
                for written, options in zip(whole[key], made, strict=True)
            ]
        return whole

    def digest(self) -> str:
        """Hash of the identity."""
        return content_hash(self.identity())


def _member(family: Family[T], written: Mapping[str, Any], where: str) -> T:
    options = dict(written)
    name = options.pop("type", None)
    if not isinstance(name, str):
        raise ConfigError(f"{where}: `type` is missing; there are: {', '.join(family.names())}")
    cls = family.find(name)
    try:
        return cls(**options)
    except pydantic.ValidationError as error:
        raise ConfigError(explain(error, where, cls)) from None


def explain(error: pydantic.ValidationError, where: str, model: type[pydantic.BaseModel]) -> str:
    """The first problem pydantic found, with its place, its value and the near name."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in (*([where] if where else []), *first["loc"]))
    if first["type"] == "extra_forbidden":
        known = _keys_at(model, first["loc"][:-1])
        key = str(first["loc"][-1])
        return f"{place}: unknown key {key!r}{nearest(key, known)} Known keys: {', '.join(sorted(known))}"
    if first["type"] == "missing":
        return f"{place}: is required"
    return f"{place}: {first['msg']}, got {first['input']!r}"


def _keys_at(model: type[pydantic.BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Names of the fields of the model found by following a path of field names."""
    for part in path:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        models = [t for t in inner if isinstance(t, type) and issubclass(t, pydantic.BaseModel)]
        if models:
            model = models[0]
    return list(model.model_fields)


def load(path: Path | None, changes: list[str], limit: int | None = None) -> BuildConfig:
    """The config of a file with `key=value` changes, checked. ConfigError names what is wrong."""
    path = path or RUNS / "demo.yaml"
    if not path.is_file():
        ready = ", ".join(sorted(p.stem for p in RUNS.glob("*.yaml")))
        raise ConfigError(f"no config at {path}; ready ones in pipelines/runs: {ready}")
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not YAML: {error}") from None
    if not isinstance(written, dict):
        raise ConfigError(f"{path} must hold a mapping of keys, it holds {type(written).__name__}")
    for change in changes:
        _apply(written, change)
    if limit is not None:
        written["limit"] = limit
    try:
        config = BuildConfig(**written)
    except pydantic.ValidationError as error:
        raise ConfigError(f"{path}: {explain(error, '', BuildConfig)}") from None
    config.check()
    return config


def _apply(written: dict[str, Any], change: str) -> None:
    """Set `a.b.0.c=value` in the config; the value is YAML."""
    key, sign, value = change.partition("=")
    if not sign or not key:
        raise ConfigError(f"--set takes key=value, got {change!r}")
    place: Any = written
    parts = key.split(".")
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if isinstance(place, list):
            if not part.isdigit() or int(part) >= len(place):
                raise ConfigError(
                    f"--set {key}: {'.'.join(parts[:number])} has {len(place)} entries, no {part!r}"
                )
            index: Any = int(part)
        elif isinstance(place, dict):
            index = part
            if not last:
                place.setdefault(part, {})
        else:
            raise ConfigError(f"--set {key}: {'.'.join(parts[:number])} is a value, not a mapping")
        if last:
            place[index] = _value(key, value)
        else:
            if place[index] is None:
                place[index] = {}
            place = place[index]


def _value(key: str, written: str) -> object:
    try:
        return yaml.safe_load(written)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {key}: {written!r} is not YAML: {error}") from None


def first_difference(old: object, new: object, path: str = "") -> str | None:
    """`field: was X, is Y` for the first field in which two identities differ, or None."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            inner = f"{path}.{key}" if path else key
            if key not in old or key not in new:
                was, now = old.get(key, "absent"), new.get(key, "absent")
                return f"{inner}: was {was!r}, is {now!r}"
            found = first_difference(old[key], new[key], inner)
            if found:
                return found
        return None
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return next(filter(None, (first_difference(a, b, f"{path}.{i}") for i, (a, b) in pairs)), None)
    return None if old == new else f"{path}: was {old!r}, is {new!r}"
