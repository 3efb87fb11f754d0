"""What did not become a row, and why: kept beside the data, counted, never lost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A bad input row, a failed case or a filtered example.

    `stage` is `source`, `attempts`, `case`, `recipe` or `filter`; `reason` a slug that becomes
    a statistic (`bad_json`, `missing_column`, `right_side_fails`, …); `where` names file and
    line for input rows; `content` is the row itself as JSON text.
    """

    stage: str
    reason: str
    problem_id: str = ""
    recipe: str = ""
    where: str = ""
    detail: str = ""
    content: str = ""
