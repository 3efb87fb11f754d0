"""What a server says, read strictly: whatever is not of the documented form is a Fault.

Sources of the forms: OpenAI's API reference, and vLLM's additions to it (`token_ids` of a choice,
`prompt_logprobs`, `max_model_len` and `root` of a model).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from generators.engines.server.faults import Fault

_STOPPED = ("stop", "eos_token", "stop_sequence")  # the last two: text-generation-inference
_ROUNDING = 1e-2  # nats by which a log-probability in half precision may exceed 0
_ABSENT = object()


@dataclass(frozen=True)
class Answer:
    """One choice. `token_ids` where the server gives them; `logprobs` per sampled token, in nats.
    `stopped_at` is the token id that ended it, where it says so and that is not the end of the turn."""

    text: str
    finish: Literal["stop", "length"]
    token_ids: tuple[int, ...] | None = None
    logprobs: tuple[float, ...] | None = None
    stopped_at: int | None = None


@dataclass(frozen=True)
class Card:
    """One entry of /v1/models."""

    name: str
    root: str | None
    context: int | None
    vendor: str


def read_cards(reply: object) -> list[Card]:
    """The models a server lists."""
    cards = _list(_object(reply, "the list of models"), "data")
    return [_card(_object(card, "a model")) for card in cards]


def _card(card: dict[str, object]) -> Card:
    context = card.get("max_model_len")
    return Card(
        name=_text(card, "id"),
        root=_text(card, "root") if card.get("root") is not None else None,
        context=context if _is_count(context) and isinstance(context, int) else None,
        vendor=str(card.get("owned_by") or ""),
    )


def read_model(reply: object) -> str | None:
    """The model that a reply says it is from."""
    model = _object(reply, "a reply").get("model")
    return model if isinstance(model, str) and model else None


def read_prompt_tokens(reply: object) -> int | None:
    """How many tokens the server counted in the prompt, where it says so."""
    usage = _object(reply, "a reply").get("usage")
    count = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return count if isinstance(count, int) and _is_count(count) else None


def read_tokens(reply: object) -> list[int]:
    """Token ids of /tokenize."""
    return list(_ids(_object(reply, "a reply of /tokenize"), "tokens"))


def read_completion(reply: object) -> Answer:
    """The only choice of a reply of /v1/completions."""
    choice = _choice(reply)
    ids = _ids(choice, "token_ids") if choice.get("token_ids") is not None else None
    logprobs = None
    if choice.get("logprobs") is not None:
        values = _list(_object(choice["logprobs"], "`logprobs`"), "token_logprobs")
        logprobs = tuple(_logprob(value) for value in values)
        if ids is not None and len(ids) != len(logprobs):
            raise _bad(f"{len(logprobs)} log-probabilities for {len(ids)} tokens")
    reason = choice.get("stop_reason")
    stopped_at = reason if isinstance(reason, int) and not isinstance(reason, bool) else None
    return Answer(_text(choice, "text"), _finish(choice), ids, logprobs, stopped_at)


def read_chat(reply: object) -> Answer:
    """The only choice of a reply of /v1/chat/completions."""
    choice = _choice(reply)
    message = _object(choice.get("message"), "`message`")
    text = "" if message.get("content") is None else _text(message, "content")
    logprobs = None
    if choice.get("logprobs") is not None:
        content = _object(choice["logprobs"], "`logprobs`").get("content")
        if isinstance(content, list):
            logprobs = tuple(_logprob(_object(token, "a token").get("logprob")) for token in content)
    return Answer(text, _finish(choice), logprobs=logprobs)


def read_prompt_logprobs(reply: object, ids: Sequence[int]) -> tuple[float | None, ...] | None:
    """Log-probability of every token of a prompt, None for its first, as vLLM gives them with
    `prompt_logprobs` or as the older `echo` does; None where the server gave neither."""
    choice = _choice(reply)
    if choice.get("prompt_logprobs") is not None:
        places = _list(choice, "prompt_logprobs")
        if len(places) != len(ids):
            raise _bad(f"{len(places)} prompt_logprobs for {len(ids)} tokens")
        return tuple(_at(place, token) for place, token in zip(places, ids, strict=True))
    if choice.get("logprobs") is None:
        return None
    values = _list(_object(choice["logprobs"], "`logprobs`"), "token_logprobs")
    if len(values) < len(ids):  # those of the answer alone: `echo` is not known here
        return None
    return tuple(None if value is None else _logprob(value) for value in values[: len(ids)])


def _at(place: object, token: int) -> float | None:
    if place is None:
        return None
    return _logprob(_object(_object(place, "prompt_logprobs").get(str(token)), "a token").get("logprob"))


def _choice(reply: object) -> dict[str, object]:
    choices = _list(_object(reply, "a reply"), "choices")
    if len(choices) != 1:
        raise _bad(f"{len(choices)} choices where one was asked for")
    return _object(choices[0], "a choice")


def _finish(choice: dict[str, object]) -> Literal["stop", "length"]:
    reason = choice.get("finish_reason")
    if reason in _STOPPED:
        return "stop"
    if reason == "length":
        return "length"
    raise _bad(f"finish_reason {reason!r}")


def _logprob(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _bad(f"log-probability {value!r}")
    if not math.isfinite(value) or value > _ROUNDING:
        raise _bad(f"log-probability {value}")
    return min(0.0, float(value))


def _ids(holder: dict[str, object], name: str) -> tuple[int, ...]:
    values = _list(holder, name)
    if not all(_is_count(value) for value in values):
        raise _bad(f"`{name}` that are no token ids")
    return tuple(value for value in values if isinstance(value, int))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _object(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _bad(f"{what} is {_short(value)}, not an object")
    return value


def _list(holder: dict[str, object], name: str) -> list[object]:
    value = holder.get(name, _ABSENT)
    if not isinstance(value, list):
        raise _bad(
            f"no list `{name}` in {_short(holder)}" if value is _ABSENT else f"`{name}`: {_short(value)}"
        )
    return value


def _text(holder: dict[str, object], name: str) -> str:
    value = holder.get(name, _ABSENT)
    if not isinstance(value, str):
        raise _bad(f"no text `{name}` in {_short(holder)}")
    return value


def _short(value: object) -> str:
    return repr(value)[:100]


def _bad(what: str) -> Fault:
    return Fault("bad_reply", f"a reply that is not of the documented form: {what}")
