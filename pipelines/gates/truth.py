"""Truth: rows drawn at random prove again, from what was written.

Every drawn row is read back from its file and judged anew, with the cases as the attempts table has them:

* by the truth filter, with a judge that remembers nothing of the build;
* its answers by a second way (`filters.verify.math.second_reading`) that shares neither the reading of the answer
  nor its comparison. Where that has no opinion, or options of the judge decide, the answer counts as undecided;
* its mistakes against the attempts they were made of: text up to a mistake's end is an attempt's own, the whole of
  the attempt's first wrong step is in the mistake, and something that is no mistake follows it;
* drawn attempts by their text: the verdict that is written is the verdict found.

Reasons: those of the truth filter; `second_opinion` (the second way says otherwise), `mistake_not_sampled` (no
parent has that text), `mistake_misplaced` (the parent's first wrong step is not all in it), `mistake_last` (nothing
corrects it), `labels_differ` (step labels are not of the parent, or not by its verdict), `verdict_differs`,
`parent_missing`, `bad_record` (the row breaks the format's rules, or its problem is missing).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from filters.truth import Truth as TruthFilter
from filters.verify.math.judge import Judge
from filters.verify.math.options import JudgeOptions
from filters.verify.math.second_reading import second_opinion
from generators.solutions import REFERENCE
from pipelines.gates.base import Examined, Gate, named
from pipelines.gates.readback import Known, example_of
from pipelines.gates.sample import sample
from schemas.arrow import TABLES
from schemas.case import Case
from schemas.example import Example, PreferenceExample, SFTExample, StepwiseExample
from schemas.exceptions import RecordError
from schemas.manifest import GateResult
from schemas.segment import Span


class Truth(Gate):
    """Refuses a dataset in which a drawn row does not prove again."""

    rows: int = Field(default=100, ge=1)
    """Rows drawn, of all tables; at least one of every recipe and variant."""
    seed: int = 0
    """Another seed draws other rows."""
    most: int = Field(default=0, ge=0)
    """Most rows that may fail."""

    def examine(self, dataset: Examined) -> GateResult:
        drawn = list(sample(dataset, TABLES, self.rows, self.seed))
        known = Known(dataset, {row["problem_id"] for _, row in drawn})
        with Judge(_judge_options(dataset)) as judge:
            check = Recheck(known, judge, _truth_filter(dataset))
            reasons = [(row["id"], check.objection(table, row)) for table, row in drawn]
        if not drawn:
            return self.result(False, "there is no row to check", checked=0)
        findings = [f"{row_id} ({reason})" for row_id, reason in reasons if reason]
        said = (
            f"{len(findings):,} of {len(drawn):,} rows drawn do not prove again: {named(findings)}"
            if findings
            else f"all {len(drawn):,} rows drawn prove again, {check.second:,} answers in a second way"
        )
        return self.result(
            len(findings) <= self.most,
            said,
            findings,
            checked=len(drawn),
            disagreed=len(findings),
            second=check.second,
            undecided=check.undecided,
        )


class Recheck:
    """Judges rows anew and counts what the second way decided."""

    def __init__(self, known: Known, judge: Judge, truth: TruthFilter) -> None:
        self.known, self.judge, self.truth = known, judge, truth
        self.second = 0
        """Answers on which the second way had an opinion."""
        self.undecided = 0

    def objection(self, table: str, row: Mapping[str, Any]) -> str | None:
        """Why a row as it is written does not hold; None where it does."""
        try:
            case = self.known.case(row["problem_id"])
            if table == "attempts":
                return self._attempt(row, case)
            example = example_of(table, row)
            example.check()
        except (RecordError, IndexError, TypeError, ValueError):  # whatever a damaged row may hold
            return "bad_record"
        missing = [p for p in example.parents if p != REFERENCE and p not in self.known.rows]
        if missing:
            return "parent_missing"
        return (
            self.truth.objection(example, case, self.judge)
            or self._second(case.problem.answer, _claims(example))
            or (_mistakes(example, self.known) if isinstance(example, SFTExample) else None)
            or (_labels(example, self.known) if isinstance(example, StepwiseExample) else None)
        )

    def _attempt(self, row: Mapping[str, Any], case: Case) -> str | None:
        said = row["verdict"]
        if said not in ("right", "wrong"):
            return None
        found = self.judge.verdict(case.problem, row["text"], explicit_only=row["finish"] == "length")
        if found.outcome.value != said:
            return "verdict_differs"
        return self._second(case.problem.answer, [(row["text"], said == "right")])

    def _second(self, answer: str, claims: list[tuple[str, bool]]) -> str | None:
        """Whether the second way contradicts a claim that a text ends in the right answer, or in a wrong one."""
        for text, right in claims:
            opinion = second_opinion(answer, text, self.judge.worker_word)
            self.undecided += opinion == "none"
            self.second += opinion != "none"
            if (
                opinion != "none"
                and (opinion == "equal") != right
                and not self._optional(answer, text, right)
            ):
                return "second_opinion"
        return None

    def _optional(self, answer: str, text: str, right: bool) -> bool:
        """Whether an option of the judge makes right what is not equal: rounding, where a decimal occurs."""
        return right and self.judge.options.decimal_places is not None and "." in answer + text


def _claims(example: Example) -> list[tuple[str, bool]]:
    """Texts of a row that end in an answer, and whether in the right one."""
    claim = example.verified_by.partition(":")[0]
    if isinstance(example, SFTExample) and claim in ("answer", "wrong"):
        return [(example.messages[-1].content, claim == "answer")]
    if isinstance(example, PreferenceExample) and claim == "answer":
        return [(example.chosen[-1].content, True), (example.rejected[-1].content, False)]
    return []


def _mistakes(example: SFTExample, known: Known) -> str | None:
    parents = [known.rows[p] for p in example.parents if p in known.rows]
    objections = (_mistake(example, span, parents) for span in example.spans if span.kind == "mistake")
    found = next(filter(None, objections), None)
    ends_wrong = example.verified_by.startswith("wrong:")
    if found is None and example.spans[-1].kind == "mistake" and not ends_wrong:
        return "mistake_last"
    return found


def _mistake(example: SFTExample, span: Span, parents: list[Mapping[str, Any]]) -> str | None:
    text = example.messages[span.message].content[span.start : span.end].strip()
    mine = [row for row in parents if text in row["text"]]
    if not mine:
        return "mistake_not_sampled"
    # A recipe that asked further (by continuations, say) may know better than the attempts table.
    located = [row for row in mine if row["first_error"] is not None and _same_way(row, example)]
    if located and not any(first_step(row) in text for row in located):
        return "mistake_misplaced"
    return None


def _same_way(row: Mapping[str, Any], example: SFTExample) -> bool:
    return bool(row["located_by"]) and row["located_by"] == example.located_by


def _labels(example: StepwiseExample, known: Known) -> str | None:
    """Step labels against the attempt they are of: right ones only of a right attempt, and of its own steps."""
    rows = [known.rows[p] for p in example.parents if p in known.rows]
    if not rows:
        return None
    steps = "".join("".join(example.completions).split())
    right, verdict = example.first_error is None, rows[0]["verdict"]
    same_steps = "".join(str(rows[0]["text"]).split()).startswith(steps)
    return None if same_steps and verdict == ("right" if right else "wrong") else "labels_differ"


def first_step(row: Mapping[str, Any]) -> str:
    """The text of an attempt's first wrong step."""
    step = row["steps"][row["first_error"]]
    return str(row["text"][step["start"] : step["end"]]).strip()


def _judge_options(dataset: Examined) -> JudgeOptions:
    """The build's rules; nothing remembered on disk, which the build itself may have written."""
    written = dataset.manifest.config.get("judge", {})
    return JudgeOptions(**{**written, "cache_dir": None, "disagreements": None})


def _truth_filter(dataset: Examined) -> TruthFilter:
    written: Iterator[dict[str, Any]] = iter(dataset.manifest.config.get("filters", ()))
    options = next((f for f in written if f["type"] == "truth"), {})
    return TruthFilter(**{name: value for name, value in options.items() if name != "type"})
