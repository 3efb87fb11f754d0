"""A small world whose every truth is known: problems, and scripted answers with known mistakes.

Each problem is "a crates of b jars and c more"; each answer is right in one of two wordings, or
wrong in one known way. Used with the `scripted` engine, so tests need no model and no mocks.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from filters.verify.math.judge import Judge
from generators.ask import Tools
from generators.attempts import judged, sample
from generators.engines.base import Sampling
from generators.engines.scripted import Scripted
from generators.roles import Role
from schemas.case import Case
from schemas.problem import Problem

MISTAKES = ("slip_first", "slip_second", "wrong_operator", "stopped_short", "misstated")


@dataclass(frozen=True)
class Jars:
    """One problem of the world."""

    number: int

    @property
    def values(self) -> tuple[int, int, int]:
        return 3 + self.number % 17, 4 + self.number % 13, 5 + self.number % 11

    @property
    def problem(self) -> Problem:
        a, b, c = self.values
        return Problem(
            id=f"jars/{self.number}",
            statement=f"There are {a} crates with {b} jars each and {c} more jars (lot {self.number}). How many jars?",
            answer=str(a * b + c),
            solution=self.right(),
            source="jars",
            licence="Apache-2.0",
        )

    def right(self, again: bool = False) -> str:
        a, b, c = self.values
        if again:
            return f"Step 1: The crates hold {b} * {a} = {a * b} jars.\n" + self._end(
                a * b, a * b + c, a * b + c
            )
        return f"Step 1: {a} * {b} = {a * b}\n" + self._end(a * b, a * b + c, a * b + c)

    def wrong(self, mistake: str) -> str:
        a, b, c = self.values
        product, total = a * b, a * b + c
        texts = {
            "slip_first": f"Step 1: {a} * {b} = {product + 10}\n"
            + self._end(product + 10, total + 10, total + 10),
            "slip_second": f"Step 1: {a} * {b} = {product}\n" + self._end(product, total - 1, total - 1),
            "wrong_operator": f"Step 1: {a} + {b} = {a + b}\n" + self._end(a + b, a + b + c, a + b + c),
            "stopped_short": f"Step 1: {a} * {b} = {product}\nThe answer is \\boxed{{{product}}}.",
            "misstated": f"Step 1: {a} * {b} = {product}\n" + self._end(product, total, total + 100),
        }
        return texts[mistake]

    def _end(self, product: int, stated: int, answer: int) -> str:
        c = self.values[2]
        return f"Step 2: {product} + {c} = {stated}\nThe answer is \\boxed{{{answer}}}."

    def replies(self) -> list[str]:
        """Answers in an order that differs from problem to problem; some problems have no right one."""
        wrong = [self.wrong(m) for m in MISTAKES]
        turn = self.number % len(wrong)
        mixed = wrong[turn:] + wrong[:turn]
        if self.number % 7 == 6:
            return mixed
        return [mixed[0], self.right(), *mixed[1:3], self.right(again=True), *mixed[3:]]


def engine(count: int) -> Scripted:
    """The world's answers as an engine."""
    jars = [Jars(i) for i in range(count)]
    return Scripted(replies={j.problem.statement: tuple(j.replies()) for j in jars}, otherwise="")


def tools(count: int, judge: Judge) -> Tools:
    """Tools whose policy is the world's engine."""
    return Tools(judge=judge, policy=Role(engine(count).open(), Sampling(temperature=1.0)))


async def case_of(number: int, served: Tools, samples: int = 7) -> Case:
    """One checked case of the world."""
    problem = Jars(number).problem
    assert served.policy is not None
    attempts = await sample(problem, served.policy, served.prompt, samples, served.style)
    return Case(problem, tuple([await judged(problem, a, served.judge) for a in attempts]))


def write_world(folder: Path, count: int, first: int = 0) -> Path:
    """Problems, replies and a config in a folder; returns the config's path."""
    jars = [Jars(i) for i in range(first, first + count)]
    problems = [
        {
            "id": j.problem.id,
            "question": j.problem.statement,
            "answer": j.problem.answer,
            "solution": j.right(),
        }
        for j in jars
    ]
    replies = [{"statement": j.problem.statement, "replies": j.replies()} for j in jars]
    for name, rows in (("problems.jsonl", problems), ("replies.jsonl", replies)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    config = folder / "world.yaml"
    config.write_text(
        f"""\
name: jars
data_dir: {folder}
sources:
  - {{type: jsonl, paths: [problems.jsonl], name: jars, licence: Apache-2.0}}
policy:
  engine: {{type: scripted, replies: {folder / "replies.jsonl"}, otherwise: ""}}
  samples: 7
  sampling: {{temperature: 1.0}}
chunk_size: 4
test_share: 0.2
recipes:
  - type: lemma
  - type: partial_answer_masking
  - type: step_labels
  - type: step_pairs
  - type: stepwise_correction
  - type: verifier_pairs
""",
        encoding="utf-8",
    )
    return config
