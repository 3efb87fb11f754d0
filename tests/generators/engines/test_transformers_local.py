"""The local engine: exact sampling, row by row, whatever shares the batch."""

import asyncio
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from generators.engines.base import Completion, Request, Sampling
from generators.engines.local.engine import LocalEngine
from generators.engines.transformers_local import TransformersLocal
from schemas.exceptions import EngineError
from schemas.segment import Message
from tests.generators.engines.tiny_llama import CONTEXT, make_tiny_llama

SAMPLING = Sampling(temperature=1.0, max_tokens=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def engine(folder: Path) -> LocalEngine:
    return open_engine(folder, 64)


def open_engine(folder: Path, max_batch: int) -> LocalEngine:
    options = TransformersLocal(model=str(folder), dtype="float32", device="cpu", max_batch=max_batch)
    engine = options.open()
    assert isinstance(engine, LocalEngine)
    return engine


def prompt(engine: LocalEngine, text: str = "2 + 2?", prefix: str = "") -> tuple[int, ...]:
    return engine.renderer.render([Message("user", text)], prefix)


def run(engine: LocalEngine, *requests: Request) -> list[list[Completion]]:
    async def all_at_once() -> list[list[Completion]]:
        return list(await asyncio.gather(*(engine.generate(r) for r in requests)))

    return asyncio.run(all_at_once())


def forward(engine: LocalEngine, ids: tuple[int, ...]) -> torch.Tensor:
    """Log-probabilities [len(ids), vocabulary] of the model itself."""
    with torch.inference_mode():
        logits: torch.Tensor = engine._model(input_ids=torch.tensor([ids])).logits[0]
    return logits.float().log_softmax(-1)


def test_samples_do_not_depend_on_the_batch_they_are_in(folder: Path, engine: LocalEngine) -> None:
    requests = [
        Request(prompt(engine, "x" * n), replace(SAMPLING, max_tokens=10 + 7 * n % 50), (0, 1, 2))
        for n in range(12)
    ]
    crowded = run(open_engine(folder, 24), *requests)
    alone = [run(open_engine(folder, 1), request)[0] for request in requests[::4]]
    for found, expected in zip(crowded[::4], alone, strict=True):
        assert [c.token_ids for c in found] == [c.token_ids for c in expected]
        assert [c.text for c in found] == [c.text for c in expected]


def test_the_logprob_is_the_models_own_whatever_the_sampling(engine: LocalEngine) -> None:
    ids = prompt(engine)
    for sampling in (
        SAMPLING,
        replace(SAMPLING, temperature=0.5, top_p=0.8),
        replace(SAMPLING, temperature=0),
    ):
        [[answer]] = run(engine, Request(ids, sampling))
        scores = forward(engine, ids + answer.token_ids)
        expected = sum(float(scores[len(ids) - 1 + at, token]) for at, token in enumerate(answer.token_ids))
        assert answer.logprob == pytest.approx(expected, abs=1e-3)


def test_temperature_0_is_greedy_and_the_models_own_defaults_do_not_act(engine: LocalEngine) -> None:
    ids = prompt(engine)
    [[answer]] = run(engine, Request(ids, replace(SAMPLING, temperature=0, max_tokens=12)))
    so_far = ids
    for token in answer.token_ids:
        assert token == int(forward(engine, so_far)[-1].argmax())
        so_far += (token,)
    # Its generation_config asks for top_k 1, which would make all samples alike.
    [answers] = run(engine, Request(ids, SAMPLING, tuple(range(8))))
    assert len({a.token_ids for a in answers}) == 8


def test_every_end_of_turn_token_ends_an_answer(engine: LocalEngine) -> None:
    [answers] = run(engine, Request(prompt(engine), replace(SAMPLING, max_tokens=80), tuple(range(100))))
    for answer in answers:
        assert not {0, 2} & set(answer.token_ids[:-1])
        assert (answer.finish == "stop") == (answer.token_ids[-1] in (0, 2))
        assert "<|" not in answer.text
    assert {a.token_ids[-1] for a in answers if a.finish == "stop"} == {0, 2}


def test_sampled_tokens_have_the_models_distribution(engine: LocalEngine) -> None:
    ids = prompt(engine)
    sampling = Sampling(temperature=0.5, max_tokens=1)
    count = 2000
    [answers] = run(engine, Request(ids, sampling, tuple(range(count))))
    seen = Counter(a.token_ids[0] for a in answers)
    expected = (forward(engine, ids)[-1] / 0.5).softmax(-1)
    for token in expected.topk(5).indices.tolist():
        share = float(expected[token])
        assert seen[token] / count == pytest.approx(share, abs=4 * math.sqrt(share / count))


def test_a_prefix_is_continued_in_the_ids_and_the_text(engine: LocalEngine) -> None:
    ids = prompt(engine, prefix="Tom has 3 bags")
    [[answer]] = run(engine, Request(ids, SAMPLING))
    tokenizer = engine.renderer.tokenizer  # type: ignore[attr-defined]
    whole = tokenizer.decode([*ids, *answer.token_ids], skip_special_tokens=True)
    assert whole.endswith("Tom has 3 bags" + answer.text)


def test_a_prompt_that_fills_the_context_is_refused_with_both_numbers(engine: LocalEngine) -> None:
    ids = prompt(engine)
    with pytest.raises(EngineError, match=f"prompt of {CONTEXT} tokens .* context of {CONTEXT} tokens"):
        run(engine, Request((ids * CONTEXT)[:CONTEXT], SAMPLING))
    [[answer]] = run(engine, Request((ids * CONTEXT)[: CONTEXT - 4], SAMPLING))
    assert len(answer.token_ids) <= 4
    assert answer.finish == ("stop" if answer.token_ids[-1] in (0, 2) else "length")


def test_foreign_ids_fail_alone(engine: LocalEngine) -> None:
    async def both() -> None:
        good = engine.generate(Request(prompt(engine), SAMPLING))
        bad = engine.generate(Request((1, 10**6), SAMPLING))
        found = await asyncio.gather(good, bad, return_exceptions=True)
        assert isinstance(found[0], list)
        assert isinstance(found[1], EngineError)

    asyncio.run(both())


def test_a_lack_of_memory_halves_the_batch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(folder, 16)
    request = Request(prompt(engine), SAMPLING, tuple(range(16)))
    expected = run(engine, request)
    generate, sizes = engine._model.generate, []

    def small(**options: torch.Tensor) -> object:
        sizes.append(len(options["input_ids"]))
        if sizes[-1] > 5:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return generate(**options)

    monkeypatch.setattr(engine._model, "generate", small)
    assert [c.token_ids for c in run(engine, request)[0]] == [c.token_ids for c in expected[0]]
    assert sizes[:3] == [16, 8, 4]


def test_a_failure_reaches_the_requests_of_its_batch_and_no_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(folder, 16)
    with monkeypatch.context() as patch:
        patch.setattr(engine._model, "generate", lambda **_: 1 / 0)
        with pytest.raises(EngineError, match="ZeroDivisionError"):
            run(engine, Request(prompt(engine), SAMPLING))
    assert len(run(engine, Request(prompt(engine), SAMPLING))[0]) == 1


def test_a_cancelled_request_leaves_the_others_alone(engine: LocalEngine) -> None:
    async def cancel_one() -> None:
        request = Request(prompt(engine), replace(SAMPLING, max_tokens=60), (0, 1))
        tasks = [asyncio.create_task(engine.generate(request)) for _ in range(3)]
        await asyncio.sleep(0.02)
        tasks[1].cancel()
        first, cancelled, last = await asyncio.gather(*tasks, return_exceptions=True)
        assert first == last
        assert isinstance(cancelled, asyncio.CancelledError)

    asyncio.run(cancel_one())


def test_a_closed_engine_fails_what_is_queued_and_what_is_asked(folder: Path) -> None:
    async def close_early() -> None:
        engine = open_engine(folder, 1)
        request = Request(prompt(engine), SAMPLING, tuple(range(40)))
        task = asyncio.create_task(engine.generate(request))
        await asyncio.sleep(0.01)
        await engine.close()
        await engine.close()
        with pytest.raises(EngineError, match="closed"):
            await task
        with pytest.raises(EngineError, match="closed"):
            await engine.generate(request)

    asyncio.run(close_early())
