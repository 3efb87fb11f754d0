"""Enough of SQL's lexical rules to see words outside texts, names and comments."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?(?:\*/|\Z)          # comments
    |'(?:[^']|'')*'?                       # text
    |"(?:[^"]|"")*"?|`(?:[^`]|``)*`?       # quoted names
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>[()\[\]])""",
    re.VERBOSE | re.DOTALL,
)

RANDOM = frozenset(
    {
        "random",
        "randomblob",
        "setseed",
        "uuid",
        "uuidv4",
        "uuidv7",
        "gen_random_uuid",
        "tablesample",
        "sample",
    }
)
"""Functions and clauses whose result is drawn anew."""

CLOCK = frozenset(
    {"now", "today", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
    | {"get_current_time", "get_current_timestamp", "transaction_timestamp", "nextval", "currval"}
    | {"txid_current", "current_query_id", "current_transaction_id", "current_connection_id"}
)
"""Functions whose result depends on when, or on how many times, they are asked."""


class Word(NamedTuple):
    """A word in lower case, and how many brackets are open around it."""

    text: str
    depth: int


def words(sql: str) -> Iterator[Word]:
    """The unquoted words of a statement."""
    depth = 0
    for match in _TOKEN.finditer(sql):
        sign = match["sign"]
        if sign:
            depth += 1 if sign in "([" else -1
        elif match["word"]:
            yield Word(match["word"].lower(), depth)


def asks_for_order(sql: str) -> bool:
    """Whether the outermost query has an ORDER BY (one inside brackets does not count)."""
    top = [word.text for word in words(sql) if word.depth == 0]
    return ("order", "by") in pairwise(top)


def uses_random(sql: str) -> bool:
    """Whether a word of it may stand for a drawn value."""
    return any(word.text in RANDOM for word in words(sql))


def uses_clock(sql: str) -> bool:
    """Whether a word of it may stand for the time of asking; `'now'` is a text."""
    return "'now'" in sql.lower() or any(word.text in CLOCK for word in words(sql))
