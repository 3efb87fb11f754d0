"""Trains the embedded policy, a Llama of 1.5 million parameters that slips at arithmetic as people do.

    python -m bench.train_policy --out out/stage1
    python -m bench.train_policy --out generators/engines/embedded --init-from out/stage1 --stage 2 \\
        --seed 2000000 --batch 16 --updates 4000 --rate 1.5e-3
    python -m bench.train_policy --out generators/engines/embedded --init-from generators/engines/embedded \\
        --stage 3 --seed 3000000 --batch 16 --updates 2400 --rate 1e-3

The user's turn is a procedural problem's statement, the assistant's its worked solution; in the third stage
most problems stand in a dialogue (`bench.policy_dialogues`). Only the last solution's tokens bear loss. Seeds
start at 1,000,000, away from those of any example config.
One thread, no GPU, 20 minutes a stage (55-63 examples/s in the first two, measured on a shared core).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench import policy_data, policy_dialogues, policy_tokenizer
from bench.policy_dialogues import Dialogue
from schemas.segment import Message

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    Batch = dict[str, torch.Tensor]

SEED = 1_000_000
POOL = 2048
"""Examples sorted by length together, so that a batch is of nearly one length."""
IGNORED = -100
LOGGED = 25
"""Updates between two lines of progress."""
WARMUP = 100
CORPUS = 8_000
"""Problems the tokenizer is made from."""


def main() -> None:
    """Parse, train, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--updates", type=int, default=2400, help="batches to train on")
    parser.add_argument("--stop", type=int, help="stop after so many updates of the schedule")
    parser.add_argument("--batch", type=int, default=32, help="problems in a batch")
    parser.add_argument("--stage", type=int, default=1, choices=[1, 2, 3], help="what is trained on")
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate after warm-up")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other training problems")
    parser.add_argument("--init-from", type=Path, help="folder to go on from")
    run(parser.parse_args())


def run(args: argparse.Namespace) -> None:
    """One training run, saved at every quarter and at the end."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    tokenizer = _tokenizer(args.init_from)
    model = _model(args.init_from, tokenizer)
    print(f"{model.num_parameters():,} parameters, {len(tokenizer)} tokens", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.9, 0.98), weight_decay=0.01)
    total = args.updates
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, total))
    model.train()
    began, recent = time.monotonic(), 0.0
    for update, batch in enumerate(_batches(tokenizer, args), start=1):
        loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        recent += loss.item()
        if update % LOGGED == 0:
            speed = update * args.batch / (time.monotonic() - began)
            print(f"{update}/{total} loss {recent / LOGGED:.4f}, {speed:.0f} examples/s", flush=True)
            recent = 0.0
        if update % max(1, total // 4) == 0:
            save(model, tokenizer, args.out)
        if update == args.stop:
            break
    save(model, tokenizer, args.out)


def save(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write weights in bfloat16; training goes on in float32."""
    import copy

    copy.deepcopy(model).bfloat16().save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _tokenizer(init_from: Path | None) -> PreTrainedTokenizerFast:
    from transformers import PreTrainedTokenizerFast

    if init_from:
        loaded: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(init_from)
        return loaded
    corpus = policy_data.examples(SEED, CORPUS, policy_data.STAGES[1], grown=True)
    return policy_tokenizer.build(f"{worked.statement}\n{worked.solution}" for worked in corpus)


def _model(init_from: Path | None, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    if init_from:
        loaded: LlamaForCausalLM = LlamaForCausalLM.from_pretrained(init_from, dtype=torch.float32)
        return loaded
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=3,
        num_attention_heads=6,
        num_key_value_heads=6,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def _rate(step: int, total: int) -> float:
    """Linear warm-up, then half a cosine down to a twentieth."""
    if step < WARMUP:
        return (step + 1) / WARMUP
    done = (step - WARMUP) / max(1, total - WARMUP)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _batches(tokenizer: PreTrainedTokenizerFast, args: argparse.Namespace) -> Iterator[Batch]:
    """Batches of nearly one length, in a random order within each pool."""
    import torch

    shuffle = torch.Generator().manual_seed(args.seed)
    pool: list[tuple[list[int], int]] = []
    count = args.updates * args.batch
    for number, example in enumerate(_examples(args.stage, args.seed, count), start=1):
        asked = [{"role": m.role, "content": m.content} for m in example.messages]
        prompt = tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
        start = tokenizer.encode(prompt + example.prefix)
        # The end of the turn is learnt; the newline the template puts after it is not.
        pool.append((start + tokenizer.encode(example.target + policy_tokenizer.TURN_END), len(start)))
        if len(pool) == POOL or number == count:
            pool.sort(key=lambda row: len(row[0]))
            for place in torch.randperm(len(pool) // args.batch, generator=shuffle).tolist():
                rows = pool[place * args.batch : (place + 1) * args.batch]
                yield _collate(rows, int(tokenizer.pad_token_id))
            pool = []


def _examples(stage: int, seed: int, count: int) -> Iterator[Dialogue]:
    if stage == 3:
        yield from policy_dialogues.dialogues(seed, count, policy_data.STAGES[2])
        return
    for worked in policy_data.examples(seed, count, policy_data.STAGES[stage]):
        yield Dialogue((Message("user", worked.statement),), "", worked.solution)


def _collate(rows: list[tuple[list[int], int]], pad: int) -> Batch:
    """Pad on the right; prompt and padding bear no loss. Both tensors are (batch, length).

    Causal attention never looks right, so padding needs no mask; without one attention is faster.
    """
    import torch

    longest = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [pad] * (longest - len(ids)) for ids, _ in rows])
    labels = ids.clone()
    for row, (own, start) in enumerate(rows):
        labels[row, :start] = IGNORED
        labels[row, len(own) :] = IGNORED
    return {"input_ids": ids, "labels": labels}


if __name__ == "__main__":
    main()
