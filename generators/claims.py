"""Wrong answers that somebody might claim: what the policy answered wrongly, else a number near the right one."""

from typing import TYPE_CHECKING

from generators.guards import states
from generators.reflect import sayable
from generators.solutions import answer_form

if TYPE_CHECKING:
    from generators.ask import Ask


async def wrong_claims(ask: "Ask", most: int, but: str = "") -> list[str]:
    """Up to `most` answers that the judge finds wrong and that do not stand in the text `but`, in a drawn order.

    "My steps do not lead to 35" would be false of steps that compute a 35 on their way.
    """
    answer = ask.case.problem.answer
    own = list(dict.fromkeys(a.verdict.evidence for a in ask.case.wrongs if sayable(a.verdict.evidence)))
    ask.rng.shuffle(own)
    near = []
    if answer.lstrip("-").isdigit():
        number = int(answer)
        near = [str(number + step) for step in ask.rng.sample((-10, -2, -1, 1, 2, 10), 6)]
    form = answer_form(ask.case.attempts)
    claims: list[str] = []
    for claim in (*own, *near):
        if len(claims) >= most:
            break
        stated = form.format(claim)
        if states(but, claim) or claim in claims or not (await ask.verify(stated)).is_wrong:
            continue
        claims.append(claim)
    return claims
