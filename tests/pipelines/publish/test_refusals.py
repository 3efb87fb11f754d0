"""What is not published, and the sentence that says why."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from pipelines.config_file import load
from pipelines.files import write_json
from pipelines.publish.bundle import read_bundle
from pipelines.publish.options import PublishOptions
from pipelines.publish.row_hashes import hash_rows
from schemas.exceptions import ConfigError, InputError
from schemas.manifest import GateResult
from tests.hub.versions import write_version
from tests.world import write_world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_version(tmp_path / "set", 1)


def test_a_finished_build_is_its_shards_card_report_and_manifest(folder: Path) -> None:
    (folder / "work").mkdir()
    (folder / "work" / "config.json").write_text("{}", encoding="utf-8")
    bundle = read_bundle(folder)
    assert [f.path for f in bundle.files][-3:] == ["README.md", "report.html", "manifest.json"]
    assert len(bundle.files) == 7 and bundle.rows() == {"sft/train": 10, "sft/test": 5, "attempts/train": 5}
    assert [f.path for f in read_bundle(folder, dropped=True).files][4] == "dropped/planning.parquet"


def test_a_build_of_the_same_bytes_has_the_same_content(folder: Path) -> None:
    before = read_bundle(folder).content
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    write_json(
        folder / "manifest.json", {**manifest, "spent": {"seconds": 9.0}, "packages": {"pyarrow": "1"}}
    )
    assert read_bundle(folder).content == before
    write_json(folder / "manifest.json", {**manifest, "config_digest": "another"})
    assert read_bundle(folder).content != before


def _unfinished(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _no_json(folder: Path) -> None:
    (folder / "manifest.json").write_text("{", encoding="utf-8")


def _no_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"name": "x"}', encoding="utf-8")


def _missing(folder: Path) -> None:
    (folder / "data/sft/test-00000-of-00001.parquet").unlink()


def _edited(folder: Path) -> None:
    path = folder / "data/sft/test-00000-of-00001.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def _failed_gate(folder: Path) -> None:
    gate = GateResult("unknown_share", False, "12 % of the verdicts are unknown, at most 5 % were wanted.")
    write_version(folder, 1, gates=(GateResult("rows", True, "enough"), gate))


def _no_card(folder: Path) -> None:
    (folder / "README.md").unlink()


def _card_of_another(folder: Path) -> None:
    card = (folder / "README.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(card.replace("data/sft/test-*", "data/sft/t*"), encoding="utf-8")


def _card_without_a_config(folder: Path) -> None:
    (folder / "README.md").write_text("---\nconfigs: []\n---\n", encoding="utf-8")


def _token(folder: Path) -> None:
    (folder / "report.html").write_text("key hf_" + "a1B2c3D4e5" * 4, encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_unfinished, "holds no finished build"),
        (_no_json, "is no JSON"),
        (_no_manifest, "is no manifest of this version"),
        (_missing, "is missing, manifest.json names it"),
        (_edited, "is not the file that manifest.json names"),
        (_failed_gate, "1 of 2 quality gates failed. unknown_share: 12 % of the verdicts are unknown"),
        (_no_card, "has no README.md"),
        (_card_of_another, "split 'test' of config 'sft' names 3 of the build's files, 1 belong to it"),
        (_card_without_a_config, "names no files for attempts/train, sft/test, sft/train"),
        (_token, "holds what looks like an access token"),
    ],
)
def test_a_folder_that_must_not_be_published_is_refused(
    spoil: Callable[[Path], None], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folder)
    with pytest.raises(InputError) as error:
        read_bundle(folder)
    assert said in str(error.value)
    assert main(["publish", str(folder), "--to", str(folder.parent / "there")]) == 2
    assert said in capsys.readouterr().err
    assert not (folder.parent / "there").exists()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"repo": "just-a-name"}, "must be ORG/NAME"),
        ({}, "give either `repo`"),
        ({"repo": "a/b", "to": "/tmp/x"}, "give either `repo`"),
        ({"to": "/tmp/x", "pr": True}, "needs `repo`"),
        ({"repo": "a/b", "pr": True, "tag": "v1"}, "after it is merged"),
        ({"repo": "a/b", "tag": "with space"}, "must be letters"),
        ({"repo": "a/b", "tag": "main"}, "not main"),
        ({"repo": "a/b", "tag": "v-{dat}"}, "did you mean 'date'?"),
        ({"to": "hf://datasets/a/b"}, "goes into `repo`"),
        ({"to": "s3://key:topsecret@bucket/x"}, "credentials by the environment"),
        ({"to": "https://store/x?sig=topsecret"}, "credentials by the environment"),
        ({"repo": "a/b", "privat": False}, "did you mean 'private'?"),
    ],
)
def test_options_are_checked_in_the_config(written: dict[str, Any], said: str, tmp_path: Path) -> None:
    config = write_world(tmp_path, 2)
    with pytest.raises(ConfigError) as error:
        load(config, [f"publish={json.dumps(written)}"])
    assert said in str(error.value) and "publish" in str(error.value)
    assert "topsecret" not in str(error.value)


def test_publishing_decides_no_row(tmp_path: Path) -> None:
    config = write_world(tmp_path, 2)
    plain, published = load(config, []), load(config, ["publish.repo=team/x"])
    assert published.publish == PublishOptions(repo="team/x")
    assert plain.digest() == published.digest()


def test_an_unknown_storage_is_named_with_the_near_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", str(folder), "--to", "memori://x"]) == 2
    assert "did you mean 'memory'?" in capsys.readouterr().err
    assert main(["publish", str(folder), "--repo", "x"]) == 2
    assert "must be ORG/NAME" in capsys.readouterr().err


def test_row_hashes_see_order_type_and_missing_values() -> None:
    rows: list[dict[str, Any]] = [{"a": 1, "b": None}, {"a": 2, "b": "x"}]
    whole = hash_rows([rows])
    assert whole == hash_rows([rows[:1], rows[1:]]) == hash_rows([[{"b": None, "a": 1}, rows[1]]])
    for other in ([rows[1], rows[0]], [rows[0]], [{"a": 1.0, "b": None}, rows[1]], [{"a": 1}, rows[1]]):
        assert hash_rows([other]) != whole


def test_a_tag_can_name_the_day_or_the_content() -> None:
    tag = PublishOptions(repo="a/b", tag="{date}-{content}").tag_for("0123456789abcdef")
    assert tag.endswith("-0123456789ab") and tag.startswith("20")


def test_a_folder_of_a_version_can_be_published_again_elsewhere(folder: Path, tmp_path: Path) -> None:
    assert main(["publish", str(folder), "--to", str(tmp_path / "a")]) == 0
    version = (tmp_path / "a" / "latest").resolve()
    assert main(["publish", str(version), "--to", str(tmp_path / "b")]) == 0
    assert (tmp_path / "b" / "latest").resolve().name == version.name
    shutil.rmtree(tmp_path / "a")
