"""The same build on one process, on a Ray cluster, and with a node killed in the middle: the same bytes."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import ROOT, command, corrigenda, hashes
from tests.journals import journal_keys
from tests.ray.cluster import Nodes, cluster, prefect_server
from tests.s3.world import NEEDS_S3FS, bucket, new_url
from tests.world import write_world

pytest.importorskip("prefect_ray")

PROBLEMS = 24
SLOW = ("--set", "policy.engine.delay_s=0.05")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with prefect_server(tmp_path_factory.mktemp("prefect")) as own:
        yield own


@pytest.fixture
def nodes(environment: dict[str, str]) -> Iterator[Nodes]:
    with cluster(environment) as running:
        yield running


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"), PROBLEMS)


@pytest.fixture(scope="module")
def plain(config: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Hashes of the build on one process."""
    out = tmp_path_factory.mktemp("plain") / "out"
    done = corrigenda("build", config, "--out", out)
    assert done.returncode == 0, done.stderr
    return hashes(out)


def on(nodes: Nodes, store: object, **more: object) -> list[str]:
    """Changes of a config that put it on the cluster."""
    runner = ", ".join(f"{name}: {value}" for name, value in {"type": "ray", **more}.items())
    return ["--set", f"run.runner={{address: '{nodes.address}', {runner}}}", "--set", f"run.store={store}"]


def run(words: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.mark.parametrize("more", [{}, {"engines": 2}], ids=["engines of the workers", "engines as actors"])
def test_a_cluster_builds_the_same_bytes(
    more: dict[str, object],
    nodes: Nodes,
    environment: dict[str, str],
    config: Path,
    plain: dict[str, str],
    tmp_path: Path,
) -> None:
    out, store = tmp_path / "out", tmp_path / "shared" / "work"
    run(command("build", config, "--out", out, *on(nodes, store, **more)), environment)
    assert hashes(out) == plain
    assert set(journal_keys(store.parent).values()) == {1}


@pytest.mark.parametrize("more", [{}, {"engines": 2}], ids=["engines of the workers", "engines as actors"])
def test_a_node_that_dies_in_the_middle_costs_nothing_twice(
    more: dict[str, object],
    nodes: Nodes,
    environment: dict[str, str],
    config: Path,
    plain: dict[str, str],
    tmp_path: Path,
) -> None:
    out, store = tmp_path / "out", tmp_path / "shared" / "work"
    words = command("build", config, "--out", out, *SLOW, *on(nodes, store, **more))
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    deadline = time.monotonic() + 120
    while not list((store / "chunks").glob("*/chunk.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    nodes.kill_one()
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()[-4000:]
    assert hashes(out) == plain
    assert set(journal_keys(store.parent).values()) == {1}


@NEEDS_S3FS
def test_machines_that_share_an_object_store_alone_build_the_same_bytes(
    environment: dict[str, str], config: Path, plain: dict[str, str], tmp_path: Path
) -> None:
    with bucket():
        # The bucket's address stands in the environment now.
        own = {**os.environ, **environment, **{k: v for k, v in os.environ.items() if k.startswith("AWS_")}}
        with cluster(own) as nodes:
            url = new_url()
            run(command("build", config, "--out", tmp_path / "first", *on(nodes, url)), own)
            assert hashes(tmp_path / "first") == plain
            again = command("build", config, "--out", tmp_path / "second", *on(nodes, url))
            run(again, own)
            assert hashes(tmp_path / "second") == plain
            spent = json.loads((tmp_path / "second" / "manifest.json").read_text())["spent"]
            assert spent["bought"] == spent["replayed"] == 0  # its chunks were there
