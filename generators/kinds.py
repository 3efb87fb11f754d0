"""Weights of kinds of mistakes as an option of recipes: which kinds are put in, and how often."""

import math
from typing import Annotated

from pydantic import AfterValidator

from schemas.errors import KINDS
from schemas.family import nearest

_MATH = tuple(slug for slug, kind in KINDS.items() if kind.domain == "math")


def _of_mathematics(weights: dict[str, float]) -> dict[str, float]:
    for kind, weight in weights.items():
        if kind not in _MATH:
            raise ValueError(f"no mistake in mathematics is a {kind!r}{nearest(kind, _MATH)}")
        if not 0 <= weight < math.inf:
            raise ValueError(f"the weight of {kind!r} must be a number from 0")
    return weights


KindWeights = Annotated[dict[str, float], AfterValidator(_of_mathematics)]
"""Kind of mistake to weight; empty: as often as the policy makes them on the problem."""
