"""Measures how often the embedded policy is right when it is asked again, hinted at, or goes on after a verdict.

    python -m bench.evaluate_dialogues --model embedded --problems 200

Problems and forms are those of the third stage of training (`bench.policy_dialogues`), with other seeds.
Prints a Markdown table: the form, answers whose last boxed number is the reference's, at temperature 1.0.
"""

import argparse
import asyncio
import random
from collections import Counter

from bench import policy_data
from bench.evaluate_policy import last_boxed
from bench.policy_dialogues import Dialogue, asked_again, guided, interrupted, revised
from generators.engines.base import Engine, Request, Sampling
from generators.engines.transformers_local import TransformersLocal
from schemas.ids import seed_of
from schemas.segment import Message

SEED = 500_000
FORMS = (guided, asked_again, revised, interrupted)


def main() -> None:
    """Sample, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--problems", type=int, default=200)
    args = parser.parse_args()
    right = asyncio.run(_measure(TransformersLocal(model=args.model, max_batch=128).open(), args.problems))
    print("| asked | right |\n|---|---|")
    for form, count in right.items():
        print(f"| {form} | {count / args.problems:.1%} of {args.problems} |")


async def _measure(engine: Engine, count: int) -> Counter[str]:
    right: Counter[str] = Counter()

    async def one(form: str, dialogue: Dialogue) -> None:
        ids = engine.renderer.render(list(dialogue.messages), dialogue.prefix)
        (said,) = await engine.generate(Request(ids, Sampling(temperature=1.0, max_tokens=256), (0,)))
        right[form] += last_boxed(said.text) == last_boxed(dialogue.target)

    async with asyncio.TaskGroup() as group:
        for index, worked in enumerate(policy_data.examples(SEED, count, policy_data.STAGES[2], grown=True)):
            rng = random.Random(seed_of("evaluate", index))
            plain = Dialogue((Message("user", worked.statement),), "", worked.solution)
            group.create_task(one("plain", plain))
            for form in FORMS:
                made = form(rng, worked.statement, worked.solution)
                group.create_task(one(form.__name__.replace("_", " "), made))
    return right


if __name__ == "__main__":
    main()
