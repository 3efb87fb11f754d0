"""Gates in a build, and on a finished dataset: results, exit codes, and what is kept."""

import json
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.config_file import load
from pipelines.gates.again import read_manifest
from pipelines.gates.commands import GATE_FAILED
from schemas.exceptions import ConfigError
from tests.datasets import Row, rewritten
from tests.world import write_world

SMALL = ("--set", "recipes=[{type: stepwise_correction}]")


def hashes(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in (out / "data").glob("*/*.parquet")}


def test_a_build_writes_everything_says_what_failed_and_ends_with_5(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, out = write_world(tmp_path, 6), tmp_path / "out"
    gates = "gates=[{type: rows, least: 1000000}, {type: truth, rows: 5}]"
    assert main(["build", str(config), "--out", str(out), *SMALL, "--set", gates]) == GATE_FAILED == 5
    said = capsys.readouterr().out
    manifest = read_manifest(out)
    assert [(r.gate, r.passed) for r in manifest.gates] == [("rows", False), ("truth", True)]
    assert all(r.said in said for r in manifest.gates) and "everything is kept" in said
    assert (out / "README.md").is_file() and hashes(out)
    written = hashes(out)

    # The same config again neither works nor examines again, and fails as before.
    assert main(["build", str(config), "--out", str(out), *SMALL, "--set", gates]) == 5
    assert read_manifest(out) == manifest

    # Other gates are no other build: only they are examined.
    other = "gates=[{type: truth, rows: 7}, {type: over_correction}]"
    assert main(["build", str(config), "--out", str(out), *SMALL, "--set", other]) == 0
    assert [r.gate for r in read_manifest(out).gates] == ["truth", "over_correction"]
    assert hashes(out) == written


def test_without_a_word_in_the_config_truth_and_masks_are_looked_at(tmp_path: Path) -> None:
    config, out = write_world(tmp_path, 4), tmp_path / "out"
    assert main(["build", str(config), "--out", str(out), *SMALL]) == 0
    results = read_manifest(out).gates
    assert [(r.gate, r.passed) for r in results] == [("truth", True), ("masks", True)]
    assert results[0].numbers["checked"] > 10 and results[1].numbers["checked"] > 5

    # The same dataset examined again says the same; damaged, it fails, and names the row.
    before = (out / "manifest.json").read_bytes()
    assert main(["gates", str(out)]) == 0
    assert (out / "manifest.json").read_bytes() == before
    damaged: list[str] = []

    def damage(rows: list[Row]) -> list[Row]:
        rows[0]["messages"][-1]["content"] = rows[0]["messages"][-1]["content"].replace("boxed{", "boxed{9")
        rows[0]["spans"][-1]["end"] += 1
        damaged.append(rows[0]["id"])
        return rows

    rewritten(out, "sft", damage)
    assert main(["gates", str(out)]) == 5
    truth = read_manifest(out).gates[0]
    assert not truth.passed and truth.findings[0].startswith(damaged[0])


def test_gates_of_a_file_are_taken_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, out, alone = write_world(tmp_path, 4), tmp_path / "out", tmp_path / "gates.yaml"
    main(["build", str(config), "--out", str(out), *SMALL, "--set", "gates=[]"])
    assert read_manifest(out).gates == ()
    alone.write_text("gates:\n  - {type: unknown, most: 0.5}\n  - {type: rows, least: 100000}\n")
    capsys.readouterr()
    assert main(["gates", str(out), "--config", str(alone)]) == 5
    said = capsys.readouterr().out
    assert "unknown" in said and "FAILED" in said and "stepwise_correction: " in said
    assert [r.gate for r in read_manifest(out).gates] == ["unknown", "rows"]
    assert read_manifest(out).config["gates"][0] == {"type": "unknown", "most": 0.5}
    assert main(["gates", str(out)]) == 5  # those it was examined by last
    assert main(["gates", str(out), "--config", str(config)]) == 2  # its recipes are others
    assert "is not the config that" in capsys.readouterr().err
    assert main(["gates", str(tmp_path)]) == 2
    assert "holds no finished dataset" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("gates", "said"),
    [
        ("[{type: trutth}]", "no gate is called 'trutth'; did you mean 'truth'?"),
        ("[{rows: 5}]", "gates.0: `type` is missing"),
        ("[{type: truth, row: 5}]", "gates.0.row: unknown key 'row'; did you mean 'rows'?"),
        ("[{type: masks, most_straddling: 2}]", "gates.0.most_straddling"),
        ("[{type: contamination, benchmarks: [{paths: [absent.jsonl]}]}]", "absent.jsonl"),
    ],
)
def test_gates_that_cannot_be_are_refused_before_any_work(tmp_path: Path, gates: str, said: str) -> None:
    config = write_world(tmp_path, 1)
    with pytest.raises(Exception, match="(?s)" + said.replace("?", r"\?").replace("`", ".")) as raised:
        load(config, [f"gates={gates}"])
    assert isinstance(raised.value, (ConfigError, ValueError))


def test_gates_are_no_part_of_a_builds_identity(tmp_path: Path) -> None:
    config = write_world(tmp_path, 1)
    assert load(config, ["gates=[]"]).digest() == load(config, ["gates=[{type: truth}]"]).digest()
    assert "gates" not in load(config, []).identity()


def test_attempts_from_files_have_no_tokenizer_and_pass_only_where_they_may(tmp_path: Path) -> None:
    config, out = write_world(tmp_path, 3), tmp_path / "out"
    replies = [json.loads(line) for line in (tmp_path / "replies.jsonl").read_text().splitlines()]
    lines = [
        json.dumps({"question": r["statement"], "response": text, "model": "m"})
        for r in replies
        for text in r["replies"]
    ]
    (tmp_path / "attempts.jsonl").write_text("\n".join(lines) + "\n")
    brought = "attempts=[{paths: [attempts.jsonl], match: statement}]"
    change = ["--set", "policy=null", "--set", brought]
    assert main(["build", str(config), "--out", str(out), *SMALL, *change]) == 0
    masks = read_manifest(out).gates[1]
    assert masks.passed and masks.said.startswith("not checked: the attempts are from files")
    strict = [*change, "--set", "gates=[{type: masks}]"]
    assert main(["build", str(config), "--out", str(out), *SMALL, *strict]) == 5
