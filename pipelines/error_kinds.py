"""The policy's own mistakes by kind: how many wrong attempts of each, per source and difficulty.

    {"gsm8k": {"": {"calculation": 12, "operator": 40, "unknown": 31}}}

Counted case by case under one slug each (`error_kind.["gsm8k","","operator"]`), so that chunks add up
and resume like every other count.
"""

import json
from collections.abc import Mapping

from schemas.case import Case
from schemas.location import Location

_PREFIX = "error_kind."

ErrorKinds = dict[str, dict[str, dict[str, int]]]
"""Source -> difficulty -> kind -> wrong attempts."""


def kind_slugs(case: Case, locations: Mapping[str, Location]) -> list[str]:
    """One slug for every wrong attempt of a case."""
    problem = case.problem
    kinds = [locations[a.id].kind if a.id in locations else "unknown" for a in case.wrongs]
    return [
        _PREFIX + json.dumps([problem.source, problem.difficulty, kind], separators=(",", ":"))
        for kind in kinds
    ]


def without_kinds(counts: Mapping[str, int]) -> tuple[dict[str, int], ErrorKinds]:
    """All other counts, and the kinds as a table with sorted keys."""
    rest = {name: n for name, n in counts.items() if not name.startswith(_PREFIX)}
    table: ErrorKinds = {}
    for name in sorted(counts.keys() - rest.keys()):
        source, difficulty, kind = json.loads(name.removeprefix(_PREFIX))
        table.setdefault(source, {}).setdefault(difficulty, {})[kind] = counts[name]
    return rest, table


def kinds_table(kinds: Mapping[str, Mapping[str, Mapping[str, int]]]) -> list[str]:
    """The table as Markdown lines: kinds by how often they were found; empty where no attempt was wrong."""
    rows = [(s, d, k, n) for s, ds in kinds.items() for d, ks in ds.items() for k, n in ks.items()]
    if not rows:
        return []
    lines = ["", "## Mistakes by kind", ""]
    lines += ["Of the wrong attempts; `unknown` where nothing symbolic tells the kind.", ""]
    lines += ["| source | difficulty | kind | attempts |", "|---|---|---|---|"]
    for source, difficulty, kind, number in sorted(rows, key=lambda r: (r[0], r[1], -r[3], r[2])):
        lines.append(f"| {_cell(source)} | {_cell(difficulty)} | `{kind}` | {number} |")
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "/") or "-"
