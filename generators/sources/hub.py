"""Problems from a dataset on the Hugging Face Hub, or from a local folder or file of that shape.

    source: {hub: {dataset: openai/gsm8k, config: main, split: train, answer_after: "####"}}

Streaming reads only what a build asks for. The licence is the one of the dataset's card unless the
config states one; with neither, nothing is read. Private and gated datasets take the token of
`hf auth login` or HF_TOKEN. Not covered: datasets that run their own loading script.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from generators.rows import Row
from generators.sources.columns import ColumnSource
from schemas.dropped import Dropped
from schemas.exceptions import InputError
from schemas.problem import Problem

_BUILDERS = {".jsonl": "json", ".json": "json", ".parquet": "parquet", ".csv": "csv"}
_FOLDER_FILES = ("*.jsonl", "*.json", "*.parquet", "*.csv", "*.jsonl.gz", "*.jsonl.zst")


class Hub(ColumnSource):
    """One split of one dataset, one problem a row."""

    dataset: str
    """Name on the Hub (`openai/gsm8k`), or the path of a local folder or .jsonl, .parquet or .csv file."""

    config: str = ""
    """Configuration of the dataset (`main`); empty: its only or default one."""

    revision: str = ""
    """Commit, tag or branch; a commit makes the build repeatable. Empty: the newest."""

    split: str = "train"
    """Split of the dataset that is read."""

    streaming: bool = True
    """Read over the network as the build goes on; false: download the dataset first."""

    def problems(self) -> Iterator[Problem | Dropped]:
        table = self._load()
        licence = self.licence or _card_licence(self.dataset, self.revision)
        if not licence:
            raise InputError(
                f"dataset {self.dataset!r} states no licence on its card: look it up and set `licence` "
                "(`licence: unknown` if nobody can tell)"
            )
        yield from self.to_problems(self._rows(table), self.name or self.dataset, licence, set())

    def pinned(self) -> "Hub":
        if Path(self.dataset).expanduser().exists():
            return self  # known by its files
        from huggingface_hub import HfApi

        try:
            commit = HfApi().dataset_info(self.dataset, revision=self.revision or None).sha
        except Exception:  # no network: what is in the local cache is read, or reading says what is wrong
            return self
        return self.model_copy(update={"revision": commit}) if commit else self

    def files(self) -> list[str]:
        path = Path(self.dataset).expanduser()
        if path.is_file():
            return [str(path)]
        if not path.is_dir():
            return []
        return sorted(str(file) for pattern in _FOLDER_FILES for file in path.rglob(pattern))

    def _load(self) -> Iterable[dict[str, Any]]:
        from datasets import load_dataset

        path = Path(self.dataset).expanduser()
        source: dict[str, Any] = {"path": self.dataset}
        if path.is_file():
            source = {"path": _builder(path), "data_files": {self.split: str(path)}}
        elif path.is_dir():
            source = {"path": str(path)}
        try:
            table: Iterable[dict[str, Any]] = load_dataset(
                **source,
                name=self.config or None,
                revision=self.revision or None,
                split=self.split,
                streaming=self.streaming,
            )
        except Exception as error:  # builders, the network and the Hub raise whatever they raise
            raise InputError(self._why(error)) from error
        return table

    def _rows(self, table: Iterable[dict[str, Any]]) -> Iterator[Row]:
        place = f"{self.dataset}[{self.split}]"
        number = 0
        try:
            for number, values in enumerate(table, start=1):
                row = Row(values, f"{place}:{number}")
                if number == 1:
                    self.check_columns(row, f"dataset {place}")
                yield row
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"reading stopped after {number} rows: {self._why(error)}") from error
        if number == 0:
            raise InputError(f"dataset {place} is empty: name another split or config")

    def _why(self, error: Exception) -> str:
        """What failed and the next step, told from the error's class and text."""
        name, said = type(error).__name__, " ".join(str(error).split())[:300]
        about = f"{said} {name}".lower()
        if "gated" in about or "401" in about or "403" in about:
            step = "accept its conditions on the Hub and log in with `hf auth login` (or set HF_TOKEN)"
        elif "split" in about:
            step = "set `split` to one that it has"
        elif "config" in about:
            step = "set `config` to one that it has"
        elif "offline" in about or "connection" in about or "timeout" in about or "reach" in about:
            step = "check the network (and HF_HUB_OFFLINE), or give `dataset` a local folder"
        else:
            step = "check the name, `config`, `split` and `revision`"
        return f"dataset {self.dataset!r} cannot be read: {step} ({name}: {said})"


def _builder(path: Path) -> str:
    suffix = next((s for s in path.suffixes if s in _BUILDERS), "")
    if not suffix:
        raise InputError(f"{path} is not one of {', '.join(_BUILDERS)}: convert it, or use the jsonl source")
    return _BUILDERS[suffix]


def _card_licence(dataset: str, revision: str) -> str:
    """The card's `license`, a list joined with commas; empty where there is no card or it names none."""
    from huggingface_hub import DatasetCard, hf_hub_download

    path = Path(dataset).expanduser()
    try:
        if path.exists():
            card = path / "README.md"
        else:
            card = Path(hf_hub_download(dataset, "README.md", repo_type="dataset", revision=revision or None))
        stated = DatasetCard.load(card).data.to_dict().get("license")
    except Exception:  # no card, or no network: the caller asks for the licence either way
        return ""
    return ", ".join(map(str, stated)) if isinstance(stated, list) else str(stated or "")
