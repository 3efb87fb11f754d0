"""Overthinking: where a right answer is first stated, and how much of the text comes after it.

The score of Self-Braking Tuning (arXiv 2505.14604) for a text of `total` steps whose answer is first
stated by step `first` (counted from 1): 0.9 * (1 - first / total) + 0.1 * share of hesitating words.
"""

import random
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from generators.prompts.brakes import AGAIN
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
_LONGEST = 800
"""Code points of a sentence."""
_FOREIGN = 0.05
"""Share of a line's code points."""
SENTENCES = 2
"""Sentences of the step after the last needed one that stay in the text, masked."""


class Cut(NamedTuple):
    """What is kept of a text, and the redundant stretch after it; both verbatim and in order."""

    kept: str
    redundant: str


def fine_steps(text: str) -> list[str]:
    """Lines, or the sentences of a text of one line: whatever follows numbered steps would be one step of them."""
    steps = split_steps(text, "lines")
    steps = steps if len(steps) > 1 else split_steps(text, "sentences")
    return [text[step.start : step.end] for step in steps]


async def solution_ends(ask: "Ask", steps: Sequence[str]) -> list[int]:
    """The steps (from 0) that state the right answer in so many words; of several in a row the last.

    A line that repeats the result in a box is the end of the same solution. Raises EngineError.
    """
    said = [(await ask.verify(step, explicit_only=True)).is_right for step in steps]
    return [n for n, here in enumerate(said) if here and not any(said[n + 1 : n + 2])]


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
    more = next((n for n in range(at + 1, len(steps)) if not _heading(steps[n])), at + 1)
    following = "".join(steps[at + 1 : more]) + first_sentences(steps[more])
    return Cut("".join(steps[: at + 1]), following)


def _heading(step: str) -> bool:
    """Whether a line only announces what follows: "**Check:**"."""
    return step.strip().strip("*_# ").endswith(":")


def behind(rng: random.Random, first: str, second: str) -> Cut:
    """The beginning of a second right text as what was not needed any more after the first."""
    return Cut(first.rstrip() + "\n\n", f"{rng.choice(AGAIN)}\n{first_sentences(second)}")


def first_sentences(text: str) -> str:
    """The first sentences of a text, with the white space after them."""
    parts = split_steps(text, "sentences")
    return text[: parts[min(SENTENCES, len(parts)) - 1].end]


def noisy(text: str) -> bool:
    """Whether some line has many letters that are not English: models that go on past their end fall into noise."""
    lines = text.split("\n")
    return any(sum(c.isalpha() and not c.isascii() for c in line) > _FOREIGN * len(line) for line in lines)


def readable(redundant: str) -> bool:
    """Whether a stretch reads like work: not empty, no noise, no sentence without an end."""
    longest = max((s.end - s.start for s in split_steps(redundant, "sentences")), default=0)
    return bool(redundant.strip()) and longest <= _LONGEST and not noisy(redundant)


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
