r"""Whether a policy that is trained on mistakes learns to notice its own.

The embedded policy is fine-tuned on two kinds of rows in equal numbers:

* a right prefix and a wrong step (both masked), then the marker and the right steps (both learnt):
  `Step 1: 90 + 50 = 320` ` Wait, no.` `\nStep 1: 90 + 50 = 140\n…`
* a right solution of another problem, learnt whole; without these the marker is learnt after every step.

Then the probability of the marker is read after the policy's own first wrong steps and after right
steps of its own, in problems that it was not trained on. Nothing but the marker is looked at.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.realism_data import Mistake, Own
from bench.realism_texts import auc, auc_error
from filters.verify.equations import equations
from generators.engines.local.folder import EMBEDDED
from generators.engines.render import TURN_END
from generators.steps import split_steps
from schemas.problem import Problem

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

MARKER = " Wait, no."
STEPS, LEARNT, RATE = 240, 3000, 2e-3
IGNORED = -100
POOL = 40
"""Batches whose rows are sorted by length together."""


@dataclass(frozen=True)
class Place:
    """A step of an answer of the policy, everything before it being right; the marker would follow `text`."""

    statement: str
    text: str
    number: int
    wrong: bool


@dataclass(frozen=True)
class Probe:
    """What a fine-tuned policy thinks after wrong and right steps.

    `same_place` is the same among the wrong and right texts of one step of one problem.
    """

    auc: float
    error: float
    same_place: float
    pairs: int
    wrong: int
    right: int
    loss: float
    cpu_s: float


def places(answers: Sequence[Own]) -> list[Place]:
    """The first false step of every answer, where all before it is as in the reference, and all those right steps."""
    found: dict[tuple[str, str], Place] = {}
    for own in answers:
        right = own.problem.solution
        for text in own.texts:
            for number, step in enumerate(split_steps(text)):
                upto = text[: step.end].rstrip()
                stated = equations(text[step.start : step.end])
                same = right.startswith(upto) and (len(right) == len(upto) or right[len(upto)] == "\n")
                wrong = any(e.holds is False for e in stated)
                if stated and same != wrong:
                    place = Place(own.problem.statement, upto, number, wrong)
                    found[place.statement, place.text] = place
                if not same:
                    break
    return list(found.values())


def probe(mistakes: Sequence[Mistake], rights: Sequence[Problem], held: Sequence[Place], seed: int) -> Probe:
    """Fine-tune on the mistakes, read the marker's probability at the held-out places."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    began = time.process_time()
    tokenizer, model = _load()
    loss = _train(tokenizer, model, mistakes, rights, seed)
    scores = _marker(tokenizer, model, held)
    value = auc(scores, [place.wrong for place in held])
    wrong = sum(place.wrong for place in held)
    by_place: dict[tuple[str, int], tuple[list[float], list[float]]] = {}
    for place, score in zip(held, scores, strict=True):
        by_place.setdefault((place.statement, place.number), ([], []))[place.wrong].append(score)
    pairs = [(r, w) for rights_, wrongs in by_place.values() for r in rights_ for w in wrongs]
    same = sum((w > r) + (w == r) / 2 for r, w in pairs) / max(1, len(pairs))
    error = auc_error(value, wrong, len(held) - wrong)
    cpu = time.process_time() - began
    return Probe(value, error, same, len(pairs), wrong, len(held) - wrong, loss, cpu)


def _load() -> tuple[PreTrainedTokenizerFast, LlamaForCausalLM]:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(EMBEDDED)
    model: LlamaForCausalLM = LlamaForCausalLM.from_pretrained(EMBEDDED, dtype=torch.float32)
    return tokenizer, model


def _prompt(tokenizer: PreTrainedTokenizerFast, statement: str) -> str:
    asked = [{"role": "user", "content": statement}]
    return str(tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True))


Row = tuple[list[int], int]
"""Ids, and how many of them from the beginning are masked."""


def _rows(
    tokenizer: PreTrainedTokenizerFast, mistakes: Sequence[Mistake], rights: Sequence[Problem]
) -> tuple[list[Row], list[Row]]:
    def row(statement: str, masked: str, learnt: str) -> Row:
        head = tokenizer.encode(_prompt(tokenizer, statement) + masked)
        return head + tokenizer.encode(learnt + TURN_END), len(head)

    wrong = [row(m.statement, m.prefix + m.step, f"{MARKER}\n{m.right}") for m in mistakes]
    return wrong, [row(p.statement, "", p.solution) for p in rights]


def _train(
    tokenizer: PreTrainedTokenizerFast,
    model: LlamaForCausalLM,
    mistakes: Sequence[Mistake],
    rights: Sequence[Problem],
    seed: int,
) -> float:
    """240 updates of about 3,000 learnt tokens; the mean loss of the last 20."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 20) * 0.5 * (1 + math.cos(math.pi * step / STEPS))
    )
    model.train()
    losses: list[float] = []
    for batch in _batches(_rows(tokenizer, mistakes, rights), random.Random(seed)):
        loss = _loss(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return sum(losses[-20:]) / 20


def _batches(rows: tuple[list[Row], list[Row]], rng: random.Random) -> Iterator[list[Row]]:
    """Wrong and right rows in turn, as many as bear 3,000 learnt tokens; rows of like length together."""
    streams = [_endless(side, rng) for side in rows]
    made = 0
    while made < STEPS:
        pool: list[Row] = []
        learnt = 0
        while learnt < POOL * LEARNT:
            pair = [next(stream) for stream in streams]
            pool += pair
            learnt += sum(len(ids) - masked for ids, masked in pair)
        pool.sort(key=lambda row: len(row[0]))
        batches: list[list[Row]] = [[]]
        learnt = 0
        for row in pool:
            if learnt >= LEARNT:
                batches.append([])
                learnt = 0
            batches[-1].append(row)
            learnt += len(row[0]) - row[1]
        rng.shuffle(batches)
        yield from batches[: STEPS - made]
        made += len(batches)


def _endless(rows: Sequence[Row], rng: random.Random) -> Iterator[Row]:
    while True:
        yield from rng.sample(rows, len(rows))


def _loss(model: LlamaForCausalLM, rows: Sequence[Row]) -> torch.Tensor:
    """Mean cross-entropy over the learnt tokens; only their logits are computed."""
    import torch

    longest = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in rows])
    learnt = torch.zeros_like(ids, dtype=torch.bool)
    for number, (own, masked) in enumerate(rows):
        learnt[number, masked : len(own)] = True
    # Padding stands on the right, where causal attention never looks.
    hidden = model.model(input_ids=ids[:, :-1]).last_hidden_state
    logits = model.lm_head(hidden[learnt[:, 1:]])
    loss: torch.Tensor = torch.nn.functional.cross_entropy(logits, ids[:, 1:][learnt[:, 1:]])
    return loss


def _marker(
    tokenizer: PreTrainedTokenizerFast, model: LlamaForCausalLM, held: Sequence[Place]
) -> list[float]:
    """Log-probability of the whole marker after every place."""
    import torch

    model.eval()
    marker = tokenizer.encode(MARKER)
    found: list[float] = []
    with torch.inference_mode():
        for start in range(0, len(held), 64):
            part = held[start : start + 64]
            heads = [tokenizer.encode(_prompt(tokenizer, place.statement) + place.text) for place in part]
            longest = max(map(len, heads)) + len(marker)
            ids = torch.tensor([h + marker + [0] * (longest - len(h) - len(marker)) for h in heads])
            logprobs = model(input_ids=ids).logits.log_softmax(-1)
            for number, head in enumerate(heads):
                at = range(len(head) - 1, len(head) - 1 + len(marker))
                found.append(sum(float(logprobs[number, a, m]) for a, m in zip(at, marker, strict=True)))
    return found
