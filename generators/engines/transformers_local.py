"""transformers_local: a model run in this process by transformers, on the CPU or one GPU.

Good for small models, for machines without a server, and for trying things out; the `vllm` engine
is several times faster on large ones. Each sample has a seed of its own and does not depend on what
else is in its batch (up to the rounding of the model's own arithmetic, which in half precision is
not the same for every batch size).

Speed on one CPU core, a model of 1.4 million weights and answers of 50 to 200 tokens: 7,100 tokens/s
with 128 samples at once (5,800 with 64, 7,100 with 256), 8,400 in bfloat16; stop strings cost 3 %,
top_p 13 % (`python -m bench.local_engine`).

    engine: {name: transformers_local, model: embedded}
"""

import os
from typing import ClassVar, Literal

from pydantic import Field

from generators.engines.absent import Absent
from generators.engines.base import Engine, EngineOptions
from generators.engines.local.folder import ModelFolder, check_folder, check_hub, find_model, local_folder
from generators.engines.local.weights import with_dtype
from schemas.exceptions import ConfigError


class TransformersLocal(EngineOptions):
    """A model that transformers can load."""

    runtime: ClassVar[frozenset[str]] = frozenset({"device", "max_batch", "threads"})

    model: str
    """A folder, a Hub name such as owner/name, or `embedded` for the small model that comes along."""
    revision: str | None = None
    """Branch, tag or commit of a Hub model."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Number format of the weights; `auto` is the one they are stored in, on every device. Another is another
    model to the journal. On a GPU, `bfloat16` for weights stored in float32."""
    device: str = "auto"
    """`cpu`, `cuda`, `cuda:1`, …; `auto` is the GPU where there is one."""
    max_batch: int = Field(default=128, ge=1)
    """Most samples in the model at once; halved by itself where memory does not suffice."""
    trust_remote_code: bool = False
    """Run Python code that comes with the model."""
    threads: int | None = Field(default=None, ge=1)
    """CPU threads; by default one for a small model and as many as torch takes for others."""

    def check(self) -> None:
        """ConfigError where the model cannot be there; does not import torch."""
        folder = local_folder(self.model)
        if folder is not None:
            check_folder(folder)
        else:
            check_hub(self.model, self.revision)

    def _folder(self) -> ModelFolder:
        return with_dtype(find_model(self.model, self.revision, self.trust_remote_code), self.dtype)

    def open(self) -> Engine:
        """Load tokenizer and weights."""
        _require()
        from generators.engines.local.engine import LocalEngine
        from generators.engines.local.load import load_model, take_ends
        from generators.engines.local.tokenizer import load_renderer

        folder = self._folder()
        renderer = load_renderer(folder, self.trust_remote_code)
        model = load_model(folder, self.dtype, self.device, self.trust_remote_code)
        ends = take_ends(model, renderer)
        return LocalEngine(folder, renderer, model, ends, max_batch=self.max_batch, threads=self.threads)

    def open_for_replay(self) -> Engine:
        """Fingerprint and tokenizer only: no weights are loaded."""
        _require()
        from generators.engines.local.tokenizer import load_renderer

        folder = self._folder()
        return Absent(folder.fingerprint, folder.model, load_renderer(folder, self.trust_remote_code))


def _require() -> None:
    # OpenMP reads this when torch is first imported. Threads that spin while they wait take the cores
    # from the build's other processes, and are slowed down by them in turn.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import torch
        import transformers
    except ImportError as error:
        raise ConfigError(
            f"the engine transformers_local needs {error.name}: pip install 'corrigenda[local]'"
        ) from error
    del torch, transformers
