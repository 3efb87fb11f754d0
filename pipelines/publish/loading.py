"""A published revision, loaded as a reader loads it and compared row by row with what was built."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.publish.bundle import Bundle
from pipelines.publish.patience import Patience, Say
from pipelines.publish.row_hashes import BATCH_ROWS, RowHash, hash_files, hash_rows
from schemas.exceptions import PublishError

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset


def verify_revision(
    bundle: Bundle, repo: str, revision: str, whole: bool, patience: Patience, say: Say
) -> dict[str, int]:
    """Load every config and split of a revision; the rows of each, by `config/split`.

    Streaming always, and with `whole` also the way that writes a copy to disk. PublishError where a config, a
    split or a row is not what was built, or where it cannot be loaded.
    """
    wanted = {name: hash_files(f.at for f in files) for name, files in bundle.splits().items()}
    configs = dict.fromkeys(file.table for file in bundle.manifest.files)
    with _cache_left_as_it_was(repo, revision):
        for config, streaming in product(configs, (True, False) if whole else (True,)):
            found = patience.ask(
                f"loading {config} of {repo} at {revision[:12]}",
                partial(_loaded, repo, config, revision, streaming),
                say,
            )
            _compare(repo, revision, config, wanted, found)
    say(f"loaded every row of {', '.join(configs)}, streaming{' and whole' if whole else ''}: as built")
    return {name: rows.rows for name, rows in wanted.items()}


def _compare(
    repo: str, revision: str, config: str, wanted: Mapping[str, RowHash], found: Mapping[str, RowHash]
) -> None:
    here = {name: rows for name, rows in wanted.items() if name.startswith(f"{config}/")}
    for name in sorted({*here, *found}):
        if here.get(name) != found.get(name):
            raise PublishError(
                f"{repo} at {revision[:12]} does not give back {name} as it was built: {_told(found.get(name))}, "
                f"built were {_told(here.get(name))}. It is not tagged. Look at the revision, then publish again"
            )


def _told(rows: RowHash | None) -> str:
    return "no such split" if rows is None else f"{rows.rows} rows ({rows.sha256[:12]})"


def _loaded(repo: str, config: str, revision: str, streaming: bool) -> dict[str, RowHash]:
    """Hashes by `config/split` of what `load_dataset` gives."""
    from datasets import load_dataset

    with tempfile.TemporaryDirectory(prefix="corrigenda-") as cache:
        splits: Mapping[str, Any] = load_dataset(
            repo, config, revision=revision, streaming=streaming, cache_dir=None if streaming else cache
        )
        return {f"{config}/{split}": hash_rows(_batches(rows)) for split, rows in splits.items()}


def _batches(rows: "Dataset | IterableDataset") -> Iterator[list[dict[str, Any]]]:
    for table in rows.with_format("arrow").iter(BATCH_ROWS):
        yield table.to_pylist()


@contextmanager
def _cache_left_as_it_was(repo: str, revision: str) -> Iterator[None]:
    """Remove from the Hub's cache what verifying has put there: a nightly build would fill the disk.

    `load_dataset` takes no folder for downloads from the Hub; only those of converted rows can be chosen.
    """
    from huggingface_hub import constants

    folder = Path(constants.HF_HUB_CACHE, f"datasets--{repo.replace('/', '--')}")
    before = (folder / "snapshots" / revision).is_dir()
    try:
        yield
    finally:
        if not before:
            _forget(folder, revision)


def _forget(folder: Path, revision: str) -> None:
    """Delete one revision of one repository and the files that no other revision of it has.

    huggingface_hub's own scan reads the whole cache, and fails when another process writes to it meanwhile.
    """
    snapshot = folder / "snapshots" / revision
    files = _linked(snapshot)
    for gone in (snapshot, folder / ".no_exist" / revision):
        shutil.rmtree(gone, ignore_errors=True)
    for file in files - _linked(folder / "snapshots"):
        file.unlink(missing_ok=True)


def _linked(folder: Path) -> set[Path]:
    return {path.resolve() for path in folder.rglob("*") if path.is_symlink()}
