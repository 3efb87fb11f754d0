"""What went wrong in a build and was dealt with, in plain words: for its summary and its card.

retry.429: 12 requests repeated because the server was asked too often
"""

from collections.abc import Mapping

_COUNTS = {
    "failed": "problems failed; the next run tries them again, the reasons are in dropped/",
    "unpaid": "problems were left out because the budget was spent",
    "unknown.truncated": "attempts were cut off by the token limit and are neither right nor wrong "
    "(raise policy.sampling.max_tokens)",
    "unknown.empty": "attempts were empty",
    "unknown.timeout": "answers took the judge too long and are neither right nor wrong",
    "unknown.memory": "answers took the judge too much memory and are neither right nor wrong",
    "unknown.crashed": "answers crashed the judge's worker and are neither right nor wrong",
}
"""Counts of the funnel that are nobody's wish."""

_INCIDENTS = {
    "retry.429": "requests repeated because the server was asked too often",
    "retry.connection": "requests repeated because the connection failed",
    "retry.timeout": "requests repeated because no answer came in time",
    "out_of_memory": "batches halved because memory did not suffice",
}


def fault_lines(counts: Mapping[str, int], incidents: Mapping[str, int]) -> list[str]:
    """One line for each kind of fault that happened, `slug: number what it was`."""
    lines = [f"{slug}: {counts[slug]:,} {words}" for slug, words in _COUNTS.items() if counts.get(slug)]
    lines += [f"{slug}: {number:,} {_words(slug)}" for slug, number in incidents.items() if number]
    return lines


def _words(slug: str) -> str:
    """An engine may have slugs of its own: their name has to say it."""
    if slug in _INCIDENTS:
        return _INCIDENTS[slug]
    kind, dot, detail = slug.partition(".")
    if kind == "retry":
        return f"requests repeated because the server answered {detail}"
    return f"times: {kind.replace('_', ' ')}{dot and f' ({detail})'}"
