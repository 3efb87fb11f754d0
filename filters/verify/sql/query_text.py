"""The query in a model's reply."""

import re

_FENCE = re.compile(r"```[ \t]*(?P<language>\w*)[^\n]*\n(?P<body>.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)


def query_in(reply: str) -> str:
    """The last fenced block that is SQL or says no language; the whole reply where there is none."""
    blocks = [
        m["body"] for m in _FENCE.finditer(reply) if m["language"].lower() in ("", "sql", "sqlite", "duckdb")
    ]
    return blocks[-1].strip() if blocks else reply
