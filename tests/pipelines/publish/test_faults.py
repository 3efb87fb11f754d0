"""Whatever goes wrong, a repository holds the old version or the new one whole, and the same command finishes it."""

import random
from pathlib import Path

import pytest

from tests.hub.faults import KINDS, Fault
from tests.hub.publishers import Run
from tests.hub.versions import write_version
from tests.pipelines.publish.conftest import Place
from tests.thorough import THOROUGH

EACH = ("429", "500", "503", "drop", "503 after", "drop after")
"""Faults that any request may meet; here the first of every kind in one publication."""
COMMIT = {
    "late": (Fault("commit", "503 late"),),
    "moved": (Fault("commit", "moved"),),
    "moved-thrice": tuple(Fault("commit", "moved", n) for n in (1, 2, 3)),
    "topped": (Fault("commit", "503 after, then moved"),),
    "refused-then-moved": (Fault("commit", "503"), Fault("commit", "moved", 2)),
    "refused-then-done": (
        Fault("commit", "503"),
        Fault("commit", "500", 2),
        Fault("commit", "drop after", 3),
    ),
    "done-unseen": (Fault("commit", "503 after"), Fault("commits", "500"), Fault("refs", "drop", 2)),
}
SCENARIOS = {
    **{what: tuple(Fault(kind, what) for kind in KINDS if kind != "create") for what in EACH},
    **COMMIT,
    "new-drop": (Fault("create", "drop"), Fault("info", "500")),
    "new-after": (Fault("create", "503 after"), Fault("info", "drop", 2)),
}
if THOROUGH:  # every fault at every kind of request, one publication each
    SCENARIOS |= {
        f"{what}-{kind}-{nth}": (Fault(kind, what, nth),)
        for what in (*EACH, "503 late", "503 after, then moved")
        for kind in KINDS
        for nth in (1, 2)
        if kind != "create" and (what in EACH or kind == "commit")
    }


def name(scenario: str) -> str:
    return f"team/fault-{scenario.replace(' ', '-').replace(',', '')}"


@pytest.fixture(scope="module")
def runs(place: Place) -> dict[str, Run]:
    """All scenarios at once: most of their time is waiting."""
    started = {}
    for scenario, faults in SCENARIOS.items():
        repo = name(scenario)
        if not scenario.startswith("new"):
            place.with_old(repo)
        place.hub.plan(repo, *faults)
        started[scenario] = place.publishers.start(place.new, repo=repo, tag="new")
        if THOROUGH:
            started[scenario].wait()
    return started


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_fault_ends_with_the_new_version_whole(
    scenario: str, place: Place, runs: dict[str, Run]
) -> None:
    run, repo = runs[scenario].wait(), name(scenario)
    assert run.code == 0, run.text
    found = place.hub.repos[repo]
    assert found.tags["new"] == run.result["revision"]
    assert run.result["revision"] in {c.oid for c in found.history("main")}
    place.check_every_commit(repo)
    ours = [
        c for c in found.commits.values() if c.title.startswith("Publish") and c.oid != found.tags.get("old")
    ]
    assert [c.oid for c in ours] == [run.result["revision"]]
    assert place.holds(repo, ours[0].oid, place.new)
    assert sum(run.result["verified"].values()) == 20
    head = found.branches["main"]
    assert place.holds(repo, head, place.new)
    # Sent again only where the reply to a whole upload was lost.
    again = [n for n in place.hub.uploads[repo].values() if n > 1]
    assert len(again) == (
        1 if any(f.kind == "put" and f.what.endswith("after") for f in SCENARIOS[scenario]) else 0
    )


def test_the_card_check_is_asked_again_when_it_fails(place: Place) -> None:
    for what in ("500", "429", "drop"):
        place.with_old("team/validate")
        # A card names no repository: its faults are planned for none.
        place.hub.plan("", Fault("validate", what), Fault("validate", what, 2))
        done = place.publishers.start(place.new, repo="team/validate").wait()
        assert done.code == 0, done.text


def test_a_hub_that_keeps_failing_leaves_the_old_version_and_what_was_sent(place: Place) -> None:
    repo = place.with_old("team/failing")
    place.hub.plan("team/failing", *(Fault("commit", "503", n) for n in range(1, 9)))
    failed = place.publishers.start(place.new, repo="team/failing", tag="new", tries=3).wait()
    assert failed.code == 70  # the error itself, as a flow gets it
    assert "HubError" in failed.text and "the same command goes on" in failed.text
    assert repo.branches["main"] == repo.tags["old"]
    place.hub.faults.pop("team/failing")
    done = place.publishers.start(place.new, repo="team/failing", tag="new").wait()
    assert done.code == 0, done.text
    assert set(place.hub.uploads["team/failing"].values()) == {1}
    place.check_every_commit("team/failing")


def test_a_head_that_never_rests_ends_with_an_error(place: Place) -> None:
    repo = place.with_old("team/restless")
    place.hub.plan("team/restless", *(Fault("commit", "moved", n) for n in range(1, 9)))
    done = place.publishers.start(place.new, repo="team/restless", tries=3).wait()
    assert "changed by somebody else 3 times" in done.text
    assert not any(place.holds("team/restless", oid, place.new) for oid in repo.commits)


def test_a_rate_limit_is_waited_for_as_long_as_the_hub_asks(place: Place) -> None:
    place.with_old("team/limited")
    place.hub.plan("team/limited", Fault("commit", "429"))
    place.hub.retry_after_s = 1
    try:
        done = place.publishers.start(place.new, repo="team/limited").wait()
    finally:
        place.hub.retry_after_s = 0
    assert done.code == 0, done.text
    first, second = (at for at, kind, _ in place.hub.seen["team/limited"] if kind == "commit")
    assert second - first >= 1.0


def test_twenty_kills_during_the_upload_send_nothing_twice(place: Place, tmp_path: Path) -> None:
    rng = random.Random(7)
    many = write_version(tmp_path / "many", 2, {"sft/train": 18, "sft/test": 6}, rows=4, text_bytes=6000)
    repo, hub = place.with_old("team/kills"), place.hub
    sizes = {p.name: p.stat().st_size for p in many.rglob("*.parquet")}
    total = sum(sizes.values())
    killed = 0
    while killed < 20:
        left = total - sum(len(repo.objects[oid]) for oid in hub.uploads["team/kills"])
        killing = hub.killing["team/kills"]
        # A killed file is lost in part, so the sum of all kills stays below what there is to send.
        killing.after_bytes = int(rng.uniform(0.05, 0.95) * min(left, 1.9 * left / (20 - killed)))
        killing.pid = 0
        run = place.publishers.start(many, repo="team/kills", tag="many")
        killing.pid = run.pid
        assert run.wait().code == -9, run.text
        killed += 1
        assert repo.branches["main"] == repo.tags["old"]
    killing.after_bytes = None
    done = place.publishers.start(many, repo="team/kills", tag="many").wait()
    assert done.code == 0, done.text
    assert len(repo.commits) == 3  # the empty one, the old version, the new one
    assert (
        place.holds("team/kills", repo.branches["main"], many) and repo.tags["many"] == repo.branches["main"]
    )
    assert set(hub.uploads["team/kills"].values()) == {1}
    assert len(hub.uploads["team/kills"]) == 24
    # Each kill cost at most the one file that was in flight.
    assert sum(hub.partial["team/kills"].values()) == 20


@pytest.mark.parametrize("what", ["kill", "kill after"])
def test_a_kill_at_any_request_is_taken_up_by_the_same_command(what: str, place: Place) -> None:
    kinds = ("refs", "tree", "preupload", "batch", "put", "verify", "commit", "resolve", "download", "tag")
    names = {kind: f"team/killed-{kind}-{what.replace(' ', '-')}" for kind in kinds}
    for turn in ("killed", "again"):
        started = {}
        for kind, repo in names.items():
            if turn == "killed":
                place.with_old(repo)
                place.hub.plan(repo, Fault(kind, what))
            run = place.publishers.start(place.new, repo=repo, tag="new", load_whole_bytes=0)
            place.hub.killing[repo].pid = run.pid
            started[kind] = run
        for kind, run in started.items():
            assert run.wait().code == (-9 if turn == "killed" else 0), (kind, run.text)
    for kind, repo in names.items():
        found = place.hub.repos[repo]
        place.check_every_commit(repo)
        assert len(found.commits) == 3, kind
        assert place.holds(repo, found.tags["new"], place.new), kind
        assert max(place.hub.uploads[repo].values()) == 1, kind


def test_publishers_at_the_same_time_do_not_mix(place: Place) -> None:
    repo = place.with_old("team/together")
    runs = [place.publishers.start(place.new, repo="team/together", tag="new") for _ in range(3)]
    assert [run.wait().code for run in runs] == [0, 0, 0], "".join(run.text for run in runs)
    assert {run.result["revision"] for run in runs} == {repo.tags["new"]} == {repo.branches["main"]}
    assert len(repo.commits) == 3 and sum(run.result["committed"] for run in runs) >= 1
    # Two versions at once: the later commit is planned again on the earlier one.
    both = [place.publishers.start(f, repo="team/together", dropped=True) for f in (place.old, place.new)]
    assert [run.wait().code for run in both] == [0, 0], "".join(run.text for run in both)
    for commit in repo.history("main")[:2]:
        dropped = {p for p in commit.tree if p.startswith("dropped/")}
        whole = [f for f in (place.old, place.new) if place.tree(f).items() <= commit.tree.items()]
        assert len(whole) == 1 and set(commit.tree) == set(place.tree(whole[0])) | dropped | {
            ".gitattributes"
        }


def test_no_secret_is_in_any_output_or_file(place: Place) -> None:
    """After all of the above: every line that publishers printed, and every file they left."""
    place.with_old("team/secret")
    wrong = {"HF_TOKEN": "hf_wrongtoken00112233445566778899"}
    for words in (("--tag", "x"), ("--dry-run",)):
        # This Hub repeats the token in its error, as a careless proxy does.
        done = place.publishers.command(
            "publish", place.new, "--repo", "team/secret", *words, env=wrong
        ).wait()
        assert done.code == 1
    assert place.publishers.start(place.new, repo="team/secret", env=wrong).wait().code == 70
    secrets = [place.hub.token.encode(), wrong["HF_TOKEN"].encode(), b"signedsecret"]
    written = [p for p in place.publishers.folder.rglob("*") if p.is_file()]
    written += [p for f in (place.old, place.new) for p in f.rglob("*") if p.is_file()]
    assert sum(p.name.startswith("publisher-") for p in written) > 3
    assert [str(p) for p in written if any(secret in p.read_bytes() for secret in secrets)] == []
