"""Versions of one small dataset, each with one thing changed, built once for a module that asks for them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from generators.engines.base import Completion, Engine, Request
from schemas.exceptions import EngineError
from tests.building import built
from tests.world import write_world

COUNT = 7
RECIPES = "recipes=[{type: lemma}, {type: step_labels}, {type: verifier_pairs}]"


class Retold(Engine):
    """The world's policy under the same fingerprint, with something done to what it says."""

    def __init__(self, engine: Engine, tell: Callable[[str, Completion], Completion]) -> None:
        self.engine, self.tell = engine, tell
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer

    async def generate(self, request: Request) -> list[Completion]:
        asked = "".join(map(chr, request.ids))
        return [self.tell(asked, said) for said in await self.engine.generate(request)]


def otherwise(asked: str, said: Completion) -> Completion:
    """Lot 3 is answered in another wording."""
    return replace(said, text=f"So: {said.text}") if "(lot 3)" in asked else said


def broken(asked: str, said: Completion) -> Completion:
    """Lot 3 cannot be asked."""
    if "(lot 3)" in asked:
        raise EngineError("the server is gone")
    return said


class Versions:
    """Builds by name, made when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        name: str,
        *changes: str,
        count: int = COUNT,
        tell: Callable[[str, Completion], Completion] | None = None,
        edit: Callable[[list[dict[str, Any]]], Sequence[dict[str, Any]]] | None = None,
        recipes: str = RECIPES,
    ) -> Path:
        """The folder of the build of `count` problems with `changes`; `edit` rewrites the problems' file."""
        folder = self.folder / name
        if not (folder / "out" / "manifest.json").is_file():
            folder.mkdir()
            config = write_world(folder, count)
            if edit is not None:
                path = folder / "problems.jsonl"
                problems = edit([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
                path.write_text("".join(json.dumps(p) + "\n" for p in problems), encoding="utf-8")
            # Replies of one file for all: they are the policy's fingerprint.
            replies = self.folder / "replies.jsonl"
            if not replies.is_file():
                write_world(self.folder, 2 * COUNT)
            around = (lambda engine: Retold(engine, tell)) if tell else None
            shared = f"policy.engine={{type: scripted, replies: {replies}, otherwise: ''}}"
            built(config, folder / "out", recipes, shared, "run.max_failed_share=1", *changes, around=around)
        return folder / "out"
