"""How far injected mistakes are from the policy's own, and whether training on them teaches anything.

    python -m bench.realism texts --out out/realism
    python -m bench.realism probe --out out/realism --arms own uniform selected --seeds 0 1

`texts` prints a Markdown table of what the mistakes of every injector look like, and how well a
classifier tells them from the embedded policy's own; `probe` fine-tunes on them and reports whether the policy
then tells its own wrong steps from right ones. All that is sampled and made is kept in the folder.
Needs the extra `bench`.
"""

import argparse
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench import realism_data, realism_probe, realism_texts
from bench.realism_data import Mistake, Own
from filters.verify.math.judge import Judge
from generators.roles import Role
from schemas.problem import Problem

SEED, HELD_SEED = 700_000, 800_000
"""Neither the training's seeds nor those of any example config."""
OWN = "own"


def main() -> None:
    """Make what is missing, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["texts", "probe"])
    parser.add_argument(
        "--out", type=Path, default=Path("out/realism"), help="folder of journal and mistakes"
    )
    parser.add_argument("--arms", nargs="*", help="only these; `own` are the policy's own mistakes")
    parser.add_argument("--problems", type=int, default=700, help="problems to make mistakes in")
    parser.add_argument("--held", type=int, default=300, help="problems the probe is read on")
    parser.add_argument("--most", type=int, default=800, help="mistakes of an arm that are trained on")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1])
    args = parser.parse_args()
    policy = realism_data.open_policy(args.out / "journal")
    with Judge() as judge:
        names = args.arms or [OWN, *realism_data.arms(policy, judge)]
        drawn = realism_data.problems(SEED, args.problems)
        made = {
            name: mistakes(name, args.out, policy, judge, drawn) for name in {OWN: 0, **dict.fromkeys(names)}
        }
        if args.what == "texts":
            texts(made)
        else:
            held = realism_data.own_answers(policy, realism_data.problems(HELD_SEED, args.held))
            probe({name: made[name] for name in names}, drawn, held, args.most, args.seeds)


def mistakes(name: str, folder: Path, policy: Role, judge: Judge, drawn: Sequence[Problem]) -> list[Mistake]:
    """The mistakes of one arm, from its file where it has one: those of the drawn problems."""
    found = realism_data.cached(folder / f"{name}.jsonl", partial(_make, name, policy, judge, drawn))
    statements = {problem.statement for problem in drawn}
    return [mistake for mistake in found if mistake.statement in statements]


def _make(name: str, policy: Role, judge: Judge, drawn: Sequence[Problem]) -> list[Mistake]:
    if name == OWN:
        return list(realism_data.own_mistakes(realism_data.own_answers(policy, drawn)))
    return realism_data.injected(realism_data.arms(policy, judge)[name], name, drawn)


def texts(made: dict[str, list[Mistake]]) -> None:
    """Two Markdown tables: the classifier, and what it can go by."""
    print(
        "| mistakes | AUC on the step | AUC on its equation | each side | result off by | mean nats a token |"
    )
    print("|---|---|---|---|---|---|")
    for name, found in made.items():
        look = realism_texts.looks(found)
        shifts = ", ".join(f"{shift} {share:.0%}" for shift, share in look.shifts.items())
        nats = "" if look.logprob is None else f"{look.logprob:.2f}"
        if name == OWN:
            print(f"| {name} | | | {look.count} | {shifts} | {nats} |")
            continue
        step = realism_texts.told_apart(made[OWN], found, lambda m: m.step)
        equation = realism_texts.told_apart(made[OWN], found, lambda m: m.equation)
        print(
            f"| {name} | {step.auc:.3f} ± {step.error:.3f} | {equation.auc:.3f} ± {equation.error:.3f} "
            f"| {step.each} | {shifts} | {nats} |"
        )
    print("\n| mistakes | kinds | early / middle / late third | characters | numbers | digits of a result |")
    print("|---|---|---|---|---|---|")
    for name, found in made.items():
        look = realism_texts.looks(found)
        kinds = ", ".join(f"{kind} {share:.0%}" for kind, share in look.kinds.items())
        places = " / ".join(f"{share:.0%}" for share in look.places)
        print(
            f"| {name} | {kinds} | {places} | {look.characters:.1f} | {look.numbers:.2f} | {look.digits:.2f} |"
        )


def probe(
    made: dict[str, list[Mistake]],
    drawn: Sequence[Problem],
    held: Sequence[Own],
    most: int,
    seeds: Sequence[int],
) -> None:
    """A Markdown table with a line an arm and seed, printed as they come."""
    places = realism_probe.places(held)
    print("| trained on | seed | mistakes | AUC | same step, wrong against right | loss | CPU s |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for seed in seeds:
        for name, found in made.items():
            chosen = random.Random(0).sample(found, min(most, len(found)))
            got = realism_probe.probe(chosen, drawn, places, seed)
            print(
                f"| {name} | {seed} | {len(chosen)} | {got.auc:.3f} ± {got.error:.3f} "
                f"| {got.same_place:.3f} of {got.pairs} pairs | {got.loss:.3f} | {got.cpu_s:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
