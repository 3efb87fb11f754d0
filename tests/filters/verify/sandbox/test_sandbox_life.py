"""How sandboxes begin and end: nothing is left behind, a death is survived, the weakest is never taken silently."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from filters.verify.sandbox import enclosure
from filters.verify.sandbox.base import finished
from filters.verify.sandbox.inside.zygote import REPORT
from filters.verify.sandbox.job import Call, Job, Level, Limits
from filters.verify.sandbox.levels import NoSandbox, open_sandbox, probe, sandbox_report
from filters.verify.sandbox.plain import PlainSandbox
from filters.verify.sandbox.warm import WarmSandbox
from tests.filters.verify.sandbox.sandboxes import ask, left, opened
from tests.processes import below

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(params=["namespaces", "seccomp"])
def warm(request: pytest.FixtureRequest) -> WarmSandbox:
    sandbox = opened(request.param)
    assert isinstance(sandbox, WarmSandbox)
    return sandbox


def test_close_leaves_no_process(warm: WarmSandbox) -> None:
    started = [*warm.pids, *(pid for top in warm.pids for pid in below(top))]
    assert len(started) >= len(warm.pids)
    assert ask(warm, "x = 1", "x").ended == "finished"
    warm.close()
    assert left(started) == []


def test_close_ends_what_is_running(warm: WarmSandbox) -> None:
    ends: list[str] = []
    sleeper = Job("import time; time.sleep(100)", limits=Limits(wall_s=100))
    thread = threading.Thread(target=lambda: ends.append(warm.run(sleeper).ended))
    thread.start()
    time.sleep(0.2)
    warm.close()
    thread.join(5)
    assert ends == ["crashed"]


def test_after_close_a_job_is_refused_not_lost(warm: WarmSandbox) -> None:
    warm.close()
    assert ask(warm, "x = 1", "x").ended == "crashed"


def test_the_death_of_a_zygote_is_survived(warm: WarmSandbox) -> None:
    with warm:
        results: list[str] = []
        jobs = [Job("import time; time.sleep(0.5)", (Call("1"),)) for _ in range(4)]
        thread = threading.Thread(target=lambda: results.extend(f.ended for f in warm.run_all(jobs)))
        thread.start()
        time.sleep(0.2)
        for pid in warm.pids:
            os.kill(pid, signal.SIGKILL)
        thread.join(20)
        assert results == ["finished"] * 4  # each was run once more
        assert ask(warm, "x = 1", "x").ended == "finished"


def test_a_job_whose_zygote_dies_twice_is_crashed(warm: WarmSandbox) -> None:
    with warm:
        results: list[str] = []
        job = Job("import time; time.sleep(30)", limits=Limits(wall_s=40))
        thread = threading.Thread(target=lambda: results.append(warm.run(job).ended))
        thread.start()
        for _ in range(2):
            time.sleep(0.3)
            before = warm.pids
            os.kill(before[0], signal.SIGKILL)
            deadline = time.monotonic() + 10
            while warm.pids == before and time.monotonic() < deadline:
                time.sleep(0.02)
        thread.join(10)
        assert results == ["crashed"]


@pytest.mark.parametrize("level", ["namespaces", "seccomp"])
def test_a_killed_launcher_takes_everything_with_it(level: Level) -> None:
    opened(level).close()
    script = (
        "import os, sys, threading, time\n"
        "from filters.verify.sandbox.warm import WarmSandbox\nfrom filters.verify.sandbox.job import Job, Limits\n"
        f"s = WarmSandbox({level!r})\n"
        "job = Job('import time; time.sleep(100)', limits=Limits(wall_s=100))\n"
        "for _ in range(2): threading.Thread(target=s.run, args=(job,), daemon=True).start()\n"
        "time.sleep(0.5)\nprint('ready', flush=True)\ntime.sleep(100)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.readline() == "ready\n"
        started = list(below(launcher.pid))
        assert len(started) >= 3
        launcher.kill()
    assert left(started) == []


def test_a_sandbox_outlives_the_thread_that_opened_it() -> None:
    opened_there: list[WarmSandbox] = []
    thread = threading.Thread(target=lambda: opened_there.append(WarmSandbox("seccomp")))
    thread.start()
    thread.join()
    time.sleep(0.2)
    with opened_there[0] as sandbox:
        before = sandbox.pids
        assert ask(sandbox, "x = 1", "x").ended == "finished"
        assert sandbox.pids == before


def test_every_level_is_reported() -> None:
    report = {entry.level: entry for entry in sandbox_report()}
    assert set(report) == {"namespaces", "seccomp", "wasm", "rlimits"}
    assert report["rlimits"].works
    assert all(entry.works or entry.detail for entry in report.values())


def test_a_missing_bubblewrap_is_named_and_the_next_level_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    opened("seccomp").close()
    monkeypatch.setattr(enclosure, "bubblewrap", lambda: None)
    with pytest.raises(NoSandbox, match="apt-get install bubblewrap"):
        open_sandbox("namespaces", levels=("namespaces",))
    with open_sandbox() as sandbox:
        assert sandbox.level == "seccomp"
        assert ask(sandbox, "x = 1", "x").isolation == "seccomp"


def test_a_bubblewrap_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder, "bwrap")
        broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        for path in (broken, broken.parent):
            path.chmod(0o755)
        monkeypatch.setattr(enclosure, "bubblewrap", lambda: str(broken))
        with pytest.raises(NoSandbox, match="No permissions to create new namespace"):
            open_sandbox("namespaces", levels=("namespaces",))


def test_limits_alone_are_never_taken_silently() -> None:
    with pytest.raises(NoSandbox, match="rlimits"):
        open_sandbox("seccomp", levels=("rlimits",))
    with open_sandbox("rlimits", levels=("rlimits",)) as sandbox:
        assert sandbox.level == "rlimits"


def test_the_probe_finds_what_the_plain_sandbox_lets_through() -> None:
    with PlainSandbox() as sandbox:
        found = probe(sandbox)
    assert {"read /etc/passwd", "open a socket", "start a process"} <= set(found)


def test_a_case_that_cannot_be_confined_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    # a filter that the kernel refuses: the program must not run, and nothing be concluded
    monkeypatch.setattr(enclosure, "seccomp_filter", lambda machine, own_files: b"\xff" * 16)
    with WarmSandbox("seccomp") as sandbox:
        result = ask(sandbox, "x = 1", "x")
    assert (result.ended, result.replies) == ("crashed", ())


def test_no_name_for_a_machine_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "x", "6", "1", "riscv64")))
    with pytest.raises(NoSandbox, match="riscv64"):
        open_sandbox("seccomp")


def test_packages_are_seen_only_where_asked() -> None:
    opened("namespaces").close()
    program = "import importlib.util\ndef f(): return importlib.util.find_spec('pytest') is not None"
    for asked in (False, True):
        with WarmSandbox("namespaces", site_packages=asked) as sandbox:
            assert ask(sandbox, program, "f()").replies[0].value is asked


def test_lines_that_are_not_ours_end_the_reading() -> None:
    lines = b'{"stage": "calls"}\n{"value": 1}\nnonsense\n{"value": 2}\n{"done": true}\n'
    result = finished(
        lines, "finished", "seccomp", calls=2, stdout=b"\xff", stderr=b"", exit_status=0, wall_s=0.0
    )
    assert (result.ended, len(result.replies), result.stdout) == ("exited", 1, "\ufffd")


def test_a_report_has_one_size() -> None:
    assert REPORT.size == 37


def test_results_that_wait_for_an_earlier_one_hold_no_files() -> None:
    opened("seccomp").close()
    held = []
    with WarmSandbox("seccomp", slots=4) as sandbox:

        def jobs() -> Iterator[Job]:
            yield Job("import time; time.sleep(1)", (Call("1"),))
            for n in range(100):
                held.append(len(os.listdir("/proc/self/fd")))  # noqa: PTH208
                yield Job(f"x = {n}", (Call("x"),))

        assert {f.ended for f in sandbox.run_all(jobs())} == {"finished"}
    assert max(held) - min(held) <= 5 * 4


def test_no_descriptors_left_is_a_crash_not_a_hang() -> None:
    opened("seccomp").close()
    with WarmSandbox("seccomp") as sandbox:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
            result = ask(sandbox, "x = 1", "x")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert result.ended == "crashed"
        assert ask(sandbox, "x = 1", "x").ended == "finished"
