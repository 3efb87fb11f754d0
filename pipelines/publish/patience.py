"""Asking a server again: which failures pass, how long to wait, and what a person is told."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pipelines.publish.redaction import redacted
from schemas.exceptions import PublishError

T = TypeVar("T")
Say = Callable[[str], None]

_MOST_WAIT_S = 60.0
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_PASSING_NAMES = (
    "TransportError",  # httpx2: time-outs, refused and dropped connections
    "TimeoutException",
    "ConnectionError",
    "TimeoutError",
    "IncompleteRead",
)


class HubError(PublishError):
    """A request that the Hub refused, or did not answer in all tries."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        """HTTP status; None where no reply came."""

    def __reduce__(self) -> tuple[type["HubError"], tuple[str, int | None]]:
        return type(self), (str(self), self.status)


@dataclass(frozen=True)
class Fault:
    """What went wrong with one request."""

    said: str
    status: int | None
    passing: bool
    """Whether the same request may succeed later."""
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Patience:
    """How often a request is sent, and the waits between."""

    tries: int
    first_wait_s: float

    def waits(self) -> Iterator[float]:
        """Seconds before each further try: doubled, and spread by half so that many publishers do not meet."""
        for number in range(self.tries - 1):
            yield min(_MOST_WAIT_S, self.first_wait_s * 2**number) * random.uniform(0.5, 1.0)

    def ask(self, what: str, call: Callable[[], T], say: Say) -> T:
        """The reply. HubError where the request is refused, or fails in every try; harmless requests only."""
        waits = self.waits()
        while True:
            try:
                return call()
            except Exception as error:
                fault = fault_of(error)
            wait = next(waits, None)
            if not fault.passing or wait is None:
                raise failed(what, fault) from None
            self.rest(what, fault, wait, say)

    def rest(self, what: str, fault: Fault, wait_s: float, say: Say) -> None:
        """Wait, at least as long as the server asked for."""
        wait_s = max(wait_s, fault.retry_after_s or 0.0)
        say(f"{what}: {fault.said}; trying again in {wait_s:.1f} s")
        time.sleep(wait_s)


def failed(what: str, fault: Fault) -> HubError:
    """The error for a person."""
    advice = {
        401: ". The token is missing or not valid: run `hf auth login`, or set HF_TOKEN",
        403: ". The token may not do this: it needs write access to the repository",
    }.get(fault.status or 0, "")
    if fault.passing:
        advice = ". Nothing is lost: the same command goes on with what is not yet there"
    return HubError(f"{what}: {fault.said}{advice}", fault.status)


def fault_of(error: BaseException) -> Fault:
    """What an exception of a client library means; libraries wrap the one that says it."""
    chain = list(_chain(error))
    for one in chain:
        response = getattr(one, "response", None)
        if response is not None and hasattr(response, "status_code"):
            status = int(response.status_code)
            said = f"HTTP {status}: {_first_line(str(one))}"
            return Fault(said, status, status in _PASSING, _retry_after(response.headers))
    passing = any(base.__name__ in _PASSING_NAMES for one in chain for base in type(one).__mro__)
    return Fault(f"{type(chain[-1]).__name__}: {_first_line(str(chain[-1]))}", None, passing)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _first_line(text: str) -> str:
    """The sentence of a message that says most, without secrets: the Hub's errors begin with the status again."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return redacted(" ".join(lines)[:300]) if lines else "no message"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]

    written = headers.get("Retry-After", "").strip()
    if written.isdigit():
        return float(written)
    limit = parse_ratelimit_headers(headers)
    return float(limit.reset_in_seconds) if limit is not None and limit.remaining == 0 else None
