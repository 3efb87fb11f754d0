"""Where an attempt first goes wrong, how that is known, and how sure it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """The first wrong step of an attempt (0-based).

    `method`: `equations` (the step states a false equation), `identities` (an equation in LaTeX that
    nothing makes true), `reference` (it states what no known right solution does), `units` (the right
    number of another unit), `numbers` (it computes with a number that comes from nowhere), `answer` (the
    steps are right, the answer at the end is not), `continuations` (right answers can be reached from
    before it and not from after it), `judged` (a model says so and its quotation holds), `construction`
    (the mistake was put there). `proven` is true where the step itself is false and everything before it
    is known to be right; otherwise the location is likely, not certain.
    `kind` is a slug of `schemas.errors`; `wrong` and `right` are the false result and the true
    one as text where they are known (`"84"`, `"74"`), `expression` what they are results of.

    `confidence` (0 to 1) is, for `equations`, `reference` and `answer`, near the share of locations of this sort
    that were exact when read row by row (docs/log.md), and 1 for a proven `construction`; for the other ways it is
    an estimate below 0.75 that nobody has counted; 0 where none was made. `others` holds what other ways said, as
    (method, step) in the order they were asked, and `agreement` the share of them that name the same
    step, None where none said anything.
    """

    step: int
    method: str
    proven: bool
    kind: str = "unknown"
    expression: str = ""
    wrong: str = ""
    right: str = ""
    confidence: float = 0.0
    others: tuple[tuple[str, int], ...] = ()
    agreement: float | None = None
