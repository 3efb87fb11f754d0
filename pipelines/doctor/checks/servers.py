"""Servers of the config's roles: do they answer, and is it the model that the config means?

Every server passes the very checks that it passes at the start of a build: list of models, tokenizer, and a
first request of one token.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator

from generators.engines.openai_server import OpenAIServer
from generators.engines.render import ChatRenderer
from generators.engines.server.admission import Admission
from generators.engines.server.client import Client
from generators.engines.server.concurrency import Window
from generators.engines.server.faults import Fault, Refusal
from generators.engines.server.identity import Identity
from generators.engines.server.member import Server
from generators.engines.server.replies import read_cards
from pipelines.doctor.base import Situation
from pipelines.doctor.engines import engines_of
from pipelines.doctor.tokenizers import served_renderer
from pipelines.findings import Finding, Kind
from schemas.exceptions import ConfigError

ADMISSION_S = 15.0
"""For all checks of one server. One that is loading answers its list of models and lets a first token wait."""

FINE = Kind(
    "server.ok", "ok", "The server serves the config's model, reads text as its tokenizer does, and answers."
)
DOWN = Kind(
    "server.down",
    "warning",
    "A server of the fleet does not answer. A build leaves it out and tries it again now and then; the others do "
    "its work.",
    "Start it, or take its URL out of `urls`.",
)
NONE = Kind(
    "server.none",
    "error",
    "No server of the model can be used, so a build ends at its start.",
    "Start one and wait until it serves (vLLM: `Application startup complete`), or correct `urls`. From inside a "
    "container 127.0.0.1 is the container.",
)
BUSY = Kind(
    "server.busy",
    "warning",
    "The server is there and turned the question away, or took too long to answer: busy, loading, or out of quota.",
    "Wait until it has loaded; with a hosted API look at the quota. A build tries again for `patience_s`.",
)
KEY = Kind(
    "server.key_refused",
    "error",
    "The server wants a key, and there is none or it is not the right one.",
    "Put the key into the environment variable that `key_env` names (OPENAI_API_KEY by default) where the build runs.",
)
OTHER = Kind(
    "server.other_model",
    "error",
    "What answers is not what the config means: another model, another tokenizer, or a route that it lacks. A build "
    "would refuse it, as its answers would be journaled under the wrong name.",
    "The finding names what is served; correct `model`, `root`, `tokenizer` or `api`, or start the right model.",
)
UNCHECKED = Kind(
    "server.unchecked",
    "note",
    "The server lists the model, but its tokenizer is not on this machine: whether both read text alike is not known.",
    "The build fetches the tokenizer and checks; `hf download MODEL` does it before (or set `tokenizer`).",
)


def look(at: Situation) -> Iterator[Finding]:
    """Every URL of every role's servers."""
    for roles, options in engines_of(at):
        if not isinstance(options, OpenAIServer):
            continue
        try:
            options.check()
        except ConfigError:
            continue  # the check of the models says so
        yield from about(roles, options, at)


def about(roles: str, options: OpenAIServer, at: Situation) -> Iterator[Finding]:
    """One fleet."""
    renderer, lacking = served_renderer(options)
    found = asyncio.run(_all(roles, options, renderer, at))
    down = [finding for finding in found if finding.slug == DOWN.slug]
    if len(down) == len(found):
        yield NONE.found("; ".join(finding.found for finding in down))
        return
    yield from found
    if lacking and any(finding.slug == FINE.slug for finding in found):
        yield UNCHECKED.found(f"{roles}: {lacking}")


async def _all(
    roles: str, options: OpenAIServer, renderer: ChatRenderer | None, at: Situation
) -> list[Finding]:
    client = Client(at.environ.get(options.key_env, "").strip(), ADMISSION_S)
    try:
        return await asyncio.gather(
            *(_one(roles, url, options, renderer, client, at) for url in options.urls)
        )
    finally:
        await client.close()


async def _one(
    roles: str, url: str, options: OpenAIServer, renderer: ChatRenderer | None, client: Client, at: Situation
) -> Finding:
    identity = Identity(options.model, options.root or options.model, options.revision)
    name = options.tokenizer or identity.root
    admission = Admission(client, identity, renderer, name, ADMISSION_S, options.key_env, Counter())
    try:
        # A short question first: one that is not there must not cost the time of one that is loading.
        refused = await _listed(url, identity, client, at.ask_s)
        if refused is not None and refused.status in (401, 403):
            return KEY.found(f"{roles}: {refused}; the key is read from {options.key_env}")
        if renderer is None and not options.counts_characters:
            return FINE.found(f"{roles}: {url} lists {options.model}")
        async with asyncio.timeout(ADMISSION_S):
            await admission.check(Server(url, Window(1)), options.context)
    except TimeoutError:
        return BUSY.found(f"{roles}: {url}: its first answer took more than {ADMISSION_S:g} s")
    except Fault as fault:
        gone = (
            fault.slug == "unreachable"
            or (fault.down and fault.slug != "truncated")
            or fault.slug == "timeout"
        )
        return (DOWN if gone else BUSY).found(f"{roles}: {fault}")
    except (Refusal, ConfigError) as error:
        return OTHER.found(f"{roles}: {error}")
    return FINE.found(f"{roles}: {url} serves {options.model}")


async def _listed(url: str, identity: Identity, client: Client, time_s: float) -> Refusal | None:
    """Hold the server's list of models to the config; a refusal to give one is handed back. Fault, ConfigError."""
    try:
        identity.card(url, read_cards(await client.ask(f"{url}/models", timeout_s=time_s)))
    except Refusal as refusal:
        return refusal
    return None
