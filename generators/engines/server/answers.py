"""From what a server answered to a Completion: cut at stop strings, token ids filled in."""

import json
from typing import TYPE_CHECKING, Literal

from generators.engines.base import Completion, Request, Sampling
from generators.engines.server.dialect import Dialect
from generators.engines.server.faults import Refusal
from generators.engines.server.replies import Answer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def ids_completion(
    answer: Answer, request: Request, dialect: Dialect, tokenizer: "PreTrainedTokenizerBase"
) -> Completion:
    """An answer of /v1/completions. Where the server does not give the sampled ids they are those of the
    text, with the end-of-turn token where the answer ended by itself."""
    text = answer.text
    if answer.stopped_at is not None:  # its text came along, because that of a stop string was to
        text = text.removesuffix(str(tokenizer.decode([answer.stopped_at])))
    text, finish, cut = _cut(text, answer.finish, request.sampling)
    _check_schema(text, finish, cut, request.sampling)
    ids = answer.token_ids
    if ids is None:
        ids = tuple(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])
        end = tokenizer.eos_token_id
        if finish == "stop" and not cut and not request.sampling.stop and isinstance(end, int):
            ids = (*ids, end)
    # What was sampled beyond a stop that the server did not make has no place in the sum.
    whole = answer.logprobs if not cut or dialect.stops_itself(request.sampling) else None
    return _completion(text, ids, finish, whole, request)


def chat_completion(answer: Answer, request: Request, dialect: Dialect) -> Completion:
    """An answer of the chat route: token ids are the plain renderer's, which are code points."""
    text, finish, cut = _cut(answer.text, answer.finish, request.sampling)
    _check_schema(text, finish, cut, request.sampling)
    whole = answer.logprobs if not cut or dialect.stops_itself(request.sampling) else None
    return _completion(text, tuple(map(ord, text)), finish, whole, request)


def _completion(
    text: str,
    ids: tuple[int, ...],
    finish: Literal["stop", "length"],
    logprobs: tuple[float, ...] | None,
    request: Request,
) -> Completion:
    per_token = logprobs if logprobs is not None and len(logprobs) == len(ids) else None
    return Completion(
        text,
        ids,
        finish,
        logprob=None if logprobs is None else sum(logprobs),
        logprobs=per_token if request.details else None,
    )


def _cut(
    text: str, finish: Literal["stop", "length"], sampling: Sampling
) -> tuple[str, Literal["stop", "length"], bool]:
    """Text, finish, and whether a stop string was found; an answer may have run on behind it."""
    found = [(text.find(stop), stop) for stop in sampling.stop if stop and stop in text]
    if not found:
        return text, finish, False
    at, stop = min(found)
    return text[: at + len(stop)] if sampling.keep_stop else text[:at], "stop", True


def _check_schema(text: str, finish: str, cut: bool, sampling: Sampling) -> None:
    """Refusal where a finished answer is not JSON: the server took the schema and paid no heed."""
    if not sampling.json_schema or finish != "stop" or cut:
        return
    try:
        json.loads(text)
    except ValueError:
        raise Refusal(0, f"the server does not hold answers to a JSON schema: {text[:80]!r}") from None
