"""Night after night in one folder: what is new is built, published and kept, and nothing else is done."""

import json
import os
import shutil
from pathlib import Path
from typing import get_args

import pytest

from generators.engines.base import Completion, Engine, Request
from pipelines.cli import OVERLAP, main
from pipelines.nightly import KEEP, latest, note, only_run_in
from pipelines.publish.options import PublishOptions
from pipelines.publish.published import Published
from pipelines.refreshing import What
from schemas.exceptions import JournalError, OverlapError, PublishError
from tests.commands import ROOT, hashes
from tests.nights import Nights, nights, retrain

SAMPLES = 7


@pytest.fixture
def night(tmp_path: Path) -> Nights:
    return nights(tmp_path, 8)


class Dies(Engine):
    """Ends the process's work after so many requests, as a kill would."""

    def __init__(self, engine: Engine, after: int) -> None:
        self.engine, self.left = engine, after
        self.fingerprint, self.model, self.renderer = engine.fingerprint, engine.model, engine.renderer

    async def generate(self, request: Request) -> list[Completion]:
        """The engine's answer while there is one left."""
        self.left -= 1
        if self.left < 0:
            raise JournalError("the machine is gone")
        return await self.engine.generate(request)


def test_a_night_costs_what_is_new_in_it(night: Nights) -> None:
    first, again = night.run(), night.run()
    assert (first.what, again.what) == ("built", "nothing_new")
    assert again.folder == first.folder and first.folder.name in again.said
    night.problems(9)
    more = night.run()
    assert more.what == "built" and "problems: 8 before, 9 now" in more.changes
    assert "problems: 8 before, 9 now" in (more.folder / "README.md").read_text(encoding="utf-8")
    replies = night.folder / "replies.jsonl"
    before = replies.read_bytes()
    retrain(night)
    other = night.run()
    assert other.what == "built" and other.outcome and more.outcome
    assert other.outcome.counts["problems"] == 9 and "policy" in other.changes
    assert night.bought == [8 * SAMPLES, 0, SAMPLES, 9 * SAMPLES]
    assert latest(night.root)["folder"] == other.folder.name
    replies.write_bytes(before)  # the first checkpoint again: what it was before is found
    back = night.run()
    assert back.what == "nothing_new" and back.folder == more.folder
    assert latest(night.root)["folder"] == more.folder.name
    assert night.builds() == sorted({first.folder, more.folder, other.folder})


def test_a_run_that_died_is_gone_on_with_in_its_folder(night: Nights) -> None:
    with pytest.raises(JournalError, match="the machine is gone"):
        night.run("run.cases_in_flight=1", around=lambda engine: Dies(engine, 5))
    (folder,) = night.builds()
    assert not (folder / "manifest.json").exists()
    done = night.run()
    assert done.folder == folder and sum(night.bought[1:]) + 5 * SAMPLES == 8 * SAMPLES
    files = hashes(done.folder)
    shutil.rmtree(night.root)
    assert hashes(night.run().folder) == files


def test_a_build_that_died_and_was_superseded_is_removed(night: Nights) -> None:
    with pytest.raises(JournalError):
        night.run(around=lambda engine: Dies(engine, 0))
    (dead,) = night.builds()
    night.problems(9)
    assert night.run().what == "built"
    assert dead not in night.builds()


def test_old_builds_go_with_what_they_alone_were_made_of(night: Nights) -> None:
    folders = []
    for turn in range(3):
        # A seed is in every chunk's address and asks for nothing new.
        folder = night.run(f"seed={turn}").folder
        folders.append(folder.rename(folder.with_name(f"2026-01-{turn + 1:02}-{folder.name[11:]}")))
        note(night.root, folder=folders[-1].name)
    # Those of earlier nights, whole as far as anybody looks.
    for turn in range(KEEP - 1):
        other = shutil.copytree(folders[1], night.root / "builds" / f"2026-02-{turn + 1:02}-b-{turn:020}")
        folders.append(other)
    age(night)
    night.run("seed=9")
    kept = night.builds()
    assert len(kept) == KEEP + 2 and folders[0] not in kept and set(folders[1:]) < set(kept)
    store, used = night.root / "store", [json.loads((b / "work/chunks.json").read_text()) for b in kept]
    assert {f.name for f in (store / "chunks").iterdir()} == {a[:40] for u in used for a in u["chunks"]}
    assert {f.name for f in (store / "plans").iterdir()} == {u["plan"][:40] for u in used}
    assert night.bought == [8 * SAMPLES, 0, 0, 0]
    assert len(list((store / "chunks").iterdir())) < 4 * len(used[0]["chunks"])


def age(night: Nights) -> None:
    """Let everything in the store be some days old: what is younger may be in use and stays."""
    for path in (night.root / "store").glob("*/*"):
        os.utime(path, (0, 0))


def test_many_builds_of_one_day_do_not_push_out_the_one_before(night: Nights) -> None:
    before = night.run().folder
    for turn in range(KEEP + 1):  # earlier that day, with names that come later in the alphabet
        other = shutil.copytree(before, before.with_name(f"{before.name[:11]}b-z{turn:019}"))
        os.utime(other / "manifest.json", (turn, turn))
    night.problems(9)
    done = night.run()
    assert done.what == "built" and done.changes
    kept = night.builds()
    assert {before, done.folder} < {*kept}
    assert not (before.parent / f"{before.name[:11]}b-z{0:019}").exists()


def test_a_store_that_the_config_names_is_not_pruned(night: Nights, tmp_path: Path) -> None:
    own = f"run.store={tmp_path / 'shared'}"
    night.run(own)
    night.problems(9)
    night.run(own)
    for path in (tmp_path / "shared").glob("*/*"):
        os.utime(path, (0, 0))
    shutil.rmtree(night.builds()[0])
    night.problems(10)
    night.run(own)
    assert len(list((tmp_path / "shared" / "plans").iterdir())) == 3


def test_nothing_is_pruned_while_a_build_does_not_say_what_it_used(night: Nights) -> None:
    first = night.run("seed=1")
    (first.folder / "work" / "chunks.json").unlink()
    age(night)
    before = {*(night.root / "store" / "chunks").iterdir()}
    night.run("seed=2")
    assert before < {*(night.root / "store" / "chunks").iterdir()}


def test_two_runs_at_once_are_one(night: Nights, capsys: pytest.CaptureFixture[str]) -> None:
    with only_run_in(night.root), pytest.raises(OverlapError, match="another run is going on"):
        night.run()
    with only_run_in(night.root):
        assert main(["refresh", str(night.config), "--out", str(night.root)]) == OVERLAP
    assert "another run is going on" in capsys.readouterr().err
    assert not (night.root / "builds").exists()


def test_a_failed_gate_stops_the_publication_and_says_why(night: Nights, tmp_path: Path) -> None:
    to = f"publish={{to: {tmp_path / 'published'}}}"
    many = "gates=[{type: rows, least: 1000}]"
    failed = night.run(to, many)
    assert failed.what == "gates_failed" and "have fewer than 1,000 rows" in failed.said
    assert failed.outcome and failed.outcome.manifest and latest(night.root)["folder"] == failed.folder.name
    again = night.run(to, many)
    assert again.what == "gates_failed" and failed.said in again.said
    assert not (tmp_path / "published").exists()
    # Gates change no row: with others the same build is examined again, and goes out.
    assert night.run(to, "gates=[]").what == "published"


def test_a_finished_build_that_could_not_be_published_is_published_by_the_next_run(
    night: Nights, tmp_path: Path
) -> None:
    async def refuses(folder: Path, options: PublishOptions) -> Published:
        raise PublishError("the disk is away")

    to = f"publish={{to: {tmp_path / 'published'}}}"
    with pytest.raises(PublishError, match="the disk is away"):
        night.run(to, publisher=refuses)
    published = night.run(to)
    assert published.what == "published" and published.published and published.published.committed
    assert night.bought == [8 * SAMPLES, 0]
    assert night.run(to).what == "nothing_new"
    assert latest(night.root)["published"]["where"] == published.published.where


def test_a_run_that_died_before_it_had_compared_is_completed_by_the_next_one(night: Nights) -> None:
    night.run()
    night.problems(9)
    done = night.run()
    card = done.folder / "README.md"
    whole = card.read_text(encoding="utf-8")
    card.write_text(whole.partition("\n<!-- changes -->\n")[0], encoding="utf-8")
    again = night.run()
    assert again.what == "nothing_new" and again.changes == done.changes != ""
    assert card.read_text(encoding="utf-8") == whole


def test_a_plain_folder_gets_every_version(night: Nights, tmp_path: Path) -> None:
    to = f"publish={{to: {tmp_path / 'published'}}}"
    first = night.run(to)
    night.problems(9)
    second = night.run(to)
    assert [first.what, second.what] == ["published", "published"]
    assert first.published and second.published and first.published.revision != second.published.revision
    manifests = sorted((tmp_path / "published").rglob("manifest.json"))
    assert len(manifests) >= 2
    ids = {json.loads(path.read_text(encoding="utf-8"))["build_id"] for path in manifests}
    assert {f.outcome.manifest.build_id for f in (first, second) if f.outcome and f.outcome.manifest} == ids


def test_the_page_names_every_end_of_a_run() -> None:
    page = (ROOT / "docs" / "nightly.md").read_text(encoding="utf-8")
    ends = [what.title().replace("_", "") for what in get_args(What)] + ["Refused", "Missed"]
    assert [end for end in ends if f"`{end}`" not in page] == []
