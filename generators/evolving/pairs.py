"""SPHERE's pairs of whole answers (arXiv 2503.04813): chains, self-correction and diversity."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from filters.verify.equations import equations
from generators.ask import Ask
from generators.evolving.samples import best_and_worst, chain_value, request, revised
from generators.hinted import grounded, sound
from generators.prompts.evolution import AGAIN
from schemas.attempt import Attempt
from schemas.example import Example
from schemas.segment import Message, Segment

if TYPE_CHECKING:
    from generators.recipes.self_evolution import SelfEvolution


def chains(recipe: "SelfEvolution", ask: Ask, wrongs: Sequence[Attempt]) -> list[Example]:
    """The best right samples against the worst wrong ones."""
    pairs = best_and_worst([a for a in ask.rights() if grounded(ask, a)], wrongs)
    return [_pair(recipe, ask, right, wrong, "chains") for right, wrong in pairs]


async def diversity(recipe: "SelfEvolution", ask: Ask, wrongs: Sequence[Attempt]) -> list[Example]:
    """The same of hotter samples whose right ones compute something new."""
    new = await ask.answers(recipe.children, "diverse", temperature=recipe.hot)
    known = {frozenset(e.left for e in equations(a.text)) for a in ask.rights()}
    rights = [a for a in new if sound(ask, a)]
    fresh = [a for a in rights if frozenset(e.left for e in equations(a.text)) not in known]
    pairs = best_and_worst(fresh, [*(a for a in new if a.verdict.is_wrong), *wrongs])
    return [_pair(recipe, ask, right, wrong, "diversity") for right, wrong in pairs]


async def correction(recipe: "SelfEvolution", ask: Ask, wrongs: Sequence[Attempt]) -> list[Example]:
    """A wrong sample in the prompt, its correction against what stays wrong; not against scraps."""
    rows: list[Example] = []
    for wrong in sorted(wrongs, key=chain_value)[: recipe.most]:
        asked = (*ask.prompt, Message("assistant", wrong.text), request(ask, AGAIN))
        again = await revised(ask, wrong, asked, recipe.revisions)
        better = [a for a in (*again, *ask.rights()) if sound(ask, a)]
        worse = [a for a in again if a.verdict.is_wrong and len(equations(a.text)) > 1 and grounded(ask, a)]
        if better:
            rows.append(_pair(recipe, ask, better[0], (worse or [wrong])[0], "correction", asked, [wrong.id]))
    return rows


def _pair(
    recipe: "SelfEvolution",
    ask: Ask,
    right: Attempt,
    wrong: Attempt,
    variant: str,
    prompt: Sequence[Message] = (),
    parents: Sequence[str] = (),
) -> Example:
    return recipe.pair(
        ask,
        wrong,
        [Segment("correction" if prompt else "answer", right.text, 1.0)],
        [Segment("mistake", wrong.text, 1.0)],
        prompt=prompt,
        found=ask.glance(wrong),
        verified_by=f"answer:{right.verdict.method}",
        parents=[right.id, *parents],
        variant=variant,
    )
