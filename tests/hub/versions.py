"""Small finished datasets to publish: what a build leaves, without building."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from pipelines.files import sha256_of, write_json, write_text
from schemas.manifest import DataFile, GateResult, Manifest

FEW = {"sft/train": 2, "sft/test": 1, "attempts/train": 1}
"""Shards by `config/split`."""


def write_version(
    folder: Path,
    version: int,
    shards: Mapping[str, int] = FEW,
    *,
    rows: int = 5,
    text_bytes: int = 40,
    gates: tuple[GateResult, ...] = (),
) -> Path:
    """A dataset whose rows tell their version; the shards of `attempts` are the same in all versions."""
    files = []
    for name, count in shards.items():
        table, split = name.split("/")
        for shard in range(count):
            path = f"data/{name}-{shard:05d}-of-{count:05d}.parquet"
            made = _rows(name, shard, 0 if table == "attempts" else version, rows, text_bytes)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(made, folder / path, compression="none", use_dictionary=False)
            size = (folder / path).stat().st_size
            files.append(DataFile(path, table, split, rows, size, sha256_of(folder / path)))
    manifest = Manifest(
        name="versions",
        format_version="1",
        version="0.1",
        config={"seed": version},
        config_digest=str(version),
        files=tuple(files),
        counts={"rows": sum(f.rows for f in files)},
        models={},
        spent={"seconds": 1.5},
        packages={},
        gates=gates,
    )
    write_text(folder / "README.md", _card(shards, version))
    (folder / "dropped").mkdir(exist_ok=True)
    pq.write_table(pa.table({"reason": ["too_long"]}), folder / "dropped" / "planning.parquet")
    write_text(folder / "report.html", f"<p>version {version}</p>\n")
    write_json(folder / "manifest.json", manifest.as_json())
    return folder


def _rows(name: str, shard: int, version: int, rows: int, text_bytes: int) -> pa.Table:
    def text(row: int) -> str:
        seed = f"{name} {shard} {version} {row}".encode()
        return hashlib.shake_256(seed).hexdigest(text_bytes // 2)

    return pa.table(
        {
            "id": [f"{name}-{version}-{shard}-{row}" for row in range(rows)],
            "text": [text(row) for row in range(rows)],
            "spans": [[{"start": 0, "end": row, "weight": row / 3}] for row in range(rows)],
            "labels": [[True, None] if row % 2 else None for row in range(rows)],
        }
    )


def _card(shards: Mapping[str, int], version: int) -> str:
    configs: dict[str, list[dict[str, str]]] = {}
    for name in shards:
        table, split = name.split("/")
        configs.setdefault(table, []).append({"split": split, "path": f"data/{name}-*.parquet"})
    header = {
        "license": "apache-2.0",
        "configs": [{"config_name": n, "data_files": files} for n, files in configs.items()],
    }
    return f"---\n{yaml.safe_dump(header, sort_keys=False)}---\n\n# Version {version}\n"
