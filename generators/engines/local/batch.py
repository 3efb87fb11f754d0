"""A batch of rows in the model: its ids, its attention mask, its cache of keys and values."""

from collections.abc import Callable, Sequence

import torch

from generators.engines.local.decoder import Decoder
from generators.engines.local.model import CausalModel
from generators.engines.local.rows import Row
from generators.engines.local.sampler import RowSampler
from generators.engines.local.stops import RowStops
from schemas.exceptions import EngineError


class Batch:
    """Rows that are sampled together. Shapes: B rows, L ids of prompts and tokens so far."""

    def __init__(self, model: CausalModel, decoder: Decoder, rows: Sequence[Row]) -> None:
        self.rows = list(rows)
        self._model = model
        self._decoder = decoder
        ids_B_L, mask_B_L = left_padded([[*row.prompt, *row.tokens] for row in rows])
        self._ids_B_L = ids_B_L.to(model.device)
        self._mask_B_L = mask_B_L.to(model.device)
        self._cache: object = None

    def advance(self, leave: Callable[[int], bool]) -> None:
        """Sample until all rows have finished or `leave(finished rows)` says so.

        Finished rows get their completion and leave `rows`; so do those that nobody waits for.
        """
        sampler = RowSampler(self.rows, self._model.device)
        stops = RowStops(self.rows, self._decoder, self._model.device, leave)
        sequences_B_L, cache = self._generate(sampler, stops)
        length = self._ids_B_L.shape[1]
        sampled, lengths = sequences_B_L[:, length:].tolist(), stops.lengths.tolist()
        logprobs_B_T = torch.stack(sampler.logprobs, dim=1).double().cpu()
        for number, row in enumerate(self.rows):
            row.tokens.extend(sampled[number][: lengths[number]])
            row.logprob += float(logprobs_B_T[number, : lengths[number]].sum())
        open_rows = []
        for number, done in enumerate(stops.done.tolist()):
            if done:
                self._finish(self.rows[number])
            elif not self.rows[number].future.cancelled():
                open_rows.append(number)
        self._keep(open_rows, sequences_B_L, cache)

    def _generate(self, sampler: RowSampler, stops: RowStops) -> tuple[torch.Tensor, object]:
        """Ids [B, L and new tokens], and the cache of all but the last of them."""
        from transformers import LogitsProcessorList, StoppingCriteriaList

        with torch.inference_mode():
            output = self._model.generate(
                input_ids=self._ids_B_L,
                attention_mask=self._mask_B_L,
                past_key_values=self._cache,
                generation_config=type(self._model.generation_config)(
                    max_new_tokens=max(row.left for row in self.rows),
                    do_sample=False,
                    pad_token_id=0,
                    use_cache=True,
                    return_dict_in_generate=True,
                ),
                logits_processor=LogitsProcessorList([sampler]),
                stopping_criteria=StoppingCriteriaList([stops]),
            )
        return output.sequences, output.past_key_values

    def _keep(self, numbers: Sequence[int], sequences_B_L: torch.Tensor, cache: object) -> None:
        """Go on with some of the rows, without computing their keys and values again."""
        self.rows = [self.rows[number] for number in numbers]
        chosen = torch.tensor(numbers, dtype=torch.long, device=sequences_B_L.device)
        grown = sequences_B_L.shape[1] - self._mask_B_L.shape[1]
        self._mask_B_L = torch.nn.functional.pad(self._mask_B_L, (0, grown), value=1)[chosen]
        self._ids_B_L = sequences_B_L[chosen]
        self._cache = None  # which `generate` takes as: compute all of it
        if self.rows and hasattr(cache, "batch_select_indices"):
            try:
                cache.batch_select_indices(chosen)
            except (AttributeError, NotImplementedError):  # some kinds of layers cannot
                return
            self._cache = cache

    def _finish(self, row: Row) -> None:
        if not torch.isfinite(torch.tensor(row.logprob)):
            row.fail(EngineError("the model's scores are not finite numbers; try dtype: float32"))
        else:
            row.succeed(self._decoder.completion(row))


def left_padded(sequences: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask, [rows, longest]; padding comes first so that all rows end together."""
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.zeros(len(sequences), longest, dtype=torch.long)
    mask = torch.zeros(len(sequences), longest, dtype=torch.long)
    for number, sequence in enumerate(sequences):
        ids[number, longest - len(sequence) :] = torch.tensor(sequence)
        mask[number, longest - len(sequence) :] = 1
    return ids, mask
