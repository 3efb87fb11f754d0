"""What a server understands beyond the core of OpenAI's API, and requests in its own words.

Servers differ in what they do with a field they do not know: vLLM and SGLang ignore it, hosted APIs
refuse the request. So a first request of one token carries every optional field, and what the
server complains of is left out from then on.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generators.engines.base import Sampling
from schemas.exceptions import EngineError
from schemas.segment import Message

# Models come with sampling defaults of their own (generation_config.json), which vLLM and SGLang fill
# in wherever a request says nothing. These say: none.
_NO_DEFAULTS: Mapping[str, object] = {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}
# Who honours stop_token_ids, and the field by which each returns the stop string that ended an answer.
_KEEP_STOP = {"vllm": "include_stop_str_in_output", "sglang": "no_stop_trim"}
_OPTIONAL = ("return_token_ids", *_KEEP_STOP.values(), *_NO_DEFAULTS, "logprobs", "seed")
_MOST_STOPS = 4  # OpenAI takes no more; more are cut here


@dataclass(frozen=True)
class Dialect:
    """How to speak with one server. `vendor` is what it calls itself (`owned_by` of /v1/models)."""

    chat: bool
    vendor: str = ""
    refused: frozenset[str] = frozenset()
    """Optional fields that it does not take."""
    new_limit: bool = False
    """Whether it wants `max_completion_tokens` for `max_tokens`, as OpenAI's newer models do."""
    context: int | None = None
    """Most tokens of prompt and answer, where it says so."""

    @property
    def path(self) -> str:
        """Route below the base URL."""
        return "/chat/completions" if self.chat else "/completions"

    @property
    def own_stops(self) -> bool:
        """Whether it can stop at token ids and return the stop string it stopped at."""
        return self.vendor in _KEEP_STOP

    def stops_itself(self, sampling: Sampling) -> bool:
        """Whether the server ends an answer at its stop string. Where the string is to be kept and the
        server cannot return it, the answer runs on and is cut here: exact, at the cost of the tokens."""
        return bool(sampling.stop) and (self.own_stops or not sampling.keep_stop)

    def body(
        self, model: str, prompt: Mapping[str, object], sampling: Sampling, seed: int, limit: int
    ) -> dict[str, object]:
        """A request for one answer. EngineError where the server cannot do what is asked."""
        if sampling.stop_ids and not self.own_stops:
            raise EngineError(
                f"a server of {self.vendor or 'unknown make'} is not known to stop at token ids; "
                "use stop strings, or serve the model with vLLM"
            )
        optional: dict[str, object] = {
            **_NO_DEFAULTS,
            "seed": seed,
            "logprobs": True if self.chat else 0,
            "return_token_ids": not self.chat,
            **({_KEEP_STOP[self.vendor]: True} if self.own_stops else {}),
        }
        whole = {
            "model": model,
            **prompt,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_completion_tokens" if self.new_limit else "max_tokens": limit,
            **{name: value for name, value in optional.items() if name not in self.refused},
        }
        if self.stops_itself(sampling):
            whole["stop"] = list(sampling.stop if self.own_stops else sampling.stop[:_MOST_STOPS])
        if sampling.stop_ids:
            whole["stop_token_ids"] = list(sampling.stop_ids)
        if sampling.json_schema:
            schema = {"name": "answer", "strict": True, "schema": json.loads(sampling.json_schema)}
            whole["response_format"] = {"type": "json_schema", "json_schema": schema}
        return whole

    def score_body(self, model: str, ids: Sequence[int], context: int | None) -> dict[str, object]:
        """A request for the log-probabilities of a prompt."""
        whole: dict[str, object] = {"model": model, "prompt": list(ids), "temperature": 0.0}
        if self.vendor == "vllm" and (context is None or len(ids) < context):
            return {**whole, "max_tokens": 1, "prompt_logprobs": 0}
        # OpenAI's first form of it. It samples nothing, so it also fits where the context is full.
        return {**whole, "max_tokens": 0, "logprobs": 0, "echo": True}

    def without(self, complaint: str) -> "Dialect | None":
        """The dialect after a refusal of the first request; None where nothing is left to leave out.

        What the complaint names is left out; where it names nothing, everything that OpenAI does not
        have, then what some of its models refuse.
        """
        changed: dict[str, Any] = {}
        if "max_completion_tokens" in complaint and not self.new_limit:
            changed["new_limit"] = True
        left = [name for name in _OPTIONAL if name not in self.refused]
        named = [name for name in left if re.search(rf"\b{name}\b", complaint)]
        if not named and not changed:
            foreign = [name for name in left if name not in ("logprobs", "seed")]
            named = foreign or left[:1]
        if not named and not changed:
            return None
        return Dialect(
            self.chat,
            self.vendor,
            self.refused | set(named),
            changed.get("new_limit", self.new_limit),
            self.context,
        )


def chat_prompt(messages: tuple[Message, ...], prefix: str, continues: bool) -> dict[str, object]:
    """Messages for the chat route; EngineError where the assistant's turn has begun and the server is
    not known to go on with it: most would answer with a turn of their own."""
    turns = [{"role": m.role, "content": m.content} for m in messages]
    if not prefix:
        return {"messages": turns}
    if not continues:
        raise EngineError(
            f"this server is asked through chat and cannot continue an answer that begins {prefix[:60]!r}; "
            "use a server whose /v1/completions takes token ids (api: completions), or set "
            "continue_final_message where the chat route has it (vLLM, SGLang)"
        )
    turns.append({"role": "assistant", "content": prefix})
    return {"messages": turns, "continue_final_message": True, "add_generation_prompt": False}
