"""What every engine promises, held against every engine that can run on this machine."""

import asyncio
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generators.engines.base import (
    ENGINES,
    Completion,
    Engine,
    EngineOptions,
    Request,
    Sampling,
    ScoreRequest,
    Scores,
)
from generators.engines.openai_server import OpenAIServer
from generators.engines.scripted import Scripted
from generators.engines.transformers_local import TransformersLocal
from generators.engines.vllm import Vllm
from generators.roles import Role
from schemas.exceptions import EngineError
from schemas.segment import Message
from tests.generators.engines.faulty_server import FaultyServer
from tests.generators.engines.tiny_llama import CONTEXT, make_tiny_llama

TALK = [Message("user", "What is 3 * 12?")]
REPLY = "3 * 12 = {}. So the answer is {}.\n\nDone, I think."


def scripted(folder: Path) -> EngineOptions:
    replies = tuple(REPLY.format(n, n) for n in range(30, 40))
    return Scripted(replies={TALK[0].content: replies}, otherwise="I do not know.")


def transformers_local(folder: Path) -> EngineOptions:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    return TransformersLocal(model=str(make_tiny_llama(folder)), dtype="float32", device="cpu", max_batch=16)


def openai_server(folder: Path) -> EngineOptions:
    server = FaultyServer(transformers_local(folder).open(), root=str(folder), context=CONTEXT)
    server.__enter__()  # a daemon thread: it ends with the tests
    return OpenAIServer(urls=(server.url,), model="tiny", root=str(folder))


def vllm(folder: Path) -> EngineOptions:
    pytest.importorskip("vllm")
    # Attention on the CPU knows heads of 32 and more.
    return Vllm(model=str(make_tiny_llama(folder, hidden=128)), dtype="float32")


OPTIONS: dict[str, Callable[[Path], EngineOptions]] = {
    "openai_server": openai_server,
    "scripted": scripted,
    "transformers_local": transformers_local,
    "vllm": vllm,
}


@pytest.fixture(scope="module", params=ENGINES.names())
def options(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> EngineOptions:
    if request.param not in OPTIONS:
        pytest.skip(f"{request.param} needs a server or a GPU")
    return OPTIONS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def engine(options: EngineOptions) -> Iterator[Engine]:
    opened = options.open()
    yield opened
    asyncio.run(opened.close())


def ask(engine: Engine, samples: tuple[int, ...], sampling: Sampling, prefix: str = "") -> list[Completion]:
    request = Request(engine.renderer.render(TALK, prefix), sampling, samples)
    return asyncio.run(engine.generate(request))


def same(found: list[Completion], expected: list[Completion]) -> bool:
    """Equal but for log-probabilities, which are rounded differently in batches of other sizes."""
    return [replace(c, logprob=None) for c in found] == [replace(c, logprob=None) for c in expected]


def test_options_survive_pickling_and_are_checked_without_opening(options: EngineOptions) -> None:
    assert pickle.loads(pickle.dumps(options)) == options
    options.check()


def test_the_fingerprint_is_the_same_in_every_process_and_for_replay(
    options: EngineOptions, engine: Engine
) -> None:
    absent = options.open_for_replay()
    assert (absent.fingerprint, absent.model) == (engine.fingerprint, engine.model)
    assert absent.renderer.render(TALK, "So") == engine.renderer.render(TALK, "So")


def test_answers_come_in_the_order_of_the_samples(engine: Engine) -> None:
    sampling = Sampling(max_tokens=20)
    forward, backward = ask(engine, (0, 1, 2, 3), sampling), ask(engine, (3, 2, 1, 0), sampling)
    assert same(forward, backward[::-1])
    assert same(ask(engine, (2,), sampling), [forward[2]])
    assert ask(engine, (), sampling) == []


def test_samples_differ_from_each_other(engine: Engine) -> None:
    assert len({c.text for c in ask(engine, tuple(range(6)), Sampling(temperature=1.0))}) > 1


def test_a_stop_string_ends_the_text_before_itself(engine: Engine) -> None:
    plain = ask(engine, tuple(range(8)), Sampling(max_tokens=60))
    stop = next(c.text for c in plain if len(c.text) > 12)[8:9]  # a character that does come up
    stopped = ask(engine, tuple(range(8)), Sampling(max_tokens=60, stop=(stop,)))
    kept = ask(engine, tuple(range(8)), Sampling(max_tokens=60, stop=(stop,), keep_stop=True))
    for whole, cut, more in zip(plain, stopped, kept, strict=True):
        if stop in whole.text:
            assert (cut.text, cut.finish) == (whole.text[: whole.text.index(stop)], "stop")
            assert (more.text, more.finish) == (cut.text + stop, "stop")
        else:
            assert same([cut, more], [whole, whole])


def test_max_tokens_cuts_and_says_so(engine: Engine) -> None:
    for short, long in zip(
        ask(engine, (0, 1, 2), Sampling(max_tokens=3)),
        ask(engine, (0, 1, 2), Sampling(max_tokens=60)),
        strict=True,
    ):
        assert short.token_ids == long.token_ids[: len(short.token_ids)]
        if len(short.token_ids) < len(long.token_ids):
            assert short.finish == "length"


def test_a_prefix_is_continued_and_not_repeated(engine: Engine) -> None:
    start = engine.renderer.render(TALK)
    assert engine.renderer.render(TALK, "3 * 12")[: len(start)] == start
    for completion in ask(engine, (0, 1), Sampling(max_tokens=20), prefix="3 * 12"):
        assert not completion.text.startswith("3 * 12")


def test_a_sampled_completion_scores_what_it_was_sampled_with(engine: Engine) -> None:
    ids = engine.renderer.render(TALK, "3 * 12")
    sampled = ask(engine, (0, 1, 2), Sampling(max_tokens=20), prefix="3 * 12")
    tokens = tuple(c.token_ids for c in sampled)
    scores = asyncio.run(engine.score(ScoreRequest(ids, tokens)))
    for completion, one in zip(sampled, scores, strict=True):
        assert len(one.logprobs) == len(completion.token_ids)
        assert max(one.logprobs) <= 1e-6
        if completion.logprob is not None:
            assert sum(one.logprobs) == pytest.approx(completion.logprob, abs=1e-3)


def test_scores_depend_on_nothing_but_what_is_asked(engine: Engine) -> None:
    def request(talk: list[Message], *texts: str) -> ScoreRequest:
        ids = engine.renderer.render(talk)
        return ScoreRequest(ids, tuple(engine.renderer.render(talk, text)[len(ids) :] for text in texts))

    async def run() -> None:
        longer = [*TALK, Message("assistant", "36"), Message("user", TALK[0].content)]
        two, one = request(TALK, REPLY.format(31, 31), "Zounds"), request(longer, "3 *")
        together = await asyncio.gather(*(engine.score(r) for r in (two, one, two)))
        assert together[0] == together[2]
        assert [len(s.logprobs) for s in together[0]] == [len(c) for c in two.continuations]
        for found, alone in zip(together[0], two.continuations, strict=True):
            (expected,) = await engine.score(ScoreRequest(two.ids, (alone,)))
            assert found.logprobs == pytest.approx(expected.logprobs, abs=1e-4)
        assert (await engine.score(ScoreRequest(two.ids, ((),)))) == [Scores(())]

    asyncio.run(run())


def test_a_role_scores_text_behind_a_prefix_and_says_where_the_border_is_merged(engine: Engine) -> None:
    role = Role(engine, Sampling())
    prefix, texts = "3 * 12", [" = 30. So", " = 31. So", ""]
    scored = asyncio.run(role.score(tuple(TALK), prefix, texts))
    head = engine.renderer.render(TALK, prefix)
    for text, one in zip(texts, scored, strict=True):
        whole = engine.renderer.render(TALK, prefix + text)
        assert one.exact == (whole[: len(head)] == head)
        if one.exact:
            expected = asyncio.run(engine.score(ScoreRequest(head, (whole[len(head) :],))))[0]
            assert one.logprobs == pytest.approx(expected.logprobs, abs=1e-4)
    # Nothing is lost at the border: prefix and text together score as both one after the other.
    (whole_text,) = asyncio.run(role.score(tuple(TALK), "", [prefix + texts[0]]))
    (before,) = asyncio.run(role.score(tuple(TALK), "", [prefix]))
    if scored[0].exact and before.exact and whole_text.exact:
        assert whole_text.total == pytest.approx(before.total + scored[0].total, abs=1e-3)


def test_special_tokens_in_a_message_are_refused(engine: Engine) -> None:
    with pytest.raises(EngineError, match="im_end"):
        engine.renderer.render([Message("user", "<|im_end|>")])


def test_fifty_coroutines_at_once_get_what_each_would_get_alone(engine: Engine) -> None:
    async def run() -> None:
        requests = [
            Request(
                engine.renderer.render([*TALK, Message("assistant", "36"), Message("user", "x" * (n % 7))]),
                Sampling(temperature=n % 3 / 2, max_tokens=5 + n, top_p=0.9 if n % 2 else 1.0, seed=n),
                (0, n),
            )
            for n in range(50)
        ]
        together = await asyncio.gather(*(engine.generate(r) for r in requests))
        for number in (0, 17, 34, 49):
            assert same(await engine.generate(requests[number]), together[number])

    asyncio.run(run())


def test_an_engine_may_be_closed_twice(options: EngineOptions) -> None:
    async def run() -> None:
        engine = options.open()
        await engine.close()
        assert await engine.close() is None  # type: ignore[func-returns-value]

    asyncio.run(run())
