"""Whatever a server does, an answer comes in the end or the request alone fails, and it is counted."""

import asyncio
import contextlib
import email.utils
import json
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generators.engines.base import Completion, Engine, Incomplete, Request, Sampling
from generators.engines.openai_server import OpenAIServer
from generators.engines.scripted import Scripted
from generators.engines.server.retry import retry_after
from schemas.exceptions import ConfigError, EngineError
from schemas.segment import Message
from tests.generators.engines.faulty_server import FaultyServer

REPLIES = {f"question {n}?": (f"answer {n} a", f"answer {n} b", f"answer {n} c") for n in range(40)}
CASES = json.loads((Path(__file__).parents[2] / "cases" / "server_faults.json").read_text(encoding="utf-8"))


def server(**options: object) -> FaultyServer:
    return FaultyServer(Scripted(replies=REPLIES, otherwise="Hm.").open(), **options)  # type: ignore[arg-type]


@pytest.fixture
def running() -> Iterator[FaultyServer]:
    with server() as found:
        yield found


@pytest.fixture
def opened(running: FaultyServer) -> Iterator[Callable[..., Engine]]:
    engines = []

    def open_engine(*servers: FaultyServer, **options: object) -> Engine:
        urls = tuple(s.url for s in servers or (running,))
        engines.append(OpenAIServer(urls=urls, model="tiny", **options).open())  # type: ignore[arg-type]
        return engines[-1]

    yield open_engine
    for engine in engines:
        asyncio.run(engine.close())


def request(engine: Engine, number: int = 0, samples: tuple[int, ...] = (0,), words: int = 50) -> Request:
    ids = engine.renderer.render([Message("user", f"question {number}?")])
    return Request(ids, Sampling(max_tokens=words), samples)


def ask(engine: Engine, *requests: Request) -> list[list[Completion]]:
    async def run() -> list[list[Completion]]:
        return list(await asyncio.gather(*(engine.generate(r) for r in requests)))

    return asyncio.run(run())


@pytest.mark.parametrize("case", CASES["asked again"], ids=lambda c: c["fault"])
def test_a_fault_is_counted_and_the_answer_comes_all_the_same(
    case: dict[str, str], running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    engine = opened(timeout_s=0.5)
    [[expected]] = ask(engine, request(engine))
    running.faults.append(case["fault"])
    assert ask(engine, request(engine)) == [[expected]]
    assert engine.incidents[case["slug"]] == 1
    assert not running.faults


@pytest.mark.parametrize("case", CASES["asked once"], ids=lambda c: c["fault"])
def test_what_would_fail_again_is_not_asked_again(
    case: dict[str, str], running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    engine = opened()
    running.faults.append(case["fault"])
    with pytest.raises(EngineError, match=case["says"]):
        ask(engine, request(engine))
    assert engine.incidents[case["slug"]] == 1
    assert len(running.wanted) == 1
    ask(engine, request(engine))  # and the next request is answered


def test_a_request_that_keeps_failing_fails_alone(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    engine = opened(retries=2)
    running.faults.extend(["two_choices"] * 3)
    with pytest.raises(EngineError, match=r"given up after 3 failures.*2 choices where one was asked for"):
        ask(engine, request(engine))
    assert engine.incidents["given_up"] == 1
    assert len(running.wanted) == 3
    assert len(ask(engine, request(engine, 1), request(engine, 2))) == 2


def test_an_answer_that_is_cut_or_empty_is_kept_and_counted(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    engine = opened()
    [[cut]] = ask(engine, request(engine, words=2))
    assert (cut.finish, len(cut.text.split())) == ("length", 2)
    running.faults.append("empty")
    [[empty]] = ask(engine, request(engine, 1))
    assert (empty.text, empty.token_ids) == ("", ())
    assert engine.incidents == {"answer.length": 1, "answer.empty": 1}


def test_a_storm_of_429_costs_no_request_and_lowers_the_number_at_once(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    running.most, running.delay_s = 4, 0.01
    engine = opened(retries=0)
    found = ask(engine, *(request(engine, n, (0, 1)) for n in range(40)))
    assert all(len(answers) == 2 and answers[0].text for answers in found)
    assert engine.incidents["in_flight.halved"] >= 1
    assert engine.incidents["retry.429"] < 60
    assert not engine.incidents["given_up"]


def test_retry_after_is_kept_to(running: FaultyServer, opened: Callable[..., Engine]) -> None:
    engine = opened()
    running.faults.append("429:1")
    started = time.monotonic()
    ask(engine, request(engine))
    assert time.monotonic() - started >= 1.0
    impatient = opened(patience_s=5)
    running.faults.append("503:3600")
    with pytest.raises(EngineError, match="503"):
        ask(impatient, request(impatient))


@pytest.mark.parametrize("quota", ["429", "429:3600"])
def test_a_quota_that_is_used_up_fails_all_that_wait_after_the_patience(
    quota: str, running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    engine = opened(patience_s=1, max_in_flight=2)
    running.always = quota

    async def run() -> list[object]:
        asked = (engine.generate(request(engine, n)) for n in range(30))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    started = time.monotonic()
    assert {type(error) for error in asyncio.run(run())} == {EngineError}
    assert time.monotonic() - started < 6
    assert engine.incidents["retry.429"] <= 20


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after("7") == 7
    assert retry_after("-7") == 0
    assert retry_after(email.utils.formatdate(time.time() + 60, usegmt=True)) == pytest.approx(60, abs=2)
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("soon") is retry_after(None) is retry_after("nan") is retry_after("") is None


def test_a_server_that_dies_is_waited_for(running: FaultyServer, opened: Callable[..., Engine]) -> None:
    engine = opened()
    running.delay_s = 0.3

    async def run() -> list[Completion]:
        asked = asyncio.ensure_future(engine.generate(request(engine, 3, (0, 1, 2, 3))))
        await asyncio.sleep(0.1)
        running.stop()
        await asyncio.sleep(0.3)
        assert not asked.done()
        running.restart()
        return await asked

    found = asyncio.run(run())
    assert [c.text for c in found] == [c.text for c in ask(engine, request(engine, 3, (0, 1, 2, 3)))[0]]
    assert engine.incidents["retry.dropped"] == 4
    assert engine.incidents["server.set_aside"] == engine.incidents["server.back"] == 1


def test_a_server_that_is_gone_for_longer_than_the_patience_fails_what_waits(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    engine = opened(patience_s=0.5)
    running.stop()
    started = time.monotonic()
    for _ in range(3):  # the second and third do not wait
        with pytest.raises(EngineError, match=r"no server has answered for 0.5 s: http://127"):
            ask(engine, request(engine))
    assert 0.4 < time.monotonic() - started < 3


def test_what_comes_back_as_another_model_gets_nothing(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    engine = opened(patience_s=1)
    asked = len(running.asked)
    running.stop()
    running.model = "other"
    running.restart()
    with pytest.raises(EngineError, match="serves 'other'; the config asks for model 'tiny'"):
        ask(engine, request(engine))
    assert engine.incidents["server.not_the_same"] >= 1
    assert len(running.asked) - asked <= 1  # a connection that survived, if any
    running.model = "tiny"
    deadline = time.monotonic() + 30
    while engine.incidents["server.back"] == 0 and time.monotonic() < deadline:
        with contextlib.suppress(EngineError):  # nobody has asked after it again
            ask(engine, request(engine))
    assert ask(engine, request(engine))[0][0].text


def test_of_a_fleet_one_may_be_down_at_the_start_and_join_later(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    with server() as late:
        late.stop()
        engine = opened(running, late)
        assert engine.incidents["server.down_at_start"] == 1
        ask(engine, *(request(engine, n) for n in range(8)))
        assert not late.wanted
        late.restart()
        running.delay_s = late.delay_s = 0.02
        deadline = time.monotonic() + 5
        while not late.wanted and time.monotonic() < deadline:
            ask(engine, *(request(engine, n) for n in range(8)))
        assert late.wanted and engine.incidents["server.back"] == 1


def test_where_no_server_answers_the_error_names_each(running: FaultyServer) -> None:
    with server(always="500") as broken:
        running.stop()
        with pytest.raises(ConfigError, match=r"(?s)127.*(refused|failed|attempts).*500") as error:
            OpenAIServer(urls=(running.url, broken.url), model="tiny", patience_s=1).open()
    assert running.url in str(error.value) and broken.url in str(error.value)


def test_of_a_fleet_a_server_that_fails_leaves_its_work_to_the_others(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    with server(always="", delay_s=0.005) as other:
        running.delay_s = 0.005
        engine = opened(running, other, retries=3)
        running.always = "html"
        found = ask(engine, *(request(engine, n, (0, 1)) for n in range(40)))
        assert all(answer.text for answers in found for answer in answers)
        assert engine.incidents["server.set_aside"] >= 1
        assert len(other.wanted) == 80


def test_a_reply_of_another_model_sets_its_server_aside(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    with server() as wrong:
        engine = opened(running, wrong)
        wrong.answers_as = "another"
        found = ask(engine, *(request(engine, n) for n in range(30)))
        assert all(answer.text for answers in found for answer in answers)
        assert engine.incidents["retry.wrong_model"] >= 1
        assert engine.incidents["server.set_aside"] == 1


def test_the_other_samples_of_a_request_are_had_though_one_fails(
    running: FaultyServer, opened: Callable[..., Engine]
) -> None:
    engine = opened(max_in_flight=2)
    running.faults.append("400")
    with pytest.raises(Incomplete, match="400") as failed:
        ask(engine, request(engine, 0, tuple(range(20))))
    assert len(failed.value.had) == 19
    carried = pickle.loads(pickle.dumps(failed.value))  # as from an engine in an actor of a cluster
    assert (str(carried), carried.had) == (str(failed.value), failed.value.had)
    (whole,) = ask(engine, request(engine, 0, tuple(range(20))))
    assert all(whole[sample].text == one.text for sample, one in failed.value.had.items())
    assert running.in_flight == 0


def test_closing_fails_what_is_in_flight(running: FaultyServer, opened: Callable[..., Engine]) -> None:
    engine = opened()
    running.always = "hang"

    async def run() -> None:
        asked = asyncio.ensure_future(engine.generate(request(engine)))
        await asyncio.sleep(0.1)
        await engine.close()
        with pytest.raises(EngineError):
            await asked
        with pytest.raises(EngineError, match="is closed"):
            await engine.generate(request(engine))

    asyncio.run(run())


def test_a_cancelled_request_frees_its_place(running: FaultyServer, opened: Callable[..., Engine]) -> None:
    engine = opened(max_in_flight=1)
    running.faults.append("hang")

    async def run() -> None:
        asked = [asyncio.ensure_future(engine.generate(request(engine, n))) for n in range(3)]
        await asyncio.sleep(0.1)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        assert (await engine.generate(request(engine)))[0].text

    asyncio.run(asyncio.wait_for(run(), 5))
