"""The verdicts of the exact comparison."""

from collections.abc import Sequence

from schemas.verdict import Outcome, Verdict

EQUAL = Verdict(Outcome.RIGHT, "equal", "exact")
MISMATCH = Verdict(Outcome.WRONG, "mismatch", "exact")


def unknown(reason: str) -> Verdict:
    """An unknown verdict of the exact comparison."""
    return Verdict(Outcome.UNKNOWN, reason, "exact")


def all_of(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    """Wrong if any part is wrong, undecided if any is, unknown if any is, else right."""
    for verdict in verdicts:
        if verdict is not None and verdict.is_wrong:
            return verdict
    if None in verdicts:
        return None
    doubtful = [v for v in verdicts if v is not None and v.outcome is Outcome.UNKNOWN]
    return doubtful[0] if doubtful else EQUAL
