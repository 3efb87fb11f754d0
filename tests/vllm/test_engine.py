"""The vllm engine on the embedded policy, beside transformers_local with the same weights."""

import asyncio
import json
import math
from pathlib import Path

import pytest

from generators.engines.base import Completion, Engine, Request, Sampling, ScoreRequest
from generators.engines.transformers_local import TransformersLocal
from generators.engines.vllm import Vllm
from generators.sources.procedural import Procedural
from schemas.exceptions import ConfigError, EngineError
from schemas.problem import Problem
from schemas.segment import Message

pytest.importorskip("vllm")

PROMPTS = 200
AGREEING = 0.99
TALK = [Message("user", "What is 12 + 7 * 3?")]


def ask(
    engine: Engine, sampling: Sampling, samples: tuple[int, ...] = (0,), **more: bool
) -> list[Completion]:
    request = Request(engine.renderer.render(TALK), sampling, samples, **more)
    return asyncio.run(engine.generate(request))


@pytest.fixture(scope="module")
def local() -> Engine:
    return TransformersLocal(model="embedded", dtype="float32").open()


async def greedy(engine: Engine, prompts: list[tuple[int, ...]]) -> list[Completion]:
    sampling = Sampling(temperature=0, max_tokens=200)
    found = await asyncio.gather(*(engine.generate(Request(ids, sampling)) for ids in prompts))
    return [completion for (completion,) in found]


def test_greedy_answers_are_those_of_transformers_local(embedded: Engine, local: Engine) -> None:
    problems = Procedural(count=PROMPTS, seed=11).problems()
    statements = [problem.statement for problem in problems if isinstance(problem, Problem)]
    prompts = [local.renderer.render([Message("user", text)]) for text in statements]
    pairs = list(zip(*(asyncio.run(greedy(e, prompts)) for e in (embedded, local)), strict=True))
    differing = [(a.text, b.text) for a, b in pairs if a.token_ids != b.token_ids]
    agreement = 1 - len(differing) / len(pairs)
    print(f"greedy agreement of vllm with transformers_local: {agreement:.3f} of {len(pairs)} prompts")
    assert len(pairs) == PROMPTS
    assert agreement >= AGREEING, "\n\n".join(f"vllm: {a}\ntransformers_local: {b}" for a, b in differing)
    for a, b in pairs:
        if a.token_ids == b.token_ids:
            assert (a.text, a.finish) == (b.text, b.finish)
            assert a.logprob == pytest.approx(b.logprob, abs=1e-2)


def test_both_engines_share_journals_and_token_ids(embedded: Engine, local: Engine) -> None:
    assert embedded.fingerprint == local.fingerprint
    for prefix in ("", "Step 1: 7 * 3 = 2", "Step 1: 7 * 3 = 21\n", "\n"):
        assert embedded.renderer.render(TALK, prefix) == local.renderer.render(TALK, prefix)


def test_details_are_of_the_model_itself(embedded: Engine, local: Engine) -> None:
    # At temperature 0.3 what was sampled from is another distribution than the model's.
    for completion in ask(embedded, Sampling(temperature=0.3, top_p=0.9), (0, 1, 2), details=True):
        assert completion.logprobs and completion.entropies and completion.logprob is not None
        assert len(completion.logprobs) == len(completion.entropies) == len(completion.token_ids)
        assert sum(completion.logprobs) == pytest.approx(completion.logprob, abs=1e-6)
        ids = local.renderer.render(TALK)
        (scores,) = asyncio.run(local.score(ScoreRequest(ids, (completion.token_ids,))))
        assert completion.logprobs == pytest.approx(scores.logprobs, abs=1e-3)
        (own,) = asyncio.run(embedded.score(ScoreRequest(ids, (completion.token_ids,), entropies=True)))
        assert own.logprobs == pytest.approx(completion.logprobs, abs=1e-3)
        assert own.entropies == pytest.approx(completion.entropies, abs=1e-3)
        assert all(0 <= e <= math.log(768) for e in completion.entropies)
    (plain,) = ask(embedded, Sampling(temperature=0.3, top_p=0.9))
    assert (plain.logprobs, plain.entropies) == (None, None)


def test_stop_ids_end_an_answer(embedded: Engine) -> None:
    (whole,) = ask(embedded, Sampling(temperature=0))
    stop = whole.token_ids[9]
    at = whole.token_ids.index(stop)
    (cut,) = ask(embedded, Sampling(temperature=0, stop_ids=(stop,)))
    assert (cut.token_ids, cut.finish) == (whole.token_ids[: at + 1], "stop")
    assert whole.text.startswith(cut.text)


def test_a_schema_holds_the_answer_and_not_its_logprob(embedded: Engine) -> None:
    schema = json.dumps({"enum": ["yes", "no"]})
    for completion in ask(embedded, Sampling(json_schema=schema), (0, 1)):
        assert json.loads(completion.text) in ("yes", "no")
        ids = embedded.renderer.render(TALK)
        (scores,) = asyncio.run(embedded.score(ScoreRequest(ids, (completion.token_ids,))))
        assert completion.logprob == pytest.approx(sum(scores.logprobs), abs=1e-2)
        assert completion.logprob is not None and completion.logprob < -5  # it would never say so itself


def test_a_prompt_that_fills_the_context_is_refused_with_both_lengths(embedded: Engine) -> None:
    with pytest.raises(EngineError, match=r"2048 tokens .* 2048 tokens"):
        asyncio.run(embedded.generate(Request((5,) * 2048, Sampling())))
    (completion,) = asyncio.run(embedded.generate(Request((5,) * 2046, Sampling(max_tokens=9))))
    assert len(completion.token_ids) <= 2
    scores = asyncio.run(embedded.score(ScoreRequest((5,) * 2000, ((6,) * 48,))))
    assert len(scores[0].logprobs) == 48
    with pytest.raises(EngineError, match="2049 tokens"):
        asyncio.run(embedded.score(ScoreRequest((5,) * 2000, ((6,) * 49,))))


def test_a_token_of_another_vocabulary_is_refused(embedded: Engine) -> None:
    with pytest.raises(EngineError, match=r"0\.\.767"):
        asyncio.run(embedded.generate(Request((5, 768), Sampling())))


def test_an_unknown_engine_argument_is_named_with_its_neighbour() -> None:
    with pytest.raises(ConfigError, match="did you mean 'max_num_seqs'"):
        Vllm(model="embedded", engine_args={"max_num_seq": 4}).open()


def test_an_adapter_makes_another_policy(tmp_path: Path, embedded: Engine) -> None:
    adapter = make_adapter(tmp_path / "late")
    options = Vllm(model="embedded", adapter=adapter, dtype="float32", entropy_vocabulary=700)
    options.check()
    assert options.open_for_replay().fingerprint != embedded.fingerprint
    engine = options.open()
    try:
        assert (engine.fingerprint, engine.model) == (
            options.open_for_replay().fingerprint,
            "corrigenda-embedded+late",
        )
        (with_it,), (without,) = (ask(e, Sampling(temperature=0), details=True) for e in (engine, embedded))
        assert with_it.logprobs != pytest.approx(without.logprobs, abs=0.1)
        assert with_it.entropies is None and without.entropies
    finally:
        asyncio.run(engine.close())


def make_adapter(folder: Path) -> Path:
    """A random adapter for the embedded policy's attention, as peft would save it."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir()
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"], "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps({**config, "task_type": "CAUSAL_LM"}))
    torch.manual_seed(0)
    name = "base_model.model.model.layers.{}.self_attn.q_proj.lora_{}.weight"
    shapes = {"A": (4, 192), "B": (192, 4)}
    weights = {name.format(n, side): torch.randn(s) * 0.3 for n in range(3) for side, s in shapes.items()}
    save_file(weights, folder / "adapter_model.safetensors")
    return folder
