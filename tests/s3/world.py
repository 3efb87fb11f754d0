"""A bucket for tests, and the environment in which s3fs finds it."""

import importlib.util
import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.s3.server import S3, serving

BUCKET = "bucket"
NEEDS_S3FS = pytest.mark.skipif(
    importlib.util.find_spec("s3fs") is None, reason="s3fs is not installed: pip install 'corrigenda[s3]'"
)
_numbers = itertools.count()


@contextmanager
def bucket() -> Iterator[S3]:
    """A server with an empty bucket, and its address and credentials in the environment."""
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        server.buckets.add(BUCKET)
        for name, value in {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-tests",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            patch.setenv(name, value)
        # It waits two seconds before it says that a request failed; the journal waits on its own.
        patch.setattr("s3fs.core.S3FileSystem.retries", 1)
        _forget_clients()
        yield server
        _forget_clients()


def new_url(protocol: str = "s3") -> str:
    """A prefix that no other test has."""
    return f"{protocol}://{BUCKET}/journal-{next(_numbers)}"


def _forget_clients() -> None:
    """fsspec gives out its open client again by bucket and options, and would ask the server before this one."""
    from s3fs import S3FileSystem

    S3FileSystem.clear_instance_cache()
