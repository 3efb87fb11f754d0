"""Answers reached with help: which of them may be learnt as if there had been none.

A solution that was found with a hint, an answer or a teacher's comment in the prompt is learnt from the
plain problem. It must then stand on its own feet: right, worked out, nothing false in it, and not a word about
the help.
"""

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from filters.truth import answers_wrongly_first
from filters.verify.doubtful import garbled, rounded
from filters.verify.equations import equations
from filters.verify.math.extract import extract_answer
from generators.guards import leaks
from generators.locating.flow import Evidence
from generators.locating.known import known_of
from generators.locating.luck import confirmed
from generators.locating.stated import CONVERSIONS, UNIT_FACTORS
from generators.second_answers import in_order
from generators.solutions import computes
from schemas.attempt import Attempt

if TYPE_CHECKING:
    from generators.ask import Ask

_HELP = re.compile(
    r"\b(?:hints?|feedback|guidelines?|peers?|teacher|rationale|apologi[sz]e|sorry)\b"
    r"|\b(?:earlier|previous|your|my|first|last|other) (?:attempts?|solutions?|answers?|mistakes?)\b"
    r"|\b(?:solution|answer|reasoning|structure|plan|work)s? (?:(?:is|are|was|were) )?(?:above|given|provided|shown)\b"
    r"|\b(?:given|provided|known|correct|reference|expected|right) (?:final )?(?:answer|solution|result)\b"
    r"|\b(?:as you|you (?:are|were) right|you (?:said|pointed|told))\b"
    r"|\bthe mistake\b|\bwe (?:know|are told) (?:that )?the answer\b",
    re.IGNORECASE,
)


def speaks_of_help(text: str) -> bool:
    """Whether a text shows that its writer was given more than the problem."""
    return _HELP.search(text) is not None or leaks(text)


def stands_alone(ask: "Ask", attempt: Attempt) -> bool:
    """Whether a right answer that was reached with help may be learnt without it."""
    return (
        sound(ask, attempt)
        and not answers_wrongly_first(attempt.text, ask.case.problem, ask.tools.judge)
        and not speaks_of_help(attempt.text)
    )


def sound(ask: "Ask", attempt: Attempt) -> bool:
    """Whether a further answer of the policy is right, says so, and was not reached by luck.

    It is stated as an answer, worked out in steps that follow each other, by true equations that round nothing to a
    whole number ("24 / 10 = 2" bags) with numbers that have a source, in the way a known solution has it.
    """
    return (
        attempt.verdict.is_right
        and extract_answer(attempt.text, explicit_only=True) is not None
        and attempt.text.count("{")
        == attempt.text.count("}")  # what is said after an open \boxed is not read
        and computes(attempt.text, ask.case.problem.answer)
        and in_order(attempt.text)
        and not garbled(attempt.text)
        and not any(e.holds is False or rounded(e) for e in equations(attempt.text))
        and works_it_out(ask, attempt)
        and grounded(ask, attempt)
        and confirmed(ask.case, ask.solutions(), attempt)
    )


def grounded(ask: "Ask", attempt: Attempt) -> bool:
    """Whether every number an attempt computes with has a source: the problem, an earlier result, a known solution.

    One who knows the answer can make up numbers that lead there ("-2 - 10 = -12" where nothing gives a 10; "2 + 2 = 4,
    4 + 16 = 20" where nothing gives a 2 or a 16). What is worked out in the head is refused too: a lost row, not a
    wrong one.
    """
    statement = ask.case.problem.statement
    evidence = Evidence(statement, attempt, known_of(ask.solutions(), statement))
    return all(
        _has_source(evidence, abs(operand), place) or _has_source(evidence, operand, place)
        for place, computation in enumerate(evidence.computations)
        for operand in computation.operands
    )


def _has_source(evidence: Evidence, operand: Fraction, place: int) -> bool:
    """Whether a number is not made up; a factor between units where the statement names one of the units."""
    if operand not in CONVERSIONS:
        return evidence.sourced(operand, place)
    asked = UNIT_FACTORS.get(operand)
    return (
        operand in evidence.given
        or operand in evidence.before(place)
        or any(operand in shape.operands for shape, _ in evidence.known.shapes)
        or (asked is not None and asked.search(evidence.statement) is not None)
    )


def works_it_out(ask: "Ask", attempt: Attempt) -> bool:
    """Whether an answer has a solution before it: several steps, or equations where the known solutions have them."""
    if any(equations(s.text) for s in ask.solutions()):
        return bool(equations(attempt.text))
    return len(attempt.steps) > 1
