"""Attempts: sampled from the policy, or brought in a file; cut into steps and judged."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from filters.verify.math.judge import Judge
from generators.roles import PromptOptions, Role
from generators.steps import StepStyle, split_steps
from schemas.attempt import Attempt
from schemas.ids import content_id, nfc
from schemas.problem import Problem
from schemas.segment import Message
from schemas.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from generators.ask import Tools


@dataclass(frozen=True, slots=True)
class BroughtAttempt:
    """A rollout from a person's file, matched to its problem."""

    text: str
    model: str
    index: int


def brought(problem: Problem, rollouts: Sequence[BroughtAttempt], style: StepStyle) -> list[Attempt]:
    """Attempts from a file; `policy` is a fingerprint of the model's name, all that is known of it."""
    return [
        Attempt(
            problem_id=problem.id,
            text=text,
            steps=split_steps(text, style),
            model=rollout.model,
            policy=content_id("m", ["file", rollout.model]),
            index=rollout.index,
            finish="file",
        )
        for rollout in rollouts
        for text in [nfc(rollout.text)]
    ]


async def sample(
    problem: Problem, policy: Role, prompt: PromptOptions, count: int, style: StepStyle, details: bool = False
) -> list[Attempt]:
    """`count` answers of the policy, with `details` also per token. Raises EngineError."""
    completions = await policy.ask(prompt.messages(problem), n=count, details=details)
    return [
        Attempt(
            problem_id=problem.id,
            text=text,
            steps=split_steps(text, style),
            model=policy.engine.model,
            policy=policy.id,
            index=index,
            finish=completion.finish,
            tokens=len(completion.token_ids),
            logprob=completion.logprob,
            token_logprobs=completion.logprobs if details else None,
            token_entropies=completion.entropies if details else None,
            sampling=policy.sampling_text,
        )
        for index, completion in enumerate(completions)
        for text in [nfc(completion.text)]
    ]


def answer_to(
    problem: Problem, messages: Sequence[Message], prefix: str, tools: "Tools", text: str, index: int
) -> Attempt:
    """An unjudged attempt of the policy at something else than the problem alone; `text` begins with `prefix`."""
    assert tools.policy is not None
    return Attempt(
        problem_id=problem.id,
        text=text,
        steps=split_steps(text, tools.style),
        model=tools.policy.engine.model,
        policy=tools.policy.id,
        index=index,
        sampling=tools.policy.sampling_text,
        asked=content_id("q", [[m.role, m.content] for m in messages] + [prefix]),
    )


async def judged(problem: Problem, attempt: Attempt, judge: Judge) -> Attempt:
    """The attempt with its verdict. One cut off by the token limit is judged only by an answer it states."""
    if not attempt.text.strip():
        return replace(attempt, verdict=Verdict(Outcome.UNKNOWN, "empty"))
    cut_off = attempt.finish == "length"
    verdict = await judge.averdict(problem, attempt.text, explicit_only=cut_off)
    if cut_off and not verdict.is_right:
        verdict = Verdict(Outcome.UNKNOWN, "truncated", verdict.method, verdict.evidence)
    return replace(attempt, verdict=verdict)
