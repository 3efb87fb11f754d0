"""The local engine: exact sampling, row by row, whatever shares the batch."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from generators.engines.base import Completion, Request, Sampling, ScoreRequest
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


@contextmanager
def failing(engine: LocalEngine, fails: Callable[[int], Exception | None]) -> Iterator[list[int]]:
    """The engine's model fails where `fails` says so of the number of rows given; these are noted."""
    sizes: list[int] = []

    def hook(_: torch.nn.Module, __: tuple[object, ...], inputs: dict[str, torch.Tensor]) -> None:
        sizes.append(len(inputs["input_ids"]))
        error = fails(sizes[-1])
        if error:
            raise error

    handle = cast(torch.nn.Module, engine._model).register_forward_pre_hook(hook, with_kwargs=True)
    yield sizes
    handle.remove()


def test_a_lack_of_memory_halves_the_batch_and_is_counted(folder: Path) -> None:
    engine = open_engine(folder, 16)
    request = Request(prompt(engine), SAMPLING, tuple(range(16)))
    expected = run(engine, request)
    lack = torch.OutOfMemoryError("CUDA out of memory")
    with failing(engine, lambda rows: lack if rows > 5 else None) as sizes:
        assert [c.token_ids for c in run(engine, request)[0]] == [c.token_ids for c in expected[0]]
    # One prompt for all, a step of 16 rows, 8 rows' prompts with a token each (two are alike), and 4 rows.
    assert sizes[:4] == [1, 16, 7, 4]
    assert max(sizes[3:]) <= 4
    assert engine.incidents["out_of_memory"] == 2


def test_a_lack_of_memory_in_the_middle_keeps_the_tokens(folder: Path) -> None:
    engine = open_engine(folder, 8)
    request = Request(prompt(engine), SAMPLING, tuple(range(8)))
    expected = run(engine, request)
    steps = iter(range(1000))
    lack = MemoryError()
    with failing(engine, lambda rows: lack if next(steps) == 7 else None) as sizes:
        found = run(engine, request)
    assert [c.token_ids for c in found[0]] == [c.token_ids for c in expected[0]]
    assert engine.incidents["out_of_memory"] == 1
    assert sum(sizes) < 2 * sum(len(c.token_ids) for c in expected[0])


def test_a_failure_reaches_the_requests_of_its_batch_and_no_others(folder: Path) -> None:
    engine = open_engine(folder, 16)
    by_zero = ZeroDivisionError("by zero")
    with failing(engine, lambda _: by_zero), pytest.raises(EngineError, match="ZeroDivisionError"):
        run(engine, Request(prompt(engine), SAMPLING))
    assert len(run(engine, Request(prompt(engine), SAMPLING))[0]) == 1


def test_rows_that_join_a_running_batch_are_answered_as_if_alone(folder: Path) -> None:
    """Requests that come one after the other, longer and shorter ones mixed, while the first still runs."""

    async def staggered() -> None:
        engine = open_engine(folder, 8)
        requests = [
            Request(prompt(engine, "x" * (7 * n % 40)), replace(SAMPLING, max_tokens=5 + 11 * n % 50), (0, 1))
            for n in range(12)
        ]
        tasks = []
        for request in requests:
            tasks.append(asyncio.create_task(engine.generate(request)))
            await asyncio.sleep(0.01)
        together = await asyncio.gather(*tasks)
        for request, found in zip(requests, together, strict=True):
            assert [c.token_ids for c in found] == [c.token_ids for c in await engine.generate(request)]
        await engine.close()

    asyncio.run(staggered())


def test_a_short_request_does_not_wait_for_a_long_one(engine: LocalEngine) -> None:
    async def both() -> None:
        endless = Sampling(temperature=1.0, max_tokens=100, top_p=0.01)
        long = asyncio.create_task(engine.generate(Request(prompt(engine), endless, tuple(range(30)))))
        await asyncio.sleep(0.02)
        await engine.generate(Request(prompt(engine), replace(SAMPLING, max_tokens=1)))
        assert not long.done()
        await long

    asyncio.run(both())


def test_a_full_queue_is_served_in_the_order_it_came(folder: Path) -> None:
    async def crowd() -> None:
        engine = open_engine(folder, 4)
        order: list[int] = []

        async def one(number: int) -> None:
            text = "x" * (40 if number == 0 else 1)  # the longest comes first and is not passed over
            await engine.generate(Request(prompt(engine, text), replace(SAMPLING, max_tokens=2, seed=number)))
            order.append(number)

        await asyncio.gather(*(one(number) for number in range(24)))
        assert all(place - 6 <= number <= place + 6 for place, number in enumerate(order))
        await engine.close()

    asyncio.run(crowd())


def test_details_are_the_models_own_and_sum_to_the_logprob(engine: LocalEngine) -> None:
    ids = prompt(engine)
    sampling = replace(SAMPLING, temperature=0.6, top_p=0.9)
    plain, detailed = run(
        engine, Request(ids, sampling, (0, 1, 2)), Request(ids, sampling, (0, 1, 2), details=True)
    )
    assert [c.token_ids for c in plain] == [c.token_ids for c in detailed]
    assert all(c.logprobs is None and c.entropies is None for c in plain)
    for answer in detailed:
        scores = forward(engine, ids + answer.token_ids)[len(ids) - 1 : -1]
        picked = scores.gather(1, torch.tensor(answer.token_ids)[:, None]).squeeze(1)
        assert answer.logprobs == pytest.approx(picked.tolist(), abs=1e-4)
        assert answer.entropies == pytest.approx((-(scores.exp() * scores).sum(1)).tolist(), abs=1e-4)
        assert answer.logprob == pytest.approx(sum(answer.logprobs or ()), abs=1e-9)
        request = ScoreRequest(ids, (answer.token_ids, ()), entropies=True)
        scored, empty = asyncio.run(engine.score(request))
        assert scored.entropies == pytest.approx(answer.entropies, abs=1e-4)
        assert (empty.logprobs, empty.entropies) == ((), ())
        assert asyncio.run(engine.score(replace(request, entropies=False)))[0].entropies is None


def test_a_stop_id_ends_an_answer_before_its_text(engine: LocalEngine) -> None:
    ids = prompt(engine)
    [[plain]] = run(engine, Request(ids, SAMPLING))
    stop = plain.token_ids[9]
    at = plain.token_ids.index(stop)
    for keep in (False, True):
        sampling = replace(SAMPLING, stop_ids=(stop,), keep_stop=keep)
        [[answer]] = run(engine, Request(ids, sampling))
        assert (answer.token_ids, answer.finish) == (plain.token_ids[: at + 1], "stop")
        assert answer.text == engine._decoder.text(ids, plain.token_ids[: at + keep])


def test_a_json_schema_is_refused(engine: LocalEngine) -> None:
    with pytest.raises(EngineError, match="JSON Schema"):
        run(engine, Request(prompt(engine), replace(SAMPLING, json_schema='{"type":"object"}')))


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
