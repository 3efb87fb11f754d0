"""`ask`: a recipe's only door to the world.

One `Ask` serves all recipes of one case, so that what one recipe has found out (a location, a
verdict) the next one gets for nothing. Without a policy or teacher engine the same calls answer
with nothing, and recipes do what they can without.
"""

import copy
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import Field

from filters.verify.doubtful import doubtful
from filters.verify.math.judge import Judge
from generators.attempts import answer_to, judged
from generators.engines.base import Completion
from generators.engines.stages import in_stage
from generators.injected import Injected, injected, natural_kinds
from generators.injections import injections
from generators.injectors.base import Subject
from generators.injectors.gate import gated
from generators.locate import Known, known_of, read_whole, symbolic, vouched
from generators.locating.base import SURE
from generators.locating.continuations import Value, by_continuations
from generators.locating.ensemble import agreed
from generators.locating.judged import by_teacher
from generators.locating.luck import without_luck
from generators.once import Once
from generators.repair import Repair, repairs
from generators.roles import PromptOptions, Role
from generators.solutions import REFERENCE, Solution, right_solutions
from generators.steps import StepStyle
from schemas.attempt import Attempt
from schemas.case import Case
from schemas.family import Options
from schemas.ids import nfc, seed_of
from schemas.injection import Injection
from schemas.location import Location
from schemas.sampled import Sampled
from schemas.segment import Message
from schemas.verdict import Verdict


class LocateOptions(Options):
    """How first wrong steps are looked for."""

    continuations: int = Field(default=8, ge=0)
    """Continuations sampled from before and from after a step; 0 never samples any."""
    drop: float = Field(default=0.5, gt=0, le=1)
    """Share of continuations that must end right before a step that is located because none does
    after it. From a lower share none of eight is likely by chance (SPC, arXiv 2504.19162, asks for .75)."""
    budget: int = Field(default=0, ge=0)
    """Most continuations sampled to locate one attempt's step by bisection, fewer at each step if need be;
    0 sets no limit."""
    judge: bool = True
    """Also ask the critic, or the teacher, where there is one, for steps that are not surely known otherwise."""
    reference: bool = True
    """Also take the reference solution as a known right way."""


@dataclass(frozen=True)
class Tools:
    """What every case of a build is served with."""

    judge: Judge
    policy: Role | None = None
    teacher: Role | None = None
    critic: Role | None = None
    """Who is asked where an attempt goes wrong; the teacher where there is none."""
    prompt: PromptOptions = PromptOptions()
    style: StepStyle = "auto"
    locate: LocateOptions = LocateOptions()
    seed: int = 0


class Ask:
    """The door for one case."""

    def __init__(self, case: Case, tools: Tools) -> None:
        self.case = case
        self.tools = tools
        self.style: StepStyle = tools.style
        self.recipe = ""
        self.rng = random.Random(seed_of(tools.seed, case.problem.id))
        self.skipped: list[str] = []
        self.counted: list[str] = []
        self.extras: dict[str, Sampled] = {}
        """Attempts that this door's recipe asked for or made on its own account, by id."""
        self._located: Once[Location | None] = Once()
        self._glanced: dict[str, Location | None] = {}
        self._repairs: Once[list[Repair]] = Once()
        self._injected: Once[list[Injected]] = Once()

    def for_recipe(self, name: str) -> "Ask":
        """The same door with the recipe's own random numbers: adding a recipe changes no other's rows."""
        _ = self._known  # found once, with the solutions, before the copy shares both
        door = copy.copy(self)
        door.recipe = name
        door.rng = random.Random(seed_of(self.tools.seed, self.case.problem.id, name))
        door.skipped = []
        door.counted = []
        door.extras = {}
        return door

    @property
    def prompt(self) -> tuple[Message, ...]:
        """The conversation up to the model's turn, as the policy was asked."""
        return self.tools.prompt.messages(self.case.problem)

    @property
    def has_policy(self) -> bool:
        """Whether the policy can be asked; if not, `policy` answers with no completions."""
        return self.tools.policy is not None

    @property
    def teacher_id(self) -> str:
        """Fingerprint of the teacher, or empty."""
        return self.tools.teacher.id if self.tools.teacher else ""

    @property
    def locations(self) -> dict[str, Location]:
        """First wrong steps found so far, by attempt id."""
        return {str(key): found for key, found in self._located.done().items() if found is not None}

    def skip(self, reason: str) -> None:
        """Count why a recipe made nothing of something: the slug shows up in the funnel."""
        self.skipped.append(reason)

    def count(self, measure: str) -> None:
        """Count one case of something a recipe measures: the slug shows up in the funnel."""
        self.counted.append(measure)

    async def policy(
        self,
        prefix: str = "",
        n: int = 1,
        stop: tuple[str, ...] = (),
        temperature: float | None = None,
        messages: Sequence[Message] = (),
    ) -> list[Completion]:
        """n finished answers of the policy, continuing `prefix`, to the case's problem or to other messages.

        Those cut off by the token limit are left out. Raises EngineError.
        """
        if self.tools.policy is None:
            return []
        asked = tuple(messages) or self.prompt
        got = await self.tools.policy.ask(asked, prefix, n, stop, temperature=temperature)
        return [c for c in got if c.finish == "stop"]

    async def answers(
        self,
        n: int,
        variant: str,
        *,
        messages: Sequence[Message] = (),
        prefix: str = "",
        parents: Sequence[str] = (),
        temperature: float | None = None,
    ) -> list[Attempt]:
        """n more answers of the policy as judged attempts, which are kept beside the case's own.

        Equal texts count once, texts are whole (a continued `prefix` included), and those cut off are left
        out. Raises EngineError.
        """
        asked = tuple(messages) or self.prompt
        texts = [
            prefix + c.text for c in await self.policy(prefix, n, temperature=temperature, messages=asked)
        ]
        made = []
        for number, text in enumerate(dict.fromkeys(map(nfc, texts))):
            attempt = answer_to(self.case.problem, asked, prefix, self.tools, text, number)
            made.append(await judged(self.case.problem, attempt, self.tools.judge))
        for one in made:
            self.keep(one, variant, messages=asked, parents=parents)
        return made

    def keep(
        self,
        attempt: Attempt,
        variant: str,
        *,
        messages: Sequence[Message] = (),
        parents: Sequence[str] = (),
        found: Location | None = None,
    ) -> None:
        """Have an attempt that is not one of the case's own stand in the attempts table, once."""
        sampled = Sampled(
            attempt=attempt,
            recipe=self.recipe,
            variant=variant,
            prompt=tuple(messages) or self.prompt,
            parents=tuple(parents),
            found=found,
        )
        self.extras.setdefault(attempt.id, sampled)

    async def teacher(self, messages: Sequence[Message], n: int = 1) -> list[Completion]:
        """n replies of the teacher, those cut off by the token limit left out; none where there is no teacher."""
        if self.tools.teacher is None:
            return []
        return [c for c in await self.tools.teacher.ask(tuple(messages), n=n) if c.finish == "stop"]

    async def critic(self, messages: Sequence[Message], n: int = 1) -> list[Completion]:
        """n replies of the critic, else of the teacher; none where there is neither."""
        asked = self.tools.critic or self.tools.teacher
        return await asked.ask(tuple(messages), n=n) if asked else []

    async def verify(self, text: str, explicit_only: bool = False) -> Verdict:
        """Verdict on the answer that `text` ends in."""
        return await self.tools.judge.averdict(self.case.problem, text, explicit_only=explicit_only)

    async def value(self, prefix: str, n: int) -> Value:
        """Share of n continuations of `prefix` that end right; those without a verdict do not count, nor doubtful
        ones: `23 / 11 = 2` comes from a wrong step to the right answer."""
        sampled = [c.text for c in await self.policy(prefix, n)]
        reference = self.case.problem.solution
        verdicts = [await self.verify(prefix + text) for text in sampled if not doubtful(text, reference)]
        decided = [v for v in verdicts if v.is_right or v.is_wrong]
        right = sum(v.is_right for v in decided)
        return Value(right / len(decided) if decided else None, len(decided))

    def solutions(self, with_reference: bool = True) -> list[Solution]:
        """Right solutions of the problem that state nothing false and are not right by luck, own attempts first."""
        known = self._solutions
        return known if with_reference else [s for s in known if s.parent != REFERENCE]

    @cached_property
    def _solutions(self) -> list[Solution]:
        found = right_solutions(self.case, self.style, self.tools.judge, self.tools.locate.reference)
        return without_luck(self.case, found)

    @cached_property
    def _known(self) -> Known:
        return known_of(self._solutions, self.case.problem.statement)

    def rights(self) -> list[Attempt]:
        """The right attempts among the solutions, in sample order; equal texts once."""
        clean = {s.parent for s in self._solutions}
        return [a for a in self.case.rights if a.id in clean]

    async def locate(self, attempt: Attempt) -> Location | None:
        """First wrong step of a wrong attempt, by its equations, else by continuations; or None."""
        return await self._located.get(attempt.id, lambda: self._locate(attempt))

    async def mistakes(self, most: int, proven_only: bool = False) -> list[tuple[Attempt, Location]]:
        """Up to `most` wrong attempts with their first wrong step, in sample order.

        Attempts that are the same up to and including the wrong step count once; those without a
        (proven) first wrong step are skipped as `no_first_error`.
        """
        found: dict[str, tuple[Attempt, Location]] = {}
        for wrong in self.case.wrongs:
            if len(found) >= most:
                break
            location = await self.locate(wrong)
            if location is None or (proven_only and not location.proven):
                self.skip("no_first_error")
                continue
            found.setdefault(wrong.text[: wrong.steps[location.step].end].rstrip(), (wrong, location))
        return list(found.values())

    def glance(self, attempt: Attempt) -> Location | None:
        """What is known of the first wrong step without asking the model: for a row that only mentions it."""
        if attempt.id not in self._glanced:
            self._glanced[attempt.id] = symbolic(attempt, self._known, self.case.problem.statement)
        return self._glanced[attempt.id]

    async def repairs(self, attempt: Attempt, location: Location) -> list[Repair]:
        """Verified replacements of the located step; found once for all recipes."""
        key = (attempt.id, location.step)
        return await self._repairs.get(key, lambda: repairs(self, attempt, location))

    async def injected(self, most: int, kinds: Mapping[str, float] | None = None) -> list[Injected]:
        """Up to `most` right solutions with a proven mistake put in, each with its place.

        Spread over the right solutions, own attempts first. `kinds` weighs the kinds of mistakes; by
        default those that the policy made on this problem, else all that can be made. Raises EngineError.
        """
        weights = dict(kinds) if kinds else natural_kinds(self)
        key = (most, *sorted(weights.items()))
        made = await self._injected.get(key, lambda: injected(self, most, weights))
        for one in made:
            self.keep(one.attempt, "injected", parents=[one.source], found=one.found)
        return made

    async def inject(
        self, solution: Attempt | Solution, weights: Mapping[str, float], count: int = 1, gate: int = 0
    ) -> list[Injection]:
        """Up to `count` proven mistakes of the weighted kinds in a right solution: by program, else the teacher's.

        With `gate`, so many continuations of the policy are sampled from before and from after each, and only
        those that pass SPC's gate are given (`generators.injectors.gate`).
        """
        subject = Subject(problem=self.case.problem, solution=solution.text)
        seed = seed_of(
            self.tools.seed, self.case.problem.id, "inject", solution.text, sorted(weights.items())
        )
        made = await injections(
            subject, weights, count, self.tools.judge, self.tools.teacher, random.Random(seed)
        )
        if gate:
            made = [
                injection
                for injection in [await gated(m, self.value, gate) for m in made]
                if injection.proven
            ]
        return made

    @in_stage("locate")
    async def _locate(self, attempt: Attempt) -> Location | None:
        found = await self._sampled(attempt)
        if found is not None and (found.proven or found.confidence >= SURE):
            return found
        judged = await by_teacher(self, attempt) if self.tools.locate.judge else None
        return agreed(found, judged) if found and judged else found or judged

    async def _sampled(self, attempt: Attempt) -> Location | None:
        """By the equations, and by continuations of the policy where those leave it open."""
        found = self.glance(attempt)
        tries = self.tools.locate.continuations
        if not self.has_policy or tries == 0 or (found is not None and found.proven):
            return found
        right = vouched(attempt, self._known)
        if found is not None and found.method in {"equations", "answer"}:
            if not all(read_whole(attempt.step_text(i)) for i in range(right, found.step)):
                return found
            before = await self.value(attempt.before(found.step), tries)
            return replace(found, proven=bool(before.share))
        sampled = await by_continuations(self, attempt, right)
        return agreed(sampled, found) if sampled and found else sampled or found
