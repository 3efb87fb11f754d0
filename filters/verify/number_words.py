"""Numbers written in words: the values that a text names.

    >>> sorted(map(str, spoken("forty-two boxes, or one hundred and five")))
    ['105', '42']

Words up to ten count only where they can be a result: not "the two numbers", "one of the steps", "step two".

Not covered: ordinals ("the forty-second"), decimals in words, other languages.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifths": 5}
_WORD = "|".join([*_ONES[::-1], *_TENS, "hundred", *_SCALES])
_RUN = re.compile(
    rf"\b(?:an? (?=hundred|thousand|million))?(?:{_WORD})(?:(?:[\s-]+|\s+and\s+)(?:{_WORD}))*\b", re.I
)
_PART = re.compile(rf"\b(one|an?|two|three|four)[\s-]+({'|'.join(_PARTS)})\b", re.IGNORECASE)
_NO_RESULT_BEFORE = re.compile(
    r"\b(?:the|these|those|all|both|first|last|next|other|steps?|each|every|any|no|this|that|which|another|by|as)\s+$",
    re.IGNORECASE,
)
_NO_RESULT_AFTER = re.compile(
    r"\s+(?:of|another|by|at|more|steps?|numbers?|parts?|things?|times?|ways?|operations?|sides?|cases?|mistakes?)\b",
    re.IGNORECASE,
)


_RESULT_BEFORE = re.compile(
    r"\b(?:is|are|was|be|equals?|to|gives?|gets?|got|makes?|leaves?|minus|negative|answer|result|only|just)\s+$",
    re.I,
)
"""What stands before "one" where it is a number and no pronoun."""


def spoken(text: str) -> set[Fraction]:
    """Values of the numbers that stand in words in a text."""
    values = set(_parts(text))
    for run in _RUN.finditer(text):
        read = [Fraction(value) for value in _values(re.findall(_WORD, run[0].lower()))]
        small = len(read) == 1 and read[0] <= 10
        before, after = text[max(0, run.start() - 20) : run.start()], text[run.end() : run.end() + 20]
        if read == [1] and run[0].lower() == "one" and not _RESULT_BEFORE.search(before):
            continue
        if not (small and (_NO_RESULT_BEFORE.search(before) or _NO_RESULT_AFTER.match(after))):
            values.update(read)
    return values


def _parts(text: str) -> Iterator[Fraction]:
    """ "a half", "three quarters"."""
    for found in _PART.finditer(text):
        count = _ONES.index(found[1].lower()) if found[1].lower() in _ONES else 1
        yield Fraction(count, _PARTS[found[2].lower()])


def _values(words: list[str]) -> Iterator[int]:
    """The numbers that a run of number words names; "two three" names two."""
    total, group, last = 0, 0, ""
    for word in words:
        if word in _SCALES:
            total, group = total + max(1, group) * _SCALES[word], 0
        elif word == "hundred":
            group = max(1, group) * 100
        else:
            ten = word in _TENS
            if last in _ONES or (ten and last in _TENS):
                yield total + group
                total, group = 0, 0
            group += (_TENS.index(word) + 2) * 10 if ten else _ONES.index(word)
        last = word
    yield total + group
