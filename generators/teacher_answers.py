"""A teacher's answers to a conversation as judged attempts, kept beside the case's own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generators.attempts import judged
from generators.guards import leaks
from generators.steps import split_steps
from schemas.attempt import Attempt
from schemas.ids import content_id, nfc
from schemas.segment import Message

if TYPE_CHECKING:
    from generators.ask import Ask


async def teacher_answers(
    ask: "Ask", n: int, variant: str, messages: Sequence[Message], parents: Sequence[str] = ()
) -> list[Attempt]:
    """n answers of the teacher, equal texts once; none where there is no teacher. Raises EngineError."""
    teacher = ask.tools.teacher
    if teacher is None:
        return []
    replies = await ask.teacher(messages, n)
    texts = dict.fromkeys(nfc(r.text) for r in replies if r.finish == "stop" and not leaks(r.text))
    made = []
    for number, text in enumerate(texts):
        attempt = Attempt(
            problem_id=ask.case.problem.id,
            text=text,
            steps=split_steps(text, ask.style),
            model=teacher.engine.model,
            policy=teacher.id,
            index=number,
            sampling=teacher.sampling_text,
            asked=content_id("q", [[m.role, m.content] for m in messages]),
        )
        made.append(await judged(ask.case.problem, attempt, ask.tools.judge))
    for one in made:
        ask.keep(one, variant, messages=messages, parents=parents)
    return made
