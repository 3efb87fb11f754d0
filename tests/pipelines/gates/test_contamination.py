"""Contamination: a benchmark's text is found again however it is spelled, and only then."""

import json
from pathlib import Path

import pytest

from pipelines.gates.contamination import Contamination, Index
from pipelines.gates.words import words
from schemas.exceptions import InputError
from schemas.manifest import GateResult
from tests.datasets import Row, found, rewritten

LONG = "A farmer with twelve red barns stores 40 bales of hay in each barn and sells 75 of them in May."


@pytest.mark.parametrize(
    ("benchmark", "statement", "mask", "how"),
    [
        (LONG, LONG.upper().replace(" ", "  \n").replace(".", " !"), False, "exact"),
        (LONG, "Once upon a time. " + LONG + " How many are left?", False, "ngram"),
        (LONG, LONG.replace("40", "41").replace("75", "76"), False, None),
        (LONG, LONG.replace("40", "41").replace("75", "76"), True, "masked_ngram"),
        (LONG, " ".join(LONG.split()[:12]), False, None),
        ("What is 3 + 4?", "what is 3+4", False, "exact"),
        ("What is 3 + 4?", "What is 3 - 4?", False, None),
        ("What is 3 + 4?", "What is 3 + 4? And what is 5 + 6?", False, None),
        ("What is 1,200 × 4?", "What is 1200 \\times 4", False, "exact"),
        (
            "Ann has nine pears and eats two pears.",
            "Bob. Ann has nine pears and eats two pears. Why?",
            False,
            "ngram",
        ),
        ("1 + 2 + 3 + 4 + 5 + 6 + 7 + 8", "9 + 2 + 5 + 4 + 5 + 6 + 7 + 8 =", True, None),
        ("", "", False, None),
        ("?!", "...", False, None),
    ],
)
def test_what_counts_as_the_same_text(benchmark: str, statement: str, mask: bool, how: str | None) -> None:
    index = Index(13, mask)
    index.add(benchmark, "gsm8k:7")
    known = index.statement(statement)
    assert known == (None if how is None else (how, "gsm8k:7"))


def test_words_keep_numbers_and_signs_and_nothing_else() -> None:
    assert words("Ann’s 1,200.50 apples — 3×4 ≠ ½!", mask=False)[:3] == ("ann", "s", "1200.50")
    assert words("x = 12", mask=True) == ("x", "=", "#")
    assert words("Straße ＡＢＣ") == ("strasse", "abc")


def benchmark(folder: Path, *texts: str) -> dict[str, object]:
    lines = [json.dumps({"question": text, "n": number}) for number, text in enumerate(texts)]
    (folder / "bench.jsonl").write_text("\n".join(lines) + "\nnot json\n", encoding="utf-8")
    return {"paths": ["bench.jsonl"], "name": "bench"}


def train_statement(dataset: Path) -> tuple[str, str]:
    from pipelines.gates.again import read_manifest
    from pipelines.gates.base import Examined
    from pipelines.gates.contamination import _statements

    return next(_statements(Examined(dataset, read_manifest(dataset), Path()), held_out=False))


def test_a_copied_statement_is_named_with_the_benchmarks_row(dataset: Path, tmp_path: Path) -> None:
    problem, statement = train_statement(dataset)
    given = benchmark(
        tmp_path, "Something else entirely, is it not?", "  " + statement.upper().replace(" ", "   ")
    )
    result = found(dataset, "contamination", tmp_path, benchmarks=[given])
    assert not result.passed and result.numbers["overlaps"] == 1
    assert result.findings == (f"{problem} (exact: bench:2)",) and problem in result.said
    assert found(dataset, "contamination", tmp_path, benchmarks=[given], most=1).passed


def test_numbers_put_in_anew_are_found_where_it_is_asked(dataset: Path, tmp_path: Path) -> None:
    given = benchmark(
        tmp_path, "There are 901 crates with 902 jars each and 903 more jars (lot 904). How many jars?"
    )
    plain = found(dataset, "contamination", tmp_path, benchmarks=[given])
    masked: GateResult = found(dataset, "contamination", tmp_path, benchmarks=[given], mask_numbers=True)
    assert plain.passed and not masked.passed
    assert masked.numbers["overlaps"] == masked.numbers["problems"] > 3


def test_a_benchmark_in_a_learnt_text_is_named_with_the_row(copy: Path, tmp_path: Path) -> None:
    taught: list[Row] = []

    def teach(rows: list[Row]) -> list[Row]:
        row = next(r for r in rows if r["spans"][-1]["weight"] > 0)
        if not taught:
            row["messages"][-1]["content"] += LONG
            row["spans"][-1]["end"] += len(LONG)
            taught.append(row)
        return rows

    given = benchmark(tmp_path, LONG)
    assert found(copy, "contamination", tmp_path, benchmarks=[given]).passed
    for path in (copy / "data" / "sft").glob("test-*"):
        path.unlink()
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"] = [f for f in manifest["files"] if (copy / f["path"]).is_file()]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    rewritten(copy, "sft", teach)
    result = found(copy, "contamination", tmp_path, benchmarks=[given])
    assert result.findings == (f"{taught[0]['problem_id']} (ngram in {taught[0]['id']}: bench:1)",)


def test_a_training_problem_of_the_own_test_split_is_found(copy: Path) -> None:
    assert found(copy, "contamination").passed
    _, statement = train_statement(copy)

    def spell_anew(rows: list[Row]) -> list[Row]:
        for row in rows:
            if row["problem_id"] == leaked:
                row["prompt"][-1]["content"] = statement.replace(" ", "  ").lower()
        return rows

    import pyarrow.parquet as pq

    held_out = next((copy / "data" / "attempts").glob("test-*"))
    leaked = pq.read_table(held_out).to_pylist()[0]["problem_id"]
    rewritten(copy, "attempts", spell_anew)
    result = found(copy, "contamination")
    assert not result.passed and f"(exact: test split, {leaked})" in result.findings[0]
    assert found(copy, "contamination", own_test="off").passed


def test_a_benchmark_that_cannot_be_read_is_refused_before_any_work(tmp_path: Path) -> None:
    given = benchmark(tmp_path, LONG)
    Contamination(benchmarks=[given]).check(tmp_path)  # type: ignore[list-item]
    with pytest.raises(InputError, match="no file"):
        Contamination(benchmarks=[{"paths": ["none.jsonl"]}]).check(tmp_path)  # type: ignore[list-item]
    with pytest.raises(InputError, match="no column 'questoin'; did you mean 'question'"):
        Contamination(benchmarks=[{**given, "columns": ["questoin"]}]).check(tmp_path)  # type: ignore[list-item]
