"""Where an attempt first goes wrong, how that is known, and how sure it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """The first wrong step of an attempt (0-based).

    `method`: `equations` (the step states a false equation), `answer` (the steps are right, the
    answer at the end is not), `reference` (the step states what no known right solution does),
    `continuations` (right answers can be reached from before it and not from after it). `proven`
    is true where the step itself is false and everything before it is known to be right;
    otherwise the location is likely, not certain.
    `kind` is a slug of `schemas.errors`; `wrong` and `right` are the false result and the true
    one as text where they are known (`"84"`, `"74"`), `expression` what they are results of.
    """

    step: int
    method: str
    proven: bool
    kind: str = "unknown"
    expression: str = ""
    wrong: str = ""
    right: str = ""
