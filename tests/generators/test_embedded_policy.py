"""The policy that comes with the project: small, loadable offline, and ChatML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

FOLDER = Path(__file__).parents[2] / "generators" / "engines" / "embedded"
LARGEST_BYTES = 4 * 1024 * 1024
CONVERSATION = [
    {"role": "user", "content": "Compute 12 + 30."},
    {"role": "assistant", "content": "Step 1: 12 + 30 = 42"},
]


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    loaded: PreTrainedTokenizerBase = transformers.AutoTokenizer.from_pretrained(
        FOLDER, local_files_only=True
    )
    return loaded


def test_the_folder_is_small_and_complete() -> None:
    names = {path.name for path in FOLDER.iterdir()}
    expected = {
        "README.md",
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert expected <= names
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) <= LARGEST_BYTES


def test_every_digit_is_one_token(tokenizer: PreTrainedTokenizerBase) -> None:
    pieces = tokenizer.tokenize("Step 12: 407 * 3 = 1221")
    assert [piece for piece in pieces if any(c.isdigit() for c in piece)] == list("1240731221")


def test_any_text_comes_back(tokenizer: PreTrainedTokenizerBase) -> None:
    text = "Wait, 3 × 4 ≠ 13.\n\n  Größe: 日本 🙂\t\\boxed{-7}."
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_the_template_renders_chatml(tokenizer: PreTrainedTokenizerBase) -> None:
    first = "<|im_start|>user\nCompute 12 + 30.<|im_end|>\n<|im_start|>assistant\n"
    assert (
        tokenizer.apply_chat_template(CONVERSATION[:1], tokenize=False, add_generation_prompt=True) == first
    )
    whole = tokenizer.apply_chat_template(CONVERSATION, tokenize=False)
    assert whole == first + "Step 1: 12 + 30 = 42<|im_end|>\n"
    assert tokenizer.eos_token == "<|im_end|>"
    for token in ("<|im_start|>", "<|im_end|>", "<|endoftext|>"):
        assert len(tokenizer.encode(token)) == 1


def test_the_template_marks_what_the_assistant_says(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    row: Any = tokenizer.apply_chat_template(
        CONVERSATION, return_dict=True, return_assistant_tokens_mask=True
    )
    marked = [i for i, m in zip(row["input_ids"], row["assistant_masks"], strict=True) if m]
    assert tokenizer.decode(marked) == "Step 1: 12 + 30 = 42<|im_end|>"


def test_the_model_answers_in_steps_and_ends_its_turn(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    model = transformers.AutoModelForCausalLM.from_pretrained(FOLDER, local_files_only=True)
    assert model.config.eos_token_id == tokenizer.eos_token_id
    prompt = tokenizer.apply_chat_template(CONVERSATION[:1], tokenize=False, add_generation_prompt=True)
    inputs = tokenizer(prompt, return_tensors="pt")
    output = model.generate(**inputs, do_sample=False, max_new_tokens=80)[0, inputs["input_ids"].shape[1] :]
    text = str(tokenizer.decode(output, skip_special_tokens=True))
    assert text.startswith("Step 1: 12 + 30 = ")
    assert "The answer is \\boxed{" in text
    assert output[-1] == tokenizer.eos_token_id
