"""`corrigenda plan`: what it says before a build is what the build then does."""

import json
from pathlib import Path

import pytest

from pipelines.config_file import load
from pipelines.preflight import Preflight, preflight
from schemas.exceptions import ConfigError, EngineError
from tests.building import built
from tests.commands import corrigenda
from tests.generators.engines.tiny_llama import make_tiny_llama
from tests.world import Jars, write_world

COUNT = 12


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), COUNT)


def ahead_of(config: Path, *changes: str, probe: int = 0, out: Path | None = None) -> Preflight:
    return preflight(load(config, list(changes)), probe, out)


def test_a_probe_of_all_problems_foretells_the_build_exactly(config: Path, tmp_path: Path) -> None:
    ahead = ahead_of(config, probe=COUNT, out=tmp_path / "o")
    assert ahead.probe is not None and ahead.problems == {"jars": COUNT}
    samples = sum(stage.samples.expected for stage in ahead.stages)
    assert ahead.probe.bought == samples
    assert all(stage.samples.low == stage.samples.high for stage in ahead.stages)
    outcome = built(config, tmp_path / "o")
    assert outcome.spent["bought"] == 0  # what the probe bought stays bought
    assert outcome.spent["total_requests"] == samples
    tokens = sum(s.tokens.expected + s.prompt_tokens.expected for s in ahead.stages)
    assert outcome.spent["total_tokens"] == tokens


def test_stages_are_named_after_who_asks(config: Path) -> None:
    ahead = ahead_of(config, probe=COUNT)
    # Where two stages want the same completion it is bought for the first that asks: a repair's may be locating's.
    named = {(s.role, s.stage) for s in ahead.stages} - {("policy", "repair")}
    assert named == {("policy", name) for name in ("attempts", "locate", "stepwise_correction")}
    attempts = ahead.stages[0]
    assert attempts.stage == "attempts" and attempts.samples == (7 * COUNT, 7 * COUNT, 7 * COUNT)
    assert attempts.tokens.low == attempts.tokens.expected == attempts.tokens.high  # all problems were built
    some = ahead_of(config, probe=COUNT // 2).stages[0]
    assert some.tokens.low < some.tokens.expected < some.tokens.high
    assert any("not kept" in warning for warning in ahead.warnings)


def test_without_a_probe_no_model_is_asked(config: Path) -> None:
    ahead = ahead_of(config)
    assert ahead.probe is None and ahead.seconds is None
    assert [(s.stage, s.requests.expected, s.samples.expected) for s in ahead.stages] == [
        ("attempts", COUNT, 7 * COUNT)
    ]
    assert ahead.stages[0].tokens.high == 7 * COUNT * 512
    lengths = [len(f"<|im_start|>user\n{Jars(i).problem.statement}") for i in range(COUNT)]
    assert ahead.prompts is not None and ahead.prompts.longest > max(lengths)


def test_what_the_journal_holds_is_known(config: Path, tmp_path: Path) -> None:
    journal = f"run.journal={tmp_path / 'j'}"
    built(config, tmp_path / "o", journal, "policy.samples=3", "recipes=[{type: verifier_pairs}]")
    ahead = ahead_of(config, journal)
    assert (ahead.attempts, ahead.journaled) == (7 * COUNT, 3 * COUNT)


def test_prices_and_budget_are_held_against_what_is_expected(config: Path) -> None:
    ahead = ahead_of(
        config, "run.prices={policy: {in: 1.0, out: 2.0}}", "run.budget.tokens=5000000", probe=COUNT
    )
    read = sum(s.prompt_tokens.expected for s in ahead.stages)
    written = sum(s.tokens.expected for s in ahead.stages)
    assert ahead.cost["policy"].expected == pytest.approx((read + 2 * written) / 1e6)
    assert not any("budget" in warning for warning in ahead.warnings)
    tight = ahead_of(config, "run.budget.requests=20")
    assert any("run.budget.requests is 20" in warning and "84" in warning for warning in tight.warnings)


def test_a_context_too_short_is_refused_before_anything_is_asked(config: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    model = make_tiny_llama(tmp_path)
    engine = f"policy.engine={{type: transformers_local, model: {model}}}"
    with pytest.raises(ConfigError, match=r"the longest prompt has \d+ tokens.*context of [\d,]+"):
        ahead_of(config, engine, "policy.sampling.max_tokens=100000")
    assert ahead_of(config, engine, "policy.sampling.max_tokens=8").prompts is not None


def test_a_probe_that_fails_whole_says_why(config: Path, tmp_path: Path) -> None:
    fail = json.dumps([Jars(i).problem.statement for i in range(COUNT)])
    with pytest.raises(EngineError, match="every problem of the probe failed; the first: scripted is told"):
        ahead_of(config, f"policy.engine.fail={fail}", probe=3)


def test_the_command_prints_a_table_or_json(config: Path) -> None:
    table = corrigenda("plan", config, "--probe", 4)
    assert table.returncode == 0, table.stderr
    assert "Problems: 12 (jars 12)" in table.stdout and "stepwise" in table.stdout
    printed = corrigenda("plan", config, "--probe", 0, "--json")
    assert json.loads(printed.stdout)["attempts"] == 84
    missing = corrigenda("plan", config, "--set", "policy.engine.replies=/no/such/file")
    assert missing.returncode == 2 and "there is no file" in missing.stderr


def test_problems_in_reserve_for_targets_are_no_part_of_the_first_round(config: Path, tmp_path: Path) -> None:
    targets = ("limit=3", "targets={cells: [{recipe: stepwise_correction, rows: 1}], rounds: 4}")
    ahead = ahead_of(config, *targets, probe=COUNT, out=tmp_path / "o")
    assert ahead.problems == {"jars": 3} and ahead.attempts == 21
    assert any("up to 12 problems with 28 samples each" in warning for warning in ahead.warnings)
    assert built(config, tmp_path / "o", *targets).spent["bought"] == 0
    enough = ahead_of(config, "targets={cells: [{recipe: stepwise_correction, rows: 1}], rounds: 0}")
    assert not enough.warnings


def test_the_context_that_a_config_states_is_held_against_prompts(config: Path, tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    model = make_tiny_llama(tmp_path)
    served = f"type: openai_server, urls: ['http://127.0.0.1:9'], model: {model}"
    with pytest.raises(ConfigError, match=r"the model's context of 70"):
        ahead_of(config, f"policy.engine={{{served}, context: 70}}")
    chat = ahead_of(config, f"policy.engine={{{served}, context: 70, api: chat}}")
    assert any("policy: no tokenizer is known" in warning for warning in chat.warnings)
