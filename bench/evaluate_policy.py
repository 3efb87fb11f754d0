"""Measures how often the embedded policy is right, family by family, and shows how it goes wrong.

    python -m bench.evaluate_policy --model generators/engines/embedded --problems 100 --samples 8

Right means that the last \\boxed{} holds the reference integer: exact, and enough for these problems.
Prints a Markdown table; `--wrong 5` prints so many wrong answers of each family after it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import policy_data
from generators.procedural.size import FamilyName
from generators.sources.procedural import Procedural
from schemas.problem import Problem

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

BOXED = re.compile(r"\\boxed\{(-?\d+)\}")
BATCH = 128
"""Answers sampled at once."""
MOST_TOKENS = 256
"""The longest reference solutions at medium difficulty have about 170 tokens."""
SEED = 500_000
"""Neither the training's seeds nor those of any example config."""


@dataclass(frozen=True)
class Sampled:
    """A problem and the texts sampled for it."""

    problem: Problem
    texts: tuple[str, ...]

    @property
    def marks(self) -> list[bool]:
        """Which texts are right."""
        return [last_boxed(text) == self.problem.answer for text in self.texts]


def main() -> None:
    """Sample, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="generators/engines/embedded")
    parser.add_argument("--problems", type=int, default=100, help="problems of each family")
    parser.add_argument("--samples", type=int, default=8, help="samples of each problem")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--difficulty", default="medium", choices=["easy", "medium", "hard"])
    parser.add_argument("--wrong", type=int, default=0, help="wrong answers to show of each family")
    args = parser.parse_args()
    sampled = {name: sample(args, name) for name in policy_data.STAGES[1].steps}
    print("| family | pass@1 | problems with right and wrong answers | answers without a box |")
    print("|---|---|---|---|")
    for name, rows in sampled.items():
        print(_row(name, rows))
    for rows in sampled.values():
        for text in _wrong(rows, args.wrong):
            print(f"\n{text}")


def sample(args: argparse.Namespace, family: FamilyName) -> list[Sampled]:
    """Sample every problem of one family; one seed for all, so a rerun gives the same table."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(args.model, padding_side="left")
    source = Procedural(families=(family,), count=args.problems, seed=SEED, difficulty=args.difficulty)
    problems = [problem for problem in source.problems() if isinstance(problem, Problem)]
    asked = [problem for problem in problems for _ in range(args.samples)]
    texts: list[str] = []
    for start in range(0, len(asked), BATCH):
        texts += _generate(model, tokenizer, asked[start : start + BATCH], args.temperature)
    return [
        Sampled(problem, tuple(texts[number * args.samples : (number + 1) * args.samples]))
        for number, problem in enumerate(problems)
    ]


def _generate(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, asked: Sequence[Problem], temperature: float
) -> list[str]:
    """One answer for each of the problems."""
    prompts = [
        tokenizer.apply_chat_template(
            [{"role": "user", "content": problem.statement}], tokenize=False, add_generation_prompt=True
        )
        for problem in asked
    ]
    inputs = tokenizer(prompts, return_tensors="pt", padding=True)
    # top_k and top_p as wide as they go: transformers would otherwise cut at the 50 likeliest tokens.
    output = model.generate(
        input_ids=inputs["input_ids"],
        attention_mask=inputs["attention_mask"],
        do_sample=True,
        temperature=temperature,
        top_k=0,
        top_p=1.0,
        max_new_tokens=MOST_TOKENS,
    )
    new = output[:, inputs["input_ids"].shape[1] :]
    return list(tokenizer.batch_decode(new, skip_special_tokens=True))


def last_boxed(text: str) -> str:
    """The integer in the last box, or nothing."""
    found = BOXED.findall(text)
    return found[-1] if found else ""


def _row(name: str, rows: Sequence[Sampled]) -> str:
    marks = [mark for row in rows for mark in row.marks]
    mixed = sum(1 for row in rows if any(row.marks) and not all(row.marks))
    unboxed = sum(1 for row in rows for text in row.texts if not last_boxed(text))
    right = sum(marks) / len(marks)
    return f"| {name} | {right:.1%} of {len(marks)} | {mixed} of {len(rows)} | {unboxed} |"


def _wrong(rows: Sequence[Sampled], most: int) -> list[str]:
    """The first wrong answer of each problem that has one, up to so many problems."""
    shown: list[str] = []
    for row in rows:
        texts = [text for text, mark in zip(row.texts, row.marks, strict=True) if not mark]
        if texts and len(shown) < most:
            shown.append(f"{row.problem.statement}   [{row.problem.answer}]\n{texts[0]}")
    return shown


if __name__ == "__main__":
    main()
