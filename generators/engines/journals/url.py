"""URLs of journals: what is one, what is shown of it, and the file system it belongs to."""

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from schemas.exceptions import ConfigError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

PACKAGES = {
    "s3": "'corrigenda[s3]'",
    "s3a": "'corrigenda[s3]'",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "az": "adlfs",
}
"""What pip installs for a protocol that is asked for often."""
_S3_SETTINGS = {"retries": {"mode": "standard", "total_max_attempts": 1}}
"""s3fs repeats a request five times, and so would botocore each of these: an unreachable store would be known
after a minute. What takes longer is repeated by `Store`."""


def is_url(where: str) -> bool:
    """Whether a journal is kept as objects; `file://` is a folder."""
    return "://" in where and not where.startswith("file://")


def masked(url: str) -> str:
    """The URL without user, password and query."""
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1]
    secret = "***@" if "@" in parts.netloc else ""
    return urlunsplit((parts.scheme, secret + host, parts.path, "", "")).rstrip("/")


def file_system(url: str) -> "tuple[AbstractFileSystem, str]":
    """The file system of a URL, made for this process, and the path in it. ConfigError."""
    import fsspec

    parts = urlsplit(url)
    protocol = parts.scheme
    if "@" in parts.netloc or parts.query:
        raise ConfigError(
            f"the journal {masked(url)} holds a password or a query: credentials are taken from the environment "
            "alone (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role; AWS_ENDPOINT_URL for another server)"
        )
    if not parts.netloc:
        raise ConfigError(f"the journal {url!r} names no bucket; write {protocol}://BUCKET/PREFIX")
    options: dict[str, object] = {"use_listings_cache": False}
    if protocol in ("s3", "s3a"):
        own = fsspec.config.conf.get(protocol, {})
        options["config_kwargs"] = {**_S3_SETTINGS, **own.get("config_kwargs", {})}
        # botocore reads it too; said here, a client is not shared with one of another server.
        if endpoint := os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"):
            options["endpoint_url"] = own.get("endpoint_url", endpoint)
    try:
        system, path = fsspec.url_to_fs(url, **options)
    except ImportError:
        package = PACKAGES.get(protocol, f"the package that fsspec names for {protocol}")
        raise ConfigError(f"a journal at {protocol}:// needs a package: pip install {package}") from None
    except ValueError:
        raise ConfigError(
            f"the journal {masked(url)}: no file system is called {protocol!r}; name a folder or a URL like "
            "s3://BUCKET/PREFIX"
        ) from None
    return system, str(path).rstrip("/")


def check_place(where: str) -> None:
    """ConfigError where a journal cannot be kept there, whatever the store says."""
    if is_url(where):
        file_system(where)
