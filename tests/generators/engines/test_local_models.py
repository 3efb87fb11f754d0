"""The local engine on models that attend in other ways: sliding windows, grouped heads, linear attention."""

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
import transformers

from generators.engines.base import Request, Sampling, ScoreRequest
from generators.engines.local.batch import Batch
from generators.engines.local.engine import LocalEngine
from generators.engines.transformers_local import TransformersLocal
from schemas.segment import Message
from tests.generators.engines.tiny_llama import make_tiny_llama

SMALL = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 128,
    "initializer_range": 0.3,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "tie_word_embeddings": True,
}
LINEAR = {
    "layer_types": ["linear_attention", "full_attention", "linear_attention"],
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 2,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
    "num_experts": 0,
}
MODELS = {
    "qwen2": ("Qwen2", {}, True),
    "mistral": ("Mistral", {"sliding_window": 12}, True),
    "gemma3": (
        "Gemma3",
        {"sliding_window": 12, "layer_types": ["sliding_attention", "full_attention"] * 2},
        True,
    ),
    "qwen3_next": ("Qwen3Next", LINEAR, False),
    "bloom": ("Bloom", {"n_layer": 3, "n_head": 4}, False),
    "mamba": ("Mamba", {}, False),
}


def make(folder: Path, name: str, extra: dict[str, object]) -> Path:
    """A random model of another kind, with the tokenizer of the tiny Llama."""
    make_tiny_llama(folder)
    vocabulary = len(transformers.AutoTokenizer.from_pretrained(folder))
    kind = "Gemma3TextConfig" if name == "Gemma3" else f"{name}Config"
    options = {**SMALL, **extra, "vocab_size": vocabulary}
    options["num_hidden_layers"] = len(extra.get("layer_types", (1, 2, 3)))  # type: ignore[arg-type]
    torch.manual_seed(0)
    model = getattr(transformers, f"{name}ForCausalLM")(getattr(transformers, kind)(**options))
    model.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("name", MODELS)
def test_staggered_answers_are_the_models_own(name: str, tmp_path: Path) -> None:
    family, extra, cheap = MODELS[name]
    folder = make(tmp_path, family, extra)  # type: ignore[arg-type]
    engine = TransformersLocal(model=str(folder), dtype="float32", device="cpu", max_batch=8).open()
    assert isinstance(engine, LocalEngine)
    assert Batch(engine._model, engine._decoder, 8).joins_cheaply == cheap

    async def run() -> None:
        requests = [
            Request(
                engine.renderer.render([Message("user", "x" * (5 * n % 23))]),
                Sampling(temperature=0.0 if n % 2 else 1.0, max_tokens=4 + 9 * n % 31),
                (0, 1),
                details=True,
            )
            for n in range(8)
        ]
        tasks = []
        for request in requests:
            tasks.append(asyncio.create_task(engine.generate(request)))
            await asyncio.sleep(0.01)
        for request, found in zip(requests, await asyncio.gather(*tasks), strict=True):
            scored = await engine.score(ScoreRequest(request.ids, tuple(c.token_ids for c in found), True))
            for answer, scores in zip(found, scored, strict=True):
                ids = torch.tensor([request.ids + answer.token_ids])
                with torch.inference_mode():
                    logits = engine._model(input_ids=ids, use_cache=False).logits[
                        0, len(request.ids) - 1 : -1
                    ]
                logprobs = logits.float().log_softmax(-1)
                own = logprobs.gather(1, ids[0, len(request.ids) :, None]).squeeze(1)
                assert answer.logprobs == pytest.approx(own.tolist(), abs=2e-3)
                assert scores.logprobs == pytest.approx(own.tolist(), abs=2e-3)
                assert answer.entropies == pytest.approx(scores.entropies, abs=2e-3)
                if request.sampling.temperature == 0:
                    assert answer.token_ids == tuple(logits.argmax(-1).tolist())
        await engine.close()

    asyncio.run(run())
