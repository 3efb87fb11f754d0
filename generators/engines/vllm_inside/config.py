"""What the config files in a model's folder say: the ids that end a turn."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def ends_of(folder: Path, tokenizer_end: int | None) -> tuple[int, ...]:
    """The ids that end a turn, sorted: any of the three places may name some that the others do not."""
    return tuple(sorted({*_named(folder), *([] if tokenizer_end is None else [tokenizer_end])}))


def _named(folder: Path) -> Iterator[int]:
    for name in ("generation_config.json", "config.json"):
        for part in _parts(folder, name):
            ids = part.get("eos_token_id")
            yield from ids if isinstance(ids, list) else [] if ids is None else [ids]


def _parts(folder: Path, name: str) -> list[dict[str, Any]]:
    """A config file and its part about text, which models of images and text have."""
    if not (folder / name).is_file():
        return []
    content = json.loads((folder / name).read_text(encoding="utf-8"))
    return [content, content.get("text_config") or {}]
