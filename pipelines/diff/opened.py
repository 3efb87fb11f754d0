"""A version of a dataset by what a person writes: a folder, a repository of the Hub, or a URL."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from schemas.exceptions import InputError

_REPOSITORY = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)(@(?P<revision>.+))?")
_NEEDED = ("manifest.json", "data/**", "dropped/**")


@contextmanager
def opened(written: str) -> Iterator[tuple[Path, str]]:
    """The dataset's folder, and a label for it. InputError where it cannot be had.

    What is no folder here and looks like ORG/NAME or ORG/NAME@REVISION is fetched from the Hub (`HF_ENDPOINT`) into its
    cache; what has `://` in it through fsspec into a folder that lives as long as the context.
    """
    named = _REPOSITORY.fullmatch(written)
    if Path(written).is_dir():
        yield Path(written), written
    elif "://" in written:
        with tempfile.TemporaryDirectory(prefix="corrigenda-diff-") as folder:
            _copied(written, Path(folder))
            yield Path(folder), _without_secrets(written)
    elif named:
        yield _from_hub(named["name"], named["revision"]), written
    else:
        raise InputError(
            f"there is no folder {written}; name the folder of a dataset, ORG/NAME or ORG/NAME@REVISION on the Hub, or "
            "a URL such as s3://bucket/folder"
        )


def _from_hub(name: str, revision: str | None) -> Path:
    import httpx2
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    there = f"{name}@{revision}" if revision else name
    # The endpoint is read here, not when the library is imported: a process may change it.
    endpoint = os.environ.get("HF_ENDPOINT")
    try:
        found = snapshot_download(
            name,
            repo_type="dataset",
            revision=_commit(name, revision, endpoint),
            allow_patterns=list(_NEEDED),
            endpoint=endpoint,
        )
    except RevisionNotFoundError:
        raise InputError(
            f"{there}: the dataset {name} has no revision, branch or tag {revision or 'main'!r}"
        ) from None
    except GatedRepoError:
        raise InputError(f"{there}: access must be asked for on its page, and HF_TOKEN be set") from None
    except (RepositoryNotFoundError, HFValidationError):
        raise InputError(
            f"there is no folder {name} here, and no dataset {name} on the Hub that this token may read; "
            "mind the spelling, or set HF_TOKEN"
        ) from None
    except HfHubHTTPError as error:
        raise InputError(
            f"{there} could not be fetched: the Hub answered {error.response.status_code}; try again later"
        ) from None
    except (httpx2.HTTPError, OSError) as error:
        raise InputError(
            f"there is no folder {name} here, and {there} could not be fetched ({type(error).__name__}): the Hub is "
            "out of reach, or HF_HUB_OFFLINE is set and the cache does not have it"
        ) from None
    return Path(found)


def _commit(name: str, revision: str | None, endpoint: str | None) -> str | None:
    """The commit that a branch or tag names now: `snapshot_download` alone takes what it has cached, however old,
    where the Hub does not answer."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import OfflineModeIsEnabled

    try:
        return HfApi(endpoint=endpoint).dataset_info(name, revision=revision).sha
    except OfflineModeIsEnabled:
        return revision


def _copied(url: str, folder: Path) -> None:
    from fsspec.core import url_to_fs

    label = _without_secrets(url)
    try:
        files, path = url_to_fs(url.rstrip("/"))
        files.get_file(f"{path}/manifest.json", str(folder / "manifest.json"))
        files.get(f"{path}/data", str(folder / "data"), recursive=True)
        if files.isdir(f"{path}/dropped"):
            files.get(f"{path}/dropped", str(folder / "dropped"), recursive=True)
    except FileNotFoundError:
        raise InputError(
            f"{label} holds no dataset: there is no manifest.json, or no data/ beside it"
        ) from None
    except (ImportError, ValueError) as error:
        # fsspec says which package speaks the protocol; neither repeats the URL.
        raise InputError(f"{label} cannot be read: {error}") from None
    except Exception as error:
        # Every storage has errors of its own, and some repeat the URL with its password.
        raise InputError(
            f"{label} could not be fetched ({type(error).__name__}); check address and rights"
        ) from None


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
