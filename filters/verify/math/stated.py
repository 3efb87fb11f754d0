r"""The answer that a field of an answer file states, be it a bare answer or a whole text around it.

    "$\frac13$", "1,200 dollars", "x = 5"              -> themselves
    "so $x-p=\boxed{2-2p}$."                           -> "2-2p"
    "donc 353 g - 79 g = 274 g. Il a 79 g de cire."    -> "79"
    "\boxed{1} and \boxed{2}"                          -> "1, 2"

`extract_answer` reads a model's solution and may say that it states nothing; here something is always
taken, because the field is known to hold an answer: where nothing marks it, the last formula or the
last number, in any language. Choice letters are looked for only where the other side is one.
"""

import re

from filters.verify.math.extract import Extracted, extract_answer
from filters.verify.math.loose_formula import with_formula
from filters.verify.math.notation import closing_brace

MAX_BARE = 60
"""Longest text that may be an answer with words in it ("12 dollars a week") rather than a sentence."""

MAX_TEXT = 20_000
"""Characters from the end that are looked at."""

_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_CHAT_MARK = re.compile(r"<\|(?:im_start|im_end|endoftext|eot_id|end)\|>.*", re.DOTALL)
_COMMAND = re.compile(r"(?<!\\)\\++(?=[A-Za-z])")
_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")
_FORMULA = re.compile(
    r"\$\$(.{1,1000}?)\$\$|\$([^$]+)\$|\\\((.{1,1000}?)\\\)|\\\[(.{1,1000}?)\\\]", re.DOTALL
)
_WHOLE_FORMULA = re.compile(
    r"\$\$[^$]+\$\$|\$[^$]+\$|\\\((?:(?!\\\)).)+\\\)|\\\[(?:(?!\\\]).)+\\\]", re.DOTALL
)
_LABEL = re.compile(r"\s*(?:final\s+)?answer\s*[:=]?\s*(?=\$|\\\(|\\\[)", re.IGNORECASE)
_FOREIGN_LABEL = re.compile(
    r"(?:答案(?:是|为)?|r[ée]ponse(?:\s+est)?|respuesta(?:\s+es)?|antwort(?:\s+ist)?|risposta|ответ|उत्तर|الإجابة|الجواب)"
    r"\s*[:：=]?\s*(?P<answer>[^\n]+)",
    re.IGNORECASE,
)
# a word of a sentence; `dx` and `AB` are none, nor is the name of a function
_WORD = re.compile(
    r"(?<![^\W\d_])(?!(?:sin|cos|tan|cot|sec|csc|log|exp|mod|gcd|lcm|max|min|arc[a-z]+|and|or|sqrt|cbrt|abs|floor|ceil"
    r"|det|deg|inf|infinity|pi|theta|alpha|beta)(?![^\W\d_]))"
    r"(?:[^\W\d_]{3,}|(?:So|We|It|is|it|we|he|so|of|in|to|at|be|by|as)(?![^\W\d_]))"
)
_HIDDEN = re.compile(r"\\(?:text|begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+|\$[^$]*\$")
_OTHER_SCRIPT = re.compile(
    r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u0dff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
)
_NUMBER = re.compile(
    r"(?:(?<![\w)\]}.] )(?<![\w.)\]}])-)?"
    r"(?:\\d?frac\s*\{[^{}]{1,40}\}\s*\{[^{}]{1,40}\}|(?<![A-Za-z])\d+(?:[.,]\d+)*(?:/\d+)?%?|\.\d+)"
)
_LETTER_FIRST = re.compile(r"\W*(?:\\text\s*\{)?\(?([A-J])\b\)?(?![A-Za-z'])|\W*([A-J])(?=[^\x00-\x7f])")
_LETTER_SAID = re.compile(
    r"(?:answer(?:\s+is)?\s*(?:for\s+sure|definitely|clearly)?|think\s+it(?:'s|\s+is))\s*:?\s*\(?\*{0,2}([A-J])\b",
    re.IGNORECASE,
)
_LONE_LETTER = re.compile(r"[\s$(]*(?:\\text\s*\{\s*)?\(?([A-J])\)?\s*\}?[\s$).]*")
_SAYS_IS = re.compile(r".*(?<![^\W\d_])(?:is|are|equals?)\s+(?P<answer>[^A-Za-z]*\d[^A-Za-z]*)", re.DOTALL)
_ALTERNATIVE = re.compile(r"\s*,?\s*or\s*")
_BOUND = re.compile(
    r"(?<![^\W\d_])(?:not|(?:less|more|greater|fewer) than|at (?:least|most)|up to|over|under|below|above)\s+\W*$",
    re.IGNORECASE,
)
"""What stands before a number that is not what a sentence says."""
_PRICE_IS = re.compile(r"\\\$\s*=\s*")
_JOINED = re.compile(r"(?<=[\d)}])(or|and)(?=[\d(\\A-Za-z])")


def stated_answer(text: str) -> str:
    """The answer, or the stripped text where nothing in it can be told from the rest."""
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    text = text[-MAX_TEXT:]
    if "<|" in text:
        text = _CHAT_MARK.sub("", text)
    text = (_unescaped(text) if "\\\\" in text else text).strip()
    found = extract_answer(text, explicit_only=True)
    boxed = None if found is not None and found.how != "boxed" and _after_boxes(text, found) else _boxes(text)
    if boxed is not None:
        return boxed
    label = _LABEL.match(text)
    if label is not None:
        # `$ \frac{1}{2} \$ = \frac{10}{9} $`: a sum of money, and what it is
        text = _PRICE_IS.split(text[label.end() :])[-1].strip()
    marked = found is not None and ("\n" in text or found.how == "hash")
    if not marked and is_bare(text):
        return _JOINED.sub(r" \1 ", text)
    if found is not None:
        return _without_quotes(found.answer)
    foreign = list(_FOREIGN_LABEL.finditer(text))
    if foreign:
        return _in_sentence(foreign[-1]["answer"], first=True)
    return _in_sentence(text, first=False)


def is_bare(text: str) -> bool:
    """Whether a text is an answer and nothing else."""
    if not text or _WHOLE_FORMULA.fullmatch(text):
        return True
    words = _WORD.findall(_HIDDEN.sub(_shown, text))
    foreign = bool(_OTHER_SCRIPT.search(text))
    if not words and not foreign:
        return "\n\n" not in text
    if len(text) > MAX_BARE:
        return False
    digits = any(mark.isdigit() for mark in text)
    if not digits and "$" not in text and "\\" not in text:
        return True  # words only: "no solution", "yes"
    starts_so = bool(re.match(r"[\s$(\[\\{+-]*[\d.]|[\s$\\]*[A-Za-z](?:_\w+)?\s*(?:\(\w\))?\s*[=<>]", text))
    return starts_so and len(words) <= 4 and not foreign


def choice_letter(text: str, bare_only: bool = False) -> str | None:
    """The letter of a choice: `(C)`, `C`; in a text also `C. because …` and `the answer is C`."""
    lone = _LONE_LETTER.fullmatch(text)
    if lone is not None or bare_only:
        return lone[1] if lone else None
    said = list(_LETTER_SAID.finditer(text))
    if said:
        return said[-1][1].upper()
    first = _LETTER_FIRST.match(text.rpartition("\nAnswer")[2])
    return (first[1] or first[2]) if first else None


def _unescaped(text: str) -> str:
    r"""`\\frac` -> `\frac` where every command is written with two, as in a string escaped twice."""
    runs = {len(match[0]) for match in _COMMAND.finditer(text)}
    return text.replace("\\\\", "\\") if runs == {2} and "begin" not in text else text


def _boxes(text: str) -> str | None:
    """What the last box holds, or the last boxes that are one answer together; None without a box."""
    spans: list[tuple[int, int]] = []
    end = 0
    for match in _BOX.finditer(text):
        if match.start() < end:
            continue
        closing = closing_brace(text, match.end() - 1)
        if closing is None:
            # a field is an answer, so one that was cut after its last mark is taken for what it says
            return text[match.end() :].rstrip("$ .\n") if not spans else None
        spans.append((match.start(), closing + 1))
        end = closing + 1
    if not spans:
        return None
    first = len(spans) - 1
    while first and _one_answer(text[spans[first - 1][1] : spans[first][0]]):
        first -= 1
    held = [text[a:b].split("{", 1)[1][:-1].strip() for a, b in spans[first:]]
    if len(set(held)) == 1:
        return held[0]
    return ", ".join(dict.fromkeys(held))


def _after_boxes(text: str, found: Extracted) -> bool:
    """Whether an answer stands behind the last box and not around it."""
    last = text.rfind("\\boxed")
    return found.start > last and "boxed" not in found.answer


def _one_answer(between: str) -> bool:
    """Whether boxes with this between them are members of one answer."""
    rest = re.sub(r"\\text\s*\{|\\q?quad|\b(?:and|or)\b|[A-Za-z](?:_\{?\w+\}?)?\s*=", " ", between)
    return not re.sub(r"[\s$,;.()\[\]\\{}+]+", "", rest)


def _without_quotes(answer: str) -> str:
    r"""`\"$12 $ and $13 $\"` -> `12, 13`: formulas joined by words are the members of a list."""
    parts = [next(filter(None, match.groups())) for match in _FORMULA.finditer(answer)]
    rest = _FORMULA.sub(" ", answer).replace('\\"', " ")
    if len(parts) > 1 and not re.sub(r"[\s,;\"“”]|\b(?:and|or)\b", "", rest):
        return ", ".join(part.strip() for part in parts)
    if len(parts) == 1 and not rest.strip(' ."'):
        return str(parts[0]).strip()
    said = _SAYS_IS.fullmatch(answer)
    if said is not None:
        return said["answer"].strip("$ .")
    return _in_sentence(answer, first=False) if len(_WORD.findall(_HIDDEN.sub(" ", rest))) > 3 else answer


def _in_sentence(text: str, first: bool) -> str:
    """The last formula or number of a text, or the first number of a clause; else the text."""
    numbers = list(_NUMBER.finditer(text))
    formulas = [match for match in _FORMULA.finditer(text) if _is_formula(match)]
    if not numbers and not formulas:
        return text
    if len(text) <= MAX_BARE and len(numbers) == 1 and _BOUND.search(text, 0, numbers[0].start()):
        return text
    if formulas and (not numbers or formulas[-1].end() > numbers[-1].start()):
        first_of = len(formulas) - 1
        while first_of and _ALTERNATIVE.fullmatch(
            text, formulas[first_of - 1].end(), formulas[first_of].start()
        ):
            first_of -= 1
        return ", ".join(str(next(filter(None, one.groups()))).strip() for one in formulas[first_of:])
    return with_formula(text, numbers[0] if first and "=" not in text else numbers[-1])


def _shown(hidden: re.Match[str]) -> str:
    """Nothing of a formula; all of what stands between two prices."""
    inside = hidden[0].strip("$")
    return inside if hidden[0][0] == "$" and len(_WORD.findall(inside)) > 1 else " "


def _is_formula(match: re.Match[str]) -> bool:
    """Whether what stands between two dollars is one, not the text between two prices."""
    inside = next(filter(None, match.groups()))
    return len(_WORD.findall(_HIDDEN.sub(" ", inside))) < 2
