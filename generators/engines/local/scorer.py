"""Scoring given texts: the prompts once, then every continuation on its prompt's keys and values."""

import math
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field

import torch

from generators.engines.base import ScoreRequest, Scores
from generators.engines.local.model import CausalModel
from generators.engines.local.prefill import known, left_padded, positions, prefill
from generators.engines.local.sampler import entropy
from schemas.exceptions import EngineError


@dataclass(eq=False, slots=True)
class Scoring:
    """A request and who waits for it."""

    request: ScoreRequest
    future: "Future[list[Scores]]" = field(default_factory=Future)

    def succeed(self, scores: list[Scores]) -> None:
        """Hand over the scores, if anyone still waits."""
        with suppress(InvalidStateError):
            self.future.set_result(scores)

    def fail(self, error: Exception) -> None:
        """Hand over the error, if anyone still waits."""
        with suppress(InvalidStateError):
            self.future.set_exception(error)


def score(model: CausalModel, requests: Sequence[ScoreRequest], most: int) -> list[list[Scores]]:
    """Scores of all continuations, `most` of them in the model at once.

    Raises EngineError where they are no finite numbers.
    """
    flat = [(number, c) for number, request in enumerate(requests) for c in request.continuations if c]
    entropies = any(request.entropies for request in requests)
    scored: list[Scores] = []
    with torch.inference_mode():
        for start in range(0, len(flat), most):
            part = flat[start : start + most]
            numbers = sorted({number for number, _ in part})
            prompts = [requests[number].ids for number in numbers]
            of_row = [numbers.index(number) for number, _ in part]
            scored += _score(model, prompts, of_row, [continuation for _, continuation in part], entropies)
    rest = iter(scored)
    return [
        [_as_asked(next(rest) if c else Scores((), ()), request.entropies) for c in request.continuations]
        for request in requests
    ]


def _as_asked(scores: Scores, entropies: bool) -> Scores:
    return scores if entropies else Scores(scores.logprobs)


def _score(
    model: CausalModel,
    prompts: Sequence[tuple[int, ...]],
    of_row: Sequence[int],
    continuations: Sequence[tuple[int, ...]],
    entropies: bool = False,
) -> list[Scores]:
    """Shapes: P prompts of at most L ids, R continuations of at most C ids, V vocabulary."""
    output, mask_P_L = prefill(model, prompts)
    rows = torch.tensor(of_row, dtype=torch.long, device=model.device)
    try:
        cache = output.past_key_values
        cache.batch_select_indices(rows)
    except (
        AttributeError,
        NotImplementedError,
    ):  # some kinds of layers cannot, some models have another memory
        return _score_whole(model, [prompts[row] for row in of_row], continuations, entropies)
    longest = max(map(len, continuations))
    ids_R_C = torch.tensor([[*c, *[0] * (longest - len(c))] for c in continuations], device=model.device)
    # Padding stands on the right here, where causal attention never looks.
    mask_R_LC = torch.nn.functional.pad(mask_P_L[rows], (0, longest), value=1)
    onward = model(
        input_ids=ids_R_C,
        attention_mask=mask_R_LC,
        past_key_values=cache,
        use_cache=True,
        **known(model, position_ids=positions(mask_R_LC)[:, -longest:]),
    )
    logits_R_C_V = torch.cat([output.logits[:, -1:][rows], onward.logits[:, :-1]], dim=1)
    found = _of_ids(logits_R_C_V, ids_R_C, entropies)
    return [
        _finite(*(line[: len(c)] for line in lines)) for lines, c in zip(found, continuations, strict=True)
    ]


def _score_whole(
    model: CausalModel,
    prompts: Sequence[tuple[int, ...]],
    continuations: Sequence[tuple[int, ...]],
    entropies: bool = False,
) -> list[Scores]:
    """The same without a cache: every row with its whole prompt."""
    wholes = [[*prompt, *c] for prompt, c in zip(prompts, continuations, strict=True)]
    ids_R_L, mask_R_L = (t.to(model.device) for t in left_padded(wholes))
    longest = max(map(len, continuations))
    place = known(model, position_ids=positions(mask_R_L))
    logits = model(input_ids=ids_R_L, attention_mask=mask_R_L, use_cache=False, **place).logits
    found = _of_ids(logits[:, -longest - 1 : -1], ids_R_L[:, -longest:], entropies)
    return [
        _finite(*(line[-len(c) :] for line in lines)) for lines, c in zip(found, continuations, strict=True)
    ]


def _of_ids(logits_R_C_V: torch.Tensor, ids_R_C: torch.Tensor, entropies: bool) -> list[list[list[float]]]:
    """Per row the log-probability of each id, from the logits of its own place, and the entropies there."""
    logits_R_C_V = logits_R_C_V.float()
    whole_R_C = logits_R_C_V.logsumexp(2)
    found = [logits_R_C_V.gather(2, ids_R_C[:, :, None]).squeeze(2) - whole_R_C]
    if entropies:
        found.append(entropy(logits_R_C_V, whole_R_C))
    lines: list[list[list[float]]] = torch.stack(found, dim=1).double().tolist()
    return lines


def _finite(logprobs: Sequence[float], entropies: Sequence[float] | None = None) -> Scores:
    if not all(math.isfinite(value) for value in logprobs):
        raise EngineError("the model's scores are not finite numbers; try dtype: float32")
    return Scores(tuple(logprobs), None if entropies is None else tuple(entropies))
