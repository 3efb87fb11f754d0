"""Prefect: does the server answer that PREFECT_API_URL names, and do versions agree? Prefect is not imported."""

from collections.abc import Iterator, Mapping

from pipelines.doctor.asking import Reply, Unreachable, get
from pipelines.doctor.base import Situation
from pipelines.doctor.installed import installed
from pipelines.findings import Finding, Kind

FINE = Kind("prefect.ok", "ok", "The Prefect server answers, in this environment's version.")
UNUSED = Kind(
    "prefect.not_used",
    "ok",
    "PREFECT_API_URL is not set: builds run without Prefect (with --prefect they start a temporary server).",
)
GONE = Kind(
    "prefect.unreachable",
    "error",
    "PREFECT_API_URL is set, so builds run as flows, and its server does not answer.",
    "Start it (`prefect server start --background`), correct the URL (it ends in /api), or unset PREFECT_API_URL.",
)
STRANGE = Kind(
    "prefect.not_an_api",
    "error",
    "Something answers at PREFECT_API_URL, and it is not Prefect's API.",
    "The URL of a local server is http://127.0.0.1:4200/api: with /api, without a slash at the end.",
)
KEY = Kind(
    "prefect.key_refused",
    "error",
    "The Prefect server wants credentials, and those that are set are not the right ones.",
    "Set PREFECT_API_KEY (Prefect Cloud) or PREFECT_API_AUTH_STRING (a server of one's own) where the build runs.",
)
VERSIONS = Kind(
    "prefect.versions_differ",
    "warning",
    "Server and client are of different versions. Prefect promises that a newer server serves older clients, not the "
    "other way round.",
    "Install the server's version here, or update the server first.",
)
TELEMETRY = Kind(
    "prefect.telemetry",
    "note",
    "The Prefect server sends usage figures to its makers. Builds switch it off for the servers they start themselves; "
    "this one was started by somebody else.",
    "Start it with PREFECT_SERVER_ANALYTICS_ENABLED=false and DO_NOT_TRACK=1.",
)


def look(at: Situation) -> Iterator[Finding]:
    """The server that PREFECT_API_URL names."""
    url = at.environ.get("PREFECT_API_URL", "").rstrip("/")
    if not url:
        yield UNUSED.found("PREFECT_API_URL is not set")
        return
    try:
        yield from _about(url, at)
    except Unreachable as error:
        yield GONE.found(str(error))


def _about(url: str, at: Situation) -> Iterator[Finding]:
    headers = _credentials(at.environ)
    version = get(f"{url}/admin/version", at.ask_s, headers)
    if version.status in (401, 403):
        yield KEY.found(f"{url} answered {version.status}")
        return
    if version.status == 404 and get(f"{url}/health", at.ask_s, headers).content is True:
        yield FINE.found(f"{url} answers; it does not say its version")  # Prefect Cloud
        return
    if version.status != 200 or not isinstance(version.content, str):
        yield STRANGE.found(f"{url}/admin/version answered {version.status}")
        return
    client = installed().version("prefect")
    if client.split(".")[:2] != version.content.split(".")[:2]:
        yield VERSIONS.found(f"server {version.content}, client {client or 'none'}")
    else:
        yield FINE.found(f"{url}, version {version.content}")
    if _tells(get(f"{url}/admin/settings", at.ask_s, headers)):
        yield TELEMETRY.found(f"{url} has analytics enabled")


def _tells(settings: Reply) -> bool:
    """Whether the server's settings say that it sends figures."""
    content = settings.content
    server = content.get("server") if isinstance(content, Mapping) else None
    return isinstance(server, Mapping) and server.get("analytics_enabled") is True


def _credentials(environ: Mapping[str, str]) -> dict[str, str]:
    if key := environ.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    if written := environ.get("PREFECT_API_AUTH_STRING"):
        from base64 import b64encode

        return {"Authorization": f"Basic {b64encode(written.encode()).decode()}"}
    return {}
