"""What the vllm engine's options say without vLLM."""

import importlib.util
import json
from pathlib import Path

import pydantic
import pytest

from generators.engines.local.folder import EMBEDDED
from generators.engines.transformers_local import TransformersLocal
from generators.engines.vllm import Vllm
from generators.engines.vllm_inside.config import ends_of
from generators.engines.vllm_inside.lora import lora_fingerprint, lora_rank
from schemas.exceptions import ConfigError


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dtype", "outside engine_args"),
        ("logprobs_mode", "set by the engine"),
        ("quantization", "another model of the same folder"),
    ],
)
def test_engine_arguments_that_would_break_the_contract_are_refused(name: str, reason: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=f"{name}.*{reason}"):
        Vllm(model="embedded", engine_args={name: "x"})


def test_without_vllm_the_next_step_is_named() -> None:
    if importlib.util.find_spec("vllm") is not None:
        pytest.skip("vLLM is installed")
    with pytest.raises(ConfigError, match=r"pip install 'corrigenda\[vllm\]'"):
        Vllm(model="embedded").open()


def test_an_adapter_is_checked_and_tells_itself_in_the_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"adapter_config\.json"):
        Vllm(model="embedded", adapter=tmp_path).check()
    config = {"peft_type": "LORA", "r": 4, "rank_pattern": {"q_proj": 16}}
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    (tmp_path / "adapter_model.safetensors").write_bytes(b"one")
    Vllm(model="embedded", adapter=tmp_path).check()
    assert lora_rank(tmp_path) == 16
    first = lora_fingerprint("base", tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(b"two")
    assert len({"base", first, lora_fingerprint("base", tmp_path), lora_fingerprint("other", tmp_path)}) == 4
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": "IA3"}))
    with pytest.raises(ConfigError, match="IA3"):
        Vllm(model="embedded", adapter=tmp_path).check()


def test_ends_come_from_all_config_files(tmp_path: Path) -> None:
    assert ends_of(EMBEDDED, None) == (2,)
    (tmp_path / "generation_config.json").write_text('{"eos_token_id": [7, 5]}')
    nested = {"eos_token_id": None, "text_config": {"eos_token_id": 9, "torch_dtype": "float32"}}
    (tmp_path / "config.json").write_text(json.dumps(nested))
    assert ends_of(tmp_path, 5) == (5, 7, 9)


def test_another_number_format_is_another_model() -> None:
    stored = Vllm(model="embedded").open_for_replay()
    assert Vllm(model="embedded", dtype="bfloat16").open_for_replay().fingerprint == stored.fingerprint
    other = Vllm(model="embedded", dtype="float32").open_for_replay()
    assert other.fingerprint != stored.fingerprint
    local = TransformersLocal(model="embedded", dtype="float32").open_for_replay()
    assert other.fingerprint == local.fingerprint
