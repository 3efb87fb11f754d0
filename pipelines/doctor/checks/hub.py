"""The Hub: is it there, whose token is it, and may it write where a dataset is to be published?

Looked at only where something will be published (`--hub`, or a config that publishes). The token is shown nowhere.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.doctor.asking import Unreachable, get
from pipelines.doctor.base import Situation
from pipelines.doctor.installed import installed
from pipelines.findings import Finding, Kind

WRITE = "repo.write"
"""Permission of a fine-grained token that lets it change a repository."""

FINE = Kind("hub.ok", "ok", "The Hub answers, and the token may write where it has to.")
OFFLINE = Kind(
    "hub.offline",
    "error",
    "HF_HUB_OFFLINE is set, so nothing can be published (nor fetched).",
    "Unset HF_HUB_OFFLINE where builds are published.",
)
GONE = Kind(
    "hub.unreachable",
    "error",
    "The Hub does not answer. Builds go on without it; nothing can be published.",
    "Look at the network, proxies (HTTPS_PROXY) and HF_ENDPOINT.",
)
NO_TOKEN = Kind(
    "hub.no_token",
    "error",
    "There is no token, so nothing can be published.",
    "`hf auth login`, or the environment variable HF_TOKEN where the build runs.",
)
BAD_TOKEN = Kind(
    "hub.token_refused",
    "error",
    "The Hub does not know the token: mistyped, expired or revoked.",
    "Make a new one with the right to write, and `hf auth login` or set HF_TOKEN. A token in HF_TOKEN goes before the "
    "one of `hf auth login`.",
)
READS = Kind(
    "hub.token_reads_only",
    "error",
    "The token may read and not write.",
    "Make a token with the right to write, best a fine-grained one for the one namespace.",
)
NO_RIGHT = Kind(
    "hub.no_right_there",
    "error",
    "The token may not write to the namespace: whose token it is does not belong there, is a reader there, or the "
    "fine-grained token was not given it.",
    "Give the token `repo.write` for the namespace, have the user made a writer of the organisation, or publish "
    "elsewhere.",
)
UNSAID = Kind(
    "hub.rights_unknown",
    "warning",
    "The Hub does not say what the token may do, so whether publishing will work is not known.",
    "`corrigenda publish` with a dry run, or a first publication by hand.",
)
PLAIN = Kind(
    "hub.token_in_the_open",
    "warning",
    "HF_ENDPOINT is asked over plain HTTP, so whoever is between can read the token.",
    "Use https, or an endpoint on this machine.",
)
LFS = Kind(
    "hub.no_xet",
    "note",
    "Files go to the Hub as whole LFS objects: what stayed the same inside a file is uploaded again.",
    "Unset HF_HUB_DISABLE_XET and install hf-xet, unless the endpoint has no Xet.",
)


def look(at: Situation) -> Iterator[Finding]:
    """Endpoint, token and rights."""
    if not at.hub:
        return
    if at.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        yield OFFLINE.found("HF_HUB_OFFLINE is set")
        return
    from huggingface_hub import constants, get_token

    endpoint = (at.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")
    disabled = at.environ.get("HF_HUB_DISABLE_XET", "").upper() in ("1", "ON", "YES", "TRUE")
    if disabled or not installed().version("hf-xet"):
        yield LFS.found("HF_HUB_DISABLE_XET is set" if disabled else "hf-xet is not installed")
    token = at.environ.get("HF_TOKEN", "").strip() or get_token()
    if not token:
        yield NO_TOKEN.found("neither HF_TOKEN nor a login")
        return
    local = endpoint.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0] in (
        "127.0.0.1",
        "localhost",
        "[::1]",
    )
    if endpoint.startswith("http://") and not local:
        yield PLAIN.found(endpoint)
        return  # and it is not sent from here either
    try:
        yield from _asked(endpoint, token, at)
    except Unreachable as error:
        yield GONE.found(str(error))


def _asked(endpoint: str, token: str, at: Situation) -> Iterator[Finding]:
    reply = get(f"{endpoint}/api/whoami-v2", at.ask_s, {"Authorization": f"Bearer {token}"})
    if reply.status in (401, 403):
        yield BAD_TOKEN.found(f"{endpoint} answered {reply.status}")
    elif reply.status != 200 or not isinstance(reply.content, Mapping):
        yield GONE.found(f"{endpoint}/api/whoami-v2 answered {reply.status}")
    else:
        yield rights(reply.content, at.namespace)


def rights(who: Mapping[str, Any], namespace: str) -> Finding:
    """What the token's owner and kind (the Hub's /api/whoami-v2) let it do in a namespace; empty: its owner's."""
    user = str(who.get("name", ""))
    namespace = namespace or user
    token = _mapping(_mapping(who.get("auth")).get("accessToken"))
    role, name = str(token.get("role", "")), str(token.get("displayName", "without a name"))
    said = (
        f"{user or 'nobody'} by the token called {name!r} ({role or 'kind unknown'}), to write to {namespace}"
    )
    own = {user: "write"} | {
        str(org.get("name")): str(org.get("roleInOrg", "")) for org in map(_mapping, who.get("orgs") or ())
    }
    if role == "read":
        return READS.found(said)
    if role == "fineGrained":
        scopes = _writes(_mapping(token.get("fineGrained")))
        if namespace in scopes:
            return FINE.found(said)
        if single := [name for name in scopes if name.startswith(f"{namespace}/")]:
            return FINE.found(f"{said}, to these repositories alone: {', '.join(single)}")
        return NO_RIGHT.found(f"{said}: the token has no permission there")
    if namespace not in own:
        return NO_RIGHT.found(f"{said}: {user} belongs to {', '.join(sorted(own)[:10])}")
    if own[namespace] == "read":
        return NO_RIGHT.found(f"{said}: {user} is a reader there")
    if role not in ("write", "admin"):
        return UNSAID.found(said)
    return FINE.found(said)


def _writes(grained: Mapping[str, Any]) -> list[str]:
    """Namespaces and repositories that a fine-grained token may change."""
    return [
        str(_mapping(scope.get("entity")).get("name", ""))
        for scope in map(_mapping, grained.get("scoped") or ())
        if WRITE in (scope.get("permissions") or ())
    ]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
