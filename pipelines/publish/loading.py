"""A published revision, loaded as a reader loads it and compared row by row with what was built."""

import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
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

    Streaming always, and with `whole` also downloaded and converted as `load_dataset` does without streaming.
    PublishError where a config, a split or a row is not what was built, or where it cannot be loaded.
    """
    wanted = {name: hash_files(f.at for f in files) for name, files in bundle.splits().items()}
    configs = list(dict.fromkeys(file.table for file in bundle.manifest.files))
    where = f"{repo} at {revision[:12]}"
    for config in configs:
        stream = partial(_streamed, repo, revision, config)
        _compare(where, config, wanted, patience.ask(f"streaming {config} of {where}", stream, say))
    if whole:
        with tempfile.TemporaryDirectory(prefix="corrigenda-") as folder:
            patience.ask(f"downloading {where}", partial(_download, repo, revision, folder), say)
            for config in configs:
                load = partial(_converted, folder, config)
                _compare(where, config, wanted, patience.ask(f"loading {config} of {where}", load, say))
    say(f"loaded every row of {', '.join(configs)}, streaming{' and whole' if whole else ''}: as built")
    return {name: rows.rows for name, rows in wanted.items()}


def _compare(where: str, config: str, wanted: Mapping[str, RowHash], found: Mapping[str, RowHash]) -> None:
    here = {name: rows for name, rows in wanted.items() if name.startswith(f"{config}/")}
    for name in sorted({*here, *found}):
        if here.get(name) != found.get(name):
            raise PublishError(
                f"{where} does not give back {name} as it was built: {_told(found.get(name))}, built were "
                f"{_told(here.get(name))}. It is not tagged. Look at the revision, then publish again"
            )


def _told(rows: RowHash | None) -> str:
    return "no such split" if rows is None else f"{rows.rows} rows ({rows.sha256[:12]})"


def _streamed(repo: str, revision: str, config: str) -> dict[str, RowHash]:
    from datasets import load_dataset

    splits = load_dataset(repo, config, revision=revision, streaming=True)
    return {f"{config}/{split}": hash_rows(_batches(rows)) for split, rows in splits.items()}


def _download(repo: str, revision: str, folder: str) -> None:
    """The revision into a folder of its own.

    `load_dataset` downloads into the Hub's cache and nowhere else: a nightly build would fill it, and what is in it
    cannot be deleted while other processes read.
    """
    from huggingface_hub import snapshot_download

    snapshot_download(
        repo, repo_type="dataset", revision=revision, local_dir=folder, allow_patterns=["README.md", "data/*"]
    )


def _converted(folder: str, config: str) -> dict[str, RowHash]:
    from datasets import load_dataset

    with tempfile.TemporaryDirectory(prefix="corrigenda-") as cache:
        splits: Mapping[str, Any] = load_dataset(folder, config, cache_dir=cache)
        return {f"{config}/{split}": hash_rows(_batches(rows)) for split, rows in splits.items()}


def _batches(rows: "Dataset | IterableDataset") -> Iterator[list[dict[str, Any]]]:
    for table in rows.with_format("arrow").iter(BATCH_ROWS):
        yield table.to_pylist()
