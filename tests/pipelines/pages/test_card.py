"""The card says what the dataset is, as the Hub reads it, whatever the texts hold."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from pipelines.card import write_card
from pipelines.card.licences import hub_licence, licence_metadata
from pipelines.dataset import rows
from schemas.arrow import TABLES, schema
from schemas.manifest import GateResult, Manifest
from tests.building import built
from tests.pipelines.pages.conftest import Dataset
from tests.pipelines.pages.made import HOSTILE, RECIPES, attacked
from tests.world import Jars, write_world

MARKDOWN = MarkdownIt("commonmark").enable("table")


def card_of(out: Path) -> tuple[dict[str, Any], str]:
    """Metadata and text of a card."""
    _, header, body = re.split(
        r"^---\n", (out / "README.md").read_text(encoding="utf-8"), maxsplit=2, flags=re.M
    )
    return yaml.safe_load(header), body


def written(dataset: Dataset, manifest: Manifest) -> str:
    """The text of the card that another manifest of the same shards gives; the dataset's own is put back."""
    out, own, recipes = dataset
    write_card(out, manifest, recipes)
    text = card_of(out)[1]
    write_card(out, own, recipes)
    return text


@pytest.fixture
def copy(dataset: Dataset, tmp_path: Path) -> Iterator[Path]:
    """The dataset in another folder, without its card."""
    shutil.copytree(dataset[0], tmp_path / "copy", ignore=shutil.ignore_patterns("work", "README.md"))
    yield tmp_path / "copy"


def test_every_recipe_of_the_build_has_a_real_row(dataset: Dataset) -> None:
    out, _, _ = dataset
    tokens = MARKDOWN.parse(card_of(out)[1])
    blocks = [t.content for t in tokens if t.type == "fence" and t.info == "text"]
    titles = [t.content for t in tokens if t.type == "inline" and t.content.startswith("**`")]
    assert [re.match(r"\*\*`(\w+)`", title)[1] for title in titles] == list(RECIPES)  # type: ignore[index]
    assert len(blocks) == len(RECIPES)
    starts = {r["messages"][0]["content"].split("\n")[0] for r in rows(out, "sft")}
    starts |= {r["prompt"][0]["content"].split("\n")[0] for r in rows(out, "preference")}
    starts |= {r["prompt"] for r in rows(out, "stepwise")}
    for block in blocks:
        assert len(block.split("\n")) <= 21
        assert block.split("\n")[0].removeprefix("user: ") in starts


def test_masked_and_learnt_text_are_told_apart(dataset: Dataset) -> None:
    text = card_of(dataset[0])[1]
    assert "[mistake, masked]Step 1: " in text and "[correction]" in text
    assert "\n- Step " in text and "chosen:\n[" in text


def test_the_sections_stand_in_their_order(dataset: Dataset) -> None:
    titles = re.findall(r"^## (.+)$", card_of(dataset[0])[1], re.M)
    assert titles == [
        "How it was made", "Funnel", "Distributions", "Verification", "Contamination",
        "Masks, with a row of each recipe", "Licences and terms", "Known limits", "Loading it in trainers", "Citation",
    ]  # fmt: skip


def test_the_numbers_are_those_of_the_data(dataset: Dataset) -> None:
    out, manifest, _ = dataset
    text = card_of(out)[1]
    sft = list(rows(out, "sft"))
    assert f"| `sft` | {len(sft):,} |" in text
    mine = [
        r for t in ("sft", "preference", "stepwise") for r in rows(out, t) if r["recipe"] == "introspection"
    ]
    right = sum(r["error_kind"] == "none" for r in mine)
    assert (
        f"| `introspection` | {len(mine)} | {len(mine)} | {right / len(mine):.0%}".replace("%", " %") in text
    )
    attempts = [r for r in rows(out, "attempts") if not r["recipe"]]
    wrong = sum(r["verdict"] == "wrong" for r in attempts)
    assert f"| ↳ wrong | {wrong} |" in text and manifest.counts["attempts.wrong"] == wrong


def test_the_metadata_is_what_the_hub_reads(dataset: Dataset) -> None:
    from huggingface_hub import DatasetCard

    out, manifest, _ = dataset
    data = DatasetCard.load(out / "README.md").data.to_dict()
    assert data["license"] == "apache-2.0" and data["pretty_name"] == "jars"
    assert [c["config_name"] for c in data["configs"]] == list(TABLES)
    assert [c.get("default") for c in data["configs"]] == [True, None, None, None]
    for info in data["dataset_info"]:
        files = [f for f in manifest.files if f.table == info["config_name"]]
        assert sum(s["num_examples"] for s in info["splits"]) == sum(f.rows for f in files)
        assert info["download_size"] == sum(f.bytes for f in files)


def test_the_features_are_those_that_datasets_would_write(dataset: Dataset) -> None:
    from datasets import Features

    for info in card_of(dataset[0])[0]["dataset_info"]:
        assert info["features"] == Features.from_arrow_schema(schema(info["config_name"]))._to_yaml_list()


def test_the_same_dataset_gives_the_same_card_in_any_folder(dataset: Dataset, copy: Path) -> None:
    out, manifest, recipes = dataset
    write_card(copy, manifest, recipes)
    assert (copy / "README.md").read_bytes() == (out / "README.md").read_bytes()
    assert str(out.parent) not in (out / "README.md").read_text()


def test_no_text_breaks_the_card(dataset: Dataset, copy: Path) -> None:
    _, manifest, recipes = dataset
    write_card(copy, attacked(copy, manifest), recipes)
    header, body = card_of(copy)
    assert header["pretty_name"] == HOSTILE[2] and header["license"] == "other"
    tokens, own = MARKDOWN.parse(body), MARKDOWN.parse(card_of(dataset[0])[1])

    def outline(found: list[Any]) -> list[str]:
        heads = [
            found[i + 1].content for i, t in enumerate(found) if t.type == "heading_open" and t.tag == "h2"
        ]
        return heads

    assert outline(tokens) == outline(own)
    for token in tokens:
        if token.type == "html_block":
            assert re.fullmatch(r"(</?details>|<summary>\d+ lines</summary>|\s)+", token.content), (
                token.content
            )
        for child in token.children or []:
            assert child.type not in ("html_inline", "link_open", "image"), child
    blocks = [t for t in tokens if t.type == "fence"]
    assert len(blocks) == len([t for t in own if t.type == "fence"])


def test_a_model_without_stated_terms_is_named(dataset: Dataset) -> None:
    manifest = dataset[1]
    teacher = {"model": "big-model", "fingerprint": "f" * 64, "sampling": "{}", "id": "m-1"}
    models = {**manifest.models, "teacher": teacher}
    config = {**manifest.config, "teacher": {"engine": {"type": "openai_server"}}}
    unstated = replace(manifest, models=models, config=config)
    assert (
        "teacher `big-model`" in written(dataset, unstated).partition("nobody stated")[2].partition("\n")[0]
    )
    config = {**config, "teacher": {"terms": "no training of rivals", "engine": {"type": "openai_server"}}}
    text = written(dataset, replace(manifest, models=models, config=config))
    assert "no training of rivals" in text
    assert "big-model" not in text.partition("nobody stated")[2].partition("\n")[0]


def test_terms_of_brought_attempts_are_stated_or_asked_for(tmp_path: Path) -> None:
    config = write_world(tmp_path, 3)
    replies = [(Jars(i).problem.id, reply) for i in range(3) for reply in Jars(i).replies()]
    lines = [json.dumps({"problem_id": key, "model": "big|model", "response": said}) for key, said in replies]
    (tmp_path / "brought.jsonl").write_text("\n".join(lines))
    for terms, said in (
        ("", "brought attempts `big|model`"),
        ("CC BY 4.0", "| `attempts` | `big\\|model` | brought | 27 | CC BY 4.0 |"),
    ):
        files = f"attempts=[{{paths: [brought.jsonl], terms: {terms!r}}}]"
        out = tmp_path / f"out{len(terms)}"
        built(config, out, "policy=null", files)
        text = card_of(out)[1]
        assert said in text
        assert ("nobody stated" in text) == (not terms)


def test_gates_and_contamination_are_told_as_they_were_found(dataset: Dataset) -> None:
    manifest = dataset[1]
    text = written(dataset, replace(manifest, gates=()))
    assert "No quality gate was set" in text and "Nothing was checked: whether problems" in text
    gates = (
        GateResult("truth_recheck", True, "100 of 100 rows are right again", {"rows": 100}),
        GateResult("contamination", False, "3 problems overlap with gsm8k", {"overlaps": 3}),
    )
    text = written(dataset, replace(manifest, gates=gates))
    assert "| `truth_recheck` | yes | 100 of 100 rows are right again | rows 100 |" in text
    overlap = text.partition("## Contamination")[2].partition("##")[0]
    assert "| `contamination` | NO | 3 problems overlap with gsm8k | overlaps 3 |" in overlap
    assert "The quality gate `contamination` did not pass: 3 problems overlap with gsm8k" in text
    assert "Nothing was checked for overlap" not in text


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ([], "nothing is proven beyond what the recipes checked"),
        ([{"type": "truth", "check_equations": False}], "Learnt equations were not checked"),
        ([{"type": "truth", "check_equations": True}], "Every right side was proven right"),
    ],
)
def test_only_what_was_proven_is_claimed(dataset: Dataset, filters: list[dict[str, Any]], said: str) -> None:
    manifest = dataset[1]
    assert said in written(dataset, replace(manifest, config={**manifest.config, "filters": filters}))


@pytest.mark.parametrize(
    ("names", "metadata"),
    [
        (["Apache-2.0"], {"license": "apache-2.0"}),
        (["MIT", "CC BY-SA 4.0"], {"license": ["mit", "cc-by-sa-4.0"]}),
        ([""], {"license": "unknown"}),
        ([], {"license": "unknown"}),
        (["mit", "My Own Terms v2"], {"license": ["mit", "other"], "license_name": "my-own-terms-v2"}),
        (["Tërms|x", "b"], {"license": "other", "license_name": "t-rms-x-and-b"}),
    ],
)
def test_licences_are_named_as_the_hub_lists_them(names: list[str], metadata: dict[str, Any]) -> None:
    assert licence_metadata(names) == metadata


@pytest.mark.parametrize("name", ["Apache 2.0", "apache-2.0", "Apache License 2.0", "APACHE-2.0"])
def test_one_licence_in_many_spellings(name: str) -> None:
    assert hub_licence(name) == "apache-2.0"


@pytest.mark.parametrize(
    "recipes",
    ["[{type: self_braking, unchanged: 0, spliced: 0}]", "[{type: step_labels}]", "[{type: step_pairs}]"],
)
def test_a_dataset_of_one_kind_of_rows_or_none_has_card_and_report(tmp_path: Path, recipes: str) -> None:
    out = tmp_path / "out"
    outcome = built(write_world(tmp_path, 3), out, f"recipes={recipes}")
    assert outcome.manifest is not None
    header, text = card_of(out)
    assert [c["config_name"] for c in header["configs"]][-1] == "attempts" and "## Citation" in text
    empty = not any(f.rows for f in outcome.manifest.files if f.table != "attempts")
    assert empty == ("No row of `self_braking` came of this build" in text) == ("self_braking" in recipes)
    assert (out / "report.html").is_file()
