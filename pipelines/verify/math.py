"""`corrigenda verify math`: verdicts on a file of answers.

    {"reference": "1/3", "answer": "so it is \\boxed{\\frac13}"}
 -> {"reference": …, "answer": …, "verdict": "right", "reason": "equal", "method": "exact", "seconds": 0.0001}

`params` of a line holds options of the judge for that line (`{"decimal_places": 2}`), or what the public
suites call them: `precision`, `allow_set_relation_comp`, `match_type`, `language`.
"""

import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from filters.verify.math.judge import Judge
from filters.verify.math.options import RESOURCES, JudgeOptions
from pipelines.verify.lines import BadLine, Row, judge_lines
from schemas.exceptions import ConfigError
from schemas.family import nearest

MATCH_TYPES = ("latex", "expr", "string")
"""What math-verify may look for in a text; without `string` a lone letter is no choice."""

_SUITE_NAMES = {"precision": "decimal_places", "allow_set_relation_comp": "set_for_relation"}
_RULES = sorted(set(JudgeOptions.model_fields) - RESOURCES)


def judge_options(preset: str, changes: Iterable[str], given: dict[str, Any]) -> JudgeOptions:
    """Options from a preset, `KEY=VALUE` changes and ready values; ConfigError names what is wrong."""
    base = JudgeOptions.published() if preset == "published" else JudgeOptions()
    values = base.model_dump()
    for change in changes:
        key, equals, written = change.partition("=")
        if not equals or key not in values:
            raise ConfigError(f"--set {change}: expected KEY=VALUE with one of {', '.join(sorted(values))}")
        values[key] = yaml.safe_load(written)
    try:
        return JudgeOptions(**{**values, **given})
    except ValidationError as error:
        raise ConfigError(f"options of the judge: {_first(error)}") from error


def verify_math(source: Path, target: Path, options: JudgeOptions) -> int:
    """Judge a file; the command's exit code."""
    with Judge(options) as judge:

        def verdict(row: Row) -> Row:
            reference, answer = _text(row, "reference"), _text(row, "answer")
            rules, letters = row_rules(row.get("params"), options)
            began = time.perf_counter()
            found = judge.stated_equal(reference, answer, rules, letters)
            seconds = round(time.perf_counter() - began, 6)
            return {
                "verdict": found.outcome.value,
                "reason": found.reason,
                "method": found.method,
                "seconds": seconds,
            }

        return judge_lines(source, target, verdict, options.workers, _summary)


def _summary(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[word]} {word}" for word in ("right", "wrong", "unknown"))


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    if not isinstance(value, str):
        raise BadLine(f"{key!r} must be a text or a number, got {type(value).__name__}")
    return value


def row_rules(params: object, options: JudgeOptions) -> tuple[JudgeOptions | None, bool]:
    """The options of one line, None for the file's, and whether a lone letter may be a choice."""
    if params is None or params == {}:
        return None, True
    if not isinstance(params, dict):
        raise BadLine(f"'params' must be an object, got {type(params).__name__}")
    changes: dict[str, Any] = {}
    letters = True
    for name, value in params.items():
        if name == "language":
            _expect(isinstance(value, str), name, "a text", value)
        elif name == "match_type":
            kinds = [value] if isinstance(value, str) else value
            known = isinstance(kinds, list) and all(kind in MATCH_TYPES for kind in kinds)
            _expect(known, name, f"a list of {', '.join(MATCH_TYPES)}", value)
            letters = "string" in kinds
        else:
            key = _SUITE_NAMES.get(name, name)
            if key not in _RULES:
                near = nearest(str(name), [*_RULES, *_SUITE_NAMES, "language", "match_type"])
                raise BadLine(f"no parameter is called {name!r}{near}")
            changes[key] = value
    if not changes:
        return None, letters
    try:
        return JudgeOptions(**{**options.model_dump(), **changes}), letters
    except ValidationError as error:
        raise BadLine(f"params: {_first(error)}") from error


def _expect(fits: bool, name: str, expected: str, value: object) -> None:
    if not fits:
        raise BadLine(f"parameter {name!r} must be {expected}, got {value!r}")


def _first(error: ValidationError) -> str:
    """The first complaint, on one line."""
    detail = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}, got {detail['input']!r}"
