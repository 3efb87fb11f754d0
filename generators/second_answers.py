"""Second answers: how they are asked for, what may stand as one, and what may stand alone without the turn before."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from filters.verify.arithmetic import number_value, tokens_of
from filters.verify.equations import equations
from generators.locating.luck import confirmed
from generators.locating.stated import CONVERSIONS, stated_numbers
from generators.solutions import holds_up
from schemas.attempt import Attempt
from schemas.segment import Message

if TYPE_CHECKING:
    from generators.ask import Ask

_SPEAKS_BACK = re.compile(
    r"\b(?:previous|previously|earlier|above|again|apolog\w*|sorry|mistake\w*|error\w*|incorrect\w*|wrong\w*"
    r"|correct(?:ed|ing|ion)|re-?(?:check|examin|evaluat|consider|view|visit|do|calculat)\w*|double-check\w*"
    r"|you(?:'re| are) right|my (?:first|last|initial))\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^Step (\d{1,3}):", re.MULTILINE)


async def second_answers(ask: "Ask", request: str, firsts: int, tries: int) -> list[tuple[Attempt, Attempt]]:
    """First answers, wrong and right ones in turn, each with what the policy answered to a request to look again.

    Right second answers are sound, wrong ones attempts at the problem. None without a policy. Raises EngineError.
    """
    wrongs, rights = ask.case.wrongs, ask.rights()
    turns = [a for pair in zip(wrongs, rights, strict=False) for a in pair]
    turns += [a for a in (*wrongs, *rights) if a not in turns]
    pairs = []
    for first in turns[:firsts] if ask.has_policy else ():
        asked = (*ask.prompt, Message("assistant", first.text), Message("user", request))
        seconds = await ask.answers(tries, "second", messages=asked, parents=[first.id])
        pairs += [(first, b) for b in seconds if _usable(ask, b)]
    return pairs


def _usable(ask: "Ask", attempt: Attempt) -> bool:
    return sound(ask, attempt) or (attempt.verdict.is_wrong and plausible(ask, attempt.text))


def spread(pairs: Sequence[tuple[Attempt, Attempt]]) -> list[tuple[Attempt, Attempt]]:
    """The pairs with those first whose first answer has not been used before; the order kept otherwise."""
    turns: dict[str, int] = {}
    ranked = []
    for pair in pairs:
        turn = turns.setdefault(pair[0].id, 0)
        turns[pair[0].id] += 1
        ranked.append((turn, pair))
    return [pair for _, pair in sorted(ranked, key=lambda item: item[0])]


def sound(ask: "Ask", attempt: Attempt) -> bool:
    """Whether an attempt that is not one of the case's own is right, not by luck, and states nothing false."""
    return (
        attempt.verdict.is_right
        and plausible(ask, attempt.text)
        and holds_up(attempt, ask.case.problem, ask.tools.judge)
        and confirmed(ask.case, ask.solutions(), attempt)
    )


def plausible(ask: "Ask", text: str) -> bool:
    """Whether a text is at least an attempt at this problem, and not a scrap or a muddle of small models."""
    return whole(ask, text) and in_order(text) and draws_on(text, ask.case.problem.statement)


def whole(ask: "Ask", text: str) -> bool:
    """Whether a text is a solution and not a scrap of one.

    Asked again, small models give the bare answer or broken text. Braces must close, and it must state
    half as many equations as the least of the right solutions known.
    """
    least = min((len(equations(s.text)) for s in ask.solutions()), default=0)
    return text.count("{") == text.count("}") and 2 * len(equations(text)) >= least


def in_order(text: str) -> bool:
    """Whether steps that are numbered are numbered 1, 2, 3, …"""
    numbers = [int(m[1]) for m in _NUMBERED.finditer(text)]
    return numbers == list(range(1, len(numbers) + 1))


def draws_on(text: str, statement: str) -> bool:
    """Whether a text computes with this problem's numbers.

    Its first equation must use one that the statement gives, and more than half of all numbers it computes with
    must be given, computed before, or factors between units. A text without equations is not asked.
    """
    given = set(stated_numbers(statement))
    known = given | CONVERSIONS
    sourced: list[bool] = []
    for number, equation in enumerate(equations(text)):
        used = _operands(equation.left)
        if number == 0 and used and given and not used & given:
            return False
        sourced += [n in known for n in sorted(used)]
        known.add(equation.stated_value)
    return not sourced or 2 * sum(sourced) > len(sourced)


def _operands(expression: str) -> set[Fraction]:
    return {number_value(t) for t in tokens_of(expression) if t.kind == "number"}


def stands_alone(text: str) -> bool:
    """Whether a second answer can be read as a first one: it does not speak of an answer before it."""
    return _SPEAKS_BACK.search(text) is None
