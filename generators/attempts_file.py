"""Attempts from a person's own files: rollouts, RL logs, evaluation dumps.

    attempts: {paths: [rollouts.jsonl.zst]}

reads rows such as {"problem_id": "gsm8k/test/0", "model": "gpt3-6b", "response": "She has 16 - 3 …"}.
The text column may also hold a list of texts ({"id": …, "responses": ["…", "…"]}), lists
within lists included. Rows match their problem by its id, or by its statement where the logs hold
no ids.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from generators.rows import MISSING, Row, check_row, expand, first_row, read_rows
from schemas.dropped import Dropped
from schemas.family import Options
from schemas.ids import content_hash, nfc

_STAGE = "attempts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedAttempt:
    """One answer from a file, NFC, not yet joined with its problem.

    `key` is the problem's id, or for `match: statement` the problem's fingerprint. `index` counts
    the answers of one model to one problem from 0, unless the file has a column for it.
    """

    key: str
    text: str
    model: str
    index: int
    where: str


class AttemptsFile(Options):
    """Which files and columns hold the attempts."""

    paths: list[str]
    """Files or patterns: .jsonl, .jsonl.gz, .jsonl.zst, .parquet."""

    match: Literal["id", "statement"] = "id"
    """Whether rows name their problem by its id or repeat its statement."""

    problem_id: str = "problem_id"
    """Column of the problem's id, for `match: id`."""

    statement: str = "question"
    """Column of the problem's statement, for `match: statement`; it must be the same text."""

    text: str = "response"
    """Column of the answer's text, or of a list of texts."""

    model: str = "model"
    """Column of the name of the model that wrote the answer."""

    model_name: str = ""
    """Name of the model that wrote all answers; the model column is then not read."""

    terms: str = ""
    """Licence or terms of use of the models that wrote the answers, in your own words, for the dataset's card."""

    index: str = ""
    """Column of the sample's number among the answers to one problem; empty: they are counted."""

    def attempts(self) -> Iterator[ImportedAttempt | Dropped]:
        """All attempts in the order of the files, lazily; InputError where a file is unusable as a whole."""
        paths = self.files()
        for path in paths:
            check_row(first_row(path, _STAGE), path, self._needed())
        counts: dict[tuple[str, str], int] = {}
        for path in paths:
            with closing(read_rows(path, _STAGE)) as rows:
                for row in rows:
                    yield from self._read(row, counts) if isinstance(row, Row) else [row]

    def files(self) -> list[str]:
        """The files that the paths name."""
        return expand(self.paths)

    def _needed(self) -> dict[str, str]:
        needed = {"text": self.text}
        needed |= {"problem_id": self.problem_id} if self.match == "id" else {"statement": self.statement}
        needed |= {} if self.model_name else {"model": self.model}
        return needed | ({"index": self.index} if self.index else {})

    def _read(self, row: Row, counts: dict[tuple[str, str], int]) -> Iterator[ImportedAttempt | Dropped]:
        """The row's attempts; a row that names no problem or model is dropped whole, a bad text alone."""
        missing = [column for column in self._needed().values() if row.get(column) is MISSING]
        if missing:
            yield row.drop(_STAGE, "missing_column", f"there is no {missing[0]!r}")
            return
        key = _name(row.get(self.problem_id if self.match == "id" else self.statement))
        model = self.model_name or _name(row.get(self.model))
        given = row.get(self.index) if self.index else None
        if not key or not model:
            yield row.drop(_STAGE, "empty_key" if not key else "empty_model")
            return
        if self.index and (not isinstance(given, int) or isinstance(given, bool) or given < 0):
            yield row.drop(_STAGE, "wrong_type", f"{self.index!r} is no number from 0")
            return
        if self.match == "statement":
            key = content_hash(nfc(key))
        value = row.get(self.text)
        texts = list(_flat(value))
        if not texts:
            yield row.drop(_STAGE, "empty_text", "an empty list")
        for number, text in enumerate(texts):
            where = f"{row.where}[{number}]" if isinstance(value, list) else row.where
            if text is not None and not isinstance(text, str):
                yield row.drop(_STAGE, "wrong_type", f"text {number} is {type(text).__name__}")
            elif text is None or not text.strip():
                yield row.drop(_STAGE, "empty_text", f"text {number}")
            else:
                index = counts.get((key, model), 0) if given is None else int(str(given)) + number
                counts[key, model] = index + 1
                yield ImportedAttempt(key=key, text=nfc(text), model=model, index=index, where=where)


def _flat(value: object) -> Iterator[object]:
    if not isinstance(value, list):
        yield value
        return
    for inner in value:
        yield from _flat(inner)


def _name(value: object) -> str:
    """Text as it is, an integer as text; anything else names nothing."""
    if isinstance(value, str):
        return value if value.strip() else ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
