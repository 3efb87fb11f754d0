"""What no build needs any more is removed from a store: chunk results and plans, never what was paid for.

Every build notes in `work/chunks.json` what it took from the store:

    {"chunks": ["c70fa024803c…", …], "plan": "21d888455d6e…"}

The journal and the judge's verdicts stay: from them everything else can be made again without a model.
"""

import json
import shutil
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from pipelines.files import write_json
from pipelines.store import STALE_S, folder_name

_USED = Path("work") / "chunks.json"


def note_use(out: Path, plan: str, chunks: Collection[str]) -> None:
    """Write down the addresses of the plan and the chunks that the dataset in `out` was made of."""
    write_json(out / _USED, {"plan": plan, "chunks": sorted(chunks)})


def prune(store: Path, builds: Iterable[Path]) -> int:
    """Remove chunk results and plans that none of the builds used; returns how many. Anything younger than a day stays.

    Nothing where one of the builds does not say what it used. What is being removed while the process is killed is
    never taken for whole: it is renamed first.
    """
    chunks: set[str] = set()
    plans: set[str] = set()
    for build in builds:
        try:
            used = json.loads((build / _USED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return 0
        chunks.update(used["chunks"])
        plans.add(used["plan"])
    stale = [
        *_others(store / "chunks", {folder_name(address) for address in chunks}),
        *_others(store / "plans", {folder_name(address) for address in plans}),
    ]
    for folder in stale:
        with suppress(OSError):  # the next run tries again
            gone = folder.rename(folder.with_name(f".{folder.name}.partial"))
            shutil.rmtree(gone)
    for record in _others(store / "prefect", {f"chunk-{address}" for address in chunks}):
        record.unlink(missing_ok=True)  # what Prefect keeps of a chunk's task (pipelines.flows.tasks)
    return len(stale)


def _others(folder: Path, kept: Collection[str]) -> list[Path]:
    """What is in the folder under other names than these; what is half written is left."""
    if not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if path.name not in kept and path.name[0] != "." and _old(path)
    ]


def _old(path: Path) -> bool:
    """Whether nobody can be in the middle of a build with it: another one may use the same store."""
    try:
        return time.time() - path.stat().st_mtime > STALE_S
    except OSError:
        return False
