"""One kind of mistake."""

from dataclasses import dataclass
from typing import Literal

ErrorDomain = Literal["math", "code", "sql", "any"]


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One entry of the taxonomy.

    `example` is the right line and the wrong one; `source` the papers that define the kind; `proofs`
    the names of the checks that can prove it (`generators/injectors/proof.py`, empty where only a
    person or a model can tell).
    """

    domain: ErrorDomain
    slug: str
    definition: str
    example: tuple[str, str]
    source: str
    proofs: tuple[str, ...] = ()
