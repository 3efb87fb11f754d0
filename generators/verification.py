"""Verifications: a check of one attempt that ends in a verdict which agrees with the judge's.

Without a model it is an opener, a check made of the attempt's own equations or of its answer put back
into the problem (`generators.checking`, `generators.substitution`), for a wrong attempt where it goes wrong,
and a verdict in words. Where there is nothing to test, or nothing to say against a wrong attempt, there is
no check: one that shows nothing teaches to pass verdicts without looking. A model's is taken only where it
passes `fits`.
"""

import random
import re
from typing import TYPE_CHECKING

from filters.verify.arithmetic import tokens_of, value_of
from filters.verify.equations import Equation, equations
from filters.verify.named_answer import named_values
from filters.verify.stated_feedback import step_name
from filters.verify.stated_verdict import stated_verdict
from generators.checking import recheck
from generators.guards import leaks, states
from generators.locate import false_step
from generators.locating.base import SURE
from generators.prompts import checks, rechecks
from generators.prompts.noticing import CALCULATION as NOTICE_CALCULATION
from generators.prompts.verifications import CHECK_IT, SENTENCES, WITH_HELP
from generators.reflect import fill, sayable, shown
from generators.step_talk import false_beyond, of_another, sourced
from generators.substitution import Substituted, substituted
from generators.written import Writer, Written, written
from schemas.attempt import Attempt
from schemas.location import Location
from schemas.problem import Problem

if TYPE_CHECKING:
    from generators.ask import Ask

_LEAST_ROOM = 400
"""Characters that a model's verification may have even where the solution is shorter (S2R asks for
no more than the solution's own length)."""
_INCOMPLETE = frozenset({"missing_step", "dropped_case"})
"""Steps that compute something the problem asks for, and not all of it."""
_SUSPECTED = 0.6
"""From this confidence on a place is named as suspected; of 19 such, 13 were exact (docs/log.md, "Diagnosis")."""


async def verification(
    ask: "Ask",
    attempt: Attempt,
    writer: Writer = "auto",
    closing: tuple[str, str] | None = None,
    helped_by: str = "",
    opened: bool = True,
) -> Written | None:
    """A check of a judged attempt; None where there is nothing to show. Raises EngineError.

    `closing` is what it ends in, on a line of its own, for a right and for a wrong attempt; without
    it a sentence says so. `helped_by` is a right solution that a model is shown as well (SPOC). Our own
    words begin with an opener such as "Let me check this answer." only where `opened`.
    """
    right, wrong = closing or SENTENCES
    prompt = CHECK_IT.format(
        statement=ask.case.problem.statement,
        solution=attempt.text.strip(),
        help=WITH_HELP.format(right=helped_by.strip()) if helped_by else "",
        right=right,
        wrong=wrong,
    )
    ending = right if attempt.verdict.is_right else wrong

    def bank(rng: random.Random) -> str:
        said = own_words(rng, attempt, ask.case.problem.statement, opened, ask.glance(attempt))
        return f"{said} {ending}" if closing and said else said

    said = await written(
        ask, bank, prompt, lambda text: fits(text, attempt, ask.case.problem, ending), writer
    )
    if not said.text:
        ask.skip("nothing_to_check")
        return None
    body = said.text.removesuffix(ending).rstrip() if closing else said.text
    return Written(f"{body}\n{ending}" if closing else body, said.by, said.teacher)


def checkable(ask: "Ask", attempt: Attempt, writer: Writer = "auto") -> bool:
    """Whether a check of the attempt has something to show: from our own words, or, perhaps, a model's."""
    asked = writer in ("teacher", "policy") or (writer == "auto" and ask.teacher_id)
    statement = ask.case.problem.statement
    return bool(asked or own_words(random.Random(0), attempt, statement, found=ask.glance(attempt)))


def own_words(
    rng: random.Random, attempt: Attempt, statement: str, opened: bool = True, found: Location | None = None
) -> str:
    """A check from our own phrasings, ending in a verdict in words; empty where there is nothing to show.

    A right answer needs the equation that it is the result of tested: "5 + 5 = 10 holds, so 25 is correct" would
    confirm nothing. From where an attempt is known to go wrong (`found`) on, nothing of it is called right.
    """
    opener = f"{rng.choice(checks.OPENERS)} " if opened else ""
    answer, right = attempt.verdict.evidence, attempt.verdict.is_right
    put_back = substituted(statement, answer)
    if put_back is not None and put_back.holds == right:
        return f"{opener}{_fitting(rng, put_back, answer)} {_verdict(rng, answer, right)}"
    value = value_of(tokens_of(answer))
    tested = recheck(attempt.text, rng, answer=value)
    if right:
        enough = value is not None and value in tested.results
        return opener + " ".join([*tested.sentences, _verdict(rng, answer, right)]) if enough else ""
    if tested.false is not None and not (found and _behind(attempt, found, tested.false)):
        return opener + " ".join([*tested.sentences, _false(rng, tested.false, answer)])
    where = _where(rng, attempt, found) if found else ""
    if found is None or not where:
        return ""
    before = recheck(attempt.before(found.step), rng)
    holds = tested.false is None and before.whole and len(before.sentences) > 1  # they speak of several
    elsewhere = [rng.choice(rechecks.ELSEWHERE)] if holds else []
    return opener + " ".join([*before.sentences, *elsewhere, where, _verdict(rng, answer, right)])


def _behind(attempt: Attempt, found: Location, equation: Equation) -> bool:
    """Whether an equation stands behind the step where the attempt goes wrong already."""
    return equation.start >= attempt.steps[found.step].end


def _false(rng: random.Random, equation: Equation, answer: str) -> str:
    """What is said of the first false equation, with the verdict."""
    found = false_step([equation], 0, proven=False)
    if found.right:
        return fill(rng, checks.REJECT_EQUATION, found)
    return f"{fill(rng, NOTICE_CALCULATION, found)} {_verdict(rng, answer, right=False)}"


def _where(rng: random.Random, attempt: Attempt, found: Location) -> str:
    """Where an attempt goes wrong that computes rightly, as sure as that is known; empty where it is not."""
    if found.method == "answer" and found.confidence >= _SUSPECTED:
        return rng.choice(rechecks.NOT_ASKED)
    step = step_name(attempt.step_text(found.step), found.step)
    if step is None or found.confidence < _SUSPECTED:
        return ""
    if found.method == "identities":
        return rng.choice(rechecks.MISCOMPUTED).format(step=step)
    if found.confidence < SURE or not found.expression or found.kind in _INCOMPLETE:
        return rng.choice(rechecks.SUSPECTED).format(step=step)
    return rng.choice(rechecks.WRONG_STEP).format(step=step, computed=shown(found.expression))


def _fitting(rng: random.Random, put_back: Substituted, answer: str) -> str:
    """What putting the answer into the problem's equation shows."""
    pool = rechecks.FITS if put_back.holds else rechecks.FAILS
    return rng.choice(pool).format(
        name=put_back.name,
        value=answer.strip(),
        equation=put_back.equation,
        check=put_back.check,
        left=put_back.left,
        right=put_back.right,
    )


def _verdict(rng: random.Random, answer: str, right: bool) -> str:
    """A sentence that names the answer, where it is short, and says whether it is right."""
    if not sayable(answer):
        return rng.choice(checks.CONFIRM_UNSAID if right else checks.REJECT_UNSAID)
    return rng.choice(checks.CONFIRM if right else checks.REJECT).format(answer=shown(answer))


def fits(text: str, attempt: Attempt, problem: Problem, ending: str) -> bool:
    """Whether a model's check of the attempt may be learnt.

    It ends in `ending` after a check that computes or names something, states exactly one verdict, is no longer
    than the solution, states no false equation but those it quotes, computes with no number that stands neither in
    the problem nor in the attempt, and gives the right answer of a wrong attempt not away.
    """
    text = text.strip()
    said = stated_verdict(text)
    body = text.removesuffix(ending).strip()
    answer = problem.answer
    gives_away = attempt.verdict.is_wrong and states(text, answer) and not states(attempt.text, answer)
    return (
        text.endswith(ending)
        and said == attempt.verdict.is_right
        and len(text) <= max(_LEAST_ROOM, len(attempt.text))
        and checks_something(body, attempt, problem)
        and all(stated_verdict(sentence) in (None, said) for sentence in re.split(r"(?<=[.!?])\s+", body))
        and not gives_away
        and not (leaks(text) or of_another(text))
    )


def checks_something(body: str, attempt: Attempt, problem: Problem) -> bool:
    """Whether a check tests more than it asserts: it names numbers, all of them of the problem, the attempt or a
    true equation of its own."""
    own = [f"{e.left} = {e.stated}" for e in equations(body) if e.holds]
    known = (problem.statement, attempt.text, *own)
    return bool(named_values(body)) and sourced(body, *known) and not false_beyond(body, attempt.text)
