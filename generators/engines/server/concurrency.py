"""How many requests a server gets at once: more while it copes, half when it does not."""

import time


class Window:
    """Additive increase, multiplicative decrease, as TCP does it (RFC 5681).

    Until the first sign of overload every answer raises the limit by one, which doubles it per round;
    afterwards a whole round of answers raises it by one. An overload halves it once per round: the
    requests that were sent before the halving say nothing about the new limit.
    """

    def __init__(self, most: int, start: int = 16) -> None:
        self.most = most
        self.limit = float(min(start, most))
        self._slow_start = True
        self._halved_at = 0.0

    def answered(self, in_flight: int) -> None:
        """After an answer; a limit that was not reached has not been tried, so it stays."""
        if in_flight + 1 >= int(self.limit):
            self.limit = min(self.most, self.limit + (1.0 if self._slow_start else 1 / self.limit))

    def overloaded(self, sent_at: float) -> bool:
        """After a 429 or a time-out of a request sent then (monotonic seconds); whether it was halved."""
        self._slow_start = False
        if sent_at < self._halved_at:
            return False
        self._halved_at = time.monotonic()
        self.limit = max(1.0, self.limit / 2)
        return True
