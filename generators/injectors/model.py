"""A model asked for one plausible mistake of one kind at one place, written through to a wrong answer.

For the kinds that no program can make because the words change with them (a misread question, a wrong
concept or formula), and for those it can, in a model's own manner. No member of the family: it has to
wait for an engine. What it promises is the same: the edits rebuild the text, the text before the
step is untouched, and nothing is used before its proof.

The reply is taken only whole: the wrong solution between its marks, the same text up to the step, a
difference that begins in the step, no word about the mistake. The first stretch of words that differs is
the cause, the others are its consequences.
"""

import random
import re
from dataclasses import replace
from difflib import SequenceMatcher

from pydantic import Field

from filters.verify.equations import states_falsehood
from filters.verify.math.extract import extract_answer
from filters.verify.math.judge import Judge
from generators.algebra import proof as latex_proof
from generators.injectors import proof as number_proof
from generators.injectors.base import Subject
from generators.prompts.injections import ASK, CLOSING, EXAMPLES, FEW_SHOT, OPENING, TALK, TWO_LINES
from generators.roles import Role
from generators.steps import StepStyle, split_steps
from schemas.errors import KINDS
from schemas.exceptions import RecordError
from schemas.family import Options
from schemas.injection import Check, Edit, Injection
from schemas.segment import Message

NAME = "model"
_WORDS = re.compile(r"\s+|\\[A-Za-z]+|\w+|[^\w\s]")
_TALK = re.compile(rf"\b(?:{TALK})\b", re.IGNORECASE)
_MEANING = frozenset(
    ["question_misread", "formula", "concept", "irrelevant_information", "operator", "context_value"]
)
"""Kinds whose equations hold: a false one is another kind of mistake than was asked for."""


class ModelInjector(Options):
    """Asks a role for wrong solutions."""

    samples: int = Field(default=2, ge=1)
    """Replies asked for at a place."""
    most_times: float = Field(default=2, gt=1)
    """How many times longer or shorter than the right solution a wrong one may be."""
    style: StepStyle = "auto"
    """How solutions are cut into steps."""

    async def propose(
        self, subject: Subject, kind: str, step: int, role: Role, rng: random.Random
    ) -> list[Injection]:
        """Unproven injections of a kind in the 0-based step, different ones, in an order that `rng` draws.

        Raises EngineError, and KeyError for a kind that is not in the taxonomy.
        """
        steps = split_steps(subject.solution, self.style)
        if not 0 <= step < len(steps):
            return []
        replies = await role.ask((Message("user", self.prompt(subject, kind, step)),), n=self.samples)
        found: dict[str, Injection] = {}
        for reply in replies:
            made = self.read(reply.text, subject, kind, step) if reply.finish == "stop" else None
            if made is not None:
                found.setdefault(made.text, made)
        made_all = list(found.values())
        rng.shuffle(made_all)
        return made_all

    def prompt(self, subject: Subject, kind: str, step: int) -> str:
        """What the role is asked."""
        entry, example = KINDS[kind], EXAMPLES.get(kind)
        shown = (
            FEW_SHOT.format(**example._asdict(), opening=OPENING, closing=CLOSING)
            if example
            else TWO_LINES.format(right=entry.example[0], wrong=entry.example[1])
        )
        steps = split_steps(subject.solution, self.style)
        parts = {
            "definition": entry.definition,
            "example": shown,
            "step": str(step + 1),
            "opening": OPENING,
            "closing": CLOSING,
            "statement": subject.problem.statement,
            "solution": subject.solution,
            "text": subject.solution[steps[step].start : steps[step].end].strip(),
        }
        # one pass: a statement may itself hold braces
        return re.sub(r"\{(\w+)\}", lambda m: parts.get(m[1], m[0]), ASK)

    def read(self, reply: str, subject: Subject, kind: str, step: int) -> Injection | None:
        """The injection that a reply is, or None where it is none of the form that was asked for."""
        original = subject.solution
        head, opened, rest = reply.partition(OPENING)
        text, closed, tail = rest.partition(CLOSING)
        if not opened or not closed or head.strip() or tail.strip() or OPENING in rest:
            return None
        text = _as_in(text, original)
        place = split_steps(original, self.style)[step]
        if text == original or not text.startswith(original[: place.start]):
            return None
        if not len(original) / self.most_times <= len(text) <= len(original) * self.most_times:
            return None
        said, known = _talk(text), _talk(original)
        edits = differences(original, text)
        begins = edits[0].start if edits else len(original)
        if said - known or not place.start <= begins < max(place.end, place.start + 1):
            return None
        found = extract_answer(text, True) or extract_answer(text)
        try:
            return Injection(
                injector=NAME,
                kind=kind,
                original=original,
                text=text,
                edits=edits,
                step=step,
                answer=found.answer if found else "",
            )
        except RecordError:
            return None


def differences(original: str, text: str) -> tuple[Edit, ...]:
    """The edits that make one text of another, by words; the first is the cause. Empty for equal texts."""
    old, new = _WORDS.findall(original), _WORDS.findall(text)
    starts = [0]
    for word in old:
        starts.append(starts[-1] + len(word))
    merged: list[list[int]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if merged and not "".join(old[merged[-1][1] : a]).strip():
            merged[-1][1], merged[-1][3] = b, d
        else:
            merged.append([a, b, c, d])
    return tuple(
        Edit(starts[a], starts[b], "".join(new[c:d]), "consequence" if number else "cause")
        for number, (a, b, c, d) in enumerate(merged)
    )


def prove(injection: Injection, subject: Subject, judge: Judge) -> Injection:
    """The injection with its checks: by its equations where they show the mistake, else by the judge alone.

    `judge_only` among the checks says that no equation shows the mistake: the answer is wrong, the text up
    to the step is right, and that the mistake is of its kind is the model's word.
    """
    if KINDS[injection.kind].proofs:
        for by in (number_proof.prove, latex_proof.prove):
            proven = by(injection, subject, judge)
            if proven.proven:
                return proven
    checks: list[Check] = []
    start = injection.cause.start
    same = injection.original == subject.solution and injection.text[:start] == injection.original[:start]
    checks.append(Check("prefix_untouched", same, f"{start} characters"))
    after = split_steps(injection.text)
    later = injection.text[after[injection.step].end :] if injection.step < len(after) else ""
    checked = injection.text if injection.kind in _MEANING else later
    checks.append(Check("equations_hold", not states_falsehood(checked), f"{len(checked)} characters"))
    right = judge.verdict(subject.problem, injection.original)
    verdict = judge.verdict(subject.problem, injection.text)
    seen = f"{verdict.evidence} against {subject.problem.answer}: {verdict.outcome.value}"
    checks.append(Check("answer_wrong", right.is_right and verdict.is_wrong, seen))
    checks.append(Check("judge_only", True, "no equation that was read shows the mistake"))
    return replace(injection, checks=tuple(checks))


def _as_in(text: str, original: str) -> str:
    """The text with the white space around it that the original has."""
    body = original.strip()
    at = original.find(body)
    return original[:at] + text.strip() + original[at + len(body) :]


def _talk(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _TALK.findall(text))
