"""The server: one thread a connection, state in this process, so that it outlives every publisher.

Faults are planned per repository (`hub.plan`), and every request is written down (`hub.seen`).
"""

import json
import os
import re
import signal
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from tests.hub import api
from tests.hub.faults import Fault, Faults
from tests.hub.state import HubRepository

_R = r"(?P<repo>[\w.-]+/[\w.-]+)"
ROUTES: tuple[tuple[str, str, str, Callable[..., "api.Reply"]], ...] = (
    ("POST", r"/api/repos/create", "create", api.create),
    ("POST", r"/api/validate-yaml", "validate", api.validate),
    ("GET", rf"/api/datasets/{_R}", "info", api.info),
    ("GET", rf"/api/datasets/{_R}/revision/(?P<rev>[^/]+)", "revision", api.info),
    ("GET", rf"/api/datasets/{_R}/refs", "refs", api.refs),
    ("GET", rf"/api/datasets/{_R}/tree/(?P<rev>[^/]+)(?:/(?P<path>.*))?", "tree", api.tree),
    ("GET", rf"/api/datasets/{_R}/commits/(?P<rev>[^/]+)", "commits", api.commits),
    ("POST", rf"/api/datasets/{_R}/paths-info/(?P<rev>[^/]+)", "paths", api.paths_info),
    ("POST", rf"/api/datasets/{_R}/preupload/(?P<rev>[^/]+)", "preupload", api.preupload),
    ("POST", rf"/datasets/{_R}\.git/info/lfs/objects/batch", "batch", api.batch),
    ("PUT", rf"/storage/{_R}/(?P<oid>\w+)", "put", api.put),
    ("POST", rf"/storage/{_R}/verify", "verify", api.verify),
    ("POST", rf"/api/datasets/{_R}/commit/(?P<rev>[^/]+)", "commit", api.commit),
    ("POST", rf"/api/datasets/{_R}/tag/(?P<rev>[^/]+)", "tag", api.tag),
    ("POST", rf"/api/datasets/{_R}/branch/(?P<rev>[^/]+)", "branch", api.branch),
    ("POST", rf"/api/datasets/{_R}/discussions", "new_pr", api.new_discussion),
    ("GET", rf"/api/datasets/{_R}/discussions", "list_pr", api.discussions),
    ("GET", rf"/api/datasets/{_R}/discussions/(?P<num>\d+)", "pr", api.discussion),
    ("POST", rf"/api/datasets/{_R}/discussions/(?P<num>\d+)/status", "pr_status", api.discussion_status),
    ("HEAD", rf"/datasets/{_R}/resolve/(?P<rev>[^/]+)/(?P<path>.*)", "resolve", api.resolve),
    ("GET", rf"/datasets/{_R}/resolve/(?P<rev>[^/]+)/(?P<path>.*)", "download", api.resolve),
)
_COMPILED = [(method, re.compile(pattern), kind, run) for method, pattern, kind, run in ROUTES]
_CHUNK = 2048


class Dropped(Exception):
    """The connection ends here."""


@dataclass
class Killing:
    """A publisher that dies when it has sent so many more bytes of large files."""

    pid: int = 0
    after_bytes: int | None = None


@dataclass
class LocalHub:
    """A running Hub."""

    url: str = ""
    token: str = "hf_localhubtesttoken0123456789abcdefgh"
    retry_after_s: int = 0
    repos: dict[str, HubRepository] = field(default_factory=dict)
    faults: dict[str, Faults] = field(default_factory=lambda: defaultdict(Faults))
    killing: dict[str, Killing] = field(default_factory=lambda: defaultdict(Killing))
    seen: dict[str, list[tuple[float, str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By repository: when, kind and path of every request."""
    uploads: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By repository: how often the content of a large file arrived whole."""
    partial: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By repository: how often it arrived in part, because the publisher was killed."""
    spoilt: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """By repository and path: what is served instead of a file's content."""
    unknown: list[str] = field(default_factory=list)
    """Requests that no route knows."""

    def copy(self, repo: str, name: str) -> HubRepository:
        """Another repository with the same commits and files."""
        old = self.repos[repo]
        new = HubRepository(name, old.private)
        new.commits, new.branches, new.tags = dict(old.commits), dict(old.branches), dict(old.tags)
        new.objects = dict(old.objects)
        self.repos[name] = new
        return new

    def start_over(self, repo: str) -> None:
        """Forget what was planned for a repository and what it has seen."""
        for kept in (self.faults, self.killing, self.seen, self.uploads, self.partial):
            kept.pop(repo, None)

    def plan(self, repo: str, *faults: Fault) -> None:
        """Let these requests go wrong, counted from now."""
        self.faults[repo] = Faults(faults)

    def kinds(self, repo: str) -> Counter[str]:
        """How many requests of each kind there were."""
        return Counter(kind for _, kind, _ in self.seen[repo])

    def kill(self, repo: str) -> None:
        """End the publisher of a repository as `kill -9` does, and wait until it is gone."""
        killing = self.killing[repo]
        while not killing.pid:
            time.sleep(0.001)  # it is running already, and the test is about to say which process it is
        with suppress(ProcessLookupError):
            os.kill(killing.pid, signal.SIGKILL)
        while state(killing.pid) not in ("", "Z"):
            time.sleep(0.001)


def state(pid: int) -> str:
    """One letter, as ps shows it; empty where there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123
            return stat.read().rsplit(") ", 1)[1][0]
    except OSError:
        return ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a small reply would wait 40 ms for an acknowledgement
    hub: LocalHub

    def log_message(self, format: str, *args: object) -> None:
        """Silent: tests read `hub.seen`."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        for method, pattern, kind, run in _COMPILED:
            found = pattern.fullmatch(url.path)
            if method == self.command and found:
                call = self._call(found.groupdict(), url.query)
                with suppress(Dropped, ConnectionError):
                    self._answer(call, kind, run)
                    return
                self._drop()
                return
        self.hub.unknown.append(f"{self.command} {self.path}")
        self._send(api.Reply(404, {"error": "no such route"}, {"X-Error-Code": "EntryNotFound"}))

    def _call(self, parts: dict[str, str | None], query: str) -> "api.Call":
        names = {name: unquote(value) for name, value in parts.items() if value is not None}
        return api.Call(self.hub, names, query, dict(self.headers.items()), self.command)

    def _answer(self, call: "api.Call", kind: str, run: Callable[..., "api.Reply"]) -> None:
        repo = call.names.get("repo") or ""
        if kind in ("create", "validate"):
            call.body = self._body(call, kind, repo)
            repo = call.repo_in_body() if kind == "create" else ""  # a card names no repository
        self.hub.seen[repo].append((time.monotonic(), kind, self.path))
        what = self.hub.faults[repo].next(kind)
        if kind not in ("create", "validate"):
            call.body = self._body(call, kind, repo)
        refused = self._before(call, repo, what, run)
        reply = refused or run(call)
        self._send(reply if refused else self._after(repo, what, reply))

    def _before(
        self, call: "api.Call", repo: str, what: str, run: Callable[..., "api.Reply"]
    ) -> "api.Reply | None":
        """What goes wrong before the request is done: the answer to give in its place."""
        if what == "kill":
            self.hub.kill(repo)
        if what in ("kill", "drop"):
            raise Dropped
        if what == "503 late":
            threading.Timer(0.05, lambda: run(call)).start()
        if what in ("429", "500", "503", "503 late"):
            headers = {"Retry-After": str(self.hub.retry_after_s)} if what == "429" else {}
            return api.Reply(int(what[:3]), {"error": "a planned fault"}, headers)
        if what == "moved":
            # A file that both versions share: a commit planned on the old head would leave it as it is.
            self.hub.repos[repo].edit("data/attempts/train-00000-of-00001.parquet", b"somebody else's\n")
        return None

    def _after(self, repo: str, what: str, reply: "api.Reply") -> "api.Reply":
        """What goes wrong after it was done."""
        if what == "kill after":
            self.hub.kill(repo)
        if what in ("drop after", "kill after"):
            raise Dropped
        if what == "503 after, then moved":
            self.hub.repos[repo].edit("notes.md", b"somebody else's\n")
        return api.Reply(503, {"error": "a planned fault"}) if what.startswith("503 after") else reply

    def _body(self, call: "api.Call", kind: str, repo: str) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            pieces = self._chunked()
        else:
            pieces = self._pieces(int(self.headers.get("Content-Length") or 0))
        body = bytearray()
        try:
            for piece in pieces:
                body += piece
                if kind == "put":
                    self._count(call, repo, len(piece))
        except (Dropped, ConnectionError):
            if kind == "put":
                self.hub.partial[repo][call.names["oid"]] += 1
            raise
        return bytes(body)

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self.rfile.read(min(size, _CHUNK))
            if not piece:
                raise Dropped
            size -= len(piece)
            yield piece

    def _chunked(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield from self._pieces(size)
            self.rfile.readline()
        self.rfile.readline()

    def _count(self, call: "api.Call", repo: str, size: int) -> None:
        killing = self.hub.killing[repo]
        if killing.after_bytes is None:
            return
        killing.after_bytes -= size
        if killing.after_bytes < 0:
            killing.after_bytes = None
            self.hub.kill(repo)
            raise Dropped

    def _send(self, reply: "api.Reply") -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        headers = {"Content-Length": str(len(body)), "X-Request-Id": "local-request", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = do_HEAD = _serve


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error here."""


@contextmanager
def local_hub(repos: Sequence[str] = ()) -> Iterator[LocalHub]:
    """A Hub on a free port of this machine, until the block ends."""
    hub = LocalHub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = _Server(("127.0.0.1", 0), handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    for name in repos:
        hub.repos[name] = HubRepository(name, private=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
