"""The few requests of S3's protocol that a journal makes, answered from memory, and faults on demand.

Like the real thing: path-style URLs, consistent listings of a thousand names a page in the order of their
bytes, ranges, conditional on nothing. Signatures are not checked, but a request must bear one.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_PAGE = 1000
_STATUS = {"NoSuchKey": 404, "NoSuchBucket": 404, "SlowDown": 503, "InternalError": 500, "AccessDenied": 403}


class S3(ThreadingHTTPServer):
    """The server: its objects by "bucket/key", what it was asked for, and what is wrong with it."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.buckets: set[str] = set()
        self.objects: dict[str, bytes] = {}
        self.written: dict[str, float] = {}
        self.lock = threading.Lock()
        self.asked: Counter[str] = Counter()
        """Requests by kind: put, get, list, head, delete."""
        self.sent_bytes = 0
        self.faults: dict[str, list[str]] = {}
        """By kind, what happens to its next requests: an error code, `drop` (no answer), `lost` (done, no answer)."""
        self.down = False
        self.hangs = threading.Event()
        self.hangs.set()
        self.delay_s = 0.0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def names(self, prefix: str) -> list[str]:
        """The objects under "bucket/prefix/"."""
        with self.lock:
            return sorted(name for name in self.objects if name.startswith(prefix))

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that was killed is no event."""


@contextmanager
def serving() -> Iterator[S3]:
    """A server while the block runs."""
    server = S3()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Dropped(Exception):
    """The connection ends without an answer."""


class _Handler(BaseHTTPRequestHandler):
    server: S3
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve("get" if self._key else "list")

    def do_HEAD(self) -> None:
        self._serve("head")

    def do_PUT(self) -> None:
        self._serve("put")

    def do_DELETE(self) -> None:
        self._serve("delete")

    def do_POST(self) -> None:
        self._serve("delete")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    @property
    def _path(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/")

    @property
    def _bucket(self) -> str:
        return self._path.split("/", 1)[0]

    @property
    def _key(self) -> str:
        return self._path.partition("/")[2]

    def _serve(self, kind: str) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" in self.headers.get("Content-Encoding", ""):
            body = _unchunked(body)
        with server.lock:
            server.asked[kind] += 1
            waiting = server.faults.get(kind) or []
            fault = waiting.pop(0) if waiting else ""
        try:
            server.hangs.wait()
            time.sleep(server.delay_s)
            if server.down or fault == "drop":
                raise _Dropped
            if fault in _STATUS:
                return self._error(fault)
            if "Authorization" not in self.headers:
                return self._error("AccessDenied")
            if self._bucket not in server.buckets and (self._key or kind != "put"):
                return self._error("NoSuchBucket")
            getattr(self, f"_{kind}")(body, fault == "lost")
        except _Dropped:
            self.close_connection = True

    def _put(self, body: bytes, lost: bool) -> None:
        with self.server.lock:
            if self._key:
                self.server.objects[self._path] = body
                self.server.written[self._path] = time.time()
            else:
                self.server.buckets.add(self._bucket)
        if lost:
            raise _Dropped
        self._answer(200, b"", {"ETag": '"0"'})

    def _get(self, _body: bytes, _lost: bool) -> None:
        content = self.server.objects.get(self._path)
        if content is None:
            return self._error("NoSuchKey")
        asked = self.headers.get("Range", "")
        if not asked:
            return self._answer(200, content, self._about())
        first, last = asked.removeprefix("bytes=").split("-")
        start = int(first) if first else max(0, len(content) - int(last))
        end = min(int(last) + 1, len(content)) if first and last else len(content)
        headers = {**self._about(), "Content-Range": f"bytes {start}-{end - 1}/{len(content)}"}
        self._answer(206, content[start:end], headers)

    def _head(self, _body: bytes, _lost: bool) -> None:
        content = self.server.objects.get(self._path)
        if content is None:
            return self._error("NoSuchKey")
        self._answer(200, content, self._about())

    def _list(self, _body: bytes, _lost: bool) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        prefix, after = query.get("prefix", ""), query.get("continuation-token", "")
        bucket = f"{self._bucket}/"
        found = [n.removeprefix(bucket) for n in self.server.names(bucket + prefix)]
        found = [n for n in found if n > after and "/" not in n.removeprefix(prefix)]
        page, more = found[:_PAGE], len(found) > _PAGE
        contents = "".join(
            f"<Contents><Key>{escape(n)}</Key><Size>{len(self.server.objects.get(bucket + n, b''))}</Size>"
            "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
            for n in page
        )
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        self._xml(
            200,
            f"<ListBucketResult><Name>{self._bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(page)}"
            f"</KeyCount><IsTruncated>{str(more).lower()}</IsTruncated>{token}{contents}</ListBucketResult>",
        )

    def _delete(self, body: bytes, lost: bool) -> None:
        keys = [one.split("</Key>")[0] for one in body.decode().split("<Key>")[1:]] if body else [self._key]
        with self.server.lock:
            for key in keys:
                self.server.objects.pop(f"{self._bucket}/{key}", None)
        if lost:
            raise _Dropped
        if body:
            return self._xml(200, "<DeleteResult></DeleteResult>")
        self._answer(204, b"", {})

    def _about(self) -> dict[str, str]:
        written = time.gmtime(self.server.written.get(self._path, 0.0))
        return {"ETag": '"0"', "Last-Modified": time.strftime("%a, %d %b %Y %H:%M:%S GMT", written)}

    def _error(self, code: str) -> None:
        self._xml(_STATUS[code], f"<Error><Code>{code}</Code><Message>{code}</Message></Error>")

    def _xml(self, status: int, text: str) -> None:
        self._answer(status, b'<?xml version="1.0"?>' + text.encode(), {"Content-Type": "application/xml"})

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.server.sent_bytes += len(content)
            self.wfile.write(content)


def _unchunked(body: bytes) -> bytes:
    """The content of an aws-chunked body."""
    content = b""
    while body:
        head, _, body = body.partition(b"\r\n")
        size = int(head.split(b";")[0], 16)
        if not size:
            break
        content, body = content + body[:size], body[size + 2 :]
    return content
