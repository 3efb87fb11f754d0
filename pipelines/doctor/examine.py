"""All checks at once, each with its time: none can crash or hold up the examination."""

import threading
import time
from collections.abc import Sequence

from pipelines.doctor.base import Check, Situation, check_names, find_check
from pipelines.findings import Finding, Kind
from pipelines.masking import masked

TIME_S = 40.0
"""For all checks together. A file system that is gone, say, never answers."""

CHECK_FAILED = Kind(
    "doctor.check_failed",
    "warning",
    "A check ended with an error of its own, so what it looks at is not known.",
    "What it says may name the cause. Where it does not, it is a defect: report it with this line.",
)
CHECK_SLOW = Kind(
    "doctor.check_slow",
    "warning",
    "A check did not end in its time, so what it looks at is not known. A disk or a server that hangs does this.",
    "Look at the network file systems and servers that the config names.",
)


def examine(at: Situation, names: Sequence[str] = (), time_s: float = TIME_S) -> dict[str, list[Finding]]:
    """What each check found, by its name; all checks where no names are given. Never raises, holds no secrets.

    Checks run at once, in threads that are left alone when their time is over.
    """
    running = [_Running(name, at) for name in names or check_names()]
    until = time.monotonic() + time_s
    for one in running:
        one.thread.join(max(0.0, until - time.monotonic()))
    return {one.name: [_told(finding, at) for finding in one.findings(time_s)] for one in running}


class _Running:
    def __init__(self, name: str, at: Situation) -> None:
        self.name, self.at = name, at
        self.found: list[Finding] = []
        self.thread = threading.Thread(target=self._look, name=f"doctor {name}", daemon=True)
        self.thread.start()

    def findings(self, time_s: float) -> list[Finding]:
        if self.thread.is_alive():
            return [*self.found, CHECK_SLOW.found(f"{self.name}: no end within {time_s:g} s")]
        return self.found

    def _look(self) -> None:
        try:
            check: Check = find_check(self.name)
            for finding in check.look(self.at):
                self.found.append(finding)
        except BaseException as error:  # whatever it is, the other checks and the report must not suffer
            self.found.append(CHECK_FAILED.found(f"{self.name}: {type(error).__name__}: {error}"))


def _told(finding: Finding, at: Situation) -> Finding:
    """Without secrets, on one line."""
    found, todo = (" ".join(masked(text, _keys(at)).split()) for text in (finding.found, finding.todo))
    return Finding(finding.slug, finding.level, found, finding.means, todo)


def _keys(at: Situation) -> list[str]:
    """API keys of the config's engines, whatever their variables are called."""
    if at.config is None:
        return []
    engines = [role.engine for role in at.config.roles().values() if isinstance(role.engine, dict)]
    return [at.environ.get(str(engine.get("key_env")), "").strip() for engine in engines]
