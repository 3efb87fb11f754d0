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
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from filters.verify.math.judge import Judge
from generators.injectors.base import INJECTORS, Injector, Subject
from generators.injectors.inject import inject
from generators.solutions import computes
from pipelines.error_kinds import ErrorKinds
from pipelines.lines import Fields, work_lines
from schemas.exceptions import ConfigError, InputError, RecordError
from schemas.family import nearest
from schemas.injection import Injection
from schemas.problem import Problem

COLUMNS = ("question", "solution", "answer")

_EMPTY: Fields = {
    **dict.fromkeys(
        ("wrong_solution", "first_error", "error_kind", "injector", "wrong_answer", "before", "after")
    ),
    "proof": [],
}
"""What a row without a mistake gets."""

FINISH = "\n#### {}"
"""How a solution that does not state its answer is finished (GSM8K's own form)."""


DEFAULT = ("numbers", "algebra")
"""Injectors tried one after another for a row: LaTeX where no plain equation can be carried through."""


def inject_file(
    source: Path, target: Path, *, kind: str = "", seed: int = 0, injector: str = "", like: Path | None = None
) -> int:
    """Write the rows with their mistakes; the command's exit code.

    With `like`, a dataset's folder, kinds are drawn as often as that dataset's policy made them.
    ConfigError for a kind that no injector makes or an injector that does not work on solutions in
    words, InputError for a file that cannot be read.
    """
    injectors = _injectors(injector)
    kinds = _kinds(injectors, kind)
    weights = measured_weights(like, kinds) if like is not None else dict.fromkeys(kinds, 1.0)
    with Judge() as judge:

        def injected(rows: list[Fields]) -> Iterator[Fields]:
            return (_line(row, injectors, weights, seed, judge) for row in rows)

        return work_lines(source, target, _usable, injected, _EMPTY, by="error_kind", words=())


def measured_weights(dataset: Path, kinds: Sequence[str]) -> dict[str, float]:
    """How often the policy of a dataset made each of the kinds; InputError where its manifest counts none."""
    manifest = dataset / "manifest.json"
    if not manifest.is_file():
        raise InputError(f"{dataset} has no manifest.json: name the folder of a finished build")
    table: ErrorKinds = json.loads(manifest.read_text(encoding="utf-8")).get("error_kinds", {})
    counts: Counter[str] = Counter()
    for difficulties in table.values():
        for made in difficulties.values():
            counts.update(made)
    weights = {kind: float(counts[kind]) for kind in kinds if counts[kind]}
    if not weights:
        raise InputError(
            f"{manifest} counts no mistake of a kind that can be injected; there are: {dict(counts) or 'none'}"
        )
    return weights


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


def _usable(row: Fields) -> Fields:
    for column in COLUMNS:
        value = row.get(column)
        if column == "answer" and isinstance(value, int | float) and not isinstance(value, bool):
            row = {**row, "answer": str(value)}
        elif not isinstance(value, str):
            raise RecordError(f"{column!r} must be a text, got {type(value).__name__}")
    _problem(row)
    return row


def _problem(row: Fields) -> Problem:
    return Problem(statement=row["question"], answer=row["answer"], solution=row["solution"])


def _line(
    row: Fields, injectors: list[Injector], weights: Mapping[str, float], seed: int, judge: Judge
) -> Fields:
    problem = _problem(row)
    solution = _finished(problem, judge)
    if solution is None:
        return _none("the solution's own answer is not judged right")
    subject = Subject(problem=problem, solution=solution)
    refused: tuple[Injection, ...] = ()
    for injector in injectors:
        own = {kind: weight for kind, weight in weights.items() if kind in injector.kinds}
        found = inject(subject, [injector], own, random.Random(f"{seed}/{problem.id}"), judge)
        if found.accepted:
            return _mistake(found.accepted[0])
        refused += found.refused
    return _none(_reason(refused))


def _finished(problem: Problem, judge: Judge) -> str | None:
    """The solution, with its answer on a last line where it is not judged right without one; None if it is wrong."""
    text = problem.solution.rstrip()
    if not text:
        return None
    if judge.verdict(problem, text).is_right:
        return text
    stated = judge.verdict(problem, text, explicit_only=True).reason != "no_answer"
    return None if stated or not computes(text, problem.answer) else text + FINISH.format(problem.answer)


def _mistake(injection: Injection) -> Fields:
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


def _none(reason: str) -> Fields:
    return {**_EMPTY, "reason": reason}


def _reason(refused: tuple[Injection, ...]) -> str:
    if not refused:
        return "no mistake of these kinds can be carried through"
    failed = next(c for c in refused[-1].checks if not c.passed)
    return f"{len(refused)} mistakes were not proven, the last by {failed.name}: {failed.seen}"
