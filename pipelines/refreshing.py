"""One run of a folder that is built again and again: build what is new, compare, publish when the gates pass."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.build import Outcome, Stages, build
from pipelines.config import BuildConfig
from pipelines.gates.again import under_its_gates
from pipelines.nightly import Tonight, latest, look, note, placed, settle
from pipelines.progress_base import Progress
from pipelines.publish.options import PublishOptions
from pipelines.publish.publication import publish
from pipelines.publish.published import Published
from schemas.manifest import Manifest

What = Literal["nothing_new", "built", "published", "gates_failed", "too_many_failed", "budget_spent"]
Publisher = Callable[[Path, PublishOptions], Awaitable[Published]]

WELL = frozenset({"nothing_new", "built", "published"})
"""Ends that nobody has to look at."""


@dataclass(frozen=True)
class Refreshed:
    """How a run ended."""

    what: What
    said: str
    """In one sentence for people."""
    folder: Path
    outcome: Outcome | None = None
    changes: str = ""
    """What changed since the build before, in Markdown; empty where there was none."""
    published: Published | None = None


async def refresh(
    config: BuildConfig,
    root: Path,
    publisher: Publisher | None,
    progress: Progress,
    stages: Stages,
) -> Refreshed:
    """Bring the folder up to date; the caller holds its lock. Without a `publisher` nothing is published.

    InputError, ConfigError, EngineError, PublishError.
    """
    config = placed(config, root)
    night = look(config, root)
    if night.finished is not None:
        return await _unchanged(config, root, night, night.finished, publisher)
    outcome = await build(config, night.folder, progress, stages)
    manifest = outcome.manifest
    if manifest is None or outcome.stopped:
        return _cut_short(night.folder, outcome)
    changes = settle(config, root, night.folder, manifest)
    if said := _failed(manifest):
        return Refreshed("gates_failed", said, night.folder, outcome, changes)
    rows = _rows(manifest)
    if publisher is None or config.publish is None:
        return Refreshed("built", f"{rows} in {night.folder}", night.folder, outcome, changes)
    published = await _publish(config.publish, root, night.folder, publisher)
    said = f"{rows} published to {published.where} ({published.tag or published.revision})"
    return Refreshed("published", said, night.folder, outcome, changes, published)


def _failed(manifest: Manifest) -> str:
    """What the gates object to; empty where all passed."""
    failed = [f"{gate.gate}: {gate.said}" for gate in manifest.gates if not gate.passed]
    return f"not published: {'; '.join(failed)}" if failed else ""


async def publish_here(folder: Path, options: PublishOptions) -> Published:
    """Publish in this process, saying on standard error what is done."""
    return await asyncio.to_thread(publish, folder, options, say=lambda line: print(line, file=sys.stderr))


async def _unchanged(
    config: BuildConfig, root: Path, night: Tonight, manifest: Manifest, publisher: Publisher | None
) -> Refreshed:
    """Nothing to build; what an earlier run could not publish, or published elsewhere, is published now."""
    examined = under_its_gates(config, night.folder, manifest)
    if examined != manifest:  # other gates, or other terms in its card
        note(root, published={})
    changes = settle(config, root, night.folder, examined)
    if failed := _failed(examined):
        return Refreshed("gates_failed", failed, night.folder, None, changes)
    said = f"nothing is new since {night.folder.name}: the same problems, models, config and code"
    options = config.publish
    if (
        publisher is None
        or options is None
        or latest(root).get("published", {}).get("target") == _target(options)
    ):
        return Refreshed("nothing_new", said, night.folder, None, changes)
    published = await _publish(options, root, night.folder, publisher)
    said = f"{said}; published to {published.where}"
    return Refreshed("published", said, night.folder, None, changes, published)


async def _publish(options: PublishOptions, root: Path, folder: Path, publisher: Publisher) -> Published:
    done = await publisher(folder, options)
    facts = {"where": done.where, "revision": done.revision, "tag": done.tag, "target": _target(options)}
    note(root, published=facts, last_published=folder.name)
    return done


def _target(options: PublishOptions) -> str:
    """Where a publication goes: another place is another publication."""
    return f"{options.repo}{options.to}{'#pr' if options.pr else ''}"


def _rows(manifest: Manifest) -> str:
    attempts = sum(file.rows for file in manifest.files if file.table == "attempts")
    rows = sum(file.rows for file in manifest.files) - attempts
    return f"{rows:,} rows and {attempts:,} attempts"


def _cut_short(folder: Path, outcome: Outcome) -> Refreshed:
    if outcome.stopped:
        said = f"the budget is spent ({outcome.stopped}); a run with a higher one goes on for nothing"
        return Refreshed("budget_spent", said, folder, outcome)
    counts = outcome.counts
    said = f"too many cases failed, {counts.get('failed', 0)} of {counts['problems']}; the next run tries them again"
    return Refreshed("too_many_failed", said, folder, outcome)
