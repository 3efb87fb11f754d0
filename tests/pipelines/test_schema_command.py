"""The config's JSON Schema: what editors and Prefect know of a config."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from generators.engines.base import ENGINES
from generators.recipes.base import RECIPES
from generators.sources.base import SOURCES
from pipelines.cli import main
from pipelines.config import RUNS, BuildConfig
from tests.commands import ROOT

jsonschema = pytest.importorskip("jsonschema")  # it comes with Prefect

LEAST: dict[str, Any] = {"sources": [{"type": "procedural"}], "recipes": [{"type": "lemma"}]}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return BuildConfig.model_json_schema()


def objections(schema: dict[str, Any], config: object) -> list[str]:
    """Where the schema objects to a config."""
    return sorted(error.json_path for error in jsonschema.Draft202012Validator(schema).iter_errors(config))


def test_the_command_prints_the_schema_whole(
    schema: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(printed)
    assert printed.pop("$schema").endswith("2020-12/schema") and printed == schema
    for family in (SOURCES, ENGINES, RECIPES):
        for name in family.names():
            for option in family.find(name).model_fields.values():
                assert json.dumps(option.description or "", ensure_ascii=True)[1:-1] in json.dumps(printed), (
                    name
                )


@pytest.mark.parametrize("path", sorted(RUNS.glob("*.yaml")), ids=lambda path: path.name)
def test_every_ready_config_is_one_by_the_schema(schema: dict[str, Any], path: Path) -> None:
    assert objections(schema, yaml.safe_load(path.read_text(encoding="utf-8"))) == []


def test_the_deployment_for_workers_is_the_demo(schema: dict[str, Any]) -> None:
    (nightly,) = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    config = nightly["parameters"]["config"]
    assert config == yaml.safe_load((RUNS / "demo.yaml").read_text(encoding="utf-8"))
    assert objections(schema, config) == [] and nightly["enforce_parameter_schema"] is True


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({}, []),
        ({"recipes": [{"type": "lema"}]}, ["$.recipes[0]"]),
        ({"recipes": [{"type": "lemma", "mistakes": "many"}]}, ["$.recipes[0]"]),
        ({"recipes": [{"type": "lemma", "mistake": 2}]}, ["$.recipes[0]"]),
        ({"recipes": []}, ["$.recipes"]),
        ({"limit": -3}, ["$.limit"]),
        ({"recepies": [{"type": "lemma"}]}, ["$"]),
        ({"run": {"tasks": {"retries": 21}}}, ["$.run.tasks.retries"]),
        ({"policy": {"engine": {"type": "scripted", "modell": "x"}}}, ["$.policy"]),
        ({"policy": {"engine": {"type": "scripted", "model": "x"}, "samples": 0}}, ["$.policy"]),
        ({"critic": {"engine": "policy"}}, []),
        ({"publish": {"repo": "team/data", "privat": True}}, ["$.publish"]),
        ({"gates": [{"type": "rows", "least": -1}]}, ["$.gates[0]"]),
    ],
)
def test_what_is_wrong_is_found_where_it_stands(
    schema: dict[str, Any], change: dict[str, Any], where: list[str]
) -> None:
    assert objections(schema, {**LEAST, **change}) == where
