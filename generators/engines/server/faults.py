"""What can go wrong with one HTTP request: once (a fault: ask again) or for good (a refusal)."""


class Fault(Exception):
    """A request that may succeed when it is sent again.

    `slug` names it in the incidents. `down`: the server itself is in doubt, so it is set aside until it
    has passed the checks of a start again. `retry_after`: seconds the server asked to wait, if it did.
    """

    def __init__(self, slug: str, text: str, *, down: bool = False, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.slug = slug
        self.down = down
        self.retry_after = retry_after

    @property
    def overload(self) -> bool:
        """Whether fewer requests at once might have helped."""
        return self.slug in ("429", "timeout")

    @property
    def unseen(self) -> bool:
        """Whether the request cannot be what is wrong: the server turned it away or never got it."""
        return self.slug in ("429", "unreachable")


class Refusal(Exception):
    """A request that the server will refuse however often it is sent: its status and what it said."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
