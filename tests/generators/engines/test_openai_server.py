"""The server engine with token ids: what it sends, what it makes of replies, and what it refuses."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from generators.engines.base import Completion, Engine, Request, Sampling, ScoreRequest, Scores
from generators.engines.openai_server import OpenAIServer
from generators.engines.server.tokenizer import load_tokenizer
from generators.engines.transformers_local import TransformersLocal
from schemas.exceptions import ConfigError, EngineError
from schemas.segment import Message
from tests.generators.engines.faulty_server import FaultyServer
from tests.generators.engines.tiny_llama import CONTEXT, make_tiny_llama

TALK = [Message("user", "2 + 2?")]
SAMPLING = Sampling(temperature=1.0, max_tokens=20)
KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="module")
def local(folder: Path) -> Engine:
    return TransformersLocal(model=str(folder), dtype="float32", device="cpu").open()


@pytest.fixture
def serve(local: Engine, folder: Path) -> Iterator[Callable[..., FaultyServer]]:
    running = []

    def start(**options: object) -> FaultyServer:
        settings = {"root": str(folder), "context": CONTEXT, **options}
        running.append(FaultyServer(local, **settings).__enter__())  # type: ignore[arg-type]
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


@pytest.fixture
def opened(folder: Path) -> Iterator[Callable[..., Engine]]:
    engines = []

    def open_engine(*servers: FaultyServer, **options: object) -> Engine:
        settings = {"model": "tiny", "root": str(folder), **options}
        urls = tuple(s.url for s in servers)
        engines.append(OpenAIServer(urls=urls, **settings).open())  # type: ignore[arg-type]
        return engines[-1]

    yield open_engine
    for engine in engines:
        asyncio.run(engine.close())


def ask(engine: Engine, sampling: Sampling = SAMPLING, samples: tuple[int, ...] = (0,)) -> list[Completion]:
    return asyncio.run(engine.generate(Request(engine.renderer.render(TALK), sampling, samples)))


def score(engine: Engine, *continuations: tuple[int, ...]) -> list[Scores]:
    return asyncio.run(engine.score(ScoreRequest(engine.renderer.render(TALK), continuations)))


def test_the_prompt_goes_out_as_token_ids_and_each_sample_with_its_own_seed(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    server = serve()
    engine = opened(server)
    ask(engine, samples=(0, 5, 2))
    request = Request(engine.renderer.render(TALK), SAMPLING)
    assert {body["seed"] for body in server.wanted} == {request.seed(i) for i in (0, 5, 2)}
    for body in server.wanted:
        assert body["prompt"] == list(request.ids)
        # vLLM would fill these in from the model's own generation_config.
        assert (body["top_k"], body["min_p"], body["repetition_penalty"]) == (-1, 0, 1)


def test_details_are_the_log_probabilities_of_the_sampled_ids(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine], local: Engine
) -> None:
    engine = opened(serve())
    ids = engine.renderer.render(TALK)
    [plain] = asyncio.run(engine.generate(Request(ids, SAMPLING)))
    [found] = asyncio.run(engine.generate(Request(ids, SAMPLING, details=True)))
    [expected] = asyncio.run(local.score(ScoreRequest(ids, (found.token_ids,))))
    assert found.logprobs == pytest.approx(expected.logprobs, abs=1e-4)
    assert found.logprob == pytest.approx(sum(expected.logprobs), abs=1e-3)
    assert replace(found, logprobs=None) == plain
    assert found.entropies is None


def test_a_reply_that_loses_a_log_probability_is_not_taken(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    server = serve()
    engine = opened(server)
    [expected] = ask(engine)
    server.faults.append("lost_logprob")
    assert ask(engine) == [expected]
    assert engine.incidents["retry.bad_reply"] == 1


def test_a_server_that_refuses_foreign_fields_gives_the_same_texts(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    full, bare = opened(serve()), opened(serve(plain=True, owner="someone", tokenize=False))
    samples = tuple(range(8))
    texts = [c.text for c in ask(full, samples=samples)]
    assert [c.text for c in ask(bare, samples=samples)] == texts
    stop = next(text for text in texts if len(text) > 8)[4]
    for keep in (True, False):
        sampling = replace(SAMPLING, stop=(stop, "never"), keep_stop=keep)
        ours, theirs = ask(bare, sampling, samples), ask(full, sampling, samples)
        assert [(c.text, c.finish) for c in ours] == [(c.text, c.finish) for c in theirs]
        for completion in ours:
            read = bare.renderer.tokenizer(completion.text, add_special_tokens=False)  # type: ignore[attr-defined]
            assert list(completion.token_ids) == read["input_ids"]
            # What ran on behind the stop string is in the server's sum.
            assert (completion.logprob is None) == (keep and stop in completion.text)


def test_stop_ids_go_out_or_are_refused(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    server = serve()
    ask(opened(server), replace(SAMPLING, stop_ids=(7, 9)))
    assert server.wanted[0]["stop_token_ids"] == [7, 9]
    with pytest.raises(EngineError, match="not known to stop at token ids"):
        ask(opened(serve(plain=True, owner="someone")), replace(SAMPLING, stop_ids=(7,)))


def test_an_answer_that_does_not_fit_its_schema_is_refused(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    server = serve()
    with pytest.raises(EngineError, match="does not hold answers to a JSON schema"):
        ask(
            opened(server),
            replace(SAMPLING, json_schema='{"type":"object"}', max_tokens=100),
            tuple(range(40)),
        )
    wanted = server.wanted[0]["response_format"]
    assert wanted["json_schema"]["schema"] == {"type": "object"}


@pytest.mark.parametrize("how", [{}, {"owner": "someone", "plain": False}], ids=["prompt_logprobs", "echo"])
def test_scores_are_the_models_own(
    how: dict[str, object], serve: Callable[..., FaultyServer], opened: Callable[..., Engine], local: Engine
) -> None:
    engine = opened(serve(**how))
    room = CONTEXT - len(engine.renderer.render(TALK))
    texts = ((5, 6, 7), (), (9,), tuple(range(10, 9 + room)))  # vLLM needs room for one token more
    found, expected = score(engine, *texts), score(local, *texts)
    for one, other in zip(found, expected, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-4)
    with pytest.raises(EngineError, match=f"{CONTEXT + 1} tokens do not fit the {CONTEXT}"):
        score(engine, tuple(range(10, 11 + room)))


def test_a_server_without_prompt_log_probabilities_cannot_score(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    server = serve()
    engine = opened(server)
    server.faults.append("no_prompt_logprobs")
    with pytest.raises(EngineError, match="no log-probabilities of a prompt"):
        score(engine, (5, 6))


def test_a_prompt_that_fills_the_context_is_refused_without_asking(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    server = serve()
    engine = opened(server)
    ids = engine.renderer.render(TALK) * 20
    with pytest.raises(EngineError, match=f"prompt of {CONTEXT} tokens .* context of {CONTEXT}"):
        asyncio.run(engine.generate(Request(ids[:CONTEXT], SAMPLING)))
    assert not server.wanted
    [cut] = asyncio.run(engine.generate(Request(ids[: CONTEXT - 4], SAMPLING)))
    assert len(cut.token_ids) <= 4


def test_what_shares_a_prompt_goes_to_one_server(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    servers = serve(delay_s=0.02), serve(delay_s=0.02)
    engine = opened(*servers)
    problems = [
        [Message("user", f"{n} bags of {n * n} apples cost how much at {n} each?" * 2)] for n in range(6)
    ]

    async def run() -> None:
        # First the problems, several samples each; then what continues them.
        for prefix in ("", "Step 1: 12 + 30 = 42."):
            prompts = [engine.renderer.render(talk, prefix) for talk in problems]
            short = replace(SAMPLING, max_tokens=4)
            await asyncio.gather(*(engine.generate(Request(ids, short, (0, 1))) for ids in prompts))

    asyncio.run(run())
    homes = []
    for talk in problems:
        head = list(engine.renderer.render(talk))
        homes.append({s.port for s in servers for body in s.wanted if body["prompt"][: len(head)] == head})
    assert all(len(home) == 1 for home in homes)
    assert len(set.union(*homes)) == 2


def test_the_key_is_sent_and_shown_nowhere(
    serve: Callable[..., FaultyServer],
    opened: Callable[..., Engine],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MY_KEY", KEY)
    server = serve(key=KEY)
    engine = opened(server, key_env="MY_KEY")
    ask(engine)
    server.key = "another"  # as if it had been withdrawn; the server quotes what it was given
    shown = []
    with pytest.raises(EngineError, match=r"401.*Incorrect API key provided: Bearer \*\*\*") as error:
        ask(engine)
    shown.append(str(error.value))
    with pytest.raises(ConfigError, match=r"401.*environment variable MY_KEY") as refused:
        opened(server, key_env="MY_KEY")
    shown += [
        str(refused.value),
        repr(engine.__dict__),
        str(engine.incidents),
        caplog.text,
        *capfd.readouterr(),
    ]
    options = OpenAIServer(urls=(server.url,), model="tiny", key_env="MY_KEY")
    shown += [repr(options), options.model_dump_json()]
    assert not [text for text in shown if KEY in text]
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(ConfigError, match="no variable MY_KEY"):
        options.check()


@pytest.mark.parametrize("value", [f"{KEY}\u2026", f"{KEY}\nA=B", f"Bearer {KEY}"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_printed(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("MY_KEY", value)
    with pytest.raises(ConfigError, match="the variable MY_KEY holds more than a key") as error:
        OpenAIServer(urls=("http://127.0.0.1:9",), model="m", key_env="MY_KEY").open()
    assert KEY not in str(error.value)


def test_a_line_end_behind_a_key_is_no_part_of_it(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", f"{KEY}\n")
    assert ask(opened(serve(key=KEY), key_env="MY_KEY"))


def test_a_url_with_a_key_in_it_is_refused_and_forgotten() -> None:
    options = OpenAIServer(urls=(f"https://me:{KEY}@example.org/v1",), model="m/m")
    assert KEY not in repr(options)
    with pytest.raises(ConfigError, match=r"\*\*\*@example.org") as error:
        options.check()
    assert KEY not in str(error.value)


def test_a_config_that_names_another_model_is_refused_with_both_names(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine], folder: Path
) -> None:
    server = serve()
    with pytest.raises(ConfigError, match="serves 'tiny'; the config asks for model 'large'"):
        opened(server, model="large")
    with pytest.raises(ConfigError, match=f"serves '{folder}' under the name 'tiny'.*'/elsewhere'"):
        opened(server, root="/elsewhere", tokenizer=str(folder))
    assert opened(serve(root=None, answers_as="tiny-2026"), root="tiny-2026", tokenizer=str(folder))
    with pytest.raises(ConfigError, match="answers as 'tiny-2025' where the config asks for 'tiny'"):
        opened(serve(root=None, answers_as="tiny-2025"), root="tiny-2026", tokenizer=str(folder))


@pytest.mark.parametrize("tokenize", [True, False], ids=["ids", "counts"])
def test_a_tokenizer_that_is_not_the_servers_is_refused_with_both(
    tokenize: bool,
    serve: Callable[..., FaultyServer],
    opened: Callable[..., Engine],
    folder: Path,
    tmp_path: Path,
) -> None:
    other = load_tokenizer(str(make_tiny_llama(tmp_path, vocabulary=300)), None)
    server = serve(tokenizer=other, tokenize=tokenize)
    with pytest.raises(ConfigError, match=r"reads a text of \d+ tokens.* as \d+") as error:
        opened(server)
    assert str(folder) in str(error.value) and server.url in str(error.value)


def test_servers_of_different_context_are_no_fleet(
    serve: Callable[..., FaultyServer], opened: Callable[..., Engine]
) -> None:
    with pytest.raises(ConfigError, match=r"a context of 64 tokens; .* have 128"):
        opened(serve(context=64), context=128)
    assert ask(opened(serve(context=64), serve(context=100)))


def test_the_fingerprint_needs_no_server_and_is_the_weights_where_they_are_here(
    folder: Path, local: Engine
) -> None:
    def absent(**options: object) -> Engine:
        settings = {"model": "tiny", "root": str(folder), **options}
        return OpenAIServer(urls=("http://127.0.0.1:9",), **settings).open_for_replay()  # type: ignore[arg-type]

    assert absent().fingerprint == local.fingerprint
    assert absent().model == local.model
    named = [
        absent(root="a/b", tokenizer=str(folder)),
        absent(root="a/b", tokenizer=str(folder), model="alias"),
        absent(root="a/b", tokenizer=str(folder), revision="v2"),
        absent(root="a/c", tokenizer=str(folder)),
    ]
    assert named[0].fingerprint == named[1].fingerprint
    assert len({engine.fingerprint for engine in named}) == 3


def test_chat_needs_no_tokenizer_and_says_what_it_cannot_do() -> None:
    options = OpenAIServer(urls=("https://api.example.org/v1",), model="gpt-5-mini")
    engine = options.open_for_replay()
    assert "".join(map(chr, engine.renderer.render(TALK))).endswith("assistant\n")
    with pytest.raises(ConfigError, match="a tokenizer has no use"):
        OpenAIServer(urls=("http://h",), model="m", api="chat", tokenizer="a/b").check()
    with pytest.raises(ConfigError, match="continue_final_message is for"):
        OpenAIServer(urls=("http://h",), model="a/b", continue_final_message=True).check()
    with pytest.raises(ConfigError, match=r"no tokenizer can be loaded from '/not/here'.*api: chat"):
        OpenAIServer(urls=("http://h",), model="/not/here").open_for_replay()


def test_base_urls_are_written_one_way() -> None:
    written = ("http://a:1", "http://b:1/v1/", "https://c/openai/v1")
    assert OpenAIServer(urls=written, model="m").urls == (
        "http://a:1/v1",
        "http://b:1/v1",
        "https://c/openai/v1",
    )
    for wrong in ("a:1", "ftp://a", "http://", "http://a/v1?key=1"):
        with pytest.raises(ValueError, match="a base URL"):
            OpenAIServer(urls=(wrong,), model="m")
    with pytest.raises(ValueError, match="once"):
        OpenAIServer(urls=("http://a", "http://a/v1"), model="m")
