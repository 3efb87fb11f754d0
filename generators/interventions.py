"""Interventions: one right step in place of a wrong one, short of the answer, from which the problem gets solved.

InT (arXiv 2601.14209) has the model itself write the step with the reference in view, refuses steps that hold the
answer, and keeps those from which some continuations reach it.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filters.verify.equations import equations, states_falsehood
from generators.guards import leaks, states
from generators.prompts.steps import TEACHER_IMPROVE
from generators.repair import repairs
from generators.written import TRIES, Writer, Written
from schemas.attempt import Attempt
from schemas.location import Location
from schemas.segment import Message

if TYPE_CHECKING:
    from generators.ask import Ask

_LONGEST = 4
"""A step is at most so many times as long as the one it replaces, or 400 characters."""
_MARKER = re.compile(r"\s*(?:\*\*)?(?:Step\s+)?\d+[.:)](?=\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Intervention:
    """A step without the white space at its end, how a solution goes on from it, and what vouches for it."""

    step: str
    rest: str
    verified_by: str
    parents: tuple[str, ...]
    written: tuple[Written, ...] = ()


async def interventions(
    ask: "Ask", wrong: Attempt, found: Location, most: int, writer: Writer
) -> list[Intervention]:
    """Up to `most` candidates, those a model wrote first; a written one is not yet proven (`verified_by` empty).

    Raises EngineError.
    """
    replaced = wrong.step_text(found.step).strip()
    made: dict[str, Intervention] = {}
    for text in await _written(ask, wrong, found, writer):
        made.setdefault(text.text, Intervention(text.text, "", "", (), (text,)))
    for repair in await repairs(ask, wrong, found, most):
        step = repair.step.rstrip()
        proof = repair.verified_by.replace("answer:", "continued:")
        made.setdefault(step, Intervention(step, repair.rest, proof, repair.parents))
    kept = [one for one in made.values() if fit(one.step, replaced, ask.case.problem.answer)]
    if made and not kept:
        ask.skip("unfit_step")
    return kept[:most]


def fit(step: str, replaced: str, answer: str) -> bool:
    """Whether a step may stand for a wrong one: another one, no answer, no leak, nothing false, and no solution.

    It computes something where the wrong one does: a sentence of the statement again turns nothing right.
    """
    short = len(step) <= max(400, _LONGEST * len(replaced))
    fresh = bool(step.strip()) and step.strip() != replaced
    works = bool(equations(step)) or "=" in step or not equations(replaced)
    return short and fresh and works and not (states(step, answer) or leaks(step) or states_falsehood(step))


async def continued(ask: "Ask", wrong: Attempt, found: Location, step: str, n: int, least: int) -> str | None:
    """`continued:k/n` where at least `least` of n continuations of the step end right, else None."""
    own = wrong.step_text(found.step)
    gap = own[len(own.rstrip()) :] or "\n"
    value = await ask.value(wrong.before(found.step) + step + gap, n)
    right = round((value.share or 0) * value.samples)
    return f"continued:{right}/{value.samples}" if right >= least else None


async def ranked(ask: "Ask", prefix: str, candidates: list[Intervention]) -> list[Intervention]:
    """The candidates, most likely under the policy (mean over tokens) first. Raises EngineError."""
    policy = ask.tools.policy
    if policy is None or len(candidates) < 2:
        return candidates
    scores = await policy.score(ask.prompt, prefix, [one.step for one in candidates])
    order = sorted(range(len(candidates)), key=lambda i: -scores[i].mean)
    return [candidates[i] for i in order]


async def _written(ask: "Ask", wrong: Attempt, found: Location, writer: Writer) -> list[Written]:
    """Steps that the teacher, or the policy with the solution in view, writes; they keep the steps' numbering."""
    solutions = ask.solutions()
    by = "teacher" if writer == "auto" else writer
    if by == "bank" or not solutions or (by == "policy" and not ask.has_policy):
        return []
    prompt = TEACHER_IMPROVE.format(
        statement=ask.case.problem.statement,
        work=wrong.before(found.step).strip() or "(nothing yet)",
        wrong=wrong.step_text(found.step).strip(),
        solution=solutions[-1].text,
    )
    asked = [Message("user", prompt)]
    replies = await (ask.teacher(asked, n=TRIES) if by == "teacher" else ask.policy(n=TRIES, messages=asked))
    marker = _MARKER.match(wrong.step_text(found.step))
    texts = [" ".join(reply.text.split()) for reply in replies]
    teacher = ask.teacher_id if by == "teacher" else ""
    return [Written(t, by, teacher) for t in texts if not marker or t.startswith(marker.group().strip())]
