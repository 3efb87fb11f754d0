"""All recipes in one build, with a teacher on another engine: what it writes well is used, and nothing else."""

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from generators.prompts import feedback, thoughts, transitions
from generators.prompts.verifications import CHECK_IT, SENTENCES
from generators.recipes.base import RECIPES
from pipelines.build import Outcome
from tests.building import built
from tests.commands import hashes
from tests.world import Jars, write_world

COUNT = 6
LEAK = "Wait, I see that the reference solution has it otherwise, quokka."
"""In every bad reply, so that it can be looked for in every row."""
TELLS = "Wait, I was given the answer, quokka: forty-two."
WRITERS = frozenset(
    {
        "didactic_dialogue", "hinted_critique", "intervention", "introspection",
        "lemma", "proposer_verifier", "selective_revision", "self_evolution", "self_rewarding",
        "self_verification", "stepwise_correction", "thought_template", "trial_and_check",
    }
)  # fmt: skip
"""Recipes with a writer's text in their rows: the plans of `guideline_paths` and the feedback of
`feedback_distillation` only stand in what the policy is asked."""


def tail(template: str) -> str:
    """A prompt's fixed end, by which the table knows it."""
    return template.rpartition("}")[2].strip()


def checks(right: str, wrong: str) -> tuple[str, tuple[str, ...]]:
    """A verification's row: one reply for a right and one for a wrong solution; one of them fits."""
    said = ("Once more: 2 * 3 = 6, and so on.\n" + right, "Once more: 2 * 3 = 6, and so on.\n" + wrong)
    return CHECK_IT.rpartition("{help}")[2].strip().format(right=right, wrong=wrong), said


def table() -> dict[str, tuple[str, ...]]:
    """Replies by a part of the prompt: good, leaking, empty; the second one is asked for with the first."""
    rows: dict[str, tuple[str, ...]] = {
        tail(transitions.TEACHER_NOTICE): (LEAK, "Wait, I do not think that my last step holds."),
        tail(transitions.TEACHER_RESTART): ("", "Hold on, I made a mistake there. Let me begin again."),
        tail(transitions.TEACHER_SMOOTH): (LEAK, ""),
        tail(thoughts.TEACHER_KEY): ("Watch the digits here.", LEAK),
        tail(thoughts.TEACHER_GENERALIZED): (LEAK, "Work from the groups to the whole."),
        tail(thoughts.TEACHER_CAUSE): (TELLS, "The step has a wrong result."),
        tail(feedback.TEACHER): (f"Quokka: {LEAK}", "Something is off; please go over it once more."),
    }
    closings = (
        SENTENCES,
        ("Score: 1", "Score: 0"),
        ("[VERIFY] correct", "[VERIFY] wrong"),
        ("Is the solution above correct? Yes", "Is the solution above correct? No"),
    )
    rows |= dict(checks(*pair) for pair in closings)
    for number in range(COUNT):
        rows |= about(Jars(number))
    return rows


def about(jars: Jars) -> dict[str, tuple[str, ...]]:
    """Replies to prompts that hold a whole problem, by how the prompt goes on after it; else an answer to it."""
    statement = jars.problem.statement
    lines = "Step 1: Right.\nStep 2: Something is wrong here.\nStep {}: It should be " + jars.problem.answer
    return {
        statement + "\n\nThe student's work so far, all of it right:": tuple(jars.right().split("\n")[:2]),
        statement + "\n\nAnswer 1:": (lines.format(3), LEAK),
        statement: (f"{LEAK} {jars.right()}",) if jars.number % 3 == 2 else (jars.right(),),
    }


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taught")
    path = write_world(folder, COUNT)
    said = [{"statement": known, "replies": replies} for known, replies in table().items()]
    (folder / "teacher.jsonl").write_text("".join(json.dumps(row) + "\n" for row in said), encoding="utf-8")
    return path


def changes(config: Path, teacher: bool) -> list[str]:
    """All recipes, with or without the teacher; no continuations, which the world's table would only repeat."""
    every = json.dumps([{"type": name} for name in RECIPES.names()])
    engine = {
        "type": "scripted",
        "model": "teacher",
        "replies": str(config.parent / "teacher.jsonl"),
        "otherwise": "",
    }
    asked = [f"teacher={json.dumps({'engine': engine})}"] if teacher else []
    return [f"recipes={every}", *asked]


@pytest.fixture(scope="module")
def taught(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return built(config, tmp_path_factory.mktemp("with") / "o", *changes(config, teacher=True))


def rows(out: Path) -> list[dict[str, object]]:
    """Every row of the learnt tables."""
    tables = ("sft", "preference", "stepwise")
    paths = [path for name in tables for path in sorted((out / "data" / name).glob("*.parquet"))]
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def test_every_recipe_that_can_uses_what_a_teacher_writes_well(taught: Outcome) -> None:
    by = {str(r["recipe"]) for r in rows(taught.out) if "teacher" in str(r["written_by"])}
    assert by >= WRITERS, sorted(WRITERS - by)
    assert all(bool(r["teacher"]) == ("teacher" in str(r["written_by"])) for r in rows(taught.out))


def test_no_bad_reply_is_in_a_row_and_none_reaches_the_filters(taught: Outcome) -> None:
    assert "quokka" not in json.dumps(rows(taught.out), default=str).lower()
    dropped = [
        r for path in (taught.out / "dropped").glob("*.parquet") for r in pq.read_table(path).to_pylist()
    ]
    refused = Counter(str(r["reason"]) for r in dropped if r["stage"] == "filter")
    assert not {"leak", "verdict_disagrees", "verdict_unread", "feedback_reveals"} & set(refused), refused


def test_a_build_from_the_teachers_journal_has_the_same_bytes(
    config: Path, taught: Outcome, tmp_path: Path
) -> None:
    again = [f"run.journal={taught.out / 'work' / 'journal'}", "run.replay_only=true"]
    replayed = built(config, tmp_path / "o", *changes(config, teacher=True), *again)
    assert hashes(replayed.out) == hashes(taught.out)


def test_without_a_teacher_the_same_problems_give_rows(config: Path, taught: Outcome, tmp_path: Path) -> None:
    alone = rows(built(config, tmp_path / "o", *changes(config, teacher=False)).out)
    assert {(r["problem_id"], r["recipe"]) for r in alone} >= {
        (r["problem_id"], r["recipe"]) for r in rows(taught.out) if r["recipe"] != "intervention"
    }
    assert not any(r["teacher"] or "teacher" in str(r["written_by"]) for r in alone)
