"""A model run in another number format than its own is another model."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from generators.engines.local.folder import EMBEDDED, find_model
from generators.engines.local.load import load_model
from generators.engines.local.weights import stored_dtype, with_dtype


@pytest.mark.parametrize("said", [None, "float32", "text_config", "torch_dtype"])
def test_the_stored_format_is_the_one_that_auto_loads(said: str | None, tmp_path: Path) -> None:
    shutil.copytree(EMBEDDED, tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text())
    del config["dtype"]
    if said == "float32":
        config["dtype"] = said
    elif said == "torch_dtype":
        config["torch_dtype"] = "float16"
    elif said == "text_config":
        config["text_config"] = None
    (tmp_path / "config.json").write_text(json.dumps(config))
    model = load_model(find_model(str(tmp_path), None, False), "auto", "cpu", False)
    found = {weights.dtype for weights in model.parameters()}
    assert found == {getattr(torch, stored_dtype(tmp_path) or "")}


def test_only_another_format_changes_the_fingerprint() -> None:
    folder = find_model("embedded", None, False)
    assert with_dtype(folder, "auto") == with_dtype(folder, "bfloat16") == folder
    others = {with_dtype(folder, dtype).fingerprint for dtype in ("float32", "float16")}
    assert len(others | {folder.fingerprint}) == 3
