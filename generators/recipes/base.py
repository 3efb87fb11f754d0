"""Recipes: each turns one case into examples, as one published method builds its data.

A recipe is one file with one class whose fields are its options. It reads like the algorithm in
its paper: straight lines for one case; all cases of a chunk run at once. What every recipe promises
is held by tests/contracts/test_recipes.py: deterministic given the replies, unique ids, spans
that tile, right sides that verify, mistakes never learnt unless `learns_mistakes` says so, the
text before a mistake verbatim the policy's own, and nothing rather than something doubtful.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Unpack

import pydantic

from generators.ask import Ask
from generators.lineage import Facts, lineage
from generators.reflect import reflection
from generators.written import Writer
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, PreferenceExample, RowKind, SFTExample
from schemas.family import Family, Options, nearest
from schemas.location import Location
from schemas.segment import SEGMENT_KINDS, Message, Segment, Span, compose


class Recipe(Options, ABC):
    """One method of making examples."""

    paper: ClassVar[str]
    """Title and arXiv id."""
    makes: ClassVar[tuple[RowKind, ...]]
    """Kinds of rows it yields."""
    learns_mistakes: ClassVar[bool] = False
    """Whether the method is defined by learning the mistakes too (the card says so)."""
    needs_policy: ClassVar[bool] = False
    """Whether it makes nothing of attempts alone: what it learns from must be sampled for it."""

    texts: Writer = "auto"
    """Who writes connecting texts: `bank` (our own phrasings), `policy`, `teacher`; `auto`: the teacher where
    there is one, else the bank. What a model writes is taken only where it passes every check."""
    weights: dict[str, float] = {}
    """Loss weight by segment kind; kinds not named are learnt (1). 0 masks."""

    @pydantic.field_validator("weights")
    @classmethod
    def _on_top_of_the_methods_own(cls, written: dict[str, float]) -> dict[str, float]:
        """Kinds that are not written keep the method's weight: naming one must not unmask another."""
        for kind, weight in written.items():
            if kind not in SEGMENT_KINDS:
                raise ValueError(f"no segment is a {kind!r}{nearest(kind, SEGMENT_KINDS)}")
            if not 0 <= weight < math.inf:
                raise ValueError(f"the weight of {kind!r} must be a number from 0")
        return {**cls.model_fields["weights"].default, **written}

    @abstractmethod
    async def build(self, case: Case, ask: Ask) -> list[Example]:
        """Examples of one case, in a fixed order. EngineError from `ask` passes through."""

    @property
    def name(self) -> str:
        """The recipe's file name."""
        return type(self).__module__.rpartition(".")[2]

    def sft(
        self,
        ask: Ask,
        attempt: Attempt,
        segments: Sequence[Segment],
        *,
        instruction: str = "",
        prompt: Sequence[Message] = (),
        **facts: Unpack[Facts],
    ) -> SFTExample:
        """A row of a prompt (the asked one, if no other is given) and one assistant message of these segments.

        `attempt` is where the mistake (or, without one, the answer) is from; `instruction` is
        appended to the prompt's last message. For `facts` see `Facts`.
        """
        asked = with_instruction(tuple(prompt) or ask.prompt, instruction)
        return self.talk(ask, attempt, [segments], prompt=asked, **facts)

    def talk(
        self,
        ask: Ask,
        attempt: Attempt,
        turns: Sequence[Message | Sequence[Segment]],
        *,
        prompt: Sequence[Message] = (),
        **facts: Unpack[Facts],
    ) -> SFTExample:
        """A row of several turns behind the prompt: messages as they are, assistant's turns as segments."""
        messages, spans = self._composed([*(prompt or ask.prompt), *turns])
        return SFTExample(**lineage(self, ask, attempt, facts), messages=messages, spans=spans)

    def _composed(
        self, turns: Sequence[Message | Sequence[Segment]]
    ) -> tuple[tuple[Message, ...], tuple[Span, ...]]:
        messages: list[Message] = []
        spans: list[Span] = []
        for turn in turns:
            if isinstance(turn, Message):
                messages.append(turn)
                continue
            text, own = compose(turn, self.weights, message=len(messages))
            messages.append(Message("assistant", text))
            spans += own
        return tuple(messages), tuple(spans)

    async def repaired(self, ask: Ask, wrong: Attempt, found: Location, variant: str) -> list[SFTExample]:
        """The attempt up to its first wrong step, a reflection, and each repair of the step."""
        rows = []
        for repair in await ask.repairs(wrong, found):
            said = await reflection(ask, wrong, found, repair, self.texts)
            segments = [
                *until_mistake(wrong, found),
                Segment("reflection", said.text + "\n"),
                Segment("correction", repair.step),
                Segment("continuation", repair.rest),
            ]
            row = self.sft(
                ask,
                wrong,
                segments,
                found=found,
                variant=variant,
                parents=repair.parents,
                verified_by=repair.verified_by,
                written=[said],
            )
            rows.append(row)
        if not rows:
            ask.skip("no_repair")
        return rows

    def pair(
        self,
        ask: Ask,
        attempt: Attempt,
        chosen: Sequence[Segment],
        rejected: Sequence[Segment],
        *,
        shared_prefix: int = 0,
        prompt: Sequence[Message] = (),
        **facts: Unpack[Facts],
    ) -> PreferenceExample:
        """A pair of assistant messages; `attempt` is where the rejected side is from."""
        chosen_messages, chosen_spans = self._composed([chosen])
        rejected_messages, rejected_spans = self._composed([rejected])
        return PreferenceExample(
            **lineage(self, ask, attempt, facts),
            prompt=tuple(prompt) or ask.prompt,
            chosen=chosen_messages,
            rejected=rejected_messages,
            chosen_spans=chosen_spans,
            rejected_spans=rejected_spans,
            shared_prefix=shared_prefix,
        )


def until_mistake(attempt: Attempt, found: Location) -> list[Segment]:
    """The attempt up to and including its first wrong step, verbatim.

    Only where the step is proven is what stands before it called right: otherwise the mistake is
    somewhere in the whole stretch, and the whole stretch is the mistake.
    """
    mistake = apart(attempt.step_text(found.step), "\n")
    before = attempt.before(found.step)
    if found.proven:
        return [Segment("prefix", before), Segment("mistake", mistake)]
    return [Segment("mistake", before + mistake)]


def with_instruction(prompt: tuple[Message, ...], instruction: str) -> tuple[Message, ...]:
    """The prompt with a sentence appended to its last message."""
    if not instruction:
        return prompt
    last = prompt[-1]
    return (*prompt[:-1], Message(last.role, f"{last.content}\n\n{instruction}"))


def apart(text: str, gap: str = "\n\n") -> str:
    """The text with its trailing white space replaced by a gap: what stands before another part."""
    return text.rstrip() + gap


RECIPES: Family[Recipe] = Family("recipe", "generators.recipes", Recipe)
