"""Puts every kind of mistake into reference programs and counts what their tests prove.

    python -m bench.code_mutants --programs ../shared/data/mbpp_sanitized.jsonl
    python -m bench.code_mutants --programs ../shared/data/mbpp_sanitized.jsonl --show 10 --kind off_by_one

Prints a Markdown table (proposed, proven, programs by kind), why the others were refused, programs with
at least three proven kinds, and proven mutants a second of processor time, children included. The file
is JSON lines with `question`, `solution`, `tests` (assert statements) and `test_imports`.
"""

import argparse
import difflib
import json
import random
import resource
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filters.verify.sandbox.plain import PlainSandbox
from generators.injectors.base import Subject
from generators.injectors.prove_code import CodeTask, Outcomes, prove
from generators.injectors.python_ast import PythonAst
from generators.injectors.run_mutants import BatchRunner
from schemas.injection import Injection
from schemas.problem import Problem


@dataclass
class Count:
    """What was seen, by kind."""

    proposed: Counter[str] = field(default_factory=Counter)
    proven: Counter[str] = field(default_factory=Counter)
    programs: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    shown: list[Injection] = field(default_factory=list)


def main() -> None:
    """Inject, prove, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=Path, required=True)
    parser.add_argument("--most", type=int, default=6, help="proposals of each kind for each program")
    parser.add_argument("--limit", type=int, default=0, help="programs to read; 0: all")
    parser.add_argument("--kind", action="append", help="only these kinds")
    parser.add_argument("--show", type=int, default=0, help="proven mutants to show of each kind")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.programs.read_text(encoding="utf-8").splitlines()]
    rows = rows[: args.limit or None]
    count, start = Count(), _cpu_s()
    with PlainSandbox(slots=1) as sandbox:
        for row in rows:
            _one(row, args, BatchRunner(sandbox), count)
    _print(count, len(rows), _cpu_s() - start)
    _show(count.shown, args.show, args.seed)


def _cpu_s() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _one(row: dict[str, Any], args: argparse.Namespace, outcomes: Outcomes, count: Count) -> None:
    injector = PythonAst()
    subject = Subject(problem=Problem(statement=row["question"], answer="program"), solution=row["solution"])
    proposed = [
        injection
        for kind in args.kind or injector.kinds
        for injection in _first(injector, subject, kind, args)
    ]
    task = CodeTask(tests=tuple(row["tests"]), setup="\n".join(row["test_imports"]))
    for injection in prove(row["solution"], proposed, task, outcomes):
        kind = injection.kind
        count.proposed[kind] += 1
        if injection.proven:
            count.proven[kind] += 1
            count.programs[kind] += kind not in count.kinds[row["id"]]
            count.kinds[row["id"]].add(kind)
            count.shown.append(injection)
        else:
            count.refused[kind, _reason(injection)] += 1


def _first(injector: PythonAst, subject: Subject, kind: str, args: argparse.Namespace) -> Iterator[Injection]:
    proposals = injector.propose(subject, kind, random.Random(args.seed))
    yield from (injection for _, injection in zip(range(args.most), proposals, strict=False))


def _reason(injection: Injection) -> str:
    check = next(check for check in injection.checks if not check.passed)
    if check.name.startswith("program_"):
        return "only raises" if "raised" in check.seen else "no test catches it"
    return check.name


def _print(count: Count, programs: int, cpu_s: float) -> None:
    print("| kind | proposed | proven | programs | refused |")
    print("|---|---|---|---|---|")
    for kind in PythonAst.kinds:
        why = Counter({reason: n for (of, reason), n in count.refused.items() if of == kind})
        reasons = ", ".join(f"{reason} {n}" for reason, n in why.most_common())
        print(
            f"| {kind} | {count.proposed[kind]} | {count.proven[kind]} | {count.programs[kind]} | {reasons} |"
        )
    proven = count.proven.total()
    three = sum(len(kinds) >= 3 for kinds in count.kinds.values())
    print(f"\nproposed {count.proposed.total()}, proven {proven}, {proven / cpu_s:.1f} proven per CPU second")
    print(f"programs with at least three proven kinds: {three} of {programs} ({three / programs:.1%})")


def _show(shown: list[Injection], most: int, seed: int) -> None:
    random.Random(seed).shuffle(shown)
    for kind in PythonAst.kinds:
        for injection in [i for i in shown if i.kind == kind][:most]:
            lines = difflib.unified_diff(
                injection.original.splitlines(), injection.text.splitlines(), lineterm="", n=1
            )
            print(f"\n## {kind}")
            print("\n".join(line for line in lines if not line.startswith(("---", "+++", "@@"))))


if __name__ == "__main__":
    main()
