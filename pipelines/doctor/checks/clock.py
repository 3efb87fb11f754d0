"""The clock: journals of several machines are ordered by it, and certificates are checked by it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipelines.doctor.base import Situation
from pipelines.doctor.disks import nearest_there, try_to_write
from pipelines.findings import Finding, Kind

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
"""This code did not exist before."""
MOST_SKEW_S = 60.0
"""Of a file server's clock against ours. `journal compact` waits 24 hours by the server's, and people read times
of both side by side."""

FINE = Kind("clock.ok", "ok", "The clock is plausible, and agrees with that of the file system.")
PAST = Kind(
    "clock.in_the_past",
    "error",
    "The clock says a time before this program was written. Servers' certificates will be refused, and the journal's "
    "files, which are ordered by time, would stand before all older ones.",
    "Set the clock (NTP: `timedatectl set-ntp true`).",
)
SKEW = Kind(
    "clock.skewed",
    "warning",
    "The file system's clock and this machine's differ. Of two records with one key the older file's counts: machines "
    "with different clocks may disagree which that is.",
    "Set the clocks of both machines by NTP.",
)


def look(at: Situation) -> Iterator[Finding]:
    """Now, and the time of a file written just now."""
    try:
        skew = try_to_write(nearest_there(at.journal or at.out or Path.cwd())).skew_s
    except OSError:
        skew = 0.0  # the check of the disk says so
    yield from about(time.time(), skew)


def about(now: float, skew_s: float) -> Iterator[Finding]:
    """A time in seconds since 1970, and by how much the file system's is ahead."""
    said = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if now < EARLIEST:
        yield PAST.found(said)
    elif abs(skew_s) > MOST_SKEW_S:
        yield SKEW.found(f"{said}; the file system is {skew_s:+,.0f} s from it")
    else:
        yield FINE.found(said)
