"""Messages to token ids: once, here, for every engine.

The chat template is rendered to text, the prefix of the assistant's turn is put behind it, and the
whole is tokenised at once. So a prefix continues exactly as a trainer tokenises the finished
conversation. Rendering prefix and prompt apart and joining their ids would differ from it wherever
a tokenizer merges across the border ("\\n" of the header with "\\n" of the text, for one).

    >>> PlainRenderer().text([Message("user", "2 + 2?")], prefix="It is")
    '<|im_start|>user\\n2 + 2?<|im_end|>\\n<|im_start|>assistant\\nIt is'
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from schemas.exceptions import ConfigError, EngineError
from schemas.segment import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TURN_START = "<|im_start|>"
TURN_END = "<|im_end|>"


def refuse_special(messages: Sequence[Message], prefix: str, special: Iterable[str]) -> None:
    """EngineError where text contains a special token: it would end the turn or open another."""
    places = [(f"message {number} ({m.role})", m.content) for number, m in enumerate(messages)]
    for place, text in [*places, ("the assistant prefix", prefix)]:
        for token in special:
            if token in text:
                raise EngineError(
                    f"{place} contains {token!r}, a special token of the model, at character "
                    f"{text.index(token)}; remove it from the text or leave the problem out"
                )


class ChatRenderer:
    """A model's own chat template and tokenizer."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        if not tokenizer.chat_template:
            raise ConfigError(
                f"the tokenizer of {tokenizer.name_or_path!r} has no chat template: use an instruct "
                "model, or put a chat_template.jinja beside its tokenizer"
            )
        self.tokenizer = tokenizer
        added = tokenizer.added_tokens_decoder.values()
        found = {*tokenizer.all_special_tokens, *(str(t) for t in added if t.special)}
        self._special = tuple(sorted(token for token in found if token))

    def text(self, messages: Sequence[Message], prefix: str = "") -> str:
        """The conversation as the model reads it, up to and including `prefix`."""
        refuse_special(messages, prefix, self._special)
        turns = [{"role": m.role, "content": m.content} for m in messages]
        try:
            text = self.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        except Exception as error:  # templates raise what they like: jinja2 errors, TypeError, …
            roles = ", ".join(m.role for m in messages)
            raise EngineError(f"the chat template refuses a conversation of {roles}: {error}") from error
        return f"{text}{prefix}"

    def render(self, messages: Sequence[Message], prefix: str = "") -> tuple[int, ...]:
        """Token ids; the template writes the beginning-of-text token itself, so none is added."""
        encoded = self.tokenizer(
            self.text(messages, prefix),
            add_special_tokens=False,
            return_attention_mask=False,
            verbose=False,
        )
        return tuple(encoded["input_ids"])


class PlainRenderer:
    """ChatML text with one id per code point; it can be read back, and needs no tokenizer."""

    def text(self, messages: Sequence[Message], prefix: str = "") -> str:
        """The conversation as ChatML text, up to and including `prefix`."""
        refuse_special(messages, prefix, (TURN_START, TURN_END))
        turns = "".join(f"{TURN_START}{m.role}\n{m.content}{TURN_END}\n" for m in messages)
        return f"{turns}{TURN_START}assistant\n{prefix}"

    def render(self, messages: Sequence[Message], prefix: str = "") -> tuple[int, ...]:
        """Code points of the text."""
        return tuple(map(ord, self.text(messages, prefix)))

    def decode_messages(self, ids: Sequence[int]) -> tuple[tuple[Message, ...], str]:
        """The messages and the prefix that `render` made `ids` from; EngineError for other ids."""
        text = "".join(map(chr, ids))
        *turns, last = text.split(TURN_START)[1:] or [""]
        messages = tuple(_message(turn) for turn in turns)
        role, _, prefix = last.partition("\n")
        if role != "assistant" or self.text(messages, prefix) != text:
            raise EngineError(f"these ids are not a conversation of the plain renderer: {text[:80]!r}")
        return messages, prefix


def _message(turn: str) -> Message:
    """`role newline content end-of-turn newline` as a message."""
    role, _, content = turn.removesuffix(f"{TURN_END}\n").partition("\n")
    if role == "system":
        return Message("system", content)
    if role == "user":
        return Message("user", content)
    if role == "assistant":
        return Message("assistant", content)
    raise EngineError(f"there is no role {role!r}")
