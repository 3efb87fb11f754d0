"""What follows from a changed result, case by case, and what is refused."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from generators.dataflow.propagate import Change, Refused, propagate
from generators.dataflow.reading import read
from schemas.injection import apply

CASES = json.loads((Path(__file__).parents[2] / "cases" / "propagation.json").read_text(encoding="utf-8"))


def follow(case: dict[str, Any]) -> str:
    graph = read(case["statement"], case["text"])
    node = graph.nodes[case["equation"]]
    try:
        edits, answer = propagate(graph, Change(node.step, {}, {case["equation"]: Fraction(case["value"])}))
    except Refused as refused:
        return str(refused)
    text = apply(case["text"], edits)
    assert answer in text
    return text


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["source"])
def test_cases(case: dict[str, Any]) -> None:
    assert follow(case) == case["becomes"]
