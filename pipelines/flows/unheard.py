"""A flow run goes on when nobody hears it any more.

A served run writes its log into a pipe to the process that serves it. Where that is killed, Prefect's console (rich)
answers the broken pipe with SystemExit in the midst of whatever wrote the line: the run crashes, and its process stays
for ever, with the models in its memory, as threads of Prefect wait to be joined.
"""

import logging
from collections.abc import Iterator

from prefect.logging.handlers import PrefectConsoleHandler


def go_on_unheard() -> None:
    """Let Prefect's console fall silent where its pipe is broken; what is sent to the server goes on."""
    for handler in _console_handlers():
        console = handler.console

        def fall_silent(console: object = console) -> None:
            console.quiet = True  # type: ignore[attr-defined]

        console.on_broken_pipe = fall_silent  # type: ignore[method-assign]


def _console_handlers() -> Iterator[PrefectConsoleHandler]:
    named = [
        logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)
    ]
    for logger in [logging.root, *named]:
        for handler in logger.handlers:
            if isinstance(handler, PrefectConsoleHandler):
                yield handler
