"""What a flow run asks of the processes around it: nobody to hear it, and no slot for every chunk."""

import asyncio
import logging
import os
from pathlib import Path

import pytest

from pipelines.config_file import load
from pipelines.kit import open_kit
from tests.world import write_world

pytest.importorskip("prefect")

from prefect.context import TagsContext
from prefect.logging.handlers import PrefectConsoleHandler

from pipelines.flows.run_tags import tagged, untagged
from pipelines.flows.tasks import chunk_task, configured
from pipelines.flows.unheard import go_on_unheard


def test_a_run_goes_on_when_the_pipe_of_its_log_is_broken() -> None:
    heard, told = os.pipe()
    with os.fdopen(told, "w", buffering=1) as stream:
        logger, handler = logging.getLogger("prefect.nobody"), PrefectConsoleHandler(stream)
        logger.addHandler(handler)
        try:
            go_on_unheard()
            logger.warning("heard")
            assert b"heard" in os.read(heard, 100)
            os.close(heard)
            for line in ("into the broken pipe", "and another"):
                logger.warning(line)
            assert handler.console.quiet
        finally:
            logger.removeHandler(handler)
            os.dup2(os.open(os.devnull, os.O_WRONLY), told)  # what is buffered has to go somewhere


@pytest.mark.parametrize(("own", "wanted"), [("[]", set()), ("[night]", {"night"})])
def test_a_chunk_has_no_tags_but_those_the_config_gives(tmp_path: Path, own: str, wanted: set[str]) -> None:
    config = load(write_world(tmp_path, 2), [f"run.tasks.tags={own}"])

    async def tags() -> set[str]:
        async with open_kit(config, tmp_path / "work") as kit:
            with tagged(config):
                assert TagsContext.get().current_tags == {"corrigenda", "jars"}
                with untagged():
                    return configured(chunk_task, config, kit, False).tags | TagsContext.get().current_tags

    assert asyncio.run(tags()) == wanted
