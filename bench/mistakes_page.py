"""The page of examples, docs/examples/mistakes.md: proven mistakes of every kind, from own problems only.

    python -m bench.mistakes_page            # writes the page
    python -m bench.mistakes_page --check    # exits 1 where the page is not what the code makes

The procedural problems hold no units, decimals, longer sums or LaTeX; small stories supply those.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from bench.latex_stories import STORIES
from filters.verify.math.judge import Judge
from generators.injectors.algebra import Algebra
from generators.injectors.base import Subject
from generators.injectors.inject import inject
from generators.injectors.numbers import Numbers
from generators.sources.procedural import Procedural
from schemas.errors import KINDS
from schemas.injection import Injection
from schemas.problem import Problem

PAGE = Path(__file__).resolve().parent.parent / "docs" / "examples" / "mistakes.md"
EACH = 20
KINDS_SHOWN = (*Numbers.kinds, *STORIES)
_HEAD = """# Injected mistakes

Twenty of every kind, each proven, made by `python -m bench.mistakes_page` from the project's own problems. What was
changed stands as ~~right~~ **wrong**: the first place is the mistake, the others follow from it. Under each
stands what the check `step_false` saw. Kinds of algebra are made in LaTeX; where the answer cannot be worked out
anew the text ends with the mistake, as its check `cut_after_step` says.
"""


def page() -> str:
    """The whole page; the same every time."""
    with Judge() as judge:
        parts = [_HEAD, *(_section(kind, judge) for kind in KINDS_SHOWN)]
    return "\n".join(parts)


def _section(kind: str, judge: Judge) -> str:
    lines = [f"## {kind}\n", f"{KINDS[kind].definition}\n"]
    made, seen = 0, set()
    for number, subject in enumerate(_subjects(kind)):
        found = inject(
            subject,
            [Algebra() if kind in STORIES else Numbers()],
            {kind: 1.0},
            random.Random(f"page/{kind}/{number}"),
            judge,
        )
        for injection in found.accepted:
            if injection.text in seen:
                continue
            seen.add(injection.text)
            made += 1
            lines.append(_example(made, subject, injection))
        if made == EACH:
            break
    return "\n".join(lines)


def _example(number: int, subject: Subject, injection: Injection) -> str:
    seen = next(check.seen for check in injection.checks if check.name == "step_false")
    text = "\n> ".join(f"{line}<br>" for line in _marked(injection).split("\n"))
    cut = "" if injection.answer else " The text ends here."
    return f"{number}. {_plain(subject.problem.statement)}\n\n> {text}\n\nStep {injection.step}: {_plain(seen)}.{cut}\n"


def _marked(injection: Injection) -> str:
    parts, at = [], 0
    for edit in injection.edits:
        old, new = injection.original[edit.start : edit.end].strip("\n"), edit.after
        parts.append(_plain(injection.original[at : edit.start]))
        parts.append(
            " ".join(
                ([f"~~{_plain(old).strip()}~~"] if old else []) + ([f"**{_plain(new)}**"] if new else [])
            )
        )
        at = edit.end
        parts.append("\n" if injection.original[edit.start : edit.end].endswith("\n") else "")
    return "".join([*parts, _plain(injection.original[at:])])


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("_", "\\_").replace("$", "\\$")


def _subjects(kind: str) -> Iterator[Subject]:
    own = {"unit_conversion": _hours, "rounding": _halves, "dropped_case": _purse}
    story = {**own, **STORIES}.get(kind)
    if story is not None:
        for number in range(20 * EACH):
            yield story(random.Random(f"{kind}/{number}"))
        return
    source = Procedural(families=("word", "precedence", "chain"), count=40 * EACH)
    for problem in source.problems():
        if isinstance(problem, Problem):
            yield Subject(problem=problem, solution=problem.solution)


def _story(statement: str, lines: list[str], answer: int | Fraction) -> Subject:
    return Subject(
        problem=Problem(statement=statement, answer=str(answer)),
        solution="\n".join([*lines, f"The answer is {answer}."]),
    )


def _hours(rng: random.Random) -> Subject:
    """Hours to minutes, weeks to days, feet to inches, and some more."""
    unit, small, factor, does = rng.choice(
        (
            ("hours", "minutes", 60, "practises"),
            ("weeks", "days", 7, "travels"),
            ("years", "months", 12, "saves"),
        )
    )
    who, count, more = rng.choice(("Mia", "Tom", "Ruth", "Omar")), rng.randint(3, 9), rng.randint(13, 49)
    product = count * factor
    return _story(
        f"{who} {does} for {count} {unit} and then for {more} more {small}. How many {small} is that in all?",
        [
            f"{count} {unit} are {count} * {factor} = {product} {small}.",
            f"Together that is {product} + {more} = {product + more} {small}.",
        ],
        product + more,
    )


def _halves(rng: random.Random) -> Subject:
    """A share that is no whole number, and several of it."""
    who, what = rng.choice(("Ana", "Ben", "Zoe", "Ken")), rng.choice(("rope", "ribbon", "wire", "cloth"))
    pieces, many = rng.choice((2, 4)), 2 * rng.randint(2, 9)
    length = pieces * rng.randint(2, 9) + pieces // 2
    share = Fraction(length, pieces)
    written = f"{float(share):.1f}"
    return _story(
        f"{who} cuts {length} meters of {what} into {pieces} equal pieces. How many meters are {many} such pieces?",
        [
            f"Each piece is {length} / {pieces} = {written} meters long.",
            f"So {many} pieces are {many} * {written} = {many * share} meters.",
        ],
        many * share,
    )


def _purse(rng: random.Random) -> Subject:
    """Several things bought from one purse, and half of the rest."""
    who = rng.choice(("Nora", "Ivan", "Lena", "Hugo"))
    things = rng.sample(("a pen", "a scarf", "a lamp", "a kite", "a drum", "a map"), 3)
    prices = rng.sample(range(3, 30), 3)
    spent = sum(prices)
    had = spent + rng.randint(40, 90)
    told = ", ".join(f"{thing} for {price} dollars" for thing, price in zip(things, prices, strict=True))
    sums = " + ".join(map(str, prices))
    return _story(
        f"{who} has {had} dollars and buys {told}. How many dollars are left?",
        [
            f"The three things cost {sums} = {spent} dollars.",
            f"That leaves {had} - {spent} = {had - spent} dollars.",
        ],
        had - spent,
    )


def main() -> int:
    """Write the page, or say whether it is what the code makes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    made = page()
    if parser.parse_args().check:
        return int(PAGE.read_text(encoding="utf-8") != made)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
