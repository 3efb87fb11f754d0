"""The card's metadata: what the Hub indexes, and what its viewer and `load_dataset` read."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import yaml

from pipelines.card.licences import licence_metadata
from pipelines.figures.columns import Columns
from pipelines.figures.origins import licence_names
from schemas.arrow import TABLES, schema
from schemas.manifest import DataFile, Manifest

_SIZES = (
    (10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"), (10**11, "10B<n<100B"),
    (10**12, "100B<n<1T"),
)  # fmt: skip
"""The Hub's size categories, each with the rows it ends before."""

_TAGS = {"sft": "sft", "preference": "dpo", "stepwise": "process-reward-model"}


def header(manifest: Manifest, columns: Columns) -> str:
    """The YAML between the card's first two lines of `---`."""
    rows = sum(file.rows for file in manifest.files)
    tables = [table for table in TABLES if any(f.table == table for f in manifest.files)]
    content = {
        "pretty_name": manifest.name,
        "language": ["en"],
        **licence_metadata(licence_names(columns)),
        "task_categories": ["text-generation"],
        "tags": [
            "self-correction",
            "on-policy",
            "synthetic",
            *(t for k, t in _TAGS.items() if k in tables),
            "corrigenda",
        ],
        "size_categories": [next((name for most, name in _SIZES if rows < most), "n>1T")],
        "configs": [_config(manifest, table, first=table == tables[0]) for table in tables],
        "dataset_info": [_info(manifest, table, columns) for table in tables],
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _splits(manifest: Manifest, table: str) -> dict[str, list[DataFile]]:
    """The files of a table by split, the training split first."""
    found: dict[str, list[DataFile]] = {}
    for file in manifest.files:
        if file.table == table:
            found.setdefault(file.split, []).append(file)
    return dict(sorted(found.items(), key=lambda item: (item[0] != "train", item[0])))


def _config(manifest: Manifest, table: str, first: bool) -> dict[str, Any]:
    files = [
        {"split": split, "path": f"data/{table}/{split}-*.parquet"} for split in _splits(manifest, table)
    ]
    return {"config_name": table, **({"default": True} if first else {}), "data_files": files}


def _info(manifest: Manifest, table: str, columns: Columns) -> dict[str, Any]:
    """As `push_to_hub` writes it, so that the viewer and `load_dataset` know columns and sizes beforehand."""
    splits = [
        {
            "name": split,
            "num_bytes": columns.bytes.get((table, split), 0),
            "num_examples": sum(file.rows for file in files),
        }
        for split, files in _splits(manifest, table).items()
    ]
    return {
        "config_name": table,
        "features": list(_features(schema(table))),
        "splits": splits,
        "download_size": sum(f.bytes for f in manifest.files if f.table == table),
        "dataset_size": sum(split["num_bytes"] for split in splits),
    }


def _features(fields: pa.Schema | pa.StructType) -> Iterator[dict[str, Any]]:
    for field in fields:
        yield {"name": field.name, **_feature(field.type)}


def _feature(kind: pa.DataType) -> dict[str, Any]:
    """A column's type in the YAML of `datasets.Features`; importing that takes two seconds."""
    if pa.types.is_list(kind):
        inner = kind.value_type
        if pa.types.is_struct(inner):
            return {"list": list(_features(inner))}
        return {"list": _feature(inner)["dtype"]}
    names = {pa.float32(): "float32", pa.float64(): "float64"}  # Arrow calls them float and double
    return {"dtype": names.get(kind, str(kind))}
