r"""SuperCorrect: hierarchical thought templates, then pairs on the correction of the first wrong step.

"SuperCorrect: Advancing Small LLM Reasoning with Thought Template Distillation and Self-Correction"
(arXiv 2410.09008). Stage one rewrites right solutions as numbered steps in tags, with what is tricky and
what holds in general; stage two prefers a right cause and correction of the first wrong step.

    <Step1> 3 * 4 = 12                                   answer    learnt
    <Key>Take care with 3 * 4: ...</Key> </Step1>        thought   learnt
    <Answer> The answer is \boxed{12}. </Answer>         answer    learnt

    prompt    problem, right steps, wrong step
    chosen    <Cause>3 * 4 is 12, not 13.</Cause> <Correction>3 * 4 = 12</Correction>
    rejected  <Cause>There is no mistake in the calculation.</Cause> <Correction>3 * 4 = 13</Correction>

Different from the paper: a teacher writes keys, the generalised note and causes where there is one; without,
a key names a slip that the policy made on the same expression, a cause what is known of the mistake, and
the note is left out. The steps are a right solution's own. The rejected side is a template that blames a right step
and keeps the wrong one, or with `cross_model` the policy's own reply where that is surely wrong. Checks take the
place of the paper's inspector. The wrong step stands in the prompt.
"""

from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.kinds import KindWeights
from generators.prompts import thoughts as texts
from generators.recipes.base import Recipe, with_instruction
from generators.solutions import Solution
from generators.step_corrections import Correction, blamed, cause, policys_own
from generators.thought_notes import answer_line, generalized, keys_of
from generators.thoughts import bare, hierarchy, shown_until, steps_and_answer, tagged
from generators.written import Written
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.location import Location
from schemas.segment import Segment


class ThoughtTemplate(Recipe):
    """Stage one: tagged thoughts. Stage two: cause and correction against a wrong cause."""

    paper: ClassVar[str] = "SuperCorrect, arXiv 2410.09008"
    makes = ("sft", "preference")

    thoughts: int = Field(default=2, ge=0)
    """Most right solutions put into tags, per problem (stage one)."""
    keys: int = Field(default=2, ge=0)
    """Most steps of a solution that get a note on what is tricky."""
    mistakes: int = Field(default=4, ge=0)
    """Most wrong attempts whose first wrong step is corrected, per problem (stage two)."""
    injected: int = Field(default=1, ge=0)
    """Most mistakes put into right solutions, for the same."""
    kinds: KindWeights = {}
    """Weights of the kinds put in; by default those the policy made on the problem, as often."""
    cross_model: bool = True
    """Reject the policy's own correction where it is surely wrong, before a template."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        rows: list[Example] = []
        for solution in ask.solutions()[: self.thoughts]:
            rows += await self._thought(ask, solution)
        natural = await ask.mistakes(self.mistakes, proven_only=True) if self.mistakes else []
        made = await ask.injected(self.injected, self.kinds) if self.injected else []
        for wrong, found in [*natural, *((one.attempt, one.found) for one in made)]:
            rows += await self._correction(ask, wrong, found)
        return rows

    async def _thought(self, ask: Ask, solution: Solution) -> list[SFTExample]:
        line = await answer_line(ask, solution)
        first = next((a for a in ask.case.attempts if a.id == solution.parent), None) or ask.case.attempts[0]
        steps, answer = steps_and_answer(solution, line)
        if tagged(solution.text):
            return []
        keys = await keys_of(ask, solution, steps, self.keys, self.texts)
        note = await generalized(ask, solution, self.texts)
        said = {number: key.text for number, key in keys.items()}
        segments = hierarchy(steps, said, note.text if note else "", answer)
        forms = texts.ASK_FORMS if keys else texts.ASK_PLAIN_FORMS
        asked = f"{ask.rng.choice(texts.ASK_OPENERS)} {ask.rng.choice(forms)}"
        written = [*keys.values(), *([note] if note else [])]
        return [
            self.sft(
                ask, first, segments, instruction=asked, variant="hierarchical_thought", right=solution,
                error_kind="none", written=written,
            )
        ]  # fmt: skip

    async def _correction(self, ask: Ask, wrong: Attempt, found: Location) -> list[Example]:
        shown = with_instruction(ask.prompt, shown_until(wrong, found))
        prompt = with_instruction(shown, ask.rng.choice(texts.ASK_CORRECTION))
        rows: list[Example] = []
        for repair in (await ask.repairs(wrong, found))[:1]:
            why = await cause(ask, wrong, found, repair, self.texts)
            if why is None:
                ask.skip("no_cause")
                continue
            own = await policys_own(ask, wrong, found, prompt) if self.cross_model else None
            rejected = own or blamed(ask.rng, wrong, found)
            chosen = Correction(why.text, bare(repair.step))
            rows.append(
                self.pair(
                    ask, wrong, [Segment("critique", chosen.text)], [Segment("critique", rejected.text)],
                    prompt=prompt, variant="cross_model" if own else "template", found=found,
                    parents=[*repair.parents, *rejected.parents], written=[why] if own else [why, Written("")],
                    verified_by=repair.verified_by.replace("answer:", "continued:"),
                )
            )  # fmt: skip
        return rows
