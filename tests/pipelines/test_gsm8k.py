"""Real problems and real answers of four models, from end to end, without any model.

The first 120 of 1,319 problems; all of them where the tests are to be thorough.
"""

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from filters.verify.math.judge import Judge
from pipelines.dataset import rows
from schemas.problem import Problem
from tests.commands import ROOT, corrigenda
from tests.shared import rows as shared_rows
from tests.shared import shared
from tests.thorough import THOROUGH

PROBLEMS = 1319 if THOROUGH else 120


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gsm8k") / "out"
    config = ROOT / "pipelines" / "runs" / "gsm8k-rollouts.yaml"
    done = corrigenda(
        "build", config, "--out", out, "--set", f"data_dir={shared('data')}", "--limit", PROBLEMS
    )
    assert done.returncode == 0, done.stderr
    return out


def test_verdicts_agree_with_the_published_labels(built: Path) -> None:
    chosen = {p["id"] for p in islice(shared_rows("data/gsm8k_test.jsonl"), PROBLEMS)}
    labels = Counter(
        (r["problem_id"], r["model"], r["response"], r["correct"])
        for r in shared_rows("data/gsm8k_rollouts.jsonl")
        if r["problem_id"] in chosen
    )
    agree = 0
    for row in rows(built, "attempts"):
        key = (row["problem_id"], row["model"], row["text"])
        agree += labels[(*key, row["verdict"] == "right")] > 0
    assert labels.total() >= 4 * PROBLEMS * 0.99
    assert agree / labels.total() >= 0.998


def test_there_are_enough_rows_and_every_right_side_verifies(built: Path) -> None:
    problems = {
        p["id"]: Problem(id=p["id"], statement=p["question"], answer=p["answer"])
        for p in shared_rows("data/gsm8k_test.jsonl")
    }
    sft = list(rows(built, "sft"))
    assert len(sft) >= 10 * PROBLEMS
    with Judge() as judge:
        for row in sft:
            assert judge.verdict(problems[row["problem_id"]], row["messages"][-1]["content"]).is_right, row[
                "id"
            ]
