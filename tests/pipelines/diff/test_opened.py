"""Where the two versions may lie, and what is said where they cannot be had."""

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipelines.diff.compare import difference
from pipelines.diff.opened import opened
from schemas.exceptions import InputError
from tests.pipelines.diff.versions import Versions

SHA = "c0ffee" + "0" * 34


class Hub(BaseHTTPRequestHandler):
    """A dataset repository `team/jars` at one revision, `v1`, as the Hub serves it; `team/busy` answers 503."""

    folder: Path
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        api, files = "/api/datasets/team/jars", f"/datasets/team/jars/resolve/{SHA}/"
        path = self.path.partition("?")[0]
        if path in (api, f"{api}/revision/v1", f"{api}/revision/main", f"{api}/revision/{SHA}"):
            self.answer(
                json.dumps({"id": "team/jars", "sha": SHA, "siblings": self.listed("rfilename")}).encode()
            )
        elif path == f"{api}/tree/{SHA}":
            self.answer(json.dumps(self.listed("path")).encode())
        elif path.startswith(files):
            self.answer((self.folder / path.removeprefix(files)).read_bytes())
        elif "team/busy" in path:
            self.answer(b"", 503)
        else:
            self.answer(b"", 404, "RevisionNotFound" if "team/jars" in path else "RepoNotFound")

    def listed(self, name: str) -> list[dict[str, object]]:
        paths = sorted(p for p in self.folder.rglob("*") if p.is_file())
        return [
            {
                name: p.relative_to(self.folder).as_posix(),
                "type": "file",
                "size": p.stat().st_size,
                "oid": p.name,
            }
            for p in paths
        ]

    def answer(self, body: bytes, status: int = 200, code: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Repo-Commit", SHA)
        self.send_header("ETag", f'"{hash(self.path) & 0xFFFFFFFF:08x}"')
        if code:
            self.send_header("X-Error-Code", code)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub(versions: Versions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from huggingface_hub import constants

    folder = tmp_path / "repo"
    shutil.copytree(versions("base"), folder, ignore=shutil.ignore_patterns("work"))
    served = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Hub,), {"folder": folder}))
    threading.Thread(target=served.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{served.server_port}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    yield "team/jars"
    served.shutdown()
    served.server_close()


def test_a_version_of_the_hub_is_fetched_and_compared(hub: str, versions: Versions) -> None:
    for written in (hub, f"{hub}@v1"):
        with opened(written) as (folder, label):
            assert label == written
            copied = [*folder.glob("data/*/*.parquet"), *folder.glob("dropped/*"), folder / "manifest.json"]
            base = versions("base")
            assert all(p.read_bytes() == (base / p.relative_to(folder)).read_bytes() for p in copied)
            assert len(copied) == len([*base.glob("data/*/*.parquet"), *base.glob("dropped/*")]) + 1
    assert difference(base, folder).empty


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("team/jars@v9", "has no revision, branch or tag 'v9'"),
        ("team/jam", "no dataset team/jam"),
        ("team/busy", "answered 503"),
        ("nowhere", "there is no folder nowhere"),
        ("a/b/c", "there is no folder a/b/c"),
    ],
)
def test_what_is_not_there_is_said(written: str, said: str, hub: str) -> None:
    with pytest.raises(InputError, match=said), opened(written):
        pass


def test_a_hub_out_of_reach_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with (
        pytest.raises(InputError, match=r"no folder team/jars here, and .* out of reach"),
        opened("team/jars"),
    ):
        pass


def test_a_url_is_fetched_by_fsspec(versions: Versions) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    base = versions("base")
    for part in ("data", "dropped"):
        memory.put(str(base / part), f"/bucket/v1/{part}", recursive=True)
    memory.put_file(str(base / "manifest.json"), "/bucket/v1/manifest.json")
    with opened("memory://bucket/v1") as (folder, label):
        assert label == "memory://bucket/v1" and difference(base, folder).empty
    assert not folder.exists()
    with pytest.raises(InputError, match=r"no manifest\.json"), opened("memory://bucket/v2"):
        pass


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(InputError) as error, opened("nosuch://user:hunter2@host/folder?token=hunter2"):
        pass
    assert "hunter2" not in str(error.value) and "nosuch://host/folder" in str(error.value)
