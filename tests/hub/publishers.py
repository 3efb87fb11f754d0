"""Publishers in processes of their own, forked from one that has imported what they need: milliseconds each.

huggingface_hub reads its environment when it is imported, so the test's own process cannot publish to a Hub that is
started later; and a publisher must be one that can be killed.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import ROOT
from tests.hub.server import LocalHub, state

FAST = {"wait_s": 0.02}
"""Options that make waits short; those inside huggingface_hub (1 s and more) stay."""


@dataclass
class Run:
    """One publisher."""

    pid: int
    output: Path
    parent: "Publishers"
    code: int | None = None

    def wait(self) -> "Run":
        """The same, ended."""
        if self.code is None:
            self.code = self.parent.tell({"wait": self.pid})["code"]
        return self

    def running(self) -> bool:
        """Whether it has not ended yet."""
        return state(self.pid) not in ("", "Z")

    @property
    def text(self) -> str:
        """Everything it printed, on both streams."""
        return self.output.read_text(encoding="utf-8", errors="replace") if self.output.exists() else ""

    @property
    def result(self) -> dict[str, Any]:
        """What `publish` returned, as JSON."""
        found = [line for line in self.text.splitlines() if line.startswith("RESULT ")]
        assert found, self.text
        return dict(json.loads(found[-1].removeprefix("RESULT ")))


class Publishers:
    """The process that forks them."""

    def __init__(self, hub: LocalHub, folder: Path) -> None:
        self.folder, self.count = folder, 0
        env = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
        env |= {
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": hub.token,
            "HF_HOME": str(folder / "hf"),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": "1",
            "USE_TORCH": "0",  # datasets imports it at the first load
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.hub.publishers"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self, folder: Path, *, env: Mapping[str, str] | None = None, dry_run: bool = False, **options: object
    ) -> Run:
        """Begin `publish(folder, PublishOptions(**options))`."""
        job = {"folder": str(folder), "options": {**FAST, **options}, "dry_run": dry_run}
        return self._start(job, env)

    def command(self, *words: object, env: Mapping[str, str] | None = None) -> Run:
        """Begin `corrigenda …`."""
        return self._start({"words": [str(word) for word in words]}, env)

    def load(self, repo: str, revision: str) -> dict[str, Any]:
        """What readers get: `{"rows": {config/split: [rows, hash]}, "snapshot": files}`."""
        return self._start({"load": [repo, revision]}, None).wait().result

    def tell(self, job: Mapping[str, object]) -> dict[str, Any]:
        """Send a job and read its reply."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def _start(self, job: Mapping[str, object], env: Mapping[str, str] | None) -> Run:
        self.count += 1
        output = self.folder / f"publisher-{self.count:03d}.txt"
        reply = self.tell({**job, "output": str(output), "env": dict(env or {})})
        return Run(reply["pid"], output, self)


@contextmanager
def publishers(hub: LocalHub, folder: Path) -> Iterator[Publishers]:
    """Publishers for a Hub, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    started = Publishers(hub, folder)
    try:
        yield started
    finally:
        started.close()


_IMPORTED = (
    "charset_normalizer",
    "datasets",
    "encodings.idna",
    "huggingface_hub.repocard",
    "numpy.f2py",
    "pipelines.config",
    "pipelines.publish.hub",
    "pipelines.publish.publication",
    "pipelines.publish.storage",
    "pyarrow.parquet",
    "scipy.io",
)
"""What a publication imports by and by, once for all of them."""


def _serve() -> None:
    for name in _IMPORTED:
        importlib.import_module(name)
    for line in sys.stdin:
        job = json.loads(line)
        if "wait" in job:
            code = os.waitstatus_to_exitcode(os.waitpid(job["wait"], 0)[1])
            print(json.dumps({"code": code}), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            _child(job)
        print(json.dumps({"pid": pid}), flush=True)


def _child(job: Mapping[str, Any]) -> None:
    with open(job["output"], "wb", buffering=0) as output:  # noqa: PTH123
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.update(job["env"])
    code = 70
    try:
        code = _work(job)
    except BaseException:
        import traceback

        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _work(job: Mapping[str, Any]) -> int:
    from dataclasses import asdict

    if "words" in job:
        from pipelines.cli import main

        return main(job["words"])
    if "load" in job:
        print("RESULT " + json.dumps(_load(*job["load"])), flush=True)
        return 0
    from pipelines.publish.options import PublishOptions
    from pipelines.publish.publication import publish

    done = publish(Path(job["folder"]), PublishOptions(**job["options"]), dry_run=job["dry_run"], say=print)
    print("RESULT " + json.dumps(asdict(done)), flush=True)
    return 0


def _load(repo: str, revision: str) -> dict[str, Any]:
    from datasets import get_dataset_config_names, load_dataset
    from huggingface_hub import snapshot_download

    from pipelines.publish.row_hashes import hash_rows

    rows = {}
    for config in get_dataset_config_names(repo, revision=revision):
        whole = load_dataset(repo, config, revision=revision)
        streamed = load_dataset(repo, config, revision=revision, streaming=True)
        assert set(whole) == set(streamed)
        for split in whole:
            here, there = hash_rows([list(whole[split])]), hash_rows([list(streamed[split])])
            assert here == there
            rows[f"{config}/{split}"] = [here.rows, here.sha256]
    snapshot = Path(snapshot_download(repo, repo_type="dataset", revision=revision))
    return {
        "rows": rows,
        "snapshot": sorted(str(p.relative_to(snapshot)) for p in snapshot.rglob("*") if p.is_file()),
    }


if __name__ == "__main__":
    _serve()
