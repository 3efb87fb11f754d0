"""How much of an answer was rewritten: SCoRe's edit-distance ratio (arXiv 2409.12917), over words.

>>> edit_ratio("3 + 4 = 8", "3 + 4 = 7")
0.1
>>> bucket(0.13)
'edit_0.1'
"""

import re


def edit_ratio(first: str, second: str) -> float:
    """Fewest words and signs to insert, delete or replace, over the words of both; 0 is alike, 1 at most."""
    a, b = (re.findall(r"\w+|[^\w\s]", text) for text in (first, second))
    return distance(a, b) / (len(a) + len(b)) if a or b else 0.0


def bucket(ratio: float) -> str:
    """The tenth that a ratio lies in, by its lower bound."""
    return f"edit_{min(int(ratio * 10 + 1e-9), 9) / 10:.1f}"


def distance(a: list[str], b: list[str]) -> int:
    """Levenshtein distance. Time and memory as len(a) * len(b), equal ends not counted."""
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]
