"""One run of `generate` over a batch of rows, until enough of them have finished."""

from collections.abc import Callable, Sequence

import torch

from generators.engines.local.decoder import Decoder
from generators.engines.local.model import CausalModel
from generators.engines.local.rows import Row
from generators.engines.local.sampler import RowSampler
from generators.engines.local.stops import RowStops
from schemas.exceptions import EngineError


def run_batch(
    model: CausalModel,
    decoder: Decoder,
    rows: Sequence[Row],
    thin: Callable[[int], bool],
) -> list[Row]:
    """Sample until all rows have finished or `thin(finished rows)` says to leave.

    Finished rows get their completion; the others are returned with the tokens they have, and
    continue in their next batch from there.
    """
    from transformers import LogitsProcessorList, StoppingCriteriaList

    device = model.device
    sampler = RowSampler(rows, device)
    stops = RowStops(rows, decoder, device, thin)
    ids, mask = left_padded([[*row.prompt, *row.tokens] for row in rows])
    with torch.inference_mode():
        output = model.generate(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            generation_config=type(model.generation_config)(
                max_new_tokens=max(row.left for row in rows), do_sample=False, pad_token_id=0, use_cache=True
            ),
            logits_processor=LogitsProcessorList([sampler]),
            stopping_criteria=StoppingCriteriaList([stops]),
        )
    sampled = output[:, ids.shape[1] :].tolist()
    done, lengths = stops.done.tolist(), stops.lengths.tolist()
    logprobs = torch.stack(sampler.logprobs, dim=1).double().cpu()
    open_rows: list[Row] = []
    for number, row in enumerate(rows):
        row.tokens.extend(sampled[number][: lengths[number]])
        row.logprob += float(logprobs[number, : lengths[number]].sum())
        if not done[number]:
            open_rows.append(row)
        elif row.logprob - row.logprob != 0:  # infinite or not a number
            row.fail(EngineError("the model's scores are not finite numbers; try dtype: float32"))
        else:
            row.succeed(decoder.completion(row))
    return open_rows


def left_padded(sequences: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask, [rows, longest]; padding comes first so that all rows end together."""
    longest = max(len(sequence) for sequence in sequences)
    ids = torch.zeros(len(sequences), longest, dtype=torch.long)
    mask = torch.zeros(len(sequences), longest, dtype=torch.long)
    for number, sequence in enumerate(sequences):
        ids[number, longest - len(sequence) :] = torch.tensor(sequence)
        mask[number, longest - len(sequence) :] = 1
    return ids, mask
