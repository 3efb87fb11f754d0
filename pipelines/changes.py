"""What changed since the version before: in the dataset's card, and as Markdown for whoever asks."""

from pathlib import Path

from pipelines.diff.compare import difference
from pipelines.diff.markdown import to_markdown
from pipelines.files import write_text

_BEGINS, _ENDS = "<!-- changes -->", "<!-- /changes -->"


def tells_changes(folder: Path) -> bool:
    """Whether the dataset's card says what changed."""
    return f"\n{_BEGINS}\n" in (folder / "README.md").read_text(encoding="utf-8")


def changes_since(before: Path, folder: Path) -> str:
    """Compare the finished dataset in `folder` with the one before, write the section into its card, return it."""
    name = before.name
    found = to_markdown(difference(before, folder, labels=(name, folder.name)), since=name).strip()
    card = folder / "README.md"
    text = card.read_text(encoding="utf-8")
    head, begins, rest = text.partition(f"\n{_BEGINS}\n")
    rest = rest.partition(f"{_ENDS}\n")[2] if begins else ""
    write_text(card, f"{head}\n{_BEGINS}\n{found}\n{_ENDS}\n{rest}")
    return found
