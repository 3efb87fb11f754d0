"""Three roles, their engines shared where the config says so."""

import json
from pathlib import Path

import pytest

from generators.prompts import locate as texts
from pipelines.config_file import load
from schemas.exceptions import ConfigError
from tests.building import heard
from tests.world import write_world

SHARED = ("critic.engine=policy", "critic.sampling={temperature: 0.0}", "locate.continuations=0")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), 6)


def test_roles_that_share_an_engine_open_it_once(config: Path, tmp_path: Path) -> None:
    outcome, engines = heard(config, tmp_path / "o", "teacher={}", "teacher.engine=policy", *SHARED)
    assert len(engines) == 1
    assert outcome.manifest is not None
    assert list(outcome.manifest.models) == ["policy", "teacher", "critic"]
    assert json.loads(outcome.manifest.models["critic"]["sampling"])["temperature"] == 0.0


def test_equal_options_are_one_engine_and_the_same_build(config: Path, tmp_path: Path) -> None:
    named, spelled = (f"critic.engine={engine}" for engine in ("policy", _policy_engine(config)))
    assert load(config, ["critic={}", named]).digest() == load(config, ["critic={}", spelled]).digest()
    _, engines = heard(config, tmp_path / "o", "critic={}", spelled)
    assert len(engines) == 1


def test_the_critic_judges_in_the_teachers_place(config: Path, tmp_path: Path) -> None:
    other = "{type: scripted, model: critic, otherwise: '{\"wrong\": false}'}"
    _, engines = heard(
        config, tmp_path / "o", "teacher={}", "teacher.engine=policy", "critic={}", f"critic.engine={other}",
        "locate.continuations=0",
    )  # fmt: skip
    asked = {engine.engine.model: [_prompt(r.ids) for r, _ in engine.asked] for engine in engines}
    head = texts.LOCATE.split("{", 1)[0]
    assert any(head in prompt for prompt in asked["critic"])
    assert not any(head in prompt for prompt in asked["scripted"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["critic={}", "critic.engine=polcy"], "did you mean 'policy'"),
        (["critic={}", "critic.engine=critic"], "critic -> critic"),
        (["teacher={}", "teacher.engine=critic", "critic={}", "critic.engine=teacher"], "names no engine"),
        (["critic={}", "critic.engine=teacher"], "is no role of this config"),
        (["run.prices={polcy: {in: 1}}"], "did you mean 'policy'"),
    ],
)
def test_a_role_that_names_no_engine_is_refused(config: Path, changes: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load(config, changes)


def _policy_engine(config: Path) -> str:
    engine = load(config, []).policy
    assert engine is not None
    return json.dumps(engine.engine)


def _prompt(ids: tuple[int, ...]) -> str:
    return "".join(map(chr, ids))
