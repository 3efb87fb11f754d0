"""The card's sections, from what the dataset is to how it is cited."""

import inspect
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from generators.recipes.base import Recipe
from pipelines.card.loading import loading
from pipelines.card.markdown import code, fenced, plain, table
from pipelines.card.masks import masks
from pipelines.figures import distributions, funnel, origins, verification
from pipelines.figures.columns import Columns
from pipelines.figures.grid import Code, Grid, grid
from pipelines.figures.limits import limits
from pipelines.targets import target_lines
from schemas.manifest import Manifest

WHAT = {
    "sft": "conversations with loss spans: what is learnt and what is masked",
    "preference": "pairs of answers or next steps, right against wrong",
    "stepwise": "steps labelled right or wrong, up to the first wrong one",
    "attempts": "every sampled answer with its verdict and its problem's pass rate",
}


def body(out: Path, manifest: Manifest, recipes: Sequence[Recipe], columns: Columns) -> str:
    """Everything below the metadata."""
    sections = [
        _what(manifest, columns),
        _how(manifest, recipes),
        [
            "## Funnel",
            "",
            *_tables(funnel.funnel(manifest), funnel.by_recipe(manifest, recipes, columns)),
            *_targets(manifest),
        ],
        _distributions(manifest, columns),
        _verification(manifest, columns),
        masks(out, manifest, recipes, columns),
        _licences(manifest, columns),
        ["## Known limits", "", *(f"* {_said(line)}" for line in limits(manifest, recipes, columns)), ""],
        loading(columns),
        _citation(manifest, recipes),
    ]
    return "\n".join(line for section in sections for line in section)


def _what(manifest: Manifest, columns: Columns) -> list[str]:
    rows = Counter[str]()
    for file in manifest.files:
        rows[file.table] += file.rows
    whole = grid(("config", "rows", "what"), ((Code(t), n, WHAT.get(t, "")) for t, n in rows.items()))
    right = verification.right_share(columns)
    return [
        f"# {plain(manifest.name)}",
        "",
        "Correction data built from a model's own mistakes: its answers to problems with known answers were "
        "judged, the first "
        "wrong step of wrong ones was found, and each became rows that teach to notice and repair it.",
        verification.proven(manifest),
        f"{right} of the examples are without any mistake.",
        "",
        *table(whole),
        "",
        "Every row names its problem, source and licence, the attempts it is made of (`parents`, rows of "
        "`attempts`), the kind of "
        "mistake, and how it is known to be right (`verified_by`). A row's whole history: `corrigenda "
        "explain ID --in DIR`. "
        f"With the data comes `report.html`, the same facts with more rows. Format version {manifest.format_version}.",
        "",
    ]


def _how(manifest: Manifest, recipes: Sequence[Recipe]) -> list[str]:
    counts, config = manifest.counts, manifest.config
    policy = config.get("policy") or {}
    asked = f", {policy['samples']} samples a problem" if policy else ", attempts brought from files"
    used = grid(
        ("recipe", "what it makes", "config", "paper"),
        ((Code(r.name), _first_sentence(r), ", ".join(r.makes), r.paper) for r in recipes),
    )
    built = f"Corrigenda {manifest.version}" if manifest.version != "unknown" else "Corrigenda"
    identity = f"build `{manifest.build_id}`, " if manifest.build_id else ""
    return [
        "## How it was made",
        "",
        f"By {built} ({identity}config digest `{manifest.config_digest[:16]}`; the whole config is in "
        "`manifest.json`), from "
        f"{counts.get('problems', 0):,} problems{asked}, {counts.get('attempts', 0):,} attempts in all.",
        "",
        *_tables(origins.models(manifest), verification.filters(manifest)),
        "**Recipes**",
        "",
        *table(used),
        "",
    ]


def _first_sentence(recipe: Recipe) -> str:
    return (inspect.getdoc(type(recipe)) or "").partition("\n\n")[0]


def _targets(manifest: Manifest) -> list[str]:
    if not manifest.targets:
        return []
    return ["**Targets**", "", *(f"* {plain(line)}" for line in target_lines(manifest.targets)), ""]


def _distributions(manifest: Manifest, columns: Columns) -> list[str]:
    return [
        "## Distributions",
        "",
        *_tables(
            distributions.by_split(columns),
            distributions.by_source(columns),
            distributions.by_kind(columns),
            distributions.policy_kinds(manifest),
            distributions.error_places(columns),
            distributions.lengths(columns),
            distributions.by_variant(columns),
        ),
    ]


def _verification(manifest: Manifest, columns: Columns) -> list[str]:
    gates = verification.gates(manifest)
    overlap = verification.contamination(manifest)
    return [
        "## Verification",
        "",
        *_tables(
            verification.proofs(columns), verification.verdicts(columns), verification.locations(columns)
        ),
        *(_tables(gates) or ["No quality gate was set for this build.", ""]),
        "## Contamination",
        "",
        *(
            table(overlap)
            or ["Nothing was checked: whether problems or solutions overlap with benchmarks is not known."]
        ),
        "",
    ]


def _licences(manifest: Manifest, columns: Columns) -> list[str]:
    return [
        "## Licences and terms",
        "",
        "Rows carry the licence of their problem's source; a row is bound by it and by the terms of the "
        "models whose text it holds.",
        "",
        *_tables(origins.licences(columns), origins.written_by(manifest, columns)),
    ]


_ARXIV = re.compile(r"(?:arXiv )?(\d{4}\.\d{5})")


def _citation(manifest: Manifest, recipes: Sequence[Recipe]) -> list[str]:
    entry = (
        "@software{corrigenda,\n"
        "  title   = {Corrigenda: verified correction datasets from a model's own mistakes},\n"
        + (f"  version = {{{manifest.version}}},\n" if manifest.version != "unknown" else "")
        + "  license = {Apache-2.0}\n}"
    )
    named = dict.fromkeys(paper.strip() for r in recipes for paper in r.paper.split(";"))
    papers = [_ARXIV.sub(r"arXiv:\1", plain(paper)) for paper in named]
    return [
        "## Citation",
        "",
        *fenced(entry, "bibtex"),
        "",
        "The methods are those of these papers; cite the ones whose rows you use:",
        "",
        *(f"* {paper}" for paper in papers),
        "",
    ]


def _tables(*grids: Grid) -> list[str]:
    """The tables that have rows, each under its title."""
    lines: list[str] = []
    for one in grids:
        if one:
            lines += [
                f"**{plain(one.title)}**" + (f" — {_said(one.note)}" if one.note else ""),
                "",
                *table(one),
                "",
            ]
    return lines


def _said(sentence: str) -> str:
    """A sentence of our own with names of the data between backticks, which stay code; all else is plain text."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:  # a backtick in a name of the data
        return plain(sentence)
    return "".join(_kept(part) if i % 2 == 0 else code(part) for i, part in enumerate(parts))


def _kept(part: str) -> str:
    """Plain text that keeps its outer spaces."""
    inner = part.strip()
    before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :] if inner else ""
    return f"{before}{plain(inner)}{after}"
