"""Which cores this process leaves to vLLM.

On the CPU vLLM ties the threads of its workers to cores, one each, but keeps nothing else off them. Judging and
asking that run there take a core from a worker that has no other to go to: on two cores a build of 400
problems took 100 seconds with them there, and 92 beside it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress

_OURS = frozenset(os.sched_getaffinity(0)) if sys.platform == "linux" else frozenset()


def take_back() -> None:
    """Let every thread of this process, and what it starts from now on, run on all its cores again: a vLLM
    that starts ties its workers to some of those that it may use itself."""
    _keep_to(_OURS)


def give_way() -> None:
    """Keep them off the cores that processes below this one are tied to; where that would leave none, they
    have all."""
    _keep_to(_OURS.difference(*_tied()) or _OURS)


def _keep_to(cores: frozenset[int]) -> None:
    import psutil  # comes with vLLM

    for thread in psutil.Process().threads() if cores else ():
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.sched_setaffinity(thread.id, cores)


def _tied() -> Iterator[frozenset[int]]:
    """The cores of each thread below this process that may not use all of ours."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error, ProcessLookupError):
            for thread in child.threads():
                cores = frozenset(os.sched_getaffinity(thread.id))
                if cores < _OURS:
                    yield cores
