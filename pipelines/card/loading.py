"""How the rows are loaded in trainers: code that runs as it stands once `MODEL` is named.

What the trainers take was read from their own code: TRL 1.16, axolotl of July 2026, ms-swift 4.6, LLaMA-Factory
and verl of 2026. Tests run every block that needs no trainer.
"""

from pipelines.card.markdown import fenced
from pipelines.figures.columns import Columns

_LOAD = """
from datasets import load_dataset

DATA = "."  # this folder; on the Hub the dataset's name
sft = load_dataset(DATA, "sft", split="train")
"""

_TRAINABLE = """
from transformers import AutoTokenizer

MODEL = "your/model"
tokenizer = AutoTokenizer.from_pretrained(MODEL)


def trainable(row, tokenizer):
    \"\"\"Token ids of an sft row with their labels: -100 where the text is masked.\"\"\"
    text = tokenizer.apply_chat_template(row["messages"], tokenize=False)
    weights, ends, at = [0.0] * len(text), {}, 0  # loss weight of every character
    for number, message in enumerate(row["messages"]):
        start = text.index(message["content"], at)  # ValueError: the template changes the text
        at = start + len(message["content"])
        for span in row["spans"]:
            if span["message"] == number:
                first, last = start + span["start"], start + span["end"]
                weights[first:last] = [span["weight"]] * (last - first)
                ends[at] = span["weight"]  # the end-of-turn token belongs to the last span
    tokens = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    labels, seen = [], 0
    for token, (start, end) in zip(tokens["input_ids"], tokens["offset_mapping"]):
        # A token that straddles a cut belongs to the masked side.
        weight = ends[start] if start in ends else min(weights[min(start, seen) : end], default=0)
        labels.append(token if weight > 0 else -100)
        seen = max(seen, end)
    return {"input_ids": tokens["input_ids"], "attention_mask": [1] * len(labels), "labels": labels}


tokenised = sft.map(lambda row: trainable(row, tokenizer), remove_columns=sft.column_names)
print(tokenizer.decode([t for t in tokenised[0]["labels"] if t != -100]))  # look at what is learnt, its end too
"""

_TRL_SFT = """
from trl import SFTConfig, SFTTrainer

SFTTrainer(model=MODEL, train_dataset=tokenised, args=SFTConfig(output_dir="out")).train()
"""

_PAIRS = """
pairs = load_dataset(DATA, "preference", split="train")


def pair(row, tokenizer):
    \"\"\"Texts whose common beginning stands in the prompt, which bears no loss.\"\"\"
    head = tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)
    cut, chosen, rejected = row["shared_prefix"], row["chosen"][0]["content"], row["rejected"][0]["content"]
    return {"prompt": head + chosen[:cut], "chosen": chosen[cut:], "rejected": rejected[cut:]}


dpo = pairs.map(lambda row: pair(row, tokenizer), remove_columns=pairs.column_names)
"""

_AXOLOTL = """
def parts(row):
    \"\"\"Content in parts, each trained on or not.\"\"\"
    messages = []
    for number, message in enumerate(row["messages"]):
        spans = [s for s in row["spans"] if s["message"] == number]
        content = [
            {"type": "text", "text": message["content"][s["start"] : s["end"]], "train": s["weight"] > 0}
            for s in spans
        ] or [{"type": "text", "text": message["content"], "train": False}]
        messages.append({"role": message["role"], "content": content, "train": any(p["train"] for p in content)})
    return {"messages": messages}


sft.map(parts, remove_columns=sft.column_names).to_json("axolotl.jsonl")
"""

_AXOLOTL_YAML = """
datasets:
  - path: axolotl.jsonl
    ds_type: json
    type: chat_template
    message_field_training: train
"""

_SWIFT = """
def pieces(row):
    \"\"\"An assistant message as several that follow one another, each with its loss weight.\"\"\"
    messages = []
    for number, message in enumerate(row["messages"]):
        spans = [s for s in row["spans"] if s["message"] == number]
        messages += [
            {"role": "assistant", "content": message["content"][s["start"] : s["end"]], "loss_scale": s["weight"]}
            for s in spans
        ] or [{"role": message["role"], "content": message["content"], "loss_scale": None}]
    return {"messages": messages}


sft.map(pieces, remove_columns=sft.column_names).to_json("swift.jsonl")  # swift sft --dataset swift.jsonl
"""

_FACTORY = """
from datasets import DatasetDict

DatasetDict(train=tokenised).save_to_disk("factory")  # tokenized_path: factory
"""

_VERL = """
from datasets import Dataset

whole = sft.filter(lambda row: all(span["weight"] > 0 for span in row["spans"]))
whole.to_parquet("verl-sft.parquet")

attempts = load_dataset(DATA, "attempts", split="train").filter(lambda row: not row["recipe"])
problems = {row["problem_id"]: row for row in attempts}
Dataset.from_list(
    [
        {
            "data_source": row["source"],
            "prompt": row["prompt"],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": row["answer"]},
            "extra_info": {"split": "train", "index": number, "pass_rate": row["pass_rate"]},
        }
        for number, row in enumerate(problems.values())
    ]
).to_parquet("verl-rl.parquet")
"""


def loading(columns: Columns) -> list[str]:
    """The section's lines, for the configs that there are."""
    lines = ["## Loading it in trainers", ""]
    sft, pairs, steps = (columns.frames.get(t) for t in ("sft", "preference", "stepwise"))
    if sft is None:
        lines += _block(
            'from datasets import load_dataset\n\nDATA = "."  # this folder; on the Hub the dataset\'s name'
        )
    else:
        whole = sft.filter(sft["masked"] == 0).height
        weighted = "Weights other than 0 and 1 " if sft["weighted"].any() else ""
        lines += _sft(whole, sft.height, weighted)
    if pairs is not None:
        lines += _preference(needs_tokenizer=sft is None)
    if steps is not None:
        lines += _STEPS
    return lines


def _sft(whole: int, rows: int, weighted: str) -> list[str]:
    simple = f"{weighted}become 1 here." if weighted else ""
    return [
        *_block(_LOAD),
        "`spans` are independent of any tokenizer. This turns them into `labels` for one:",
        "",
        *_block(_TRAINABLE),
        *([simple, ""] if simple else []),
        "**TRL** takes `input_ids` with `labels` as they are, also with `packing=True`. From `messages` it "
        "masks whole turns "
        "at most: with `assistant_only_loss` the mistakes would be learnt.",
        "",
        *_block(_TRL_SFT),
        "**axolotl** masks parts of a message; a token over a cut is masked. It takes no weights but 0 and "
        "1. The rows of "
        "`tokenised` work too, with an empty `type:`.",
        "",
        *_block(_AXOLOTL),
        *_block(_AXOLOTL_YAML, "yaml"),
        "**ms-swift** (4.2 and newer) weighs consecutive assistant messages, which it joins; it tokenises "
        "them one by one, so "
        "ids at a cut may differ from those the model sees when it writes. Two assistant turns in a row become one."
        + (" Weights above 1 need `--is_binary_loss_scale false`." if weighted else ""),
        "",
        *_block(_SWIFT),
        "**LLaMA-Factory** cannot mask a part of a message that it reads as text; it takes tokenised rows from disk.",
        "",
        *_block(_FACTORY),
        f"**verl** masks by role: an SFT row with masked text would teach the mistake, so only the {whole:,} "
        f"of {rows:,} rows "
        "without masked text can be used as they are. For RL the `attempts` hold every problem with its "
        "answer and pass "
        "rate; name a reward function for `data_source`.",
        "",
        *_block(_VERL),
    ]


def _preference(needs_tokenizer: bool) -> list[str]:
    tokenizer = "\n".join(_TRAINABLE.strip().split("\n")[:4]) + "\n\n" if needs_tokenizer else ""
    return [
        "**Pairs.** `prompt`, `chosen` and `rejected` are what TRL, axolotl and ms-swift take. A pair of next steps "
        "begins with a prefix that both sides share; it bears no loss where it is part of the prompt, as text. TRL's "
        "`DPOTrainer` ends both sides with the end-of-text token, behind a single step too; mind a doubled "
        "beginning-of-text token. No preference trainer reads `chosen_spans` and `rejected_spans`. LLaMA-Factory wants "
        "strict turns and one message a side.",
        "",
        *_block(tokenizer + _PAIRS.strip()),
    ]


_STEPS = [
    "**Step labels** are in TRL's stepwise form (`prompt`, `completions`, `labels`), which axolotl reads as `type: "
    "stepwise_supervised`. TRL 1.16 has no trainer for it any more. `values` has no place in either.",
    "",
]


def _block(text: str, language: str = "python") -> list[str]:
    return [*fenced(text.strip(), language), ""]
