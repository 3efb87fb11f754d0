"""A model's folder: what is refused before any work, and what its fingerprint is of."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generators.engines.local.folder import find_model
from generators.engines.transformers_local import TransformersLocal
from schemas.exceptions import ConfigError
from tests.generators.engines.tiny_llama import make_tiny_llama


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    return make_tiny_llama(tmp_path_factory.mktemp("llama"))


def test_the_fingerprint_is_of_the_content_and_not_of_the_name(folder: Path, tmp_path: Path) -> None:
    def fingerprint(path: Path) -> str:
        return find_model(str(path), None, False).fingerprint

    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "README.md").write_text("a card")
    assert fingerprint(copy) == fingerprint(folder)
    template = copy / "chat_template.jinja"
    template.write_text(template.read_text() + " ")
    assert fingerprint(copy) != fingerprint(folder)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("config.json", "no config.json"),
        ("tokenizer.json", "no tokenizer files"),
        ("model.safetensors", "no .safetensors weights"),
        ("chat_template.jinja", "no chat template"),
    ],
)
def test_a_folder_that_lacks_a_part_is_refused_before_any_work(
    folder: Path, tmp_path: Path, missing: str, message: str
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / missing).unlink()
    with pytest.raises(ConfigError, match=message):
        TransformersLocal(model=str(copy)).check()


def test_a_model_that_is_nowhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for model in (str(tmp_path / "none"), "./none", "none"):
        with pytest.raises(ConfigError, match="neither a folder"):
            TransformersLocal(model=model).check()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match="not in the cache"):
        TransformersLocal(model="nobody/nothing-at-all").check()


def test_damaged_weights_are_a_config_error(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "model.safetensors").write_bytes(b"junk")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        TransformersLocal(model=str(copy)).open()


def test_checking_a_folder_imports_neither_torch_nor_transformers(folder: Path) -> None:
    program = (
        "import sys, json; from generators.engines.transformers_local import TransformersLocal as T;"
        f"T(model={json.dumps(str(folder))}).check();"
        "print([m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    root = Path(__file__).parents[3]
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert (found.stdout.strip(), found.stderr) == ("[]", "")
