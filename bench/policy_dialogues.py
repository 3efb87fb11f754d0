"""What the embedded policy's third stage is trained on: the recipes' own requests, answered by a worked solution.

A policy that knows plain problems only answers everything else with nonsense, and then no recipe that asks it again,
with a hint, after feedback or after a verdict of its own, has anything to choose from. Texts are drawn from the banks
that the recipes draw from; first attempts are worked solutions, some with a slip that is carried on.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bench import policy_data
from generators.checking import recheck
from generators.prompts import evolution, feedback, guidelines, hints, pressure, second_turns
from schemas.ids import seed_of
from schemas.segment import Message

RIGHT = 0.4
"""Share of first attempts that are right."""
PLAIN = 0.4
"""Share of plain problems, so that what was learnt before stays."""
_MARKER = "[VERIFY] wrong"
_PLACES = ("the first step", "the second step", "the third step", "the last step")
_EQUATION = re.compile(r"(?<!\d)(-?\d+) ([-+*/]) (-?\d+) = (-?\d+)")
_SLIPS = (1, -1, 2, -2, 10, -10)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Messages before the assistant's last turn, what that turn begins with, and the end of it that is learnt."""

    messages: tuple[Message, ...]
    prefix: str
    target: str


def dialogues(seed: int, count: int, stage: policy_data.Stage) -> Iterator[Dialogue]:
    """So many; the same arguments give the same."""
    for index, worked in enumerate(policy_data.examples(seed, count, stage, grown=True)):
        rng = random.Random(seed_of("dialogue", seed, index))
        if rng.random() < PLAIN:
            yield Dialogue((Message("user", worked.statement),), "", worked.solution)
        else:
            made = rng.choices((guided, asked_again, revised, interrupted), (0.35, 0.45, 0.1, 0.1))[0]
            yield made(rng, worked.statement, worked.solution)


def guided(rng: random.Random, statement: str, solution: str) -> Dialogue:
    """A problem with a guideline, the answer, somebody's solution or some attempts below it."""
    plan = rng.choice(guidelines.FOLLOW).format(plan=rng.choice(guidelines.GUIDELINES))
    known = rng.choice(hints.ANSWER).format(answer=_answer(solution))
    other = attempt(rng, solution)
    steps = "".join(other.splitlines(keepends=True)[: rng.randint(1, 4)]).rstrip()
    seen = rng.choice(hints.RATIONALE).format(rationale=steps)
    several = (evolution.ATTEMPT.format(number=n, text=attempt(rng, solution)) for n in (1, 2))
    gathered = rng.choice(evolution.AGGREGATE).format(attempts="\n\n".join(several))
    below = rng.choices((plan, f"{plan}\n\n{known}", known, seen, gathered), (3, 2, 2, 2, 1))[0]
    return Dialogue((Message("user", f"{statement}\n\n{below}"),), "", solution)


def asked_again(rng: random.Random, statement: str, solution: str) -> Dialogue:
    """One attempt or two, and after each a request or a comment."""
    turns = [Message("user", statement)]
    for _ in range(rng.choices((1, 2), (4, 1))[0]):
        turns += [Message("assistant", attempt(rng, solution)), Message("user", _comment(rng))]
    return Dialogue(tuple(turns), "", solution)


def revised(rng: random.Random, statement: str, solution: str) -> Dialogue:
    """An attempt, a check of it and a marker, all in the same turn."""
    first = attempt(rng, solution)
    said = " ".join(recheck(first, rng).sentences) if rng.random() < 0.7 else ""
    marked = "\n".join(part for part in (said, _MARKER) if part)
    return Dialogue((Message("user", statement),), f"{first}\n\n{marked}\n\n", solution)


def interrupted(rng: random.Random, statement: str, solution: str) -> Dialogue:
    """The first steps, perhaps with a slip in the last of them, a doubt, and on with right ones."""
    right, other = (text.splitlines(keepends=True) for text in (solution, attempt(rng, solution)))
    same = next((n for n, pair in enumerate(zip(right, other, strict=False)) if pair[0] != pair[1]), 0)
    shown, doubt = other[: same + 1], rng.choice(hints.TRIGGERS)
    prefix = f"{''.join(shown).rstrip()}\n\n{doubt}\n\n"
    return Dialogue((Message("user", statement),), prefix, "".join(right[same:]))


def _comment(rng: random.Random) -> str:
    place = rng.choice(_PLACES)
    located = rng.choice((*feedback.GOES_WRONG, *feedback.LOOK_AT)).format(step=place)
    kind = rng.choice([text for texts in feedback.KIND.values() for text in texts])
    again = rng.choice(feedback.AGAIN)
    comment = " ".join(part for part in (located, kind, again) if part)
    unlocated = f"{rng.choice(feedback.UNLOCATED)} {again}".rstrip()
    asked = rng.choice((*second_turns.LOOK_AGAIN, *second_turns.IT_IS_WRONG, *second_turns.YOU_REJECTED_IT))
    other = rng.choice((*evolution.REVIEW, *pressure.DOUBT))
    return rng.choice((comment, unlocated, asked, asked, other))


def attempt(rng: random.Random, solution: str) -> str:
    """The solution, or it with one wrong result that later steps use."""
    return solution if rng.random() < RIGHT else slipped(rng, solution)


def slipped(rng: random.Random, solution: str) -> str:
    """One equation's result is off by a little; what follows is computed from it."""
    found = list(_EQUATION.finditer(solution))
    if not found:
        return solution
    place = rng.randrange(len(found))
    at, wrong = found[place].span(4), int(found[place][4]) + rng.choice(_SLIPS)
    changed = {found[place][4]: str(wrong)}
    done, rest = solution[: at[0]] + str(wrong), solution[at[1] :]
    while equation := _EQUATION.search(rest):
        said = _renumbered(rest[: equation.start(4)], changed)
        left, sign, right = _EQUATION.findall(f"{said}0")[-1][:3]
        result = str(_computed(int(left), sign, int(right)))
        if result != equation[4]:
            changed[equation[4]] = result
        done, rest = done + said + result, rest[equation.end() :]
    return done + _renumbered(rest, changed)


def _renumbered(text: str, changed: dict[str, str]) -> str:
    return re.sub(r"(?<![\d-])-?\d+", lambda number: changed.get(number[0], number[0]), text)


def _computed(left: int, sign: str, right: int) -> int:
    if sign == "/":
        return left // right if right else left
    return left + right if sign == "+" else left - right if sign == "-" else left * right


def _answer(solution: str) -> str:
    return solution.rpartition("\\boxed{")[2].partition("}")[0]
