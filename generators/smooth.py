"""Smoothing: a teacher rewrites what comes after the mistake into one connected text (LEMMA, arXiv 2503.17439).

Everything up to and including the mistake stays verbatim. The rewriting is taken only where it is a little
different and no more: it verifies, with the same answer, computes the same results, states nothing false, and
leaks nothing. Else the row stays as it was.
"""

from dataclasses import replace

from filters.verify.equations import equations, states_falsehood
from generators.ask import Ask
from generators.guards import leaks
from generators.prompts.transitions import TEACHER_SMOOTH
from generators.written import TRIES
from schemas.example import SFTExample
from schemas.ids import nfc
from schemas.segment import Message, Span

_LONGER, _SHORTER = 2.0, 0.7
"""A rewriting is at most so many times as long as what it rewrites, and at least."""


async def smoothed(ask: Ask, row: SFTExample, weight: float = 1.0) -> SFTExample:
    """The row with a teacher's rewriting, of this weight, of all that follows its mistakes; else the row.

    Raises EngineError.
    """
    last = max((number for number, span in enumerate(row.spans) if span.kind == "mistake"), default=None)
    if last is None or not ask.teacher_id:
        return row
    span, text = row.spans[last], row.messages[-1].content
    head, rest = text[: span.end], text[span.end :]
    prompt = TEACHER_SMOOTH.format(statement=ask.case.problem.statement, prefix=head, rest=rest)
    for reply in await ask.teacher([Message("user", prompt)], n=TRIES):
        said = nfc(reply.text.strip())
        said = said.removeprefix(head.strip()).lstrip()
        if said != rest.strip() and await _same_work(ask, head, rest, said):
            return _with_rest(ask, row, head, said, row.spans[: last + 1], weight)
    ask.skip("not_smoothed")
    return row


async def _same_work(ask: Ask, head: str, rest: str, said: str) -> bool:
    """Whether a rewriting says what the rest says: same results in their order, same right answer."""
    if not _SHORTER * len(rest) <= len(said) <= _LONGER * len(rest):
        return False
    if leaks(said) or states_falsehood(said) or head.strip()[:40] in said:
        return False
    if [e.stated_value for e in equations(said)] != [e.stated_value for e in equations(rest)]:
        return False
    before, after = await ask.verify(head + rest), await ask.verify(head + said, explicit_only=True)
    return after.is_right and before.evidence == after.evidence


def _with_rest(
    ask: Ask, row: SFTExample, head: str, said: str, spans: tuple[Span, ...], weight: float
) -> SFTExample:
    whole = head + said
    end = Span(len(head), len(whole), "correction", weight, spans[-1].message)
    return replace(
        row,
        messages=(*row.messages[:-1], Message("assistant", whole)),
        spans=(*spans, end),
        teacher=ask.teacher_id,
        written_by="teacher",
    )
