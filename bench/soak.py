"""Nights with a `kill -9` in each: is a row lost or doubled, are the bytes those of an undisturbed build?

    python -m bench.soak [--runs 50] [--seed 1] [--keep FOLDER]

A real Prefect server, a deployment served by `corrigenda schedule --publish`, a scripted world of which some problems
are new every night. In each night one or two of worker (the serving process), flow (the process of the run) and server
are killed at a random moment of a phase drawn before, and started again; the run, or the next one that is triggered,
brings the night to its end. Then the dataset, its publication, the journal, the runs in Prefect's database and
the processes that are left are compared with those of a plain build in another folder. Exit code 1 for any defect.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.prefect_server import PrefectServer
from bench.served import Served
from bench.soak_checks import Expected, defects_of, expected, torn_publication
from tests.world import write_world

VICTIMS = (
    ("flow",),
    ("worker",),
    ("server",),
    ("worker", "flow"),
    ("server", "flow"),
    ("server", "worker"),
)
PHASES = {"starting": 4.0, "planning": 1.0, "sampling": 3.0, "writing": 1.0, "publishing": 0.5}
"""Where a night is, and the seconds after a phase's begin within which the kill comes."""
NEW, OLD = 12, 8
"""Problems of a night that no night before had, and that the one before had too."""
ENDS_WITHIN_S = 240.0
"""A night with a kill takes half a minute on two free cores."""
DONE = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
STARTING_S = 120.0
"""A run that died before its process began cannot be told from one that is about to, so long."""


@dataclass
class Night:
    """What became of one."""

    number: int
    victims: tuple[str, ...]
    phase: str = ""
    """Where the night was when the kill came."""
    ends: list[str] = field(default_factory=list)
    """States of its runs, as Prefect has them."""
    defects: list[str] = field(default_factory=list)
    seconds: float = 0.0


def main() -> int:
    """All nights; exit code 1 for a defect."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended; server and deployment are ended too"))
    if arguments.keep:
        arguments.keep.mkdir(parents=True)
        return Soak(arguments.keep, arguments.runs, arguments.seed).run()
    with tempfile.TemporaryDirectory() as folder:
        return Soak(Path(folder), arguments.runs, arguments.seed).run()


class Soak:
    """The server, the deployment and the nights."""

    def __init__(self, folder: Path, runs: int, seed: int) -> None:
        self.folder, self.runs, self.rng = folder, runs, random.Random(seed)
        self.root, self.published = folder / "root", folder / "published"
        self.config = write_world(folder, OLD + NEW * runs)
        self.problems = (folder / "problems.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        text = self.config.read_text(encoding="utf-8").replace('otherwise: ""', 'otherwise: "", delay_s: 0.2')
        self.config.write_text(f"{text}publish: {{to: {self.published}}}\n", encoding="utf-8")
        self.server = PrefectServer(folder / "prefect")
        self.served = Served(self.server, self.config, self.root, folder / "served.log", "soak")
        self.bought: set[str] = set()
        self.began = time.time()

    def run(self) -> int:
        """All nights, and the table."""
        nights = []
        try:
            self.server.start()
            self.server.wait()
            self.served.start()
            for number in range(self.runs):
                nights.append(self.night(number))
                print(line_of(nights[-1]), flush=True)
            self.last_look(nights[-1])
        finally:
            self.served.stop()
            self.server.kill()
        print(table(nights))
        return int(any(night.defects for night in nights))

    def night(self, number: int) -> Night:
        """One night: new problems, a run, a kill, its end, the comparison."""
        lines = self.problems[NEW * number : NEW * number + OLD + NEW]
        (self.folder / "problems.jsonl").write_text("".join(lines), encoding="utf-8")
        wanted = expected(self.config, self.folder / "plain")
        night = Night(number, self.rng.choice(VICTIMS))
        before = {run["id"] for run in self.served.runs()}
        self.began = time.time()
        self.served.trigger()
        self.wait_for_moment()
        night.phase = self.phase()
        self.kill(night.victims)
        if torn := torn_publication(self.published):
            night.defects.append(f"just after the kill: {torn}")
        self.restart(night.victims)
        self.bring_to_end(night, wanted, before)
        self.bought |= wanted.bought
        night.defects += defects_of(self.root, self.published, wanted, self.bought)
        night.seconds = time.time() - self.began
        return night

    def last_look(self, night: Night) -> None:
        """One more run, undisturbed, when every dead one is old enough: it finds nothing new and closes them all."""
        time.sleep(STARTING_S)
        before = {run["id"] for run in self.served.runs()}
        self.served.trigger()
        self.wait_for_runs(night, before)
        runs = self.served.runs()
        found = hanging(runs, time.time())
        if (said := runs[-1]["state"]["name"]) != "NothingNew":
            found.append(f"the last run, with nothing new, said {said}")
        print("the last look: " + ("; ".join(found) or "every run has ended, and nothing is new"))
        night.defects += found

    def wait_for_moment(self) -> None:
        """Sleep until a random moment of a phase."""
        phases = list(PHASES)
        wanted = self.rng.choice(phases)
        until = time.monotonic() + ENDS_WITHIN_S
        while time.monotonic() < until:
            if (now := self.phase()) == "ended" or phases.index(now) >= phases.index(wanted):
                break
            time.sleep(0.01)
        time.sleep(self.rng.uniform(0, PHASES[wanted]))

    def phase(self) -> str:
        """Where the night is, as its files say."""
        logs = [p for p in self.root.glob("builds/*/work/log/*.jsonl") if p.stat().st_mtime > self.began]
        if not logs:
            looking = self.root / "tonight"
            return "planning" if looking.is_dir() else "starting"
        log = max(logs, key=lambda path: path.stat().st_mtime)
        events = [json.loads(line) for line in log.read_text(encoding="utf-8").split("\n")[:-1]]
        said = Counter(event["event"] for event in events)
        if said["health"]:
            latest = (
                json.loads((self.root / "latest.json").read_text())
                if (self.root / "latest.json").exists()
                else {}
            )
            new = latest.get("folder") == log.parents[2].name
            return "ended" if new and latest.get("published") else "publishing"
        planned = next((event["chunks"] for event in events if event["event"] == "plan"), None)
        if planned is None or not said["engines_opened"]:
            return "planning"
        return "writing" if said["chunk"] >= planned else "sampling"

    def kill(self, victims: tuple[str, ...]) -> None:
        """At the same time, as far as one process can."""
        flows = self.served.flow_processes() if "flow" in victims else []
        if "server" in victims:
            self.server.kill()
        if "worker" in victims:
            self.served.kill()
        for pid in flows:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:  # it has just ended
                continue

    def restart(self, victims: tuple[str, ...]) -> None:
        """Start again what was killed, after a while."""
        time.sleep(self.rng.uniform(0, 5))
        if "server" in victims:
            self.server.start()
            self.server.wait()
        if "worker" in victims:
            self.served.start()

    def bring_to_end(self, night: Night, wanted: Expected, before: set[str]) -> None:
        """Wait for the run; trigger the next one while the dataset is not published."""
        for _ in range(4):
            self.wait_for_runs(night, before)
            if not self.served.alive:
                night.defects.append("the serving process ended by itself")
                self.served.start()
            if wanted.is_published(self.root, self.published):
                break
            self.served.trigger()
        own = [run for run in self.served.runs() if run["id"] not in before]
        night.ends = [str(run["state"]["name"]) for run in own]
        # A run that died and that nobody came after is closed by the next night's run.
        night.defects += hanging(own[:-1], time.time() - STARTING_S)
        until = time.monotonic() + 15
        while self.served.left_over() and time.monotonic() < until:
            time.sleep(0.2)
        if left := self.served.left_over():
            night.defects.append(f"processes left: {left}")

    def wait_for_runs(self, night: Night, before: set[str]) -> None:
        """Until no run is going on or about to."""
        until = time.monotonic() + ENDS_WITHIN_S
        while time.monotonic() < until:
            states = {run["state_type"] for run in self.served.runs() if run["id"] not in before}
            if not self.served.flow_processes():
                # Between its state and its process: PENDING without a process for long is a run that died.
                if states <= {*DONE, "RUNNING", "CANCELLING"}:
                    return
                patience = until - ENDS_WITHIN_S + 30
                if states <= {*DONE, "RUNNING", "CANCELLING", "PENDING"} and time.monotonic() > patience:
                    return
            time.sleep(0.5)
        night.defects.append(f"no end within {ENDS_WITHIN_S:.0f} s")


def hanging(runs: list[dict[str, Any]], since: float) -> list[str]:
    """The defect that runs look as if they went on which are none any more: those in a state without an end,
    or about to begin since before then."""
    found = []
    for run in runs:
        waits = run["state_type"] in ("PENDING", "SCHEDULED")
        entered = datetime.fromisoformat(run["state"]["timestamp"]).timestamp()
        if run["state_type"] not in DONE and not (waits and entered > since):
            found.append(run["name"])
    return [f"runs that look as if they went on: {', '.join(found)}"] if found else []


def line_of(night: Night) -> str:
    """One night in a line."""
    what = f"{night.number:3d}  {'+'.join(night.victims):13s}  {night.phase:10s}  {night.seconds:5.0f} s  "
    return what + " > ".join(night.ends) + "".join(f"\n     DEFECT: {said}" for said in night.defects)


def table(nights: list[Night]) -> str:
    """Kills by victim and phase, how runs ended, defects."""
    kills = Counter(("+".join(night.victims), night.phase) for night in nights)
    phases = [*PHASES, "ended"]
    lines = [f"{'killed':13s}" + "".join(f"{phase:>12s}" for phase in phases)]
    for victims in map("+".join, VICTIMS):
        lines.append(f"{victims:13s}" + "".join(f"{kills[victims, phase]:12d}" for phase in phases))
    ends = Counter(" > ".join(night.ends) for night in nights)
    lines += [f"{number:3d} x {said}" for said, number in ends.most_common()]
    defects = sum(len(night.defects) for night in nights)
    return "\n".join(["", *lines, f"{len(nights)} nights, {defects} defects, load {os.getloadavg()[0]:.1f}"])


if __name__ == "__main__":
    sys.exit(main())
