"""A version on the Hub: one commit, loaded back, tagged; the same again is no commit."""

import json
import shutil
from pathlib import Path

import pytest

from pipelines.files import write_json
from tests.building import built
from tests.hub.faults import Fault
from tests.hub.server import LocalHub
from tests.hub.versions import write_version
from tests.pipelines.publish.conftest import Place
from tests.world import write_world


def changed_anything(hub: LocalHub, repo: str) -> bool:
    return bool(set(hub.kinds(repo)) & {"create", "preupload", "batch", "put", "commit", "tag", "new_pr"})


def test_a_new_version_is_one_commit_and_the_old_one_stays_loadable(place: Place) -> None:
    repo = place.with_old("team/versions")
    before = repo.branches["main"]
    done = place.publishers.start(place.new, repo="team/versions", tag="new").wait().result
    assert repo.commits[done["revision"]].parent == before == repo.tags["old"]
    assert repo.branches["main"] == repo.tags["new"] == done["revision"]
    assert place.holds("team/versions", done["revision"], place.new)
    assert done["verified"] == {"sft/train": 5, "sft/test": 5, "attempts/train": 5, "stepwise/train": 5}
    # The shard of the attempts is the same in both; one shard of sft is gone.
    assert (done["uploaded"], done["unchanged"], done["deleted"]) == (6, 1, 2)
    assert sum(place.hub.uploads["team/versions"].values()) == 3
    old, new = (place.publishers.load("team/versions", tag) for tag in ("old", "new"))
    assert {name: rows for name, (rows, _) in old["rows"].items()} == {
        "sft/train": 10,
        "sft/test": 5,
        "attempts/train": 5,
    }
    assert old["rows"]["sft/test"] != new["rows"]["sft/test"]
    assert old["rows"]["attempts/train"] == new["rows"]["attempts/train"]
    assert new["snapshot"] == [".gitattributes", *sorted(place.tree(place.new))]
    assert place.hub.unknown == []


def test_what_a_build_leaves_is_published_as_it_stands(place: Place, tmp_path: Path) -> None:
    assert built(write_world(tmp_path, 8), tmp_path / "out").manifest
    words = ("publish", tmp_path / "out", "--repo", "team/built", "--public", "--tag", "{content}")
    done = place.publishers.command(*words).wait()
    assert done.code == 0, done.text
    assert "splits verified" in done.text
    repo = place.hub.repos["team/built"]
    assert not repo.private
    assert list(repo.tags.values()) == [repo.branches["main"]]
    loaded = place.publishers.load("team/built", next(iter(repo.tags)))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    counted: dict[str, int] = {}
    for file in manifest["files"]:
        name = f"{file['table']}/{file['split']}"
        counted[name] = counted.get(name, 0) + file["rows"]
    assert {name: rows for name, (rows, _) in loaded["rows"].items()} == counted
    assert not any(path.startswith(("dropped", "work")) for path in loaded["snapshot"])


def test_verifying_puts_no_data_into_the_cache_and_leaves_what_is_there(place: Place) -> None:
    place.with_old("team/cached")
    assert place.publishers.load("team/cached", "old")
    cache = place.publishers.folder / "hf" / "hub" / "datasets--team--cached"
    before = {p: p.stat().st_size for p in (cache / "snapshots").rglob("*.parquet")}
    assert len(before) == 4
    done = place.publishers.start(place.new, repo="team/cached").wait()
    assert done.code == 0, done.text
    assert {p: p.stat().st_size for p in (cache / "snapshots").rglob("*.parquet")} == before


def test_the_same_build_makes_no_commit_whatever_its_run_took(place: Place, tmp_path: Path) -> None:
    repo = place.with_old("team/same")
    again = shutil.copytree(place.old, tmp_path / "again")
    manifest = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    write_json(again / "manifest.json", {**manifest, "spent": {"seconds": 99.0}, "incidents": {"retried": 2}})
    for folder in (place.old, again):
        done = place.publishers.start(folder, repo="team/same", tag="old").wait().result
        assert (done["committed"], done["revision"]) == (False, repo.tags["old"])
    assert not set(place.hub.kinds("team/same")) & {"preupload", "put", "commit"}
    # What a person changed in the card is published, with the manifest that belongs to it.
    (again / "README.md").write_text(
        (again / "README.md").read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8"
    )
    assert place.publishers.start(again, repo="team/same").wait().result["uploaded"] == 2


def test_a_dry_run_says_the_plan_and_changes_nothing(place: Place) -> None:
    place.with_old("team/dry")
    words = ("publish", place.new, "--repo", "team/dry", "--tag", "x", "--dry-run")
    done = place.publishers.command(*words).wait()
    assert done.code == 0
    assert "6 files to add" in done.text and "2 to delete, 1 unchanged" in done.text
    assert "+ data/stepwise/train-00000-of-00001.parquet" in done.text
    assert "- data/sft/train-00001-of-00002.parquet" in done.text
    assert not changed_anything(place.hub, "team/dry")
    fresh = place.publishers.start(place.new, repo="team/none", dry_run=True).wait()
    assert "would be created" in fresh.text and fresh.result["uploaded"] == 7
    assert "team/none" not in place.hub.repos


def test_a_tag_that_names_another_commit_is_refused_before_anything_is_sent(place: Place) -> None:
    place.with_old("team/tagged")
    done = place.publishers.command("publish", place.new, "--repo", "team/tagged", "--tag", "old").wait()
    assert done.code == 2
    assert "tag 'old' names commit" in done.text
    assert not changed_anything(place.hub, "team/tagged")


def test_a_public_repository_is_refused_unless_public_is_meant(place: Place) -> None:
    place.with_old("team/public").private = False
    done = place.publishers.command("publish", place.new, "--repo", "team/public").wait()
    assert done.code == 2
    assert "--public" in done.text
    assert not changed_anything(place.hub, "team/public")


def test_files_that_were_not_published_from_here_are_not_deleted(place: Place) -> None:
    repo = place.with_old("team/others")
    head = repo.branches["main"]
    tree = dict(repo.commits[head].tree)
    del tree["manifest.json"]
    repo.add("main", head, "by hand", tree)
    done = place.publishers.command("publish", place.new, "--repo", "team/others").wait()
    assert done.code == 2
    assert "were not published from here" in done.text
    assert not changed_anything(place.hub, "team/others")


def test_a_pull_request_leaves_main_alone_and_is_opened_once(place: Place) -> None:
    repo = place.with_old("team/request")
    place.hub.plan("team/request", Fault("new_pr", "503 after"), Fault("commit", "drop after"))
    for _ in range(2):
        done = place.publishers.start(place.new, repo="team/request", pr=True).wait()
        assert done.code == 0, done.text
    assert repo.branches["main"] == repo.tags["old"]
    assert [(r.number, r.status) for r in repo.requests] == [(1, "open")]
    assert done.result["where"].endswith("/discussions/1")
    assert place.holds("team/request", repo.branches["refs/pr/1"], place.new)
    assert place.hub.kinds("team/request")["commit"] == 1
    place.check_every_commit("team/request")


def test_rows_that_come_back_otherwise_are_seen_and_not_tagged(place: Place, tmp_path: Path) -> None:
    place.with_old("team/spoilt")
    path = "data/stepwise/train-00000-of-00001.parquet"
    other = write_version(tmp_path / "other", 3, {"stepwise/train": 1})
    place.hub.spoilt["team/spoilt", path] = (other / path).read_bytes()
    done = place.publishers.command("publish", place.new, "--repo", "team/spoilt", "--tag", "new").wait()
    assert done.code == 1
    assert "does not give back stepwise/train as it was built" in done.text
    assert "new" not in place.hub.repos["team/spoilt"].tags


def test_a_card_the_hub_does_not_accept_is_refused_before_anything_is_sent(
    place: Place, tmp_path: Path
) -> None:
    place.with_old("team/card")
    folder = shutil.copytree(place.new, tmp_path / "new")
    card = (folder / "README.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(card.replace("apache-2.0", "Apache-2.0"), encoding="utf-8")
    done = place.publishers.command("publish", folder, "--repo", "team/card").wait()
    assert done.code == 1
    assert "known identifier" in done.text
    assert not changed_anything(place.hub, "team/card")


def test_dropped_rows_are_published_only_where_asked_and_deleted_again(place: Place) -> None:
    repo = place.with_old("team/dropped")
    done = place.publishers.start(place.old, repo="team/dropped", dropped=True).wait().result
    assert "dropped/planning.parquet" in repo.commits[done["revision"]].tree
    done = place.publishers.start(place.old, repo="team/dropped").wait().result
    assert done["deleted"] == 1
    assert place.holds("team/dropped", done["revision"], place.old)


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"HF_TOKEN": "hf_anothertoken9876543210zyxwvut"}, "The token is missing or not valid"),
        ({"HF_TOKEN": ""}, "no access token for the Hub"),
    ],
)
def test_a_token_that_will_not_do_is_named_as_the_reason(
    place: Place, env: dict[str, str], said: str
) -> None:
    place.with_old("team/token")
    done = place.publishers.command("publish", place.new, "--repo", "team/token", env=env).wait()
    assert done.code in (1, 2)
    assert said in done.text
    assert "Traceback" not in done.text
    assert not env["HF_TOKEN"] or env["HF_TOKEN"] not in done.text
