"""A small HTTP server on 127.0.0.1 with fixed answers, which remembers what it was asked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Answering:
    """`routes`: status and JSON by path; everything else is 404. `key` must be sent where it is not empty."""

    def __init__(self, routes: dict[str, tuple[int, object]], key: str = "") -> None:
        self.asked: list[tuple[str, str]] = []
        """Paths with the Authorization header that came along."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sent = self.headers.get("Authorization", "")
                outer.asked.append((self.path, sent))
                status, content = routes.get(self.path, (404, {"detail": "Not Found"}))
                if key and key not in sent:
                    status, content = 401, {"error": f"Invalid token: {sent}"}
                data = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
