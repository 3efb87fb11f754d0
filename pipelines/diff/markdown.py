"""A difference as Markdown: a section of a dataset card, or an artifact of a run."""

from collections.abc import Iterator, Sequence

from pipelines.diff.difference import Difference, Example
from pipelines.diff.sections import Section, sections


def to_markdown(found: Difference, since: str = "") -> str:
    """`## What changed since <version>` and its tables; `since` instead of the older version's label."""
    lines = [f"## What changed since {_text(since or found.a.label)}", ""]
    for section in sections(found):
        lines += [*_section(section), ""]
    for number, example in enumerate(found.examples):
        lines += [*(["### Examples", ""] if not number else []), *_example(example), ""]
    return "\n".join(lines)


def _section(section: Section) -> Iterator[str]:
    yield f"### {section.title}"
    yield ""
    if section.lines:
        # One paragraph a line would be long; a list of one is odd.
        yield from (
            (f"* {_text(line)}" for line in section.lines)
            if len(section.lines) > 1
            else map(_text, section.lines)
        )
    if section.rows:
        if section.lines:
            yield ""
        yield _row(section.head)
        yield _row(["---"] * len(section.head))
        yield from map(_row, section.rows)


def _example(example: Example) -> Iterator[str]:
    named = " · ".join(filter(None, (example.table, example.recipe, example.variant, example.problem_id)))
    yield f"{example.change}, {example.reason}: {_text(named)}"
    yield ""
    # A fence longer than any in the text.
    fence = "`" * max(3, 1 + max((len(run) for run in _runs(example.text)), default=0))
    yield from (f"{fence}diff", example.text, fence)


def _runs(text: str) -> Iterator[str]:
    run = ""
    for character in text:
        run = run + character if character == "`" else ""
        yield run


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell if cell == '---' else _text(cell) for cell in cells)} |"


def _text(text: str) -> str:
    """Text that stands for itself in a paragraph or a cell."""
    for sign in ("\\", "|", "*", "_", "`", "<", "$", "["):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
