"""Workers' verdicts outlive the process, whatever happens to it."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

from filters.verify.math.judge import Judge
from filters.verify.math.options import JudgeOptions
from filters.verify.math.verdict_cache import VerdictCache
from schemas.verdict import Outcome, Verdict

RIGHT = Verdict(Outcome.RIGHT, "equal", "symbolic")
WRONG = Verdict(Outcome.WRONG, "mismatch", "symbolic")

ROOT = Path(__file__).parents[4]


def _write(folder: Path, number: int) -> None:
    cache = VerdictCache(folder)
    for n in range(200):
        cache.put("{}", f"{number}", f"{n}", RIGHT if n % 2 else WRONG)
    cache.close()


def test_several_processes_write_one_folder(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, number)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    cache = VerdictCache(tmp_path)
    assert len(cache) == 600
    assert cache.get("{}", "2", "7") == RIGHT and cache.get("{}", "2", "8") == WRONG


def test_torn_and_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    _write(tmp_path, 0)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    (tmp_path / "verdicts-other.jsonl").write_text(
        'nonsense\n["a"]\n["k", "maybe", "", ""]\n', encoding="utf-8"
    )
    assert len(VerdictCache(tmp_path)) == 199


def test_other_rules_never_meet_these_verdicts(tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path)
    cache.put(JudgeOptions().rules(), "1", "2", WRONG)
    assert cache.get(JudgeOptions(decimal_places=2).rules(), "1", "2") is None
    assert cache.get(JudgeOptions(workers=4, deadline_s=1).rules(), "1", "2") == WRONG


def test_a_later_judge_needs_no_worker_for_what_an_earlier_one_asked(tmp_path: Path) -> None:
    options = JudgeOptions(cache_dir=tmp_path)
    pairs = [("\\sinh(x)+0", "\\frac{e^x-e^{-x}}{2}"), ("\\sin(2x)", "2\\sin(x)^2")]
    with Judge(options) as judge:
        first = judge.equals(pairs)
        assert {v.method for v in first} == {"symbolic"}
    with Judge(options) as judge:
        assert judge.equals([(r, f" ${a}$ ") for r, a in pairs]) != []
        assert [v.outcome for v in judge.equals(pairs)] == [v.outcome for v in first]
        assert judge._pool.pids() == []


def test_what_may_be_the_machines_fault_is_not_kept(tmp_path: Path) -> None:
    with Judge(JudgeOptions(cache_dir=tmp_path, deadline_s=0.000001)) as judge:
        assert judge.equal("\\sin(2x)", "2\\sin(x)\\cos(x)").reason in ("timeout", "crashed")
    assert list(tmp_path.iterdir()) == []


_WRITER = """
import sys
from pathlib import Path
from filters.verify.math.verdict_cache import VerdictCache
from schemas.verdict import Outcome, Verdict
if len(sys.argv) > 2:
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
cache = VerdictCache(Path(sys.argv[1]))
for number in range(300 if len(sys.argv) > 2 else 10**7):
    cache.put("rules", "1", str(number), Verdict(Outcome.WRONG, "mismatch", "symbolic"))
    print(number, flush=True)
"""


def test_two_writers_killed_at_once_lose_no_verdict_they_were_done_with(tmp_path: Path) -> None:
    words = [sys.executable, "-c", _WRITER, str(tmp_path)]
    writers = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
    done = 0
    for writer in writers:
        assert writer.stdout is not None
        for _ in range(200):
            writer.stdout.readline()
    for writer in writers:
        writer.kill()
        assert writer.stdout is not None
        done = max([done, *map(int, writer.stdout.read().split("\n")[:-1])])
        writer.stdout.close()
        writer.wait()
    cache = VerdictCache(tmp_path)
    # One that begins when the other has written all knows it already.
    assert len(list(tmp_path.iterdir())) in (1, 2) and done >= 200
    assert all(cache.get("rules", "1", str(number)) == WRONG for number in range(done + 1))


def test_a_full_disk_ends_the_keeping_and_not_the_judging(tmp_path: Path) -> None:
    words = [sys.executable, "-c", _WRITER, str(tmp_path), "full"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True)
    assert len(done.stdout.split()) == 300
    kept = len(VerdictCache(tmp_path))
    assert 10 < kept < 300
    (file,) = tmp_path.iterdir()
    assert file.read_bytes().count(b"\n") == kept  # nothing follows the torn line
