"""What a model's words about a step claim, checked against the step as far as words and numbers go.

A weak teacher speaks fluently of additions that nobody made and numbers that stand nowhere (read on the texts of a
model of half a billion weights: most of what it wrote of a mistake was false). A text is refused where it names a
number or an operation that what it speaks of does not have, calls wrong work right, or is not said by the one who is
to say it.

Not covered: false claims without a number or an operation ("the signs must differ").
"""

import re

from filters.verify.arithmetic import tokens_of
from filters.verify.equations import equations
from filters.verify.named_answer import named_values

_OPERATIONS = {
    "+": re.compile(r"\badd(?:s|ed|ing|ition)?\b|\bsum(?:s|med|ming)?\b|\bplus\b", re.IGNORECASE),
    "-": re.compile(r"\bsubtract\w*|\bminus\b|\bdifference\b|\btak(?:e|ing) away\b", re.IGNORECASE),
    "*": re.compile(r"\bmultipl\w+|\bproduct\b|\btimes\b|\bdoubl\w+|\btripl\w+", re.IGNORECASE),
    "/": re.compile(r"\bdivi(?:d|s)\w+|\bquotient\b|\bhal(?:f|ve|ved|ving)\b", re.IGNORECASE),
}
_SIGNS = {"−": "-", "–": "-", "×": "*", "·": "*", "x": "*", "X": "*", "\\times": "*", "\\cdot": "*"}
_OVER = {"÷", "\\div"}
_HYPHEN = re.compile(r"(?<=[A-Za-z]{2})-(?=[A-Za-z]{2})")
_STEP_NUMBER = re.compile(r"\bsteps?[ ]\d{1,2}\b", re.IGNORECASE)
_APPROVES = re.compile(
    r"(?<!not )\b(?:is|was|are|were|looks?|seems?|done) (?:(?:actually|indeed|all|also|still|completely) )?"
    r"(?:correct|right|fine|true|valid|accurate)\b(?! here to)|\bwell done\b|\b(?:good|great) (?:job|work)\b"
    r"|\bcorrectly\b",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"\b(?:wrong(?:ly)?|incorrect(?:ly)?|mistakes?|errors?|slip(?:ped)?|false|forg[eo]t(?:ten)?|miss(?:ed|ing)?"
    r"|should|must|needs? to|have to|instead|not|n't|off|mis\w+|over(?:looked|counted)|but"
    r"|doubt|check|again|careful)\b",
    re.IGNORECASE,
)
_THIRD = re.compile(r"\bstudents?\b|\bteacher\b|\b(?:he|she|they|his|her|their)\b", re.IGNORECASE)
_SECOND = re.compile(r"\byou(?:r|'ve|'re)?\b", re.IGNORECASE)
_FIRST = re.compile(r"\b(?:I|I'm|I've|me|my|we|our|let's|let us)\b")
_ASSISTANT = re.compile(
    r"\bas an ai\b|\blanguage model\b|\bI(?:'m| am) sorry\b|\bapologi[sz]e|\bcan(?:no|')t help\b|\bcertainly!|\bsure!",
    re.IGNORECASE,
)


def sourced(text: str, *sources: str) -> bool:
    """Whether every number and every operation that a text names stands in one of the sources."""
    known = frozenset[object]().union(*map(named_values, sources))
    said = named_values(_STEP_NUMBER.sub("step", text))
    return said <= known and operations(text) <= operations(*sources)


def operations(*texts: str) -> set[str]:
    """The operations of `+ - * /` that texts name, by sign or in words."""
    found: set[str] = set()
    for text in texts:
        found |= {sign for sign, words in _OPERATIONS.items() if words.search(text)}
        signs = [t.text for t in tokens_of(_HYPHEN.sub(" ", text)) if t.kind in {"operator", "fraction"}]
        found |= {"/" if s in _OVER or "frac" in s else _SIGNS.get(s, s) for s in signs}
    return found


def approves(text: str) -> bool:
    """Whether a text calls something right."""
    return _APPROVES.search(text) is not None


def finds_fault(text: str) -> bool:
    """Whether a text speaks of something wrong, and calls nothing right."""
    return _FAULT.search(text) is not None and not approves(text)


def to_oneself(text: str) -> bool:
    """Whether somebody says it of their own work: "I" or "we", no "you", no student, no assistant."""
    return _FIRST.search(text) is not None and not (_SECOND.search(text) or of_another(text))


def of_another(text: str) -> bool:
    """Whether it is said of a third person, or by an assistant that excuses itself."""
    return _THIRD.search(text) is not None or _ASSISTANT.search(text) is not None


def false_beyond(text: str, quoted: str) -> bool:
    """Whether a text states a false equation that does not stand in what it may quote."""
    quotable = {(e.left, e.stated) for e in equations(quoted)}
    return any(e.holds is False and (e.left, e.stated) not in quotable for e in equations(text))


def echoes(text: str, prompt: str, words: int = 7) -> bool:
    """Whether a text repeats a run of words of the prompt's last paragraph, its instructions."""
    instructions = " ".join(prompt.rstrip().rpartition("\n\n")[2].split()).lower()
    said = text.lower().split()
    runs = (" ".join(said[at : at + words]) for at in range(len(said) - words + 1))
    return any(run in instructions for run in runs)
