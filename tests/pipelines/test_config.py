"""Bad input is refused before any work, by the value, what was expected and the next step."""

import json
from pathlib import Path

import pytest

from pipelines.config import RUNS
from pipelines.config_file import first_difference, load
from schemas.exceptions import ConfigError
from tests.commands import corrigenda
from tests.world import write_world


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), 3)


BAD_VALUES = [
    ("recipes.0.type=lema", "no recipe is called 'lema'; did you mean 'lemma'?"),
    ("recipes.0.mistaks=2", "recipes.0.mistaks: unknown key 'mistaks'; did you mean 'mistakes'?"),
    ("recipes.0.mistakes=many", "recipes.0.mistakes: Input should be a valid integer"),
    ("polcy={}", "polcy: unknown key 'polcy'; did you mean 'policy'?"),
    ("policy.sampling.temprature=1", "did you mean 'temperature'?"),
    ("policy.samples=0", "policy.samples: Input should be greater than or equal to 1"),
    ("policy.engine={type: vlm}", "no engine is called 'vlm'"),
    ("policy.engine={model: x}", "policy.engine: `type` is missing"),
    ("policy.engine={type: transformers_local, model: ./no-such-folder}", "no-such-folder"),
    ("sources.0.paths=[nothing.jsonl]", "nothing.jsonl"),
    ("sources.0.type=jsonll", "no source is called 'jsonll'; did you mean 'jsonl'?"),
    ("sources.0.statement=questoin", "questoin"),
    ("filters=[{type: shap}]", "no filter is called 'shap'; did you mean 'shape'?"),
    ("policy=null", "a build needs attempts"),
    ("sources.5.name=x", "sources has 1 entries"),
    ("no-sign", "--set takes key=value"),
    ("recipes.0.mistakes=-1", "recipes.0.mistakes: Input should be greater than or equal to 0"),
    ("recipes.0.weights.mistakes=0", "no segment is a 'mistakes'; did you mean 'mistake'?"),
    ("recipes.0.weights.mistake=-1", "the weight of 'mistake' must be a number from 0"),
    ("policy.sampling.temperature=-1", "policy.sampling.temperature: Input should be greater than"),
    ("policy.sampling.top_p=0", "policy.sampling.top_p: Input should be greater than 0"),
    ("policy.sampling.max_tokens=0", "policy.sampling.max_tokens: Input should be greater than"),
    ("locate.continuations=-2", "locate.continuations: Input should be greater than"),
    ("prompt.user=Solve it.", "as {statement}"),
    ("data_dir=[a", "--set data_dir: '[a' is not YAML"),
    ("recipes=[{type: lemma}, {type: lemma}]", "each recipe may stand once"),
    ("data_dir=/no/such/folder", "/no/such/folder"),
]


@pytest.mark.parametrize(("change", "message"), BAD_VALUES, ids=[c for c, _ in BAD_VALUES])
def test_a_bad_value_is_named(config: Path, tmp_path: Path, change: str, message: str) -> None:
    done = corrigenda("build", config, "--out", tmp_path / "o", "--set", change)
    assert done.returncode == 2, done.stdout + done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "o" / "data").exists()


def test_an_out_that_is_a_file_is_a_clear_error(config: Path, tmp_path: Path) -> None:
    (tmp_path / "o").write_text("mine")
    done = corrigenda("build", config, "--out", tmp_path / "o")
    assert done.returncode == 2
    assert str(tmp_path / "o") in done.stderr and "Traceback" not in done.stderr


def test_set_reaches_into_a_role_that_is_null(config: Path) -> None:
    made = load(config, ["teacher=null", "teacher.engine={type: scripted, replies: {}, otherwise: x}"])
    assert made.teacher is not None


def test_weighing_one_kind_does_not_unmask_another(config: Path) -> None:
    recipe = load(config, ["recipes.1.weights.verdict=0.5"]).recipes_made()[1]
    assert recipe.weights == {"mistake": 0.0, "verdict": 0.5}


def test_a_model_folder_without_a_tokenizer_is_refused(config: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    change = f"policy.engine={{type: transformers_local, model: {tmp_path / 'model'}}}"
    done = corrigenda("build", config, "--out", tmp_path / "o", "--set", change)
    assert done.returncode == 2
    assert "tokenizer" in done.stderr


def test_an_empty_file_is_refused(config: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    done = corrigenda(
        "build", config, "--out", tmp_path / "o", "--set", f"sources.0.paths=[{tmp_path}/empty.jsonl]"
    )
    assert done.returncode == 2
    assert "empty.jsonl" in done.stderr and "empty" in done.stderr


def test_a_missing_column_names_the_near_one(config: Path, tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"questions": "1+1?", "answer": "2"}\n')
    done = corrigenda(
        "build", config, "--out", tmp_path / "o", "--set", f"sources.0.paths=[{tmp_path}/p.jsonl]"
    )
    assert done.returncode == 2
    assert "'question'" in done.stderr and "'questions'" in done.stderr


def test_a_bad_line_is_counted_with_its_number_and_costs_no_other(config: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    good = (config.parent / "problems.jsonl").read_text().splitlines()
    (tmp_path / "p.jsonl").write_text("\n".join([good[0], '{"question": "tor', good[1], good[1], ""]))
    out = tmp_path / "o"
    done = corrigenda("build", config, "--out", out, "--set", f"sources.0.paths=[{tmp_path}/p.jsonl]")
    assert done.returncode == 0, done.stderr
    dropped = pq.read_table(out / "dropped" / "planning.parquet").to_pylist()
    assert [(d["reason"], d["where"].rpartition(":")[2]) for d in dropped] == [
        ("bad_json", "2"),
        ("duplicate_id", "4"),
    ]
    assert json.loads((out / "manifest.json").read_text())["counts"]["problems"] == 2


def test_a_folder_with_other_things_in_it_is_not_touched(config: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = corrigenda("build", config, "--out", tmp_path)
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("path", sorted(RUNS.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_ready_config_is_valid(path: Path) -> None:
    local = ["policy.engine.model=embedded"] if path.stem == "gsm8k-policy" else []
    assert load(path, local).recipes_made()


def test_the_first_difference_is_named_by_its_path() -> None:
    assert first_difference({"a": [{"b": 1}]}, {"a": [{"b": 2}]}) == "a.0.b: was 1, is 2"
    assert first_difference({"a": 1}, {"a": 1, "b": 2}) == "b: was 'absent', is 2"
    assert first_difference({"a": 1}, {"a": 1}) is None


@pytest.mark.parametrize(
    "engine",
    [
        "urls: ['htp://me:sk-SECRET@127.0.0.1/v1']",
        "urls: http://me:sk-SECRET@127.0.0.1/v1",
        "urls: ['http://me:sk-SECRET@127.0.0.1/v1']",
        "urls: ['http://127.0.0.1/v1?api_key=sk-SECRET']",
        "urls: ['http://127.0.0.1/v1'], key_env: sk-SECRET",
    ],
)
def test_a_key_in_the_wrong_place_is_refused_and_not_printed(config: Path, engine: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(config, [f"policy.engine={{type: openai_server, model: m, {engine}}}"])
    assert "SECRET" not in str(error.value)
