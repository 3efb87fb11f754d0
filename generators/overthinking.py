"""Overthinking: where a right answer is first stated, and how much of the text comes after it.

The score of Self-Braking Tuning (arXiv 2505.14604) for a text of `total` steps whose answer is first
stated by step `first` (counted from 1): 0.9 * (1 - first / total) + 0.1 * share of hesitating words.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from generators.steps import split_steps

if TYPE_CHECKING:
    from generators.ask import Ask

_HESITATING = (
    r"wait|but|however|hmm+|alternatively|again|actually|hold on|hang on|maybe|perhaps|not sure|double[- ]check\w*"
    r"|re-?check\w*|let me (?:check|verify|see|think|confirm)|on second thought|another way|to be (?:sure|safe|certain)"
    r"|is that right|one more time|once more|oh|re-?examine|make sure|let's (?:check|verify|see)"
)
_HESITATION = re.compile(rf"\b(?:{_HESITATING})\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
SENTENCES = 2
"""Sentences of the step after the last needed one that stay in the text, masked."""


class Cut(NamedTuple):
    """What is kept of a text, and the redundant stretch after it; both verbatim and in order."""

    kept: str
    redundant: str


async def solution_ends(ask: "Ask", steps: Sequence[str]) -> list[int]:
    """The steps (from 0) that state the right answer in so many words. Raises EngineError."""
    return [n for n, step in enumerate(steps) if (await ask.verify(step, explicit_only=True)).is_right]


def hesitation(text: str) -> float:
    """Share of a text's words that are in hesitating phrases; 0 for a text without words."""
    words = len(_WORD.findall(text))
    said = sum(len(_WORD.findall(match.group())) for match in _HESITATION.finditer(text))
    return said / words if words else 0.0


def score(first: int, steps: Sequence[str]) -> float:
    """How much a text overthinks, from 0 to 1, where its step `first` (from 0) is the first to state the answer."""
    return 0.9 * (1 - (first + 1) / len(steps)) + 0.1 * hesitation("".join(steps))


def exact_cut(steps: Sequence[str], ends: Sequence[int]) -> Cut | None:
    """SBT-E: up to the second time the answer is stated; redundant are two sentences of the next step.

    Where it is stated but once, or nothing comes after the second time, up to the first.
    """
    at = next((end for end in reversed(ends[:2]) if end + 1 < len(steps)), None)
    if at is None:
        return None
    following = steps[at + 1]
    parts = split_steps(following, "sentences")
    return Cut("".join(steps[: at + 1]), following[: parts[min(SENTENCES, len(parts)) - 1].end])


def dynamic_cut(steps: Sequence[str], first: int, threshold: float, margin: float) -> Cut | None:
    """SBT-D: steps are added one by one; redundant are those from the one whose score reaches the threshold.

    They end with the step whose score is above threshold and margin, or with the text.
    """
    begin = None
    for count in range(first + 2, len(steps) + 1):
        now = score(first, steps[:count])
        if begin is None and now >= threshold:
            begin = count - 1
        if begin is not None and (now > threshold + margin or count == len(steps)):
            return Cut("".join(steps[:begin]), "".join(steps[begin:count]))
    return None
