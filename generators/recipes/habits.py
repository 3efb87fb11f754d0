"""Habits: verification, backtracking, subgoals and backward chaining, from searches and from own attempts.

"Cognitive Behaviors that Enable Self-Improving Reasoners" (arXiv 2503.01307) primes a model with Countdown traces
that show chosen habits. Here the traces of `countdown` problems are searches by program (`traced`); of any
problem, right attempts that show habits of their own are kept (`natural`), and right solutions whose steps are
equations are thought through in the structures of ThinkPatterns-21k (arXiv 2503.12918).

    user       Start with 6. Then use 4, 9 and 3 in this order, ...          (`traced`)
    assistant  To end at 39 with 3 I need 36, 42 or 13 just before it.   thought  learnt
               6 * 4 = 24. 24 + 9 = 33, which is not 36, 42 or 13. ...
               A dead end. I go back to 6.
               Step 1: 6 + 4 = 10 ... The answer is 13.                  answer   learnt

    user       What is 3 + 4?                                            (`self_critic`)
    assistant  Step 1: 3 + 4 = 8 ...                                     mistake  masked
               Wait, 3 + 4 is 7, not 8.                                  critique learnt
               Step 1: 3 + 4 = 7 ...                                     answer   learnt

How many attempts show each habit is in the funnel (`shows_backtracking`, …), by phrasings instead of a judge. The
paper found that habits matter more than right answers; rows here end right all the same.
"""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from generators.ask import Ask
from generators.habits import habits
from generators.lineage import Facts
from generators.procedural.countdown import read
from generators.prompts.transitions import START_OVER
from generators.recipes.base import Recipe, apart, until_mistake
from generators.reflect import fitting, notice
from generators.search_traces import Habit, search_trace
from generators.solutions import REFERENCE, Solution
from generators.thought_patterns import Pattern, thought
from generators.written import Written
from schemas.case import Case
from schemas.example import Example, SFTExample
from schemas.segment import Segment

OURS = Written("")


class Habits(Recipe):
    """Searches, thoughts and own attempts that show habits of checking and searching."""

    paper: ClassVar[str] = "Cognitive behaviors, arXiv 2503.01307; ThinkPatterns-21k, arXiv 2503.12918"
    makes = ("sft",)

    weights: dict[str, float] = {"mistake": 0.0}
    """Loss weight by segment kind: the wrong draft of a self-critic is masked."""
    traces: int = Field(default=2, ge=0)
    """Different searches per countdown problem."""
    shown: tuple[Habit, ...] = ("verification", "backtracking", "subgoals", "backward_chaining")
    """Habits that searches show; the paper's sets leave some out."""
    natural: int = Field(default=1, ge=0)
    """Most own right attempts per problem that show habits."""
    different: int = Field(default=2, ge=1, le=4)
    """How many of the four habits an own attempt has to show."""
    patterns: tuple[Pattern, ...] = (
        "monologue",
        "decomposition",
        "self_ask",
        "self_debate",
        "self_critic",
    )
    """Structures of thought before a right solution."""
    thoughts: int = Field(default=1, ge=0)
    """Most rows with such a thought per problem, each of another structure."""

    async def build(self, case: Case, ask: Ask) -> list[Example]:
        for attempt in case.attempts:
            for habit in habits(attempt.text).shown():
                ask.count(f"shows_{habit}")
        solutions = ask.solutions()
        if not case.attempts or not solutions:
            ask.skip("no_right_solution")
            return []
        rows: list[Example] = list(self._traced(ask))
        natural = [a for a in ask.rights() if habits(a.text).different >= self.different]
        rows += [
            self.sft(ask, a, [Segment("answer", a.text)], variant="natural") for a in natural[: self.natural]
        ]
        for pattern in ask.rng.sample(self.patterns, len(self.patterns)):
            if sum(row.variant in self.patterns for row in rows) >= self.thoughts:
                break
            made = await self._critic(ask) if pattern == "self_critic" else self._thought(ask, pattern)
            rows += [made] if made else []
        return rows

    def _traced(self, ask: Ask) -> Iterator[SFTExample]:
        """Searches of a countdown problem, before the solution that the search finds."""
        puzzle = read(ask.case.problem.statement)
        reference = [s for s in ask.solutions() if s.parent == REFERENCE]
        if puzzle is None or not reference:
            return
        for _ in range(self.traces):
            trace = search_trace(ask.rng, puzzle, self.shown)
            if trace is None:
                ask.skip("search_too_long")
                return
            yield self._with_thought(ask, trace, reference[0], "traced")

    def _thought(self, ask: Ask, pattern: Pattern) -> SFTExample | None:
        solution = ask.rng.choice(ask.solutions())
        problem = ask.case.problem
        text = thought(ask.rng, pattern, solution, problem.statement, problem.answer)
        return self._with_thought(ask, text, solution, pattern) if text else None

    async def _critic(self, ask: Ask) -> SFTExample | None:
        """A draft up to its proven false equation, what is wrong with it, and a right solution."""
        for wrong, found in await ask.mistakes(len(ask.case.wrongs), proven_only=True):
            solution = ask.rng.choice(ask.solutions())
            if found.method == "equations":
                said = f"{notice(ask.rng, fitting(found, solution.text))} {ask.rng.choice(START_OVER)}\n"
                segments = [
                    *until_mistake(wrong, found),
                    Segment("critique", said),
                    Segment("answer", solution.text),
                ]
                facts: Facts = {
                    "found": found,
                    "right": solution,
                    "variant": "self_critic",
                    "written": [OURS],
                }
                return self.sft(ask, wrong, segments, **facts)
        return None

    def _with_thought(self, ask: Ask, text: str, solution: Solution, variant: str) -> SFTExample:
        own = next((a for a in ask.case.attempts if a.id == solution.parent), ask.case.attempts[0])
        return self.sft(
            ask,
            own,
            [Segment("thought", apart(text)), Segment("answer", solution.text)],
            right=solution,
            error_kind="none",
            variant=variant,
            written=[OURS],
        )
