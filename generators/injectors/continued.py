"""Mistakes of the policy itself, behind right steps that are given to it.

The policy is asked for one step after every right prefix of a solution, several times. Sample s of
all prefixes together is a walk: it goes on while its step is the right one, and the first step that
is provably false is its mistake. The rest of the text is the policy's own too. So these are its own
mistakes, at the places where it makes them; what is gained over sampling whole answers is that the
steps before the mistake are known to be right, and that no answer is sampled in vain.
"""

import random
from dataclasses import replace

from filters.verify.equations import equations
from filters.verify.math.judge import Judge
from generators.injectors.base import Subject
from generators.injectors.inject import Injected
from generators.injectors.proof import prove
from generators.roles import Role
from generators.steps import split_steps
from schemas.injection import Edit, Injection
from schemas.segment import Message

NAME = "continued"
_OWN_RISK = "one_cause"
"""The check that is not asked for: what the policy gets wrong after its mistake is its own as well."""


async def continue_wrongly(
    subject: Subject,
    policy: Role,
    messages: tuple[Message, ...],
    rng: random.Random,
    judge: Judge,
    *,
    count: int = 1,
    samples: int = 8,
) -> Injected:
    """Up to `count` different proven mistakes of `samples` walks, with `logprob`. Raises EngineError.

    Works on solutions of one step a line; others give nothing.
    """
    wrong = await _walks(subject, policy, messages, samples)
    rng.shuffle(wrong)
    accepted: dict[str, Injection] = {}
    refused: list[Injection] = []
    for number, step in wrong:
        if len(accepted) == count:
            break
        injection = await _whole(subject, policy, messages, number, step, judge)
        proven = prove(injection, subject, judge) if injection else None
        if proven is None or proven.text in accepted:
            continue
        kept = replace(proven, checks=tuple(c for c in proven.checks if c.name != _OWN_RISK))
        if not kept.proven or len(kept.checks) < 4:
            refused.append(kept)
            continue
        start = split_steps(kept.text)[kept.step].start
        (scored,) = await policy.score(messages, kept.text[:start], [step])
        accepted[kept.text] = replace(kept, logprob=scored.mean)
    return Injected(tuple(accepted.values()), tuple(refused))


async def _walks(
    subject: Subject, policy: Role, messages: tuple[Message, ...], samples: int
) -> list[tuple[int, str]]:
    """Step number and text of the first false step of every walk that has one."""
    text = subject.solution
    walking, found = list(range(samples)), []
    for number, step in enumerate(split_steps(text)):
        right = text[step.start : step.end].rstrip()
        if not walking or (number and text[step.start - 1] != "\n"):
            break
        sampled = await policy.ask(messages, text[: step.start], samples, stop=("\n",), temperature=1.0)
        for walk in list(walking):
            own = sampled[walk].text.rstrip()
            if own == right:
                continue
            walking.remove(walk)
            if sampled[walk].finish == "stop" and any(e.holds is False for e in equations(own)):
                found.append((number, own))
    return found


async def _whole(
    subject: Subject, policy: Role, messages: tuple[Message, ...], number: int, step: str, judge: Judge
) -> Injection | None:
    """The right prefix, the wrong step and what the policy goes on with; None where it does not end."""
    place = split_steps(subject.solution)[number]
    head = subject.solution[: place.start] + step + "\n"
    (rest,) = await policy.ask(messages, head, temperature=1.0)
    if rest.finish != "stop":
        return None
    edits = [Edit(place.start, place.end, step + "\n")]
    if place.end < len(subject.solution) or rest.text:
        edits.append(Edit(place.end, len(subject.solution), rest.text, "consequence"))
    text = head + rest.text
    return Injection(
        injector=NAME,
        kind="calculation",
        original=subject.solution,
        text=text,
        edits=tuple(edits),
        step=number,
        answer=judge.verdict(subject.problem, text).evidence,
    )
