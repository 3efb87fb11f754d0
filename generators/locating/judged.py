"""A critic's judgement of where an attempt first goes wrong, with the reference in view, kept only where it checks.

The reply is JSON: `{"wrong": true, "step": 2, "quote": "12 + 9 = 23", "kind": "calculation"}`. It is kept
where it says, as the verdict does, that the answer is wrong, the step exists, the quoted words stand
in that step and the kind is one of the taxonomy. What a model says is never *proven*.
"""

import json
import re
from typing import TYPE_CHECKING, Any

from generators.prompts import locate as texts
from schemas.attempt import Attempt
from schemas.errors import KINDS
from schemas.location import Location
from schemas.segment import Message

if TYPE_CHECKING:
    from generators.ask import Ask

_SHORTEST_QUOTE = 3
_OBJECT = re.compile(r"\{[^{}]*\}")


async def by_teacher(ask: "Ask", attempt: Attempt) -> Location | None:
    """The location by the critic, or the teacher, if its reply holds in every way that can be checked; else None."""
    if not attempt.verdict.is_wrong:
        return None
    for reply in await ask.critic([Message("user", question(ask, attempt))]):
        found = read_judgement(reply.text, attempt)
        if found is not None:
            return found
    return None


def question(ask: "Ask", attempt: Attempt) -> str:
    """The critic's prompt: problem, reference, the attempt's steps by number, the kinds there are."""
    problem = ask.case.problem
    kinds = [k for k in KINDS.values() if k.domain == problem.domain]
    return texts.LOCATE.format(
        statement=problem.statement,
        reference=problem.solution or problem.answer,
        answer=problem.answer,
        steps="\n".join(f"[{n}] {attempt.step_text(n).strip()}" for n in range(len(attempt.steps))),
        last=len(attempt.steps) - 1,
        kinds="\n".join(f"- {kind.slug}: {kind.definition}" for kind in kinds),
    )


def read_judgement(reply: str, attempt: Attempt) -> Location | None:
    """The location a reply states; None where anything about it does not hold. Never raises."""
    said = _last_object(reply)
    if said is None or said.get("wrong") is not True:
        return None
    step, quote, kind = said.get("step"), said.get("quote"), said.get("kind")
    if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step < len(attempt.steps):
        return None
    if not isinstance(quote, str) or len(quote.strip()) < _SHORTEST_QUOTE:
        return None
    if quote.strip() not in attempt.step_text(step):
        return None
    known = isinstance(kind, str) and kind in KINDS and kind != "none"
    return Location(step, "judged", proven=False, kind=str(kind) if known else "unknown", confidence=0.5)


def _last_object(reply: str) -> dict[str, Any] | None:
    for written in reversed(_OBJECT.findall(reply)):
        try:
            said = json.loads(written)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict):
            return said
    return None
