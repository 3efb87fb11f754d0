"""An engine behind a journal buys nothing twice."""

import asyncio
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from generators.engines.base import Completion, Engine, Request, Sampling, ScoreRequest, Scores
from generators.engines.journal import Journal
from generators.engines.journaled import JournaledEngine
from generators.engines.render import PlainRenderer
from generators.engines.samples import each_sample
from schemas.exceptions import BudgetError, EngineError, JournalError


class Counting(Engine):
    """Numbers its answers, and notes what it was asked for."""

    fingerprint, model, renderer = "f", "counting", PlainRenderer()

    def __init__(self, fails: int = 0) -> None:
        self.asked: list[tuple[int, ...]] = []
        self.scored: list[tuple[int, ...]] = []
        self.fails = fails

    async def generate(self, request: Request) -> list[Completion]:
        self.asked.append(request.samples)
        await asyncio.sleep(0.01)
        if len(self.asked) <= self.fails:
            raise EngineError("no luck")
        return [Completion(f"{request.ids} {s} {len(self.asked)}", (s,), "stop") for s in request.samples]

    async def score(self, request: ScoreRequest) -> list[Scores]:
        self.scored = [*self.scored, *request.continuations]
        await asyncio.sleep(0.01)
        return [Scores(tuple(-float(len(self.scored)) for _ in c)) for c in request.continuations]


def ask(*samples: int) -> Request:
    return Request((1, 2), Sampling(), samples or (0,))


def test_only_what_is_missing_is_bought(tmp_path: Path) -> None:
    async def run() -> None:
        engine = Counting()
        journaled = JournaledEngine(engine, Journal(tmp_path))
        first = await journaled.generate(ask(0, 1))
        more = await journaled.generate(ask(3, 1, 0, 2))
        assert engine.asked == [(0, 1), (3, 2)]
        assert [more[2], more[1]] == first
        assert (journaled.bought, journaled.replayed, journaled.bought_tokens) == (4, 2, 4)
        await journaled.close()
        replay = JournaledEngine(Counting(), Journal(tmp_path), replay_only=True)
        assert await replay.generate(ask(3, 1, 0, 2)) == more
        with pytest.raises(EngineError, match="lacks 1 completion"):
            await replay.generate(ask(0, 9))

    asyncio.run(run())


def test_scores_are_bought_once_and_replayed_as_they_were(tmp_path: Path) -> None:
    async def run() -> None:
        engine = Counting()
        journaled = JournaledEngine(engine, Journal(tmp_path))
        request, wider = ScoreRequest((1,), ((2,), (3, 4))), ScoreRequest((1,), ((3, 4), (5,), (2,)))
        first, again = await asyncio.gather(journaled.score(request), journaled.score(request))
        assert first == again
        more = await journaled.score(wider)
        assert engine.scored == [(2,), (3, 4), (5,)]
        assert [more[2], more[0]] == first
        assert (journaled.scored, journaled.bought) == (3, 0)
        await journaled.close()
        replay = JournaledEngine(Counting(), Journal(tmp_path), replay_only=True)
        assert await replay.score(wider) == more
        with pytest.raises(EngineError, match="lacks 1 score"):
            await replay.score(ScoreRequest((1, 2), ((2,),)))

    asyncio.run(run())


def test_fifty_askers_of_one_sample_buy_it_once(tmp_path: Path) -> None:
    async def run() -> None:
        engine = Counting()
        journaled = JournaledEngine(engine, Journal(tmp_path))
        answers = await asyncio.gather(*(journaled.generate(ask(0, n % 2 + 1)) for n in range(50)))
        assert sorted(s for samples in engine.asked for s in samples) == [0, 1, 2]
        assert len({a[0] for a in answers}) == 1
        assert (journaled.bought, journaled.replayed) == (3, 97)

    asyncio.run(run())


def test_a_failed_purchase_fails_its_askers_and_can_be_tried_again(tmp_path: Path) -> None:
    async def run() -> None:
        journaled = JournaledEngine(Counting(fails=1), Journal(tmp_path))
        both = await asyncio.gather(
            journaled.generate(ask()), journaled.generate(ask()), return_exceptions=True
        )
        assert [type(error) for error in both] == [EngineError, EngineError]
        assert len(await journaled.generate(ask())) == 1

    asyncio.run(run())


def test_a_cancelled_asker_takes_nothing_from_the_other(tmp_path: Path) -> None:
    async def run() -> None:
        journaled = JournaledEngine(Counting(), Journal(tmp_path))
        first = asyncio.create_task(journaled.generate(ask()))
        second = asyncio.create_task(journaled.generate(ask()))
        await asyncio.sleep(0)
        first.cancel()
        assert len(await second) == 1
        assert journaled.bought == 1

    asyncio.run(run())


def test_details_are_scored_once_and_only_for_those_who_ask(tmp_path: Path) -> None:
    detailed = Request((1, 2), Sampling(), (0, 1), details=True)

    async def run() -> None:
        engine = Counting()
        journaled = JournaledEngine(engine, Journal(tmp_path))
        plain = await journaled.generate(ask(0, 1))
        full = await journaled.generate(detailed)
        assert [replace(c, logprobs=None, entropies=None) for c in full] == plain
        assert (full[0].logprobs, full[1].logprobs) == ((-2.0,), (-2.0,))
        assert await journaled.generate(detailed) == full
        assert await journaled.generate(ask(0, 1)) == plain
        assert (engine.asked, engine.scored) == ([(0, 1)], [(0,), (1,)])
        await journaled.close()
        replay = JournaledEngine(Counting(), Journal(tmp_path), replay_only=True)
        assert (await replay.generate(detailed), await replay.generate(ask(1, 0))) == (full, plain[::-1])

    asyncio.run(run())


def test_details_that_the_engine_gave_are_kept_and_not_scored(tmp_path: Path) -> None:
    class Detailed(Counting):
        async def generate(self, request: Request) -> list[Completion]:
            got = await super().generate(request)
            return [replace(c, logprobs=(-0.5,), entropies=(0.25,)) for c in got]

    async def run() -> None:
        detailed = Request((1, 2), Sampling(), (0,), details=True)
        engine = Detailed()
        journaled = JournaledEngine(engine, Journal(tmp_path))
        (full,) = await journaled.generate(detailed)
        assert (full.logprobs, full.entropies, engine.scored) == ((-0.5,), (0.25,), [])
        await journaled.close()
        replay = JournaledEngine(Counting(), Journal(tmp_path), replay_only=True)
        assert await replay.generate(detailed) == [full]
        (plain,) = await replay.generate(ask(0))
        assert plain.logprobs is None and plain.entropies is None

    asyncio.run(run())


def test_where_the_engine_cannot_score_a_completion_is_handed_back_as_it_is(tmp_path: Path) -> None:
    class Unable(Counting):
        async def score(self, request: ScoreRequest) -> list[Scores]:
            return await Engine.score(self, request)

    async def run() -> None:
        journaled = JournaledEngine(Unable(), Journal(tmp_path))
        (given,) = await journaled.generate(Request((1, 2), Sampling(), (0,), details=True))
        assert given.logprobs is None
        assert (journaled.bought, journaled.scored) == (1, 0)

    asyncio.run(run())


def test_scores_with_entropies_are_a_purchase_of_their_own(tmp_path: Path) -> None:
    async def run() -> None:
        engine = Counting()
        journaled = JournaledEngine(engine, Journal(tmp_path))
        for _ in range(2):
            await journaled.score(ScoreRequest((1,), ((2,),)))
            await journaled.score(ScoreRequest((1,), ((2,),), entropies=True))
        assert engine.scored == [(2,), (2,)]

    asyncio.run(run())


class Coins:
    """Money for some completions."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.noted: list[tuple[int, int]] = []

    def admit(self, samples: int) -> None:
        if samples > self.left:
            raise BudgetError(f"{samples} completions wanted, {self.left} left")

    def spent(self, completions: Sequence[Completion], prompt_tokens: int) -> None:
        self.left -= len(completions)
        self.noted.append((len(completions), prompt_tokens))


def test_a_spent_budget_refuses_purchases_and_no_replays(tmp_path: Path) -> None:
    async def run() -> None:
        purse = Coins(3)
        journaled = JournaledEngine(Counting(), Journal(tmp_path), budget=purse)
        first = await journaled.generate(ask(0, 1))
        assert await journaled.generate(ask(1, 0)) == first[::-1]
        with pytest.raises(BudgetError, match="2 completions wanted, 1 left"):
            await journaled.generate(ask(0, 2, 3))
        await journaled.generate(ask(2))
        assert purse.noted == [(2, 2), (1, 2)]
        counts = (journaled.asked, journaled.bought, journaled.replayed, journaled.bought_prompt_tokens)
        assert counts == (8, 3, 2, 4)

    asyncio.run(run())


def test_incidents_are_those_of_the_wrapped_engine(tmp_path: Path) -> None:
    engine = Counting()
    journaled = JournaledEngine(engine, Journal(tmp_path))
    engine.incidents["retry.429"] += 1
    assert journaled.incidents == {"retry.429": 1}


class Stumbling(Engine):
    """Fails for sample 1, once."""

    def __init__(self) -> None:
        self.fingerprint, self.model, self.renderer = "m", "m", PlainRenderer()
        self.asked: list[int] = []

    async def generate(self, request: Request) -> list[Completion]:
        def failing(sample: int) -> bool:
            return sample == 1 and self.asked.count(1) == 1

        async def one(sample: int) -> Completion:
            self.asked.append(sample)
            if failing(sample):
                raise EngineError("stumbled")
            return Completion(f"answer {sample}", (sample,), "stop")

        return await each_sample(request.samples, one)


def test_samples_that_arrived_are_not_bought_again_when_another_failed(tmp_path: Path) -> None:
    engine = Stumbling()
    journaled = JournaledEngine(engine, Journal(tmp_path))
    request = Request((1, 2), Sampling(), (0, 1, 2))

    async def run() -> None:
        with pytest.raises(EngineError, match="stumbled"):
            await journaled.generate(request)
        got = await journaled.generate(request)
        assert [c.text for c in got] == ["answer 0", "answer 1", "answer 2"]
        await journaled.close()

    asyncio.run(run())
    assert sorted(engine.asked) == [0, 1, 1, 2]
    assert (journaled.bought, journaled.asked) == (3, 6)


def test_nothing_is_bought_that_cannot_be_kept(tmp_path: Path) -> None:
    async def run() -> None:
        (tmp_path / "journal").mkdir()
        engine = Counting()
        journaled = JournaledEngine(engine, Journal(tmp_path / "journal"))
        await journaled.generate(ask(0))
        await asyncio.to_thread(journaled.journal.close)
        with no_room():
            for request in (ask(1), ask(2)):
                with pytest.raises(JournalError, match=r"File too large: what is bought cannot be kept"):
                    await journaled.generate(request)
        # The first was bought before it was known, the second was not.
        assert engine.asked == [(0,), (1,)]
        assert len(await journaled.generate(ask(0))) == 1
        await journaled.close()

        (tmp_path / "journal").rename(tmp_path / "away")
        (tmp_path / "journal").write_text("in the way")
        blocked = JournaledEngine(engine, journaled.journal)
        with pytest.raises(JournalError, match="journal: File exists: what is bought cannot be kept"):
            await blocked.generate(ask(3))
        assert engine.asked == [(0,), (1,)]

    asyncio.run(run())


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process can grow: its limit of bytes stands for a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_half_a_surrogate_pair_becomes_a_text_that_files_can_hold(tmp_path: Path) -> None:
    class Odd(Counting):
        async def generate(self, request: Request) -> list[Completion]:
            return [Completion("a\ud83d \ud83d\ude42", (1,), "stop")]

    async def run() -> None:
        bought = await JournaledEngine(Odd(), Journal(tmp_path)).generate(ask(0))
        replayed = await JournaledEngine(Odd(), Journal(tmp_path), replay_only=True).generate(ask(0))
        assert [c.text for c in bought] == ["a\ufffd \U0001f642"]
        assert replayed == bought

    asyncio.run(run())


def test_details_that_the_budget_refuses_are_no_answer_without_them(tmp_path: Path) -> None:
    class Spent:
        def admit(self, samples: int) -> None:
            raise BudgetError("spent")

        def spent(self, completions: Sequence[Completion], prompt_tokens: int) -> None:
            raise AssertionError

    async def run() -> None:
        await JournaledEngine(Counting(), Journal(tmp_path)).generate(ask(0))
        journaled = JournaledEngine(Counting(), Journal(tmp_path), budget=Spent())
        with pytest.raises(BudgetError):
            await journaled.generate(replace(ask(0), details=True))

    asyncio.run(run())
