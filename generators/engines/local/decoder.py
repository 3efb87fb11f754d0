"""Token ids to text, and which tokens can complete a stop string."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from generators.engines.base import Completion
from generators.engines.local.rows import Row

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_UNFINISHED = "\ufffd"  # what a token that is part of a character decodes to


class Decoder:
    """A model's tokenizer, its end-of-turn tokens and its vocabulary size."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase", ends: Sequence[int], vocabulary: int) -> None:
        self.ends = frozenset(ends)
        self.vocabulary = vocabulary
        self._tokenizer = tokenizer
        self._pieces: list[str] = []
        self._completing: dict[tuple[str, ...], bytes] = {}

    def text(self, prompt: Sequence[int], tokens: Sequence[int]) -> str:
        """The text that `tokens` add behind a prompt, special tokens left out.

        Decoded together with the last token of the prompt: some tokenizers drop the space in front
        of the first token they decode.
        """
        head = self._decode(prompt[-1:])
        whole = self._decode([*prompt[-1:], *tokens])
        return whole[len(head) :] if whole.startswith(head) else self._decode(tokens)

    def completion(self, row: Row) -> Completion:
        """What a finished row has said."""
        sampling = row.sampling
        stopped = row.tokens[-1] in sampling.stop_ids
        text = self.text(row.prompt, row.tokens[:-1] if stopped and not sampling.keep_stop else row.tokens)
        found = [(text.find(stop), stop) for stop in sampling.stop if stop and stop in text]
        if found:
            at, stop = min(found)
            text = text[: at + len(stop)] if sampling.keep_stop else text[:at]
        ended = bool(found) or stopped or row.tokens[-1] in self.ends
        return Completion(
            text,
            tuple(row.tokens),
            "stop" if ended else "length",
            sum(row.logprobs),
            tuple(row.logprobs) if row.details else None,
            tuple(row.entropies) if row.details else None,
        )

    def is_done(self, row: Row) -> bool:
        """Whether the newest token of a row is its last."""
        newest, sampling = row.tokens[-1], row.sampling
        if newest in self.ends or newest in sampling.stop_ids or row.left <= 0:
            return True
        if not sampling.stop or not self._completes(sampling.stop)[newest]:
            return False
        text = self.text(row.prompt, row.tokens)
        return any(stop and stop in text for stop in sampling.stop)

    def _completes(self, stops: tuple[str, ...]) -> bytes:
        """Per token 1 where it may be the last of one of the stop strings.

        Only rows whose newest token is one of these need decoding, which is few rows for most
        stop strings. A token that holds the last character of a stop string, or part of a character.
        """
        if stops not in self._completing:
            flags = torch.zeros(self.vocabulary, dtype=torch.bool)
            for last in {stop[-1] for stop in stops if stop}:
                flags |= self._holding(last)
            self._completing[stops] = bytes(flags.tolist())
        return self._completing[stops]

    def _holding(self, character: str) -> torch.Tensor:
        if character == " ":  # a piece decoded alone may have lost its space
            return torch.ones(self.vocabulary, dtype=torch.bool)
        if not self._pieces:
            ids = [[number] for number in range(self.vocabulary)]
            self._pieces = list(self._tokenizer.batch_decode(ids, clean_up_tokenization_spaces=False))
        return torch.tensor([character in piece or _UNFINISHED in piece for piece in self._pieces])

    def _decode(self, ids: Sequence[int]) -> str:
        return str(
            self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        )
