"""Texts that connect: by the teacher or the policy where they pass every check, else from our own phrasings.

A text that a model wrote is taken only where a check accepts it; the checks are in `generators.guards`. Which
was used is in the row's `written_by`.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from generators.guards import leaks
from generators.step_talk import echoes
from schemas.segment import Message

if TYPE_CHECKING:
    from generators.ask import Ask

Writer = Literal["auto", "bank", "policy", "teacher"]
"""Who writes connecting texts; `auto`: the teacher where there is one, else the bank."""

TRIES = 2
"""Replies asked for before the bank is taken."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text and who wrote it: `bank`, `policy` or `teacher`, with the teacher's fingerprint."""

    text: str
    by: str = "bank"
    teacher: str = ""


async def written(
    ask: "Ask",
    bank: Callable[[random.Random], str],
    prompt: str,
    accept: Callable[[str], bool],
    writer: Writer = "auto",
) -> Written:
    """A text that `accept` takes, that leaks nothing and does not repeat what `prompt` asks; else one of the bank.

    `accept` sees the reply with runs of white space made one space. Raises EngineError.
    """
    if writer == "teacher" or (writer == "auto" and ask.teacher_id):
        replies, by, teacher = (
            await ask.teacher([Message("user", prompt)], n=TRIES),
            "teacher",
            ask.teacher_id,
        )
    elif writer == "policy":
        replies, by, teacher = await ask.policy(n=TRIES, messages=[Message("user", prompt)]), "policy", ""
    else:
        return Written(bank(ask.rng))
    for reply in replies:
        text = " ".join(reply.text.split())
        if text and not leaks(text) and not echoes(text, prompt) and accept(text):
            return Written(text, by, teacher)
    return Written(bank(ask.rng))


def authors(texts: Sequence[Written]) -> str:
    """`written_by` of a row that these texts are in."""
    return "+".join(sorted({text.by for text in texts}))
