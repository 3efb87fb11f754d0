"""What libraries warn of, in the log of the run: Python's `logging` from WARNING up, and `warnings`.

It still goes where it went before. The same place of a library is written down so many times and no more, then
only counted: one that warns at every request would fill the disk.
"""

import logging
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from pipelines.runlog import RunLog

MOST_OF_ONE = 20
"""Times that one line of a library's code is written down in one run."""

_OWN_HANDLERS = ("transformers", "datasets", "huggingface_hub", "prefect", "vllm", "httpx2", "py.warnings")
"""Loggers that may hand nothing on to the root."""


class _ToRunLog(logging.Handler):
    def __init__(self, log: RunLog) -> None:
        super().__init__(logging.WARNING)
        self.log = log
        self.times: Counter[tuple[str, str, int]] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "_in_run_log", None) is self:
            return  # came by way of the root already
        record._in_run_log = self
        place = (record.name, record.pathname, record.lineno)
        self.times[place] += 1
        if self.times[place] <= MOST_OF_ONE:
            try:
                said = record.getMessage()
            except (TypeError, ValueError):  # arguments that do not fit their message
                said = str(record.msg)
            self.log.say("library", level=record.levelname, logger=record.name, said=said, **_error(record))
        if not _heard_elsewhere(record.name) and logging.lastResort is not None:
            logging.lastResort.handle(record)  # as without this handler: on standard error

    def told_too_often(self) -> list[dict[str, object]]:
        return [
            {"logger": name, "line": f"{path}:{line}", "times": times}
            for (name, path, line), times in sorted(self.times.items())
            if times > MOST_OF_ONE
        ]


@contextmanager
def library_warnings(log: RunLog) -> Iterator[None]:
    """Write what libraries warn of into the log meanwhile."""
    handler = _ToRunLog(log)
    loggers = [logging.getLogger(name) for name in ("", *_OWN_HANDLERS)]
    for logger in loggers:
        logger.addHandler(handler)
    shown = warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        log.say(
            "library",
            level="WARNING",
            logger=category.__name__,
            said=str(message),
            line=f"{filename}:{lineno}",
        )
        shown(message, category, filename, lineno, file, line)

    warnings.showwarning = show
    try:
        yield
    finally:
        if warnings.showwarning is show:  # else somebody put another in its place since
            warnings.showwarning = shown
        for logger in loggers:
            logger.removeHandler(handler)
        if often := handler.told_too_often():
            log.say("library_often", places=often)


def _error(record: logging.LogRecord) -> dict[str, str]:
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    return {"error": "".join(traceback.format_exception(record.exc_info[1], limit=-4))}


def _heard_elsewhere(name: str) -> bool:
    """Whether a record of this logger reaches any handler but this one."""
    logger: logging.Logger | None = logging.getLogger(name)
    while logger is not None:
        if any(not isinstance(handler, _ToRunLog | logging.NullHandler) for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False
