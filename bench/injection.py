"""Injected mistakes on real solutions: how many solutions take them, what the proof says, and how fast.

    python -m bench.injection gsm8k_train.jsonl --each 300
    python -m bench.injection gsm8k_train.jsonl --print calculation --each 20
    python -m bench.injection math500.jsonl --injector algebra

The file holds an object a line: id, question, solution (GSM8K's with calculator notes, or MATH's in LaTeX), answer.
Of `algebra` both are counted: carried through to a wrong answer, and cut after the false move. CPU time is
that of proposing and proving all kinds for every solution, those that do not apply included.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filters.verify.math.judge import Judge
from filters.verify.math.options import JudgeOptions
from generators.injectors.algebra import Algebra
from generators.injectors.base import Injector, Subject
from generators.injectors.numbers import Numbers
from generators.locate import known_of, symbolic
from generators.solutions import Solution
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.injection import Injection
from schemas.problem import Problem
from schemas.verdict import Outcome, Verdict

_ENOUGH_KINDS = 4


@dataclass
class Tally:
    """What was seen of one kind."""

    proven: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    located: int = 0
    same_prefix: int = 0


def subjects(path: Path, limit: int) -> Iterator[Subject]:
    """The solutions; those that state their answer nowhere (GSM8K's) are finished with an answer line."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number >= limit:
                return
            row = json.loads(line)
            problem = Problem(id=row["id"], statement=row["question"], answer=row["answer"])
            finished = "\\boxed" in row["solution"]
            end = "" if finished else f"\n#### {row['answer']}"
            yield Subject(problem=problem, solution=row["solution"] + end)


def located(injection: Injection, subject: Subject) -> bool:
    """Whether symbolic locating, knowing the original, names exactly the recorded step."""
    right = Solution(injection.original, split_steps(injection.original), "reference")
    attempt = Attempt(
        problem_id=subject.problem.id,
        text=injection.text,
        steps=split_steps(injection.text),
        model="injected",
        policy="injected",
        index=0,
        verdict=Verdict(Outcome.WRONG, "mismatch", "exact", injection.answer),
    )
    found = symbolic(attempt, known_of([right]))
    return found is not None and found.step == injection.step


def first_proven(
    subject: Subject, kind: str, injector: Injector, judge: Judge, tally: Tally
) -> Injection | None:
    """The first proposal that is proven; failed checks are counted."""
    for injection in injector.propose(subject, kind, random.Random(f"bench/{subject.problem.id}/{kind}")):
        proven = injector.prove(injection, subject, judge)
        if proven.proven:
            return proven
        tally.refused[next(c.name for c in proven.checks if not c.passed)] += 1
    return None


def print_one(subject: Subject, injection: Injection) -> None:
    """A wrong solution for a reader: changed stretches in brackets."""
    parts, at = [], 0
    for edit in injection.edits:
        parts.append(injection.original[at : edit.start])
        parts.append(f"[{injection.original[edit.start : edit.end]}→{edit.after}]")
        at = edit.end
    print(f"--- {subject.problem.id} {injection.kind}, step {injection.step}")
    print(f"Q: {subject.problem.statement}")
    print("".join([*parts, injection.original[at:]]))
    print(f"    {next(c.seen for c in injection.checks if c.name == 'step_false')}\n")


def main() -> None:
    """Measure, or print solutions to read."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--each", type=int, default=300)
    parser.add_argument("--limit", type=int, default=10**9)
    parser.add_argument("--injector", choices=("numbers", "algebra"), default="numbers")
    parser.add_argument("--print", dest="shown", default="")
    args = parser.parse_args()
    injector: Injector = Algebra() if args.injector == "algebra" else Numbers()
    with Judge(JudgeOptions()) as judge:
        if args.shown:
            shown = 0
            for subject in subjects(args.path, args.limit):
                found = first_proven(subject, args.shown, injector, judge, Tally())
                if found is not None:
                    print_one(subject, found)
                    shown += 1
                if shown >= args.each:
                    return
        else:
            measure(args.path, args.each, args.limit, injector, judge)


def measure(path: Path, each: int, limit: int, injector: Injector, judge: Judge) -> None:
    """Coverage over all solutions; locating over the first `each` of a kind; CPU time of making and proving."""
    tallies = {kind: Tally() for kind in injector.kinds}
    kinds_of: Counter[int] = Counter()
    cpu, made = 0.0, 0
    for subject in subjects(path, limit):
        began = time.process_time()
        found = {k: first_proven(subject, k, injector, judge, tallies[k]) for k in injector.kinds}
        cpu += time.process_time() - began
        have = {kind: injection for kind, injection in found.items() if injection is not None}
        made += len(have)
        kinds_of[len(have)] += 1
        for kind, injection in have.items():
            tally = tallies[kind]
            tally.proven += 1
            tally.cut += not injection.answer
            if tally.proven <= each:
                tally.located += located(injection, subject)
                start = split_steps(injection.text)[injection.step].start
                tally.same_prefix += injection.text[:start] == injection.original[:start]
    total = kinds_of.total()
    whole = sum(tally.proven - tally.cut for tally in tallies.values())
    print(
        f"{1 - kinds_of[0] / total:.1%} take some kind; {whole} of {made} are carried through to the answer"
    )
    enough = sum(n for kinds, n in kinds_of.items() if kinds >= _ENOUGH_KINDS)
    print(
        f"{total} solutions; {enough / total:.1%} take {_ENOUGH_KINDS} kinds or more; {dict(sorted(kinds_of.items()))}"
    )
    print(f"{made} injected and proven in {cpu:.1f} s of CPU: {made / cpu:.0f} a second")
    for kind, tally in tallies.items():
        looked = min(each, tally.proven)
        if looked:
            print(
                f"{kind:20} {tally.proven:5} solutions, {tally.cut} cut; of {looked}: "
                f"prefix untouched {tally.same_prefix}, "
                f"located {tally.located} ({tally.located / looked:.1%}); refused proofs {dict(tally.refused)}"
            )


if __name__ == "__main__":
    main()
