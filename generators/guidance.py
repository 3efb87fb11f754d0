"""Guided samples: the policy asked with a hint, from a right beginning, or interrupted at growing budgets.

Hints of GSI (arXiv 2411.00750): `answer`, `rationale`, and `state_reset`, whose right beginning grows with every
try; `peers` after LeaP's exchange of summaries. Interruptions of ID-Sampling (arXiv 2502.05449). All samples are
kept as attempts; whether they may be learnt is the caller's question.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from filters.verify.stated_feedback import reveals
from generators.prompts import hints as texts
from generators.solutions import Solution
from schemas.attempt import Attempt
from schemas.segment import Message, Segment

if TYPE_CHECKING:
    from generators.ask import Ask

Hint = Literal["answer", "rationale", "state_reset", "peers"]
"""Kinds of help."""


@dataclass(frozen=True)
class Guided:
    """A sample with what it is made of besides the policy's own words."""

    attempt: Attempt
    segments: tuple[Segment, ...]
    source: str = ""
    """Parent id of the solution its beginning is from."""


async def guided(ask: "Ask", hint: Hint, solution: Solution | None, tries: int) -> list[Guided]:
    """Up to `tries` different samples drawn with one kind of help. Raises EngineError."""
    if hint == "state_reset":
        return await _resets(ask, solution, tries) if solution else []
    told = _told(ask, hint, solution)
    if told is None:
        return []
    last = ask.prompt[-1]
    asked = (*ask.prompt[:-1], Message(last.role, f"{last.content}\n\n{told}"))
    parents = [solution.parent] if solution and hint == "rationale" else []
    got = await ask.answers(tries, f"hint.{hint}", messages=asked, parents=parents)
    return [Guided(a, (Segment("answer", a.text),)) for a in got]


def _told(ask: "Ask", hint: Hint, solution: Solution | None) -> str | None:
    if hint == "answer":
        return ask.rng.choice(texts.ANSWER).format(answer=ask.case.problem.answer)
    if hint == "rationale":
        return (
            ask.rng.choice(texts.RATIONALE).format(rationale=without_answer(ask, solution))
            if solution
            else None
        )
    endings = list(dict.fromkeys(a.step_text(len(a.steps) - 1).strip() for a in ask.case.attempts if a.steps))
    if len(endings) < 2:
        return None
    picked = ask.rng.sample(endings, min(3, len(endings)))
    summaries = "\n".join(f"- {' '.join(text.split())}" for text in picked)
    return ask.rng.choice(texts.PEERS).format(summaries=summaries)


def without_answer(ask: "Ask", solution: Solution) -> str:
    """The solution up to the first line that holds the answer; whole where that leaves nothing."""
    answer = ask.case.problem.answer
    lines = solution.text.strip().splitlines()
    until = next((n for n, line in enumerate(lines) if reveals(line, answer)), len(lines))
    return "\n".join(lines[:until] or lines)


async def _resets(ask: "Ask", solution: Solution, tries: int) -> list[Guided]:
    """Continuations of right beginnings that grow from the first step to all but the last; none after a right one."""
    made: list[Guided] = []
    most = len(solution.steps) - 1
    for count in dict.fromkeys(1 + (number * most) // tries for number in range(tries) if most):
        prefix = solution.text[: solution.steps[count - 1].end]
        for a in await ask.answers(1, "hint.state_reset", prefix=prefix, parents=[solution.parent]):
            rest = Segment("continuation", a.text[len(prefix) :])
            made.append(Guided(a, (Segment("prefix", prefix), rest), solution.parent))
        if made and made[-1].attempt.verdict.is_right:
            break
    return made


async def interrupted(ask: "Ask", budget: int, growth: float, most: int) -> list[Guided]:
    """One sample that is interrupted wherever a budget of steps ends before an answer is given.

    A sample longer than the budget is cut there: its beginning is what sampling up to the budget would have
    given. Budgets grow by `growth`; at most `most` interruptions. Raises EngineError.
    """
    segments: list[Segment] = []
    prefix, end = "", float(budget)
    for _ in range(most + 1):
        got = await ask.answers(1, "interrupted", prefix=prefix)
        if not got:
            return []
        attempt = got[0]
        if len(segments) // 2 >= most or len(attempt.steps) <= end:
            segments.append(Segment("continuation" if segments else "answer", attempt.text[len(prefix) :]))
            return [Guided(attempt, tuple(segments))] if len(segments) > 1 else []
        cut = attempt.steps[int(end) - 1].end
        before = attempt.text[len(prefix) : cut].rstrip() + "\n"
        trigger = ask.rng.choice(texts.TRIGGERS) + "\n"
        segments += [
            Segment("prefix" if not segments else "continuation", before),
            Segment("trigger", trigger),
        ]
        prefix += before + trigger
        end *= growth
    return []
