"""What a flow run shows in Prefect's UI: progress, the funnel, some rows, where the report is.

A lost artifact is no reason to lose a build: what the API refuses is logged and passed over.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Coroutine, Iterator
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.logging import get_run_logger
from prefect.runtime import flow_run

from pipelines.build import Outcome
from pipelines.cases import CaseResult
from pipelines.chunk_result import ChunkResult
from pipelines.config import BuildConfig
from pipelines.dataset import spread
from pipelines.figures.funnel import stages
from pipelines.flows.summary import report_link
from pipelines.kit import Kit
from pipelines.progress_base import Progress
from pipelines.show import render_row
from schemas.arrow import ROW_TABLES

_EVERY_S = 5.0
"""Seconds between two looks of a person at a progress bar; each costs a request."""
_ROWS = 4
"""Rows of each table that are shown."""
_ABOUT = {
    "progress": "Share of the problems that are done",
    "funnel": "From problems to rows",
    "rows": "Rows, masked text labelled",
    "report": "Where the report is",
    "changes": "Since the build before",
    "health": "Is it whole, is it well",
    "run": "How it ended, and what it cost",
}
"""What stands under an artifact's name; a card has room for some thirty letters."""


class FlowProgress(Progress):
    """Passes on to another progress what a build reports, and shows it in the UI."""

    def __init__(self, config: BuildConfig, inner: Progress) -> None:
        self._inner = inner
        self._name = re.sub(r"[^a-z0-9]+", "-", config.name.lower()).strip("-") or "dataset"
        self._cases = self._problems = 0
        self._last = 0.0
        self._artifact: UUID | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._stack = contextlib.AsyncExitStack()
        self._run = UUID(flow_run.id) if flow_run.id else None
        self._client: PrefectClient

    async def __aenter__(self) -> Self:
        self._client = await self._stack.enter_async_context(get_client())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*self._sending)
        await self._stack.aclose()

    def begin(self, problems: int, kit: Kit) -> None:
        self._problems = problems
        self._send(self._begun())
        self._inner.begin(problems, kit)

    def resumed(self, chunk: ChunkResult) -> None:
        self._inner.resumed(chunk)
        self._moved(chunk.counts.get("cases", 0))

    def tick(self, result: CaseResult) -> None:
        self._inner.tick(result)
        self._moved(1)

    async def end(self, outcome: Outcome) -> None:
        """Show what became of the build."""
        try:
            await asyncio.gather(*self._shown(outcome))
        except Exception as error:
            get_run_logger().warning("the build could not be shown: %s", error)

    def _shown(self, outcome: Outcome) -> Iterator[Coroutine[Any, Any, object]]:
        yield self._updated(100.0)
        yield self.show("funnel", "table", json.dumps(_funnel(outcome)))
        if outcome.manifest is not None:
            yield self.show("rows", "markdown", _rows(outcome))
            report = outcome.out / "report.html"
            if report.is_file():
                yield self.show("report", "markdown", report_link(report))

    async def show(self, what: str, kind: str, data: str | float) -> UUID | None:
        """Make an artifact `<dataset>-<what>`; None where the API would not have it."""
        key = f"{self._name}-{what}"
        wanted = ArtifactCreate(
            key=key, type=kind, data=data, description=_ABOUT[what], flow_run_id=self._run
        )
        try:
            return (await self._client.create_artifact(wanted)).id
        except Exception as error:
            get_run_logger().warning("the artifact %s could not be shown: %s", key, error)
            return None

    def _moved(self, cases: int) -> None:
        self._cases += cases
        if self._artifact is not None and time.monotonic() - self._last > _EVERY_S:
            self._last = time.monotonic()
            self._send(self._updated(100 * self._cases / max(1, self._problems)))

    def _send(self, request: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(request)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _begun(self) -> None:
        self._artifact = await self.show("progress", "progress", 0.0)

    async def _updated(self, percent: float) -> None:
        if self._artifact is None:
            return
        with contextlib.suppress(Exception):
            await self._client.update_artifact(self._artifact, ArtifactUpdate(data=min(percent, 100.0)))


def _funnel(outcome: Outcome) -> list[dict[str, object]]:
    """The funnel's lines, then the rows of each recipe."""
    counts = outcome.counts
    lines = [(f"{'↳ ' * stage.depth}{stage.name}", stage.number) for stage in stages(counts)]
    kept = {name.removeprefix("kept."): number for name, number in counts.items() if name.startswith("kept.")}
    lines += [(f"↳ {recipe}", number) for recipe, number in kept.items()]
    return [{"stage": name, "number": number} for name, number in lines]


def _rows(outcome: Outcome) -> str:
    """A few rows of every table in Markdown, masked text labelled."""
    parts = []
    for table in ROW_TABLES:
        if not (outcome.out / "data" / table).is_dir():
            continue
        for row in spread(outcome.out, table, _ROWS):
            text = render_row(table, row, labels=True).plain.strip()
            ticks = max((len(run) for run in re.findall(r"`{3,}", text)), default=2) + 1
            fence = "`" * ticks
            parts.append(
                f"**{table}** · {row['recipe']} · {row['error_kind']} · `{row['id']}`\n\n{fence}\n{text}\n{fence}\n"
            )
    return "\n".join(parts) or "The dataset has no rows."
