"""`corrigenda inject`: rows with right solutions in, the same rows with a proven mistake in each out.

    {"question": …, "solution": …, "answer": "72"}
    becomes the same row with
    {"wrong_solution": …, "first_error": 0, "error_kind": "calculation",
     "injector": "numbers", "wrong_answer": "82", "before": "24", "after": "34",
     "proof": [{"check": "step_false", "seen": "48 / 2 = 34 is false"}, …]}

Solutions in LaTeX whose equations cannot be carried through get a false move of algebra; where the answer
cannot be worked out anew the wrong solution ends with it (`cut_after_step` in the proof, `wrong_answer` "").
A row that takes no mistake is kept with `wrong_solution: null` and a `reason`. A line that is no
such row is kept with its number and reason (`line`, `error`). Every line of the input has one of the output.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filters.verify.math.judge import Judge
from generators.byte_lines import CorruptFile, byte_lines
from generators.injectors.base import INJECTORS, Injector, Subject
from generators.injectors.inject import inject
from generators.solutions import computes
from schemas.exceptions import ConfigError, InputError, RecordError
from schemas.family import nearest
from schemas.injection import Injection
from schemas.problem import Problem

COLUMNS = ("question", "solution", "answer")

FINISH = "\n#### {}"
"""How a solution that does not state its answer is finished (GSM8K's own form)."""


DEFAULT = ("numbers", "algebra")
"""Injectors tried one after another for a row: LaTeX where no plain equation can be carried through."""


def inject_file(rows: Path, out: Path, kind: str = "", seed: int = 0, injector: str = "") -> Counter[str]:
    """Write the rows with their mistakes and print what became of them; counts by reason.

    ConfigError for a kind that no injector makes or an injector that does not work on solutions in
    words, InputError for a file that cannot be read.
    """
    injectors = _injectors(injector)
    weights = dict.fromkeys(_kinds(injectors, kind), 1.0)
    counts: Counter[str] = Counter()
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with Judge() as judge, partial.open("w", encoding="utf-8") as sink:
            for number, row in _rows(rows):
                made = _line(number, row, injectors, weights, seed, judge)
                counts["bad" if "error" in made else made.get("error_kind") or "none"] += 1
                sink.write(json.dumps(made, ensure_ascii=False) + "\n")
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    _print(counts, out)
    return counts


def _injectors(name: str) -> list[Injector]:
    made = [INJECTORS.find(found)() for found in ([name] if name else DEFAULT)]
    if any(injector.domain != "math" for injector in made):
        raise ConfigError(f"{name} works on {made[0].domain}; here: {', '.join(DEFAULT)}")
    return made


def _kinds(injectors: list[Injector], kind: str) -> list[str]:
    known = sorted({k for injector in injectors for k in injector.kinds})
    if kind and kind not in known:
        raise ConfigError(f"no injector makes {kind!r}{nearest(kind, known)} There are: {', '.join(known)}")
    return [kind] if kind else known


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line numbers from 1 with the row, or with what is wrong with the line; blank lines are passed over."""
    try:
        for number, line in enumerate(byte_lines(str(path)), start=1):
            if line is None:
                yield number, "the line is longer than 64 MiB"
            elif line.strip():
                yield number, _row(line)
    except CorruptFile as error:
        raise InputError(f"{path}: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None


def _row(line: bytes) -> dict[str, Any] | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    if not isinstance(row, dict):
        return f"a JSON {type(row).__name__}, not an object"
    missing = [c for c in COLUMNS if c not in row]
    if missing:
        return f"without {' and '.join(missing)}"
    if isinstance(row["answer"], int | float) and not isinstance(row["answer"], bool):
        row = {**row, "answer": str(row["answer"])}
    wrong = [c for c in COLUMNS if not isinstance(row[c], str)]
    return f"{wrong[0]} is {type(row[wrong[0]]).__name__}, not text" if wrong else row


def _line(
    number: int,
    row: dict[str, Any] | str,
    injectors: list[Injector],
    weights: dict[str, float],
    seed: int,
    judge: Judge,
) -> dict[str, Any]:
    if isinstance(row, str):
        return {"line": number, "error": row}
    try:
        problem = Problem(statement=row["question"], answer=row["answer"], solution=row["solution"])
    except (RecordError, ValueError) as error:
        return {"line": number, "error": str(error)}
    solution = _finished(problem, judge)
    if solution is None:
        return {**row, **_none("the solution's own answer is not judged right")}
    subject = Subject(problem=problem, solution=solution)
    refused: tuple[Injection, ...] = ()
    for injector in injectors:
        own = {kind: weight for kind, weight in weights.items() if kind in injector.kinds}
        found = inject(subject, [injector], own, random.Random(f"{seed}/{problem.id}"), judge)
        if found.accepted:
            return {**row, **_mistake(found.accepted[0])}
        refused += found.refused
    return {**row, **_none(_reason(refused))}


def _finished(problem: Problem, judge: Judge) -> str | None:
    """The solution, with its answer on a last line where it is not judged right without one; None if it is wrong."""
    text = problem.solution.rstrip()
    if not text:
        return None
    if judge.verdict(problem, text).is_right:
        return text
    stated = judge.verdict(problem, text, explicit_only=True).reason != "no_answer"
    return None if stated or not computes(text, problem.answer) else text + FINISH.format(problem.answer)


def _mistake(injection: Injection) -> dict[str, Any]:
    return {
        "wrong_solution": injection.text,
        "first_error": injection.step,
        "error_kind": injection.kind,
        "injector": injection.injector,
        "wrong_answer": injection.answer,
        "before": injection.before,
        "after": injection.after,
        "proof": [{"check": c.name, "seen": c.seen} for c in injection.checks],
    }


def _none(reason: str) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("wrong_solution", "first_error", "error_kind", "injector", "wrong_answer", "before", "after")
    )
    return {**empty, "proof": [], "reason": reason}


def _reason(refused: tuple[Injection, ...]) -> str:
    if not refused:
        return "no mistake of these kinds can be carried through"
    failed = next(c for c in refused[-1].checks if not c.passed)
    return f"{len(refused)} mistakes were not proven, the last by {failed.name}: {failed.seen}"


def _print(counts: Counter[str], out: Path) -> None:
    made = {kind: n for kind, n in sorted(counts.items()) if kind not in {"none", "bad"}}
    print(f"{out}: {counts.total()} rows, {sum(made.values())} with a mistake")
    for kind, number in made.items():
        print(f"  {kind} {number}")
    if counts["none"]:
        print(f"  without {counts['none']} (their rows say why)")
    if counts["bad"]:
        print(f"  bad lines {counts['bad']} (kept with their numbers)")
