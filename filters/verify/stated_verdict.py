"""Verdicts as models and templates state them: reading one back from text.

A text that says whether a solution is right counts only where it says so exactly once, as its last word:
"[VERIFY] correct", "The answer is wrong.", "Is the solution correct? No", "Score: 1", "[stop]" or "<refine>",
a single word such as "Yes" or "False" that is the whole text, or a sentence that ends in "is correct" or "is
incorrect" (S2R, arXiv 2502.12853, reads the last sentence by phrases; "plausible" it takes as correct, which we
do not).
"""

import re

_MARKER = re.compile(
    r"\[verify\]\s*(?P<verify>correct|wrong)\b"
    r"|\bverdict:\s*\**(?P<verdict>right|correct|wrong|incorrect)\b"
    r"|\bscore:\s*\**(?P<score>[01])\b"
    r"|\bcorrect\?\s*\**(?P<asked>yes|no)\b"
    r"|[\[<]\|?(?P<token>stop|refine)\|?[\]>]",
    re.IGNORECASE,
)
_WORD = re.compile(r"\W*(?P<word>right|correct|true|yes|wrong|incorrect|false|no)\W*", re.IGNORECASE)
_SENTENCE = re.compile(
    r"\b(?:answer|solution|result|work|it|that|this)\b[^.!?\n]*?\b(?:is|are|was)\s+"
    r"(?P<not>not\s+|in)?(?P<said>correct|right|wrong)\b[^.!?\n]{0,12}[.!]?\s*\Z",
    re.IGNORECASE,
)
_RIGHT = {"correct", "right", "true", "1", "yes", "stop"}


def stated_verdict(text: str) -> bool | None:
    """True where the text says right, False where it says wrong, None where neither is sure.

    Markers win over sentences; two markers, or none and no such last sentence, say nothing.
    """
    marked = [m.group(m.lastgroup or 0).lower() in _RIGHT for m in _MARKER.finditer(text)]
    if marked:
        return marked[0] if len(marked) == 1 else None
    word = _WORD.fullmatch(text)
    if word is not None:
        return word["word"].lower() in _RIGHT
    found = _SENTENCE.search(text.strip())
    if found is None:
        return None
    return (found["said"].lower() in _RIGHT) != bool(found["not"])
