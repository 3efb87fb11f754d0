"""Feedback: what a teacher says of a wrong attempt without giving anything away.

By a teacher that sees the answer and is checked for telling it, else symbolic: the step and the kind of
mistake in words, never a value (RL2F, arXiv 2602.16066). Used as the user's turn, and as what a model that
predicts feedback learns.
"""

import random
import re
from typing import TYPE_CHECKING

from filters.verify.stated_feedback import named_steps, reveals, step_name
from generators.guards import leaks
from generators.locating.base import SURE
from generators.prompts import feedback as texts
from generators.step_talk import approves, of_another, sourced
from generators.written import Writer, Written, written
from schemas.attempt import Attempt
from schemas.location import Location

if TYPE_CHECKING:
    from generators.ask import Ask

_MOST_CHARS = 500
_PRESCRIBES = re.compile(r"\bshould (?:have )?(?:been|be|give|equal|come)\b|\binstead of\b", re.IGNORECASE)
"""Says what would be right, which a student is to find."""


def sure(found: Location) -> bool:
    """Whether a first wrong step is proven or as good as sure: only then is it spoken of."""
    return found.proven or found.confidence >= SURE


def symbolic_feedback(rng: random.Random, attempt: Attempt, found: Location | None) -> str:
    """The step by name and the kind of mistake: as much as is proven, and no digit."""
    step = step_name(attempt.step_text(found.step), found.step) if found else None
    kind = ""
    if found is None:
        said = rng.choice(texts.UNLOCATED)
    elif found.method == "answer" or found.kind == "final_answer":
        said = rng.choice(texts.ANSWER_ONLY)
    elif step is None or len(attempt.steps) == 1 or not sure(found):
        said = rng.choice(texts.UNLOCATED)
    elif found.proven:
        pool = texts.GOES_WRONG if found.step else texts.GOES_WRONG_AT_ONCE
        said = rng.choice(pool).format(step=step)
        kind = rng.choice(texts.KIND.get(found.kind, ("",)))
    else:
        said = rng.choice(texts.LOOK_AT).format(step=step)
    return " ".join(part for part in (said, kind, rng.choice(texts.AGAIN)) if part)


def acceptable(text: str, attempt: Attempt, answer: str, found: Location | None) -> bool:
    """Whether a model's feedback may be used: short, silent about the answer, said to the one who did the work,
    calling nothing right, naming no step but one that surely is wrong, and no number or operation that it lacks."""
    if not 0 < len(text) <= _MOST_CHARS or leaks(text) or reveals(text, answer):
        return False
    if found is not None and found.right and reveals(text, found.right):
        return False
    if of_another(text) or approves(text) or _PRESCRIBES.search(text):
        return False
    known = found is not None and sure(found)
    if found is None or not known:
        return not named_steps(text, attempt) and sourced(text)
    return set(named_steps(text, attempt)) <= {found.step} and sourced(text, attempt.step_text(found.step))


async def feedback(
    ask: "Ask", attempt: Attempt, found: Location | None, writer: Writer = "auto"
) -> Written | None:
    """Feedback on a wrong attempt; None where even ours would hold the answer (a one-word answer such as "step").

    Raises EngineError.
    """
    problem = ask.case.problem
    prompt = texts.TEACHER.format(statement=problem.statement, answer=problem.answer, work=attempt.text)
    said = await written(
        ask,
        lambda rng: symbolic_feedback(rng, attempt, found),
        prompt,
        lambda text: acceptable(text, attempt, problem.answer, found),
        writer,
    )
    return None if reveals(said.text, problem.answer) else said
