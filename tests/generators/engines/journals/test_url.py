"""Where a journal may be kept, and what is said of a place that cannot be."""

import importlib.util
from pathlib import Path

import pytest

from generators.engines.journals.place import open_journal
from generators.engines.journals.url import check_place, masked
from schemas.exceptions import ConfigError


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("s3://someone:a-password@bucket/journal", "holds a password"),
        ("s3://bucket/journal?token=a-password", "holds a password"),
        ("s3:///journal", "names no bucket"),
        ("s4://bucket/journal", "no file system is called 's4'"),
    ],
)
def test_a_url_that_cannot_be_is_refused_without_its_secrets(where: str, says: str) -> None:
    for refuse in (check_place, open_journal):
        with pytest.raises(ConfigError, match=says) as refused:
            refuse(where)
        assert "a-password" not in str(refused.value) + masked(where)


@pytest.mark.parametrize(
    ("url", "package", "command"),
    [
        ("s3://bucket/journal", "s3fs", r"pip install 'corrigenda\[s3\]'"),
        ("gs://bucket/journal", "gcsfs", "pip install gcsfs"),
        ("abfs://bucket/journal", "adlfs", "pip install adlfs"),
    ],
)
def test_a_missing_package_is_named_with_its_command(url: str, package: str, command: str) -> None:
    if importlib.util.find_spec(package):
        pytest.skip(f"{package} is installed")
    with pytest.raises(ConfigError, match=command):
        check_place(url)


def test_a_file_url_is_a_folder(tmp_path: Path) -> None:
    assert open_journal(f"file://{tmp_path}").where == str(tmp_path)
