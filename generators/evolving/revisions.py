"""Revisions of own samples: SELF's refinement, AvR's long thought, GSA's aggregation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generators.ask import Ask
from generators.critique import critique
from generators.evolving.samples import as_solution, chain_value, request, revised
from generators.feedback import sure
from generators.prompts import evolution as texts
from generators.prompts.transitions import START_OVER
from generators.recipes.base import apart
from generators.reflect import fitting, notice
from generators.written import Written
from schemas.attempt import Attempt
from schemas.example import Example
from schemas.segment import Message, Segment

if TYPE_CHECKING:
    from generators.recipes.self_evolution import SelfEvolution


async def refinement(recipe: "SelfEvolution", ask: Ask, wrongs: Sequence[Attempt]) -> list[Example]:
    """Feedback on the own draft and a refinement that is right (SELF, arXiv 2310.00533)."""
    rows: list[Example] = []
    for wrong in wrongs:
        found = ask.glance(wrong)
        if len(rows) >= recipe.most or found is None or not sure(found) or not ask.solutions():
            continue
        turn = request(ask)
        asked = (*ask.prompt, Message("assistant", wrong.text), turn)
        own = as_solution(ask, await revised(ask, wrong, asked, recipe.revisions))
        right = own or ask.rng.choice(ask.solutions())
        said = await critique(ask, wrong, found, right, recipe.texts)
        turns: list[Message | list[Segment]] = [
            [Segment("mistake", wrong.text)],
            turn,
            [Segment("critique", apart(said.text)), Segment("correction", right.text)],
        ]
        row = recipe.talk(ask, wrong, turns, found=found, right=right, variant="refinement", written=[said])
        rows.append(row)
    return rows


def chained(recipe: "SelfEvolution", ask: Ask, wrongs: Sequence[Attempt]) -> list[Example]:
    """Drafts whose value does not fall and a right end as one long thought (AvR, arXiv 2506.06009).

    Only drafts whose first wrong step is proven: given up for no reason they would teach to doubt any answer.
    """
    known = [w for w in wrongs if (found := ask.glance(w)) is not None and found.proven]
    chain = _rising(ask, known)[-recipe.rounds :]
    if not chain or not ask.solutions():
        return []
    right = ask.rng.choice(ask.solutions(with_reference=False) or ask.solutions())
    row = recipe.sft(
        ask,
        chain[0],
        [*long_thought(ask, chain, right.text), Segment("correction", right.text)],
        found=ask.glance(chain[0]),
        right=right,
        variant=f"chained.{len(chain)}",
        parents=[draft.id for draft in chain],
        written=[Written("")],
    )
    return [row]


def _rising(ask: Ask, wrongs: Sequence[Attempt]) -> list[Attempt]:
    """Drafts from low to high value of which no two end alike or go wrong alike.

    A draft that repeats the slip put right just before it would teach that to say so is of no use.
    """
    drafts: list[Attempt] = []
    said: set[str] = set()
    for wrong in sorted(wrongs, key=chain_value, reverse=True):
        found = ask.glance(wrong)
        assert found is not None  # those whose mistake is proven
        marks = {f"ends in {wrong.verdict.evidence}", found.expression or f"step {found.step}"}
        if not marks & said:
            drafts.append(wrong)
            said |= marks
    return drafts[::-1]


def long_thought(ask: Ask, drafts: Sequence[Attempt], right: str) -> list[Segment]:
    """Wrong drafts before a right solution, each given up by a sentence that says no more than is known."""
    segments: list[Segment] = []
    for draft in drafts:
        found = ask.glance(draft)
        assert found is not None  # the drafts are those whose mistake is proven
        said = f"{notice(ask.rng, fitting(found, right))} {ask.rng.choice(START_OVER)}"
        segments.append(Segment("mistake", draft.text.rstrip() + "\n\n"))
        segments.append(Segment("reflection", said + "\n\n"))
    return segments


async def aggregation(recipe: "SelfEvolution", ask: Ask, wrongs: Sequence[Attempt]) -> list[Example]:
    """One target for several attempts: one is wrong, and of `with_right` of the rows one right (GSA, 2503.04104).

    The target is a fresh sample or a solution that is not shown; one of those shown, written anew, where there is no
    other.
    """
    rights = ask.rights()
    if not wrongs:
        return []
    first = ask.rng.choice(wrongs)
    right_ones = [ask.rng.choice(rights)] if rights and ask.rng.random() < recipe.with_right else []
    others = ask.rng.sample(wrongs, min(len(wrongs), recipe.shown))
    shown = list({a.text: a for a in [first, *right_ones, *others]}.values())[: recipe.shown]
    texts_shown = {a.text for a in shown}
    targets = [s for s in ask.solutions() if s.text not in texts_shown]
    targets += [s for s in ask.solutions() if s.parent in {a.id for a in right_ones}]
    if len(shown) < 2:
        return []
    asked = with_attempts(ask, shown)
    own = as_solution(ask, await revised(ask, first, asked, recipe.revisions, "aggregation"))
    fresh = own if own and own.text not in texts_shown else None
    right = fresh or next(iter(targets), own)
    if right is None:
        return []
    row = recipe.sft(
        ask,
        first,
        [Segment("answer", right.text)],
        prompt=asked,
        right=right,
        error_kind="none",
        variant="aggregation",
        parents=[a.id for a in shown],
    )
    return [row]


def with_attempts(ask: Ask, shown: Sequence[Attempt]) -> tuple[Message, ...]:
    """The prompt with several attempts in a drawn order, and the request for one solution in view of them."""
    order = ask.rng.sample(list(shown), len(shown))
    attempts = "\n\n".join(
        texts.ATTEMPT.format(number=n, text=a.text.strip()) for n, a in enumerate(order, start=1)
    )
    request = ask.rng.choice(texts.AGGREGATE).format(attempts=attempts)
    last = ask.prompt[-1]
    return (*ask.prompt[:-1], Message(last.role, f"{last.content}\n\n{request}"))
