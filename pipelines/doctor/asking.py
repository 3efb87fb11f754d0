"""One small question to a server: status, headers and JSON, or why there is no answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


class Unreachable(Exception):
    """No answer; its text says why."""


@dataclass(frozen=True)
class Reply:
    """What a server said."""

    status: int
    content: object
    """The JSON, None where it is none."""
    headers: Mapping[str, str]


def get(url: str, time_s: float, headers: Mapping[str, str] | None = None) -> Reply:
    """GET. Raises Unreachable where nothing answers in time."""
    import httpx2

    try:
        # Certificates are read from disk at each start, which plain HTTP does not need. Redirects are not followed:
        # credentials go to the address that was configured.
        with httpx2.Client(timeout=time_s, headers=headers, verify=url.startswith("https:")) as client:
            reply = client.get(url)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        said = str(error) or type(error).__name__
        raise Unreachable(f"{url}: {said}") from None
    try:
        content = json.loads(reply.content)
    except ValueError:
        content = None
    return Reply(reply.status_code, content, reply.headers)
