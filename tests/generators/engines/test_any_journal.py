"""What every journal promises, wherever it is kept: in a folder, in memory, on an S3-compatible server."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import fsspec
import pytest

from generators.engines.base import Completion, Engine, Request, Sampling, ScoreRequest, Scores
from generators.engines.journaled import JournaledEngine
from generators.engines.journals.base import AnyJournal
from generators.engines.journals.keys import completion_key
from generators.engines.journals.place import open_journal
from generators.engines.render import PlainRenderer
from schemas.exceptions import EngineError
from tests.s3.server import S3
from tests.s3.world import NEEDS_S3FS, bucket, new_url

ROOT = Path(__file__).parents[3]
HARD = Completion('line\n"quote" é 😀 \u2028 \ud800', (1, 2, 3), "stop", -1.25)
ALL = ("folder", "memory", pytest.param("s3", marks=NEEDS_S3FS))
SHARED = (ALL[0], ALL[2])  # with other processes


@dataclass(frozen=True)
class Place:
    """Where a journal is kept, and its files as they lie there."""

    where: str

    def open(self) -> AnyJournal:
        return open_journal(self.where)

    def files(self) -> dict[str, bytes]:
        system, root = fsspec.url_to_fs(self.where)
        return {str(n): system.cat_file(n) for n in sorted(system.find(root))}

    def write(self, name: str, content: bytes) -> None:
        fsspec.url_to_fs(self.where)[0].pipe_file(name, content)


@pytest.fixture(scope="module")
def server() -> Iterator[S3 | None]:
    try:
        import s3fs  # noqa: F401
    except ImportError:
        yield None
        return
    with bucket() as server:
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generators.engines.journals.commits.INTERVAL_S", 0.01)
    monkeypatch.setattr("generators.engines.journals.object_journal.REFRESH_S", 0.0)
    monkeypatch.setattr("generators.engines.journal.REFRESH_S", 0.0)


@pytest.fixture(params=ALL)
def place(request: pytest.FixtureRequest, tmp_path: Path, server: S3 | None) -> Place:
    return Place(str(tmp_path / "journal") if request.param == "folder" else new_url(request.param))


def key(number: int) -> str:
    return completion_key("model", Request((number,), Sampling()), 0)


def text(number: int, of: str = "text") -> Completion:
    return Completion(f"{of} {number}\n" * (1 + number % 9), (number,), "length", None)


def put(journal: AnyJournal, *numbers: int, of: str = "text") -> None:
    """Put records and wait until they are kept."""
    for number in numbers:
        journal.put(key(number), text(number, of))
    asyncio.run(journal.kept())


def lost_of(journal: AnyJournal) -> list[int]:
    """Which of thirty records are lost; the others are as they were."""
    got = [journal.get(key(number)) for number in range(30)]
    assert all(one in (None, text(number)) for number, one in enumerate(got))
    return [number for number, one in enumerate(got) if one is None]


def test_a_record_comes_back_as_it_was(place: Place) -> None:
    detailed = replace(HARD, logprobs=(-0.1, 1e300), entropies=(0.5, 0.25))
    scores = Scores((-0.5, -1e-9), (0.1, 2.0))
    journal = place.open()
    journal.put(key(1), HARD, model="m", seed=7)
    journal.put(key(2), detailed)
    journal.put_scores(key(3), scores)
    assert (journal.get(key(1)), journal.get_scores(key(3))) == (HARD, scores)
    asyncio.run(journal.kept())
    again = place.open()
    journal.close()
    for one in (journal, again, place.open()):
        assert (one.get(key(1)), one.get(key(2)), one.get_scores(key(3))) == (HARD, detailed, scores)
        assert (one.get(key(9)), key(2) in one, key(9) in one, len(one)) == (None, True, False, 3)


def test_what_is_kept_is_seen_by_whoever_opens_the_journal_then(place: Place) -> None:
    journal = place.open()
    for number in range(5):
        put(journal, number)
        assert place.open().get(key(number)) == text(number)
    journal.close()


def test_a_key_keeps_its_first_completion(place: Place) -> None:
    journal = place.open()
    put(journal, 1)
    put(journal, 1, of="other")
    journal.close()
    put(journal, 1, of="third")
    journal.close()
    assert place.open().get(key(1)) == journal.get(key(1)) == text(1)


@pytest.mark.parametrize("first_to_close", [0, 1])
def test_of_two_writers_the_older_wins_whoever_closes_first(place: Place, first_to_close: int) -> None:
    writers = [place.open(), place.open()]
    put(writers[0], 0)
    put(writers[1], 1, of="younger")
    put(writers[1], 2, of="younger")
    put(writers[0], 2)
    for _ in range(2):
        one = place.open()
        assert [one.get(key(n)) for n in range(3)] == [text(0), text(1, "younger"), text(2)]
        assert len(one) == 3
        writers[first_to_close].close()
    writers[1 - first_to_close].close()
    assert [place.open().get(key(n)) for n in range(3)] == [text(0), text(1, "younger"), text(2)]


def test_a_closed_journal_is_one_file_whatever_was_in_it(place: Place) -> None:
    journal = place.open()
    for number in range(12):
        put(journal, number)
    journal.close()
    (name,) = place.files()
    assert name.endswith(".jsonl.zst")
    put(journal, 12)
    journal.close()
    again = place.open()
    assert [again.get(key(n)) for n in range(14)] == [*map(text, range(13)), None]


def test_a_reader_finds_what_was_merged_or_bought_after_it_looked(place: Place) -> None:
    writer = place.open()
    put(writer, *range(20))
    put(writer, *range(20, 40))
    reader = place.open()
    writer.close()  # its files are another one now
    assert [reader.get(key(n)) for n in (0, 39)] == [text(0), text(39)]
    put(writer, 40)
    writer.close()
    reader.refresh()
    assert [reader.get(key(n)) for n in (0, 39, 40)] == [text(0), text(39), text(40)]


@pytest.mark.parametrize("place", SHARED, indirect=True)
def test_a_reader_finds_what_a_writer_bought_that_has_not_closed(place: Place) -> None:
    """As that of a node which is gone: nobody will close its file."""
    writer, other = place.open(), place.open()
    put(writer, *range(5))
    reader = place.open()
    for more in range(5, 12):
        put(writer, more)
        put(other, 100 + more)
        reader.refresh(at_once=True)
        assert [reader.get(key(n)) for n in (0, more, 100 + more)] == [text(0), text(more), text(100 + more)]
        assert key(more + 1) not in reader
    other.close()  # its file is another one now
    reader.refresh(at_once=True)
    assert [reader.get(key(n)) for n in (*range(12), *range(105, 112))] == [
        *map(text, range(12)),
        *map(text, range(105, 112)),
    ]
    put(reader, 5, 200)
    assert reader.get(key(5)) == text(5) and reader.get(key(200)) == text(200)


def test_damage_costs_the_damaged_block_and_what_is_bought_again_stays(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generators.engines.journals.segment_writer.BLOCK_BYTES", 400)
    journal = place.open()
    put(journal, *range(30))
    journal.close()
    ((name, whole),) = place.files().items()
    worst = 0
    for at in range(5, len(whole), len(whole) // 8):
        place.write(name, whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        worst = max(worst, len(lost_of(place.open())))
        place.write(name, whole[:at])
        lost = lost_of(place.open())
        assert lost == [*range(30)][30 - len(lost) :]
    assert 0 < worst <= 4
    place.write(name, whole[: len(whole) // 2])
    one = place.open()
    assert 0 < len(lost_of(one)) < 30
    put(one, *range(30))
    one.close()
    assert [place.open().get(key(n)) for n in range(30)] == [*map(text, range(30))]


class Numbered(Engine):
    """Numbers its answers."""

    fingerprint, model, renderer = "f", "numbered", PlainRenderer()

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def generate(self, request: Request) -> list[Completion]:
        self.asked += request.samples
        await asyncio.sleep(0.001)
        return [Completion(f"{request.ids} {s} {len(self.asked)}", (s,), "stop") for s in request.samples]

    async def score(self, request: ScoreRequest) -> list[Scores]:
        return [Scores(tuple(-0.5 for _ in c)) for c in request.continuations]


def test_an_engine_buys_nothing_twice_and_another_machine_replays_it(place: Place) -> None:
    async def run() -> None:
        engine = Numbered()
        journaled = JournaledEngine(engine, place.open())
        requests = [Request((n % 7,), Sampling(), (0, n % 3)) for n in range(60)]
        answers = await asyncio.gather(*(journaled.generate(request) for request in requests))
        scored = await journaled.score(ScoreRequest((1,), ((2,), (3, 4))))
        assert len(engine.asked) == 21 == journaled.bought
        replay = JournaledEngine(Numbered(), place.open(), replay_only=True)
        assert [await replay.generate(request) for request in requests] == answers
        assert await replay.score(ScoreRequest((1,), ((2,), (3, 4)))) == scored
        with pytest.raises(EngineError, match="lacks 1 completion"):
            await replay.generate(Request((9,), Sampling()))
        await journaled.close()
        await replay.close()

    asyncio.run(run())


@pytest.mark.parametrize("place", SHARED, indirect=True)
def test_a_child_process_writes_files_of_its_own(place: Place) -> None:
    journal = place.open()
    put(journal, 1)
    journal.put(key(4), text(4))  # not waited for: it is the parent's to store
    child = os.fork()
    if not child:
        put(journal, 2)
        put(journal, 1, of="child")
        os._exit(0 if journal.get(key(1)) == text(1) else 1)
    assert os.waitpid(child, 0)[1] == 0
    put(journal, 3)
    journal.close()
    again = place.open()
    assert [again.get(key(number)) for number in (1, 2, 3, 4)] == [text(1), text(2), text(3), text(4)]
    assert (again.unreadable, len(place.files())) == (0, 2)


_WRITER = """
import asyncio, sys
from generators.engines.base import Completion, Request, Sampling
from generators.engines.journals import commits, sealing
from generators.engines.journals.keys import completion_key
from generators.engines.journals.place import open_journal
commits.INTERVAL_S, sealing.FULL_RECORDS = 0.0, 25
journal = open_journal(sys.argv[1])
async def buy(number):
    key = completion_key("model", Request((number,), Sampling()), 0)
    journal.put(key, Completion("x" * (number % 5000), (number,), "stop"))
    await journal.kept()
    print(key, flush=True)
async def run():
    for number in range(0, 10**6, 3):
        await asyncio.gather(buy(number), buy(number + 1), buy(number + 2))
asyncio.run(run())
"""


@pytest.mark.parametrize("place", SHARED, indirect=True)
def test_a_killed_writer_loses_nothing_that_it_handed_out(place: Place) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, place.where], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as writer:
        assert writer.stdout is not None
        handed_out = [writer.stdout.readline().strip() for _ in range(120)]
        os.kill(writer.pid, signal.SIGKILL)
        handed_out += [line for line in writer.stdout.read().split("\n") if len(line) == 32]
    journal = place.open()
    assert all(journal.get(each) is not None for each in handed_out)
    assert journal.unreadable == 0
