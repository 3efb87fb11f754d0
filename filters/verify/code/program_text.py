"""Finds the program in a model's reply: the last complete code block that defines what is asked for."""

import ast
import re
from collections.abc import Iterator

from filters.verify.code.program_tree import program_tree
from filters.verify.code.scope import defined_names

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n`]*\n(.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
_PYTHON = frozenset({"", "python", "python3", "py"})


def program_in(reply: str, entry_point: str = "") -> str | None:
    """The program of a reply; None where there is none.

    Fenced blocks marked Python or not at all are looked at from the last to the first: one that parses
    and defines `entry_point`, else the last that parses and does something, else the last at all (its
    mistake is then the program's). A reply without a complete block is a program where it parses as a
    whole. Blocks that were cut short are not programs.
    """
    entry_point = re.split(r"\W", entry_point)[0]  # `Solution().f`: the class is what is defined
    blocks = list(_blocks(reply))
    parsed = [block for block in blocks if _parses(block)]
    for block in reversed(parsed):
        if entry_point and entry_point in defined_names(block):
            return block
    if parsed:
        return parsed[-1]
    if blocks:
        return blocks[-1]
    text = reply.strip("\n")
    if (
        text.strip()
        and "```" not in text
        and _parses(text)
        and (not entry_point or entry_point in defined_names(text))
    ):
        return text
    return None


def _blocks(reply: str) -> Iterator[str]:
    for match in _FENCE.finditer(reply.replace("\r\n", "\n") + "\n"):
        if match[2].lower() in _PYTHON and match[3].strip():
            yield _dedented(match[3])


def _dedented(block: str) -> str:
    """A block within a list item is indented as a whole."""
    lines = block.split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)


def _parses(text: str) -> bool:
    """Whether a text is Python that does more than name or state values: prose of one word is none."""
    tree = program_tree(text)
    return tree is not None and any(
        not isinstance(s, ast.Expr) or isinstance(s.value, ast.Call) for s in tree.body
    )
