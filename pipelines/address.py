"""What a stage's result depends on, as a hash: the same address, the same result.

    plan      sources and attempts of the config, what their files (or revisions) hold, the code that reads them
    chunk     its input, the part of the config that a case sees, models and sampling, code, packages that decide rows
    build     the plan, the chunks' part, and what is chosen among all rows (targets, caps) by which code

So a changed cap makes no chunk stale, and a new problem only the chunk that it is in.
"""

from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.code import ROOT, code_fingerprint
from schemas.arrow import FORMAT_VERSION
from schemas.ids import content_hash, content_id

if TYPE_CHECKING:
    from generators.attempts_file import AttemptsFile
    from generators.sources.base import Source
    from pipelines.config import BuildConfig

_DATASET_FIELDS = ("name", "limit", "chunk_size", "sources", "attempts", "targets", "caps")
"""Fields of a config's identity that no single case sees."""

_ROWS = ("pipelines.chunks", "filters.verify.math.worker_server")
"""The second is started by its name, in processes of its own."""

_PROMPTS = ("generators.engines.base", "generators.engines.render")

_WORKING = ("generators.attempts",)
"""What is done with a chunk input: no part of writing one."""

_CHOOSING = ("pipelines.rounds", "pipelines.selection", "pipelines.shards")

_RUNNING = ("generators.engines", "pipelines.config", "pipelines.kit")
"""What asks and runs: completions are known by their own keys, options by their values."""

_PACKAGES = ("latex2sympy2-extended", "math-verify", "mpmath", "pyarrow", "sympy")
"""Packages whose version can change a verdict, or a file's bytes."""


def plan_address(
    config: "BuildConfig", sources: "Sequence[Source]", sha256s: Mapping[str, str], most: int | None
) -> str:
    """Address of the chunk inputs made of these sources, whose files have these hashes; `most` problems are planned."""
    identity = config.identity()
    readers: list[Source | AttemptsFile] = [*sources, *config.attempts_made()]
    return content_hash(
        {
            **{name: identity[name] for name in ("limit", "chunk_size")},
            "types": [written["type"] for written in config.sources],
            "options": [reader.model_dump(mode="json", exclude={"paths", "terms"}) for reader in readers],
            # Where a file lies decides no row; its name may be the name of the source.
            "files": [[(Path(file).name, sha256s[file]) for file in reader.files()] for reader in readers],
            "most": most,
            "code": plan_code(config),
            "format": FORMAT_VERSION,
        }
    )


def case_address(config: "BuildConfig", models: Mapping[str, str]) -> str:
    """Address of what becomes of any one case; `models` are the roles' ids (weights and sampling)."""
    return content_hash({**_case_parts(config), "models": dict(models)})


def chunk_address(input_sha256: str, samples: int, case: str) -> str:
    """Address of a chunk's result."""
    return content_hash([input_sha256, samples, case])


def build_id(config: "BuildConfig", plan: str, case: str) -> str:
    """Name of a build: `b-` and twenty digits."""
    return content_id("b", [config.digest(), plan, case, choice_code()])


def plan_code(config: "BuildConfig", root: Path = ROOT) -> str:
    """Fingerprint of the code that reads the config's sources and attempts and cuts them into chunks."""
    sources = [f"generators.sources.{written['type']}" for written in config.sources]
    return code_fingerprint(["pipelines.plan_writing", *sources], (*_RUNNING, *_WORKING), root)


def case_code(config: "BuildConfig", root: Path = ROOT) -> str:
    """Fingerprint of the code that makes a chunk's rows by the config's recipes and filters."""
    members = [
        *(f"generators.recipes.{recipe['type']}" for recipe in config.recipes),
        *(f"filters.{row_filter['type']}" for row_filter in config.filters),
    ]
    return content_hash(
        [code_fingerprint([*_ROWS, *members], _RUNNING, root), code_fingerprint(_PROMPTS, (), root)]
    )


def choice_code(root: Path = ROOT) -> str:
    """Fingerprint of the code that chooses among the chunks' rows and writes the shards."""
    return code_fingerprint(_CHOOSING, _RUNNING, root)


def _case_parts(config: "BuildConfig") -> dict[str, Any]:
    identity = config.identity()
    return {
        "config": {name: value for name, value in identity.items() if name not in _DATASET_FIELDS},
        "code": case_code(config),
        "packages": {name: _installed(name) for name in _PACKAGES},
        "format": FORMAT_VERSION,
    }


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
