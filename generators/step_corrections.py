"""Cause and correction of a wrong step, and causes and corrections that are themselves wrong (SuperCorrect)."""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filters.verify.equations import states_falsehood
from generators.guards import note
from generators.prompts import thoughts as texts
from generators.reflect import fill, fitting
from generators.repair import Repair
from generators.step_talk import false_beyond, finds_fault, of_another, sourced
from generators.thoughts import bare, block, read_block
from generators.written import Writer, Written, written
from schemas.attempt import Attempt
from schemas.errors import KINDS
from schemas.location import Location
from schemas.segment import Message

if TYPE_CHECKING:
    from generators.ask import Ask

_TRIES = 4


@dataclass(frozen=True, slots=True)
class Correction:
    """A cause and a step in place of the wrong one; `parents` where an attempt of the policy said it."""

    cause: str
    step: str
    parents: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Both in their tags, on lines of their own: equations are not read right before a tag."""
        return (block("Cause", self.cause) + block("Correction", self.step)).rstrip()


async def cause(
    ask: "Ask", wrong: Attempt, found: Location, repair: Repair, writer: Writer
) -> Written | None:
    """Why the step is wrong: a teacher's words, or what is known of it; None where nothing is known."""
    known = fitting(found, repair.step)

    def bank(rng: random.Random) -> str:
        if known.method == "equations" and known.right:
            return fill(rng, texts.CAUSE_EQUATION, known)
        if found.kind == "unknown" or found.kind not in KINDS:
            return ""
        # What follows a colon is only one way of such a mistake.
        what = KINDS[found.kind].definition.partition(":")[0].rstrip(".")
        what = texts.CAUSE_ANSWER if found.kind == "final_answer" else what
        opener = rng.choice(texts.CAUSE_OPENERS)
        return f"{opener} {what[0].lower() + what[1:] if opener.endswith(':') else what}."

    prompt = texts.TEACHER_CAUSE.format(
        statement=ask.case.problem.statement,
        work=wrong.text[: wrong.steps[found.step].end].strip(),
        step=repair.step.strip(),
    )
    answer, own = ask.case.problem.answer, wrong.step_text(found.step)
    said = await written(
        ask, bank, prompt, lambda text: note(text, answer) and explains(text, own, repair.step), writer
    )
    return said if said.text else None


def explains(text: str, own: str, mended: str) -> bool:
    """Whether a text says that the step is wrong, with no number or operation but its own and the mended step's."""
    told = of_another(text) or false_beyond(text, own)
    return finds_fault(text) and sourced(text, own, mended) and not told


def blamed(rng: random.Random, wrong: Attempt, found: Location) -> Correction:
    """A cause that blames a right step, or nothing, and a correction that keeps the wrong step."""
    step = bare(wrong.step_text(found.step))
    if found.step:
        said = rng.choice(texts.BLAME).format(number=rng.randrange(found.step) + 1)
    else:
        said = rng.choice(texts.KEEP)
    return Correction(said, step)


async def policys_own(
    ask: "Ask", wrong: Attempt, found: Location, prompt: tuple[Message, ...]
) -> Correction | None:
    """The policy's reply to the same prompt where its correction is surely wrong: it keeps the wrong step, or states
    something false where the step did. Raises EngineError."""
    if not ask.has_policy:
        return None
    for reply in await ask.answers(_TRIES, "correction", messages=prompt, parents=[wrong.id]):
        why, step = read_block("Cause", reply.text), read_block("Correction", reply.text)
        kept = step is not None and bare(step) == bare(wrong.step_text(found.step))
        false = step is not None and found.method == "equations" and states_falsehood(step)
        if why and step and (kept or false):
            return Correction(why, step, (reply.id,))
    return None
