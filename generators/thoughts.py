"""Solutions as hierarchies of thoughts: numbered steps in tags, what is tricky in them, the answer."""

import re
from collections.abc import Mapping, Sequence

from generators.solutions import Solution
from schemas.attempt import Attempt
from schemas.location import Location
from schemas.segment import Segment

_MARKER = re.compile(r"\s*(?:(?:\*\*)?Step\s+\d+\s*[.:)]\s*(?:\*\*)?\s*|\d{1,2}[.)]\s+(?=\D))", re.IGNORECASE)
_TAG = re.compile(r"</?(?:Step\d+|Key|Generalized|Answer|Cause|Correction)>")


def bare(step: str) -> str:
    """A step without the number it opens with and the white space round it."""
    return _MARKER.sub("", step, count=1).strip() if _MARKER.match(step) else step.strip()


def block(name: str, text: str) -> str:
    """A text in tags on lines of their own."""
    return f"<{name}>\n{text}\n</{name}>\n"


def steps_and_answer(solution: Solution, answer_line: str) -> tuple[list[str], str]:
    """The steps' texts, and the line that gives the answer: the last step where it does only that.

    What only announces the next step ("We follow these steps:") is the beginning of that step.
    """
    steps: list[str] = []
    for number in range(len(solution.steps)):
        step = bare(solution.step_text(number))
        announced = bool(steps) and steps[-1].endswith(":")
        steps = [*steps[:-1], f"{steps[-1]}\n{step}"] if announced else [*steps, step]
    if len(steps) > 1 and steps[-1] == answer_line.strip():
        steps = steps[:-1]
    return steps, answer_line.strip()


def numbered(steps: Sequence[str], keys: Mapping[int, str] | None = None) -> list[tuple[str, str]]:
    """What stands for each step: the text in its tag up to its key, and the key with the tag's end.

    A step without a key has an empty second part.
    """
    made = []
    for number, text in enumerate(steps):
        opened, closed = f"<Step{number + 1}>\n{text}\n", f"</Step{number + 1}>\n"
        key = (keys or {}).get(number, "")
        made.append((opened, block("Key", key) + closed) if key else (opened + closed, ""))
    return made


def hierarchy(steps: Sequence[str], keys: Mapping[int, str], note: str, answer: str) -> list[Segment]:
    """A whole solution in tags: its steps with their keys, the note where there is one, the answer."""
    segments: list[Segment] = []
    for opened, key in numbered(steps, keys):
        segments += [Segment("answer", opened), Segment("thought", key)]
    segments.append(Segment("thought", block("Generalized", note) if note else ""))
    return [*segments, Segment("answer", block("Answer", answer).rstrip())]


def shown_until(wrong: Attempt, found: Location) -> str:
    """The steps up to and including the wrong one in tags."""
    steps = [bare(wrong.step_text(n)) for n in range(found.step + 1)]
    return "".join(opened for opened, _ in numbered(steps)).rstrip()


def tagged(text: str) -> bool:
    """Whether a text already has tags of this form in it, which would not nest."""
    return _TAG.search(text) is not None


def read_block(name: str, text: str) -> str | None:
    """What stands between the tags of a name, where they stand exactly once; else None."""
    found = re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return found[0].strip() if len(found) == 1 and found[0].strip() else None
