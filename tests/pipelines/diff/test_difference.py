"""One thing changed between two builds is what the comparison says, with the counts of the rows that it changed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.diff.compare import difference
from pipelines.diff.difference import Difference
from pipelines.diff.reasons import REASONS, said_of_removed
from schemas.arrow import TABLES
from tests.pipelines.diff.versions import COUNT, RECIPES, Versions, broken, otherwise

COLUMNS = ["policy", "teacher", "located_by"]
"""In the order in which they are named."""

Problems = list[dict[str, Any]]


def renamed(problems: Problems) -> Problems:
    """Lot 3 under another id."""
    return [{**p, "id": "jars/three"} if p["id"] == "jars/3" else p for p in problems]


def another_answer(problems: Problems) -> Problems:
    """Lot 3 has another reference answer."""
    return [{**p, "answer": "5"} if p["id"] == "jars/3" else p for p in problems]


CHANGES: dict[str, dict[str, Any]] = {
    "base": {},
    "more_problems": {"count": COUNT + 2},
    "more_samples": {"changes": ["policy.samples=8"]},
    "more_recipes": {"recipes": RECIPES.replace("]", ", {type: step_pairs}]")},
    "options": {"recipes": RECIPES.replace("{type: lemma}", "{type: lemma, mistakes: 1}")},
    "filter": {"changes": ["filters=[{type: shape, max_chars: 170}, {type: truth}]"]},
    "cap": {"changes": ["caps.problem=1"]},
    "another_policy": {"changes": ["policy.sampling.temperature=0.7"]},
    "test_share": {"changes": ["test_share=0.6"]},
    "retold": {"tell": otherwise},
    "broken": {"tell": broken},
    "renamed": {"edit": renamed},
    "another_answer": {"edit": another_answer},
}


@pytest.fixture(scope="module")
def made(versions: Versions) -> Callable[[str], Path]:
    def one(name: str) -> Path:
        asked = dict(CHANGES[name])
        return versions(name, *asked.pop("changes", ()), **asked)

    return one


@pytest.fixture(scope="module")
def found(made: Callable[[str], Path]) -> Callable[[str], Difference]:
    kept: dict[str, Difference] = {}

    def one(name: str) -> Difference:
        if name not in kept:
            kept[name] = difference(made("base"), made(name))
        return kept[name]

    return one


def ids(folder: Path, table: str, column: str = "id") -> set[str]:
    return set(pl.read_parquet(folder / "data" / table / "*.parquet")[column])


def all_ids(folder: Path) -> set[str]:
    return {i for table in TABLES for i in ids(folder, table)}


def groups(found: Difference, change: str) -> dict[tuple[str, str, str], int]:
    counted: dict[tuple[str, str, str], int] = {}
    for g in found.groups:
        if g.change == change:
            key = g.table, g.recipe, g.reason
            counted[key] = counted.get(key, 0) + g.rows
    return counted


def test_a_version_differs_in_nothing_from_itself(found: Callable[[str], Difference]) -> None:
    same = found("base")
    assert same.empty and not same.groups and not same.settings and not same.notes
    assert all(t.a == t.b == t.same > 0 for t in same.tables)
    assert all(d.distance == 0 and not d.moved for d in same.distributions)
    assert same.contamination.clean


@pytest.mark.parametrize(
    ("name", "added", "removed", "changed"),
    [
        ("more_problems", {"new_problem"}, set(), set()),
        ("more_samples", {"new_samples", "other_samples"}, {"other_samples"}, {"other_samples"}),
        ("more_recipes", {"new_recipe"}, set(), set()),
        ("options", set(), {"recipe_options"}, {"recipe_options"}),
        ("filter", set(), {"dropped.filter.too_long"}, set()),
        ("cap", set(), {"dropped.selection.cap_problem"}, set()),
        ("another_policy", {"new_policy"}, {"policy_changed"}, set()),
        ("test_share", set(), set(), {"test_share"}),
        ("retold", set(), {"resampled"}, {"resampled"}),
        ("broken", set(), {"dropped.case.engine_error"}, set()),
        ("renamed", {"problem_renamed"}, {"problem_renamed"}, set()),
        ("another_answer", set(), {"problem_changed"}, {"problem_changed"}),
    ],
)
def test_what_was_changed_is_the_only_reason(
    name: str, added: set[str], removed: set[str], changed: set[str], found: Callable[[str], Difference]
) -> None:
    seen = found(name)
    assert [set(seen.reasons(change)) for change in ("added", "removed", "changed")] == [
        added,
        removed,
        changed,
    ]


@pytest.mark.parametrize("name", CHANGES)
def test_counts_add_up_and_agree_with_the_ids(
    name: str, found: Callable[[str], Difference], made: Callable[[str], Path]
) -> None:
    seen = found(name)
    for t in seen.tables:
        assert (t.a, t.b) == (t.same + t.changed + t.removed, t.same + t.changed + t.added)
        for change in ("added", "removed", "changed"):
            counted = sum(g.rows for g in seen.groups if (g.table, g.change) == (t.table, change))
            assert counted == getattr(t, change)
        was, now = ids(made("base"), t.table), ids(made(name), t.table)
        # A row whose id is on one side alone is added or paired with one of the other side's.
        assert t.added <= len(now - was) and t.removed <= len(was - now)
        assert len(now - was) - t.added == len(was - now) - t.removed <= t.changed


@pytest.mark.parametrize("name", ["more_samples", "cap", "another_policy", "retold"])
def test_the_other_way_round_it_says_the_same_mirrored(
    name: str, found: Callable[[str], Difference], made: Callable[[str], Path]
) -> None:
    there, back = found(name), difference(made(name), made("base"))
    for one, other in zip(there.tables, back.tables, strict=True):
        assert (one.a, one.b, one.same, one.changed) == (other.b, other.a, other.same, other.changed)
        assert (one.added, one.removed) == (other.removed, other.added)
    assert groups(there, "removed") == {
        (t, r, said_of_removed(reason)): n for (t, r, reason), n in groups(back, "added").items()
    }
    assert groups(back, "removed") == {
        (t, r, said_of_removed(reason)): n for (t, r, reason), n in groups(there, "added").items()
    }
    assert [(d.table, d.of, d.distance, d.p) for d in there.distributions] == [
        (d.table, d.of, d.distance, d.p) for d in back.distributions
    ]


def test_new_problems_are_counted_by_table_and_recipe(
    found: Callable[[str], Difference], made: Callable[[str], Path]
) -> None:
    rows = pl.read_parquet(made("more_problems") / "data" / "attempts" / "*.parquet")
    new = rows.filter(pl.col("problem_id").is_in([f"jars/{COUNT}", f"jars/{COUNT + 1}"]))
    by_recipe = dict(new.group_by("recipe").len().iter_rows())
    seen = {g.recipe: (g.rows, g.problems) for g in found("more_problems").groups if g.table == "attempts"}
    assert seen == {recipe: (count, 2) for recipe, count in by_recipe.items()}
    assert found("more_problems").b.problems == found("more_problems").a.problems + 2


def test_raised_samples_are_new_and_the_old_ones_only_change_their_groups_rate(
    found: Callable[[str], Difference],
) -> None:
    seen = found("more_samples")
    assert groups(seen, "added")["attempts", "", "new_samples"] == COUNT
    own = {g.columns for g in seen.groups if g.table == "attempts" and not g.recipe and g.change == "changed"}
    assert own <= {("pass_rate", "decided"), ("decided",)} and own
    assert seen.policy is not None and seen.policy.same
    assert [(s.name, s.a, s.b) for s in seen.settings] == [("config.policy.samples", "7", "8")]


def test_a_reply_that_says_something_else_takes_the_rows_made_of_it_along(
    found: Callable[[str], Difference],
) -> None:
    seen = found("retold")
    assert {g.problems for g in seen.groups} == {1}
    own = [g for g in seen.groups if g.table == "attempts" and not g.recipe]
    assert [(g.rows, g.columns) for g in own] == [(7, ("text", "steps"))]
    sft = [g for g in seen.groups if g.table == "sft"]
    assert sft and all({"parents", "messages", "spans"} <= set(g.columns) for g in sft)


def test_a_filter_and_a_cap_take_as_many_rows_as_dropped_holds(
    found: Callable[[str], Difference], made: Callable[[str], Path]
) -> None:
    for name, stage in (("filter", "filter"), ("cap", "selection")):
        dropped = pl.read_parquet(made(name) / "dropped" / "*.parquet").filter(pl.col("stage") == stage)
        assert sum(t.removed for t in found(name).tables) == dropped.height > 0


def test_without_dropped_the_config_is_the_reason_and_it_is_said(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    shutil.copytree(made("cap"), tmp_path / "published", ignore=shutil.ignore_patterns("work", "dropped"))
    seen = difference(made("base"), tmp_path / "published")
    assert set(seen.reasons("removed")) == {"config.caps"}
    assert any("no dropped/" in note for note in seen.notes)


def rewritten(folder: Path, target: Path, table: str, edit: Callable[[list[dict[str, Any]]], None]) -> Path:
    """A copy of a dataset with one table's rows edited."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("work"))
    for path in (target / "data" / table).glob("train-*.parquet"):
        whole = pq.read_table(path)
        content = whole.to_pylist()
        edit(content)
        pq.write_table(pa.Table.from_pylist(content, schema=whole.schema), path)
    return target


def with_manifest(folder: Path, **values: object) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")
    return folder


def masked_otherwise(rows: list[dict[str, Any]]) -> None:
    rows[0]["spans"][-1]["weight"] = 0.5
    rows[1]["located_by"] = "judged"


@pytest.mark.parametrize(("version", "reason"), [("9.9", "code_or_packages"), (None, "unexplained")])
def test_rows_under_the_same_id_that_say_something_else_are_changed(
    version: str | None, reason: str, made: Callable[[str], Path], tmp_path: Path
) -> None:
    other = rewritten(made("base"), tmp_path / "other", "sft", masked_otherwise)
    if version:
        with_manifest(other, version=version)
    seen = difference(made("base"), other, rows=2)
    assert sorted((g.change, g.reason, g.columns, g.rows) for g in seen.groups) == [
        ("changed", reason, ("located_by",), 1),
        ("changed", reason, ("spans",), 1),
    ]
    texts = {e.columns: e.text for e in seen.examples}
    assert texts[("located_by",)].endswith("-> judged") and "\n" not in texts[("located_by",)]
    assert any(line.startswith("+[") and ", weight 0.5]" in line for line in texts[("spans",)].split("\n"))


def test_another_judge_is_named_where_verdicts_differ(made: Callable[[str], Path], tmp_path: Path) -> None:
    def judged(rows: list[dict[str, Any]]) -> None:
        wrong = next(r for r in rows if r["verdict"] == "wrong" and not r["recipe"])
        wrong.update(verdict="unknown", reason="timeout")
        first.append(wrong["id"])

    first: list[str] = []
    other = rewritten(made("base"), tmp_path / "other", "attempts", judged)
    config = json.loads((other / "manifest.json").read_text(encoding="utf-8"))["config"]
    with_manifest(other, config={**config, "judge": {**config["judge"], "deadline_s": 0.1}})
    seen = difference(made("base"), other)
    assert groups(seen, "changed") == {("attempts", "", "config.judge"): 1}
    unknown = next(d for d in seen.distributions if d.of == "unknown reason")
    assert [(c.value, c.a, c.b) for c in unknown.cells] == [("timeout", 0, 1)] and unknown.p is None


@pytest.mark.parametrize(
    ("attempt", "row", "reason"),
    [
        ({"verdict": "unknown"}, {"located_by": "judged"}, "verdict_changed"),
        ({"first_error": 5}, {"located_by": "judged"}, "location_changed"),
        ({}, {"located_by": "judged", "teacher": "m-another"}, "teacher_changed"),
        ({"verdict": "unknown"}, {"policy": "m-another"}, "policy_changed"),
    ],
)
def test_a_row_is_traced_to_what_befell_the_attempt_it_is_made_of(
    attempt: dict[str, Any], row: dict[str, Any], reason: str, made: Callable[[str], Path], tmp_path: Path
) -> None:
    def edit_row(rows: list[dict[str, Any]]) -> None:
        rows[0].update(row)
        parents.append(rows[0]["parents"][0])

    def edit_attempt(rows: list[dict[str, Any]]) -> None:
        next(r for r in rows if r["id"] == parents[0]).update(attempt)

    parents: list[str] = []
    once = rewritten(made("base"), tmp_path / "once", "sft", edit_row)
    seen = difference(made("base"), rewritten(once, tmp_path / "twice", "attempts", edit_attempt))
    assert [(g.reason, g.columns, g.rows) for g in seen.groups if g.table == "sft"] == [
        (reason, tuple(sorted(row, key=COLUMNS.index)), 1)
    ]


def test_formats_that_differ_are_said_and_what_both_have_is_compared(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    old = tmp_path / "old"
    shutil.copytree(made("base"), old, ignore=shutil.ignore_patterns("work"))
    for path in (old / "data" / "sft").glob("*.parquet"):
        pq.write_table(pq.read_table(path).drop_columns(["written_by", "spans"]), path)
    manifest = json.loads((old / "manifest.json").read_text(encoding="utf-8"))
    gate = {"gate": "truth", "passed": True, "said": "all true", "severity": "of a later format"}
    with_manifest(
        old, format_version="1", gates=[gate], later={"a": 1}, config={**manifest["config"], "later": 1}
    )
    seen = difference(old, made("base"))
    assert any("formats differ (1 and 2)" in note for note in seen.notes)
    assert any("spans" in note for note in seen.notes)
    assert sum(t.added + t.removed for t in seen.tables) == 0
    assert {g.columns for g in seen.groups} <= {("written_by",)}


def test_the_same_two_versions_give_the_same_json(made: Callable[[str], Path]) -> None:
    said = [json.dumps(difference(made("base"), made("more_samples"), rows=2).as_json()) for _ in range(2)]
    assert said[0] == said[1] and '"examples": [{' in said[0]
    assert str(made("base").parent) not in said[0]


def test_every_reason_has_its_meaning_on_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "diff.md").read_text(encoding="utf-8")
    assert [slug for slug in REASONS if f"`{slug}" not in page] == []
