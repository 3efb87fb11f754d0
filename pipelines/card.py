"""The dataset card: README.md with the Hub's configs, so that the folder loads as it stands."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from generators.recipes.base import Recipe
from pipelines.error_kinds import kinds_table
from pipelines.faults import fault_lines
from pipelines.files import write_text
from pipelines.targets import target_lines
from schemas.manifest import DataFile, Manifest

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

_WHAT = {
    "sft": "conversations with loss spans",
    "preference": "chosen and rejected answers or steps",
    "stepwise": "step labels up to the first wrong step",
    "attempts": "every sampled answer with its verdict and the problem's pass rate",
}


def write_card(out: Path, manifest: Manifest, recipes: Sequence[Recipe]) -> None:
    """Write `README.md` from the manifest."""
    header = yaml.safe_dump(_header(manifest), sort_keys=False, allow_unicode=True)
    write_text(out / "README.md", f"---\n{header}---\n\n{_body(manifest, recipes)}")


def _header(manifest: Manifest) -> dict[str, object]:
    by_table: dict[str, dict[str, list[DataFile]]] = defaultdict(lambda: defaultdict(list))
    for file in manifest.files:
        by_table[file.table][file.split].append(file)
    rows = sum(f.rows for f in manifest.files)
    configs = [
        {
            "config_name": table,
            **({"default": True} if number == 0 else {}),
            "data_files": [
                {"split": split, "path": f"data/{table}/{split}-*.parquet"}
                for split in sorted(splits, key=lambda s: (s != "train", s))
            ],
        }
        for number, (table, splits) in enumerate(by_table.items())
    ]
    return {
        "pretty_name": manifest.name,
        "language": ["en"],
        "task_categories": ["text-generation"],
        "tags": ["self-correction", "on-policy", "corrigenda"],
        "size_categories": [next((name for most, name in _SIZES if rows < most), "1M<n<10M")],
        "configs": configs,
    }


def _body(manifest: Manifest, recipes: Sequence[Recipe]) -> str:
    counts = manifest.counts
    lines = [
        f"# {manifest.name}",
        "",
        "Verified correction data made by Corrigenda from a model's own mistakes.",
        "",
    ]
    lines += ["| config | rows | what |", "|---|---|---|"]
    rows = Counter[str]()
    for file in manifest.files:
        rows[file.table] += file.rows
    lines += [f"| `{table}` | {count} | {_WHAT[table]} |" for table, count in rows.items()]
    lines += ["", "## From problems to rows", "", "| | |", "|---|---|"]
    lines += [f"| {name.replace('|', '/')} | {value} |" for name, value in counts.items()]
    lines += ["", "## Recipes", ""]
    lines += ["| recipe | rows | without any mistake | paper | mistakes |", "|---|---|---|---|---|"]
    for recipe in recipes:
        learnt = "sft" in recipe.makes and recipe.weights.get("mistake", 1.0) > 0
        lines.append(
            f"| `{recipe.name}` | {counts.get(f'kept.{recipe.name}', 0)} | {_keeps(recipe, counts)} | {recipe.paper} | "
            f"{'learnt' if learnt else 'not learnt'} |"
        )
    if manifest.targets:
        lines += ["", "## Targets", "", *(f"* {line}" for line in target_lines(manifest.targets))]
    lines += kinds_table(manifest.error_kinds)
    if manifest.models:
        lines += ["", "## Models", ""]
        lines += [
            f"* {role}: `{m['model']}`, sampling `{m['sampling']}`" for role, m in manifest.models.items()
        ]
    said = fault_lines(counts, manifest.incidents)
    if said or manifest.stopped:
        lines += ["", "## What went wrong", ""]
        lines += [f"* {line}" for line in said]
    if manifest.stopped:
        lines.append(f"* Not a whole build: the budget was spent ({manifest.stopped}).")
    lines += [
        "",
        f"{_proof(manifest)}Format version {manifest.format_version}; `spans` are half-open code-point ranges "
        "with a loss weight.",
        "",
    ]
    return "\n".join(lines)


def _keeps(recipe: Recipe, counts: Mapping[str, int]) -> str:
    """Share of its rows in which nothing was wrong: too few teach a model to doubt everything."""
    kept, right = counts.get(f"kept.{recipe.name}", 0), counts.get(f"without_mistake.{recipe.name}", 0)
    return f"{right / kept:.0%}" if kept else ""


def _proof(manifest: Manifest) -> str:
    """What may be claimed: only what the truth filter has proven."""
    if not any(f["type"] == "truth" for f in manifest.config["filters"]):
        return "Built without the truth filter: nothing is proven. "
    return "Every right side was proven right and every wrong side wrong, from the rows' own text. "
