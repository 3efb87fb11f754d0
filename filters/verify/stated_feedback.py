"""What feedback may say: which step it names, and whether it gives the answer away.

    >>> step_name("Step 2: 12 + 9 = 22", 1)
    'the second step'
    >>> reveals("It should be 1,500.0, not 1400.", "1500")
    True

Feedback that is learnt, or that stands before an answer that is learnt, must not hold that answer: a
learner would copy it instead of finding the mistake (RL2F, arXiv 2602.16066).
"""

import re
from fractions import Fraction

from filters.verify.arithmetic import tokens_of, value_of
from filters.verify.named_answer import names_answer
from schemas.attempt import Attempt

ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth", "twentieth"),
)
"""Steps are named in words: a digit could be the answer's."""

_LABEL = re.compile(r"\W*step[ ]?(\d{1,2})\b", re.IGNORECASE)
_NAMED = re.compile(rf"\b({'|'.join(ORDINALS)}) step\b|\bstep (\d{{1,2}})\b", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def step_name(text: str, index: int) -> str | None:
    """How a step is called, by its own label ("Step 2:") where it has one, else by its place (0-based `index`)."""
    label = _LABEL.match(text)
    number = int(label[1]) if label else index + 1
    return f"the {ORDINALS[number - 1]} step" if 1 <= number <= len(ORDINALS) else None


def named_steps(text: str, attempt: Attempt) -> tuple[int, ...]:
    """Indices of the steps of the attempt that a feedback names, in its order; names that fit no step left out."""
    names = [step_name(attempt.step_text(i), i) for i in range(len(attempt.steps))]
    said = [m[1].lower() if m[1] else ORDINALS[min(int(m[2]), 20) - 1] for m in _NAMED.finditer(text)]
    return tuple(names.index(f"the {word} step") for word in said if f"the {word} step" in names)


def reveals(text: str, answer: str) -> bool:
    """Whether an answer stands in a text, in whatever spelling, or only a number of its value does ("step 3")."""
    value = _value(answer.strip())
    numbers = [m[0] for m in _NUMBER.finditer(text)]
    return names_answer(text, answer) or any(
        value == _value(number) for number in numbers if value is not None
    )


def _value(number: str) -> Fraction | None:
    return value_of(tokens_of(number.strip().strip("$").rstrip(",")))
