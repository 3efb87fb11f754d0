"""A chunk's input: one JSON line per problem with the attempts brought for it.

Any process can work on a chunk from a path and a hash.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generators.attempts import BroughtAttempt
from pipelines.files import sha256_of
from schemas.exceptions import InputError
from schemas.problem import Problem


@dataclass(frozen=True, slots=True)
class ChunkInput:
    """Where a chunk's problems are; the hash makes a stale result of the chunk visible.

    `samples` per problem where they are not the config's.
    """

    name: str
    path: str
    sha256: str
    problems: int
    samples: int = 0


def read_chunk(chunk: ChunkInput) -> Iterator[tuple[Problem, list[BroughtAttempt]]]:
    """The problems of a chunk input with the attempts brought for them. InputError where it was changed."""
    if sha256_of(Path(chunk.path)) != chunk.sha256:
        raise InputError(
            f"{chunk.path} has changed since the build was planned; build into another folder with --out"
        )
    with Path(chunk.path).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Problem(**row["problem"]), [BroughtAttempt(**a) for a in row["attempts"]]
