"""What a build shows on the terminal: progress while it runs, the funnel at its end."""

import time
from collections import Counter
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from pipelines.build import Outcome
from pipelines.cases import CaseResult
from pipelines.chunk_result import ChunkResult
from pipelines.faults import fault_lines
from pipelines.gates.report import summary_lines
from pipelines.kit import Kit
from pipelines.progress_base import Progress as Silent
from pipelines.targets import target_lines

_LINE_EVERY_S = 10.0
"""Where output is not a terminal (CI, a log file) a plain line this often instead of a bar."""


class TerminalProgress(Silent):
    """Problems, attempts, tokens per second, rows and the time that is left, on standard error."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        self.bar = Progress(
            TextColumn("[bold]problems"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[seen]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task("problems", total=None, seen="planning")
        self.counts: Counter[str] = Counter()
        self.kit: Kit | None = None
        self.total = 0
        self.started = self.last_line = time.monotonic()

    def __enter__(self) -> "TerminalProgress":
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def begin(self, problems: int, kit: Kit) -> None:
        self.kit, self.total = kit, problems
        self.started = self.last_line = time.monotonic()
        self.bar.update(self.task, total=problems)

    def resumed(self, chunk: ChunkResult) -> None:
        self._add(chunk.counts)

    def tick(self, result: CaseResult) -> None:
        self._add(dict(result.counts))

    def _add(self, counts: dict[str, int]) -> None:
        self.counts.update(counts)
        self.bar.update(self.task, completed=self.counts["cases"], seen=self._seen())
        now = time.monotonic()
        if self.bar.disable and now - self.last_line > _LINE_EVERY_S:
            self.last_line = now
            self.console.print(f"{self.counts['cases']}/{self.total} problems, {self._seen()}", markup=False)

    def _seen(self) -> str:
        rows = sum(n for name, n in self.counts.items() if name.startswith("kept."))
        spent = self.kit.spent() if self.kit else {}
        rate = spent.get("new_tokens", 0) / max(time.monotonic() - self.started, 1e-9)
        tokens = f", {rate:,.0f} tokens/s" if spent.get("new_tokens") else ""
        return f"{self.counts['attempts']} attempts{tokens}, {rows} rows"


def print_summary(outcome: Outcome, console: Console | None = None) -> None:
    """The funnel from problems to rows, what it cost, and where to look next."""
    console = console or Console(highlight=False)
    counts = outcome.counts
    table = Table(title="From problems to rows", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name in (
        "problems",
        "attempts",
        "attempts.right",
        "attempts.wrong",
        "attempts.unknown",
        "failed",
        "unpaid",
    ):
        if counts.get(name):
            table.add_row(name.replace(".", ": "), f"{counts[name]:,}")
    for group in ("unknown", "located", "kept", "measured", "skipped", "dropped"):
        for name, number in counts.items():
            if name.startswith(f"{group}.") and number:
                table.add_row(f"  {name.replace('.', ': ', 1)}{_without(name, counts)}", f"{number:,}")
    console.print(table)
    for line in target_lines(outcome.manifest.targets if outcome.manifest else ()):
        console.print(line, markup=False, soft_wrap=True)
    spent = outcome.spent
    console.print(
        f"{spent['seconds']:.1f} s; {spent['bought']:,.0f} completions sampled "
        f"({spent['new_tokens']:,.0f} tokens; {spent.get('prompt_tokens', 0):,.0f} of prompts), "
        f"{spent['replayed']:,.0f} replayed from the journal",
        markup=False,
        soft_wrap=True,
    )
    gates = summary_lines(outcome.manifest, outcome.out)
    for line in [*fault_lines(counts, outcome.incidents), *_ended_early(outcome), *gates]:
        console.print(line, markup=False, soft_wrap=True)
    if outcome.manifest is None:
        return
    for file in outcome.manifest.files:
        console.print(f"  {file.rows:>7,} rows  {outcome.out / file.path}", markup=False, soft_wrap=True)
    console.print(
        f"See them: corrigenda show {outcome.out}, or open {outcome.out / 'report.html'}",
        markup=False,
        soft_wrap=True,
    )


def _without(name: str, counts: Mapping[str, int]) -> str:
    """Of a recipe's rows, those in which nothing was wrong."""
    right = counts.get(name.replace("kept.", "without_mistake.", 1), 0) if name.startswith("kept.") else 0
    return f" ({right:,} without a mistake)" if right else ""


def _ended_early(outcome: Outcome) -> list[str]:
    """What stands between the build and a whole dataset, how far it came, and how to go on."""
    counts = outcome.counts
    if outcome.stopped:
        done = counts["problems"] - counts["unpaid"]
        written = "The rows it paid for are written." if outcome.manifest else "No dataset is written."
        return [
            f"The budget is spent ({outcome.stopped}): {done:,} of {counts['problems']:,} problems are done. "
            f"{written} The same command with a higher budget goes on from here; what is bought stays bought."
        ]
    if outcome.manifest is None:
        return [
            f"Too many failed cases: {counts['failed']} of {counts['problems']}. Reasons are in "
            f"{outcome.out / 'dropped'}; run the same command again to retry them."
        ]
    return []
