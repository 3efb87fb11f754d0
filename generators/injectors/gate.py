"""SPC's gate for an injected step: the policy was about to succeed before it and never succeeds after it.

SPC (arXiv 2504.19162) keeps a step as an error where continuations succeed with at least 0.75 before it
and never after it: a mistake that the policy repairs in passing teaches nothing about its cost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from generators.locating.continuations import Value
from generators.steps import split_steps
from schemas.injection import Check, Injection

CHECK = "spc_gate"
LEAST_BEFORE = 0.75
"""Share of continuations that must end right before the step."""


async def gated(
    injection: Injection,
    value: Callable[[str, int], Awaitable[Value]],
    samples: int,
    least_before: float = LEAST_BEFORE,
) -> Injection:
    """The injection with one check more; `value(prefix, n)` is the share of n continuations that end right.

    Raises EngineError.
    """
    step = split_steps(injection.text)[injection.step]
    before = await value(injection.text[: step.start], samples)
    after = await value(injection.text[: step.end], samples)
    passed = before.share is not None and before.share >= least_before and after.share == 0.0
    seen = f"{_told(before)} before the step, {_told(after)} after it"
    return replace(injection, checks=(*injection.checks, Check(CHECK, passed, seen)))


def _told(value: Value) -> str:
    if value.share is None:
        return "none judged"
    return f"{round(value.share * value.samples)} of {value.samples} right"
