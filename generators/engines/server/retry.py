"""When to ask again, and when to give up."""

import email.utils
import math
import random
import time
from dataclasses import dataclass, field

from generators.engines.server.faults import Fault
from schemas.exceptions import EngineError

_FIRST_S = 0.25
_LONGEST_S = 30.0
_JITTER = random.Random()  # changes no row: it only spreads requests that failed together


def retry_after(header: str | None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date).

    None where there is no header or it says nothing that can be read; never negative.
    """
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(header).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(0.0, seconds), 1e9) if not math.isnan(seconds) else None


def back_off(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling, and spread over half of it."""
    doubled: float = _FIRST_S * 2.0 ** min(max(failures - 1, 0), 20)
    return min(_LONGEST_S, doubled) * _JITTER.uniform(0.5, 1.0)


@dataclass
class Tries:
    """The failures of one request. It may fail `retries` times by its own possible fault, and not for
    longer than `patience_s` after its first failure, whoever's fault."""

    retries: int
    patience_s: float
    faults: int = 0
    """Failures so far that the request may have caused."""
    first: float = field(default=0.0, init=False)

    def after(self, fault: Fault) -> float:
        """Seconds to wait before the next try; EngineError where there is none."""
        now = time.monotonic()
        self.first = self.first or now
        self.faults += not fault.unseen
        if self.faults > self.retries:
            raise EngineError(f"given up after {self.faults} failures, the last: {fault}")
        # A server that is down or asks for a pause holds back all its requests itself.
        wait = 0.0 if fault.down or fault.slug == "429" else back_off(self.faults)
        if now + max(wait, fault.retry_after or 0.0) - self.first > self.patience_s:
            raise EngineError(f"given up after {now - self.first:.0f} s of failures, the last: {fault}")
        return wait
