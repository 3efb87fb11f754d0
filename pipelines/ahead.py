"""What the policy's prompts are, by its own renderer: how long, whether they fit, which answers are paid for.

Needs the tokenizer and no weights.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.engines.base import Engine, EngineOptions, Request
from generators.engines.journals.keys import completion_key
from generators.engines.journals.place import open_journal
from pipelines.config import BuildConfig
from schemas.exceptions import ConfigError, EngineError
from schemas.problem import Problem

_NO_LIMIT = 10_000_000
"""Tokenizers that know no limit state a number far above this."""


@dataclass(frozen=True)
class Prompts:
    """Lengths in tokens; `refused` prompts hold special tokens of the model; `context` is None where unknown."""

    total: int
    longest: int
    refused: int
    context: int | None
    journaled: int
    """Attempts that are in the journal already."""


def look_ahead(config: BuildConfig, problems: Sequence[Problem]) -> Prompts | None:
    """Render every prompt. ConfigError where the longest with its answer cannot fit the model's context."""
    if config.policy is None:
        return None
    options = config.engines_made()["policy"]
    engine = options.open_for_replay()
    sampling = config.policy.sampling.sampling()
    journal = open_journal(config.run.journal)
    lengths: list[int] = []
    journaled = 0
    for problem in problems:
        try:
            ids = engine.renderer.render(config.prompt.messages(problem))
        except EngineError:
            continue
        lengths.append(len(ids))
        if len(journal):
            request = Request(ids, sampling)
            keys = (completion_key(engine.fingerprint, request, n) for n in range(config.policy.samples))
            journaled += sum(key in journal for key in keys)
    longest, context = max(lengths, default=0), context_of(options, engine)
    if context is not None and longest + sampling.max_tokens > context:
        room = context - longest
        way_out = f"lower policy.sampling.max_tokens to {room}" if room > 0 else "leave long problems out"
        raise ConfigError(
            f"policy: the longest prompt has {longest:,} tokens; with policy.sampling.max_tokens "
            f"{sampling.max_tokens:,} that is more than the model's context of {context:,}. {way_out.capitalize()}, "
            "or take a model with a longer one"
        )
    return Prompts(sum(lengths), longest, len(problems) - len(lengths), context, journaled)


def context_of(options: EngineOptions, engine: Engine) -> int | None:
    """Most tokens of prompt and answer together: the engine's option, the model's config, or its tokenizer's."""
    tokenizer = getattr(engine.renderer, "tokenizer", None)
    if tokenizer is None:  # prompts are counted in characters then
        return None
    for name in ("max_model_len", "context"):
        if isinstance(chosen := getattr(options, name, None), int):
            return chosen
    config = Path(tokenizer.name_or_path, "config.json")
    if config.is_file():
        written = json.loads(config.read_text(encoding="utf-8"))
        positions = {**written, **written.get("text_config", {})}.get("max_position_embeddings")
        if isinstance(positions, int):
            return positions
    limit = tokenizer.model_max_length
    return int(limit) if limit < _NO_LIMIT else None
