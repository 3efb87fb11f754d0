"""One HTTP request and its JSON reply; whatever goes wrong is a Fault or a Refusal.

The key is sent in a header and appears nowhere else: it is cut out of whatever a server says, which
may quote it ("Incorrect API key provided: sk-…").
"""

import asyncio
import json
from http import HTTPStatus

import httpx2

from generators.engines.server.faults import Fault, Refusal
from generators.engines.server.retry import retry_after

_CONNECT_S = 10.0
_LARGEST = 1 << 28  # bytes of a reply; scores of 100,000 tokens are some 10 MB
_QUOTED = 300  # characters of an error's text worth showing
_AGAIN = frozenset({408, 409, 425})  # 4xx that say nothing against the request


class Client:
    """A pool of connections. `timeout_s` bounds a whole exchange, so a reply that trickles ends too."""

    def __init__(self, key: str, timeout_s: float) -> None:
        self._key = key
        self._timeout_s = timeout_s
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # How many requests are in flight is the fleet's business; a pool limit would hide its queue.
        self._http = httpx2.AsyncClient(
            headers=headers,
            timeout=httpx2.Timeout(None, connect=_CONNECT_S),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None),
        )

    async def ask(self, url: str, body: object = None, timeout_s: float | None = None) -> object:
        """The JSON that GET (or POST, with a body) brings. Raises Fault, Refusal."""
        limit = self._timeout_s if timeout_s is None else timeout_s
        status, headers, content = 0, httpx2.Headers(), bytearray()
        try:
            async with (
                asyncio.timeout(limit),
                self._http.stream("GET" if body is None else "POST", url, json=body) as response,
            ):
                status, headers = response.status_code, response.headers
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > _LARGEST:
                        raise Fault("bad_reply", f"{url}: a reply of more than {_LARGEST} bytes")
        except TimeoutError:
            raise Fault("timeout", f"{url}: no whole reply within {limit:g} s") from None
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise Fault("unreachable", f"{url}: {self.shown(error)}", down=True) from None
        except httpx2.HTTPError as error:
            slug = "truncated" if status else "dropped"
            raise Fault(slug, f"{url}: {self.shown(error)}", down=True) from None
        if status != HTTPStatus.OK:
            self._refuse(url, status, headers, bytes(content))
        try:
            found: object = json.loads(content)
        except ValueError:
            raise Fault("not_json", f"{url} answered {self.shown(bytes(content))}") from None
        return found

    def _refuse(self, url: str, status: int, headers: httpx2.Headers, content: bytes) -> None:
        text = f"{url} answered {status}: {self.shown(content)}"
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500 or status in _AGAIN:
            raise Fault(str(status), text, retry_after=retry_after(headers.get("retry-after")))
        raise Refusal(status, text)

    def shown(self, said: object) -> str:
        """The start of what somebody said, on one line and without the key."""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said) or repr(said)
        if self._key:
            text = text.replace(self._key, "***")
        text = " ".join(text.split())
        return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()
