"""For every kind of finding a small situation in which it, and nothing else, is found."""

import fcntl
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from filters.verify.sandbox.levels import LevelReport
from generators.engines.base import Completion
from generators.engines.journal import Journal
from generators.engines.openai_server import OpenAIServer
from generators.engines.scripted import Scripted
from generators.engines.transformers_local import TransformersLocal
from pipelines.build import Outcome, claim
from pipelines.config import BuildConfig
from pipelines.config_file import read
from pipelines.doctor import checks
from pipelines.doctor.base import Situation
from pipelines.doctor.checks import (
    clock,
    config,
    disk,
    folder,
    hub,
    interpreter,
    journal,
    machine,
    models,
    packages,
    prefect,
    sandbox,
    servers,
)
from pipelines.doctor.disks import Disk, Tried
from pipelines.doctor.examine import examine
from pipelines.doctor.gpus import Gpu
from pipelines.doctor.installed import Installed, installed
from pipelines.findings import Finding
from pipelines.health import Observed, broken_off, judged
from schemas.manifest import DataFile, GateResult, Manifest
from tests.generators.engines.faulty_server import FaultyServer
from tests.pipelines.doctor.answering import Answering
from tests.world import write_world

GIB = 1 << 30
CLOSED = "http://127.0.0.1:9/v1"
"""Nothing listens on the discard port."""


@dataclass
class World:
    """A folder, the environment, and what has to be closed."""

    tmp: Path
    patch: pytest.MonkeyPatch
    stack: ExitStack = field(default_factory=ExitStack)

    def config(self, *changes: str) -> BuildConfig:
        if not (self.tmp / "world.yaml").exists():
            write_world(self.tmp, 3)
        return read(self.tmp / "world.yaml", list(changes))

    def situation(self, *changes: str, **parts: object) -> Situation:
        return Situation(self.config(*changes), ask_s=2.0, **parts)  # type: ignore[arg-type]

    def server(self, **options: object) -> FaultyServer:
        settings = {"engine": Scripted(replies={}, otherwise="yes").open(), "model": "jars", **options}
        return self.stack.enter_context(FaultyServer(**settings))  # type: ignore[arg-type]

    def answering(self, routes: dict[str, tuple[int, object]], key: str = "") -> str:
        return self.stack.enter_context(Answering(routes, key)).url


Found = Iterable[Finding]
Trigger = Callable[[World], Found]


def _served(*urls: str, api: str = "chat", model: str = "jars") -> Trigger:
    return lambda w: servers.about("policy", OpenAIServer(urls=urls, model=model, api=api), w.situation())  # type: ignore[arg-type]


def _fleet(w: World, *more: str, model: str = "jars", api: str = "chat", **options: object) -> Found:
    return _served(w.server(**options).url, *more, model=model, api=api)(w)


def _busy(w: World) -> Found:
    return _served(w.answering({"/v1/models": (503, {"error": "loading"})}))(w)


def _packages(
    versions: dict[str, str], asks: dict[str, tuple[str, ...]] | None = None, own: str = "a>=1"
) -> Found:
    return packages.about(Installed(versions, asks or {}), [Requirement(own)])


def _changed(w: World) -> Found:
    (w.tmp / "manifest.json").write_text(json.dumps({"packages": {"pyarrow": "1.0"}}), encoding="utf-8")
    return packages.changed(w.tmp / "manifest.json")


def _broken_tokenizer(w: World) -> Found:
    pytest.importorskip("transformers")
    from generators.engines.local.folder import EMBEDDED

    for path in EMBEDDED.iterdir():
        (w.tmp / path.name).symlink_to(path)
    (w.tmp / "chat_template.jinja").unlink()
    (w.tmp / "chat_template.jinja").write_text("{{ raise_exception('no such role') }}", encoding="utf-8")
    return models.about("policy", TransformersLocal(model=str(w.tmp), device="cpu"), _TORCH, [], GIB)


_TORCH = Installed({"torch": "2.13.0", "transformers": "5.23.0"})
_GPU = Gpu("Some GPU", 80 * GIB, 79 * GIB)


def _local(
    model: str = "embedded", device: str = "auto", there: Installed = _TORCH, gpu: bool = False
) -> Trigger:
    options = TransformersLocal(model=model, device=device)
    return lambda w: [*models._device("policy", options, there, [_GPU] if gpu else [])]


def _disk(
    free: int = 100 * GIB,
    *,
    inodes: int | None = None,
    kind: str = "ext4",
    read_only: bool = False,
    locks: bool = True,
) -> Trigger:
    there = Disk(Path("/d"), 1, free, inodes, kind, read_only)
    return lambda w: disk.about("the build", Path("/d"), there, Tried("", locks), 2 * GIB)


def _need_unknown(w: World) -> Found:
    hub_source = "sources=[{type: hub, path: nobody/nothing, split: train}]"
    return disk.look(w.situation(hub_source, out=w.tmp / "o"))


def _journal(w: World, spoil: Callable[[Path], object] = lambda _: None, most: int = GIB) -> Found:
    place = w.tmp / "journal"
    kept = Journal(place)
    for number in range(5):
        kept.put(f"{number:032x}", Completion(f"answer {number}", (1, 2), "stop"), model="m")
    [path] = place.glob("*.open")
    spoil(path)
    return journal.about(place, most)


def _spoil_third(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"answer", b"ANSWER")
    path.write_bytes(b"".join(lines))


def _folder(w: World, *changes: str, spoil: str = "") -> Found:
    out = w.tmp / "o"
    claim(out, w.config())
    (out / "work" / "plan.json").write_text("{}", encoding="utf-8")
    if spoil:
        (out / "work" / "config.json").write_text(spoil, encoding="utf-8")
    return folder.look(w.situation(*changes, out=out))


def _locked(w: World) -> Found:
    found = _folder(w)
    lock = w.stack.enter_context((w.tmp / "o" / "work" / "lock").open("w"))
    fcntl.flock(lock, fcntl.LOCK_EX)
    return found


def _foreign(w: World) -> Found:
    (w.tmp / "mine.txt").write_text("mine", encoding="utf-8")
    return folder.look(Situation(out=w.tmp))


def _prefect(w: World, routes: dict[str, tuple[int, object]], key: str = "") -> Found:
    w.patch.setenv("PREFECT_API_URL", f"{w.answering(routes, key)}/api/")
    w.patch.delenv("PREFECT_API_KEY", raising=False)
    return prefect.look(Situation(ask_s=2.0))


def _prefect_routes(version: str, analytics: bool = False) -> dict[str, tuple[int, object]]:
    settings = {"server": {"analytics_enabled": analytics}}
    return {"/api/admin/version": (200, version), "/api/admin/settings": (200, settings)}


def _client() -> str:
    return installed().version("prefect")


def _gone_prefect(w: World) -> Found:
    w.patch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    return prefect.look(Situation(ask_s=2.0))


def _unused_prefect(w: World) -> Found:
    w.patch.delenv("PREFECT_API_URL", raising=False)
    return prefect.look(Situation())


TOKEN = "hf_OnlyForTests0123456789"


def who(
    role: str = "write", orgs: dict[str, str] | None = None, scoped: list[object] | None = None
) -> dict[str, object]:
    """As the Hub's /api/whoami-v2 answers."""
    token = {"displayName": "nightly", "role": role, "fineGrained": {"scoped": scoped or []}}
    members = [{"name": name, "roleInOrg": own} for name, own in (orgs or {}).items()]
    return {"name": "ada", "orgs": members, "auth": {"accessToken": token}}


def _hub(w: World, said: object, status: int = 200, namespace: str = "", **environ: str) -> Found:
    w.patch.setenv("HF_ENDPOINT", w.answering({"/api/whoami-v2": (status, said)}, key=TOKEN))
    return _hub_there(w, namespace, **environ)


def _hub_there(w: World, namespace: str = "", **environ: str) -> Found:
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_XET"):
        w.patch.delenv(name, raising=False)
    for name, value in {"HF_TOKEN": TOKEN, **environ}.items():
        w.patch.setenv(name, value)
    return hub.look(Situation(hub=True, namespace=namespace, ask_s=2.0))


def _no_token(w: World) -> Found:
    from huggingface_hub import constants

    w.patch.setattr(constants, "HF_TOKEN_PATH", str(w.tmp / "token"))
    w.patch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)
    return _hub_there(w, HF_TOKEN="")


def _machine(*changes: str, memory: int = 64 * GIB, connections: int = 0) -> Trigger:
    return lambda w: machine.about(w.config(*changes), memory, 2.0, connections, 1024)


def _added_check(w: World, body: str, time_s: float = 20.0) -> Found:
    source = f"import time\n\ndef look(at):\n    {body}\n    yield\n"
    (w.tmp / "added.py").write_text(source, encoding="utf-8")
    w.patch.setattr(checks, "__path__", [str(w.tmp)])
    w.patch.delitem(__import__("sys").modules, f"{checks.__name__}.added", raising=False)
    [found] = examine(Situation(), time_s=time_s).values()
    return found


def _manifest(**parts: object) -> Manifest:
    settings: dict[str, object] = {
        "name": "n",
        "format_version": "2",
        "version": "0",
        "config": {},
        "config_digest": "",
        "files": (DataFile("data/sft/train-00000-of-00001.parquet", "sft", "train", 10, 1000, ""),),
        "counts": {},
        "models": {},
        "spent": {},
        "packages": {},
    }
    return Manifest(**{**settings, **parts})  # type: ignore[arg-type]


_BUSY_RUN = Observed({"planning": 1.0, "opening": 1.0, "working": 100.0, "writing": 1.0}, 0.05, 0, 100 * GIB)


def _run(
    counts: dict[str, int] | None = None,
    *,
    seen: Observed = _BUSY_RUN,
    written: bool = True,
    incidents: dict[str, int] | None = None,
    stopped: str = "",
    gates: tuple[GateResult, ...] = (),
) -> Trigger:
    counted = {"problems": 1000, "attempts": 8000, **(counts or {})}
    spent = {"seconds": 103.0, "bought": 10_000, "replayed": 0, "new_tokens": 1_000_000}
    manifest = _manifest(gates=gates) if written else None
    outcome = Outcome(Path("o"), manifest, counted, spent, incidents or {}, stopped)
    return lambda w: judged(outcome, seen).findings


def _seen(**parts: object) -> Observed:
    settings = {"seconds": _BUSY_RUN.seconds, "idle_share": 0.05, "disk_free_bytes": 100 * GIB, **parts}
    return Observed(**settings)  # type: ignore[arg-type]


def _nothing_new(w: World) -> Found:
    outcome = Outcome(Path("o"), _manifest(), {"problems": 3}, {"bought": 0})
    return judged(outcome, Observed({"planning": 0.1, "opening": 0.01})).findings


SITUATIONS: dict[str, Trigger] = {
    "python.ok": lambda w: interpreter.about((3, 11), "3.11.7", "linux", "Linux"),
    "python.too_old": lambda w: interpreter.about((3, 10), "3.10.1", "linux", "Linux"),
    "python.untried": lambda w: interpreter.about((3, 15), "3.15.0", "linux", "Linux"),
    "platform.not_linux": lambda w: interpreter.about((3, 11), "3.11.7", "darwin", "macOS"),
    "packages.ok": lambda w: _packages({"a": "1.5"}),
    "packages.missing": lambda w: _packages({}),
    "packages.outside": lambda w: _packages({"a": "0.9"}),
    "packages.clash": lambda w: _packages({"a": "1", "prefect": "3.8.8", "fastapi": "0.165.0"}),
    "packages.doubtful": lambda w: _packages({"a": "1", "prefect": "3.9.1", "certifi": "2026.10.18"}),
    "packages.unmet": lambda w: _packages({"a": "1", "b": "1"}, {"a": ("b>=2", "c; extra == 'x'")}),
    "packages.changed": _changed,
    "sandbox.namespaces": lambda w: sandbox.about([LevelReport("namespaces", True, "")]),
    "sandbox.seccomp": lambda w: sandbox.about([LevelReport("seccomp", True, "")]),
    "sandbox.wasm_only": lambda w: sandbox.about(
        [LevelReport("seccomp", False, "no"), LevelReport("wasm", True, "")]
    ),
    "sandbox.none": lambda w: sandbox.about(
        [LevelReport("seccomp", False, "no"), LevelReport("rlimits", True, "")]
    ),
    "config.ok": lambda w: config.look(w.situation()),
    "config.none": lambda w: config.look(Situation()),
    "config.refused": lambda w: config.look(w.situation("recipes.0.mistaks=2")),
    "config.no_file": lambda w: config.look(w.situation("sources.0.paths=[nowhere.jsonl]")),
    "engine.ok": lambda w: models.look(w.situation()),
    "engine.refused": lambda w: models.look(
        w.situation("policy.engine={type: transformers_local, model: /no/where}")
    ),
    "engine.not_installed": lambda w: models.about(
        "policy", TransformersLocal(model="embedded"), Installed({}), [], GIB
    ),
    "model.tokenizer_broken": _broken_tokenizer,
    "model.not_fetched": lambda w: models.about(
        "policy", TransformersLocal(model="nobody/nothing-here"), _TORCH, [_GPU], GIB
    ),
    "model.too_large": lambda w: models._model(
        "policy", TransformersLocal(model="embedded"), False, [], 1000
    ),
    "gpu.ok": _local(gpu=True),
    "gpu.none": _local(device="cuda:1"),
    "gpu.cpu_only": _local(model="nobody/nothing-here"),
    "gpu.unused": _local(gpu=True, there=Installed({"torch": "2.13.0+cpu"})),
    "server.ok": _fleet,
    "server.down": lambda w: _fleet(w, CLOSED),
    "server.none": _served(CLOSED),
    "server.busy": _busy,
    "server.key_refused": lambda w: _fleet(w, key=TOKEN),
    "server.other_model": lambda w: _fleet(w, model="vases"),
    "server.unchecked": lambda w: _served(w.server(model="no/body").url, model="no/body", api="completions")(
        w
    ),
    "disk.ok": _disk(),
    "disk.short": _disk(GIB),
    "disk.tight": _disk(3 * GIB),
    "disk.few_files_left": _disk(inodes=12),
    "disk.not_writable": lambda w: disk.look(Situation(out=Path("/proc/corrigenda"))),
    "disk.no_locks": _disk(locks=False),
    "disk.network": _disk(kind="nfs4"),
    "disk.in_memory": _disk(kind="tmpfs"),
    "disk.need_unknown": _need_unknown,
    "disk.unreadable": lambda w: disk.look(Situation(out=w.tmp / ("x" * 300))),
    "journal.ok": _journal,
    "journal.new": lambda w: journal.about(w.tmp / "journal"),
    "journal.damaged": lambda w: _journal(w, _spoil_third),
    "journal.torn": lambda w: _journal(w, lambda p: p.write_bytes(p.read_bytes()[:-20])),
    "journal.unreadable": lambda w: journal.about(Path(__file__)),
    "journal.large": lambda w: _journal(w, most=10),
    "folder.ok": _folder,
    "folder.in_use": _locked,
    "folder.other_config": lambda w: _folder(w, "seed=7"),
    "folder.foreign": _foreign,
    "folder.unreadable": lambda w: _folder(w, spoil="{half"),
    "prefect.ok": lambda w: _prefect(w, _prefect_routes(_client())),
    "prefect.not_used": _unused_prefect,
    "prefect.unreachable": _gone_prefect,
    "prefect.not_an_api": lambda w: _prefect(w, {}),
    "prefect.key_refused": lambda w: _prefect(w, _prefect_routes(_client()), key="k"),
    "prefect.versions_differ": lambda w: _prefect(w, _prefect_routes("2.20.1")),
    "prefect.telemetry": lambda w: _prefect(w, _prefect_routes(_client(), analytics=True)),
    "hub.ok": lambda w: _hub(w, who()),
    "hub.offline": lambda w: _hub_there(w, HF_HUB_OFFLINE="1"),
    "hub.unreachable": lambda w: _hub_there(w, HF_ENDPOINT="http://127.0.0.1:9"),
    "hub.no_token": _no_token,
    "hub.token_refused": lambda w: _hub(w, {}, HF_TOKEN="hf_AnotherOne0123456789"),
    "hub.token_reads_only": lambda w: _hub(w, who("read")),
    "hub.no_right_there": lambda w: _hub(w, who(), namespace="acme"),
    "hub.rights_unknown": lambda w: _hub(w, who("")),
    "hub.token_in_the_open": lambda w: _hub_there(w, HF_ENDPOINT="http://hub.example"),
    "hub.no_xet": lambda w: _hub(w, who(), HF_HUB_DISABLE_XET="1"),
    "machine.ok": _machine(),
    "machine.low_memory": _machine("run.cases_in_flight=100000", memory=GIB),
    "machine.few_cores": _machine("judge.workers=16"),
    "machine.few_open_files": _machine(connections=4096),
    "clock.ok": lambda w: clock.look(Situation(out=w.tmp)),
    "clock.in_the_past": lambda w: clock.about(1_000_000_000.0, 0.0),
    "clock.skewed": lambda w: clock.about(clock.EARLIEST + 1e6, -3600.0),
    "doctor.check_failed": lambda w: _added_check(w, "raise RuntimeError('broke')"),
    "doctor.check_slow": lambda w: _added_check(w, "time.sleep(1)", 0.05),
    "run.finished": _run(),
    "run.speed": _run(),
    "run.nothing_new": _nothing_new,
    "run.too_many_failed": _run({"failed": 300}, written=False),
    "run.failed_cases": _run({"failed": 20}),
    "run.few_failed": _run({"failed": 3}),
    "run.error": lambda w: broken_off(OSError(28, "No space left"), "No space left", _seen()).findings,
    "run.interrupted": lambda w: broken_off(KeyboardInterrupt(), "", _seen()).findings,
    "run.gates_failed": _run(gates=(GateResult("least_rows", False, "lemma has 3 of 100 rows"),)),
    "run.budget_stopped": _run(stopped="run.budget.tokens: 100 of 100 spent", written=False),
    "run.unpaid_cases": _run({"unpaid": 5}),
    "run.many_unknown": _run({"attempts.unknown": 1000, "unknown.unparsed": 1000}),
    "run.many_truncated": _run({"attempts.unknown": 700, "unknown.truncated": 700}),
    "run.many_retries": _run(incidents={"retry.429": 900, "retry.timeout": 100}),
    "run.servers_set_aside": _run(incidents={"server.set_aside": 3, "server.back": 2}),
    "run.servers_came_back": _run(incidents={"server.set_aside": 2, "server.back": 2}),
    "run.engine_idle": _run(seen=_seen(idle_share=0.5)),
    "run.journal_unreadable": _run(seen=_seen(journal_unreadable=2)),
    "run.disk_low": _run(seen=_seen(disk_free_bytes=GIB)),
    "run.log_lost": _run(seen=_seen(log_lost=4)),
    "run.slow_stage": _run(
        seen=_seen(seconds={"planning": 150.0, "opening": 1.0, "working": 100.0, "writing": 1.0})
    ),
}
"""By slug. `sandbox.no_landlock` comes with `sandbox.seccomp` and has a test of its own."""


@contextmanager
def world(tmp: Path, patch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world that is cleaned up."""
    there = World(tmp, patch)
    with there.stack:
        yield there
