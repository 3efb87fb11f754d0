"""Tags of flow runs, which their tasks do not have.

For the tags of a task Prefect asks its server for slots of their limits, one task after the other: a request a
chunk, and a task that begins while the server is away fails.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect import tags
from prefect.context import TagsContext

from pipelines.config import BuildConfig


def names(config: BuildConfig) -> list[str]:
    """Tags of every run of a config."""
    return ["corrigenda", config.name]


@contextmanager
def tagged(config: BuildConfig) -> Iterator[None]:
    """Flow runs that begin in here have the config's tags; those of a deployment have the deployment's."""
    with tags(*names(config)):
        yield


@contextmanager
def untagged() -> Iterator[None]:
    """Task runs that begin in here have no tags but their own."""
    with TagsContext(current_tags=set()):
        yield
