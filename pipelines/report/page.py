"""The page: summary, funnel, tables, rows of every recipe and variant with their lineage."""

import inspect
from collections.abc import Mapping, Sequence

from generators.recipes.base import Recipe
from pipelines.figures import distributions, funnel, origins, verification
from pipelines.figures.columns import Columns
from pipelines.figures.limits import limits
from pipelines.report.chart import bars
from pipelines.report.html import code, sentence, table, text
from pipelines.report.lineage import Lineage, Row, lineage
from pipelines.report.segments import example
from pipelines.report.style import CSS, JS
from schemas.manifest import Manifest

Shown = Mapping[tuple[str, str, str], Sequence[Row]]
"""Rows by recipe, table and variant."""


def facts(manifest: Manifest, recipes: Sequence[Recipe], columns: Columns) -> str:
    """Everything above the rows."""
    tables = (
        distributions.by_split(columns),
        funnel.by_recipe(manifest, recipes, columns),
        verification.proofs(columns),
        verification.gates(manifest),
        verification.contamination(manifest),
        verification.verdicts(columns),
        verification.locations(columns),
        distributions.by_kind(columns),
        distributions.policy_kinds(manifest),
        distributions.by_source(columns),
        distributions.error_places(columns),
        distributions.lengths(columns),
        distributions.by_variant(columns),
        origins.models(manifest),
        origins.licences(columns),
        origins.written_by(manifest, columns),
        verification.filters(manifest),
    )
    said = "".join(f"<li>{sentence(line)}</li>" for line in limits(manifest, recipes, columns))
    return (
        f"{_summary(manifest, columns)}<h2>From problems to rows</h2>{bars(funnel.stages(manifest.counts))}"
        f'<h2 id="limits">Known limits</h2><ul>{said}</ul><h2 id="figures">Figures</h2>'
        + "".join(map(table, tables))
    )


def _summary(manifest: Manifest, columns: Columns) -> str:
    rows = ", ".join(f"{frame.height:,} {name}" for name, frame in columns.frames.items())
    models = ", ".join(f"{role} {model['model']}" for role, model in manifest.models.items())
    gates = "" if not manifest.gates else (
        "all passed" if all(g.passed for g in manifest.gates)
        else "NOT passed: " + ", ".join(g.gate for g in manifest.gates if not g.passed)
    )  # fmt: skip
    lines = (
        ("rows", rows),
        ("without any mistake", f"{verification.right_share(columns)} of the examples"),
        ("proven", verification.proven(manifest).replace("`", "")),
        ("models", models or "attempts brought from files"),
        ("quality gates", gates or "none set"),
        ("build", manifest.build_id),
        ("config", manifest.config_digest),
        ("made by", "Corrigenda" + ("" if manifest.version == "unknown" else f" {manifest.version}")),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{text(value)}</dd>" for name, value in lines if value)
    return (
        f'<h1>{text(manifest.name)}</h1><p><a href="#limits">known limits</a> · <a href="#figures">figures</a> · '
        f'<a href="#rows">rows of every recipe</a></p><dl class="facts">{listed}</dl>'
    )


def examples(recipes: Sequence[Recipe], shown: Shown, known: Lineage, most: int) -> str:
    """Rows of every recipe; texts longer than `most` characters lose their middle."""
    parts = ['<h2 id="rows">Rows</h2>', _LEGEND]
    names = [r.name for r in recipes if any(recipe == r.name for recipe, _, _ in shown)]
    parts.append(
        '<ul class="toc">' + "".join(f'<li><a href="#{text(n)}">{text(n)}</a></li>' for n in names) + "</ul>"
    )
    for recipe in recipes:
        groups = {key: rows for key, rows in shown.items() if key[0] == recipe.name}
        if not groups:
            continue
        what = (inspect.getdoc(type(recipe)) or "").partition("\n\n")[0]
        parts.append(
            f'<h3 id="{text(recipe.name)}">{code(recipe.name)}</h3><p>{text(what)} {text(recipe.paper)}.</p>\n'
        )
        parts += [_article(key, row, known, most) for key, rows in groups.items() for row in rows]
    return "".join(parts)


_LEGEND = (
    '<p>Every stretch carries its kind. <span class="seg mistake"><b class="tag">mistake</b>wrong</span> '
    '<span class="seg right"><b class="tag">correction</b>right</span> <span class="seg talk"><b class="tag">reflection'
    '</b>talk about it</span> <span class="seg mistake masked"><b class="tag">mistake, masked</b>struck '
    "through: in the "
    'context, not learnt</span> <span class="shared">dim: both sides of a pair begin so</span></p>'
    '<p><button id="all" type="button">open or close all lineages</button></p>'
)


def _article(key: tuple[str, str, str], row: Row, known: Lineage, most: int) -> str:
    _, kind, variant = key
    title = " · ".join(part for part in (variant, kind, row["error_kind"], row["verified_by"]) if part)
    return (
        f'<article id="{text(row["id"])}"><h4>{text(title)} <span class="ids">{code(row["id"])}</span></h4>'
        f"{example(kind, row, most)}{lineage(row, known, most)}</article>\n"
    )


def page(title: str, body: str) -> str:
    """The whole document; it loads nothing."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{CSS}</style></head>\n<body>\n{body}<script>{JS}</script>\n</body></html>\n"
    )
