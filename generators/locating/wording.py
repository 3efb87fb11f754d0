"""What a step is about, in its content words: two steps with one equation may say different things of it.

`7 * 2 = 14` is the price of two tickets in one solution and the price of popcorn in another.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z]{3,}")
_EMPTY = """the and for are was were has have had that this then than there their they them she her his him its one two
because with from into each per will would can could get gets got how many much which what when who first next
find means since after before all also only been being not but out off over does did make makes thus therefore
answer more total step"""
WITHOUT_MEANING = frozenset(_EMPTY.split())
ALIKE = 0.5
"""Share of the shorter step's content words that both must have."""


def content_words(text: str) -> frozenset[str]:
    """Words that carry meaning, lower case, without a plural's s; calculator notes left out."""
    plain = re.sub(r"<<[^<>]*>>", " ", text)
    words = (w.lower() for w in _WORD.findall(plain))
    return frozenset(singular(w) for w in words if w not in WITHOUT_MEANING)


def singular(word: str) -> str:
    """A word without its plural's s; `bus` and `glass` lose theirs too, alike wherever they stand."""
    return re.sub(r"(?<=\w\w\w)s\Z", "", word)


def worded_alike(text: str, others: Iterable[frozenset[str]]) -> bool:
    """Whether a step says about the same as one of the others."""
    words = content_words(text)
    return any(
        not words or not other or len(words & other) >= ALIKE * min(len(words), len(other))
        for other in others
    )
