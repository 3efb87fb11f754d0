"""`corrigenda diff` as a person runs it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.diff.compare import difference
from pipelines.diff.markdown import to_markdown
from tests.pipelines.diff.versions import COUNT, Versions


@pytest.fixture
def pair(versions: Versions) -> tuple[str, str]:
    return str(versions("base")), str(versions("more_problems", count=COUNT + 2))


def test_it_prints_counts_and_reasons(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *pair, "--rows", "1"]) == 0
    said = capsys.readouterr().out
    assert f"problems: {COUNT} before, {COUNT + 2} now" in said
    assert "new_problem: the older version has no row of the problem" in said
    assert "── added, new_problem: " in said and said.count("── ") == 1
    assert "No problem that is or was held out came into train." in said
    assert main(["diff", pair[0], pair[0]]) == 0
    assert "The same rows in the same splits." in capsys.readouterr().out


def test_json_holds_everything(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *pair, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert set(content["reasons"]["added"]) == {"new_problem"} and content["empty"] is False
    assert sum(g["rows"] for g in content["groups"]) == content["reasons"]["added"]["new_problem"]


def test_markdown_is_a_section_of_a_card(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *pair, "--markdown"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("## What changed since ")
    assert re.search(r"\| added \| new\\_problem \| \d+ \|", said)
    heads = [line for line in said.split("\n") if line.startswith("|")]
    assert all(line.endswith("|") for line in heads)
    found = difference(Path(pair[0]), Path(pair[1]), rows=1)
    assert to_markdown(found, since="v1").startswith("## What changed since v1\n")
    assert to_markdown(found).startswith("## What changed since jars b-") and "```diff\n" in to_markdown(
        found
    )


def test_folders_that_hold_no_dataset_are_refused(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    for name, content in (("torn", "{"), ("list", "[]"), ("short", "{}")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(content, encoding="utf-8")
    for name, path, text in (
        ("gone", "data/sft", None),
        ("text", "data/sft", "no Parquet"),
        ("lost", "dropped", "no"),
    ):
        shutil.copytree(pair[0], tmp_path / name, ignore=shutil.ignore_patterns("work"))
        file = next((tmp_path / name / path).glob("*.parquet"))
        file.unlink() if text is None else file.write_text(text, encoding="utf-8")
    for name, said in (
        ("empty", "no manifest.json"),
        ("torn", "cannot be read as a manifest"),
        ("list", "cannot be read as a manifest"),
        ("short", "cannot be read as a manifest"),
        ("gone", "is not whole"),
        ("text", "cannot be read as Parquet"),
        ("lost", "cannot be read as a table of dropped rows"),
    ):
        assert main(["diff", pair[0], str(tmp_path / name)]) == 2
        error = capsys.readouterr().err
        assert said in error and name in error, (name, error)
