"""What became of a run, in Markdown, for Prefect's UI."""

import platform
from pathlib import Path

from pipelines.refreshing import Refreshed

_SPENT = {
    "bought": "completions bought",
    "replayed": "completions taken from the journal",
    "seconds": "seconds",
}


def summary(done: Refreshed) -> str:
    """How the run ended, where its dataset is, and what it cost."""
    lines = [("folder", f"`{done.folder}`")]
    if done.outcome is not None:
        if done.outcome.manifest is not None:
            lines += [("build", f"`{done.outcome.manifest.build_id}`")]
        spent = done.outcome.spent
        lines += [(words, f"{spent[name]:,.0f}") for name, words in _SPENT.items() if name in spent]
    if done.published is not None:
        where = done.published.where
        lines += [("published", where if where.startswith("http") else f"`{where}`")]
        lines += [("version", f"`{done.published.tag or done.published.revision}`")]
    listed = "\n".join(f"- {name}: {value}" for name, value in lines)
    return f"## {done.what.replace('_', ' ').capitalize()}\n\n{done.said}\n\n{listed}\n"


def report_link(report: Path) -> str:
    """Where the report is. A browser follows no link from a server's page to a file, so the address can be copied."""
    return (
        f"[{report.name}]({report.as_uri()}) is a page on `{platform.node()}`. Where a click does nothing, copy its "
        f"address into a browser there:\n\n```\n{report.as_uri()}\n```\n"
    )
