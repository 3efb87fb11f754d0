"""What a fork must not do to the connections of its parent.

fsspec forgets its file systems in a forked child. Collected there, they close their connections, which takes
these out of the event loop's selector, and that one parent and child share: a request of the parent would wait
for its answer until the client's time-out, or for ever while it sends. So they are held over the fork, and in the
child for as long as it lives.
"""

import os

_classes: set[type] = set()
_held: list[object] = []


def keep_whole(kind: type) -> None:
    """Hold the file systems of this class over forks from now on."""
    if not _classes:
        os.register_at_fork(before=_hold, after_in_parent=_held.clear)
    _classes.add(kind)


def _hold() -> None:
    for kind in _classes:
        _held.extend(getattr(kind, "_cache", {}).values())
