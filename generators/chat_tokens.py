"""A finished conversation as text and tokens, and which characters each token stands for.

Offsets are where tokenizers bite. Some cut the space off a token's front (`trim_offsets`), so that nothing
stands for it; a character of several byte-level tokens is given to each of them; what a normaliser drops
belongs to none. So the offsets are taken without the tokenizer's post-processor, and token i covers
everything from where token i-1 ends: the covers of a text leave no character out.

    >>> PlainTokens().encode("7 = 8").covers[:3]
    ((0, 1), (1, 2), (2, 3))
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from generators.engines.render import TURN_END, TURN_START, ChatRenderer, PlainRenderer
from schemas.exceptions import ConfigError
from schemas.segment import Message

if TYPE_CHECKING:
    from generators.engines.base import Renderer


class Encoded(NamedTuple):
    """Token ids of a text and, for each, the half-open range of code points it stands for.

    Ranges begin no later than the one before ends; two overlap where a token holds bytes of a character that
    the token before holds too. One is empty where a token stands for no character.
    """

    ids: tuple[int, ...]
    covers: tuple[tuple[int, int], ...]


class ChatTokens(Protocol):
    """What makes tokens of finished conversations."""

    special: tuple[str, ...]
    """Texts that are tokens of their own meaning wherever they stand."""

    def text(self, messages: Sequence[Message]) -> str:
        """The whole conversation; raises what its template raises where it refuses one."""

    def encode(self, text: str) -> Encoded:
        """Ids and covers; nothing is added to the text."""

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, special tokens included."""


class TokenizerTokens:
    """By a model's own tokenizer and chat template; ConfigError where it has no fast one, which alone knows offsets."""

    def __init__(self, renderer: ChatRenderer) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = renderer.tokenizer
        backend = getattr(self._tokenizer, "backend_tokenizer", None)
        if not isinstance(backend, Tokenizer):
            raise ConfigError(
                f"the tokenizer of {self._tokenizer.name_or_path!r} has no fast form (tokenizer.json), so it is "
                "not known which characters its tokens stand for"
            )
        # A copy: the engine goes on with its own. Special tokens are not added, so all that a post-processor
        # does beside is to trim offsets.
        self._backend = Tokenizer.from_str(backend.to_str())
        self._backend.post_processor = None
        self._backend.no_truncation()
        self._backend.no_padding()
        added = self._tokenizer.added_tokens_decoder.values()
        found = {*self._tokenizer.all_special_tokens, *(str(t) for t in added if t.special)}
        self.special = tuple(sorted(token for token in found if token))

    def text(self, messages: Sequence[Message]) -> str:
        turns = [{"role": m.role, "content": m.content} for m in messages]
        return str(self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=False))

    def encode(self, text: str) -> Encoded:
        encoding = self._backend.encode(text, add_special_tokens=False)
        return Encoded(tuple(encoding.ids), _covers(encoding.offsets))

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._backend.decode(list(ids), skip_special_tokens=False))


class PlainTokens:
    """By the plain renderer: one token for each code point of ChatML text."""

    special: tuple[str, ...] = (TURN_END, TURN_START)

    def text(self, messages: Sequence[Message]) -> str:
        return "".join(f"{TURN_START}{m.role}\n{m.content}{TURN_END}\n" for m in messages)

    def encode(self, text: str) -> Encoded:
        return Encoded(tuple(map(ord, text)), tuple((at, at + 1) for at in range(len(text))))

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(map(chr, ids))


def chat_tokens(renderer: "Renderer") -> ChatTokens:
    """The tokens of an engine's renderer; ConfigError where they are not known."""
    if isinstance(renderer, ChatRenderer):
        return TokenizerTokens(renderer)
    if isinstance(renderer, PlainRenderer):
        return PlainTokens()
    raise ConfigError(f"it is not known how {type(renderer).__name__} makes tokens")


def _covers(offsets: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    covers, before = [], 0
    for start, end in offsets:
        # A start before the last end: the token has bytes of a character that the one before has begun.
        covers.append((min(start, before), max(end, before)))
        before = max(end, before)
    return tuple(covers)
