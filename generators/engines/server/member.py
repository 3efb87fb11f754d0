"""One server of a fleet, and how it is doing."""

import time
from dataclasses import dataclass

from generators.engines.server.concurrency import Window
from generators.engines.server.dialect import Dialect


@dataclass(eq=False)
class Server:
    """One base URL and how it is doing. `dialect` is None until it has passed its checks."""

    url: str
    window: Window
    dialect: Dialect | None = None
    in_flight: int = 0
    failures: int = 0
    """In a row."""
    turned_away: int = 0
    """429s in a row."""
    aside: bool = True
    paused_until: float = 0.0
    """Monotonic seconds: a 429 asked for the pause."""
    last: str = "not asked yet"
    """What went wrong last."""

    @property
    def load(self) -> float:
        """Share of the window in use."""
        return self.in_flight / int(self.window.limit)

    def free(self) -> bool:
        """Whether it takes a request now."""
        open_ = not self.aside and time.monotonic() >= self.paused_until
        return open_ and self.in_flight < int(self.window.limit)
