"""A folder that is built night after night, in this process."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from generators.engines.base import Engine
from pipelines.build import Stages
from pipelines.config import BuildConfig
from pipelines.config_file import load
from pipelines.kit import Kit, open_kit
from pipelines.nightly import only_run_in
from pipelines.progress_base import Progress
from pipelines.refreshing import Publisher, Refreshed, publish_here, refresh
from tests.building import Heard
from tests.world import write_world

FEW = "recipes=[{type: verifier_pairs}]"
"""One quick recipe that asks for nothing beyond the attempts."""
MOST = 14
"""Problems that the world's policy can answer."""


@dataclass
class Nights:
    """A world whose problems come by and by, and the folder that is kept up to date with it."""

    folder: Path
    config: Path
    root: Path
    bought: list[int] = field(default_factory=list)
    """Completions that each run's engine was asked for."""

    def problems(self, count: int) -> None:
        """Let the source hold so many of the world's problems."""
        lines = (self.folder / "all.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (self.folder / "problems.jsonl").write_text("".join(lines[:count]), encoding="utf-8")

    def run(
        self,
        *changes: str,
        publisher: Publisher | None = publish_here,
        around: Callable[[Engine], Engine] | None = None,
    ) -> Refreshed:
        """One night's run."""
        asked: list[Heard] = []

        def heard(engine: Engine) -> Engine:
            asked.append(Heard(around(engine) if around else engine))
            return asked[-1]

        def kit(config: BuildConfig, work: Path) -> AbstractAsyncContextManager[Kit]:
            return open_kit(config, work, heard)

        try:
            with only_run_in(self.root):
                config = load(self.config, [FEW, *changes])
                return asyncio.run(refresh(config, self.root, publisher, Progress(), Stages(kit=kit)))
        finally:
            self.bought.append(sum(len(engine.asked) for engine in asked))

    def builds(self) -> list[Path]:
        """Folders of the builds that are there."""
        return sorted((self.root / "builds").iterdir())


def nights(folder: Path, count: int) -> Nights:
    """A world in the folder, with so many problems at first."""
    config = write_world(folder, MOST)
    (folder / "problems.jsonl").rename(folder / "all.jsonl")
    found = Nights(folder, config, folder / "root")
    found.problems(count)
    return found


def retrain(found: Nights) -> None:
    """A new checkpoint of the policy: it answers otherwise."""
    path = found.folder / "replies.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    turned = [{**row, "replies": row["replies"][1:] + row["replies"][:1]} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in turned), encoding="utf-8")
