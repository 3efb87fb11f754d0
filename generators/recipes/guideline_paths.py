"""ReGenesis: from general guidelines to a plan for the problem to a path, of which only the path is learnt.

"ReGenesis: LLMs can Grow into Reasoning Generalists via Self-Improvement" (arXiv 2410.02108). Each of several
of 25 general guidelines is adapted to the problem, turned into a structure without solving it, and carried out.
Problems that no path solved get a second pass in which the answer is given. Right paths are learnt alone.

    asked  What is 3 + 4 + 2?  Go about it like this: first add what ...
    row    user       What is 3 + 4 + 2?
           assistant  3 + 4 = 7. 7 + 2 = 9. The answer is 9.        answer  learnt

In the paper the model itself adapts and structures (`texts: policy`); a teacher may (`texts: teacher`). By
default a teacher does where there is one, and else the guideline stands in the prompt as it is, which the paper
does too: a small model's plans are no plans. A plan that gives the answer away falls back to the guideline
(`plan_not_usable` in the funnel). The paper's second filter, the model's own yes or no on the answer, is the
judge here. Without a policy there is no path.
"""

from random import Random
from typing import ClassVar

from pydantic import Field

from filters.verify.stated_feedback import reveals
from generators.ask import Ask
from generators.hinted import stands_alone
from generators.prompts import guidelines as texts
from generators.prompts import hints
from generators.recipes.base import Recipe, with_instruction
from generators.written import written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example
from schemas.segment import Segment

_MOST_CHARS = 1500


class GuidelinePaths(Recipe):
    """Right solutions of many kinds, each reached along another guideline."""

    paper: ClassVar[str] = "ReGenesis, arXiv 2410.02108"
    makes = ("sft",)
    needs_policy = True

    guidelines: int = Field(default=4, ge=1, le=len(texts.GUIDELINES))
    """Guidelines drawn per problem; the paper draws 20 times."""
    paths: int = Field(default=2, ge=1)
    """Paths sampled along each."""
    temperature: float | None = Field(default=1.2, ge=0, allow_inf_nan=False)
    """Temperature of the first pass (the paper's); null: the policy's own."""
    second_pass: bool = True
    """Give the answer where no path was right, and try again."""
    second_temperature: float | None = Field(default=0.85, ge=0, allow_inf_nan=False)
    """Temperature of the second pass (the paper's); null: the policy's own."""
    most: int = Field(default=2, ge=1)
    """Most rows per problem."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        if not ask.has_policy:
            return []
        drawn = ask.rng.sample(texts.GUIDELINES, self.guidelines)
        right = await self._pass(ask, drawn, "path")
        if not right and self.second_pass:
            right = await self._pass(ask, drawn, "path.answer_known")
        if not right:
            ask.skip("not_reached")
        return [self.sft(ask, path, [Segment("answer", path.text)], variant=how) for path, how in right]

    async def _pass(self, ask: Ask, drawn: list[str], variant: str) -> list[tuple[Attempt, str]]:
        """Right paths that can be learnt alone, equal texts once."""
        known = variant != "path"
        found: dict[str, tuple[Attempt, str]] = {}
        for guideline in drawn:
            said = ask.rng.choice(texts.FOLLOW).format(plan=await self._plan(ask, guideline))
            if known:
                said += f"\n\n{ask.rng.choice(hints.ANSWER).format(answer=ask.case.problem.answer)}"
            got = await ask.answers(
                self.paths,
                variant,
                messages=with_instruction(ask.prompt, said),
                temperature=self.second_temperature if known else self.temperature,
            )
            found.update((a.text, (a, variant)) for a in got if a.text not in found and stands_alone(ask, a))
            if len(found) >= self.most:
                break
        return list(found.values())[: self.most]

    async def _plan(self, ask: Ask, guideline: str) -> str:
        """The guideline adapted and structured by a model; the guideline itself where none does it well."""
        statement, answer = ask.case.problem.statement, ask.case.problem.answer

        def usable(text: str) -> bool:
            return 20 <= len(text) <= _MOST_CHARS and "boxed" not in text and not reveals(text, answer)

        plan = guideline
        for prompt in (texts.ADAPT, texts.STRUCTURE):
            asked = prompt.format(statement=statement, guideline=guideline, adapted=plan)

            def as_it_was(_: Random, text: str = plan) -> str:
                return text

            said = await written(ask, as_it_was, asked, usable, self.texts)
            if said.by == "bank" and self._asks_a_model(ask):
                ask.skip("plan_not_usable")
                return guideline
            plan = said.text
        return plan

    def _asks_a_model(self, ask: Ask) -> bool:
        return self.texts in {"policy", "teacher"} or (self.texts == "auto" and bool(ask.teacher_id))
