"""A verdict without a worker: the exact comparison, then the rules that options and shapes give."""

from filters.verify.math.exact import compare
from filters.verify.math.notation import plain
from filters.verify.math.options import JudgeOptions
from filters.verify.math.settle import forbidden, settled
from schemas.verdict import Outcome, Verdict


def quick_verdict(reference: str, answer: str, options: JudgeOptions) -> Verdict | None:
    """The verdict; None where a worker must say. Never raises, whatever the texts."""
    try:
        verdict = forbidden(reference, answer, options)
        if verdict is None:
            verdict = compare(reference, answer, options)
        if verdict is None or verdict.outcome is Outcome.UNKNOWN:
            verdict = settled(reference, answer, options, verdict)
    except (ArithmeticError, ValueError, RecursionError):  # no text may end a build
        verdict = Verdict(Outcome.UNKNOWN, "error", "exact")
    return None if _may_round(reference, answer, options, verdict) else verdict


def _may_round(reference: str, answer: str, options: JudgeOptions, verdict: Verdict | None) -> bool:
    """Whether rounding may make right what is not: only where it is asked for and a decimal occurs."""
    if options.decimal_places is None or (verdict is not None and verdict.is_right):
        return False
    return "." in plain(reference) + plain(answer)
