"""The judge beside math-verify on the same pairs, in one run, by CPU time.

`python -m bench.judge_answers [--count N] [--of KIND]` prints pairs per CPU-second of both, the ratio, and the
judge's latencies. CPU time is that of this process and of all its children, start-up included, so that
neither worker processes nor the import of sympy are left out; the judge meets every pair once in a
judge of its own. math-verify is called as its README does, with its own time limits.
"""

import argparse
import contextlib
import io
import json
import resource
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.answer_pairs import answer_pairs
from bench.hard_pairs import HOSTILE, Pair, hard_pairs, ordinary_pairs
from filters.verify.math.judge import Judge
from filters.verify.math.options import JudgeOptions

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=2000, help="pairs of each kind (default: 2000)")
    arguments.add_argument("--of", choices=("real", "hard", "hostile", "all"), default="all")
    chosen = arguments.parse_args()
    if chosen.of in ("real", "all"):
        _beside("real answers", real_pairs(chosen.count))
    if chosen.of in ("hard", "all"):
        _beside("hard mix", [(pair.reference, pair.answer) for pair in answer_pairs(chosen.count, 1)])
        _beside("another hard mix", hard_pairs(chosen.count))
    if chosen.of in ("hostile", "all"):
        _hostile()


def real_pairs(count: int) -> list[Pair]:
    """Real models' whole texts with their references: MATH first, then GSM8K, evenly taken."""
    answers = {row["id"]: row["answer"] for row in _rows("gsm8k_test.jsonl")}
    math = [(row["answer"], row["response"]) for row in _rows("math_rollouts.jsonl")]
    gsm8k = [(answers[row["problem_id"]], row["response"]) for row in _rows("gsm8k_rollouts.jsonl")]
    share = max(1, count // 4)  # a quarter MATH, whose texts and answers are longer
    return _evenly(math, share) + _evenly(gsm8k, count - share)


def _evenly(pairs: list[Pair], count: int) -> list[Pair]:
    step = max(1, len(pairs) // max(1, count))
    return pairs[::step][:count]


def _beside(name: str, pairs: Sequence[Pair]) -> None:
    ours, latencies, outcomes = judged(pairs)
    theirs = _math_verify(pairs)
    ordered = sorted(latencies)
    print(
        f"{name}: {len(pairs)} pairs; judge {len(pairs) / ours:.0f}/CPU-s, "
        f"math-verify {len(pairs) / theirs:.0f}/CPU-s, ratio {theirs / ours:.1f}; "
        f"latency p50 {_ms(ordered, 0.5)}, p99 {_ms(ordered, 0.99)}, most {_ms(ordered, 1)}; "
        f"{dict(outcomes)}",
        flush=True,
    )


def judged(pairs: Sequence[Pair], warm: bool = False) -> tuple[float, list[float], Counter[str]]:
    """CPU seconds with start and end of the workers, seconds of each pair, and outcomes by method."""
    began = cpu_seconds()
    latencies: list[float] = []
    outcomes: Counter[str] = Counter()
    with Judge(JudgeOptions.published()) as judge:
        if warm:  # the server's start is not a pair's latency
            judge.equal("\\sin(x)^2", "1-\\cos(x)^2")
        for reference, answer in pairs:
            at = time.perf_counter()
            verdict = judge.stated_equal(reference, answer)
            latencies.append(time.perf_counter() - at)
            outcomes[f"{verdict.method} {verdict.outcome.value}"] += 1
    return cpu_seconds() - began, latencies, outcomes


def _math_verify(pairs: Sequence[Pair]) -> float:
    began = cpu_seconds()
    from math_verify import parse, verify

    with contextlib.redirect_stdout(io.StringIO()):
        for reference, answer in pairs:
            with contextlib.suppress(Exception):
                verify(parse(f"${reference}$"), parse(answer if len(answer) > 80 else f"${answer}$"))
    return cpu_seconds() - began


def _hostile() -> None:
    """5,000 ordinary pairs alone, then with 50 hostile answers among them."""
    ordinary = ordinary_pairs(5000)
    mixed = list(ordinary)
    for number, text in enumerate(HOSTILE[:50]):
        mixed.insert(number * 100, (text, "7") if number % 5 == 0 else ("7", text))
    start, _, _ = judged([], warm=True)
    alone, _, _ = judged(ordinary, warm=True)
    together, latencies, outcomes = judged(mixed, warm=True)
    alone, together = alone - start, together - start
    print(
        f"hostile (the workers' start of {start:.2f} CPU-s left out of both): ordinary alone {alone:.2f} CPU-s, "
        f"with {len(HOSTILE[:50])} hostile {together:.2f} CPU-s, ratio {together / alone:.2f}; "
        f"slowest pair {max(latencies):.2f} s; {dict(outcomes)}"
    )


def cpu_seconds() -> float:
    """CPU time of this process and of its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _ms(ordered: list[float], share: float) -> str:
    at = min(len(ordered) - 1, int(share * len(ordered)))
    return f"{1000 * ordered[at]:.1f} ms"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
