"""Words for people, without the secrets that requests and URLs carry."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.masking import masked

_VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def redacted(text: str) -> str:
    """The text without access tokens, and without users, passwords and queries (signatures) of URLs."""
    return masked(text, _secrets())


def holds_token(text: str) -> bool:
    """Whether an access token stands in the text."""
    return (
        any(secret in text for secret in _secrets()) or re.search(r"\bhf_[A-Za-z0-9]{30,}", text) is not None
    )


def _secrets() -> list[str]:
    found = [os.environ.get(name, "").strip() for name in _VARIABLES]
    if "huggingface_hub" in sys.modules:
        # A token stored by `hf auth login` stands in no variable.
        from huggingface_hub import get_token

        found.append(get_token() or "")
    return [secret for secret in found if len(secret) >= 4]


class _Redacting(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        record.exc_info = record.exc_text = None
        return True


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """No progress bars of the libraries, and no secret in their log lines (a retry logs the signed URL)."""
    import datasets
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    handlers = [
        h for name in ("huggingface_hub", "datasets", "fsspec") for h in logging.getLogger(name).handlers
    ]
    hidden = (datasets.is_progress_bar_enabled(), not are_progress_bars_disabled())
    redacting = _Redacting()
    datasets.disable_progress_bars()
    disable_progress_bars()
    for handler in handlers:
        handler.addFilter(redacting)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(redacting)
        if hidden[0]:
            datasets.enable_progress_bars()
        if hidden[1]:
            enable_progress_bars()
