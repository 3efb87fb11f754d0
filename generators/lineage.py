"""What every row says of itself besides its text: of which mistake, proven how, made from what, by whom."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from generators.solutions import Solution
from generators.written import Written, authors
from schemas.attempt import Attempt
from schemas.location import Location

if TYPE_CHECKING:
    from generators.ask import Ask


class Facts(TypedDict, total=False):
    """What a recipe tells of a row; what it leaves out follows from the attempt and from `found` and `right`."""

    variant: str
    """Which of the recipe's forms the row is."""
    found: Location | None
    """Where the attempt first goes wrong; gives `error_kind` and `located_by`."""
    right: Solution
    """The right solution in the row; gives `verified_by` and a parent."""
    error_kind: str
    """Instead of `found.kind`; by default `none` for a right attempt and `unknown` for another."""
    located_by: str
    """Instead of `found.method`."""
    verified_by: str
    """Instead of `right.verified_by`; by default how the attempt was judged."""
    parents: Sequence[str]
    """Further attempts it is made of."""
    written: Sequence[Written]
    """Texts in it that neither the attempt nor the solution said."""


class Named(Protocol):
    """A recipe, as far as rows name it."""

    @property
    def name(self) -> str:
        """Its file name."""
        ...


def lineage(recipe: Named, ask: "Ask", attempt: Attempt, facts: Facts) -> dict[str, Any]:
    """The columns that all kinds of rows have. `attempt` is the first parent."""
    found, right, written = facts.get("found"), facts.get("right"), facts.get("written", ())
    kind = found.kind if found else ("none" if attempt.verdict.is_right else "unknown")
    proof = right.verified_by if right else f"answer:{attempt.verdict.method}"
    parents = [attempt.id, *([right.parent] if right else []), *facts.get("parents", ())]
    return {
        "problem_id": ask.case.problem.id,
        "recipe": recipe.name,
        "variant": facts.get("variant", ""),
        "error_kind": facts.get("error_kind", kind),
        "origin": attempt.origin,
        "parents": distinct(parents),
        "policy": attempt.policy,
        "teacher": next((text.teacher for text in written if text.teacher), ""),
        "verified_by": facts.get("verified_by", proof),
        "located_by": facts.get("located_by", found.method if found else ""),
        "written_by": authors(written),
        "source": ask.case.problem.source,
        "licence": ask.case.problem.licence,
    }


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names in their first order, each once."""
    return tuple(dict.fromkeys(names))
