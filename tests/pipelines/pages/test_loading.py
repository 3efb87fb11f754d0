"""The card's code runs, and masks what the spans mask."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.commands import ROOT
from tests.pipelines.pages.conftest import Dataset

pytest.importorskip("transformers")

EMBEDDED = str(ROOT / "generators" / "engines" / "embedded")

Ran = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="module")
def ran(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The folder in which all code of the card ran that needs no trainer, and the names it left."""
    import datasets

    out = dataset[0]
    folder = tmp_path_factory.mktemp("ran")
    blocks = [
        t.content
        for t in MarkdownIt("commonmark").parse((out / "README.md").read_text(encoding="utf-8"))
        if t.type == "fence" and t.info == "python"
    ]
    assert len(blocks) >= 7
    left: dict[str, Any] = {}
    before, cache = Path.cwd(), datasets.config.HF_DATASETS_CACHE
    try:
        os.chdir(folder)
        datasets.config.HF_DATASETS_CACHE = folder / "cache"
        datasets.disable_progress_bars()
        for block in blocks:
            code = block.replace('"your/model"', repr(EMBEDDED)).replace('DATA = "."', f"DATA = {str(out)!r}")
            if "from trl" not in code:
                exec(compile(code, "card", "exec"), left)
    finally:
        os.chdir(before)
        datasets.config.HF_DATASETS_CACHE = cache
        datasets.enable_progress_bars()
    return folder, left


def _train(dataset: Dataset) -> list[str]:
    """Ids of the training rows."""
    import pyarrow.parquet as pq

    out, manifest, _ = dataset
    paths = [out / f.path for f in manifest.files if (f.table, f.split) == ("sft", "train")]
    return [value for path in paths for value in pq.read_table(path, columns=["id"])["id"].to_pylist()]


def test_labels_are_what_the_spans_learn(dataset: Dataset, ran: Ran) -> None:
    tokenizer, tokenised = ran[1]["tokenizer"], ran[1]["tokenised"]
    assert tokenised.num_rows == len(_train(dataset)) > 0
    masked = 0
    for row, made in zip(ran[1]["sft"], tokenised, strict=True):
        ids = tokenizer.apply_chat_template(row["messages"], tokenize=True, return_dict=False)
        assert made["input_ids"] == ids and len(made["labels"]) == len(made["attention_mask"]) == len(ids)
        learnt = tokenizer.decode([t for t in made["labels"] if t != -100])
        wanted = ""
        for number, message in enumerate(row["messages"]):
            own = [s for s in row["spans"] if s["message"] == number]
            wanted += "".join(message["content"][s["start"] : s["end"]] for s in own if s["weight"])
            wanted += "<|im_end|>" if own and own[-1]["weight"] else ""
        assert learnt == wanted
        masked += any(s["weight"] == 0 for s in row["spans"])
    assert masked


def test_pairs_begin_where_their_sides_part(ran: Ran) -> None:
    shared = 0
    for row, made in zip(ran[1]["pairs"], ran[1]["dpo"], strict=True):
        for side in ("chosen", "rejected"):
            assert made["prompt"].endswith(row[side][0]["content"][: row["shared_prefix"]])
            assert (
                made["prompt"] + made[side]
                == made["prompt"][: -row["shared_prefix"] or None] + row[side][0]["content"]
            )
        shared += row["shared_prefix"] > 0
    assert shared


@pytest.mark.parametrize("trainer", ["axolotl", "swift"])
def test_split_messages_join_back_to_the_row(ran: Ran, trainer: str) -> None:
    lines = (ran[0] / f"{trainer}.jsonl").read_text(encoding="utf-8").splitlines()
    for line, row in zip(lines, ran[1]["sft"], strict=True):
        said = json.loads(line)["messages"]
        if trainer == "axolotl":
            texts = ["".join(p["text"] for p in m["content"]) for m in said]
            assert texts == [m["content"] for m in row["messages"]]
            flags = [p["train"] for m in said if m["role"] == "assistant" for p in m["content"]]
        else:
            assert "".join(m["content"] for m in said) == "".join(m["content"] for m in row["messages"])
            flags = [m["loss_scale"] > 0 for m in said if m["role"] == "assistant"]
        assert flags == [s["weight"] > 0 for s in row["spans"]]


def test_what_the_others_read_is_written(ran: Ran) -> None:
    from datasets import load_from_disk
    from pyarrow import parquet

    assert load_from_disk(str(ran[0] / "factory"))["train"].column_names == [
        "input_ids",
        "attention_mask",
        "labels",
    ]
    whole = parquet.read_table(ran[0] / "verl-sft.parquet").to_pylist()
    assert whole and all(s["weight"] > 0 for row in whole for s in row["spans"])
    problems = parquet.read_table(ran[0] / "verl-rl.parquet").to_pylist()
    assert len({p["prompt"][0]["content"] for p in problems}) == len(problems) > 0
    assert all(p["reward_model"]["ground_truth"] for p in problems)


def test_every_config_loads_with_the_sizes_the_card_says(dataset: Dataset, tmp_path: Path) -> None:
    import datasets

    out, manifest, _ = dataset
    for table in ("preference", "stepwise", "attempts"):
        loaded = datasets.load_dataset(str(out), table, cache_dir=str(tmp_path))
        counted = {f.split: f.rows for f in manifest.files if f.table == table}
        assert {split: part.num_rows for split, part in loaded.items()} == counted
        assert all(part.info.splits[split].num_bytes > 0 for split, part in loaded.items())
