"""The contract of a way of finding the first wrong step.

A way looks at the evidence and answers with a `Location` or None, never a guess without a word on
how sure it is (`Location.confidence`). Ways that ask a model (`continuations`, `judged`) are functions of
the recipe's door and are asked only where these leave the question open.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from generators.locating.flow import Evidence
from schemas.location import Location

SURE = 0.9
"""From this confidence on a location may be used as if it were known."""


class Way(ABC):
    """One way that needs no model. The same evidence gives the same location."""

    name: ClassVar[str]
    """What `Location.method` says."""

    @abstractmethod
    def look(self, evidence: Evidence) -> Location | None:
        """The first wrong step, as far as this way can see. Never raises whatever the texts."""
