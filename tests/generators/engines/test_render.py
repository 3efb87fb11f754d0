"""Rendering: one tokenisation of the whole, special tokens refused."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generators.engines.render import ChatRenderer, PlainRenderer
from schemas.exceptions import ConfigError, EngineError
from schemas.segment import Message
from tests.generators.engines.tiny_llama import make_tiny_llama

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TALK = [Message("system", "Be short."), Message("user", "What is 3 * 12?\n\n")]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> "PreTrainedTokenizerBase":
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("torch")
    folder: Path = tmp_path_factory.mktemp("llama")
    loaded: PreTrainedTokenizerBase = transformers.AutoTokenizer.from_pretrained(make_tiny_llama(folder))
    return loaded


def test_a_conversation_is_tokenised_as_a_trainer_tokenises_it(tokenizer: "PreTrainedTokenizerBase") -> None:
    turns = [{"role": m.role, "content": m.content} for m in TALK]
    expected = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=True)
    assert ChatRenderer(tokenizer).render(TALK) == tuple(expected["input_ids"])


@pytest.mark.parametrize("prefix", ["Tom has", "3 * 12 = 36.\n\nNo, wait: 4 €", "\n\nStep 1: "])
def test_prefix_and_prompt_are_tokenised_together(tokenizer: "PreTrainedTokenizerBase", prefix: str) -> None:
    renderer = ChatRenderer(tokenizer)
    whole = tokenizer(renderer.text(TALK) + prefix, add_special_tokens=False)["input_ids"]
    assert renderer.render(TALK, prefix) == tuple(whole)


def test_a_prefix_that_starts_a_token_continues_the_prompts_ids(tokenizer: "PreTrainedTokenizerBase") -> None:
    renderer = ChatRenderer(tokenizer)
    start = renderer.render(TALK)
    assert renderer.render(TALK, "Tom has")[: len(start)] == start


@pytest.mark.parametrize("token", ["<|im_end|>", "<|im_start|>", "<|endoftext|>"])
def test_special_tokens_in_text_are_refused_by_name(tokenizer: "PreTrainedTokenizerBase", token: str) -> None:
    renderer = ChatRenderer(tokenizer)
    with pytest.raises(EngineError, match=r"message 0 \(user\) contains '<\|"):
        renderer.render([Message("user", f"a {token} b")])
    with pytest.raises(EngineError, match="assistant prefix contains"):
        renderer.render(TALK, token)


def test_a_tokenizer_without_a_chat_template_is_a_config_error(tokenizer: "PreTrainedTokenizerBase") -> None:
    import copy

    bare = copy.deepcopy(tokenizer)
    bare.chat_template = None
    with pytest.raises(ConfigError, match="no chat template"):
        ChatRenderer(bare)


def test_what_a_template_refuses_is_an_engine_error(tokenizer: "PreTrainedTokenizerBase") -> None:
    import copy

    strict = copy.deepcopy(tokenizer)
    strict.chat_template = "{{ raise_exception('System role not supported') }}"
    with pytest.raises(EngineError, match="refuses a conversation of system, user"):
        ChatRenderer(strict).render(TALK)


@pytest.mark.parametrize("prefix", ["", "3 * 12", "\n", "😀 assistant\n"])
def test_the_plain_renderer_can_be_read_back(prefix: str) -> None:
    plain = PlainRenderer()
    talk = [*TALK, Message("assistant", "36\n"), Message("user", "")]
    assert plain.decode_messages(plain.render(talk, prefix)) == (tuple(talk), prefix)
    assert plain.decode_messages(plain.render([], prefix)) == ((), prefix)


def test_the_plain_renderer_refuses_its_own_markers_and_foreign_ids() -> None:
    with pytest.raises(EngineError, match="im_end"):
        PlainRenderer().render([Message("user", "<|im_end|>")])
    for ids in ((), (104, 105), PlainRenderer().render(TALK)[3:]):
        with pytest.raises(EngineError, match="not a conversation"):
            PlainRenderer().decode_messages(ids)
