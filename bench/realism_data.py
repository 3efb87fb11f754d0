"""The mistakes that bench/realism.py compares: the embedded policy's own, and each injector's.

Everything that is asked of the policy goes through a journal, so a second run costs no model time.
"""

import asyncio
import json
import math
import random
import re
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filters.verify.equations import equations
from filters.verify.math.judge import Judge
from generators.engines.base import Sampling
from generators.engines.journal import Journal
from generators.engines.journaled import JournaledEngine
from generators.engines.transformers_local import TransformersLocal
from generators.injectors.base import Subject
from generators.injectors.continued import continue_wrongly
from generators.injectors.inject import inject
from generators.injectors.likelihood import wrong_step
from generators.injectors.numbers import Numbers
from generators.injectors.selected import Choice, select
from generators.procedural.size import FamilyName
from generators.roles import PromptOptions, Role
from generators.sources.procedural import Procedural
from generators.steps import split_steps
from schemas.ids import seed_of
from schemas.injection import Injection
from schemas.problem import Problem

FAMILIES: tuple[FamilyName, ...] = ("chain", "precedence", "word")
"""`linear` is left out: `numbers` carries no result through `3*x = 21`, so there is nothing to compare."""
SAMPLES = 4
EACH = 2
"""Mistakes put into one problem; of the policy's own all that differ are taken."""
UNIFORM = 50
"""The uniform perturbation moves a result by 1 to so many, up or down."""
LEAST = (-5.0, -3.0)
"""Nats: what the policy writes less often than once in 150, or in 20 times is not selected as likely."""


@dataclass(frozen=True)
class Mistake:
    """Right steps, a wrong one (no white space after it), and the right text from that step on."""

    family: str
    statement: str
    prefix: str
    step: str
    right: str
    kind: str
    logprob: float | None = None

    @property
    def equation(self) -> str:
        """The step's false equation, or its first."""
        stated = equations(self.step)
        found = next((e for e in stated if e.holds is False), stated[0] if stated else None)
        return self.step[found.start : found.end] if found else self.step

    @property
    def place(self) -> int:
        """0-based number of the step."""
        return len(split_steps(self.prefix))


@dataclass(frozen=True)
class Own:
    """A problem and the policy's answers."""

    problem: Problem
    texts: tuple[str, ...]


def problems(seed: int, count: int) -> list[Problem]:
    """Procedural problems at medium difficulty."""
    drawn = Procedural(families=FAMILIES, count=count, seed=seed).problems()
    return [problem for problem in drawn if isinstance(problem, Problem)]


def open_policy(folder: Path) -> Role:
    """The embedded policy behind a journal."""
    engine = TransformersLocal(model="embedded", dtype="float32", threads=1).open()
    return Role(JournaledEngine(engine, Journal(folder)), Sampling(temperature=1.0, max_tokens=256))


def own_answers(policy: Role, drawn: Sequence[Problem]) -> list[Own]:
    """Answers of the policy to every problem."""

    async def one(problem: Problem) -> Own:
        got = await policy.ask(PromptOptions().messages(problem), n=SAMPLES)
        return Own(problem, tuple(c.text for c in got))

    return _together([one(problem) for problem in drawn])


def own_mistakes(answers: Sequence[Own]) -> Iterator[Mistake]:
    """The first step that differs from the reference's, where it states a false equation."""
    for own in answers:
        found: dict[str, Mistake] = {}
        for text in own.texts:
            mistake = _own_mistake(own.problem, text)
            if mistake is not None:
                found.setdefault(mistake.prefix + mistake.step, mistake)
        yield from found.values()


def _own_mistake(problem: Problem, text: str) -> Mistake | None:
    right = problem.solution
    for step in split_steps(text):
        own = text[step.start : step.end].rstrip()
        if right[: step.end].rstrip() == text[: step.end].rstrip():
            continue
        if not any(e.holds is False for e in equations(own)) or right[: step.start] != text[: step.start]:
            return None
        return _mistake(problem, text[: step.start], own, "calculation")
    return None


def _mistake(problem: Problem, prefix: str, step: str, kind: str, logprob: float | None = None) -> Mistake:
    right = problem.solution[len(prefix) :]
    return Mistake(problem.family, problem.statement, prefix, step, right, kind, logprob)


def uniform(problem: Problem, rng: random.Random) -> Iterator[Mistake]:
    """A step of the reference with another result, any other alike."""
    text = problem.solution
    steps = [s for s in split_steps(text) if equations(text[s.start : s.end])]
    for step in rng.sample(steps, min(EACH, len(steps))):
        right = text[step.start : step.end].rstrip()
        stated = equations(right)[0]
        wrong = int(stated.stated_value) + rng.choice([-1, 1]) * rng.randint(1, UNIFORM)
        changed = re.sub(rf"= {re.escape(stated.stated)}\b", f"= {wrong}", right)
        yield _mistake(problem, text[: step.start], changed, "calculation")


Arm = Callable[[Problem, random.Random], Coroutine[Any, Any, list[Mistake]]]


def arms(policy: Role, judge: Judge) -> dict[str, Arm]:
    """Every injector by name."""

    async def perturbed(problem: Problem, rng: random.Random) -> list[Mistake]:
        return list(uniform(problem, rng))

    def unselected(weights: dict[str, float]) -> Arm:
        async def arm(problem: Problem, rng: random.Random) -> list[Mistake]:
            found = inject(_subject(problem), [Numbers()], weights, rng, judge, count=EACH)
            return _mistakes(problem, found.accepted)

        return arm

    def selected(choice: Choice, least: float = -math.inf) -> Arm:
        async def arm(problem: Problem, rng: random.Random) -> list[Mistake]:
            found = await select(
                _subject(problem),
                [Numbers()],
                policy,
                PromptOptions().messages(problem),
                rng,
                judge,
                count=EACH,
                weights={"calculation": 1.0},
                choice=choice,
                least=least,
            )
            return _mistakes(problem, found.accepted)

        return arm

    async def continued(problem: Problem, rng: random.Random) -> list[Mistake]:
        messages = PromptOptions().messages(problem)
        found = await continue_wrongly(_subject(problem), policy, messages, rng, judge, count=EACH)
        return _mistakes(problem, found.accepted)

    return {
        "uniform": perturbed,
        "numbers": unselected({"calculation": 1.0}),
        "numbers, all kinds": unselected(dict.fromkeys(Numbers.kinds, 1.0)),
        "selected": selected("proportional"),
        "selected, likely": selected("proportional", LEAST[0]),
        "selected, likelier": selected("proportional", LEAST[1]),
        "likeliest": selected("likeliest"),
        "continued": continued,
    }


def injected(arm: Arm, name: str, drawn: Sequence[Problem]) -> list[Mistake]:
    """An injector's mistakes in the references of all problems."""
    found = _together([arm(p, random.Random(seed_of("realism", name, p.statement))) for p in drawn])
    return [mistake for mistakes in found for mistake in mistakes]


def _subject(problem: Problem) -> Subject:
    return Subject(problem=problem, solution=problem.solution)


def _mistakes(problem: Problem, accepted: Sequence[Injection]) -> list[Mistake]:
    return [_mistake(problem, *wrong_step(i), kind=i.kind, logprob=i.logprob) for i in accepted]


def _together(jobs: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    async def all_at_once() -> list[Any]:
        return list(await asyncio.gather(*jobs))

    return asyncio.run(all_at_once())


def cached(path: Path, make: Callable[[], Sequence[Mistake]]) -> list[Mistake]:
    """Mistakes from a file, made and written where it is missing."""
    if not path.is_file():
        lines = [json.dumps(asdict(mistake)) for mistake in make()]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
    return [Mistake(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
