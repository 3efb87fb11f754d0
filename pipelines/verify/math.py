"""`corrigenda verify math`: verdicts on a file of answers.

    {"reference": "1/3", "answer": "so it is \\boxed{\\frac13}"}
 -> {"reference": …, "answer": …, "verdict": "right", "reason": "equal", "method": "exact", "seconds": 0.0001}

`params` of a line holds options of the judge for that line (`{"decimal_places": 2}`), or what the public
suites call them: `precision`, `allow_set_relation_comp`, `match_type`, `language`.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from filters.verify.math.judge import Judge
from filters.verify.math.options import RESOURCES, JudgeOptions
from pipelines.lines import Fields, work_lines
from pipelines.verify.options import complaint
from schemas.exceptions import RecordError
from schemas.family import nearest

MATCH_TYPES = ("latex", "expr", "string", "NativeLetters")
"""What math-verify and lighteval may look for in a text; without the last two a lone letter is no choice."""

_SUITE_NAMES = {"precision": "decimal_places", "allow_set_relation_comp": "set_for_relation"}
_RULES = sorted(set(JudgeOptions.model_fields) - RESOURCES)


def verify_math(source: Path, target: Path, options: JudgeOptions) -> int:
    """Judge a file; the command's exit code."""
    with Judge(options) as judge, ThreadPoolExecutor(options.workers) as threads:

        def added(pair: _Pair) -> Fields:
            began = time.perf_counter()
            found = judge.stated_equal(pair.reference, pair.answer, pair.rules, pair.letters)
            seconds = round(time.perf_counter() - began, 6)
            verdict = {"verdict": found.outcome.value, "reason": found.reason, "method": found.method}
            return {**verdict, "seconds": seconds}

        def judged(pairs: list[_Pair]) -> Iterator[Fields]:
            return threads.map(added, pairs) if options.workers > 1 else map(added, pairs)

        def read(row: Fields) -> _Pair:
            rules, letters = row_rules(row.get("params"), options)
            return _Pair(_text(row, "reference"), _text(row, "answer"), rules, letters)

        return work_lines(source, target, read, judged, {"verdict": "unknown", "method": "", "seconds": 0.0})


class _Pair(NamedTuple):
    """One line."""

    reference: str
    answer: str
    rules: JudgeOptions | None
    letters: bool


def _text(row: Fields, key: str) -> str:
    value = row.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    if not isinstance(value, str):
        raise RecordError(f"{key!r} must be a text or a number, got {type(value).__name__}")
    return value


def row_rules(params: object, options: JudgeOptions) -> tuple[JudgeOptions | None, bool]:
    """The options of one line, None for the file's, and whether a lone letter may be a choice."""
    if params is None or params == {}:
        return None, True
    if not isinstance(params, dict):
        raise RecordError(f"'params' must be an object, got {type(params).__name__}")
    changes: dict[str, Any] = {}
    letters = True
    for name, value in params.items():
        if name == "language":
            _expect(isinstance(value, str), name, "a text", value)
        elif name == "match_type":
            kinds = [value] if isinstance(value, str) else value
            known = isinstance(kinds, list) and all(kind in MATCH_TYPES for kind in kinds)
            _expect(known, name, f"a list of {', '.join(MATCH_TYPES)}", value)
            letters = bool({"string", "NativeLetters"} & set(kinds))
        else:
            key = _SUITE_NAMES.get(name, name)
            if key not in _RULES:
                near = nearest(str(name), [*_RULES, *_SUITE_NAMES, "language", "match_type"])
                raise RecordError(f"no parameter is called {name!r}{near}")
            changes[key] = value
    if not changes:
        return None, letters
    try:
        return JudgeOptions(**{**options.model_dump(), **changes}), letters
    except ValidationError as error:
        raise RecordError(f"params: {complaint(error)}") from error


def _expect(fits: bool, name: str, expected: str, value: object) -> None:
    if not fits:
        raise RecordError(f"parameter {name!r} must be {expected}, got {value!r}")
