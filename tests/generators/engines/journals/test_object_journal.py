"""A journal under a URL when the store, the network or the writer fails."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generators.engines.base import Completion, Engine, Request, Sampling
from generators.engines.journaled import JournaledEngine
from generators.engines.journals.keys import completion_key
from generators.engines.journals.object_compact import compact_objects
from generators.engines.journals.object_journal import ObjectJournal
from generators.engines.journals.store import Store
from generators.engines.render import PlainRenderer
from pipelines.cli import main
from schemas.exceptions import JournalError
from tests.s3.server import S3
from tests.s3.world import NEEDS_S3FS, bucket, new_url

ROOT = Path(__file__).parents[4]
pytestmark = NEEDS_S3FS


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with bucket() as server:
        yield server


@pytest.fixture
def url(server: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in (
        "commits.INTERVAL_S",
        "commits.FIRST_WAIT_S",
        "commits.LONGEST_WAIT_S",
        "store.FIRST_WAIT_S",
    ):
        monkeypatch.setattr(f"generators.engines.journals.{name}", 0.01)
    monkeypatch.setattr("generators.engines.journals.object_journal.REFRESH_S", 0.0)
    yield new_url()
    server.down, server.delay_s, server.faults = False, 0.0, {}
    server.hangs.set()


def under(url: str) -> str:
    return url.removeprefix("s3://") + "/"


def key(number: int) -> str:
    return completion_key("model", Request((number,), Sampling()), 0)


def text(number: int) -> Completion:
    return Completion(f"text {number}\n" * 20, (number,), "stop")


def put(journal: ObjectJournal, *numbers: int) -> None:
    for number in numbers:
        journal.put(key(number), text(number))
    asyncio.run(journal.kept())


def forget(journal: ObjectJournal) -> None:
    """Have nothing of what was read in memory, as after reading much else."""
    journal._objects._ranges._windows.clear()
    journal._objects._blocks.clear()


class Counting(Engine):
    """Counts what it sells."""

    fingerprint, model, renderer = "f", "counting", PlainRenderer()

    def __init__(self) -> None:
        self.sold = 0

    async def generate(self, request: Request) -> list[Completion]:
        self.sold += len(request.samples)
        await asyncio.sleep(0.001)
        return [Completion(f"{request.ids} {s}", (s,), "stop") for s in request.samples]


def ask(number: int) -> Request:
    return Request((number,), Sampling())


async def until(true: Callable[[], object]) -> None:
    """Wait for a condition."""
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


def test_a_thousand_purchases_take_a_handful_of_requests_a_second(
    url: str, server: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generators.engines.journals.commits.INTERVAL_S", 0.2)

    async def run() -> float:
        journaled = JournaledEngine(Counting(), ObjectJournal(url))
        began, before = time.monotonic(), server.asked["put"]
        for some in range(0, 1000, 250):
            await asyncio.gather(*(journaled.generate(ask(some + n)) for n in range(250)))
        seconds = time.monotonic() - began
        assert server.asked["put"] - before - 1 <= 1 + seconds / 0.2  # one more has tried the store
        await journaled.close()
        return seconds

    assert asyncio.run(run()) < 5
    assert len(server.names(under(url))) == 1


def test_nothing_is_handed_out_before_the_store_has_it(url: str, server: S3) -> None:
    async def run() -> None:
        journaled = JournaledEngine(Counting(), ObjectJournal(url))
        await journaled.generate(ask(0))
        server.hangs.clear()
        asked = server.asked["put"]
        buying = asyncio.create_task(journaled.generate(ask(1)))
        await until(lambda: server.asked["put"] > asked)
        await asyncio.sleep(0.05)
        assert not buying.done()
        server.hangs.set()
        assert (await buying)[0].text == "(1,) 0"
        assert ObjectJournal(url).get(completion_key("f", ask(1), 0))
        await journaled.close()

    asyncio.run(run())


@pytest.mark.parametrize("fault", ["SlowDown", "InternalError", "drop", "lost"])
def test_a_store_that_fails_for_a_while_costs_no_purchase(url: str, server: S3, fault: str) -> None:
    async def run() -> None:
        engine = Counting()
        journaled = JournaledEngine(engine, ObjectJournal(url))
        for number in range(3):
            server.faults = {"put": [fault], "list": [fault]}
            await journaled.generate(ask(number))
            journaled.journal.refresh()
        await journaled.close()
        server.faults = {"get": [fault]}
        replay = JournaledEngine(engine, ObjectJournal(url), replay_only=True)
        assert [(await replay.generate(ask(n)))[0].text for n in range(3)] == ["(0,) 0", "(1,) 0", "(2,) 0"]
        assert (engine.sold, len(replay.journal)) == (3, 3)

    asyncio.run(run())


def test_a_store_that_stays_away_ends_the_buying_and_the_next_start_stores_what_was_bought(
    url: str, server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("KEEP_S", 0.2), ("CLOSE_S", 0.1)):
        monkeypatch.setattr(f"generators.engines.journals.commits.{name}", seconds)
    engine = Counting()
    spill = tmp_path / "unstored"

    async def run() -> None:
        journaled = JournaledEngine(engine, ObjectJournal(url, spill))
        await journaled.generate(ask(0))
        server.down = True
        got = await asyncio.gather(*(journaled.generate(ask(n)) for n in (1, 2, 3)), return_exceptions=True)
        assert [type(one) for one in got] == [JournalError] * 3
        assert f"wait in {spill}" in str(got[0]) and url in str(got[0])
        with pytest.raises(JournalError):
            await journaled.generate(ask(4))
        assert engine.sold == 4  # not the fifth
        await journaled.close()
        server.down = False
        again = JournaledEngine(engine, ObjectJournal(url, spill))
        assert len(again.journal) == 1
        await again.generate(ask(9))
        assert [(await again.generate(ask(n)))[0].text for n in range(4)] == [f"({n},) 0" for n in range(4)]
        assert engine.sold == 5
        await again.close()

    asyncio.run(run())
    assert len(ObjectJournal(url)) == 5 and not spill.exists()


def test_an_outage_that_ends_is_only_waited_for(url: str, server: S3, tmp_path: Path) -> None:
    async def run() -> None:
        engine = Counting()
        journaled = JournaledEngine(engine, ObjectJournal(url, tmp_path))
        await journaled.generate(ask(0))
        server.down = True
        buying = asyncio.create_task(journaled.generate(ask(1)))
        await until(lambda: list(tmp_path.rglob("*.open")))
        later = asyncio.create_task(journaled.generate(ask(2)))  # is not even bought before the store is back
        await asyncio.sleep(0.1)
        assert (engine.sold, buying.done(), later.done()) == (2, False, False)
        server.down = False
        await asyncio.gather(buying, later)
        assert engine.sold == 3 and not list(tmp_path.rglob("*.open"))
        await journaled.close()

    asyncio.run(run())


_OUTAGE = """
import asyncio, sys
import s3fs
s3fs.core.S3FileSystem.retries = 1
from generators.engines.base import Completion, Request, Sampling
from generators.engines.journals.keys import completion_key
from generators.engines.journals.object_journal import ObjectJournal
from pathlib import Path
async def run():
    journal = ObjectJournal(sys.argv[1], Path(sys.argv[2]))
    await journal.prepare()
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(50):
        journal.put(completion_key("model", Request((number,), Sampling()), 0), Completion("x", (), "stop"))
    await journal.kept()
asyncio.run(run())
"""


def test_killed_in_an_outage_nothing_that_was_bought_is_lost(url: str, server: S3, tmp_path: Path) -> None:
    words = [sys.executable, "-c", _OUTAGE, url, str(tmp_path)]
    with subprocess.Popen(words, stdin=-1, stdout=-1, cwd=ROOT, text=True) as writer:
        assert writer.stdout and writer.stdin
        assert writer.stdout.readline() == "ready\n"
        server.down = True
        print("go", file=writer.stdin, flush=True)
        while sum(f.read_bytes().count(b"\n") for f in tmp_path.rglob("*.open")) < 50:
            assert writer.poll() is None
            time.sleep(0.02)
        server.down = False
        # While it lives its records are its own to store.
        server.faults = {"put": ["drop"] * 5}
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    server.faults = {}
    journal = ObjectJournal(url, tmp_path)
    asyncio.run(journal.prepare())
    assert all(journal.get(key(number)) for number in range(50))
    journal.close()
    assert not list(tmp_path.rglob("*.open"))


def test_parts_left_beside_their_merged_segment_replay_alike(url: str, server: S3) -> None:
    journal = ObjectJournal(url)
    for number in range(4):
        put(journal, number)
    server.faults = {"delete": ["AccessDenied"] * 20}
    journal.close()
    assert len(server.names(under(url))) == 5
    server.faults = {}
    again = ObjectJournal(url)
    assert [again.get(key(number)) for number in range(4)] == [*map(text, range(4))]
    assert len(again) == 4
    done = compact_objects(Store(url), include_open=True)
    assert (done.merged, done.records, done.doubles) == (5, 4, 4)
    assert [again.get(key(number)) for number in range(4)] == [*map(text, range(4))]


def test_a_segment_that_cannot_be_merged_stays_in_parts(url: str, server: S3) -> None:
    journal = ObjectJournal(url)
    for number in range(3):
        put(journal, number)
    server.faults = {"put": ["AccessDenied"] * 20}
    journal.close()
    server.faults = {}
    assert len(server.names(under(url))) == 3
    assert [journal.get(key(number)) for number in range(3)] == [*map(text, range(3))]


def test_lost_objects_cost_their_own_records_and_are_bought_again(url: str, server: S3) -> None:
    async def run() -> None:
        for first in (0, 10):
            journaled = JournaledEngine(Counting(), ObjectJournal(url))
            await asyncio.gather(*(journaled.generate(ask(first + n)) for n in range(10)))
            await journaled.close()
        engine = Counting()
        journal = ObjectJournal(url)
        forget(journal)
        journaled = JournaledEngine(engine, journal)
        lost, _ = server.names(under(url))
        del server.objects[lost]
        await asyncio.gather(*(journaled.generate(ask(n)) for n in range(20)))
        assert engine.sold == 10
        for name in server.names(under(url)):  # the whole prefix, in the middle of a build
            del server.objects[name]
        forget(journal)
        await asyncio.gather(*(journaled.generate(ask(n)) for n in range(20)))
        assert engine.sold == 20  # the ten it had bought itself were still in memory
        await journaled.close()
        replay = JournaledEngine(Counting(), ObjectJournal(url), replay_only=True)
        await asyncio.gather(*(replay.generate(ask(n)) for n in range(20)))

    asyncio.run(run())


def test_a_bucket_that_is_not_there_or_not_ours_is_known_before_anything_is_bought(
    server: S3, url: str
) -> None:
    async def run(where: str) -> int:
        engine = Counting()
        with pytest.raises(JournalError, match="what is bought cannot be kept"):
            await JournaledEngine(engine, ObjectJournal(where)).generate(ask(1))
        return engine.sold

    assert asyncio.run(run("s3://no-such-bucket/journal")) == 0
    server.faults = {"put": ["AccessDenied"]}
    assert asyncio.run(run(url)) == 0


def test_a_store_that_cannot_be_read_is_no_empty_journal(
    url: str, server: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generators.engines.journals.store.READ_S", 0.1)
    journal = ObjectJournal(url)
    put(journal, 1)
    journal.close()
    reader = ObjectJournal(url)
    server.down = True
    with pytest.raises(JournalError, match=f"the journal {url} cannot be read"):
        ObjectJournal(url)
    forget(reader)
    with pytest.raises(JournalError, match="cannot be read"):
        reader.get(key(1))


def test_opening_reads_indexes_and_a_record_its_window(url: str, server: S3, tmp_path: Path) -> None:
    journal = ObjectJournal(url)
    noise = [os.urandom(3000).hex() for _ in range(400)]
    for number, words in enumerate(noise):
        journal.put(key(number), Completion(words, (number,), "stop"))
    asyncio.run(journal.kept())
    journal.close()
    (name,) = server.names(under(url))
    assert len(server.objects[name]) > 1_000_000
    before = server.sent_bytes
    reader = ObjectJournal(url, cache=tmp_path)
    assert server.sent_bytes - before < 80_000
    plain = ObjectJournal(url)
    for one in (plain, reader):
        asked, before = server.asked["get"], server.sent_bytes
        got = [one.get(key(number)) for number in range(400)]
        assert [c.text for c in got if c] == noise
        assert server.asked["get"] - asked <= 6
        assert server.sent_bytes - before < 1.2 * len(server.objects[name])
    asked = server.asked["get"]
    reader.close()
    third = ObjectJournal(url, cache=tmp_path)
    assert third.get(key(7)) == reader.get(key(7))
    assert server.asked["get"] - asked == 1  # its index alone


def test_merging_keeps_what_every_key_replays(url: str, server: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    journals = [ObjectJournal(url) for _ in range(4)]
    for number, journal in enumerate(journals):
        for one in range(number, number + 3):
            journal.put(key(one), Completion(f"{number} {one}", (), "stop"))
        asyncio.run(journal.kept())
    for journal in journals[::-1]:
        journal.close()
    before = [ObjectJournal(url).get(key(one)) for one in range(6)]
    assert [c.text for c in before if c] == ["0 0", "0 1", "0 2", "1 3", "2 4", "3 5"]
    assert compact_objects(Store(url)).merged == 0  # of today: who began them may go on
    damaged = server.names(under(url))[1]
    whole = server.objects[damaged]
    server.objects[damaged] = whole[:20] + b"##" + whole[22:]
    done = compact_objects(Store(url), include_open=True)
    assert (done.merged, [path.name for path in done.damaged]) == (2, [damaged.rsplit("/", 1)[-1]])
    server.objects[damaged] = whole
    assert [ObjectJournal(url).get(key(one)) for one in range(6)] == before
    assert compact_objects(Store(url), include_open=True).merged == 3
    assert [ObjectJournal(url).get(key(one)) for one in range(6)] == before
    assert len(server.names(under(url))) == 1


def test_the_commands_work_on_a_url(url: str, server: S3, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "stats", url]) == 2
    assert f"there is no journal at {url}" in capsys.readouterr().err
    journals = [ObjectJournal(url), ObjectJournal(url)]
    for first, journal in zip((0, 5), journals, strict=True):
        put(journal, *range(first, first + 5))
        put(journal, *range(first + 5, first + 8))
    assert main(["journal", "stats", url]) == 0
    assert "records  16\n" in capsys.readouterr().out
    for journal in journals:
        journal.close()
    assert main(["journal", "stats", url]) == 0
    assert "records  16\nfiles    2 (0 open)" in capsys.readouterr().out
    assert main(["journal", "verify", url]) == 0
    assert "16 records in 2 files, 3 doubles, 0 damaged" in capsys.readouterr().out
    assert main(["journal", "compact", url, "--include-open"]) == 0
    assert "merged 2 files into 1: 13 records, 3 doubles left out" in capsys.readouterr().out
    (name,) = server.names(under(url))
    server.objects[name] = b"##" + server.objects[name][2:]
    assert main(["journal", "verify", url]) == 4
    assert f"s3://{name}:0: damaged block" in capsys.readouterr().err
    assert main(["journal", "stats", "s3://no-such-bucket/j"]) == 2
