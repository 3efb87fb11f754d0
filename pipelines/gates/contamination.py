"""Contamination: nothing that is trained on is in a benchmark, or in the dataset's own test split.

Read are the statements of all problems of the training splits, and every text that they teach: learnt spans, chosen
sides, steps labelled right. Texts are compared as words (`pipelines.gates.words`): case, spacing and punctuation do
not count.

* Exact: a statement is a benchmark's text.
* By n-grams: a statement or a learnt text shares a run of `ngram` words with a benchmark's text. A benchmark's text
  that is shorter counts as one run of its own length, if it has `SHORTEST` words; below that only the exact rule
  holds, as "What is 3 + 4?" stands in many a text.
* With `mask_numbers` the same once more with all numbers alike, which catches a template filled in anew.
* The dataset's own test split counts as a benchmark of its statements, by the exact rule (`own_test`): problems of one
  template rightly stand on both sides.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from generators.rows import Row, check_columns, expand, read_rows
from pipelines.gates.base import HELD_OUT, Examined, Gate, named
from pipelines.gates.words import ngrams, words
from schemas.family import Options
from schemas.ids import writable
from schemas.manifest import GateResult

SHORTEST = 8
"""Words of the shortest benchmark text that is looked for inside others."""

_BATCH_ROWS = 1000
_STAGE = "benchmark"


class Benchmark(Options):
    """Files of texts that must not be trained on."""

    paths: list[str] = Field(min_length=1)
    """Files (.jsonl, plain, .gz or .zst, and .parquet) or patterns, from the config's `data_dir` on."""
    columns: list[str] = Field(default=["question"], min_length=1)
    """Columns with texts; `a.b` reaches into objects."""
    name: str = ""
    """Its name in results; empty: that of each file."""

    def files(self, data_dir: Path) -> list[str]:
        """The files; InputError where there are none."""
        return expand([str(Path(data_dir, path)) for path in self.paths])


@dataclass
class Index:
    """Texts of benchmarks, by what finds them again."""

    n: int
    mask: bool
    whole: dict[str, list[str]] = field(default_factory=dict)
    runs: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """By length of the run, then by its words: the first text that has it."""
    masked: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    texts: int = 0

    def add(self, text: str, where: str, inside: bool = True) -> None:
        """A text of a benchmark; `inside`: it is also looked for inside others."""
        said = words(text)
        if not said:
            return
        self.texts += 1
        self.whole.setdefault(" ".join(said), []).append(where)
        if not inside or len(said) < min(self.n, SHORTEST):
            return
        length = min(self.n, len(said))
        for run in ngrams(said, length):
            self.runs[length].setdefault(run, where)
        for run in ngrams(words(text, mask=True), length) if self.mask else ():
            self.masked[length].setdefault(run, where)

    def statement(self, text: str) -> tuple[str, str] | None:
        """How a problem's statement is known, and from where."""
        same = self.whole.get(" ".join(words(text)))
        return ("exact", same[0]) if same else self.inside(text)

    def inside(self, text: str) -> tuple[str, str] | None:
        """Whether a text holds a benchmark's words."""
        said = words(text) if self.runs else ()
        for length, runs in self.runs.items():
            for run in ngrams(said, length):
                if run in runs:
                    return "ngram", runs[run]
        hidden = words(text, mask=True) if self.masked else ()
        for length, runs in self.masked.items():
            for run in ngrams(hidden, length):
                if run in runs:
                    return "masked_ngram", runs[run]
        return None


class Contamination(Gate):
    """Refuses a dataset that trains on a benchmark."""

    benchmarks: list[Benchmark] = []
    """What must not be trained on."""
    ngram: int = Field(default=13, ge=3)
    """Words that two texts may not share in a row."""
    mask_numbers: bool = False
    """Also compare with all numbers alike."""
    own_test: Literal["exact", "ngrams", "off"] = "exact"
    """How training problems are held against the dataset's own test split."""
    most: int = Field(default=0, ge=0)
    """Most problems that may overlap."""

    def check(self, data_dir: Path) -> None:
        """InputError where a file is missing or lacks a column."""
        for benchmark in self.benchmarks:
            needed = {f"columns.{i}": name for i, name in enumerate(benchmark.columns)}
            check_columns(benchmark.files(data_dir), _STAGE, needed)

    def examine(self, dataset: Examined) -> GateResult:
        index = self._index(dataset)
        found: dict[str, tuple[str, str]] = {}
        problems = 0
        for problem_id, text in _statements(dataset, held_out=False):
            problems += 1
            overlap = index.statement(text)
            if overlap:
                found.setdefault(problem_id, overlap)
        for problem_id, row_id, text in _learnt(dataset) if index.runs else ():
            overlap = None if problem_id in found else index.inside(text)
            if overlap:
                found[problem_id] = (f"{overlap[0]} in {row_id}", overlap[1])
        findings = [f"{problem} ({how}: {where})" for problem, (how, where) in sorted(found.items())]
        said = (
            f"{len(found):,} of {problems:,} training problems are in {index.texts:,} texts held against them"
        )
        said += f", {self.most:,} may be: {named(findings)}" if findings else ""
        return self.result(
            len(found) <= self.most, said, findings, problems=problems, texts=index.texts, overlaps=len(found)
        )

    def _index(self, dataset: Examined) -> Index:
        index = Index(self.ngram, self.mask_numbers)
        for benchmark in self.benchmarks:
            for path in benchmark.files(dataset.data_dir):
                for where, text in _texts(path, benchmark.columns):
                    index.add(text, f"{benchmark.name or Path(path).name}:{where}")
        if self.own_test != "off":
            for problem_id, text in _statements(dataset, held_out=True):
                index.add(text, f"test split, {problem_id}", inside=self.own_test == "ngrams")
        return index


def _texts(path: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Row number (from 1) and text of a benchmark file; rows that cannot be read are not what it asks."""
    for row in read_rows(path, _STAGE):
        if isinstance(row, Row):
            for name in names:
                text = row.get(name)
                if isinstance(text, str):
                    yield row.where.rpartition(":")[2], writable(text)


def _statements(dataset: Examined, held_out: bool) -> Iterator[tuple[str, str]]:
    """Problems with what was asked, once each, without the words of the config's prompt round the statement."""
    template = str(dataset.manifest.config.get("prompt", {}).get("user", "{statement}"))
    before, _, after = template.partition("{statement}")
    seen: set[str] = set()
    for row in _rows(dataset, "attempts", ("problem_id", "recipe", "prompt"), held_out):
        if row["recipe"] or row["problem_id"] in seen or not row["prompt"]:
            continue
        seen.add(row["problem_id"])
        yield row["problem_id"], row["prompt"][-1]["content"].removeprefix(before).removesuffix(after)


def _learnt(dataset: Examined) -> Iterator[tuple[str, str, str]]:
    """Problem, row and text of everything the training rows teach."""
    for row in _rows(dataset, "sft", ("problem_id", "id", "messages", "spans")):
        for text in _spoken(row["messages"], row["spans"]):
            yield row["problem_id"], row["id"], text
    for row in _rows(dataset, "preference", ("problem_id", "id", "chosen", "chosen_spans")):
        for text in _spoken(row["chosen"], row["chosen_spans"]):
            yield row["problem_id"], row["id"], text
    for row in _rows(dataset, "stepwise", ("problem_id", "id", "completions", "labels")):
        right = (text for text, label in zip(row["completions"], row["labels"], strict=False) if label)
        yield row["problem_id"], row["id"], "\n".join(right)


def _spoken(messages: list[dict[str, Any]], spans: list[dict[str, Any]]) -> Iterator[str]:
    """Learnt stretches, neighbours joined: a run of words may go over a cut."""
    joined, end, number = "", 0, -1
    for span in spans:
        if span["weight"] <= 0:
            continue
        text = messages[span["message"]]["content"][span["start"] : span["end"]]
        if (span["message"], span["start"]) == (number, end):
            joined += text
        else:
            yield joined
            joined = text
        number, end = span["message"], span["end"]
    yield joined


def _rows(
    dataset: Examined, table: str, names: Sequence[str], held_out: bool = False
) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    for file in dataset.manifest.files:
        if file.table == table and (file.split in HELD_OUT) == held_out:
            with pq.ParquetFile(dataset.folder / file.path) as shard:
                for batch in shard.iter_batches(_BATCH_ROWS, columns=list(names)):
                    yield from batch.to_pylist()
